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
    /// The line itself; of a long one [`limits::SHOWN_LINE`] characters around the place.
    pub source_line: String,
    /// Characters of the line that are left out before these.
    pub cut: u32,
    /// Something is left out behind them.
    pub cut_off: bool,
    /// What to do about it.
    pub suggestion: Option<String>,
    /// Error or warning.
    pub severity: Severity,
}

impl Diagnostic {
    /// An error at a place of a text.
    #[must_use]
    pub fn error_at(source: &str, span: Span, message: &str) -> Diagnostic {
        let entry = (Severity::Error, span, shortened(message.to_owned()), None);
        located(source, &line_starts(source), entry)
    }

    /// The part of the line that is shown, its column of the place, and how many columns are marked.
    fn window(&self) -> (String, usize, usize) {
        let first = (self.column.saturating_sub(1)).saturating_sub(self.cut) as usize;
        let length = self.span.end.saturating_sub(self.span.start) as usize;
        let chars: Vec<char> = self.source_line.chars().collect();
        let columns = |from: usize, to: usize| -> usize {
            let part = chars.get(from..to.min(chars.len()));
            part.unwrap_or_default().iter().map(|c| columns(*c)).sum()
        };
        let mut bytes = 0;
        let marked = chars.iter().skip(first).take_while(|c| {
            let more = bytes < length;
            bytes += c.len_utf8();
            more
        });
        let last = first + marked.count();
        let most = limits::SHOWN_COLUMNS;
        let (mut from, mut to) = (0, chars.len());
        if columns(0, to) > most {
            // A third of it before the place, and what there is behind it.
            from = first.min(to);
            while from > 0 && columns(from - 1, first) <= most / 3 {
                from -= 1;
            }
            to = from;
            while to < chars.len() && columns(from, to + 1) <= most {
                to += 1;
            }
            while from > 0 && to == chars.len() && columns(from - 1, to) <= most {
                from -= 1;
            }
        }
        let mut shown = String::new();
        let mut indent = columns(from, first);
        if from > 0 || self.cut > 0 {
            shown.push('…');
            indent += 1;
        }
        for c in chars.get(from..to).unwrap_or_default() {
            match c {
                '\t' => shown.push_str("    "),
                c => shown.push(visible(*c)),
            }
        }
        if to < chars.len() || self.cut_off {
            shown.push('…');
        }
        (shown, indent, columns(first, last.min(to)))
    }

    /// Shows the diagnostic as rustc does, with the name of the file.
    #[must_use]
    pub fn with_file<'a>(&'a self, file: &'a str) -> impl fmt::Display + 'a {
        WithFile {
            diagnostic: self,
            file,
        }
    }
}

/// A text without what a terminal obeys.
struct Visible<'a>(&'a str);

impl fmt::Display for Visible<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        use fmt::Write as _;
        self.0.chars().try_for_each(|c| f.write_char(visible(c)))
    }
}

/// The character as it may be shown: what a terminal would obey, and what turns the direction of the text, is replaced
/// by a picture of it, one column wide.
#[must_use]
pub fn visible(c: char) -> char {
    match c {
        '\0'..='\u{1f}' => char::from_u32(0x2400 + u32::from(c)).unwrap_or(' '),
        '\u{7f}' => '\u{2421}',
        '\u{80}'..='\u{9f}'
        | '\u{61c}'
        | '\u{200e}'..='\u{200f}'
        | '\u{2028}'..='\u{202e}'
        | '\u{2066}'..='\u{2069}' => char::REPLACEMENT_CHARACTER,
        c => c,
    }
}

/// The columns that a character takes, as terminals count: none for marks that combine, two for wide ones.
fn columns(c: char) -> usize {
    match u32::from(c) {
        0x09 => 4,
        0x0300..=0x036f
        | 0x1ab0..=0x1aff
        | 0x1dc0..=0x1dff
        | 0x200b..=0x200d
        | 0x20d0..=0x20ff
        | 0xfe00..=0xfe0f
        | 0xfe20..=0xfe2f
        | 0xfeff
        | 0xe0100..=0xe01ef => 0,
        0x1100..=0x115f
        | 0x2e80..=0x303e
        | 0x3041..=0xa4cf
        | 0xac00..=0xd7a3
        | 0xf900..=0xfaff
        | 0xfe30..=0xfe6f
        | 0xff00..=0xff60
        | 0xffe0..=0xffe6
        | 0x1f300..=0x1f64f
        | 0x1f680..=0x1f6ff
        | 0x1f900..=0x1f9ff
        | 0x20000..=0x3fffd => 2,
        _ => 1,
    }
}

/// Of a line the characters around a column (from 1): how many are left out before, those, and whether some are left
/// out behind.
fn around(line: &str, column: usize) -> (usize, String, bool) {
    let most = limits::SHOWN_LINE;
    let cut = match line.char_indices().nth(most) {
        None => 0,
        Some(_) => column.saturating_sub(1 + most / 2),
    };
    let mut rest = line.chars().skip(cut);
    let kept = rest.by_ref().take(most).collect();
    (cut, kept, rest.next().is_some())
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
        writeln!(f, "{word}: {}", Visible(&d.message))?;
        let colon = if self.file.is_empty() { "" } else { ":" };
        writeln!(
            f,
            "{margin}--> {}{colon}{}:{}",
            Visible(self.file),
            d.line,
            d.column
        )?;
        writeln!(f, "{margin} |")?;
        let (shown, indent, width) = d.window();
        writeln!(f, "{number} | {}", shown.trim_end())?;
        write!(
            f,
            "{margin} | {}{}",
            " ".repeat(indent),
            "^".repeat(width.max(1))
        )?;
        if let Some(help) = &d.suggestion {
            write!(f, "\n{margin} = help: {}", Visible(help))?;
        }
        Ok(())
    }
}

/// Severity, place, message, suggestion.
type Entry = (Severity, Span, String, Option<String>);

/// Collects diagnostics while a text is read; places are worked out at the end.
#[derive(Debug, Default)]
pub(crate) struct Sink {
    list: Vec<Entry>,
    errors: usize,
    dropped: usize,
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
        if seen {
            return;
        }
        if self.list.len() < limits::DIAGNOSTICS {
            self.list.push((severity, span, message, suggestion));
            return;
        }
        self.dropped += 1;
        // Errors are what keeps the test from being one: a warning makes room.
        if severity == Severity::Error
            && let Some(last) = self
                .list
                .iter()
                .rposition(|entry| entry.0 == Severity::Warning)
        {
            self.list.remove(last);
            self.list.push((severity, span, message, suggestion));
        }
    }

    /// How many were not kept.
    pub(crate) fn dropped(&self) -> usize {
        self.dropped
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
        let starts = line_starts(source);
        self.list
            .into_iter()
            .map(|entry| located(source, &starts, entry))
            .collect()
    }
}

fn line_starts(source: &str) -> Vec<usize> {
    let ends = source.bytes().enumerate().filter(|(_, b)| *b == b'\n');
    std::iter::once(0).chain(ends.map(|(i, _)| i + 1)).collect()
}

/// A remark with its line.
fn located(
    source: &str,
    starts: &[usize],
    (severity, span, message, suggestion): Entry,
) -> Diagnostic {
    let at = (span.start as usize).min(source.len());
    let line = starts.partition_point(|start| *start <= at).max(1);
    let start = starts.get(line - 1).copied().unwrap_or(0);
    let column = source.get(start..at).map_or(1, |s| s.chars().count() + 1);
    let rest = source.get(start..).unwrap_or("");
    let (cut, source_line, cut_off) = around(rest.lines().next().unwrap_or(""), column);
    Diagnostic {
        span,
        line: u32::try_from(line).unwrap_or(u32::MAX),
        column: u32::try_from(column).unwrap_or(u32::MAX),
        message,
        source_line,
        cut: u32::try_from(cut).unwrap_or(u32::MAX),
        cut_off,
        suggestion,
        severity,
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
