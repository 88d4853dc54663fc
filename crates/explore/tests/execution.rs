//! Executions of random runs: a run has a cycle only where it is not sequentially consistent.

mod common;

use std::collections::BTreeSet;
use std::sync::Arc;

use common::{Dialect, Random, program};
use explore::execution::{EventKind, Relation};
use explore::{Execution, Search};
use litmus::Value;
use machine::{CpuModel, Run, SrcuFlavour, compile};

const PROGRAMS: u64 = 3_000;

const DIALECT: Dialect = Dialect {
    atomics: true,
    branches: true,
    pointers: true,
    rcu: false,
};

const PLAIN: Dialect = Dialect {
    atomics: false,
    branches: false,
    pointers: false,
    rcu: false,
};

/// Does random steps to the end.
fn walk(run: &mut Run, random: &mut Random) {
    loop {
        let steps = run.program().steps(run.state());
        if steps.is_empty() || run.done().len() > 400 {
            return;
        }
        let step = steps[random.below(steps.len() as u64) as usize];
        run.step(step).expect("it was offered");
    }
}

fn values(test: &litmus::Test, model: &'static CpuModel) -> BTreeSet<Vec<Value>> {
    let p = compile(test, model, SrcuFlavour::Fast).expect("within the limits");
    let mut search = Search::new(Arc::new(p), 200_000);
    search.finish();
    search.outcomes().map(|o| o.values.clone()).collect()
}

#[test]
fn a_cycle_is_what_sequential_consistency_has_not() {
    let (mut without, mut with) = (0, 0);
    for seed in 0..PROGRAMS {
        let dialect = if seed % 2 == 0 { DIALECT } else { PLAIN };
        let source = program(seed, dialect);
        let parsed = litmus::parse(&source);
        let test = parsed.test.expect("it is a test");
        let mut sc = None;
        for model in CpuModel::ALL {
            let p = compile(&test, model, SrcuFlavour::Fast).expect("within the limits");
            let mut run = Run::new(Arc::new(p));
            walk(&mut run, &mut Random::new(seed + 77));
            let steps = run.done().len();
            let execution = Execution::of(&run, steps);
            let cycle = execution.cycle();
            if let Some(cycle) = &cycle {
                with += 1;
                assert_ne!(model.id, "sc", "{cycle:?}\n{source}");
                let mut next = cycle.iter().cycle().skip(1);
                for edge in cycle {
                    let after = next.next().expect("it goes around");
                    assert_eq!(edge.to, after.from, "{cycle:?}\n{source}");
                }
                assert_eq!(cycle[0].relation, Relation::Po, "{source}");
                continue;
            }
            without += 1;
            if !run.program().is_final(run.state()) {
                continue;
            }
            let sc = sc.get_or_insert_with(|| values(&test, &machine::model::SC));
            let found = machine::outcome(run.program(), run.state());
            assert!(
                sc.contains(&found.values),
                "{}: {:?} has no cycle, but no schedule of SC gives it\n{source}",
                model.id,
                run.schedule()
            );
        }
    }
    assert!(with > 20, "{with} with a cycle, {without} without");
}

#[test]
fn events_are_those_of_the_state() {
    for seed in 0..PROGRAMS / 4 {
        let source = program(
            seed,
            Dialect {
                rcu: true,
                ..DIALECT
            },
        );
        let test = litmus::parse(&source).test.expect("it is a test");
        for model in CpuModel::ALL {
            let p = compile(&test, model, SrcuFlavour::Tree).expect("within the limits");
            let mut run = Run::new(Arc::new(p));
            walk(&mut run, &mut Random::new(seed));
            for steps in 0..=run.done().len() {
                let execution = Execution::of(&run, steps);
                let p = run.program();
                let state = run.state_at(steps);
                for (at, event) in execution.events.iter().enumerate() {
                    assert!(event.began <= event.took_effect, "{event:?}\n{source}");
                    assert!(event.took_effect < steps, "{event:?}\n{source}");
                    // A read has the value of the store that it is said to have read.
                    if event.kind != EventKind::Read {
                        continue;
                    }
                    let loc = event.loc.expect("a read has a location");
                    let found = match execution.source[at] {
                        Some(source) => execution.events[source].value,
                        None => Some(p.locs[loc].init),
                    };
                    assert_eq!(event.value, found, "{event:?} of {}\n{source}", model.id);
                }
                // Memory is what the last stores have left.
                for (loc, order) in execution.order.iter().enumerate() {
                    let last = order.last().and_then(|at| execution.events[*at].value);
                    let left = last.unwrap_or(p.locs[loc].init);
                    if loc != p.wild() {
                        assert_eq!(state.mem[loc], left, "{} of\n{source}", p.locs[loc].name);
                    }
                }
            }
        }
    }
}
