//! After the threads: what needs them all, in the order in which names appear.

use super::Parser;
use crate::ast::{Expr, Op, OpKind, Span, Stmt, StmtKind};
use crate::diag::{Severity, did_you_mean};
use crate::lexer::{CommentKind, slice, span};
use crate::walk;

impl Parser<'_> {
    pub(super) fn finish(&mut self) {
        if self.test.threads.is_empty() {
            let at = self.peek().span;
            let help = Some("write `P0(int *x) { … }`".to_string());
            self.sink.error_help(at, "the test has no threads", help);
        }
        self.directive_seen |= !self.test.toggles.is_empty();
        let directives = std::mem::take(&mut self.directives);
        self.declare_objects(&directives);
        for (number, at, value) in std::mem::take(&mut self.init_regs) {
            let Ok((thread, reg, _)) = self.thread_register(number, at, at) else {
                continue;
            };
            if self.test.is_parameter(thread, reg) {
                let name = self.text(at);
                let message =
                    format!("`{name}` is a parameter of P{thread}: it holds an address already");
                self.sink.error(at, message);
                continue;
            }
            let regs = &mut self.test.init_regs;
            match regs.iter_mut().find(|(t, r, _)| (*t, *r) == (thread, reg)) {
                Some((_, _, old)) => *old = value,
                None => regs.push((thread, reg, value)),
            }
        }
        self.sections();
        self.apply_directives(&directives);
        self.srcu_tree(&directives);
        self.check_registers();
        self.check_comments();
        let mut twice = Vec::new();
        for thread in &self.test.threads {
            locked_twice(&thread.body, &mut twice);
        }
        for at in twice {
            let help = Some("give each a statement of its own".to_string());
            let message = "the same lock twice in one expression: nothing says which comes first";
            self.sink.error_help(at, message, help);
        }
    }

    /// Inline directives that no statement has taken.
    fn check_comments(&mut self) {
        let last = self.tokens.len();
        for (i, comment) in self.comments.clone().iter().enumerate() {
            let text = slice(self.source, comment.text).trim_start();
            let Some(rest) = text.strip_prefix('@') else {
                continue;
            };
            let word: String = rest
                .trim_start()
                .chars()
                .take_while(char::is_ascii_lowercase)
                .collect();
            match comment.kind {
                CommentKind::Block if i >= self.next_comment && comment.before <= last => {
                    self.misplaced(comment.span, &word);
                }
                CommentKind::Line if super::words::INLINE.contains(&word.as_str()) => {
                    let help = Some(format!("write `/*@ {word} … */`"));
                    self.sink.error_help(
                        comment.span,
                        "a directive stands in a `/* … */` comment",
                        help,
                    );
                }
                CommentKind::Line if super::DIRECTIVES.contains(&word.as_str()) => {
                    let help = Some(format!("write `(* @{word} … *)`"));
                    let message = "a directive of the header stands in a `(* … *)` comment";
                    self.sink
                        .push(Severity::Warning, comment.span, message.to_string(), help);
                }
                _ => {}
            }
        }
    }

    /// An inline directive with no statement before it.
    pub(super) fn misplaced(&mut self, at: crate::ast::Span, word: &str) {
        let known = super::words::INLINE;
        let head = span(
            at.start as usize,
            (at.start as usize + 3).min(at.end as usize),
        );
        if known.contains(&word) {
            let help = match word {
                "mode" => "write it behind a statement, or first in the thread's body",
                _ => "write it behind the statement, after its `;`",
            };
            let message = format!("`{word}` has no statement before it");
            self.sink.error_help(head, message, Some(help.to_string()));
        } else if super::DIRECTIVES.contains(&word) {
            let help = Some(format!("write `(* @{word} … *)` before the init block"));
            let message = format!("`@{word}` stands in a `(* … *)` comment");
            self.sink.error_help(head, message, help);
        } else {
            let help = did_you_mean(word, known.iter().copied());
            self.sink
                .error_help(head, format!("there is no directive `{word}`"), help);
        }
    }
}

/// Operations that may be of the same lock as another in the same expression, one of which takes it. Where a lock is only
/// asked about, the order does not matter.
fn locked_twice(body: &[Stmt], found: &mut Vec<Span>) {
    for stmt in body {
        let mut ops: Vec<&Op> = Vec::new();
        match &stmt.kind {
            StmtKind::Declare { .. } | StmtKind::Empty => {}
            StmtKind::Assign { value, .. } => walk::ops_of_expr(value, &mut |op| ops.push(op)),
            StmtKind::Op(op) => walk::ops_of_op(op, &mut |op| ops.push(op)),
            StmtKind::If { cond, then, els } => {
                walk::ops_of_expr(cond, &mut |op| ops.push(op));
                locked_twice(then, found);
                locked_twice(els, found);
            }
            StmtKind::Block(body) => locked_twice(body, found),
        }
        let locks: Vec<(Span, &Expr, bool)> = ops
            .into_iter()
            .filter_map(|op| match &op.kind {
                OpKind::SpinTrylock { lock } => Some((op.span, lock, true)),
                OpKind::SpinIsLocked { lock } => Some((op.span, lock, false)),
                _ => None,
            })
            .collect();
        for (index, (at, lock, takes)) in locks.iter().enumerate() {
            let same = |(_, other, also): &&(Span, &Expr, bool)| {
                let others = matches!((lock, other), (Expr::Addr(a), Expr::Addr(b)) if a != b);
                !others && (*takes || *also)
            };
            if locks[..index].iter().any(|other| same(&other)) {
                found.push(*at);
            }
        }
    }
}
