//! Source text to tokens and comments.
//!
//! A litmus file is two languages: C in the threads' bodies, where `(*x` is a
//! dereference, and herd's own language around them, where `(* … *)` is a
//! comment. The lexer follows the braces to know which it reads.

use crate::ast::Span;
use crate::diag::{Reported, Sink};
use crate::limits;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tok {
    Ident,
    Int(u64),
    Str,
    LParen,
    RParen,
    LBrace,
    RBrace,
    LBracket,
    RBracket,
    Semi,
    Comma,
    Colon,
    Star,
    Slash,
    Amp,
    Pipe,
    Caret,
    Tilde,
    Bang,
    Plus,
    Minus,
    Dot,
    Arrow,
    Assign,
    EqEq,
    NotEq,
    LtGt,
    Lt,
    Gt,
    Le,
    Ge,
    AndAnd,
    OrOr,
    Implies,
    Wedge,
    Vee,
    /// An operator of C that the dialect has not: `%`, `<<`, `++`, `+=`, `?`.
    Foreign,
    Eof,
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct Token {
    pub(crate) tok: Tok,
    pub(crate) span: Span,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CommentKind {
    /// `(* … *)`
    Herd,
    /// `/* … */`
    Block,
    /// `// …`
    Line,
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct Comment {
    pub(crate) kind: CommentKind,
    /// All of it.
    pub(crate) span: Span,
    /// Between the marks.
    pub(crate) text: Span,
    /// The index of the token that follows it.
    pub(crate) before: usize,
}

/// What a piece of text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Language {
    /// A file from the init block on: herd's language, and C inside the second
    /// and later outermost braces.
    File,
    /// Only C.
    C,
    /// Only herd's.
    Herd,
}

pub(crate) fn span(start: usize, end: usize) -> Span {
    let clip = |n| u32::try_from(n).unwrap_or(u32::MAX);
    Span {
        start: clip(start),
        end: clip(end),
    }
}

pub(crate) fn slice(source: &str, span: Span) -> &str {
    source
        .get(span.start as usize..span.end as usize)
        .unwrap_or("")
}

pub(crate) struct Lexer<'s> {
    source: &'s str,
    at: usize,
    end: usize,
    language: Language,
    depth: usize,
    bodies: usize,
    /// Where the last `*)` starts: a `(*` behind it opens no comment.
    last_close: usize,
    pub(crate) tokens: Vec<Token>,
    pub(crate) comments: Vec<Comment>,
}

impl<'s> Lexer<'s> {
    pub(crate) fn new(source: &'s str, range: Span, language: Language) -> Self {
        let end = (range.end as usize).min(source.len());
        Lexer {
            source,
            at: range.start as usize,
            end,
            language,
            depth: 0,
            bodies: 0,
            last_close: source
                .get(range.start as usize..end)
                .and_then(|s| s.rfind("*)"))
                .map_or(0, |at| at + range.start as usize),
            tokens: Vec::new(),
            comments: Vec::new(),
        }
    }

    /// Where it stands in the source.
    pub(crate) fn offset(&self) -> usize {
        self.at
    }

    /// Passes over text that is not tokens.
    pub(crate) fn skip(&mut self, bytes: usize) {
        self.at = (self.at + bytes).min(self.end);
    }

    /// `(*x=1 /\ …)` in a condition, where no comment can be meant.
    fn may_be_dereference(&self, rest: &str) -> bool {
        (self.language == Language::Herd || self.bodies > 1)
            && rest
                .chars()
                .nth(2)
                .is_some_and(|c| c.is_alphabetic() || c == '_')
    }

    pub(crate) fn rest(&self) -> &'s str {
        self.source.get(self.at..self.end).unwrap_or("")
    }

    fn in_c(&self) -> bool {
        match self.language {
            Language::C => true,
            Language::Herd => false,
            Language::File => self.depth > 0 && self.bodies > 1,
        }
    }

    /// Reads all of it; the last token is [`Tok::Eof`].
    pub(crate) fn run(mut self, sink: &mut Sink) -> Self {
        while self.space_and_comments(sink) {
            self.token(sink);
        }
        self.tokens.push(Token {
            tok: Tok::Eof,
            span: span(self.end, self.end),
        });
        self
    }

    /// Skips to the next token; false at the end.
    pub(crate) fn space_and_comments(&mut self, sink: &mut Sink) -> bool {
        loop {
            let rest = self.rest();
            let trimmed = rest.trim_start();
            self.at += rest.len() - trimmed.len();
            if trimmed.is_empty() {
                return false;
            }
            let opens_herd = trimmed.starts_with("(*")
                && !self.in_c()
                && (self.last_close > self.at || !self.may_be_dereference(trimmed));
            if opens_herd {
                self.herd_comment(sink);
            } else if trimmed.starts_with("/*") {
                let close = trimmed.get(2..).and_then(|t| t.find("*/"));
                if close.is_none() {
                    sink.error(span(self.at, self.at + 2), "this comment is never closed");
                }
                let length = close.map_or(trimmed.len(), |n| n + 4);
                let text = close.map_or(trimmed.len(), |n| n + 2);
                self.comment(CommentKind::Block, length, text);
            } else if trimmed.starts_with("//") {
                let length = trimmed.find('\n').unwrap_or(trimmed.len());
                self.comment(CommentKind::Line, length, length);
            } else {
                return true;
            }
        }
    }

    fn comment(&mut self, kind: CommentKind, length: usize, text_end: usize) {
        self.comments.push(Comment {
            kind,
            span: span(self.at, self.at + length),
            text: span(self.at + 2, self.at + text_end),
            before: self.tokens.len(),
        });
        self.at += length;
    }

    fn herd_comment(&mut self, sink: &mut Sink) {
        let bytes = self.rest().as_bytes();
        let (mut i, mut depth) = (0, 0_usize);
        let mut too_deep = false;
        while let Some(pair) = bytes.get(i..i + 2) {
            if pair == b"(*" {
                depth += 1;
                i += 2;
                too_deep |= depth > limits::COMMENT_NESTING;
            } else if pair == b"*)" {
                depth -= 1;
                i += 2;
                if depth == 0 {
                    if too_deep {
                        let n = limits::COMMENT_NESTING;
                        sink.error(
                            span(self.at, self.at + 2),
                            format!("comments nest more than {n} deep"),
                        );
                    }
                    self.comment(CommentKind::Herd, i, i - 2);
                    return;
                }
            } else {
                i += 1;
            }
        }
        sink.error(span(self.at, self.at + 2), "this comment is never closed");
        self.comment(CommentKind::Herd, bytes.len(), bytes.len());
    }

    fn token(&mut self, sink: &mut Sink) {
        let rest = self.rest();
        let Some(first) = rest.chars().next() else {
            return;
        };
        let word = |extra: fn(char) -> bool| {
            rest.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_' || extra(c)))
                .unwrap_or(rest.len())
        };
        let (tok, length) = if first.is_ascii_alphabetic() || first == '_' {
            (Tok::Ident, word(|_| false))
        } else if first.is_ascii_digit() {
            let length = word(|_| false);
            (self.number(rest.get(..length).unwrap_or(""), sink), length)
        } else if first == '"' {
            let close = rest.get(1..).and_then(|r| r.find(['"', '\n']));
            match close {
                Some(n) if rest.as_bytes().get(n + 1) == Some(&b'"') => (Tok::Str, n + 2),
                _ => {
                    let length = close.map_or(rest.len(), |n| n + 1);
                    sink.error(span(self.at, self.at + 1), "this string is never closed");
                    (Tok::Str, length)
                }
            }
        } else if let Some(found) = punctuation(rest) {
            found
        } else {
            let length = rest
                .find(|c: char| {
                    c.is_ascii_graphic() && punctuation(c.encode_utf8(&mut [0; 4])).is_some()
                        || c.is_ascii_alphanumeric()
                        || c.is_whitespace()
                        || c == '"'
                        || c == '_'
                })
                .unwrap_or(rest.len())
                .max(first.len_utf8());
            let what: String = first.escape_debug().collect();
            sink.error(
                span(self.at, self.at + length),
                format!("unexpected character `{what}`"),
            );
            self.at += length;
            return;
        };
        match tok {
            Tok::LBrace => {
                self.bodies += usize::from(self.depth == 0);
                self.depth += 1;
            }
            Tok::RBrace => self.depth = self.depth.saturating_sub(1),
            _ => {}
        }
        self.tokens.push(Token {
            tok,
            span: span(self.at, self.at + length),
        });
        self.at += length;
    }

    /// A number of 32 bits. One past `i32::MAX` is allowed: it may stand behind a minus sign. Hexadecimal digits
    /// are bits, so `0xffffffff` is -1, for herd as well; such a number has the sign of 64 bits too.
    fn number(&self, text: &str, sink: &mut Sink) -> Tok {
        let digits = text.trim_end_matches(['u', 'U', 'l', 'L']);
        let hex = digits
            .strip_prefix("0x")
            .or_else(|| digits.strip_prefix("0X"));
        let value = match hex {
            Some(hex) => u32::from_str_radix(hex, 16).map(|bits| i64::from(bits.cast_signed())),
            None => digits.parse::<u32>().map(i64::from),
        };
        let at = span(self.at, self.at + text.len());
        match value {
            Ok(n) if n <= i64::from(i32::MAX) + 1 => {
                if hex.is_none() && n > 7 && digits.starts_with('0') {
                    let message = format!("`{digits}` is {n} here, as for herd7; to C it is octal");
                    sink.warning(at, message, None);
                }
                Tok::Int(n.cast_unsigned())
            }
            _ => {
                let all = |text: &str, digit: fn(&u8) -> bool| {
                    !text.is_empty() && text.as_bytes().iter().all(digit)
                };
                let number = match hex {
                    Some(hex) => all(hex, u8::is_ascii_hexdigit),
                    None => all(digits, u8::is_ascii_digit),
                };
                if number {
                    too_large(at, sink);
                } else {
                    sink.error(at, "this is not a number");
                }
                Tok::Int(0)
            }
        }
    }
}

/// A number that no int holds.
pub(crate) fn too_large(at: Span, sink: &mut Sink) -> Reported {
    let message = "this number does not fit into an int, which has 32 bits";
    let help =
        "the numbers are -2147483648 to 2147483647; 0x80000000 to 0xffffffff are the negative ones";
    sink.error_help(at, message, Some(help.to_string()))
}

fn punctuation(rest: &str) -> Option<(Tok, usize)> {
    const TABLE: &[(&str, Tok)] = &[
        ("<<=", Tok::Foreign),
        (">>=", Tok::Foreign),
        ("/\\", Tok::Wedge),
        ("\\/", Tok::Vee),
        ("=>", Tok::Implies),
        ("==", Tok::EqEq),
        ("!=", Tok::NotEq),
        ("<>", Tok::LtGt),
        ("<=", Tok::Le),
        (">=", Tok::Ge),
        ("&&", Tok::AndAnd),
        ("||", Tok::OrOr),
        ("->", Tok::Arrow),
        ("<<", Tok::Foreign),
        (">>", Tok::Foreign),
        ("++", Tok::Foreign),
        ("--", Tok::Foreign),
        ("+=", Tok::Foreign),
        ("-=", Tok::Foreign),
        ("|=", Tok::Foreign),
        ("^=", Tok::Foreign),
        ("(", Tok::LParen),
        (")", Tok::RParen),
        ("{", Tok::LBrace),
        ("}", Tok::RBrace),
        ("[", Tok::LBracket),
        ("]", Tok::RBracket),
        (";", Tok::Semi),
        (",", Tok::Comma),
        (":", Tok::Colon),
        ("*", Tok::Star),
        ("&", Tok::Amp),
        ("|", Tok::Pipe),
        ("^", Tok::Caret),
        ("~", Tok::Tilde),
        ("!", Tok::Bang),
        ("+", Tok::Plus),
        ("-", Tok::Minus),
        (".", Tok::Dot),
        ("=", Tok::Assign),
        ("<", Tok::Lt),
        (">", Tok::Gt),
        ("/", Tok::Slash),
        ("%", Tok::Foreign),
        ("?", Tok::Foreign),
    ];
    TABLE
        .iter()
        .find(|(text, _)| rest.starts_with(text))
        .map(|(text, tok)| (*tok, text.len()))
}
