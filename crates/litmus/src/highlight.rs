//! What each piece of a text is, for an editor that colours it.

use crate::ast::Span;
use crate::diag::Sink;
use crate::lexer::{Comment, CommentKind, Language, Lexer, Tok, Token, slice, span};
use crate::{limits, parser, primitives};

/// What a piece of text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Highlight {
    /// A comment.
    Comment,
    /// A directive in a comment.
    Directive,
    /// A word of C or of herd's language around it.
    Keyword,
    /// A primitive of the kernel.
    Primitive,
    /// A number.
    Number,
    /// A text in quotation marks.
    Text,
}

impl Highlight {
    /// Every kind, in the order of their numbers.
    pub const ALL: [Highlight; 6] = [
        Highlight::Comment,
        Highlight::Directive,
        Highlight::Keyword,
        Highlight::Primitive,
        Highlight::Number,
        Highlight::Text,
    ];

    /// Its name: `comment`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Highlight::Comment => "comment",
            Highlight::Directive => "directive",
            Highlight::Keyword => "keyword",
            Highlight::Primitive => "primitive",
            Highlight::Number => "number",
            Highlight::Text => "text",
        }
    }
}

/// Words that are neither names nor primitives.
const KEYWORDS: &[&str] = &[
    "C",
    "int",
    "long",
    "bool",
    "struct",
    "atomic_t",
    "spinlock_t",
    "volatile",
    "if",
    "else",
    "exists",
    "forall",
    "locations",
    "filter",
    "not",
    "true",
    "false",
];

/// The pieces of a text that are more than names and marks, in order and apart. A text that is no test has them, too;
/// one that is longer than [`limits::SOURCE_BYTES`] has none.
#[must_use]
pub fn highlight(source: &str) -> Vec<(Span, Highlight)> {
    if source.len() > limits::SOURCE_BYTES {
        return Vec::new();
    }
    let (tokens, comments) = parser::lexed(source).unwrap_or_else(|| {
        // Without a header it may still be a piece of a test.
        let whole = span(0, source.len());
        let lexer = Lexer::new(source, whole, Language::File).run(&mut Sink::default());
        (lexer.tokens, lexer.comments)
    });
    let mut pieces: Vec<(Span, Highlight)> = Vec::new();
    // The header line is no token: it has a syntax of its own.
    let letter = source.len() - source.trim_start().len();
    if slice(source, span(letter, letter + 2)) == "C " {
        pieces.push((span(letter, letter + 1), Highlight::Keyword));
    }
    pieces.extend(
        tokens
            .iter()
            .filter_map(|token| Some((token.span, kind(source, *token)?))),
    );
    comments
        .iter()
        .for_each(|comment| lines(source, comment, &mut pieces));
    pieces.sort_by_key(|(at, _)| (at.start, at.end));
    // Whatever is wrong with the text, an editor gets no two pieces that overlap.
    let mut end = 0;
    pieces.retain(|(at, _)| {
        let apart = at.start >= end && at.end > at.start;
        if apart {
            end = at.end;
        }
        apart
    });
    pieces
}

fn kind(source: &str, token: Token) -> Option<Highlight> {
    match token.tok {
        Tok::Int(_) => Some(Highlight::Number),
        Tok::Str => Some(Highlight::Text),
        Tok::Ident => {
            let word = slice(source, token.span);
            if KEYWORDS.contains(&word) {
                Some(Highlight::Keyword)
            } else {
                primitives::lookup(word).map(|_| Highlight::Primitive)
            }
        }
        _ => None,
    }
}

/// A comment, line by line: directives stand in lines of their own.
fn lines(source: &str, comment: &Comment, pieces: &mut Vec<(Span, Highlight)>) {
    let text = slice(source, comment.span);
    let inline = comment.kind == CommentKind::Block && text.starts_with("/*@");
    let mut at = comment.span.start as usize;
    for line in text.split_inclusive('\n') {
        let words = line.trim_start_matches(['(', '*', ' ', '\t']);
        let directive = inline || (comment.kind == CommentKind::Herd && is_directive(words));
        let kind = if directive {
            Highlight::Directive
        } else {
            Highlight::Comment
        };
        pieces.push((span(at, at + line.trim_end().len()), kind));
        at += line.len();
    }
}

fn is_directive(words: &str) -> bool {
    let word = words.strip_prefix('@').unwrap_or_default();
    word.starts_with(|c: char| c.is_ascii_lowercase())
}
