//! Whether printing a test would lose one of its comments.
//!
//! The printer writes directives, claims and the header's other comments again,
//! in its own layout, and knows of no comment between statements. So a text loses
//! nothing when every word of its comments is still in a comment of what is
//! printed.

use std::collections::BTreeMap;

use crate::ast::Span;
use crate::lexer::{slice, span};
use crate::parser::comments;

/// The first word in the comments of `source` that the comments of `printed` lack.
#[must_use]
pub fn lost_comment(source: &str, printed: &str) -> Option<Span> {
    let mut kept: BTreeMap<&str, usize> = BTreeMap::new();
    for (_, word) in words(printed) {
        *kept.entry(word).or_default() += 1;
    }
    words(source)
        .into_iter()
        .find(|(_, word)| match kept.get_mut(word) {
            Some(count) if *count > 0 => {
                *count -= 1;
                false
            }
            _ => true,
        })
        .map(|(at, word)| span(at, at + word.len()))
}

/// The words of all comments, with their places.
fn words(text: &str) -> Vec<(usize, &str)> {
    let mut found = Vec::new();
    for comment in comments(text) {
        let mut at = comment.start as usize;
        for word in slice(text, comment).split_inclusive(|c: char| !c.is_alphanumeric()) {
            let bare = word.trim_end_matches(|c: char| !c.is_alphanumeric());
            if !bare.is_empty() {
                found.push((at, bare));
            }
            at += word.len();
        }
    }
    found
}
