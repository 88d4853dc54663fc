//! The judge, the printer and the export against herd7, on random programs of the whole dialect.
//!
//! Runs when `STALEBUS_HERD7` names herd7 with its configuration for the Linux-kernel memory model.
//! `STALEBUS_PROGRAMS` says how many programs, `STALEBUS_SEED` where to begin.

use std::time::Duration;

use agree::differ::{Difference, Form, Outcome, compare};
use agree::herd7::{Herd7, VARIABLE};
use agree::{Tongue, whole};

/// Tests in one call of herd7.
const BATCH: u64 = 20;

fn number(variable: &str, otherwise: u64) -> u64 {
    std::env::var(variable)
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(otherwise)
}

fn herd7() -> Herd7 {
    let herd7 = Herd7::from_environment(Duration::from_secs(5)).expect(VARIABLE);
    herd7.expect("STALEBUS_HERD7 is set")
}

fn told(seed: u64, difference: &Difference) -> String {
    let Difference {
        form,
        kind,
        text,
        ours,
        theirs,
    } = difference;
    format!("seed {seed}, {form}: {kind}\n{text}-- we say\n{ours}-- herd7 says\n{theirs}")
}

fn agree(tongue: Tongue, forms: &[Form]) {
    let herd7 = herd7();
    let from = number("STALEBUS_SEED", 0);
    let end = from + number("STALEBUS_PROGRAMS", 300);
    let (mut same, mut left_out, mut differ) = (0usize, 0usize, Vec::new());
    for first in (from..end).step_by(usize::try_from(BATCH).unwrap_or(1)) {
        let seeds = first..end.min(first + BATCH);
        let texts: Vec<String> = seeds.map(|seed| whole(seed, tongue, &[]).text()).collect();
        for form in forms {
            let outcomes = compare(&herd7, &texts, *form).expect("herd7 runs");
            for (seed, outcome) in (first..).zip(outcomes) {
                match outcome {
                    Outcome::Same => same += 1,
                    Outcome::LeftOut(_) => left_out += 1,
                    Outcome::Differs(difference) => differ.push(told(seed, &difference)),
                }
            }
        }
    }
    println!("{same} same, {left_out} left out");
    assert!(
        differ.is_empty(),
        "{} differ:\n{}",
        differ.len(),
        differ
            .iter()
            .take(5)
            .cloned()
            .collect::<Vec<_>>()
            .join("\n")
    );
    assert!(left_out * 4 < same, "{left_out} left out, {same} compared");
}

#[test]
#[ignore = "needs STALEBUS_HERD7"]
fn on_what_herd7_reads_too_answers_are_the_same_with_herd7() {
    agree(Tongue::Shared, &Form::ALL);
}

#[test]
#[ignore = "needs STALEBUS_HERD7"]
fn what_only_we_read_is_exported_to_the_same_answers_with_herd7() {
    agree(Tongue::Own, &[Form::Exported]);
}

/// Without herd7: the generator's programs are what they are meant to be.
#[test]
fn programs_parse_and_say_something() {
    let (mut parsed, mut sometimes, mut states) = (0, 0, 0);
    for seed in 0..400 {
        let text = whole(seed, Tongue::Shared, &[]).text();
        let Some(test) = litmus::parse(&text).test else {
            continue;
        };
        parsed += 1;
        let Ok(judgement) = lkmm::judge(&test, &lkmm::models::LKMM, 100_000) else {
            continue;
        };
        sometimes += usize::from(judgement.verdict == lkmm::Verdict::Sometimes);
        states += usize::from(judgement.states.len() > 1);
    }
    assert!(parsed >= 340, "{parsed} parse");
    assert!(sometimes >= 40, "{sometimes} are neither Never nor Always");
    assert!(states >= 150, "{states} have several states");
}
