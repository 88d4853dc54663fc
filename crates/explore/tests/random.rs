//! Properties of the machine and of the search, on thousands of random programs.
//! The seeds are fixed; a failure prints the program.

mod common;

use std::collections::BTreeSet;
use std::sync::Arc;

use common::{Dialect, Random, program, twins};
use explore::{Progress, Search};
use litmus::Test;
use machine::{CpuModel, Program, Run, SrcuFlavour, compile};
use machine::{Deadlock, Outcome};

const PROGRAMS: u64 = 12_000;

const ALL: Dialect = Dialect {
    atomics: true,
    branches: true,
    pointers: true,
    rcu: true,
};
const PLAIN: Dialect = Dialect {
    atomics: false,
    branches: false,
    pointers: false,
    rcu: false,
};

fn dialect(seed: u64) -> Dialect {
    match seed % 8 {
        0 => PLAIN,
        1 => Dialect {
            atomics: true,
            ..PLAIN
        },
        2 => Dialect {
            branches: true,
            ..PLAIN
        },
        3 => Dialect {
            pointers: true,
            ..PLAIN
        },
        4 => Dialect { rcu: true, ..PLAIN },
        5 => Dialect {
            branches: true,
            rcu: true,
            ..PLAIN
        },
        6 => Dialect {
            branches: true,
            atomics: true,
            ..PLAIN
        },
        _ => ALL,
    }
}

fn parse(source: &str) -> Test {
    let parsed = litmus::parse(source);
    let Some(test) = parsed.test else {
        panic!("{}\n{source}", parsed.diagnostics[0]);
    };
    test
}

fn compiled(test: &Test, model: &'static CpuModel, flavour: SrcuFlavour) -> Arc<Program> {
    Arc::new(compile(test, model, flavour).expect("within the limits"))
}

fn outcomes(mut search: Search) -> Option<(BTreeSet<Outcome>, usize)> {
    (search.finish() == Progress::Complete)
        .then(|| (search.outcomes().cloned().collect(), search.explored()))
}

/// The values alone: which of two models uses memory badly is not compared.
fn values(outcomes: &BTreeSet<Outcome>) -> BTreeSet<Vec<litmus::Value>> {
    outcomes.iter().map(|o| o.values.clone()).collect()
}

#[test]
fn reduction_keeps_every_outcome() {
    let mut compared = 0;
    for seed in 0..PROGRAMS {
        let source = program(seed, dialect(seed));
        let test = parse(&source);
        for model in CpuModel::ALL {
            let flavour = if seed % 2 == 0 {
                SrcuFlavour::Fast
            } else {
                SrcuFlavour::Tree
            };
            let p = compiled(&test, model, flavour);
            let Some((all, states)) = outcomes(Search::unreduced(Arc::clone(&p), 200_000)) else {
                continue;
            };
            let (reduced, fewer) = outcomes(Search::new(p, 200_000)).expect("fewer states");
            compared += 1;
            assert_eq!(reduced, all, "{} of\n{source}", model.id);
            assert!(
                fewer <= states,
                "{fewer} > {states} states, {} of\n{source}",
                model.id
            );
        }
    }
    assert!(compared > PROGRAMS * 3, "only {compared} were small enough");
}

/// The outcomes that pass the filter, the deadlocks, and how many states there were.
type Found = (BTreeSet<Outcome>, BTreeSet<Deadlock>, usize);

fn found(test: &Test, mut search: Search) -> Option<Found> {
    if search.finish() != Progress::Complete {
        return None;
    }
    let p = search.program();
    let outcomes = search.outcomes().filter(|o| o.passes(p, test)).cloned();
    let deadlocks = search.deadlocks().copied().collect();
    Some((outcomes.collect(), deadlocks, search.explored()))
}

#[test]
fn threads_that_are_alike_keep_every_outcome() {
    let (mut compared, mut many) = (0u64, 0u64);
    for seed in 0..PROGRAMS {
        let source = twins(seed, dialect(seed));
        let test = parse(&source);
        let model = CpuModel::ALL[(seed / 8) as usize % CpuModel::ALL.len()];
        let p = compiled(&test, model, SrcuFlavour::Fast);
        let Some((all, _, states)) = found(&test, Search::unreduced(Arc::clone(&p), 50_000)) else {
            continue;
        };
        let mut search = Search::new(Arc::clone(&p), 50_000);
        if let Some(filter) = &test.filter {
            search.set_filter(filter);
        }
        many += u64::from(search.alike() > 1);
        let (reduced, _, fewer) = found(&test, search).expect("fewer states");
        compared += 1;
        assert_eq!(reduced, all, "{} of\n{source}", model.id);
        assert!(fewer <= states, "{} of\n{source}", model.id);
    }
    assert!(
        compared > PROGRAMS * 3 / 4,
        "only {compared} were small enough"
    );
    assert!(
        many > compared / 4,
        "only {many} had threads that are alike"
    );
}

#[test]
fn stronger_models_have_fewer_outcomes() {
    for seed in 0..PROGRAMS {
        let source = program(seed, dialect(seed));
        let test = parse(&source);
        let of = |model| {
            let p = compiled(&test, model, SrcuFlavour::Fast);
            outcomes(Search::new(p, 1_000_000)).map(|(set, _)| values(&set))
        };
        let [Some(sc), Some(tso), Some(pso), Some(arm), Some(power)] = CpuModel::ALL.map(of) else {
            continue;
        };
        assert!(sc.is_subset(&tso), "SC, TSO of\n{source}");
        assert!(tso.is_subset(&pso), "TSO, PSO of\n{source}");
        assert!(sc.is_subset(&arm), "SC, Arm of\n{source}");
        assert!(arm.is_subset(&power), "Arm, POWER of\n{source}");
        assert!(pso.is_subset(&power), "PSO, POWER of\n{source}");
    }
}

#[test]
fn undo_takes_a_step_back_and_names_replay() {
    for seed in 0..PROGRAMS {
        let source = program(seed, dialect(seed));
        let test = parse(&source);
        let mut random = Random::new(seed ^ 0x5eed);
        for model in CpuModel::ALL {
            let p = compiled(&test, model, SrcuFlavour::Fast);
            let mut run = Run::new(Arc::clone(&p));
            for _ in 0..200 {
                let steps = p.steps(run.state());
                if steps.is_empty() {
                    break;
                }
                let step = steps[random.below(steps.len() as u64) as usize];
                assert_eq!(p.find(p.name(step)), Some(step), "{}", p.name(step));
                let before = run.state().clone();
                run.step(step).expect("offered");
                let after = run.state().clone();
                assert!(run.undo());
                assert_eq!(*run.state(), before, "undo in\n{source}");
                run.step(step).expect("offered again");
                assert_eq!(*run.state(), after, "the same step in\n{source}");
            }
            let names: Vec<_> = run.schedule();
            let text: Vec<String> = names.iter().map(ToString::to_string).collect();
            let read: Vec<_> = text
                .iter()
                .map(|t| t.parse().expect("a step name"))
                .collect();
            assert_eq!(names, read);
            let replay = Run::replay(&p, &read);
            assert_eq!(replay.impossible(), None, "{source}");
            assert_eq!(replay.run.state(), run.state(), "replay in\n{source}");
        }
    }
}

#[test]
fn schedules_lead_where_they_say() {
    let some = (0..PROGRAMS / 3).map(|seed| (seed, program(seed, dialect(seed))));
    let alike = (0..PROGRAMS / 3).map(|seed| (seed, twins(seed, dialect(seed))));
    for (seed, source) in some.chain(alike) {
        let test = parse(&source);
        for model in CpuModel::ALL {
            let p = compiled(&test, model, SrcuFlavour::Fast);
            let mut search = Search::new(Arc::clone(&p), 20_000);
            if let (Some(filter), 0) = (&test.filter, seed % 2) {
                search.set_filter(filter);
            }
            search.finish();
            for outcome in search.outcomes() {
                let mut run = Run::new(Arc::clone(&p));
                for step in search.schedule(outcome).expect("found") {
                    let step = run.step(step);
                    assert!(step.is_ok(), "{step:?} {} in\n{source}", model.id);
                }
                assert!(p.is_final(run.state()), "{} of\n{source}", model.id);
                assert_eq!(machine::outcome(&p, run.state()), *outcome, "{source}");
            }
        }
    }
}
