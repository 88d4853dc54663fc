//! The first line and the free text up to the init block.

use super::{Parser, Res};
use crate::lexer::{Comment, Language, Lexer, span};

impl Parser<'_> {
    /// Reads `C name "doc"` and the lines after it; gives the offset of the
    /// init block's `{` and the comments passed on the way.
    pub(super) fn header(&mut self) -> Res<(usize, Vec<Comment>)> {
        let source = self.source;
        let start = if source.starts_with('\u{feff}') { 3 } else { 0 };
        let end = span(source.len(), source.len());
        let mut lexer = Lexer::new(source, span(start, source.len()), Language::File);
        if !lexer.space_and_comments(&mut self.sink) {
            return Err(self.sink.error(end, "the test is empty"));
        }
        let first = lexer.rest().lines().next().unwrap_or("");
        let arch = first.split_whitespace().next().unwrap_or("");
        let arch_span = span(lexer.offset(), lexer.offset() + arch.len());
        if arch != "C" {
            const OTHERS: &[&str] = &[
                "X86", "X86_64", "AArch64", "ARM", "PPC", "RISCV", "LISA", "MIPS", "BPF",
            ];
            let help = if OTHERS.contains(&arch) {
                "only tests in the kernel's C dialect can be read"
            } else {
                "a test starts with `C` and its name, as in `C MP+once`"
            };
            let help = Some(help.to_string());
            self.sink
                .error_help(arch_span, "the first line does not say `C name`", help);
        }
        lexer.skip(arch.len());
        let line = first.get(arch.len()..).unwrap_or("");
        match line.split_whitespace().next() {
            Some(name) if !name.starts_with("(*") && !name.starts_with('{') => {
                self.test.name = name.to_string();
                lexer.skip(line.len() - line.trim_start().len() + name.len());
            }
            _ => {
                self.sink.error(arch_span, "the test has no name");
            }
        }
        // Free text: comments, one string, lines such as `Cycle=…`.
        while lexer.space_and_comments(&mut self.sink) {
            let rest = lexer.rest();
            if rest.starts_with('{') {
                return Ok((lexer.offset(), lexer.comments));
            }
            if let Some(line) = rest.strip_prefix('"').and_then(|r| r.lines().next())
                && let Some(close) = line.find('"')
            {
                if self.test.doc.is_none() {
                    self.test.doc = line.get(..close).map(str::to_string);
                }
                lexer.skip(close + 2);
                continue;
            }
            // To the end of the word: a `{` inside of one starts the init block too.
            let length = rest
                .char_indices()
                .skip(1)
                .find(|(_, c)| c.is_whitespace() || matches!(c, '{' | '(' | '/' | '"'))
                .map_or(rest.len(), |(i, _)| i);
            lexer.skip(length);
        }
        let help = "write `{}` when every variable starts at 0".to_string();
        let message = "expected the init block `{ … }`, found the end of the text";
        Err(self.sink.error_help(end, message, Some(help)))
    }
}
