//! Calls of primitives.

use super::expressions::{Call, Operand};
use super::{Parser, Res};
use crate::ast::*;
use crate::build::build;
use crate::lexer::Tok;
use crate::primitives::{self, Arg, Prim};

impl Parser<'_> {
    /// `name(…)`, from the name on.
    pub(super) fn call(&mut self) -> Res<Call> {
        self.count_operator()?;
        let at = self.next().span;
        let name = self.text(at);
        let Some(primitive) = primitives::lookup(name) else {
            let (message, help) = match primitives::gone(name) {
                Some(instead) => (format!("the kernel has no `{name}`"), Some(instead)),
                None => (
                    format!("there is no primitive `{name}`"),
                    primitives::nearest(name).map(|near| format!("did you mean `{near}`?")),
                ),
            };
            return Err(self.sink.error_help(at, message, help));
        };
        self.next(); // `(`, seen by the caller
        let mut args: Vec<(Span, Option<Operand>)> = Vec::new();
        if !self.eat(Tok::RParen) {
            loop {
                let start = self.peek().span;
                let kind = primitive.args.get(args.len());
                let operand = if matches!(kind, Some(Arg::Ignored | Arg::Callback)) {
                    self.skip_argument();
                    None
                } else {
                    Some(self.operand()?)
                };
                args.push((self.since(start.start), operand));
                if self.eat(Tok::RParen) {
                    break;
                }
                self.expect(Tok::Comma, "`,` or `)`")?;
            }
        }
        let most = primitive.args.len();
        let least = most - primitive.optional.min(most);
        if !(least..=most).contains(&args.len()) {
            let wanted = match (least, most) {
                (_, 1) if least == 1 => "1 argument".to_string(),
                (_, _) if least == most => format!("{most} arguments"),
                _ => format!("{least} or {most} arguments"),
            };
            let given = args.len();
            let verb = if given == 1 { "is" } else { "are" };
            let message = format!("`{name}` takes {wanted}, but {given} {verb} given");
            let help = format!("it is called as `{}`", primitive.usage(name));
            return Err(self.sink.error_help(at, message, Some(help)));
        }
        let mut exprs = Vec::new();
        let mut callback = None;
        for ((span, operand), kind) in args.into_iter().zip(primitive.args) {
            match (kind, operand) {
                (Arg::Callback, _) => callback = Some(self.text(span).to_string()),
                (_, None) => {}
                (Arg::Place, Some(operand)) => {
                    let what = format!("the first argument of `{name}`");
                    exprs.push((kind.role(), self.place_of(operand, span, &what)?));
                }
                (_, Some(operand)) => {
                    if let Operand::Call(call) = &operand
                        && !call.value
                    {
                        let inner = self.text(call.at);
                        let message = format!("`{inner}` gives no value");
                        return Err(self.sink.error(call.at, message));
                    }
                    exprs.push((kind.role(), self.value_of(operand, span)));
                }
            }
        }
        if primitive.prim == Prim::Kfree || primitive.prim == Prim::CallSrcu {
            self.frees = true;
        }
        let span = self.since(at.start);
        let value = primitive.gives_value();
        match build(name, &primitive, &mut exprs, callback, span) {
            Some(op) => Ok(Call { op, value, at }),
            None => Err(self
                .sink
                .error(at, format!("`{name}` cannot be used like this"))),
        }
    }

    /// Skips to the `,` or `)` that ends an argument.
    fn skip_argument(&mut self) {
        loop {
            match self.peek().tok {
                Tok::Comma | Tok::RParen | Tok::Semi | Tok::LBrace | Tok::RBrace | Tok::Eof => {
                    return;
                }
                Tok::LParen | Tok::LBracket => self.skip_balanced(),
                _ => {
                    self.next();
                }
            }
        }
    }
}
