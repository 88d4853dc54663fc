//! The text that a test comes from: its statements and comments as they were written, in the usual
//! layout.

use super::Printer;
use crate::ast::*;
use crate::lexer::{Comment, CommentKind, Tok, Token, slice, span};
use crate::parser::{lexed, type_word};

/// The tokens and comments of a text.
pub(crate) struct Original<'t> {
    source: &'t str,
    tokens: Vec<Token>,
    comments: Vec<Comment>,
    /// The first comment that is still to be printed.
    next: usize,
}

impl<'t> Original<'t> {
    pub(crate) fn of(source: &'t str) -> Option<Self> {
        let (tokens, comments) = lexed(source)?;
        Some(Original {
            source,
            tokens,
            comments,
            next: 0,
        })
    }

    fn text(&self, at: Span) -> &'t str {
        slice(self.source, at)
    }

    /// The index of the first token that starts here or later.
    fn index(&self, offset: u32) -> usize {
        self.tokens
            .partition_point(|token| token.span.start < offset)
    }

    fn tok(&self, index: usize) -> Tok {
        self.tokens.get(index).map_or(Tok::Eof, |token| token.tok)
    }

    fn start(&self, index: usize) -> u32 {
        let end = u32::try_from(self.source.len()).unwrap_or(u32::MAX);
        self.tokens.get(index).map_or(end, |token| token.span.start)
    }

    /// The index behind the bracket that closes the one at `open`.
    fn closed(&self, open: usize) -> usize {
        let mut depth = 0_usize;
        for index in open..self.tokens.len() {
            match self.tok(index) {
                Tok::LParen | Tok::LBrace | Tok::LBracket => depth += 1,
                Tok::RParen | Tok::RBrace | Tok::RBracket => {
                    depth = depth.saturating_sub(1);
                    if depth == 0 {
                        return index + 1;
                    }
                }
                _ => {}
            }
        }
        self.tokens.len()
    }

    /// A directive of ours, which is printed with its statement.
    fn directs(&self, comment: &Comment) -> bool {
        comment.kind == CommentKind::Block && self.text(comment.text).trim_start().starts_with('@')
    }

    /// The comments up to an offset that have not been printed, but for directives.
    fn comments_before(&mut self, offset: u32) -> Vec<Comment> {
        let mut found = Vec::new();
        while let Some(comment) = self.comments.get(self.next).copied() {
            if comment.span.start >= offset {
                break;
            }
            self.next += 1;
            if !self.directs(&comment) {
                found.push(comment);
            }
        }
        found
    }

    /// The comments behind a statement, on its line.
    fn comments_behind(&mut self, end: u32) -> Vec<Comment> {
        let rest = self.source.get(end as usize..).unwrap_or("");
        let line = rest.find('\n').unwrap_or(rest.len());
        let next = self.start(self.index(end));
        self.comments_before(next.min(end.saturating_add(u32::try_from(line).unwrap_or(u32::MAX))))
    }

    /// Some tokens in one line, with the comments between them.
    fn respaced(&mut self, first: usize, last: usize, declares: bool) -> String {
        let mut out = String::new();
        let mut spacer = Spacer::new(declares);
        // A comment was last.
        let mut commented = false;
        for index in first..last {
            let Some(token) = self.tokens.get(index).copied() else {
                break;
            };
            for comment in self.comments_before(token.span.start) {
                let line = comment.kind == CommentKind::Line;
                if !out.is_empty() {
                    out.push(' ');
                }
                out.push_str(self.text(comment.span).trim_end());
                if line {
                    out.push('\n');
                }
                commented = !line;
                spacer.apart = false;
            }
            let cast = token.tok == Tok::LParen && self.is_cast(index);
            let (text, next) = (self.text(token.span), self.tok(index + 1));
            let closes = matches!(token.tok, Tok::RParen | Tok::Comma | Tok::Semi);
            if spacer.space_before(token.tok, text, cast, next) || (commented && !closes) {
                out.push(' ');
            }
            commented = false;
            out.push_str(text);
        }
        out
    }

    /// The parenthesis at `open` is a cast's.
    fn is_cast(&self, open: usize) -> bool {
        let close = self.closed(open).saturating_sub(1);
        let inner = self.tokens.get(open + 1..close).unwrap_or(&[]);
        let stars = inner.iter().filter(|token| token.tok == Tok::Star).count();
        let words = inner.iter().filter(|token| token.tok == Tok::Ident).count();
        let word = self.text(inner.first().map_or(Span::default(), |token| token.span));
        stars + words == inner.len()
            && words > 0
            && inner.first().is_some_and(|token| token.tok == Tok::Ident)
            && inner
                .last()
                .is_some_and(|token| token.tok == Tok::Star || stars == 0)
            && (type_word(word) || stars > 0 || words > 1 || word.ends_with("_t"))
            && matches!(
                self.tok(close + 1),
                Tok::Ident
                    | Tok::Int(_)
                    | Tok::LParen
                    | Tok::Star
                    | Tok::Amp
                    | Tok::Minus
                    | Tok::Tilde
                    | Tok::Bang
            )
    }
}

/// Where the usual layout has a space between two tokens.
struct Spacer {
    /// The token before; none at the start.
    before: Option<Tok>,
    /// There may be a space: the token before is no prefix and no opening bracket.
    apart: bool,
    /// What came before can be the left side of an operator.
    operand: bool,
    /// A `*` here belongs to a type.
    declares: bool,
    /// Parentheses that are open, and which of them are casts.
    open: Vec<bool>,
    /// In the braces of `__fence{…}`.
    tag: bool,
}

impl Spacer {
    fn new(declares: bool) -> Self {
        Spacer {
            before: None,
            apart: false,
            operand: false,
            declares,
            open: Vec::new(),
            tag: false,
        }
    }

    fn space_before(&mut self, tok: Tok, text: &str, cast: bool, next: Tok) -> bool {
        let before = self.before.replace(tok);
        let could = std::mem::replace(&mut self.apart, true);
        let operand = std::mem::replace(&mut self.operand, false);
        let in_cast = self.open.last() == Some(&true);
        match tok {
            Tok::Semi | Tok::Comma => {
                self.apart = !self.tag;
                false
            }
            Tok::LBrace | Tok::RBrace => {
                self.tag = tok == Tok::LBrace;
                self.apart = false;
                false
            }
            Tok::LBracket | Tok::RBracket => {
                self.apart = false;
                self.operand = true;
                false
            }
            Tok::LParen => {
                self.open.push(cast);
                self.apart = false;
                could && !matches!(before, Some(Tok::Ident | Tok::RBrace))
            }
            Tok::RParen => {
                let cast = self.open.pop() == Some(true);
                self.operand = !cast;
                self.apart = !cast;
                false
            }
            Tok::Arrow | Tok::Dot => {
                self.apart = false;
                false
            }
            Tok::Star if in_cast || (self.declares && !self.in_call()) => {
                self.apart = false;
                could && before != Some(Tok::Star)
            }
            Tok::Star | Tok::Amp | Tok::Minus | Tok::Plus if !operand || self.tag => {
                self.apart = false;
                could && !self.tag
            }
            Tok::Tilde | Tok::Bang => {
                self.apart = false;
                could && before != Some(Tok::Amp)
            }
            Tok::Ident | Tok::Int(_) | Tok::Str => {
                self.operand = tok != Tok::Ident
                    || !(type_word(text) && matches!(next, Tok::Ident | Tok::Star));
                self.apart = !self.tag;
                could
            }
            Tok::Assign => {
                self.declares = false;
                could
            }
            _ => could,
        }
    }

    /// Inside of parentheses that are no parameter list's own.
    fn in_call(&self) -> bool {
        self.open.len() > 1
    }
}

impl Printer<'_> {
    /// Comments between statements, each on lines of its own.
    pub(super) fn comments_before(&mut self, offset: u32, depth: usize) {
        let Some(original) = &mut self.original else {
            return;
        };
        let found = original.comments_before(offset);
        let texts: Vec<&str> = found.iter().map(|c| original.text(c.span)).collect();
        for text in texts {
            // Stars at the start of further lines stand below that of the first.
            let starred = text
                .lines()
                .skip(1)
                .all(|line| line.trim_start().starts_with('*'));
            for (at, line) in text.trim_end().lines().enumerate() {
                let stars = starred && at > 0;
                if at == 0 || stars {
                    self.tabs(depth);
                }
                self.out.push_str(if stars { " " } else { "" });
                self.out.push_str(if stars { line.trim() } else { line });
                self.out.push('\n');
            }
        }
    }

    /// Comments behind what has just been printed.
    pub(super) fn comments_behind(&mut self, end: u32) {
        let Some(original) = &mut self.original else {
            return;
        };
        let found = original.comments_behind(end);
        for comment in found {
            self.out.push(' ');
            self.out.push_str(original.text(comment.span).trim_end());
        }
    }

    /// `void P0(int *x)`, as it was written.
    pub(super) fn original_head(&mut self, thread: &Thread) -> Option<String> {
        let original = self.original.as_mut()?;
        let name = original.index(thread.span.start);
        let void = |index: usize| {
            let token = original.tokens.get(index)?;
            (original.text(token.span) == "void").then_some(index)
        };
        let star = name
            .checked_sub(1)
            .filter(|i| original.tok(*i) == Tok::Star);
        let before = star.unwrap_or(name).checked_sub(1).and_then(void);
        let first = before.unwrap_or(name);
        let end = original.closed(name + 1);
        Some(original.respaced(first, end, true))
    }

    /// A simple statement as it was written.
    pub(super) fn original_statement(&mut self, stmt: &Stmt) -> Option<String> {
        let original = self.original.as_mut()?;
        let (first, last) = (
            original.index(stmt.span.start),
            original.index(stmt.span.end),
        );
        let declares = matches!(
            stmt.kind,
            StmtKind::Declare { .. } | StmtKind::Assign { declares: true, .. }
        );
        Some(original.respaced(first, last, declares))
    }

    /// The condition of an `if` as it was written, and where its arms end.
    pub(super) fn original_if(&mut self, stmt: &Stmt) -> Option<(String, [u32; 2])> {
        let original = self.original.as_mut()?;
        let open = original.index(stmt.span.start) + 1;
        let close = original.closed(open);
        let cond = original.respaced(open + 1, close - 1, false);
        let StmtKind::If { then, .. } = &stmt.kind else {
            return None;
        };
        let first = if original.tok(close) == Tok::LBrace {
            original.start(original.closed(close) - 1)
        } else {
            then.last().map_or(0, |stmt| stmt.span.end)
        };
        Some((cond, [first, stmt.span.end.saturating_sub(1)]))
    }

    /// It starts with a brace, or nothing is known of how it was written.
    pub(super) fn is_braced(&self, stmt: &Stmt) -> bool {
        self.original
            .as_ref()
            .is_none_or(|original| original.tok(original.index(stmt.span.start)) == Tok::LBrace)
    }

    /// What the first lines say besides the name, the string, and comments like `(* … *)`.
    pub(super) fn original_lines(&mut self) -> Option<(String, Vec<String>)> {
        let original = self.original.as_mut()?;
        let open = original.start(0);
        let head = span(0, open as usize);
        let mut text = String::new();
        let mut kept = Vec::new();
        let mut at = 0;
        for comment in original.comments_before(open) {
            text.push_str(slice(
                original.source,
                span(at, comment.span.start as usize),
            ));
            let words = original.text(comment.text);
            // A claim is printed with the others.
            if comment.kind != CommentKind::Herd && !words.contains("Result:") {
                kept.push(original.text(comment.span).trim_end().to_string());
            }
            at = comment.span.end as usize;
        }
        text.push_str(slice(original.source, span(at, head.end as usize)));
        let mut lines = text
            .trim_start_matches('\u{feff}')
            .lines()
            .map(str::trim)
            .filter(|l| !l.is_empty());
        let first = lines.next().unwrap_or("").to_string();
        let words: Vec<&str> = first.split_whitespace().collect();
        let doc = self.test.doc.as_ref().map(|doc| format!("\"{doc}\""));
        let (first, mut rest) = match doc.as_deref().and_then(|doc| first.split_once(doc)) {
            Some((first, rest)) => (first.trim().to_string(), vec![rest.trim().to_string()]),
            None => (words.join(" "), Vec::new()),
        };
        for line in lines {
            match doc.as_deref().and_then(|doc| line.split_once(doc)) {
                Some((before, after)) => {
                    rest.extend([before.trim().to_string(), after.trim().to_string()])
                }
                None => rest.push(line.to_string()),
            }
        }
        rest.retain(|line| !line.is_empty());
        rest.append(&mut kept);
        Some((first, rest))
    }

    /// Where the init block and the part behind the threads are: the offsets of the first's `}` and of
    /// the latter's first word.
    pub(super) fn original_parts(&self) -> Option<(u32, u32)> {
        let original = self.original.as_ref()?;
        let init = original.start(original.closed(0).saturating_sub(1));
        let last = self.test.threads.last().map_or(0, |thread| thread.span.end);
        Some((init, original.start(original.index(last))))
    }
}
