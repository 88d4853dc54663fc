//! Whatever parses, runs: the machine and the search do not panic on programs that
//! were made by damaging others, and the search keeps to its limits.

mod common;

use std::collections::{BTreeSet, HashSet};
use std::sync::Arc;

use common::{Dialect, Random, program, twins};
use explore::{Progress, Search, estimate};
use litmus::Setting;
use machine::Outcome;
use machine::deadlock;
use machine::outcome;
use machine::{CpuModel, Program, Quiet, Run, SrcuFlavour, State, compile};

const PIECES: &[&str] = &[
    "\tsrcu_read_unlock(s, r0);\n",
    "\tint c9 = srcu_read_lock(s);\n",
    "\tsynchronize_srcu(s);\n",
    "\tsynchronize_rcu();\n",
    "\trcu_read_lock();\n",
    "\trcu_read_unlock();\n",
    "\tspin_lock(l);\n",
    "\tspin_unlock(l);\n",
    "\tint t9 = spin_trylock(l);\n",
    "\tcall_srcu(s, x);\n",
    "\tcall_srcu(s, r0);\n",
    "\tsrcu_barrier(s);\n",
    "\tkfree(x);\n",
    "\tkfree(r0);\n",
    "\tint q9 = READ_ONCE(*r0);\n",
    "\tWRITE_ONCE(*r0, r1);\n",
    "\tint e9 = READ_ONCE(*(r0 + r1));\n",
    "\tatomic_add_unless(x, r0, 1);\n",
    "\tr0 = r0 * r0 + r0;\n",
    "\tr1 = r0 ^ r0;\n",
    "\tsmp_store_mb(*x, r0);\n",
    "\tif (READ_ONCE(*x) && !r0) { WRITE_ONCE(*y, READ_ONCE(*x)); } else { smp_mb(); }\n",
];

/// Puts lines in, doubles them, takes them out.
fn damage(source: &str, random: &mut Random) -> String {
    let mut lines: Vec<String> = source.split_inclusive('\n').map(str::to_owned).collect();
    for _ in 0..1 + random.below(5) {
        let bodies: Vec<usize> = (0..lines.len())
            .filter(|i| lines[*i].starts_with('\t'))
            .collect();
        if bodies.is_empty() {
            break;
        }
        let at = bodies[random.below(bodies.len() as u64) as usize];
        match random.below(5) {
            0 => {
                lines.remove(at);
            }
            1 => lines.insert(at, lines[at].clone()),
            _ => lines.insert(
                at,
                PIECES[random.below(PIECES.len() as u64) as usize].to_owned(),
            ),
        }
    }
    lines.concat()
}

/// The same with objects: what can be freed, used after that, and left uninitialised.
fn with_objects(source: &str) -> String {
    let directives = "\n(*\n * @object x fields=x\n * @object y fields=y\n *)\n";
    source.replacen(
        "{ int x; int y;",
        &format!("{directives}{{ int x=0; int y;"),
        1,
    )
}

/// Every final state of the machine by the plainest of walks: no reduction, no
/// canonical form, whole states in a set. `None` when there are too many.
fn raw(p: &Program) -> Option<(BTreeSet<Outcome>, bool)> {
    let mut seen = HashSet::new();
    let mut open = vec![State::initial(p)];
    let (mut outcomes, mut stuck) = (BTreeSet::new(), false);
    while let Some(state) = open.pop() {
        if !seen.insert(state.clone()) {
            continue;
        }
        if seen.len() > 20_000 {
            return None;
        }
        let mut offers = Vec::new();
        p.offers(&state, |step, plan| offers.push((step, plan)));
        if offers.is_empty() {
            if p.is_final(&state) {
                outcomes.insert(outcome(p, &state));
            } else {
                stuck |= deadlock(p, &state).is_some();
            }
        }
        for (step, plan) in offers {
            let mut next = state.clone();
            p.apply(&mut next, step, plan, &mut Quiet::default());
            open.push(next);
        }
    }
    Some((outcomes, stuck))
}

#[test]
fn reduction_keeps_every_outcome_of_damaged_programs() {
    let mut compared = 0;
    for seed in 0..2500 {
        let mut random = Random::new(seed ^ 0xdead);
        let dialect = Dialect {
            atomics: seed % 2 == 0,
            branches: seed % 3 == 0,
            pointers: seed % 4 != 0,
            rcu: seed % 5 != 0,
        };
        let source = if seed % 5 == 1 {
            twins(seed, dialect)
        } else {
            damage(&program(seed ^ 0xdead, dialect), &mut random)
        };
        let source = if seed % 2 == 0 {
            with_objects(&source)
        } else {
            source
        };
        let Some(test) = litmus::parse(&source).test else {
            continue;
        };
        for model in CpuModel::ALL {
            let Ok(p) = compile(&test, model, SrcuFlavour::Fast) else {
                continue;
            };
            let p = Arc::new(p);
            let Some((all, stuck)) = raw(&p) else {
                continue;
            };
            let mut reduced = Search::new(p, 60_000);
            assert_eq!(reduced.finish(), Progress::Complete, "{source}");
            let found: BTreeSet<Outcome> = reduced.outcomes().cloned().collect();
            assert_eq!(found, all, "{} of\n{source}", model.id);
            let found = reduced.deadlocks().next().is_some();
            assert_eq!(found, stuck, "deadlock, {} of\n{source}", model.id);
            compared += 1;
        }
    }
    assert!(compared > 1500, "only {compared} compared");
}

#[test]
fn damaged_programs_run() {
    let all = Dialect {
        atomics: true,
        branches: true,
        pointers: true,
        rcu: true,
    };
    let mut ran = 0;
    for seed in 0..3000 {
        let mut random = Random::new(seed);
        let source = damage(&program(seed, all), &mut random);
        let Some(test) = litmus::parse(&source).test else {
            continue;
        };
        let test = test.with(&Setting::all_on(&test));
        for model in CpuModel::ALL {
            let flavour = if seed % 2 == 0 {
                SrcuFlavour::Fast
            } else {
                SrcuFlavour::Tree
            };
            let Ok(p) = compile(&test, model, flavour) else {
                continue;
            };
            let p = Arc::new(p);
            let mut run = Run::new(Arc::clone(&p));
            for _ in 0..300 {
                let steps = p.steps(run.state());
                if steps.is_empty() {
                    break;
                }
                let step = steps[random.below(steps.len() as u64) as usize];
                run.step(step).expect("offered");
            }
            let mut search = Search::new(Arc::clone(&p), 3_000);
            search.finish();
            // A slice may end a little over the limit, never much.
            assert!(search.explored() < 3_200, "{source}");
            assert!(estimate(&p, 4, seed).schedules >= 1.0);
            ran += 1;
        }
    }
    assert!(ran > 2000, "only {ran} parsed");
}
