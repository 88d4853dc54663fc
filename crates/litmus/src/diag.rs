//! What is wrong with a source text: message, place, and what to write instead.

use crate::ast::Span;
use crate::limits;
use std::fmt;

/// How bad a [`Diagnostic`] is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Severity {
    /// There is no test.
    Error,
    /// There is a test, and it may not say what its author means.
    Warning,
}

/// One remark on a source text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// The bytes that it is about.
    pub span: Span,
    /// Line, from 1.
    pub line: u32,
    /// Column, from 1, in characters.
    pub column: u32,
    /// One sentence, no full stop.
    pub message: String,
    /// The line itself, cut off after [`limits::SHOWN_LINE`] characters.
    pub source_line: String,
    /// What to do about it.
    pub suggestion: Option<String>,
    /// Error or warning.
    pub severity: Severity,
}

impl Diagnostic {
    /// Shows the diagnostic as rustc does, with the name of the file.
    #[must_use]
    pub fn with_file<'a>(&'a self, file: &'a str) -> impl fmt::Display + 'a {
        WithFile {
            diagnostic: self,
            file,
        }
    }
}

struct WithFile<'a> {
    diagnostic: &'a Diagnostic,
    file: &'a str,
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.with_file("").fmt(f)
    }
}

impl fmt::Display for WithFile<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let d = self.diagnostic;
        let word = match d.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        };
        let number = d.line.to_string();
        let margin = " ".repeat(number.len());
        writeln!(f, "{word}: {}", d.message)?;
        let colon = if self.file.is_empty() { "" } else { ":" };
        writeln!(f, "{margin}--> {}{colon}{}:{}", self.file, d.line, d.column)?;
        writeln!(f, "{margin} |")?;
        let mut shown = String::new();
        let (mut indent, mut width, mut byte) = (0_usize, 0_usize, 0_usize);
        let first = d.column.saturating_sub(1) as usize;
        let length = (d.span.end.saturating_sub(d.span.start)) as usize;
        for (i, c) in d.source_line.chars().enumerate() {
            let columns = if c == '\t' { 4 } else { 1 };
            if c == '\t' {
                shown.push_str("    ");
            } else if !c.is_control() {
                shown.push(c);
            } else {
                shown.push(' ');
            }
            if i < first {
                indent += columns;
            } else if byte < length {
                width += columns;
                byte += c.len_utf8();
            }
        }
        writeln!(f, "{number} | {}", shown.trim_end())?;
        write!(
            f,
            "{margin} | {}{}",
            " ".repeat(indent),
            "^".repeat(width.max(1))
        )?;
        if let Some(help) = &d.suggestion {
            write!(f, "\n{margin} = help: {help}")?;
        }
        Ok(())
    }
}

/// Collects diagnostics while a text is read; places are worked out at the end.
#[derive(Debug, Default)]
pub(crate) struct Sink {
    list: Vec<(Severity, Span, String, Option<String>)>,
    errors: usize,
}

/// An error has been reported; what it stood in has no value.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Reported;

impl Sink {
    pub(crate) fn push(
        &mut self,
        severity: Severity,
        span: Span,
        message: String,
        suggestion: Option<String>,
    ) {
        if severity == Severity::Error {
            self.errors += 1;
        }
        let message = shortened(message);
        let suggestion = suggestion.map(shortened);
        let seen = self
            .list
            .iter()
            .any(|(_, s, m, _)| *s == span && *m == message);
        if !seen && self.list.len() < limits::DIAGNOSTICS {
            self.list.push((severity, span, message, suggestion));
        }
    }

    pub(crate) fn error(&mut self, span: Span, message: impl Into<String>) -> Reported {
        self.push(Severity::Error, span, message.into(), None);
        Reported
    }

    pub(crate) fn error_help(
        &mut self,
        span: Span,
        message: impl Into<String>,
        help: Option<String>,
    ) -> Reported {
        self.push(Severity::Error, span, message.into(), help);
        Reported
    }

    pub(crate) fn warning(&mut self, span: Span, message: impl Into<String>, help: Option<String>) {
        self.push(Severity::Warning, span, message.into(), help);
    }

    pub(crate) fn has_errors(&self) -> bool {
        self.errors > 0
    }

    /// Sorted by place, each with its line.
    pub(crate) fn finish(mut self, source: &str) -> Vec<Diagnostic> {
        self.list
            .sort_by_key(|(severity, span, ..)| (span.start, *severity == Severity::Warning));
        let starts: Vec<usize> = std::iter::once(0)
            .chain(
                source
                    .bytes()
                    .enumerate()
                    .filter(|(_, b)| *b == b'\n')
                    .map(|(i, _)| i + 1),
            )
            .collect();
        let place = |at: usize| {
            let at = at.min(source.len());
            let line = starts.partition_point(|start| *start <= at).max(1);
            let start = starts.get(line - 1).copied().unwrap_or(0);
            (line, start, at)
        };
        self.list
            .into_iter()
            .map(|(severity, span, message, suggestion)| {
                let (line, start, at) = place(span.start as usize);
                let column = source.get(start..at).map_or(1, |s| s.chars().count() + 1);
                let rest = source.get(start..).unwrap_or("");
                let text = rest.lines().next().unwrap_or("");
                Diagnostic {
                    span,
                    line: u32::try_from(line).unwrap_or(u32::MAX),
                    column: u32::try_from(column).unwrap_or(u32::MAX),
                    message,
                    source_line: text.chars().take(limits::SHOWN_LINE).collect(),
                    suggestion,
                    severity,
                }
            })
            .collect()
    }
}

/// A name may be as long as the text.
fn shortened(text: String) -> String {
    match text.char_indices().nth(limits::SHOWN_LINE) {
        Some((at, _)) => format!("{}…", text.get(..at).unwrap_or("")),
        None => text,
    }
}

/// The nearest of `names` to a misspelt one, if any is near enough to be meant.
pub(crate) fn nearest<'a>(word: &str, names: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let length = word.chars().count();
    if length > 64 {
        return None;
    }
    let allowed = match length {
        0..=2 => 1,
        3..=7 => 2,
        _ => 3,
    };
    let mut best: Option<(usize, &str)> = None;
    for name in names {
        let distance = edit_distance(word, name);
        if distance <= allowed && distance < name.len() && best.is_none_or(|(b, _)| distance < b) {
            best = Some((distance, name));
        }
    }
    best.map(|(_, name)| name)
}

/// As a suggestion: "did you mean `x`?".
pub(crate) fn did_you_mean<'a>(
    word: &str,
    names: impl IntoIterator<Item = &'a str>,
) -> Option<String> {
    nearest(word, names).map(|name| format!("did you mean `{name}`?"))
}

/// Levenshtein distance with transpositions of neighbours counted once, case
/// ignored for half of the cost by comparing lower case.
fn edit_distance(a: &str, b: &str) -> usize {
    let a: Vec<char> = a.chars().flat_map(char::to_lowercase).collect();
    let b: Vec<char> = b.chars().flat_map(char::to_lowercase).collect();
    if a.len().abs_diff(b.len()) > 3 {
        return usize::MAX;
    }
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    let mut previous = '\0';
    for (i, ca) in a.iter().enumerate() {
        let mut row = vec![i + 1];
        let mut left_char = '\0';
        for (j, cb) in b.iter().enumerate() {
            let get = |r: &Vec<usize>, k: usize| r.get(k).copied().unwrap_or(usize::MAX / 2);
            let mut cost = (get(&last, j) + usize::from(ca != cb))
                .min(get(&last, j + 1) + 1)
                .min(get(&row, j) + 1);
            if j > 0 && *ca == left_char && *cb == previous {
                cost = cost.min(get(&before, j - 1) + 1);
            }
            row.push(cost);
            left_char = *cb;
        }
        previous = *ca;
        before = std::mem::replace(&mut last, row);
    }
    last.last().copied().unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances() {
        for (a, b, n) in [
            ("", "", 0),
            ("abc", "abc", 0),
            ("READ_ONC", "READ_ONCE", 1),
            ("smp_bm", "smp_mb", 1),
            ("kitten", "sitting", 3),
            ("Read_once", "READ_ONCE", 0),
        ] {
            assert_eq!(edit_distance(a, b), n, "{a} {b}");
        }
        assert_eq!(nearest("stal", ["fresh", "stale"]), Some("stale"));
        assert_eq!(nearest("zzz", ["fresh", "stale"]), None);
    }
}
