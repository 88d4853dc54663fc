//! Reads texts: what is wrong with them, what their pieces are, and the test.

use litmus::{Diagnostic, Highlight, Severity};
use picture::packed;
use protocol::text::{Problem, Reading, Written};

/// Reads a text.
///
/// # Errors
/// When a packed one is damaged: why.
pub fn read(written: &Written) -> Result<Reading, String> {
    let text = match written {
        Written::Plain(text) => text.clone(),
        Written::Packed(packed) => packed::unpack(packed).map_err(|error| error.to_string())?,
    };
    let parsed = litmus::parse(&text);
    let problems = parsed.diagnostics.iter();
    Ok(Reading {
        problems: problems
            .map(|problem| self::problem(&text, problem))
            .collect(),
        test: parsed.test.as_ref().map(litmus::packed::pack),
        packed: Some(packed::pack(&text).map_err(|error| error.to_string())),
        text,
    })
}

fn problem(text: &str, diagnostic: &Diagnostic) -> Problem {
    let (from, to) = (diagnostic.span.start as usize, diagnostic.span.end as usize);
    Problem {
        line: diagnostic.line,
        column: diagnostic.column,
        from: utf16(text, from),
        to: utf16(text, to),
        error: diagnostic.severity == Severity::Error,
        message: diagnostic.message.clone(),
        suggestion: diagnostic.suggestion.clone(),
    }
}

fn small(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

/// The place of a byte in the units that browsers count.
fn utf16(text: &str, byte: usize) -> u32 {
    let before = text.get(..byte.min(text.len())).unwrap_or_default();
    small(before.encode_utf16().count())
}

/// From, to (in UTF-16 units) and kind of each piece that is coloured.
#[must_use]
pub fn pieces(text: &str) -> Vec<u32> {
    let (mut byte, mut unit) = (0, 0);
    let mut place = |to: u32| {
        let to = to as usize;
        let between = text.get(byte..to).unwrap_or_default();
        unit += small(between.encode_utf16().count());
        byte = to;
        unit
    };
    let pieces = litmus::highlight(text).into_iter();
    pieces
        .flat_map(|(span, kind)| {
            let number = Highlight::ALL.iter().position(|other| *other == kind);
            [
                place(span.start),
                place(span.end),
                small(number.unwrap_or_default()),
            ]
        })
        .collect()
}
