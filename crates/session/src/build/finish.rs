//! The end of a run: outcomes, or why it is stuck.

use litmus::{Cond, Quantifier, Test, format_value};
use machine::{Deadlock, deadlock};

use super::Moment;
use crate::names::sentence;
use crate::view::{FinalView, OutcomeView};

/// Set when nothing more can happen.
pub(super) fn finished(moment: &Moment) -> Option<FinalView> {
    moment.offers.is_empty().then(|| end(moment))
}

/// Most views are not of an end.
fn end(moment: &Moment) -> FinalView {
    let p = moment.session.program();
    let test = moment.session.test();
    let over = p.is_final(moment.state);
    let outcome = machine::outcome(p, moment.state);
    let broken = over && outcome.broken();
    let outcomes: Vec<OutcomeView> = test
        .outcomes
        .iter()
        .map(|o| OutcomeView {
            name: o.name.clone(),
            label: o.label.clone().unwrap_or_else(|| formula(test, &o.cond)),
            bad: o.bad,
            holds: over && !broken && outcome.satisfies(p, &o.cond),
        })
        .collect();
    let condition = test.condition.as_ref().map(|c| OutcomeView {
        name: String::new(),
        label: formula(test, &c.cond),
        bad: c.quantifier == Quantifier::NotExists,
        holds: over && !broken && outcome.satisfies(p, &c.cond),
    });
    let stuck = (!over).then(|| stuck(moment));
    let filtered_out = over && !outcome.kept(p, test);
    let holding: Vec<&OutcomeView> = outcomes.iter().filter(|o| o.holds).collect();
    let text = if let Some(stuck) = &stuck {
        format!("Deadlock: {stuck}.")
    } else if broken && outcome.bad_pointer {
        "The end: a load went through a pointer that leads nowhere, so this is no final state."
            .to_owned()
    } else if broken {
        "The end: a computation has no result (for instance a division by 0), so this is no final state.".to_owned()
    } else if filtered_out {
        "The end; the test's filter leaves this final state out.".to_owned()
    } else if !holding.is_empty() {
        let labels: Vec<String> = holding.iter().map(|o| o.label.clone()).collect();
        sentence(&format!("the end: {}", labels.join("; ")))
    } else if outcome.use_after_free {
        "The end: freed memory was used.".to_owned()
    } else if outcome.uninitialised {
        "The end: memory was read that nobody had written.".to_owned()
    } else if let Some(c) = &condition {
        let holds = if c.holds { "holds" } else { "does not hold" };
        format!("The end: {} {holds}.", c.label)
    } else if outcomes.is_empty() {
        "The end.".to_owned()
    } else {
        "The end: none of the named outcomes has happened.".to_owned()
    };
    let values = p.terms.iter().zip(&outcome.values);
    let state =
        test.format_values(values.map(|((term, _), v)| (*term, test.format_final(*term, *v))));
    FinalView {
        outcomes,
        condition,
        state: if over { state } else { String::new() },
        deadlock: stuck,
        use_after_free: outcome.use_after_free,
        uninitialised: outcome.uninitialised || outcome.broken(),
        filtered_out,
        sentence: text,
    }
}

fn stuck(moment: &Moment) -> String {
    let n = &moment.names;
    let name = |cpu: u8| n.cpu(usize::from(cpu));
    match deadlock(moment.session.program(), moment.state) {
        Some(Deadlock::OwnSection { cpu }) => {
            format!(
                "{} waits for a grace period that waits for its own section",
                name(cpu)
            )
        }
        Some(Deadlock::Readers { cpu }) => {
            format!("{} waits for a section that cannot end", name(cpu))
        }
        Some(Deadlock::Lock { cpu, loc }) => {
            format!(
                "{} waits for {}, which nobody gives back",
                name(cpu),
                n.loc(usize::from(loc))
            )
        }
        Some(Deadlock::Callback { cpu }) => {
            format!("{} waits for a callback that cannot run", name(cpu))
        }
        None => "CPUs wait for each other in the middle of an atomic; \
                 hardware would let one of them go"
            .to_owned(),
    }
}

/// A condition as the source would write it.
pub(crate) fn formula(test: &Test, cond: &Cond) -> String {
    write(test, cond, 0)
}

fn write(test: &Test, cond: &Cond, least: u8) -> String {
    let (text, strength) = match cond {
        Cond::True => ("true".to_owned(), 4),
        Cond::False => ("false".to_owned(), 4),
        Cond::Eq(term, value) => (
            format!("{}={}", term_name(test, *term), format_value(test, *value)),
            4,
        ),
        Cond::EqTerm(a, b) => (
            format!("{}={}", term_name(test, *a), term_name(test, *b)),
            4,
        ),
        Cond::Not(a) => (format!("~{}", write(test, a, 4)), 3),
        Cond::And(a, b) => (
            format!("{} /\\ {}", write(test, a, 2), write(test, b, 2)),
            2,
        ),
        Cond::Or(a, b) => (
            format!("{} \\/ {}", write(test, a, 1), write(test, b, 1)),
            1,
        ),
        Cond::Implies(a, b) => (format!("{} => {}", write(test, a, 1), write(test, b, 0)), 0),
    };
    if strength < least {
        format!("({text})")
    } else {
        text
    }
}

fn term_name(test: &Test, term: litmus::Term) -> String {
    test.format_term(term)
        .trim_start_matches('[')
        .trim_end_matches(']')
        .to_owned()
}
