//! Formulas, in `exists` and its like and in `@outcome`.
//!
//! Precedence is herd's: `~` binds strongest, then `=>`, then `/\`, then `\/`.

use super::{Parser, Res};
use crate::ast::*;
use crate::diag::did_you_mean;
use crate::lexer::Tok;
use crate::limits;

/// Chains are balanced, so that a long one is no deep tree.
fn balanced(mut parts: Vec<Cond>, join: fn(Box<Cond>, Box<Cond>) -> Cond) -> Cond {
    while parts.len() > 1 {
        let mut halved = Vec::with_capacity(parts.len().div_ceil(2));
        let mut rest = parts.into_iter();
        while let Some(a) = rest.next() {
            halved.push(match rest.next() {
                Some(b) => join(Box::new(a), Box::new(b)),
                None => a,
            });
        }
        parts = halved;
    }
    parts.pop().unwrap_or(Cond::True)
}

/// Adds a part of a chain, taking nested chains of the same kind apart.
fn flatten(parts: &mut Vec<Cond>, part: Cond, and: bool) {
    let mut stack = vec![part];
    while let Some(cond) = stack.pop() {
        match cond {
            Cond::And(a, b) if and => stack.extend([*b, *a]),
            Cond::Or(a, b) if !and => stack.extend([*b, *a]),
            other => parts.push(other),
        }
    }
}

impl Parser<'_> {
    pub(super) fn count_atom(&mut self) -> Res<()> {
        self.atoms += 1;
        if self.atoms > limits::CONDITION_ATOMS {
            let n = limits::CONDITION_ATOMS;
            let at = self.peek().span;
            return Err(self
                .sink
                .error(at, format!("more than {n} atoms in the conditions")));
        }
        Ok(())
    }

    /// A formula.
    pub(super) fn formula(&mut self) -> Res<Cond> {
        self.enter(limits::EXPRESSION_NESTING, "conditions")?;
        let result = self.disjunction();
        self.depth -= 1;
        result
    }

    fn disjunction(&mut self) -> Res<Cond> {
        let mut parts = Vec::new();
        loop {
            let part = self.conjunction()?;
            flatten(&mut parts, part, false);
            if !self.eat(Tok::Vee) {
                return Ok(balanced(parts, Cond::Or));
            }
        }
    }

    fn conjunction(&mut self) -> Res<Cond> {
        let mut parts = Vec::new();
        loop {
            let part = self.implication()?;
            flatten(&mut parts, part, true);
            if !self.eat(Tok::Wedge) {
                return Ok(balanced(parts, Cond::And));
            }
        }
    }

    fn implication(&mut self) -> Res<Cond> {
        let mut parts = vec![self.negation()?];
        while self.at(Tok::Implies) {
            let at = self.next().span;
            if parts.len() > limits::IMPLICATIONS {
                let n = limits::IMPLICATIONS;
                return Err(self
                    .sink
                    .error(at, format!("more than {n} implications in a row")));
            }
            parts.push(self.negation()?);
        }
        let mut cond = parts.pop().unwrap_or(Cond::True);
        while let Some(left) = parts.pop() {
            cond = Cond::Implies(Box::new(left), Box::new(cond));
        }
        Ok(cond)
    }

    fn negation(&mut self) -> Res<Cond> {
        if self.at_not() {
            self.enter(limits::EXPRESSION_NESTING, "conditions")?;
            self.next();
            let inner = self.negation();
            self.depth -= 1;
            return Ok(Cond::Not(Box::new(inner?)));
        }
        if self.eat(Tok::LParen) {
            let inner = self.formula()?;
            if !self.at(Tok::RParen) {
                return self.expected("`)`, `/\\` or `\\/`");
            }
            self.next();
            return Ok(inner);
        }
        let next = self.peek_at(1).tok;
        let equation = matches!(
            next,
            Tok::Assign | Tok::EqEq | Tok::NotEq | Tok::LtGt | Tok::Colon
        );
        if !equation && self.eat_word("true") {
            return Ok(Cond::True);
        }
        if !equation && self.eat_word("false") {
            return Ok(Cond::False);
        }
        self.atom()
    }

    fn atom(&mut self) -> Res<Cond> {
        self.count_atom()?;
        let left = self.term()?;
        let negated = match self.peek().tok {
            Tok::Assign | Tok::EqEq => false,
            Tok::NotEq | Tok::LtGt => true,
            _ => return self.expected("`=` and a value"),
        };
        self.next();
        let token = self.peek();
        let atom = match token.tok {
            Tok::Minus | Tok::Plus => Cond::Eq(left, Value::Int(self.literal()?)),
            Tok::Int(_) if self.peek_at(1).tok != Tok::Colon => {
                Cond::Eq(left, Value::Int(self.literal()?))
            }
            Tok::Int(_) | Tok::LBracket | Tok::Star => Cond::EqTerm(left, self.term()?),
            Tok::Amp => {
                self.next();
                let at = self.ident("a variable")?;
                Cond::Eq(left, Value::Addr(self.condition_var(at)?))
            }
            Tok::Ident if self.peek_at(1).tok == Tok::Colon => Cond::EqTerm(left, self.term()?),
            Tok::Ident => {
                self.next();
                Cond::Eq(left, Value::Addr(self.condition_var(token.span)?))
            }
            _ => return self.expected("a value"),
        };
        Ok(if negated {
            Cond::Not(Box::new(atom))
        } else {
            atom
        })
    }

    /// `x`, `[x]`, `*x`, `0:r1`, `P0:r1`.
    pub(super) fn term(&mut self) -> Res<Term> {
        let token = self.peek();
        match token.tok {
            Tok::LBracket => {
                self.next();
                let at = self.ident("a variable")?;
                self.expect(Tok::RBracket, "`]`")?;
                if self.condition_element(at)?.is_some() {
                    return self.expected("`=` and a value");
                }
                Ok(Term::Var(self.condition_var(at)?))
            }
            Tok::Star => {
                self.next();
                let at = self.ident("a variable")?;
                Ok(Term::Var(self.condition_var(at)?))
            }
            Tok::Int(n) => {
                self.next();
                self.expect(Tok::Colon, "`:` and a register")?;
                let at = self.ident("a register")?;
                self.condition_reg(n, token.span, at)
            }
            Tok::Ident if self.peek_at(1).tok == Tok::Colon => {
                self.next();
                let number = self
                    .text(token.span)
                    .strip_prefix('P')
                    .and_then(|n| n.parse().ok());
                self.next();
                let at = self.ident("a register")?;
                match number {
                    Some(n) => self.condition_reg(n, token.span, at),
                    None => {
                        let shown = self.shown(token);
                        let help = "a register is written `0:r1`".to_string();
                        let message = format!("{shown} is no thread");
                        Err(self.sink.error_help(token.span, message, Some(help)))
                    }
                }
            }
            Tok::Ident => {
                self.next();
                if let Some(element) = self.condition_element(token.span)? {
                    return Ok(Term::Var(element));
                }
                Ok(Term::Var(self.condition_var(token.span)?))
            }
            _ => self.expected("a variable or a register, as in `x` or `0:r1`"),
        }
    }

    /// herd takes any name for a variable; in a test with directives, where
    /// outcomes are shown to people, one that nothing else names is an error.
    fn condition_var(&mut self, at: Span) -> Res<VarId> {
        self.warn_of_null(at);
        let name = self.text(at);
        if let Some(id) = self.find_var(name) {
            return Ok(id);
        }
        if self.directive_seen {
            return self.known_var(at);
        }
        let names = self.test.vars.iter().map(|var| var.name.as_str());
        let registers = self
            .test
            .threads
            .iter()
            .enumerate()
            .find(|(_, thread)| thread.regs.iter().any(|reg| reg.name == name))
            .map(|(i, _)| format!("the register is written `{i}:{name}`"));
        let help = registers.or_else(|| did_you_mean(name, names));
        if name != "NULL" {
            let message = format!("only the condition names the variable `{name}`: it is 0");
            self.sink.warning(at, message, help);
        }
        self.var(name, "int", at)
    }

    fn condition_reg(&mut self, number: u64, thread_at: Span, at: Span) -> Res<Term> {
        let (thread, reg, fresh) = self.thread_register(number, thread_at, at)?;
        if fresh {
            let name = self.text(at);
            let others = usize::try_from(number)
                .ok()
                .and_then(|n| self.test.threads.get(n))
                .map(|t| {
                    t.regs
                        .iter()
                        .map(|r| r.name.as_str())
                        .filter(|other| *other != name)
                });
            let help = others.and_then(|names| did_you_mean(name, names));
            let message = format!("P{number} has no register `{name}`: it is 0");
            self.sink.warning(at, message, help);
        }
        Ok(Term::Reg(thread, reg))
    }

    /// A register of a thread that has been read; made if there is none, which
    /// the third part says.
    pub(super) fn thread_register(
        &mut self,
        number: u64,
        thread_at: Span,
        at: Span,
    ) -> Res<(ThreadId, RegId, bool)> {
        let name = self.text(at);
        let count = self.test.threads.len();
        let index = usize::try_from(number).ok();
        let found = index.and_then(|i| self.test.threads.get_mut(i));
        let (Some(thread), Ok(id)) = (found, ThreadId::try_from(number)) else {
            let help = match count {
                0 => "the test has no threads".to_string(),
                1 => "the only thread is 0".to_string(),
                n => format!("the threads are 0 to {}", n - 1),
            };
            let message = format!("there is no thread {number}");
            return Err(self.sink.error_help(thread_at, message, Some(help)));
        };
        if let Some(reg) = thread.regs.iter().position(|reg| reg.name == name) {
            return Ok((id, RegId(u16::try_from(reg).unwrap_or(u16::MAX)), false));
        }
        let mut params = thread.params.iter();
        let vars = &self.test.vars;
        let param = params.find(|(var, _)| {
            vars.get(usize::from(var.0))
                .is_some_and(|var| var.name == name)
        });
        let param = param.map(|(var, _)| *var);
        let reg = thread.regs.len();
        let Some(reg) = u16::try_from(reg).ok().filter(|_| reg < limits::REGISTERS) else {
            let n = limits::REGISTERS;
            return Err(self
                .sink
                .error(at, format!("more than {n} registers in a thread")));
        };
        thread.regs.push(Reg {
            name: name.to_string(),
            ty: String::new(),
        });
        if let Some(uses) = index.and_then(|i| self.uses.get_mut(i)) {
            uses.push((false, None));
        }
        // herd keeps a parameter as a register that holds the address.
        if let Some(var) = param {
            self.test.init_regs.push((id, RegId(reg), Value::Addr(var)));
        }
        Ok((id, RegId(reg), param.is_none()))
    }
}
