//! Explanations are true: each link of a cycle is in the relation that it names,
//! links join, and what is allowed has a witness with the outcome.

use agree::{Dialect, cycle};
use litmus::Cond;
use lkmm::{Execution, Judge, Model, TestNames, Why, judge, why};
use std::sync::Arc;

const LIMIT: u64 = 300_000;

const ALL: Dialect = Dialect {
    atomics: true,
    locks: true,
    rcu: true,
    plain: true,
};

/// The link is there.
fn holds(execution: &Execution, name: &str, from: usize, to: usize) -> bool {
    let (name, from, to) = match name.strip_suffix("^-1") {
        Some(name) => (name, to, from),
        None => (name, from, to),
    };
    // Only the immediate edges of these are kept.
    if matches!(name, "po" | "co" | "coe" | "coi" | "po-loc" | "lws") {
        let base = if name.starts_with("co") { "co" } else { "po" };
        let mut reached = vec![from];
        let mut at = 0;
        while at < reached.len() {
            for edge in execution.edges(base) {
                if edge.from == reached[at] && !reached.contains(&edge.to) {
                    reached.push(edge.to);
                }
            }
            at += 1;
        }
        return from != to && reached.contains(&to);
    }
    // What is named behind `rcu-order` has its plain name in the model, too.
    let edge = |name: &str| {
        execution
            .edges(name)
            .iter()
            .any(|e| e.from == from && e.to == to)
    };
    edge(name)
        || matches!(name, "rfe" | "rfi") && edge("rf")
        || matches!(name, "fre" | "fri") && edge("fr")
}

fn examine(text: &str, id: &str) -> &'static str {
    let test = litmus::parse(text).test.expect("it parses");
    let model = Model::by_id(id).expect("a model");
    let outcome = test
        .condition
        .as_ref()
        .map_or(Cond::True, |c| c.cond.clone());
    let Ok(judgement) = judge(&test, model, LIMIT) else {
        return "error";
    };
    let names = TestNames::new(&test, Some(text));
    let answer = why(&test, model, &outcome, &names, LIMIT).expect("it was judged");
    let Some(answer) = answer else {
        return "not finished";
    };
    match answer {
        Why::Allowed(execution) => {
            assert!(judgement.positive > 0, "{text}");
            assert!(
                judgement.states.contains(&execution.state),
                "{}\n{text}",
                execution.state
            );
            "allowed"
        }
        Why::Forbidden(explanation) => {
            assert_eq!(judgement.positive, 0, "{text}");
            let cycle = &explanation.cycle;
            assert!(!cycle.is_empty(), "{text}");
            for (at, link) in cycle.iter().enumerate() {
                let next = &cycle[(at + 1) % cycle.len()];
                assert_eq!(link.to, next.from, "{id}: {:#?}\n{text}", explanation.cycle);
                assert!(
                    holds(&explanation.execution, &link.relation, link.from, link.to),
                    "{id}: {link:?}\n{text}"
                );
                assert!(link.text.ends_with('.'), "{}", link.text);
            }
            "forbidden"
        }
        Why::NoSuchValues => {
            assert_eq!(judgement.positive, 0, "{text}");
            "no such values"
        }
    }
}

#[test]
fn explanations_are_true() {
    let mut counts = std::collections::BTreeMap::new();
    for seed in 0..600 {
        let text = cycle(seed, ALL).text();
        *counts.entry(examine(&text, "lkmm")).or_insert(0) += 1;
    }
    let hardware = Dialect {
        atomics: true,
        locks: true,
        ..Dialect::default()
    };
    for seed in 0..120 {
        let text = cycle(seed, hardware).text();
        for id in ["sc", "tso", "pso", "arm"] {
            *counts.entry(examine(&text, id)).or_insert(0) += 1;
        }
    }
    eprintln!("{counts:?}");
    assert!(
        counts.get("forbidden").is_some_and(|n| *n > 100),
        "{counts:?}"
    );
    assert!(
        counts.get("allowed").is_some_and(|n| *n > 100),
        "{counts:?}"
    );
}

#[test]
fn slices_give_the_same_answer() {
    for seed in 0..200 {
        let text = cycle(seed, ALL).text();
        let test = Arc::new(litmus::parse(&text).test.expect("it parses"));
        let model = Model::by_id("lkmm").expect("LKMM");
        let Ok(whole) = judge(&test, model, LIMIT) else {
            continue;
        };
        let mut slices = Judge::new(Arc::clone(&test), model).expect("it was judged");
        let mut runs = 0;
        while !slices.run(3).expect("it was judged") && runs < LIMIT {
            runs += 1;
            let part = slices.judgement();
            assert!(!part.complete);
            assert!(part.positive <= whole.positive);
        }
        let sliced = slices.judgement();
        assert_eq!(
            (whole.positive, whole.negative, &whole.states, &whole.flags),
            (
                sliced.positive,
                sliced.negative,
                &sliced.states,
                &sliced.flags
            ),
            "{text}"
        );
    }
}

#[test]
fn damaged_programs_do_no_harm() {
    let mut random = agree::Random::new(5);
    for seed in 0..1000 {
        let mut program = cycle(seed, ALL);
        for _ in 0..1 + random.below(4) {
            let thread = random.below(program.threads.len());
            let other = random.below(program.threads.len());
            let lines = &program.threads[thread];
            if lines.is_empty() {
                continue;
            }
            let line = lines[random.below(lines.len())].clone();
            match random.below(3) {
                0 => program.threads[thread].retain(|l| *l != line),
                1 => program.threads[other].push(line),
                _ => program.threads[other].insert(0, line),
            }
        }
        let text = program.text();
        let Some(test) = litmus::parse(&text).test else {
            continue;
        };
        for model in lkmm::models::ALL {
            let _ = judge(&test, model, 20_000);
            let names = TestNames::new(&test, None);
            let _ = why(&test, model, &Cond::True, &names, 5_000);
            let _ = why(&test, model, &Cond::False, &names, 5_000);
        }
    }
}
