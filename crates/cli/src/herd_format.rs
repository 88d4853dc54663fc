//! A report as herd7 prints it, so that scripts which read herd7's output work.
//!
//! Some kinds of line are ours, and stand where the readers of herd7's logs skip
//! what they do not know (`lexLog_tools.mll`, `judgelitmus.sh`): `Model` after
//! `Test`, `Warning`, `Note`, `Claim`, `Verdict` and `Why` at the end. Witnesses are executions where LKMM
//! judges, as in herd7, and final states where the machine searches.

use std::fmt::Write as _;
use std::time::Duration;

use litmus::{Quantifier, Test};

use crate::answer::Answer;
use crate::files::Source;

/// The block for a test and a model, without the blank line that ends it.
/// `setting` is what is to be said of the setting behind the model's name.
pub fn block(
    test: &Test,
    source: &Source,
    answer: &Answer,
    setting: &str,
    time: Duration,
) -> String {
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
    let mut states = answer.states.clone();
    test.sort_states(&mut states);
    for state in &states {
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
    line(
        &mut out,
        format_args!("Condition {}", test.format_condition()),
    );
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
    if let Some(axioms) = &answer.axioms {
        // The line above is in herd7's format, which has no room for whose answer it is.
        let theirs = if axioms.unknown() {
            String::new()
        } else {
            format!("; by the axioms it would be {}", axioms.verdict())
        };
        let note = axioms.sentences(source);
        line(
            &mut out,
            format_args!(
                "Note {name}: the Observation line is the answer of the machine{theirs}. {note}"
            ),
        );
    }
    out
}

fn line(out: &mut String, text: std::fmt::Arguments<'_>) {
    // Writing to a string cannot fail.
    let _ = writeln!(out, "{text}");
}
