//! What stands after the threads: `locations`, `filter`, `exists`.

use super::{Parser, Res};
use crate::ast::*;
use crate::diag::did_you_mean;
use crate::lexer::Tok;

const SECTIONS: &[&str] = &["exists", "forall", "filter", "locations", "final"];

impl Parser<'_> {
    pub(super) fn at_section(&self) -> bool {
        SECTIONS.contains(&self.text(self.peek().span))
    }

    /// Everything after the last thread.
    pub(super) fn sections(&mut self) {
        let mut filter_seen = false;
        loop {
            let start = self.peek();
            let word = match start.tok {
                Tok::Eof => return,
                Tok::Semi => {
                    self.next();
                    continue;
                }
                Tok::Ident => self.text(start.span),
                _ => "",
            };
            let result = match word {
                "locations" => self.locations(),
                "filter" => {
                    self.next();
                    let result = self.formula().map(|cond| self.test.filter = Some(cond));
                    if filter_seen {
                        self.sink.error(start.span, "there is a `filter` already");
                    }
                    filter_seen = true;
                    result
                }
                "exists" | "final" => self.quantified(Quantifier::Exists),
                "forall" => self.quantified(Quantifier::Forall),
                _ if self.at_not() && self.text(self.peek_at(1).span) == "exists" => {
                    self.next();
                    self.quantified(Quantifier::NotExists)
                }
                _ => {
                    let shown = self.shown(start);
                    let help = did_you_mean(word, SECTIONS.iter().copied());
                    let message = format!(
                        "expected a thread, `exists`, `forall`, `filter` or `locations`, found {shown}"
                    );
                    Err(self.sink.error_help(start.span, message, help))
                }
            };
            if result.is_err() {
                // On to the next section.
                self.next();
                while !(self.at(Tok::Eof) || self.at(Tok::Ident) && self.at_section()) {
                    if self.at_not() && SECTIONS.contains(&self.text(self.peek_at(1).span)) {
                        break;
                    }
                    self.next();
                }
            }
        }
    }

    pub(super) fn at_not(&self) -> bool {
        self.at(Tok::Tilde) || self.at_word("not")
    }

    fn quantified(&mut self, quantifier: Quantifier) -> Res<()> {
        let start = self.next().span;
        let cond = self.formula()?;
        let span = self.since(start.start);
        if self.test.condition.is_some() {
            return Err(self.sink.error(start, "there is a condition already"));
        }
        self.test.condition = Some(Condition {
            quantifier,
            cond,
            span,
        });
        if self.at(Tok::Ident) && !self.at_section() && !self.at_word("not") || self.at(Tok::RParen)
        {
            return self.expected("`/\\`, `\\/` or the end");
        }
        Ok(())
    }

    /// An array's name alone: all of its elements.
    fn array_location(&mut self) -> bool {
        if !self.at(Tok::Ident) || self.peek_at(1).tok == Tok::LBracket {
            return false;
        }
        let first = self.find_var(self.text(self.peek().span));
        let mut arrays = self.test.arrays.iter_mut();
        let Some(array) = arrays.find(|array| array.elements.first().copied() == first) else {
            return false;
        };
        array.whole = true;
        for term in array.elements.iter().copied().map(Term::Var) {
            if !self.test.locations.contains(&term) {
                self.test.locations.push(term);
            }
        }
        self.next();
        true
    }

    /// `locations [ x; 0:r1; ]`; types behind a name say nothing.
    fn locations(&mut self) -> Res<()> {
        self.next();
        self.expect(Tok::LBracket, "`[`")?;
        while !self.eat(Tok::RBracket) {
            if self.eat(Tok::Semi) {
                continue;
            }
            self.count_atom()?;
            if !self.array_location() {
                let term = self.term()?;
                if !self.test.locations.contains(&term) {
                    self.test.locations.push(term);
                }
            }
            while matches!(self.peek().tok, Tok::Star | Tok::Ident) {
                self.next();
            }
            if !self.at(Tok::RBracket) {
                self.expect(Tok::Semi, "`;` or `]`")?;
            }
        }
        Ok(())
    }
}
