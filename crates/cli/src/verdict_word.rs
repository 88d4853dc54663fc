//! What a report lets us say for certain.

use explore::Report;
use litmus::{Quantifier, Test};

/// herd7's word for the verdict, or `Unknown` when the search was not complete
/// and has not found enough. That some states satisfy the condition and some do
/// not stays true however long the search goes on; `Never` and `Always` do not.
pub fn word(report: &Report) -> &'static str {
    if report.complete || (report.positive > 0 && report.negative > 0) {
        report.verdict.name()
    } else {
        "Unknown"
    }
}

/// Whether the condition holds as quantified; `None` when the search was not
/// complete and may yet find otherwise.
pub fn holds(test: &Test, report: &Report) -> Option<bool> {
    if report.complete {
        return Some(report.holds);
    }
    match test.condition.as_ref().map(|c| c.quantifier) {
        Some(Quantifier::Exists) => (report.positive > 0).then_some(true),
        Some(Quantifier::NotExists) => (report.positive > 0).then_some(false),
        Some(Quantifier::Forall) | None => (report.negative > 0).then_some(false),
    }
}
