//! A search finds the same with any number of threads and in any number of slices:
//! outcomes, deadlocks, states, and the schedules to them.

mod common;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use common::{Dialect, program, twins};
use explore::{Progress, Search};
use litmus::Test;
use machine::{CpuModel, SrcuFlavour, Step, compile};
use machine::{Deadlock, Outcome};

/// Everything that a search says.
#[derive(Debug, PartialEq)]
struct Said {
    progress: Progress,
    explored: usize,
    outcomes: BTreeMap<Outcome, Vec<Step>>,
    deadlocks: BTreeMap<Deadlock, Vec<Step>>,
}

fn said(mut search: Search, jobs: usize, slice: usize) -> Said {
    search.set_jobs(jobs);
    let progress = loop {
        match search.run(slice) {
            Progress::Running => {}
            done => break done,
        }
    };
    let outcomes = search.outcomes().map(|o| (o.clone(), search.schedule(o)));
    let deadlocks = search
        .deadlocks()
        .map(|d| (*d, search.deadlock_schedule(d)));
    Said {
        progress,
        explored: search.explored(),
        outcomes: outcomes.map(|(o, s)| (o, s.expect("found"))).collect(),
        deadlocks: deadlocks.map(|(d, s)| (d, s.expect("found"))).collect(),
    }
}

/// If it is large enough for several threads: it is the same with them.
fn compare(name: &str, large: usize, begin: impl Fn() -> Search) -> bool {
    let mut probe = begin();
    probe.finish();
    if probe.explored() < large {
        return false;
    }
    let alone = said(begin(), 1, usize::MAX);
    assert_eq!(alone, said(begin(), 3, usize::MAX), "{name}");
    assert_eq!(alone, said(begin(), 2, large / 4), "{name}");
    assert_eq!(alone, said(begin(), 1, 77), "{name}");
    true
}

#[test]
fn random_programs() {
    let mut compared = [0; 2];
    for seed in 0..3000 {
        let dialect = Dialect {
            atomics: seed % 2 == 0,
            branches: seed % 3 != 0,
            pointers: seed % 5 == 0,
            rcu: seed % 7 == 0,
        };
        let source = if seed % 3 == 0 {
            twins(seed, dialect)
        } else {
            program(seed, dialect)
        };
        let test = litmus::parse(&source).test.expect("a program");
        let model = CpuModel::ALL[seed as usize % CpuModel::ALL.len()];
        let p = Arc::new(compile(&test, model, SrcuFlavour::Fast).expect("small"));
        // Some come to the limit, some do not.
        let limit = if seed % 4 == 0 { 700 } else { 20_000 };
        for (reduced, compared) in compared.iter_mut().enumerate() {
            let begin = || {
                let p = Arc::clone(&p);
                let mut search = match reduced {
                    0 => Search::unreduced(p, limit),
                    _ => Search::new(p, limit),
                };
                search.set_small(if reduced == 0 { 160 } else { 8 });
                search
            };
            *compared += usize::from(compare(&source, if reduced == 0 { 160 } else { 20 }, begin));
        }
    }
    assert!(compared.iter().all(|n| *n > 100), "only {compared:?}");
}

#[test]
#[ignore = "needs STALEBUS_ORACLE"]
fn the_largest_of_the_corpus_with_oracle() {
    let folder = std::env::var_os("STALEBUS_ORACLE").expect("STALEBUS_ORACLE is set");
    let files = std::fs::read_dir(Path::new(&folder).join("tests")).expect("the corpus");
    let mut compared = 0;
    for file in files.flatten() {
        let source = std::fs::read_to_string(file.path()).unwrap_or_default();
        let Some(test) = litmus::parse(&source).test else {
            continue;
        };
        let begin = |test: &Test, model| {
            explore::verdict::start(test, model, SrcuFlavour::Fast, 40_000).expect("it compiles")
        };
        for model in CpuModel::ALL {
            let begin = || begin(&test, model);
            compared += usize::from(compare(&test.name, 12_000, begin));
        }
    }
    assert!(compared > 3, "only {compared} were large enough");
}
