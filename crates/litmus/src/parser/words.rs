//! The words of a directive: names, `key=value`, lists, quoted texts.

use crate::ast::Span;
use crate::lexer::{slice, span};

/// The header directives.
pub(crate) const DIRECTIVES: &[&str] = &[
    "title",
    "summary",
    "story",
    "omits",
    "thread",
    "slot",
    "object",
    "srcu",
    "srcu_data",
    "default",
    "outcome",
    "exercise",
    "hint",
    "explain",
    "verdict",
];

/// The inline directives.
pub(crate) const INLINE: &[&str] = &["toggle", "in", "mode", "phase"];

/// A value, quoted or bare.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Item {
    /// Without the quotes.
    pub(crate) span: Span,
    pub(crate) quoted: bool,
}

/// `word`, `"text"`, or `key=value,value`.
#[derive(Clone, Debug)]
pub(crate) struct Word {
    pub(crate) key: Option<Span>,
    pub(crate) items: Vec<Item>,
    pub(crate) span: Span,
}

impl Word {
    pub(crate) fn first(&self) -> Option<Item> {
        self.items.first().copied()
    }
}

/// Splits a directive's text into words; on the way down a quote that is never
/// closed is given as an error with its place.
pub(crate) fn words(source: &str, range: Span) -> Result<Vec<Word>, Span> {
    let text = slice(source, range);
    let base = range.start as usize;
    let mut at = 0;
    let mut found = Vec::new();
    let rest = |at: usize| text.get(at..).unwrap_or("");
    loop {
        at += rest(at).len() - rest(at).trim_start().len();
        if rest(at).is_empty() {
            return Ok(found);
        }
        let start = at;
        let mut key = None;
        if !rest(at).starts_with('"') {
            let length = rest(at)
                .find(|c: char| c.is_whitespace() || c == '=' || c == '"')
                .unwrap_or(rest(at).len());
            if rest(at + length).starts_with('=') && length > 0 {
                key = Some(span(base + at, base + at + length));
                at += length + 1;
            }
        }
        let mut items = Vec::new();
        loop {
            if let Some(quoted) = rest(at).strip_prefix('"') {
                let Some(length) = quoted.find('"') else {
                    return Err(span(base + at, base + at + 1));
                };
                items.push(Item {
                    span: span(base + at + 1, base + at + 1 + length),
                    quoted: true,
                });
                at += length + 2;
            } else {
                let stop = |c: char| c.is_whitespace() || c == '"' || (c == ',' && key.is_some());
                let length = rest(at).find(stop).unwrap_or(rest(at).len());
                items.push(Item {
                    span: span(base + at, base + at + length),
                    quoted: false,
                });
                at += length;
            }
            if key.is_some() && rest(at).starts_with(',') {
                at += 1;
                continue;
            }
            break;
        }
        // A bare word that starts with what is no word (`=`) still moves on.
        if at == start {
            at += rest(at).chars().next().map_or(1, char::len_utf8);
        }
        found.push(Word {
            key,
            items,
            span: span(base + start, base + at),
        });
    }
}

/// Splits at `;` outside quotes.
pub(crate) fn split_semicolons(source: &str, range: Span) -> Vec<Span> {
    let text = slice(source, range);
    let base = range.start as usize;
    let mut parts = Vec::new();
    let (mut start, mut quoted) = (0, false);
    for (i, c) in text.char_indices() {
        match c {
            '"' => quoted = !quoted,
            ';' if !quoted => {
                parts.push(span(base + start, base + i));
                start = i + 1;
            }
            _ => {}
        }
    }
    parts.push(span(base + start, base + text.len()));
    parts.retain(|part| !slice(source, *part).trim().is_empty());
    parts
}
