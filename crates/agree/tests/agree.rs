//! The machine against the axioms, on random programs: two implementations that
//! share nothing but the parser.
//!
//! `STALEBUS_PROGRAMS` says how many programs, `STALEBUS_SEED` where to begin.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use agree::{Program, Tongue, cycle, joins, relay, shrink, whole};
use explore::verdict::{check, report};
use explore::{Progress, Search};
use litmus::Test;
use lkmm::{Model, judge};
use machine::{CpuModel, SrcuFlavour, compile};
use picture::beyond::{self, Question, Reached, Way};

/// The programs that the search is tested with.
#[allow(dead_code, reason = "the search has more tests")]
#[path = "../../explore/tests/common/mod.rs"]
mod small;

/// States, and choices, that one program may take.
const LIMIT: usize = 2_000_000;
/// States of the unreduced machine.
const UNREDUCED: usize = 20_000;

fn number(variable: &str, otherwise: u64) -> u64 {
    std::env::var(variable)
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(otherwise)
}

type States = BTreeSet<String>;

fn machine(test: &Test, model: &'static CpuModel) -> Option<States> {
    let report = check(test, model, SrcuFlavour::Fast, LIMIT).ok()?;
    // A bad pointer leads nowhere, which is no execution to the axioms.
    let of_use = report.complete && !report.uninitialised;
    of_use.then(|| report.states.into_iter().collect())
}

fn unreduced(test: &Test, model: &'static CpuModel) -> Option<States> {
    let p = compile(test, model, SrcuFlavour::Fast).ok()?;
    let mut search = Search::unreduced(Arc::new(p), UNREDUCED);
    let progress = search.finish();
    let report = report(test, &search, progress);
    (progress == Progress::Complete).then(|| report.states.into_iter().collect())
}

fn axioms(test: &Test, model: &str) -> Option<States> {
    let judgement = judge(test, Model::by_id(model)?, LIMIT as u64).ok()?;
    let states = judgement.complete.then_some(judgement.states)?;
    Some(states.into_iter().collect())
}

/// What a comparison gives.
#[derive(PartialEq, Eq)]
enum Answer {
    /// What must hold holds.
    Good,
    /// The machine has less, in this way that we know.
    Known(&'static str),
    /// It does not, and how.
    Wrong(String),
    /// Nothing: the program is too large, or uses a bad pointer.
    LeftOut,
}

impl Answer {
    fn of(found: Option<Answer>) -> Answer {
        found.unwrap_or(Answer::LeftOut)
    }

    /// Wrong if `less` has states that `more` has not.
    fn inside(model: &CpuModel, what: &str, less: &States, more: &States) -> Answer {
        let outside: Vec<&String> = less.difference(more).take(3).collect();
        if outside.is_empty() {
            Answer::Good
        } else {
            Answer::Wrong(format!("{}: {what}: {outside:?}", model.id))
        }
    }

    /// This one, or if nothing is wrong with it, another.
    fn and(self, other: impl FnOnce() -> Answer) -> Answer {
        match self {
            Answer::Good => other(),
            answer => answer,
        }
    }
}

/// The machine has the states that the axioms allow. Where it lacks some, the reader is told so
/// ([`picture::beyond`]), of these states, and why: the axioms forbid them of the same test made more cautious.
fn same(test: &Test, model: &'static CpuModel) -> Option<Answer> {
    let found = machine(test, model)?;
    if model.propagation.is_some() {
        // No axioms but LKMM's are for it: it has all that Arm has.
        let arm = machine(test, &machine::model::ARM)?;
        return Some(Answer::inside(model, "only on Arm", &arm, &found));
    }
    let machine = found;
    let allowed = axioms(test, model.id)?;
    let more = Answer::inside(model, "only the machine", &machine, &allowed);
    let less = Answer::inside(model, "only the axioms", &allowed, &machine);
    if more != Answer::Good || less == Answer::Good {
        return Some(more);
    }
    let p = compile(test, model, SrcuFlavour::Fast).ok()?;
    let reached = || Reached {
        states: machine.iter().cloned().collect(),
        outcomes: Vec::new(),
    };
    let question = Question::new(&Arc::new(test.clone()), &p, reached, LIMIT as u64);
    let told = question.and_then(|mut question| {
        while !question.run(u64::MAX) {}
        question.answer()
    });
    Some(match told {
        Some(beyond::Answer::More(told)) if told.states.iter().eq(allowed.difference(&machine)) => {
            Answer::Known(way(&told))
        }
        _ => less,
    })
}

/// What a reader is told of the reason.
fn way(told: &beyond::Beyond) -> &'static str {
    let ways: BTreeSet<Way> = told.places.iter().map(|place| place.way).collect();
    match ways.into_iter().collect::<Vec<_>>().as_slice() {
        _ if told.vague => "in one of several ways",
        [Way::Join] => "a store behind a join",
        [Way::Forward] => "a forward from an atomic",
        [Way::Failed] => "a failed atomic in an arm",
        _ => "in several ways",
    }
}

/// No step of the machine leads to more than the reduced search has found.
fn unreduced_too(test: &Test, model: &'static CpuModel) -> Option<Answer> {
    let reduced = machine(test, model)?;
    let all = unreduced(test, model)?;
    let less = Answer::inside(model, "only unreduced", &all, &reduced);
    Some(less.and(|| Answer::inside(model, "only reduced", &reduced, &all)))
}

/// LKMM allows the states of the machine; where stores go from CPU to CPU, these are at least Arm's.
fn inside_lkmm(test: &Test, model: &'static CpuModel) -> Option<Answer> {
    let (found, lkmm) = (machine(test, model)?, axioms(test, "lkmm")?);
    let inside = Answer::inside(model, "outside LKMM", &found, &lkmm);
    if model.propagation.is_some() {
        let arm = machine(test, &machine::model::ARM)?;
        return Some(inside.and(|| Answer::inside(model, "only on Arm", &arm, &found)));
    }
    Some(inside)
}

type Compare = fn(&Test, &'static CpuModel) -> Option<Answer>;

fn answer(text: &str, model: &'static CpuModel, compare: Compare) -> Answer {
    let test = litmus::parse(text).test;
    Answer::of(test.and_then(|test| compare(&test, model)))
}

/// What went wrong, without the states.
fn kind(answer: &Answer) -> Option<&str> {
    match answer {
        Answer::Wrong(how) => how.rsplit_once(": [").map(|(kind, _)| kind),
        _ => None,
    }
}

/// Compares the programs of many seeds on each model. At most one of `rare`
/// comparisons may be of the kind that we know.
/// Gives how many were.
fn run(programs: u64, program: impl Fn(u64) -> Program, compare: Compare, rare: u64) -> u64 {
    let from = number("STALEBUS_SEED", 0);
    let programs = number("STALEBUS_PROGRAMS", programs);
    let most = number("STALEBUS_FAILURES", 5);
    let mut failures = Vec::new();
    let (mut compared, mut left_out) = (0u64, 0u64);
    let mut known: BTreeMap<&str, u64> = BTreeMap::new();
    for seed in from..from + programs {
        let program = program(seed);
        let text = program.text();
        let parsed = litmus::parse(&text);
        assert!(parsed.test.is_some(), "{}\n{text}", parsed.diagnostics[0]);
        for model in CpuModel::ALL {
            compared += 1;
            let found = answer(&text, model, compare);
            match &found {
                Answer::Good => {}
                Answer::Known(way) => *known.entry(*way).or_insert(0) += 1,
                Answer::LeftOut => left_out += 1,
                Answer::Wrong(_) => {
                    let still = |text: &str| kind(&answer(text, model, compare)) == kind(&found);
                    let text = shrink(&program, still).text();
                    if let Answer::Wrong(how) = answer(&text, model, compare) {
                        failures.push(format!("{how}\n{text}"));
                    }
                }
            }
        }
        if failures.len() as u64 >= most {
            break;
        }
    }
    eprintln!("{compared} compared, {left_out} left out, on Arm the machine has less: {known:?}");
    assert!(
        failures.is_empty(),
        "{} wrong:\n{}",
        failures.len(),
        failures.join("\n\n")
    );
    assert!(
        !known.contains_key("in one of several ways"),
        "the reason is not found"
    );
    let known: u64 = known.values().sum();
    assert!(known * rare <= compared, "{known} of {compared} differ");
    assert!(
        left_out * 10 <= compared,
        "{left_out} of {compared} left out"
    );
    known
}

fn cycles(seed: u64) -> Program {
    let dialect = agree::Dialect {
        atomics: true,
        locks: true,
        ..agree::Dialect::default()
    };
    cycle(seed, dialect)
}

fn small(seed: u64, rcu: bool) -> Program {
    let dialect = small::Dialect {
        atomics: seed & 1 != 0,
        branches: seed & 2 != 0,
        pointers: seed & 4 != 0,
        rcu,
    };
    let text = small::program(seed ^ 0xa110_0000, dialect);
    Program::read(&text).unwrap_or_else(|| panic!("{text}"))
}

#[test]
fn on_cycles_machine_and_axioms_agree() {
    run(4000, cycles, same, 4000);
}

#[test]
fn on_small_programs_machine_and_axioms_agree() {
    run(8000, |seed| small(seed, false), same, 400);
}

/// Programs in which the machine has less as often as not: nobody is told that these are all outcomes.
#[test]
fn on_joins_machine_and_axioms_agree_or_it_is_said() {
    let known = run(600, joins, same, 20);
    assert!(
        known >= 10,
        "only {known} differ: the programs are not of the kind"
    );
}

#[test]
fn on_joins_the_machine_lies_inside_lkmm() {
    run(300, joins, inside_lkmm, u64::MAX);
}

#[test]
fn on_cycles_the_search_keeps_every_state() {
    run(2000, cycles, unreduced_too, u64::MAX);
}

#[test]
fn on_cycles_the_machine_lies_inside_lkmm() {
    let dialect = agree::Dialect {
        atomics: true,
        locks: true,
        rcu: true,
        plain: true,
    };
    run(3000, |seed| cycle(seed, dialect), inside_lkmm, u64::MAX);
}

#[test]
fn on_small_programs_the_machine_lies_inside_lkmm() {
    run(3000, |seed| small(seed, true), inside_lkmm, u64::MAX);
}

fn relays(seed: u64) -> Program {
    let dialect = agree::Dialect {
        atomics: true,
        locks: true,
        rcu: true,
        ..agree::Dialect::default()
    };
    relay(seed, dialect)
}

/// The hardware models' axioms know nothing of RCU.
fn relays_without_rcu(seed: u64) -> Program {
    let dialect = agree::Dialect {
        atomics: true,
        locks: true,
        ..agree::Dialect::default()
    };
    relay(seed, dialect)
}

#[test]
fn on_relays_the_machine_lies_inside_lkmm() {
    run(3000, relays, inside_lkmm, u64::MAX);
}

#[test]
fn on_relays_machine_and_axioms_agree() {
    run(2000, relays_without_rcu, same, 400);
}

#[test]
fn on_relays_the_search_keeps_every_state() {
    run(1000, relays, unreduced_too, u64::MAX);
}

/// Programs of the whole dialect, the careless ones that are refused left out.
fn wholes(seed: u64) -> Program {
    let programs = (0..).map(|at| whole(seed * 16 + at, Tongue::Own, &[]));
    let parses = |program: &Program| litmus::parse(&program.text()).test.is_some();
    programs.take(16).find(parses).expect("one of many parses")
}

#[test]
fn on_the_whole_dialect_the_machine_lies_inside_lkmm() {
    run(2000, wholes, inside_lkmm, u64::MAX);
}
