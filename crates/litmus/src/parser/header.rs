//! The first line and the free text up to the init block.

use super::{Parser, Res};
use crate::lexer::{Comment, Language, Lexer, span};

/// What a test's name is made of; herd drops what follows.
fn name_char(c: char) -> bool {
    c.is_ascii_alphanumeric() || "_/.-+[]".contains(c)
}

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
        let words = line.trim_start();
        let length = words.find(|c| !name_char(c)).unwrap_or(words.len());
        match words.get(..length) {
            Some(name) if !name.is_empty() => {
                // herd's reports name the test without its file's suffix.
                self.test.name = match name.strip_suffix(".litmus") {
                    Some(short) if !short.is_empty() => short.to_string(),
                    _ => name.to_string(),
                };
                lexer.skip(line.len() - words.len() + name.len());
            }
            _ => {
                let help = "a name is of letters, digits and `_ / . - + [ ]`".to_string();
                let message = "the test has no name";
                self.sink.error_help(arch_span, message, Some(help));
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
