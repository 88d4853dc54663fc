//! The machine against the axioms, on random programs from critical cycles: two
//! implementations that share nothing but the parser.
//!
//! `STALEBUS_PROGRAMS` says how many programs, `STALEBUS_SEED` where to begin.

use std::collections::BTreeSet;

use agree::{Dialect, cycle, shrink};
use explore::verdict::check;
use lkmm::{Model, judge};
use machine::{CpuModel, SrcuFlavour};

/// States, and choices, that one program may take.
const LIMIT: usize = 2_000_000;

fn number(variable: &str, otherwise: u64) -> u64 {
    std::env::var(variable)
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(otherwise)
}

/// What the machine and the axioms disagree on, if anything.
fn difference(text: &str, model: &'static CpuModel) -> Option<String> {
    let test = litmus::parse(text).test?;
    let machine = check(&test, model, SrcuFlavour::Fast, LIMIT).ok()?;
    let axioms = judge(&test, Model::by_id(model.id)?, LIMIT as u64).ok()?;
    if !machine.complete || !axioms.complete {
        return None;
    }
    let machine: BTreeSet<&String> = machine.states.iter().collect();
    let axioms: BTreeSet<&String> = axioms.states.iter().collect();
    if machine == axioms {
        return None;
    }
    Some(format!(
        "{}: only the machine: {:?}; only the axioms: {:?}",
        model.id,
        machine.difference(&axioms).take(3).collect::<Vec<_>>(),
        axioms.difference(&machine).take(3).collect::<Vec<_>>(),
    ))
}

/// States of the machine that LKMM forbids.
fn outside(text: &str, model: &'static CpuModel) -> Option<String> {
    let test = litmus::parse(text).test?;
    let machine = check(&test, model, SrcuFlavour::Fast, LIMIT).ok()?;
    let axioms = judge(&test, Model::by_id("lkmm")?, LIMIT as u64).ok()?;
    if !axioms.complete {
        return None;
    }
    let outside: Vec<&String> = machine
        .states
        .iter()
        .filter(|state| !axioms.states.contains(state))
        .take(3)
        .collect();
    (!outside.is_empty()).then(|| format!("{}: outside LKMM: {outside:?}", model.id))
}

fn run(dialect: Dialect, programs: u64, differ: fn(&str, &'static CpuModel) -> Option<String>) {
    let from = number("STALEBUS_SEED", 0);
    let programs = number("STALEBUS_PROGRAMS", programs);
    let mut failures = Vec::new();
    let mut compared = 0;
    for seed in from..from + programs {
        let program = cycle(seed, dialect);
        let text = program.text();
        let parsed = litmus::parse(&text);
        assert!(parsed.test.is_some(), "{}\n{text}", parsed.diagnostics[0]);
        for model in CpuModel::ALL {
            compared += 1;
            if differ(&text, model).is_some() {
                let small = shrink(&program, |text| differ(text, model).is_some());
                let text = small.text();
                let how = differ(&text, model).unwrap_or_default();
                failures.push(format!("{how}\n{text}"));
                break;
            }
        }
        if failures.len() >= 5 {
            break;
        }
    }
    eprintln!("{compared} compared");
    assert!(
        failures.is_empty(),
        "{} programs:\n{}",
        failures.len(),
        failures.join("\n\n")
    );
}

#[test]
fn machine_and_axioms_agree() {
    let dialect = Dialect {
        atomics: true,
        locks: true,
        ..Dialect::default()
    };
    run(dialect, 4000, difference);
}

#[test]
fn machine_lies_inside_lkmm() {
    let dialect = Dialect {
        atomics: true,
        locks: true,
        rcu: true,
        plain: true,
    };
    run(dialect, 3000, outside);
}
