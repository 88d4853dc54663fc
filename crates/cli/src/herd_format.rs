//! A report as herd7 prints it, so that scripts which read herd7's output work.
//!
//! Some kinds of line are ours, and stand where the readers of herd7's logs skip
//! what they do not know (`lexLog_tools.mll`, `judgelitmus.sh`): `Model` after
//! `Test`, `Warning`, `Claim` and `Why` at the end. Witnesses are executions where LKMM
//! judges, as in herd7, and final states where the machine searches.

use std::fmt::Write as _;
use std::time::Duration;

use litmus::{Cond, Quantifier, Term, Test, format_value};

use crate::answer::Answer;

/// The block for a test and a model, without the blank line that ends it.
/// `setting` is what is to be said of the setting behind the model's name.
pub fn block(test: &Test, answer: &Answer, setting: &str, time: Duration) -> String {
    let name = &test.name;
    let quantifier = test.condition.as_ref().map(|c| c.quantifier);
    let kind = match quantifier {
        Some(Quantifier::Exists) => "Allowed",
        Some(Quantifier::NotExists) => "Forbidden",
        Some(Quantifier::Forall) | None => "Required",
    };
    let mut out = format!(
        "Test {name} {kind}\nModel {}{setting}\n",
        answer.model.name()
    );
    line(&mut out, format_args!("States {}", answer.states.len()));
    for state in &answer.states {
        line(&mut out, format_args!("{state}"));
    }
    let ok = match answer.holds() {
        Some(true) => "Ok",
        Some(false) => "No",
        None => "??",
    };
    // A witness of `~exists` is a state without what is asked for.
    let (positive, negative) = match quantifier {
        Some(Quantifier::NotExists) => (answer.negative, answer.positive),
        _ => (answer.positive, answer.negative),
    };
    line(
        &mut out,
        format_args!("{ok}\nWitnesses\nPositive: {positive} Negative: {negative}"),
    );
    for flag in &answer.flags {
        line(&mut out, format_args!("Flag {flag}"));
    }
    line(&mut out, format_args!("Condition {}", condition(test)));
    line(
        &mut out,
        format_args!(
            "Observation {name} {} {} {}",
            answer.verdict(),
            answer.positive,
            answer.negative
        ),
    );
    line(
        &mut out,
        format_args!("Time {name} {:.2}", time.as_secs_f64()),
    );
    if let Some(incomplete) = answer.incomplete() {
        line(&mut out, format_args!("Warning: {incomplete}"));
    }
    out
}

fn line(out: &mut String, text: std::fmt::Arguments<'_>) {
    // Writing to a string cannot fail.
    let _ = writeln!(out, "{text}");
}

/// `exists (0:r0=0 /\ [x]=1)`.
pub fn condition(test: &Test) -> String {
    let Some(condition) = &test.condition else {
        return "forall (true)".to_string();
    };
    let word = match condition.quantifier {
        Quantifier::Exists => "exists",
        Quantifier::NotExists => "~exists",
        Quantifier::Forall => "forall",
    };
    format!("{word} ({})", formula(test, &condition.cond))
}

/// A formula as herd7 prints it.
pub fn formula(test: &Test, cond: &Cond) -> String {
    let mut out = String::new();
    write_formula(test, cond, Place::Top, &mut out);
    out
}

/// What a formula stands in.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Top,
    Or,
    And,
    Implies,
}

/// Chains of one connective need no parentheses; everything else gets them.
/// Conditions of a test have some thousand atoms at most, but a chain of them is
/// as deep as it is long: hence the loop along its left side.
fn write_formula(test: &Test, cond: &Cond, place: Place, out: &mut String) {
    let (own, connective) = match cond {
        Cond::And(..) => (Place::And, " /\\ "),
        Cond::Or(..) => (Place::Or, " \\/ "),
        Cond::Implies(a, b) => {
            let parens = place != Place::Top;
            out.push_str(if parens { "(" } else { "" });
            write_formula(test, a, Place::Implies, out);
            out.push_str(" => ");
            write_formula(test, b, Place::Implies, out);
            out.push_str(if parens { ")" } else { "" });
            return;
        }
        Cond::True => return out.push_str("true"),
        Cond::False => return out.push_str("false"),
        Cond::Eq(term, value) => {
            out.push_str(&format!(
                "{}={}",
                test.format_term(*term),
                format_value(test, *value)
            ));
            return;
        }
        Cond::EqTerm(a, b) => {
            let right = match b {
                Term::Reg(..) => test.format_term(*b),
                Term::Var(var) => format!("*{}", test.var_name(*var)),
            };
            out.push_str(&format!("{}={right}", test.format_term(*a)));
            return;
        }
        Cond::Not(a) => {
            out.push_str("not (");
            write_formula(test, a, Place::Top, out);
            out.push(')');
            return;
        }
    };
    let parens = place != Place::Top && place != own;
    out.push_str(if parens { "(" } else { "" });
    let mut operands = Vec::new();
    let mut open = vec![cond];
    while let Some(next) = open.pop() {
        match (own, next) {
            (Place::And, Cond::And(a, b)) | (Place::Or, Cond::Or(a, b)) => open.extend([&**b, a]),
            _ => operands.push(next),
        }
    }
    for (i, operand) in operands.into_iter().enumerate() {
        out.push_str(if i > 0 { connective } else { "" });
        write_formula(test, operand, own, out);
    }
    out.push_str(if parens { ")" } else { "" });
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(condition_text: &str, expect: &str) {
        let source = format!(
            "C t\n{{}}\nP0(int *x, int *y)\n{{\n\tint r0 = READ_ONCE(*x);\n\tint r1 = READ_ONCE(*y);\n}}\n{condition_text}\n"
        );
        let parsed = litmus::parse(&source);
        let test = parsed
            .test
            .unwrap_or_else(|| panic!("{:?}", parsed.diagnostics));
        assert_eq!(condition(&test), expect);
    }

    #[test]
    fn conditions() {
        check("exists (0:r0=1)", "exists (0:r0=1)");
        check(
            "exists (0:r0=1 /\\ x=2 /\\ 0:r1=0)",
            "exists (0:r0=1 /\\ [x]=2 /\\ 0:r1=0)",
        );
        check(
            "~exists (0:r0=1 /\\ (x=2 \\/ y=&x))",
            "~exists (0:r0=1 /\\ ([x]=2 \\/ [y]=x))",
        );
        check(
            "forall (~(0:r0=1 \\/ true))",
            "forall (not (0:r0=1 \\/ true))",
        );
        check("", "forall (true)");
    }
}
