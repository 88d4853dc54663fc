//! Reading the text of a model.

use super::{CheckKind, Parsed, fail};

/// The text of a model as a tree.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Expr {
    Name(String),
    On(Box<Expr>),
    Union(Vec<Expr>),
    Sequence(Vec<Expr>),
    Intersection(Vec<Expr>),
    Difference(Box<Expr>, Box<Expr>),
    Not(Box<Expr>),
    Optional(Box<Expr>),
    Star(Box<Expr>),
    Plus(Box<Expr>),
    Inverse(Box<Expr>),
    Call(String, Vec<Expr>),
}

/// A line of a model.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Line {
    Let {
        name: String,
        rec: bool,
        value: Expr,
    },
    Check {
        kind: CheckKind,
        name: String,
        value: Expr,
    },
}

fn tokens(text: &str) -> Parsed<Vec<&str>> {
    let mut tokens = Vec::new();
    let mut rest = text.trim_start();
    while !rest.is_empty() {
        if let Some(comment) = rest.strip_prefix("(*") {
            let Some(end) = comment.find("*)") else {
                return fail("a comment is not closed".to_owned());
            };
            rest = comment[end + 2..].trim_start();
            continue;
        }
        let word = rest
            .find(|c: char| !(c.is_ascii_alphanumeric() || c == '-' || c == '_'))
            .unwrap_or(rest.len());
        let length = if word > 0 {
            word
        } else if rest.starts_with("^-1") {
            3
        } else {
            rest.chars().next().map_or(1, char::len_utf8)
        };
        tokens.push(&rest[..length]);
        rest = rest[length..].trim_start();
    }
    Ok(tokens)
}

struct Parser<'t> {
    tokens: Vec<&'t str>,
    at: usize,
}

const KEYWORDS: [&str; 6] = ["let", "acyclic", "irreflexive", "empty", "flag", "as"];

impl<'t> Parser<'t> {
    fn peek(&self) -> &'t str {
        self.tokens.get(self.at).copied().unwrap_or("")
    }

    fn next(&mut self) -> &'t str {
        let token = self.peek();
        self.at += 1;
        token
    }

    fn eat(&mut self, token: &str) -> bool {
        let found = self.peek() == token;
        self.at += usize::from(found);
        found
    }

    fn expect(&mut self, token: &str) -> Parsed<()> {
        if self.eat(token) {
            Ok(())
        } else {
            fail(format!("`{token}` expected, `{}` found", self.peek()))
        }
    }

    fn name(&mut self) -> Parsed<String> {
        let token = self.next();
        if token.starts_with(|c: char| c.is_ascii_alphabetic()) && !KEYWORDS.contains(&token) {
            Ok(token.to_owned())
        } else {
            fail(format!("a name expected, `{token}` found"))
        }
    }

    fn line(&mut self) -> Parsed<Line> {
        let kind = match self.next() {
            "let" => {
                let rec = self.eat("rec");
                let name = self.name()?;
                self.expect("=")?;
                let value = self.union()?;
                return Ok(Line::Let { name, rec, value });
            }
            "acyclic" => CheckKind::Acyclic,
            "irreflexive" => CheckKind::Irreflexive,
            "empty" => CheckKind::Empty,
            "flag" => CheckKind::Flag,
            token => return fail(format!("a definition or a check expected, `{token}` found")),
        };
        let value = self.union()?;
        self.expect("as")?;
        let name = self.name()?;
        Ok(Line::Check { kind, name, value })
    }

    fn list(
        &mut self,
        separator: &str,
        part: impl Fn(&mut Self) -> Parsed<Expr>,
        make: impl Fn(Vec<Expr>) -> Expr,
    ) -> Parsed<Expr> {
        let first = part(self)?;
        if self.peek() != separator {
            return Ok(first);
        }
        let mut parts = vec![first];
        while self.eat(separator) {
            parts.push(part(self)?);
        }
        Ok(make(parts))
    }

    fn union(&mut self) -> Parsed<Expr> {
        self.list("|", Self::sequence, Expr::Union)
    }

    fn sequence(&mut self) -> Parsed<Expr> {
        self.list(";", Self::difference, Expr::Sequence)
    }

    fn difference(&mut self) -> Parsed<Expr> {
        let mut left = self.intersection()?;
        while self.eat("\\") {
            left = Expr::Difference(Box::new(left), Box::new(self.intersection()?));
        }
        Ok(left)
    }

    fn intersection(&mut self) -> Parsed<Expr> {
        self.list("&", Self::postfix, Expr::Intersection)
    }

    fn postfix(&mut self) -> Parsed<Expr> {
        if self.eat("~") {
            return Ok(Expr::Not(Box::new(self.postfix()?)));
        }
        let mut expr = self.atom()?;
        loop {
            expr = match self.peek() {
                "?" => Expr::Optional(Box::new(expr)),
                "*" => Expr::Star(Box::new(expr)),
                "+" => Expr::Plus(Box::new(expr)),
                "^-1" => Expr::Inverse(Box::new(expr)),
                _ => return Ok(expr),
            };
            self.at += 1;
        }
    }

    fn atom(&mut self) -> Parsed<Expr> {
        if self.eat("(") {
            let expr = self.union()?;
            self.expect(")")?;
            return Ok(expr);
        }
        if self.eat("[") {
            let set = self.union()?;
            self.expect("]")?;
            return Ok(Expr::On(Box::new(set)));
        }
        let name = self.name()?;
        if !self.eat("(") {
            return Ok(Expr::Name(name));
        }
        let mut arguments = vec![self.union()?];
        while self.eat(",") {
            arguments.push(self.union()?);
        }
        self.expect(")")?;
        Ok(Expr::Call(name, arguments))
    }
}

/// Reads the text of a model.
pub(crate) fn read(text: &str) -> Parsed<Vec<Line>> {
    let mut parser = Parser {
        tokens: tokens(text)?,
        at: 0,
    };
    let mut lines = Vec::new();
    while parser.at < parser.tokens.len() {
        lines.push(parser.line()?);
    }
    Ok(lines)
}
