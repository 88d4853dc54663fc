//! The init block.

use super::{Parser, Res};
use crate::ast::{Span, Value};
use crate::final_state::Shown;
use crate::lexer::{Tok, too_large};

/// What an item of the init block gives a value to.
enum Target {
    Var(Span),
    Reg(u64, Span),
}

impl Parser<'_> {
    pub(super) fn init_block(&mut self) -> Res<()> {
        let open = self.expect(Tok::LBrace, "the init block")?;
        // Addresses are resolved last: variables that are declared come first.
        let mut addresses: Vec<(Target, Span)> = Vec::new();
        loop {
            match self.peek().tok {
                Tok::RBrace => {
                    self.next();
                    break;
                }
                Tok::Eof => {
                    return Err(self.sink.error(open, "this `{` is never closed"));
                }
                Tok::Semi => {
                    self.next();
                }
                _ => {
                    if self.init_declaration(&mut addresses).is_err() {
                        while !matches!(self.peek().tok, Tok::Semi | Tok::RBrace | Tok::Eof) {
                            if self.at(Tok::LBrace) {
                                self.skip_balanced();
                            } else {
                                self.next();
                            }
                        }
                    }
                }
            }
        }
        for (target, at) in addresses {
            let name = self.text(at);
            let Ok(id) = self.var(name, "int", at) else {
                break;
            };
            match target {
                Target::Var(span) => {
                    if let Some(var) = self.find_var(self.text(span)) {
                        self.set_init(var.0, Value::Addr(id));
                    }
                }
                Target::Reg(thread, span) => {
                    self.init_regs.push((thread, span, Value::Addr(id)));
                }
            }
        }
        Ok(())
    }

    pub(super) fn set_init(&mut self, id: u16, value: Value) {
        if let Some(var) = self.test.vars.get_mut(usize::from(id)) {
            var.init = match (value, Shown::of(&var.ty)) {
                (Value::Int(n), Some(shown)) if var.declared => Value::Int(shown.initial(n)),
                _ => value,
            };
            var.initialised = true;
        }
    }

    /// `int x = 0, *y` or `x=1`, up to the `;`.
    fn init_declaration(&mut self, addresses: &mut Vec<(Target, Span)>) -> Res<()> {
        let base = self.type_words();
        loop {
            let mut stars = 0;
            while self.eat(Tok::Star) {
                stars += 1;
            }
            self.skip_annotations();
            let ty = if base.is_empty() && stars == 0 {
                String::new()
            } else {
                let base = if base.is_empty() {
                    "int"
                } else {
                    base.as_str()
                };
                with_stars(base, stars)
            };
            let target = self.init_target()?;
            if let Target::Var(at) = target {
                let name = self.text(at);
                let declared = self.find_var(name).is_some();
                let shown = if ty.is_empty() { "int" } else { &ty };
                let id = self.var(name, shown, at)?;
                if !ty.is_empty()
                    && let Some(var) = self.test.vars.get_mut(usize::from(id.0))
                {
                    var.declared = true;
                    if declared {
                        var.ty.clone_from(&ty);
                    }
                }
                if self.at(Tok::LBracket) {
                    self.init_array(id)?;
                }
            }
            if self.at(Tok::LBracket) {
                let at = self.peek().span;
                return Err(self.sink.error(at, "a register is no array"));
            }
            if self.eat(Tok::Assign) {
                self.init_value(target, addresses)?;
            } else if let Target::Reg(thread, at) = target {
                self.init_regs.push((thread, at, Value::Int(0)));
            }
            if !self.eat(Tok::Comma) {
                break;
            }
        }
        if matches!(self.peek().tok, Tok::RBrace) {
            return Ok(());
        }
        self.expect(Tok::Semi, "`;`").map(|_| ())
    }

    /// `x`, `[x]`, `0:r1`, `P0:r1`.
    fn init_target(&mut self) -> Res<Target> {
        if self.eat(Tok::LBracket) {
            let at = self.ident("a variable")?;
            self.expect(Tok::RBracket, "`]`")?;
            return Ok(Target::Var(at));
        }
        if let Tok::Int(thread) = self.peek().tok {
            self.next();
            self.expect(Tok::Colon, "`:` and a register")?;
            return Ok(Target::Reg(thread, self.ident("a register")?));
        }
        let at = self.ident("a variable")?;
        if self.at(Tok::Colon) {
            let digits = self.text(at).strip_prefix('P').and_then(|n| n.parse().ok());
            if let Some(thread) = digits {
                self.next();
                return Ok(Target::Reg(thread, self.ident("a register")?));
            }
        }
        Ok(Target::Var(at))
    }

    fn init_value(&mut self, target: Target, addresses: &mut Vec<(Target, Span)>) -> Res<()> {
        // Casts and parentheses say nothing here.
        while self.at(Tok::LParen) && self.is_cast() {
            self.skip_balanced();
        }
        let value = match self.peek().tok {
            Tok::Int(_) | Tok::Minus | Tok::Plus => Value::Int(self.literal()?),
            Tok::Amp => {
                self.next();
                let at = self.ident("a variable")?;
                addresses.push((target, at));
                return Ok(());
            }
            Tok::LBrace => {
                self.skip_balanced();
                Value::Int(0)
            }
            Tok::LParen => {
                self.next();
                self.depth_guarded(|p| p.init_value(target, addresses))?;
                return self.expect(Tok::RParen, "`)`").map(|_| ());
            }
            Tok::Ident => {
                let at = self.next().span;
                let name = self.text(at);
                if self.at(Tok::LParen) {
                    if !matches!(name, "ATOMIC_INIT" | "ATOMIC_LONG_INIT") {
                        let message = format!("`{name}` is not an initial value");
                        let help = "write a number, `&x` or `ATOMIC_INIT(0)`".to_string();
                        return Err(self.sink.error_help(at, message, Some(help)));
                    }
                    self.next();
                    self.depth_guarded(|p| p.init_value(target, addresses))?;
                    return self.expect(Tok::RParen, "`)`").map(|_| ());
                }
                self.warn_of_null(at);
                addresses.push((target, at));
                return Ok(());
            }
            _ => return self.expected("an initial value"),
        };
        match target {
            Target::Var(at) => {
                if let Some(id) = self.find_var(self.text(at)) {
                    self.set_init(id.0, value);
                }
            }
            Target::Reg(thread, at) => self.init_regs.push((thread, at, value)),
        }
        Ok(())
    }

    /// A number with its sign.
    pub(super) fn literal(&mut self) -> Res<i64> {
        let start = self.peek().span.start;
        let mut negative = false;
        while matches!(self.peek().tok, Tok::Minus | Tok::Plus) {
            negative ^= self.next().tok == Tok::Minus;
        }
        let Tok::Int(n) = self.peek().tok else {
            return self.expected("a number");
        };
        let at = self.next().span;
        let text = self.text(at);
        let hex = text.starts_with("0x") || text.starts_with("0X");
        // herd reads hexadecimal digits as the 32 bits that they are.
        if hex && !negative && n > i32::MAX as u64 && u32::try_from(n).is_ok() {
            return Ok(i64::from(n as u32 as i32));
        }
        match signed(n, negative) {
            Some(value) => Ok(value),
            None => {
                let at = self.since(start);
                Err(too_large(at, &mut self.sink))
            }
        }
    }

    /// `NULL` where herd has names: it is one too.
    pub(super) fn warn_of_null(&mut self, at: Span) {
        if self.text(at) == "NULL" {
            let message =
                "`NULL` is not 0 here: herd takes it for the address of a variable of this name";
            self.sink.warning(at, message, Some("write 0".to_string()));
        }
    }

    fn depth_guarded<T>(&mut self, read: impl FnOnce(&mut Self) -> Res<T>) -> Res<T> {
        self.enter(crate::limits::EXPRESSION_NESTING, "parentheses")?;
        let result = read(self);
        self.depth -= 1;
        result
    }
}

/// A literal of the lexer with its sign, if it fits into an int.
pub(super) fn signed(n: u64, negative: bool) -> Option<i64> {
    let n = n.cast_signed();
    let value = if negative { n.wrapping_neg() } else { n };
    if n < 0 {
        // The bits of a hexadecimal number, of which the least has no opposite.
        return Some(i64::from(value as i32));
    }
    i32::try_from(value).ok().map(i64::from)
}

/// `int` and 2 stars: `int **`.
pub(super) fn with_stars(base: &str, stars: usize) -> String {
    if stars == 0 {
        base.to_string()
    } else {
        format!("{base} {}", "*".repeat(stars))
    }
}

/// The type of what a pointer of this type leads to.
pub(crate) fn pointee(ty: &str) -> &str {
    ty.strip_suffix('*').map_or(ty, str::trim_end)
}
