//! The operations that the kernel's names stand for in herd: `__fence{MB}`, `__load{ONCE}(*x)`,
//! `__atomic_op{NORETURN}(v, +, 1)`. What is in the braces is a tag of the memory model, which tells
//! capital letters from small ones: `{mb}` is no `{MB}`, and a tag that the model has not says nothing.

use super::expressions::Call;
use super::{Parser, Res};
use crate::ast::*;
use crate::lexer::{Tok, span};

/// What stands before the braces, and how many arguments are behind them.
const WORDS: &[(&str, usize)] = &[
    ("__fence", 0),
    ("__load", 1),
    ("__store", 2),
    ("__xchg", 2),
    ("__cmpxchg", 3),
    ("__atomic_op", 3),
    ("__atomic_op_return", 3),
    ("__atomic_fetch_op", 3),
    ("__atomic_add_unless", 3),
    ("__srcu", 1),
];

const FENCES: &[(&str, OpKind)] = &[
    ("MB", OpKind::Fence(Fence::Mb)),
    ("rmb", OpKind::Fence(Fence::Rmb)),
    ("wmb", OpKind::Fence(Fence::Wmb)),
    ("barrier", OpKind::Fence(Fence::Compiler)),
    ("before-atomic", OpKind::Fence(Fence::BeforeAtomic)),
    ("after-atomic", OpKind::Fence(Fence::AfterAtomic)),
    ("after-spinlock", OpKind::Fence(Fence::AfterSpinlock)),
    ("after-unlock-lock", OpKind::Fence(Fence::AfterUnlockLock)),
    (
        "after-srcu-read-unlock",
        OpKind::Fence(Fence::AfterSrcuReadUnlock),
    ),
    ("rcu-lock", OpKind::RcuReadLock),
    ("rcu-unlock", OpKind::RcuReadUnlock),
    ("sync-rcu", OpKind::SynchronizeRcu { expedited: false }),
];

/// Every tag of the model.
const TAGS: &[&str] = &[
    "ONCE",
    "RELEASE",
    "ACQUIRE",
    "NORETURN",
    "MB",
    "wmb",
    "rmb",
    "barrier",
    "rcu-lock",
    "rcu-unlock",
    "sync-rcu",
    "before-atomic",
    "after-atomic",
    "after-spinlock",
    "after-unlock-lock",
    "after-srcu-read-unlock",
    "srcu-lock",
    "srcu-unlock",
    "sync-srcu",
];

/// A tag as far as this operation is concerned.
enum Tag {
    Known(Order),
    /// No tag of the model: it says nothing.
    Nothing,
}

impl Parser<'_> {
    /// `__fence{`, `__atomic_op(`: such an operation starts here.
    pub(super) fn at_raw(&self) -> bool {
        let token = self.peek();
        let next = self.peek_at(1).tok;
        let word = self.text(token.span);
        token.tok == Tok::Ident
            && word.starts_with("__")
            && (next == Tok::LBrace || next == Tok::LParen && word == "__atomic_op")
            && WORDS.iter().any(|(known, _)| *known == word)
    }

    /// The whole of it.
    pub(super) fn raw(&mut self) -> Res<Call> {
        self.count_operator()?;
        let at = self.next().span;
        let word = self.text(at);
        let tag_at = self.tag()?;
        let tag = tag_at.map_or("", |at| self.text(at));
        let where_ = tag_at.unwrap_or(at);
        let mut args = Vec::new();
        let mut sign = RmwOp::Add;
        let count = WORDS
            .iter()
            .find(|(known, _)| *known == word)
            .map_or(0, |(_, n)| *n);
        if count > 0 {
            self.expect(Tok::LParen, "`(`")?;
            for index in 0..count {
                if index > 0 {
                    self.expect(
                        Tok::Comma,
                        &format!("`,`: `{word}` takes {count} arguments"),
                    )?;
                }
                if index == 1 && word.contains("op") {
                    sign = self.atomic_sign()?;
                    continue;
                }
                let start = self.peek().span;
                let operand = self.operand()?;
                let at = self.since(start.start);
                args.push(if index == 0 && matches!(word, "__load" | "__store") {
                    self.place_of(operand, at, &format!("the first argument of `{word}`"))?
                } else {
                    self.checked_value(operand, at)?
                });
            }
            self.expect(
                Tok::RParen,
                &format!("`)`: `{word}` takes {count} arguments"),
            )?;
        }
        let kind = self.raw_kind(word, (tag, where_), sign, args)?;
        let name = match tag_at {
            Some(_) => format!("{word}{{{tag}}}"),
            None => word.to_string(),
        };
        let value = !matches!(word, "__fence" | "__store" | "__atomic_op" | "__srcu");
        let span = self.since(at.start);
        Ok(Call {
            op: Op { name, kind, span },
            value,
            at,
        })
    }

    /// `{MB}`: what is between the braces.
    fn tag(&mut self) -> Res<Option<Span>> {
        if !self.eat(Tok::LBrace) {
            return Ok(None);
        }
        let start = self.ident("a tag, as in `{MB}`")?;
        while self.eat(Tok::Minus) {
            self.ident("the rest of the tag")?;
        }
        let at = span(start.start as usize, self.last_span().end as usize);
        if self.at(Tok::Comma) {
            let at = self.peek().span;
            while !matches!(self.peek().tok, Tok::RBrace | Tok::Semi | Tok::Eof) {
                self.next();
            }
            self.eat(Tok::RBrace);
            return Err(self.sink.error(at, "an operation has one tag"));
        }
        self.expect(Tok::RBrace, "`}`")?;
        Ok(Some(at))
    }

    /// `+`, `-`, `&`, `|`, `^`, `&~`.
    fn atomic_sign(&mut self) -> Res<RmwOp> {
        let sign = match self.peek().tok {
            Tok::Plus => RmwOp::Add,
            Tok::Minus => RmwOp::Sub,
            Tok::Amp if self.peek_at(1).tok == Tok::Tilde => {
                self.next();
                RmwOp::AndNot
            }
            Tok::Amp => RmwOp::And,
            Tok::Pipe => RmwOp::Or,
            Tok::Caret => RmwOp::Xor,
            _ => return self.expected("`+`, `-`, `&`, `|`, `^` or `&~`"),
        };
        self.next();
        Ok(sign)
    }

    fn raw_kind(
        &mut self,
        word: &str,
        (tag, at): (&str, Span),
        op: RmwOp,
        args: Vec<Expr>,
    ) -> Res<OpKind> {
        const ATOMIC: &[(&str, Order)] = &[
            ("MB", Order::Mb),
            ("ACQUIRE", Order::Acquire),
            ("RELEASE", Order::Release),
            ("ONCE", Order::Once),
        ];
        let mut args = args.into_iter();
        let mut arg = || args.next().unwrap_or(Expr::Int(0));
        let addr = arg();
        if word == "__fence" {
            if let Some((_, kind)) = FENCES.iter().find(|(known, _)| *known == tag) {
                return Ok(kind.clone());
            }
            self.unknown_tag(tag, at, "it orders nothing")?;
            return Ok(OpKind::Fence(Fence::Compiler));
        }
        match (word, tag) {
            ("__srcu", "sync-srcu") => {
                let (domain, expedited) = (addr, false);
                return Ok(OpKind::SynchronizeSrcu { domain, expedited });
            }
            ("__srcu", _) => {
                let help =
                    "write `__srcu{sync-srcu}(s)`, `srcu_read_lock(s)` or `srcu_read_unlock(s, c)`";
                let message = "`__srcu` can only be a grace period";
                return Err(self.sink.error_help(at, message, Some(help.to_string())));
            }
            ("__load", "srcu-lock") => {
                let (domain, down) = (addr, false);
                return Ok(OpKind::SrcuReadLock { domain, down });
            }
            ("__store", "srcu-unlock") => {
                let (domain, cookie, up) = (addr, arg(), false);
                return Ok(OpKind::SrcuReadUnlock { domain, cookie, up });
            }
            ("__load", _) => {
                let known = &[("ONCE", Order::Once), ("ACQUIRE", Order::Acquire)];
                let order = self.access_order(tag, at, known)?;
                return Ok(OpKind::Load { addr, order });
            }
            ("__store", _) => {
                let known = &[("ONCE", Order::Once), ("RELEASE", Order::Release)];
                let order = self.access_order(tag, at, known)?;
                let value = arg();
                return Ok(OpKind::Store { addr, value, order });
            }
            _ => {}
        }
        let ret = match (word, tag) {
            ("__atomic_op", "NORETURN") => {
                let (ret, order, operand) = (RmwRet::None, Order::Once, arg());
                return Ok(OpKind::Rmw {
                    addr,
                    op,
                    operand,
                    ret,
                    order,
                });
            }
            ("__atomic_op" | "__atomic_op_return", _) => RmwRet::New,
            _ => RmwRet::Old,
        };
        let order = match self.known_tag(tag, at, ATOMIC, "it orders nothing")? {
            Tag::Known(order) => order,
            Tag::Nothing => Order::Once,
        };
        Ok(match word {
            "__cmpxchg" => OpKind::CmpXchg {
                addr,
                expected: arg(),
                new: arg(),
                order,
            },
            "__atomic_add_unless" => OpKind::AddUnless {
                addr,
                add: arg(),
                unless: arg(),
                fetch: false,
                order,
            },
            _ => OpKind::Rmw {
                addr,
                op: if word == "__xchg" { RmwOp::Xchg } else { op },
                operand: arg(),
                ret,
                order,
            },
        })
    }

    fn access_order(&mut self, tag: &str, at: Span, known: &[(&str, Order)]) -> Res<Order> {
        let effect = "this is a plain access";
        Ok(match self.known_tag(tag, at, known, effect)? {
            Tag::Known(order) => order,
            Tag::Nothing => Order::Plain,
        })
    }

    fn known_tag(
        &mut self,
        tag: &str,
        at: Span,
        known: &[(&str, Order)],
        effect: &str,
    ) -> Res<Tag> {
        if let Some((_, order)) = known.iter().find(|(name, _)| *name == tag) {
            return Ok(Tag::Known(*order));
        }
        if tag.is_empty() {
            return Ok(Tag::Nothing);
        }
        self.unknown_tag(tag, at, effect)?;
        Ok(Tag::Nothing)
    }

    /// A tag of the model that is not for this operation is an error, any other word says nothing.
    fn unknown_tag(&mut self, tag: &str, at: Span, effect: &str) -> Res<()> {
        if TAGS.contains(&tag) {
            return Err(self
                .sink
                .error(at, format!("`{{{tag}}}` does not belong to this operation")));
        }
        let near = TAGS.iter().find(|known| known.eq_ignore_ascii_case(tag));
        let help = near.map(|known| {
            format!("write `{{{known}}}`: herd tells capital letters from small ones")
        });
        let message = format!("the memory model has no tag `{tag}`: {effect}");
        self.sink.warning(at, message, help);
        Ok(())
    }
}
