//! Threads: `P0(int *x, …) { … }`, types, annotations.

use super::init::pointee;
use super::{Current, Parser, Res};
use crate::ast::*;
use crate::lexer::Tok;
use crate::limits;

/// Of these words herd keeps none for itself, so a register may be called by them.
const NAMES_TOO: &[&str] = &[
    "short", "unsigned", "signed", "union", "enum", "bool", "_Bool", "register", "static",
];

/// Words that start a type.
const TYPE_WORDS: &[&str] = &[
    "int", "char", "long", "short", "unsigned", "signed", "void", "const", "volatile", "struct",
    "union", "enum", "bool", "_Bool", "_Atomic", "register", "static",
];

/// A type whose values are others in the kernel's C.
#[derive(Clone, Copy)]
enum Size {
    /// 64 bits, which herd7 has not either.
    Long,
    /// What it is here, and what in the kernel.
    Other(&'static str),
}

const SIGN: &str = "has a sign here; in the kernel it has none";
const LONG: &str = "has 32 bits here, as for herd7; in the kernel it has 64";

/// What is to be said of a type, if anything.
fn size(ty: &str) -> Option<Size> {
    let words: Vec<&str> = ty.split(' ').collect();
    let has = |word| words.contains(&word);
    let longs = words.iter().filter(|word| **word == "long").count();
    let any = |names: &[&str]| words.iter().any(|word| names.contains(word));
    Some(
        if longs > 1
            || longs == 1 && has("unsigned")
            || any(&[
                "u64",
                "s64",
                "__u64",
                "__s64",
                "size_t",
                "atomic64_t",
                "atomic_long_t",
            ])
        {
            Size::Long
        } else if longs == 1 || any(&["int64_t", "uint64_t"]) {
            Size::Other(LONG)
        } else if any(&["char", "u8", "s8", "int8_t", "uint8_t"]) {
            Size::Other("has 32 bits here; in the kernel it has 8")
        } else if any(&["short", "u16", "s16", "int16_t", "uint16_t"]) {
            Size::Other("has 32 bits here; in the kernel it has 16")
        } else if any(&["unsigned", "u32", "__u32", "uint32_t"]) {
            Size::Other(SIGN)
        } else {
            return None;
        },
    )
}

/// A type starts with it.
pub(crate) fn type_word(word: &str) -> bool {
    TYPE_WORDS.contains(&word)
}

impl Parser<'_> {
    pub(super) fn threads(&mut self) {
        loop {
            let token = self.peek();
            match token.tok {
                Tok::Eof => return,
                Tok::Ident if self.at_thread(self.void_words()) => {
                    if self.test.threads.len() >= limits::THREADS {
                        let n = limits::THREADS;
                        self.sink
                            .error(token.span, format!("more than {n} threads"));
                        return;
                    }
                    let _ = self.thread();
                }
                Tok::Semi => {
                    self.next();
                }
                Tok::RBrace => {
                    self.next();
                    self.sink.error(token.span, "this `}` closes nothing");
                }
                _ => return,
            }
        }
    }

    /// How many tokens `void` or `void *` are before a thread's name.
    fn void_words(&self) -> usize {
        match self.at_word("void") {
            false => 0,
            true => 1 + usize::from(self.peek_at(1).tok == Tok::Star),
        }
    }

    /// `P0(…` or `name(…) {` this far ahead, and not `exists (…`.
    fn at_thread(&self, first: usize) -> bool {
        if self.peek_at(first + 1).tok != Tok::LParen || self.at_section() {
            return false;
        }
        let name = self.text(self.peek_at(first).span);
        let digits = name.strip_prefix(['P', 'p']).unwrap_or("");
        if !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit()) {
            return true;
        }
        let (mut ahead, mut depth) = (first + 1, 0_usize);
        loop {
            match self.peek_at(ahead).tok {
                Tok::LParen => depth += 1,
                Tok::RParen if depth <= 1 => return self.peek_at(ahead + 1).tok == Tok::LBrace,
                Tok::RParen => depth -= 1,
                Tok::Eof | Tok::LBrace | Tok::RBrace => return false,
                _ => {}
            }
            ahead += 1;
        }
    }

    fn thread(&mut self) -> Res<()> {
        for _ in 0..self.void_words() {
            self.next();
        }
        let name_at = self.next().span;
        let name = self.text(name_at).to_string();
        let number = self.test.threads.len();
        let right = format!("P{number}");
        if name != right {
            let message = format!("expected thread `{right}`, found `{name}`");
            let help = "threads are called P0, P1, P2 … in this order".to_string();
            self.sink.error_help(name_at, message, Some(help));
        }
        self.current = Current::default();
        let mut params = Vec::new();
        self.next(); // `(`, seen by the caller
        let header = self.parameters(&mut params);
        if header.is_err() {
            // On to the body.
            while !matches!(self.peek().tok, Tok::LBrace | Tok::RBrace | Tok::Eof) {
                self.next();
            }
        }
        let mut body = Vec::new();
        let read = self.expect(Tok::LBrace, "`{`, the body of the thread");
        if let Ok(open) = read {
            self.block_body(open, &mut body);
        }
        let span = self.since(name_at.start);
        let current = std::mem::take(&mut self.current);
        self.uses.push(current.uses);
        self.test.threads.push(Thread {
            name: right,
            label: None,
            kind: ThreadKind::default(),
            params,
            regs: current.regs,
            body,
            span,
        });
        read.map(|_| ())
    }

    fn parameters(&mut self, params: &mut Vec<(VarId, String)>) -> Res<()> {
        if self.eat(Tok::RParen) {
            return Ok(());
        }
        if self.at_word("void") && self.peek_at(1).tok == Tok::RParen {
            self.next();
            self.next();
            return Ok(());
        }
        loop {
            self.parameter(params)?;
            if self.eat(Tok::RParen) {
                return Ok(());
            }
            self.expect(Tok::Comma, "`,` or `)` after the parameter")?;
        }
    }

    fn parameter(&mut self, params: &mut Vec<(VarId, String)>) -> Res<()> {
        let start = self.peek().span.start;
        let base = self.type_words();
        let mut stars = 0;
        loop {
            if self.eat(Tok::Star) {
                stars += 1;
            } else if self.at(Tok::Ident)
                && matches!(self.text(self.peek().span), "const" | "volatile")
            {
                self.next();
            } else if !self.skip_annotations() {
                break;
            }
        }
        let at = self.ident("a parameter, as in `int *x`")?;
        let name = self.text(at);
        self.skip_annotations();
        if stars == 0 {
            let at = self.since(start);
            let shown = if base.is_empty() { "int" } else { &base };
            let help = format!("write `{shown} *{name}`");
            let message = "a parameter is a pointer to a shared variable";
            return Err(self.sink.error_help(at, message, Some(help)));
        }
        let base = if base.is_empty() {
            "int".to_string()
        } else {
            base
        };
        let ty = super::init::with_stars(&base, stars);
        if self.current.params.iter().any(|(other, _)| other == name) {
            return Err(self
                .sink
                .error(at, format!("`{name}` is a parameter twice")));
        }
        let untyped = self.find_var(name).is_none();
        let id = self.var(name, pointee(&ty), at)?;
        if !untyped {
            self.learn_type(id, pointee(&ty));
        }
        self.current.params.push((name.to_string(), id));
        params.push((id, ty));
        Ok(())
    }

    /// The init block may leave the type to the first parameter.
    fn learn_type(&mut self, id: VarId, ty: &str) {
        let first = !self
            .test
            .threads
            .iter()
            .any(|t| t.params.iter().any(|(v, _)| *v == id));
        if first
            && let Some(var) = self.test.vars.get_mut(usize::from(id.0))
            && !var.declared
        {
            var.ty = ty.to_string();
        }
    }

    /// Words of a type, up to its stars or the name: `struct srcu_struct`,
    /// `unsigned long`. The last word is left when nothing else could be the name.
    pub(super) fn type_words(&mut self) -> String {
        let start = self.peek().span.start;
        let mut words: Vec<&str> = Vec::new();
        while self.at(Tok::Ident) {
            let word = self.text(self.peek().span);
            if self.skip_annotations() {
                continue;
            }
            let next = self.peek_at(1).tok;
            let keyword = TYPE_WORDS.contains(&word) && !self.names_register(0);
            let after_struct = matches!(words.last(), Some(&"struct" | &"union" | &"enum"));
            let more = matches!(next, Tok::Ident | Tok::Star | Tok::Int(_) | Tok::LBracket)
                && (next != Tok::LBracket || keyword)
                && (next != Tok::Star || self.name_after_stars());
            if !(keyword || after_struct || more) {
                break;
            }
            words.push(word);
            self.next();
        }
        let ty = words.join(" ");
        if let Some(about) = size(&ty) {
            let at = self.since(start);
            self.about_size(at, &ty, about);
        }
        ty
    }

    /// Says once of each type that it is not what the kernel has.
    fn about_size(&mut self, at: Span, ty: &str, about: Size) {
        if self.sizes.iter().any(|said| said == ty) {
            return;
        }
        self.sizes.push(ty.to_string());
        match about {
            Size::Long => {
                let message = format!("`{ty}` has 64 bits in the kernel; here it has 32");
                let help = "herd7 computes with 32 bits as well; write `int`".to_string();
                self.sink.error_help(at, message, Some(help));
            }
            Size::Other(kernel) => {
                let message = format!("`{ty}` {kernel}");
                self.sink.warning(at, message, None);
            }
        }
    }

    /// The word this far ahead could be of a type, but is what is assigned or declared.
    fn names_register(&self, ahead: usize) -> bool {
        NAMES_TOO.contains(&self.text(self.peek_at(ahead).span))
            && matches!(self.peek_at(ahead + 1).tok, Tok::Assign | Tok::Semi)
    }

    /// The current word is followed by stars and a name.
    fn name_after_stars(&self) -> bool {
        let mut ahead = 1;
        while self.peek_at(ahead).tok == Tok::Star && ahead < 16 {
            ahead += 1;
        }
        matches!(
            self.peek_at(ahead).tok,
            Tok::Ident | Tok::Int(_) | Tok::LBracket | Tok::RParen | Tok::Comma
        )
    }

    /// `__rcu`, `__attribute__((…))`: true when something was skipped.
    pub(super) fn skip_annotations(&mut self) -> bool {
        let mut any = false;
        while self.at(Tok::Ident) {
            let word = self.text(self.peek().span);
            match word {
                "__attribute__" | "__attribute" => {
                    self.next();
                    if self.at(Tok::LParen) {
                        self.skip_balanced();
                    }
                }
                "restrict" if matches!(self.peek_at(1).tok, Tok::Assign | Tok::Semi) => break,
                "__rcu" | "__percpu" | "__user" | "__iomem" | "__force" | "__kernel"
                | "__maybe_unused" | "__restrict" | "restrict" => {
                    self.next();
                }
                _ => break,
            }
            any = true;
        }
        any
    }

    /// The tokens at the current `(` are a cast.
    pub(super) fn is_cast(&self) -> bool {
        let first = self.peek_at(1);
        if first.tok != Tok::Ident {
            return false;
        }
        let word = self.text(first.span);
        let mut ahead = 1;
        let mut words = 0;
        while self.peek_at(ahead).tok == Tok::Ident && ahead < 16 {
            ahead += 1;
            words += 1;
        }
        let mut stars = 0;
        while self.peek_at(ahead).tok == Tok::Star && ahead < 32 {
            ahead += 1;
            stars += 1;
        }
        let assigned = NAMES_TOO.contains(&word) && self.is_name(word);
        if TYPE_WORDS.contains(&word) && !assigned || word.starts_with("__attribute") {
            return true;
        }
        if self.peek_at(ahead).tok != Tok::RParen {
            return false;
        }
        let value_follows = matches!(
            self.peek_at(ahead + 1).tok,
            Tok::Ident | Tok::Int(_) | Tok::LParen | Tok::Star | Tok::Amp
        );
        stars > 0 || words > 1 || (word.ends_with("_t") && value_follows && !self.is_name(word))
    }

    /// A register or parameter of the current thread.
    fn is_name(&self, word: &str) -> bool {
        self.current.params.iter().any(|(name, _)| name == word)
            || self.current.regs.iter().any(|reg| reg.name == word)
    }

    /// A type starts here, and not an expression.
    pub(super) fn at_type(&self) -> bool {
        let token = self.peek();
        if token.tok != Tok::Ident {
            return false;
        }
        let word = self.text(token.span);
        if self.names_register(0) {
            return false;
        }
        if TYPE_WORDS.contains(&word) || word.starts_with("__attribute") {
            return true;
        }
        match self.peek_at(1).tok {
            Tok::Ident => !matches!(word, "else" | "goto" | "return"),
            Tok::Star => {
                let mut ahead = 1;
                while self.peek_at(ahead).tok == Tok::Star && ahead < 16 {
                    ahead += 1;
                }
                self.peek_at(ahead).tok == Tok::Ident
                    && matches!(
                        self.peek_at(ahead + 1).tok,
                        Tok::Semi | Tok::Assign | Tok::Comma
                    )
            }
            _ => false,
        }
    }
}
