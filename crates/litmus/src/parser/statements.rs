//! Statements.

use super::expressions::Operand;
use super::init::with_stars;
use super::{Parser, Res};
use crate::ast::*;
use crate::lexer::{Tok, Token};
use crate::{limits, primitives};

/// The operations of an expression that are in no other.
fn outer_ops(expr: Expr, ops: &mut Vec<Op>) {
    match expr {
        Expr::Int(_) | Expr::Reg(_) | Expr::Addr(_) => {}
        Expr::Field { base: a, .. } | Expr::Unary(_, a) => outer_ops(*a, ops),
        Expr::Binary(_, a, b) => {
            outer_ops(*a, ops);
            outer_ops(*b, ops);
        }
        Expr::Op(op) => ops.push(*op),
    }
}

impl Parser<'_> {
    /// The statements up to the `}` of the `{` at `open`, and that too.
    pub(super) fn block_body(&mut self, open: Span, out: &mut Vec<Stmt>) {
        self.leading_directives(true);
        loop {
            match self.peek().tok {
                Tok::RBrace => {
                    self.next();
                    return;
                }
                Tok::Eof => {
                    self.sink.error(open, "this `{` is never closed");
                    return;
                }
                // The next thread: the brace was forgotten.
                Tok::Ident if self.at_next_thread() => {
                    self.sink.error(open, "this `{` is never closed");
                    return;
                }
                _ => {
                    let before = self.pos;
                    if self.statement(out).is_err() {
                        self.recover();
                    }
                    if self.pos == before {
                        self.next();
                    }
                }
            }
        }
    }

    /// `P1(int *x, …) {` at the start of a statement is a thread.
    fn at_next_thread(&self) -> bool {
        let name = self.text(self.peek().span);
        let digits = name.strip_prefix('P').unwrap_or("");
        !digits.is_empty()
            && digits.bytes().all(|b| b.is_ascii_digit())
            && self.peek_at(1).tok == Tok::LParen
    }

    /// On to the end of the statement.
    fn recover(&mut self) {
        loop {
            match self.peek().tok {
                Tok::Semi => {
                    self.next();
                    return;
                }
                Tok::RBrace | Tok::Eof => return,
                Tok::LBrace => {
                    self.skip_balanced();
                    return;
                }
                _ => {
                    self.next();
                }
            }
        }
    }

    /// Reads one statement and the directives behind it. A declaration with
    /// several values gives several.
    pub(super) fn statement(&mut self, out: &mut Vec<Stmt>) -> Res<()> {
        self.leading_directives(false);
        self.operators = 0;
        let first = out.len();
        let start = self.peek();
        match start.tok {
            Tok::Semi => {
                self.next();
                self.push(out, StmtKind::Empty, start.span)?;
            }
            Tok::LBrace => self.block_statement(out)?,
            Tok::Ident if self.at_word("if") => self.if_statement(out)?,
            Tok::Ident if self.at_type() => self.declaration(out)?,
            _ => self.simple_statement(out)?,
        }
        self.trailing_directives(out, first);
        Ok(())
    }

    fn new_id(&mut self, at: Span) -> Res<u16> {
        if let Some(id) = self.current.fixed_id {
            self.current.statements += 1;
            if self.current.statements > limits::ALTERNATIVE_STATEMENTS {
                let n = limits::ALTERNATIVE_STATEMENTS;
                let message = format!("more than {n} statements in one alternative");
                return Err(self.sink.error(at, message));
            }
            return Ok(id);
        }
        if usize::from(self.current.next_id) >= limits::STATEMENTS {
            if !self.current.too_many {
                let n = limits::STATEMENTS;
                self.sink
                    .error(at, format!("more than {n} statements in a thread"));
            }
            self.current.too_many = true;
            return Err(crate::diag::Reported);
        }
        let id = self.current.next_id;
        self.current.next_id += 1;
        Ok(id)
    }

    fn push(&mut self, out: &mut Vec<Stmt>, kind: StmtKind, span: Span) -> Res<()> {
        let id = self.new_id(span)?;
        let (mode, phase) = (self.current.mode, self.current.phase);
        out.push(Stmt {
            id,
            kind,
            span,
            toggle: None,
            place: None,
            mode,
            phase,
        });
        Ok(())
    }

    fn block_statement(&mut self, out: &mut Vec<Stmt>) -> Res<()> {
        let open = self.peek().span;
        let id = self.new_id(open)?;
        let (mode, phase) = (self.current.mode, self.current.phase);
        let body = self.braces()?;
        let kind = StmtKind::Block(body);
        let span = self.since(open.start);
        out.push(Stmt {
            id,
            kind,
            span,
            toggle: None,
            place: None,
            mode,
            phase,
        });
        Ok(())
    }

    /// `{ … }`, one level deeper.
    fn braces(&mut self) -> Res<Vec<Stmt>> {
        if let Err(reported) = self.enter(limits::STATEMENT_NESTING, "blocks") {
            self.skip_balanced();
            return Err(reported);
        }
        let open = self.next().span;
        let mut body = Vec::new();
        self.block_body(open, &mut body);
        self.depth -= 1;
        Ok(body)
    }

    fn if_statement(&mut self, out: &mut Vec<Stmt>) -> Res<()> {
        let start = self.next().span;
        let id = self.new_id(start)?;
        let (mode, phase) = (self.current.mode, self.current.phase);
        self.expect(Tok::LParen, "`(` after `if`")?;
        let cond = self.expression()?;
        self.expect(Tok::RParen, "`)`")?;
        let then = self.arm()?;
        let mut els = Vec::new();
        if self.eat_word("else") {
            els = self.arm()?;
        }
        let kind = StmtKind::If { cond, then, els };
        let span = self.since(start.start);
        out.push(Stmt {
            id,
            kind,
            span,
            toggle: None,
            place: None,
            mode,
            phase,
        });
        Ok(())
    }

    /// An arm of an `if`, with or without braces.
    fn arm(&mut self) -> Res<Vec<Stmt>> {
        if self.at(Tok::LBrace) {
            return self.braces();
        }
        self.enter(limits::STATEMENT_NESTING, "blocks")?;
        let mut body = Vec::new();
        let result = self.statement(&mut body);
        self.depth -= 1;
        result.map(|()| body)
    }

    /// `int r0;`, `int r0 = …;`, `int r0, *r1 = …;`
    fn declaration(&mut self, out: &mut Vec<Stmt>) -> Res<()> {
        let start = self.peek().span.start;
        let base = self.type_words();
        self.announce_declarators()?;
        let mut regs = Vec::new();
        let mut values = Vec::new();
        loop {
            let mut stars = 0;
            loop {
                if self.eat(Tok::Star) {
                    stars += 1;
                } else if !self.skip_annotations() {
                    break;
                }
            }
            let at = self.ident("the name of a register")?;
            let name = self.text(at);
            if self.at(Tok::Assign) {
                self.parameter_register(name, at)?;
            } else if self.current.params.iter().any(|(param, _)| param == name) {
                let message = format!("`{name}` is a parameter already");
                return Err(self.sink.error(at, message));
            }
            self.not_reserved(at)?;
            let reg = self.register(name, at)?;
            let ty = with_stars(if base.is_empty() { "int" } else { &base }, stars);
            if let Some(known) = self.current.regs.get_mut(usize::from(reg.0))
                && known.ty.is_empty()
            {
                known.ty = ty;
            }
            regs.push(reg);
            if self.at(Tok::LBracket) {
                let at = self.peek().span;
                return Err(self.sink.error(at, "arrays are not supported"));
            }
            if self.eat(Tok::Assign) {
                let value = self.expression()?;
                self.mark_assigned(reg);
                values.push((reg, value, self.since(at.start)));
            }
            if !self.eat(Tok::Comma) {
                break;
            }
        }
        self.expect(Tok::Semi, "`;`")?;
        let span = self.since(start);
        if regs.len() == 1 {
            return match values.pop() {
                Some((dst, value, _)) => self.push(
                    out,
                    StmtKind::Assign {
                        dst,
                        value,
                        declares: true,
                    },
                    span,
                ),
                None => self.push(out, StmtKind::Declare { regs }, span),
            };
        }
        self.push(out, StmtKind::Declare { regs }, span)?;
        for (dst, value, span) in values {
            self.push(
                out,
                StmtKind::Assign {
                    dst,
                    value,
                    declares: false,
                },
                span,
            )?;
        }
        Ok(())
    }

    /// Numbers the registers of a declaration before those of its values, as
    /// when it is split.
    fn announce_declarators(&mut self) -> Res<()> {
        let (mut ahead, mut depth, mut name_next) = (0, 0_usize, true);
        loop {
            let token = self.peek_at(ahead);
            ahead += 1;
            match token.tok {
                Tok::LParen => depth += 1,
                Tok::RParen => depth = depth.saturating_sub(1),
                Tok::Comma if depth == 0 => name_next = true,
                Tok::Star if name_next => {}
                Tok::Ident if name_next && !self.text(token.span).starts_with("__") => {
                    let name = self.text(token.span);
                    if !self.current.params.iter().any(|(param, _)| param == name) {
                        self.register(name, token.span)?;
                    }
                    name_next = false;
                }
                Tok::Semi | Tok::LBrace | Tok::RBrace | Tok::Eof => return Ok(()),
                _ => name_next = false,
            }
        }
    }

    /// Assignments, stores, calls.
    fn simple_statement(&mut self, out: &mut Vec<Stmt>) -> Res<()> {
        let start = self.peek();
        if start.tok == Tok::Ident {
            if self.peek_at(1).tok == Tok::Assign {
                return self.assignment(out);
            }
            self.no_jump(start)?;
        }
        let operand = self.operand()?;
        if self.eat(Tok::Assign) {
            let at = self.since(start.span.start);
            let addr = self.place_of(operand, at, "the left side of `=`")?;
            let value = self.expression()?;
            self.expect(Tok::Semi, "`;`")?;
            let span = self.since(start.span.start);
            let kind = OpKind::Store {
                addr,
                value,
                order: Order::Plain,
            };
            return self.push(
                out,
                StmtKind::Op(Op {
                    name: String::new(),
                    kind,
                    span,
                }),
                span,
            );
        }
        if self.at(Tok::Foreign) {
            return self.foreign();
        }
        if !self.at(Tok::Semi) && !matches!(operand, Operand::Call(_)) {
            return self.expected("`=` or `;`");
        }
        let value = match operand {
            Operand::Call(call) => Expr::Op(Box::new(call.op)),
            other => self.value_of(other, start.span),
        };
        self.expect(Tok::Semi, "`;`")?;
        let span = self.since(start.span.start);
        self.expression_statement(value, span, out)
    }

    /// `e;`: what is done to compute `e`, whose value nobody wants.
    fn expression_statement(&mut self, value: Expr, span: Span, out: &mut Vec<Stmt>) -> Res<()> {
        let mut ops = Vec::new();
        outer_ops(value, &mut ops);
        match (ops.pop(), ops.is_empty()) {
            (None, _) => {
                self.sink
                    .warning(span, "this statement has no effect", None);
                return self.push(out, StmtKind::Empty, span);
            }
            (Some(op), true) => return self.push(out, StmtKind::Op(op), span),
            (Some(op), false) => ops.push(op),
        }
        // Several operations: a block.
        let id = self.new_id(span)?;
        let (mode, phase) = (self.current.mode, self.current.phase);
        let mut body = Vec::new();
        for op in ops {
            self.push(&mut body, StmtKind::Op(op), span)?;
        }
        let kind = StmtKind::Block(body);
        out.push(Stmt {
            id,
            kind,
            span,
            toggle: None,
            place: None,
            mode,
            phase,
        });
        Ok(())
    }

    /// Loops, jumps, and an `else` out of place.
    fn no_jump(&mut self, start: Token) -> Res<()> {
        let word = self.text(start.span);
        let next = self.peek_at(1).tok;
        if word == "while" || matches!((word, next), ("for", Tok::LParen) | ("do", Tok::LBrace)) {
            let message = format!("`{word}` is not supported: a litmus test has no loops");
            let help = "to wait for a value, read it once, as in `r0 = READ_ONCE(*x);`, and write \
                        `filter (0:r0=1)` before `exists`: executions in which it was not seen do not count";
            self.next();
            if next == Tok::LParen {
                self.skip_balanced();
            }
            return Err(self
                .sink
                .error_help(start.span, message, Some(help.to_string())));
        }
        let jumps = matches!(
            (word, next),
            ("goto", Tok::Ident) | ("switch", Tok::LParen) | ("do", Tok::Ident)
        ) || word == "return" && next != Tok::Semi;
        if jumps || next == Tok::Colon {
            let message = match next {
                Tok::Colon => "labels are not supported".to_string(),
                _ => format!("`{word}` is not supported"),
            };
            let help = "a litmus test has no loops and no jumps: use `if` and `else`".to_string();
            return Err(self.sink.error_help(start.span, message, Some(help)));
        }
        if next == Tok::Semi {
            self.no_value(start)?;
        }
        if word == "else" {
            return Err(self.sink.error(start.span, "this `else` has no `if`"));
        }
        Ok(())
    }

    /// `word;` that herd takes for a register's value, where C means something else.
    fn no_value(&mut self, word: Token) -> Res<()> {
        let text = self.text(word.span);
        if matches!(text, "return" | "break" | "continue") {
            let message = format!("`{text};` does not jump");
            let help = "herd takes it for the value of a register; use `if` and `else`";
            return Err(self
                .sink
                .error_help(word.span, message, Some(help.to_string())));
        }
        if let Some(primitive) = primitives::lookup(text) {
            let message = format!("`{text}` is not called");
            let help = format!("write `{}`", primitive.usage(text));
            return Err(self.sink.error_help(word.span, message, Some(help)));
        }
        Ok(())
    }

    /// The few words that herd does not take for a register's name.
    fn not_reserved(&mut self, at: Span) -> Res<()> {
        let name = self.text(at);
        if matches!(name, "if" | "else" | "while") {
            let message = format!("`{name}` is no name for a register");
            return Err(self.sink.error(at, message));
        }
        Ok(())
    }

    fn assignment(&mut self, out: &mut Vec<Stmt>) -> Res<()> {
        let at = self.next().span;
        let name = self.text(at);
        self.not_reserved(at)?;
        self.parameter_register(name, at)?;
        let dst = self.register(name, at)?;
        self.next(); // `=`, seen by the caller
        let value = self.expression()?;
        self.mark_assigned(dst);
        self.expect(Tok::Semi, "`;`")?;
        let span = self.since(at.start);
        self.push(
            out,
            StmtKind::Assign {
                dst,
                value,
                declares: false,
            },
            span,
        )
    }
}
