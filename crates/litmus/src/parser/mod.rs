//! Source text to [`Test`]: a recursive-descent parser that reports as many
//! errors as it can find and never gives up on the first.

mod arrays;
mod condition;
mod directives;
mod expressions;
mod finish;
mod header;
mod init;
mod inline;
mod ops;
mod raw;
mod registers;
mod scenario;
mod sections;
mod srcu;
mod statements;
mod threads;
mod toggles;
mod verdicts;
mod words;

use crate::ast::*;
use crate::diag::{Diagnostic, Reported, Sink, did_you_mean};
use crate::lexer::{Comment, Language, Lexer, Tok, Token, slice, span};
use crate::limits;

pub(crate) use expressions::strength;
pub(crate) use threads::type_word;
pub(crate) use toggles::substitute;
use words::DIRECTIVES;

/// What [`parse`] gives.
#[derive(Clone, Debug)]
pub struct Parsed {
    /// The test; only when no diagnostic is an error.
    pub test: Option<Test>,
    /// Errors and warnings, in the order of their places.
    pub diagnostics: Vec<Diagnostic>,
    /// How many more there are than are kept ([`limits::DIAGNOSTICS`]). Warnings go first.
    pub more: usize,
}

/// Reads a litmus test. Never panics, and reports several errors at once.
#[must_use]
pub fn parse(source: &str) -> Parsed {
    let mut sink = Sink::default();
    if source.len() > limits::SOURCE_BYTES {
        let kib = limits::SOURCE_BYTES / 1024;
        sink.error(span(0, 0), format!("the test is longer than {kib} KiB"));
        let head: String = source.chars().take(limits::SHOWN_LINE).collect();
        return Parsed {
            test: None,
            more: 0,
            diagnostics: sink.finish(&head),
        };
    }
    if let Some(at) = not_text(source) {
        let help = "a test is text in UTF-8".to_owned();
        sink.error_help(at, "this is not text", Some(help));
        return Parsed {
            test: None,
            more: 0,
            diagnostics: sink.finish(source),
        };
    }
    let mut parser = Parser::new(source, sink);
    parser.file();
    let Parser { test, sink, .. } = parser;
    let test = if sink.has_errors() { None } else { Some(test) };
    Parsed {
        test,
        more: sink.dropped(),
        diagnostics: sink.finish(source),
    }
}

/// The first character that no text has, of a source that is none: a NUL, or among so many characters that stand for
/// nothing (control characters, and what a reader puts for bytes that are no UTF-8) that they are no slip.
fn not_text(source: &str) -> Option<Span> {
    let strange = |c: char| {
        c == char::REPLACEMENT_CHARACTER || (c.is_control() && !"\t\n\r\u{b}\u{c}".contains(c))
    };
    let (mut first, mut found, mut all) = (None, 0_usize, 0_usize);
    for (at, c) in source.char_indices() {
        all += 1;
        if strange(c) {
            let here = span(at, at + c.len_utf8());
            if c == '\0' {
                return Some(here);
            }
            first.get_or_insert(here);
            found += 1;
        }
    }
    first.filter(|_| found >= 8 && found * 10 > all)
}

/// What the comments of a text say, in its order.
pub(crate) fn comments(source: &str) -> Vec<Span> {
    let mut parser = Parser::new(source, Sink::default());
    let header = parser.lex().unwrap_or_default();
    let all = header.iter().chain(&parser.comments);
    all.map(|comment| comment.text).collect()
}

/// The tokens and comments of a text, those of the header included; `None` without a header.
pub(crate) fn lexed(source: &str) -> Option<(Vec<Token>, Vec<Comment>)> {
    let mut parser = Parser::new(source, Sink::default());
    let mut comments = parser.lex()?;
    comments.append(&mut parser.comments);
    Some((parser.tokens, comments))
}

/// A result whose error has been reported already.
type Res<T> = Result<T, Reported>;

/// A thread while it is read.
#[derive(Default)]
struct Current {
    params: Vec<(String, VarId)>,
    regs: Vec<Reg>,
    /// For each register: it has been assigned; where it was read first.
    uses: Vec<(bool, Option<Span>)>,
    next_id: u16,
    statements: usize,
    /// Inside a toggle's alternative: every statement has this number.
    fixed_id: Option<u16>,
    mode: Option<Mode>,
    phase: Option<GpPhase>,
    too_many: bool,
}

struct Parser<'s> {
    source: &'s str,
    sink: Sink,
    tokens: Vec<Token>,
    pos: usize,
    comments: Vec<Comment>,
    next_comment: usize,
    test: Test,
    current: Current,
    /// `Current::uses` of the threads that are done.
    uses: Vec<Vec<(bool, Option<Span>)>>,
    depth: usize,
    operators: usize,
    atoms: usize,
    directives: Vec<directives::Raw>,
    /// `0:r1=2` of the init block, until the threads are known.
    init_regs: Vec<(u64, Span, Value)>,
    /// Types of which it has been said what they are in the kernel.
    sizes: Vec<String>,
    /// The first `phase` of each thread that has one.
    phases: Vec<(usize, Span)>,
    /// The test frees something.
    frees: bool,
    directive_seen: bool,
}

impl<'s> Parser<'s> {
    fn new(source: &'s str, sink: Sink) -> Self {
        Parser {
            source,
            sink,
            tokens: Vec::new(),
            pos: 0,
            comments: Vec::new(),
            next_comment: 0,
            test: empty_test(),
            current: Current::default(),
            uses: Vec::new(),
            depth: 0,
            operators: 0,
            atoms: 0,
            directives: Vec::new(),
            init_regs: Vec::new(),
            sizes: Vec::new(),
            phases: Vec::new(),
            frees: false,
            directive_seen: false,
        }
    }

    /// Reads the tokens and comments; gives the comments of the header.
    fn lex(&mut self) -> Option<Vec<Comment>> {
        let (body, header_comments) = self.header().ok()?;
        let whole = span(body, self.source.len());
        let lexer = Lexer::new(self.source, whole, Language::File).run(&mut self.sink);
        self.tokens = lexer.tokens;
        self.comments = lexer.comments;
        Some(header_comments)
    }

    fn file(&mut self) {
        let Some(header_comments) = self.lex() else {
            return;
        };
        self.collect_directives(&header_comments);
        let _ = self.init_block();
        self.threads();
        self.finish();
    }

    // Tokens.

    fn peek_at(&self, ahead: usize) -> Token {
        let end = span(self.source.len(), self.source.len());
        self.tokens
            .get(self.pos + ahead)
            .or(self.tokens.last())
            .copied()
            .unwrap_or(Token {
                tok: Tok::Eof,
                span: end,
            })
    }

    fn peek(&self) -> Token {
        self.peek_at(0)
    }

    fn at(&self, tok: Tok) -> bool {
        self.peek().tok == tok
    }

    fn next(&mut self) -> Token {
        let token = self.peek();
        if token.tok != Tok::Eof {
            self.pos += 1;
        }
        token
    }

    fn eat(&mut self, tok: Tok) -> bool {
        let found = self.at(tok) && tok != Tok::Eof;
        if found {
            self.pos += 1;
        }
        found
    }

    fn text(&self, span: Span) -> &'s str {
        slice(self.source, span)
    }

    fn at_word(&self, word: &str) -> bool {
        let token = self.peek();
        token.tok == Tok::Ident && self.text(token.span) == word
    }

    fn eat_word(&mut self, word: &str) -> bool {
        let found = self.at_word(word);
        if found {
            self.pos += 1;
        }
        found
    }

    /// The span of the token before the current one.
    fn last_span(&self) -> Span {
        self.pos
            .checked_sub(1)
            .and_then(|i| self.tokens.get(i))
            .map_or(self.peek().span, |token| token.span)
    }

    fn since(&self, start: u32) -> Span {
        Span {
            start,
            end: self.last_span().end.max(start),
        }
    }

    fn shown(&self, token: Token) -> String {
        match token.tok {
            Tok::Eof => "the end of the text".to_string(),
            _ => {
                let text = self.text(token.span);
                let short: String = text.chars().take(40).collect();
                format!("`{short}`")
            }
        }
    }

    fn expected<T>(&mut self, what: &str) -> Res<T> {
        let token = self.peek();
        let found = self.shown(token);
        // Two errors at one token say the same thing twice.
        Err(self
            .sink
            .error(token.span, format!("expected {what}, found {found}")))
    }

    fn expect(&mut self, tok: Tok, what: &str) -> Res<Span> {
        if self.at(tok) && tok != Tok::Eof {
            return Ok(self.next().span);
        }
        if tok == Tok::Semi {
            // The last statement in quotes needs none.
            if self.at(Tok::Eof) && self.current.fixed_id.is_some() {
                return Ok(self.peek().span);
            }
            // The place to put it is behind what came before.
            let at = self.last_span();
            let found = self.peek();
            let shown = self.shown(found);
            let at = Span {
                start: at.end.saturating_sub(1).max(at.start),
                end: at.end,
            };
            return Err(self
                .sink
                .error(at, format!("expected `;` after this, found {shown}")));
        }
        self.expected(what)
    }

    fn ident(&mut self, what: &str) -> Res<Span> {
        self.expect(Tok::Ident, what)
    }

    /// Skips a balanced `(…)`, `[…]` or `{…}`, from its opening token on.
    fn skip_balanced(&mut self) {
        let mut depth = 0_usize;
        loop {
            match self.next().tok {
                Tok::LParen | Tok::LBracket | Tok::LBrace => depth += 1,
                Tok::RParen | Tok::RBracket | Tok::RBrace => {
                    depth = depth.saturating_sub(1);
                    if depth == 0 {
                        return;
                    }
                }
                Tok::Eof => return,
                _ if depth == 0 => return,
                _ => {}
            }
        }
    }

    /// Enters a level of nesting; pair with a decrement of `depth`.
    fn enter(&mut self, limit: usize, what: &str) -> Res<()> {
        if self.depth >= limit {
            let at = self.peek().span;
            return Err(self
                .sink
                .error(at, format!("{what} nest more than {limit} deep")));
        }
        self.depth += 1;
        Ok(())
    }

    /// Reads a part of the source (a quoted statement, a directive's
    /// condition) with its own tokens.
    fn within<T>(
        &mut self,
        range: Span,
        language: Language,
        read: impl FnOnce(&mut Self) -> Res<T>,
    ) -> Res<T> {
        let lexer = Lexer::new(self.source, range, language).run(&mut self.sink);
        let tokens = std::mem::replace(&mut self.tokens, lexer.tokens);
        let comments = std::mem::replace(&mut self.comments, lexer.comments);
        let pos = std::mem::replace(&mut self.pos, 0);
        let next_comment = std::mem::replace(&mut self.next_comment, 0);
        let depth = std::mem::replace(&mut self.depth, 0);
        let result = read(self);
        self.tokens = tokens;
        self.comments = comments;
        self.pos = pos;
        self.next_comment = next_comment;
        self.depth = depth;
        result
    }

    // Variables.

    fn find_var(&self, name: &str) -> Option<VarId> {
        let at = self.test.vars.iter().position(|var| var.name == name)?;
        u16::try_from(at).ok().map(VarId)
    }

    /// The variable of this name, made if there is none.
    fn var(&mut self, name: &str, ty: &str, at: Span) -> Res<VarId> {
        if let Some(id) = self.find_var(name) {
            return Ok(id);
        }
        let count = self.test.vars.len();
        let id = u16::try_from(count)
            .ok()
            .filter(|_| count < limits::VARIABLES);
        let Some(id) = id else {
            let n = limits::VARIABLES;
            return Err(self
                .sink
                .error(at, format!("more than {n} shared variables")));
        };
        self.test.vars.push(Var {
            name: name.to_string(),
            ty: ty.to_string(),
            init: Value::Int(0),
            declared: false,
            initialised: false,
            span: at,
        });
        Ok(VarId(id))
    }

    /// A variable that must exist already.
    fn known_var(&mut self, at: Span) -> Res<VarId> {
        let name = self.text(at);
        if let Some(id) = self.find_var(name) {
            return Ok(id);
        }
        let help = did_you_mean(name, self.test.vars.iter().map(|var| var.name.as_str()));
        Err(self
            .sink
            .error_help(at, format!("there is no shared variable `{name}`"), help))
    }
}

fn empty_test() -> Test {
    Test {
        name: String::new(),
        doc: None,
        expected: None,
        meta: Meta::default(),
        vars: Vec::new(),
        arrays: Vec::new(),
        init_regs: Vec::new(),
        threads: Vec::new(),
        locations: Vec::new(),
        filter: None,
        condition: None,
        toggles: Vec::new(),
        slots: Vec::new(),
        objects: Vec::new(),
        srcu: None,
        outcomes: Vec::new(),
        verdicts: Vec::new(),
    }
}
