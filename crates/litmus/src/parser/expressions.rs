//! Expressions of C, and the places that they name.

use super::init::signed;
use super::{Parser, Res};
use crate::ast::*;
use crate::lexer::{Tok, too_large};
use crate::limits;

/// An expression of which it is not known yet whether its value or its address
/// is wanted.
pub(super) enum Operand {
    /// A value.
    Value(Expr),
    /// What is at this address: `*p`, `p->field`.
    Place(Expr),
    /// A parameter's name: a variable as a place, its address as a value.
    Name(VarId),
    /// A call, alone.
    Call(Call),
}

/// A call of a primitive.
pub(super) struct Call {
    /// What it does.
    pub(super) op: Op,
    /// It gives a value.
    pub(super) value: bool,
    pub(super) at: Span,
}

impl Parser<'_> {
    /// The value of an expression.
    pub(super) fn expression(&mut self) -> Res<Expr> {
        let at = self.peek().span;
        let operand = self.operand()?;
        self.checked_value(operand, at)
    }

    /// The whole of an expression. [`Parser::unary`] counts how deep it nests.
    pub(super) fn operand(&mut self) -> Res<Operand> {
        let operand = self.binary(0)?;
        if self.at(Tok::Foreign) {
            return self.foreign();
        }
        Ok(operand)
    }

    pub(super) fn foreign<T>(&mut self) -> Res<T> {
        let token = self.peek();
        let text = self.text(token.span);
        let help = match text {
            "++" | "--" | "+=" | "-=" | "|=" | "^=" => "write it out, as in `r0 = r0 + 1`",
            _ => "the dialect has + - * / & | ^ ~ ! && || and comparisons",
        };
        let message = format!("the operator `{text}` is not supported");
        Err(self
            .sink
            .error_help(token.span, message, Some(help.to_string())))
    }

    /// The operand's value; a call that gives none is an error.
    pub(super) fn checked_value(&mut self, operand: Operand, at: Span) -> Res<Expr> {
        if let Operand::Call(call) = &operand
            && !call.value
        {
            let name = self.text(call.at);
            let message = format!("`{name}` gives no value");
            return Err(self.sink.error(call.at, message));
        }
        Ok(self.value_of(operand, at))
    }

    pub(super) fn value_of(&mut self, operand: Operand, start: Span) -> Expr {
        match operand {
            Operand::Value(value) => value,
            Operand::Name(id) => Expr::Addr(id),
            Operand::Place(addr) => Expr::Op(Box::new(Op {
                name: String::new(),
                kind: OpKind::Load {
                    addr,
                    order: Order::Plain,
                },
                span: self.since(start.start),
            })),
            Operand::Call(call) => Expr::Op(Box::new(call.op)),
        }
    }

    /// The operand's address, when it is a place.
    pub(super) fn place_of(&mut self, operand: Operand, at: Span, what: &str) -> Res<Expr> {
        match operand {
            Operand::Place(addr) => Ok(addr),
            Operand::Name(id) => Ok(Expr::Addr(id)),
            Operand::Value(_) | Operand::Call(_) => {
                let text: String = self.text(at).chars().take(40).collect();
                let message = format!("{what} is no place in memory");
                let help = (!text.is_empty()
                    && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_'))
                .then(|| format!("write `*{text}` for what it points to"));
                Err(self.sink.error_help(at, message, help))
            }
        }
    }

    fn binary(&mut self, least: u8) -> Res<Operand> {
        let start = self.peek().span;
        let mut left = self.unary()?;
        while let Some((op, strength)) = binary_operator(self.peek().tok) {
            if strength < least {
                break;
            }
            self.count_operator()?;
            let a = self.checked_value(left, start)?;
            self.next();
            let at = self.peek().span;
            let right = self.binary(strength + 1)?;
            let b = self.checked_value(right, at)?;
            if (op, &b) == (BinOp::Div, &Expr::Int(0)) {
                return Err(self.sink.error(at, "division by 0"));
            }
            let element = match self.test.arrays.is_empty() {
                true => None,
                false => self.beside(op, &a, &b, start)?,
            };
            left = Operand::Value(match element {
                Some(element) => element,
                None => Expr::Binary(op, Box::new(a), Box::new(b)),
            });
        }
        Ok(left)
    }

    pub(super) fn count_operator(&mut self) -> Res<()> {
        self.operators += 1;
        if self.operators > limits::EXPRESSION_OPERATORS {
            let n = limits::EXPRESSION_OPERATORS;
            let at = self.peek().span;
            return Err(self
                .sink
                .error(at, format!("more than {n} operators in one statement")));
        }
        Ok(())
    }

    fn unary(&mut self) -> Res<Operand> {
        self.enter(limits::EXPRESSION_NESTING, "expressions")?;
        let result = self.unary_inner();
        self.depth -= 1;
        result
    }

    fn unary_inner(&mut self) -> Res<Operand> {
        let start = self.peek();
        let op = match start.tok {
            Tok::Bang => UnOp::Not,
            Tok::Tilde => UnOp::BitNot,
            Tok::Minus => {
                self.next();
                self.count_operator()?;
                if let Tok::Int(n) = self.peek().tok
                    && self.peek_at(1).tok != Tok::Arrow
                {
                    let at = self.next().span;
                    return match signed(n, true) {
                        Some(value) => Ok(Operand::Value(Expr::Int(value))),
                        None => Err(too_large(at, &mut self.sink)),
                    };
                }
                let inner = self.unary_value()?;
                return Ok(Operand::Value(match inner {
                    Expr::Int(n) if n >= 0 => Expr::Int(n.wrapping_neg()),
                    inner => Expr::Unary(UnOp::Neg, Box::new(inner)),
                }));
            }
            Tok::Plus => {
                self.next();
                return Ok(Operand::Value(self.unary_value()?));
            }
            Tok::Star => {
                self.next();
                self.count_operator()?;
                return Ok(Operand::Place(self.unary_value()?));
            }
            Tok::Amp => {
                self.next();
                return self.address_of();
            }
            Tok::LParen if self.is_cast() => {
                self.skip_balanced();
                return match self.unary()? {
                    // `(int)x`: the address as a number, no longer a place.
                    Operand::Name(id) => Ok(Operand::Value(Expr::Addr(id))),
                    other => Ok(other),
                };
            }
            _ => return self.postfix(),
        };
        self.next();
        self.count_operator()?;
        let inner = self.unary_value()?;
        Ok(Operand::Value(Expr::Unary(op, Box::new(inner))))
    }

    fn unary_value(&mut self) -> Res<Expr> {
        let at = self.peek().span;
        let operand = self.unary()?;
        self.checked_value(operand, at)
    }

    /// Behind `&`.
    fn address_of(&mut self) -> Res<Operand> {
        let start = self.peek();
        let next = self.peek_at(1).tok;
        if start.tok == Tok::Ident && next != Tok::LParen && next != Tok::Arrow {
            let name = self.text(start.span);
            if self.find_register(name).is_some() {
                self.next();
                let message = format!("`{name}` is a register: it has no address");
                return Err(self.sink.error(start.span, message));
            }
            self.next();
            if let Some((_, id)) = self.current.params.iter().find(|(param, _)| param == name) {
                return Ok(Operand::Value(Expr::Addr(*id)));
            }
            return Ok(Operand::Value(Expr::Addr(self.known_var(start.span)?)));
        }
        let operand = self.unary()?;
        let at = self.since(start.span.start);
        let addr = self.place_of(operand, at, "what `&` is applied to")?;
        Ok(Operand::Value(addr))
    }

    fn postfix(&mut self) -> Res<Operand> {
        let start = self.peek().span;
        let mut operand = self.primary()?;
        while self.at(Tok::Arrow) {
            self.count_operator()?;
            self.next();
            let field = self.ident("a field's name")?;
            let base = Box::new(self.checked_value(operand, start)?);
            operand = Operand::Place(Expr::Field {
                base,
                field: self.text(field).to_string(),
            });
        }
        let token = self.peek();
        if matches!(token.tok, Tok::Dot | Tok::LBracket) {
            let (what, help) = if token.tok == Tok::Dot {
                ("`.`", "a field is reached through a pointer: `p->field`")
            } else {
                ("an index", "give each element a variable of its own")
            };
            let message = format!("{what} is not supported");
            return Err(self
                .sink
                .error_help(token.span, message, Some(help.to_string())));
        }
        Ok(operand)
    }

    fn primary(&mut self) -> Res<Operand> {
        let token = self.peek();
        match token.tok {
            Tok::Int(n) => {
                self.next();
                match signed(n, false) {
                    Some(value) => Ok(Operand::Value(Expr::Int(value))),
                    None => Err(too_large(token.span, &mut self.sink)),
                }
            }
            Tok::LParen => {
                self.next();
                let start = self.peek().span;
                let inner = self.operand()?;
                self.expect(Tok::RParen, "`)`")?;
                // A call in parentheses is no statement.
                match inner {
                    Operand::Call(_) => Ok(Operand::Value(self.checked_value(inner, start)?)),
                    inner => Ok(inner),
                }
            }
            Tok::Ident if self.at_raw() => Ok(Operand::Call(self.raw()?)),
            Tok::Ident if self.peek_at(1).tok == Tok::LParen => Ok(Operand::Call(self.call()?)),
            Tok::Ident => {
                self.next();
                self.name(token.span)
            }
            Tok::Foreign => self.foreign(),
            _ => self.expected("an expression"),
        }
    }

    fn name(&mut self, at: Span) -> Res<Operand> {
        let name = self.text(at);
        if let Some((_, id)) = self.current.params.iter().find(|(param, _)| param == name) {
            return Ok(Operand::Name(*id));
        }
        if name == "NULL" && self.find_register(name).is_none() {
            return Ok(Operand::Value(Expr::Int(0)));
        }
        let reg = self.register(name, at)?;
        if let Some((_, read @ None)) = self.current.uses.get_mut(usize::from(reg.0)) {
            *read = Some(at);
        }
        Ok(Operand::Value(Expr::Reg(reg)))
    }
}

/// The operator and how strongly it binds.
fn binary_operator(tok: Tok) -> Option<(BinOp, u8)> {
    let op = match tok {
        Tok::OrOr => BinOp::Or,
        Tok::AndAnd => BinOp::And,
        Tok::Pipe => BinOp::BitOr,
        Tok::Caret => BinOp::BitXor,
        Tok::Amp => BinOp::BitAnd,
        Tok::EqEq => BinOp::Eq,
        Tok::NotEq => BinOp::Ne,
        Tok::Lt => BinOp::Lt,
        Tok::Gt => BinOp::Gt,
        Tok::Le => BinOp::Le,
        Tok::Ge => BinOp::Ge,
        Tok::Plus => BinOp::Add,
        Tok::Minus => BinOp::Sub,
        Tok::Star => BinOp::Mul,
        Tok::Slash => BinOp::Div,
        _ => return None,
    };
    Some((op, strength(op)))
}

/// C's precedence, 1 binds weakest.
pub(crate) fn strength(op: BinOp) -> u8 {
    match op {
        BinOp::Or => 1,
        BinOp::And => 2,
        BinOp::BitOr => 3,
        BinOp::BitXor => 4,
        BinOp::BitAnd => 5,
        BinOp::Eq | BinOp::Ne => 6,
        BinOp::Lt | BinOp::Gt | BinOp::Le | BinOp::Ge => 7,
        BinOp::Add | BinOp::Sub => 8,
        BinOp::Mul | BinOp::Div => 9,
    }
}
