//! Inline directives: `/*@ toggle … */`, `/*@ in … */`, `/*@ mode … */`, `/*@ phase … */`.

use super::words::{INLINE, Word, split_semicolons, words};
use super::{Parser, Res};
use crate::ast::*;
use crate::diag::did_you_mean;
use crate::lexer::{CommentKind, slice, span};

impl Parser<'_> {
    /// The texts of the inline directives between the last token and this one.
    fn pending(&mut self) -> Vec<Span> {
        let mut found = Vec::new();
        while let Some(comment) = self.comments.get(self.next_comment)
            && comment.before <= self.pos
        {
            self.next_comment += 1;
            if comment.kind != CommentKind::Block {
                continue;
            }
            let text = slice(self.source, comment.text);
            let trimmed = text.trim_start();
            if trimmed.starts_with('@') {
                let skipped = comment.text.start as usize + (text.len() - trimmed.len()) + 1;
                found.push(span(skipped, comment.text.end as usize));
            }
        }
        found
    }

    /// Directives before a statement: only `mode`, and only first in a body.
    pub(super) fn leading_directives(&mut self, first: bool) {
        for text in self.pending() {
            for part in split_semicolons(self.source, text) {
                let Ok(words) = self.directive_words(part) else {
                    continue;
                };
                let Some((head, args)) = words.split_first() else {
                    continue;
                };
                let name = self.text(head.span);
                if first && name == "mode" {
                    let _ = self.mode(head, args);
                } else {
                    let name = name.to_string();
                    self.misplaced(head.span, &name);
                }
            }
        }
    }

    /// Directives behind the statements `out[first..]`; they are about the last.
    pub(super) fn trailing_directives(&mut self, out: &mut Vec<Stmt>, first: usize) {
        for text in self.pending() {
            for part in split_semicolons(self.source, text) {
                let Ok(words) = self.directive_words(part) else {
                    continue;
                };
                let Some((head, args)) = words.split_first() else {
                    continue;
                };
                if out.len() <= first {
                    continue;
                }
                let Some(stmt) = out.pop() else { continue };
                let stmt = self.inline_directive(head, args, part, stmt);
                out.push(stmt);
            }
        }
    }

    fn directive_words(&mut self, part: Span) -> Res<Vec<Word>> {
        words(self.source, part).map_err(|at| self.sink.error(at, "this string is never closed"))
    }

    fn inline_directive(&mut self, head: &Word, args: &[Word], part: Span, mut stmt: Stmt) -> Stmt {
        match self.text(head.span) {
            "toggle" => {
                let _ = self.toggle(head, args, part, &mut stmt);
            }
            "in" => {
                if let Ok(place) = self.place(head, args) {
                    stmt.place = Some(place);
                }
            }
            word @ ("mode" | "phase")
                if matches!(stmt.kind, StmtKind::If { .. } | StmtKind::Block(_)) =>
            {
                let help = format!("write it behind the first statement of the new {word}");
                let message = format!("`{word}` stands behind a simple statement");
                self.sink.error_help(head.span, message, Some(help));
            }
            "mode" => {
                if self.mode(head, args).is_ok() {
                    stmt.mode = self.current.mode;
                }
            }
            "phase" => {
                if self.phase(head, args).is_ok() {
                    stmt.phase = self.current.phase;
                }
            }
            name => {
                let help = if super::DIRECTIVES.contains(&name) {
                    Some(format!("write `(* @{name} … *)` before the init block"))
                } else {
                    did_you_mean(name, INLINE.iter().copied())
                };
                let message = format!("there is no inline directive `{name}`");
                self.sink.error_help(head.span, message, help);
            }
        }
        stmt
    }

    fn place(&mut self, head: &Word, args: &[Word]) -> Res<Place> {
        let (function, file) = match args {
            [function] => (function, None),
            [function, file] => (function, Some(file)),
            _ => {
                let help = "write `in kvm_get_bus_srcu virt/kvm/kvm_main.c`".to_string();
                let message = "`in` wants a function and, if you like, a file";
                return Err(self.sink.error_help(head.span, message, Some(help)));
            }
        };
        Ok(Place {
            function: self.bare(function)?,
            file: file.map(|file| self.bare(file)).transpose()?,
        })
    }

    /// A word without key and quotes.
    fn bare(&mut self, word: &Word) -> Res<String> {
        match (word.key, word.first()) {
            (None, Some(item)) if !item.quoted => Ok(self.text(item.span).to_string()),
            _ => Err(self.sink.error(word.span, "expected a name here")),
        }
    }

    fn mode(&mut self, head: &Word, args: &[Word]) -> Res<()> {
        let name = match args {
            [word] => self.text(word.span),
            _ => "",
        };
        self.current.mode = match name {
            "guest" => Some(Mode::Guest),
            "host" => Some(Mode::Host),
            "user" => Some(Mode::User),
            _ => {
                let at = args.first().map_or(head.span, |word| word.span);
                let help = did_you_mean(name, ["guest", "host", "user"]);
                let message = "the mode is `guest`, `host` or `user`";
                return Err(self.sink.error_help(at, message, help));
            }
        };
        Ok(())
    }
}
