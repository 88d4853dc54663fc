//! `locations`, `filter`, `exists`, and formulas.

use super::{Printer, Style};
use crate::ast::*;
use crate::final_state::format_value;

impl Printer<'_> {
    pub(super) fn sections(&mut self) {
        let mut lines = Vec::new();
        if !self.test.locations.is_empty() {
            let named = |t: &Term| self.location(*t);
            let terms: Vec<String> = self.test.locations.iter().filter_map(named).collect();
            lines.push(format!("locations [{}]", terms.join("; ")));
        }
        if let Some(filter) = &self.test.filter {
            lines.push(format!("filter ({})", self.formula(filter)));
        }
        if let Some(condition) = &self.test.condition {
            lines.push(self.condition(condition));
        }
        let first = self.original_parts().map_or(0, |(_, sections)| sections);
        let end = self.out.len();
        self.comments_before(first, 0);
        if !lines.is_empty() || self.out.len() > end {
            self.out.insert(end, '\n');
        }
        for line in lines {
            self.out.push_str(&line);
            self.out.push('\n');
        }
        self.comments_before(u32::MAX, 0);
    }

    pub(super) fn condition(&self, condition: &Condition) -> String {
        let word = match condition.quantifier {
            Quantifier::Exists => "exists",
            Quantifier::NotExists => "~exists",
            Quantifier::Forall => "forall",
        };
        format!("{word} ({})", self.formula(&condition.cond))
    }

    fn term(&self, term: Term) -> String {
        match term {
            Term::Var(var) if self.style != Style::Echo && self.test.element(var).is_none() => {
                self.test.var_name(var).to_string()
            }
            _ => self.test.format_term(term),
        }
    }

    /// An array that is shown as a whole is named once.
    fn location(&self, term: Term) -> Option<String> {
        let element = match term {
            Term::Var(var) => self.test.element(var).filter(|(array, _)| array.whole),
            Term::Reg(..) => None,
        };
        match element {
            None => Some(self.term(term)),
            Some((array, 0)) => Some(self.test.array_name(array).to_string()),
            Some(_) => None,
        }
    }

    /// The formula without outer parentheses.
    pub(crate) fn formula(&self, cond: &Cond) -> String {
        let mut out = String::new();
        self.formula_into(cond, 0, &mut out);
        out
    }

    /// Strengths: `\/` 0, `/\` 1, `=>` 2, `~` and atoms 3.
    fn formula_into(&self, cond: &Cond, least: u8, out: &mut String) {
        let (strength, parts) = match cond {
            Cond::Or(a, b) => (0, Some((a, " \\/ ", b, 0, 0))),
            Cond::And(a, b) => (1, Some((a, " /\\ ", b, 1, 1))),
            // herd's `=>` binds more than `/\`; parentheses spare the reader that.
            Cond::Implies(a, b) if self.style == Style::Echo => (2, Some((a, " => ", b, 2, 2))),
            Cond::Implies(a, b) => (0, Some((a, " => ", b, 3, 3))),
            _ => (3, None),
        };
        let parens = strength < least;
        if parens {
            out.push('(');
        }
        match (cond, parts) {
            (_, Some((a, word, b, left, right))) => {
                // An implication beside `\/` is kept apart too; in a chain, herd's echo keeps nothing apart.
                let apart = |c: &Cond| matches!(c, Cond::Implies(..)) && word != " => ";
                self.formula_into(a, if apart(a) { 3 } else { left }, out);
                out.push_str(word);
                self.formula_into(b, if apart(b) { 3 } else { right }, out);
            }
            (Cond::Not(a), _) if self.style == Style::Echo => {
                out.push_str("not (");
                self.formula_into(a, 0, out);
                out.push(')');
            }
            (Cond::Not(a), _) => {
                out.push('~');
                self.formula_into(a, 3, out);
            }
            (Cond::True, _) => out.push_str("true"),
            (Cond::False, _) => out.push_str("false"),
            (Cond::Eq(term, value), _) => {
                let value = format_value(self.test, *value);
                out.push_str(&format!("{}={value}", self.term(*term)));
            }
            (Cond::EqTerm(a, b), _) => {
                let right = match b {
                    Term::Reg(..) => self.test.format_term(*b),
                    Term::Var(_) if self.style == Style::Echo => self.test.format_term(*b),
                    Term::Var(var) if self.test.element(*var).is_some() => {
                        self.test.format_term(*b)
                    }
                    Term::Var(var) => format!("*{}", self.test.var_name(*var)),
                };
                out.push_str(&format!("{}={right}", self.term(*a)));
            }
            _ => {}
        }
        if parens {
            out.push(')');
        }
    }
}
