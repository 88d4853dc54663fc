//! `/*@ toggle … */`: what a statement can be switched to.

use super::words::{Item, Word};
use super::{Parser, Res};
use crate::ast::*;
use crate::build::build;
use crate::diag::did_you_mean;
use crate::lexer::{Language, Tok};
use crate::limits;
use crate::primitives::{self, Arg, Prim};
use crate::spans;

impl Parser<'_> {
    pub(super) fn toggle(
        &mut self,
        head: &Word,
        args: &[Word],
        part: Span,
        stmt: &mut Stmt,
    ) -> Res<()> {
        let (mut name, mut label, mut off, mut choices) = (None, None, None, None);
        for word in args {
            match (word.key.map(|key| self.text(key)), word.first()) {
                (None, Some(item)) if item.quoted => {
                    label = Some(self.text(item.span).to_string());
                }
                (None, Some(item)) if name.is_none() => name = Some(item.span),
                (Some("off"), _) => off = Some(word),
                (Some("choices"), _) => choices = Some(word),
                (key, _) => {
                    let help = key.and_then(|k| did_you_mean(k, ["off", "choices"]));
                    let message =
                        "`toggle` wants a name, a text in quotes, and `off=…` or `choices=…`";
                    return Err(self.sink.error_help(word.span, message, help));
                }
            }
        }
        let Some(name_at) = name else {
            return Err(self.sink.error(head.span, "the toggle has no name"));
        };
        let name = self.name_of("a toggle", name_at)?;
        if self.test.toggles.iter().any(|toggle| toggle.name == name) {
            let message = format!("there is a toggle `{name}` already");
            return Err(self.sink.error(name_at, message));
        }
        let count = self.test.toggles.len();
        let id = u16::try_from(count)
            .ok()
            .filter(|_| count < limits::TOGGLES);
        let Some(id) = id else {
            let n = limits::TOGGLES;
            return Err(self.sink.error(name_at, format!("more than {n} toggles")));
        };
        if matches!(stmt.kind, StmtKind::Declare { .. } | StmtKind::Empty) {
            let message = "this statement does nothing that could be switched off";
            return Err(self.sink.error(head.span, message));
        }
        if stmt.toggle.is_some() || has_toggle(&stmt.kind) {
            let message = "a statement has one toggle, and toggles do not nest";
            return Err(self.sink.error(head.span, message));
        }
        let positions = match (off, choices) {
            (Some(_), Some(word)) => {
                let message = "a toggle has `off=` or `choices=`, not both";
                return Err(self.sink.error(word.span, message));
            }
            (_, Some(word)) => self.choices(word, stmt)?,
            (off, None) => {
                let stmts = match off.map(|word| (word, word.items.as_slice())) {
                    None => self.none(stmt),
                    Some((_, [item])) => self.alternative(*item, stmt)?,
                    Some((word, _)) => {
                        let message = "`off=` takes one alternative";
                        let help = Some("for several, write `choices=a,b,c`".to_string());
                        return Err(self.sink.error_help(word.span, message, help));
                    }
                };
                vec![
                    Alternative {
                        name: "on".to_string(),
                        stmts: vec![stmt.kind.clone()],
                    },
                    Alternative {
                        name: "off".to_string(),
                        stmts,
                    },
                ]
            }
        };
        stmt.toggle = Some(ToggleId(id));
        let thread = ThreadId::try_from(self.test.threads.len()).unwrap_or(ThreadId::MAX);
        self.test.toggles.push(Toggle {
            name,
            label,
            thread,
            stmt: stmt.id,
            positions,
            span: part,
        });
        Ok(())
    }

    /// A name for links: lower-case letters, digits, `-`, `_`.
    pub(super) fn name_of(&mut self, what: &str, at: Span) -> Res<String> {
        let name = self.text(at);
        let good = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'_';
        if name.is_empty() || name.len() > 64 || !name.bytes().all(good) {
            let message = format!("`{name}` is no name for {what}");
            let help = "use lower-case letters, digits, `-` and `_`".to_string();
            return Err(self.sink.error_help(at, message, Some(help)));
        }
        Ok(name.to_string())
    }

    fn choices(&mut self, word: &Word, stmt: &Stmt) -> Res<Vec<Alternative>> {
        let mut positions: Vec<Alternative> = Vec::new();
        let mut written = None;
        if word.items.len() > limits::POSITIONS {
            let n = limits::POSITIONS;
            return Err(self.sink.error(word.span, format!("more than {n} choices")));
        }
        for item in &word.items {
            let name = self.text(item.span).to_string();
            if positions.iter().any(|other| other.name == name)
                || written.as_ref().is_some_and(|(other, _)| *other == name)
            {
                return Err(self
                    .sink
                    .error(item.span, format!("`{name}` is a choice twice")));
            }
            let is_written = !item.quoted && main_op(&stmt.kind).is_some_and(|op| op.name == name);
            if is_written {
                written = Some((name, vec![stmt.kind.clone()]));
                continue;
            }
            let stmts = self.alternative(*item, stmt)?;
            if item.quoted && written.is_none() && same(&stmts, &stmt.kind) {
                written = Some((name, vec![stmt.kind.clone()]));
                continue;
            }
            positions.push(Alternative { name, stmts });
        }
        let Some((name, stmts)) = written else {
            let help = main_op(&stmt.kind)
                .filter(|op| !op.name.is_empty())
                .map(|op| format!("add `{}`", op.name));
            let message = "the statement as written is not among the choices";
            return Err(self.sink.error_help(word.span, message, help));
        };
        if positions.is_empty() {
            return Err(self.sink.error(word.span, "one choice is none"));
        }
        positions.insert(0, Alternative { name, stmts });
        Ok(positions)
    }

    /// What `none` leaves of the statement.
    fn none(&self, stmt: &Stmt) -> Vec<StmtKind> {
        match main_op(&stmt.kind) {
            Some(Op {
                kind: OpKind::CallSrcu { object, .. },
                span,
                ..
            }) => {
                vec![kfree(object.clone(), *span)]
            }
            _ => Vec::new(),
        }
    }

    fn alternative(&mut self, item: Item, stmt: &Stmt) -> Res<Vec<StmtKind>> {
        if item.quoted {
            return self.quoted(item.span, stmt.id);
        }
        let name = self.text(item.span);
        if name == "none" {
            return Ok(self.none(stmt));
        }
        let Some(primitive) = primitives::lookup(name) else {
            let near = primitives::nearest(name).map(|near| format!("did you mean `{near}`?"));
            let message = format!("there is no primitive `{name}`");
            let help = near.or_else(|| {
                Some("a choice is a primitive, `none`, or a statement in quotes".to_string())
            });
            return Err(self.sink.error_help(item.span, message, help));
        };
        let Some(op) = main_op(&stmt.kind) else {
            let message = format!("the statement calls no primitive that `{name}` could replace");
            let help = Some("write the alternative in quotes".to_string());
            return Err(self.sink.error_help(item.span, message, help));
        };
        if matches!(op.kind, OpKind::SynchronizeSrcu { .. })
            && matches!(primitive.prim, Prim::CallSrcu)
        {
            let message = "`synchronize_srcu` does not say what `call_srcu` would free";
            let help = "write the line as `call_srcu(s, p)`: its choice `synchronize_srcu` means to wait and free";
            return Err(self
                .sink
                .error_help(item.span, message, Some(help.to_string())));
        }
        substitute(name, &stmt.kind).ok_or_else(|| {
            let written = if op.name.is_empty() {
                "a plain access"
            } else {
                op.name.as_str()
            };
            let message = format!("`{name}` cannot take the place of `{written}`");
            let help = Some(format!(
                "it is called as `{}`: write the alternative in quotes",
                primitive.usage(name)
            ));
            self.sink.error_help(item.span, message, help)
        })
    }

    /// Statements in quotes, read as if they stood here.
    fn quoted(&mut self, at: Span, id: u16) -> Res<Vec<StmtKind>> {
        let statements = std::mem::replace(&mut self.current.statements, 0);
        let outer = self.current.fixed_id.replace(id);
        let operators = self.operators;
        let result = self.within(at, Language::C, |parser| {
            let mut body = Vec::new();
            while !parser.at(Tok::Eof) {
                parser.statement(&mut body)?;
            }
            Ok(body)
        });
        self.operators = operators;
        self.current.fixed_id = outer;
        self.current.statements = statements;
        Ok(result?.into_iter().map(|stmt| stmt.kind).collect())
    }
}

/// The statement with another primitive in the place of its own, if that takes
/// the same arguments.
pub(crate) fn substitute(name: &str, kind: &StmtKind) -> Option<Vec<StmtKind>> {
    let primitive = primitives::lookup(name)?;
    let op = main_op(kind)?;
    let waits = matches!(
        primitive.prim,
        Prim::SynchronizeSrcu { .. } | Prim::SynchronizeRcu { .. }
    );
    let mut roles = roles(op);
    let mut then = Vec::new();
    if let OpKind::CallSrcu { object, .. } = &op.kind
        && waits
    {
        // The caller waits and frees the object itself.
        then.push(kfree(object.clone(), op.span));
        roles.retain(|(role, _)| *role != Arg::Object);
    }
    if matches!(primitive.prim, Prim::SynchronizeRcu { .. }) {
        roles.retain(|(role, _)| *role != Arg::Domain);
    }
    let op = build(name, &primitive, &mut roles, None, op.span)?;
    let assigned = matches!(kind, StmtKind::Assign { .. });
    let fits = (!assigned || (primitive.gives_value() && then.is_empty())) && roles.is_empty();
    if !fits {
        return None;
    }
    let mut stmts = vec![match kind {
        StmtKind::Assign { dst, declares, .. } => StmtKind::Assign {
            dst: *dst,
            value: Expr::Op(Box::new(op)),
            declares: *declares,
        },
        _ => StmtKind::Op(op),
    }];
    stmts.append(&mut then);
    Some(stmts)
}

fn kfree(object: Expr, span: Span) -> StmtKind {
    StmtKind::Op(Op {
        name: "kfree".to_string(),
        kind: OpKind::Kfree { object },
        span,
    })
}

fn has_toggle(kind: &StmtKind) -> bool {
    let any = |body: &[Stmt]| {
        body.iter()
            .any(|s| s.toggle.is_some() || has_toggle(&s.kind))
    };
    match kind {
        StmtKind::If { then, els, .. } => any(then) || any(els),
        StmtKind::Block(body) => any(body),
        _ => false,
    }
}

fn same(stmts: &[StmtKind], kind: &StmtKind) -> bool {
    let [one] = stmts else { return false };
    let (mut a, mut b) = (one.clone(), kind.clone());
    spans::clear_kind(&mut a);
    spans::clear_kind(&mut b);
    a == b
}

/// The primitive that a statement calls.
fn main_op(kind: &StmtKind) -> Option<&Op> {
    match kind {
        StmtKind::Op(op) => Some(op),
        StmtKind::Assign {
            value: Expr::Op(op),
            ..
        } => Some(op),
        _ => None,
    }
}

/// An operation's arguments by their roles, without those that its name implies
/// (the 1 of `atomic_inc`).
fn roles(op: &Op) -> Vec<(Arg, Expr)> {
    let explicit = |arg| primitives::lookup(&op.name).is_none_or(|p| p.args.contains(&arg));
    crate::walk::roles(&op.kind)
        .into_iter()
        .filter(|(role, _)| {
            matches!(role, Arg::Pointer | Arg::Domain | Arg::Object)
                || op.name.is_empty()
                || explicit(*role)
        })
        .map(|(role, expr)| (role, expr.clone()))
        .collect()
}
