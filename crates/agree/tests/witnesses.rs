//! Each step of a witness is one that a run offers, and the steps lead to its outcome: on the
//! scenarios in their settings, and on random programs of each kind, relays and cycles with RCU
//! among them.

use std::sync::Arc;

use agree::{Random, Tongue, cycle, relay, whole};
use explore::{Found, Search, WitnessSearch};
use litmus::{Setting, Test};
use machine::pack::Packer;
use machine::touch::Touches;
use machine::{CpuModel, Program, Run, SrcuFlavour, State, StepKind, compile};
use machine::{Outcome, outcome};

/// The programs that the search is tested with.
#[allow(dead_code, reason = "the search has more tests")]
#[path = "../../explore/tests/common/mod.rs"]
mod small;

const ALL: agree::Dialect = agree::Dialect {
    atomics: true,
    locks: true,
    rcu: true,
    plain: true,
};

/// A random program, of one kind after another.
fn program(seed: u64) -> String {
    let dialect = small::Dialect {
        atomics: seed & 8 != 0,
        branches: seed & 16 != 0,
        pointers: seed & 32 != 0,
        rcu: seed & 64 != 0,
    };
    match seed % 5 {
        0 => small::program(seed, dialect),
        1 => small::twins(seed, dialect),
        2 => relay(seed, ALL).text(),
        3 => cycle(seed, ALL).text(),
        _ => whole(seed, Tongue::Own, &[]).text(),
    }
}

/// The random programs that parse and compile, on a model.
fn programs(seeds: u64, model: &'static CpuModel) -> impl Iterator<Item = (String, Arc<Program>)> {
    (0..seeds).filter_map(move |seed| {
        let source = program(seed);
        let test = litmus::parse(&source).test?;
        let flavour = [SrcuFlavour::Fast, SrcuFlavour::Tree][(seed / 5) as usize % 2];
        Some((source, Arc::new(compile(&test, model, flavour).ok()?)))
    })
}

/// The scenarios in each setting with one toggle off, and in some others.
fn scenarios(model: &'static CpuModel) -> impl Iterator<Item = (String, Arc<Program>)> {
    let settings = |test: &Test| -> Vec<Setting> {
        let on = Setting::all_on(test);
        let one_off = |setting: &Setting| {
            let toggles = 0..test.toggles.len() as u16;
            let off = toggles.filter(|t| {
                let id = litmus::ToggleId(*t);
                setting.get(id) != on.get(id)
            });
            off.count() <= 1
        };
        let all = Setting::all(test).enumerate();
        let some = all.filter(|(at, setting)| at % 31 == 0 || one_off(setting));
        some.map(|(_, setting)| setting).collect()
    };
    lessons::all().iter().flat_map(move |lesson| {
        let test = lesson.test();
        let settings = settings(&test);
        settings.into_iter().filter_map(move |setting| {
            let of = test.with(&setting);
            let p = compile(&of, model, SrcuFlavour::Tree).ok()?;
            let name = format!("{}, off: {}", lesson.id, setting.to_off(&test));
            Some((name, Arc::new(p)))
        })
    })
}

/// The shortest schedule to each outcome that is found in so many states, step by step. Gives
/// how many there were.
fn replay(what: &str, p: &Arc<Program>, limit: usize) -> usize {
    let mut search = Search::new(Arc::clone(p), limit);
    search.finish();
    let mut replayed = 0;
    let outcomes: Vec<Outcome> = search.outcomes().cloned().collect();
    for wanted in outcomes {
        let mut search = WitnessSearch::new(Arc::clone(p), limit);
        let found = search.run(limit, &|outcome| *outcome == wanted);
        let Found::Witness(witness) = found else {
            assert_ne!(found, Found::None, "{} of\n{what}", p.model.id);
            continue;
        };
        replayed += 1;
        let mut run = Run::new(Arc::clone(p));
        for (at, step) in witness.steps.iter().enumerate() {
            let model = p.model.id;
            if let Err(reason) = run.step(*step) {
                let name = p.name(*step);
                panic!("step {}, {name}: {reason:?}, {model} of\n{what}", at + 1);
            }
        }
        assert!(p.is_final(run.state()), "{} of\n{what}", p.model.id);
        assert_eq!(outcome(p, run.state()), wanted, "{what}");
    }
    replayed
}

#[test]
fn witnesses_of_random_programs_replay() {
    for model in CpuModel::ALL {
        let replayed = programs(200, model).map(|(source, p)| replay(&source, &p, 2_000));
        let replayed: usize = replayed.sum();
        assert!(replayed > 400, "only {replayed} on {}", model.id);
    }
}

#[test]
fn witnesses_of_the_scenarios_replay() {
    for model in CpuModel::ALL {
        let replayed = scenarios(model).map(|(name, p)| replay(&name, &p, 3_000));
        let replayed: usize = replayed.sum();
        assert!(replayed > 200, "only {replayed} on {}", model.id);
    }
}

/// Walks that never speculate in vain: a state that the search for a witness has packed offers
/// the steps of the run.
fn walk(what: &str, p: &Arc<Program>, seed: u64) -> usize {
    let mut packer = Packer::new(p);
    packer.keeps_offers = true;
    let touches = Touches::new(p);
    let mut random = Random::new(seed);
    let mut run = Run::new(Arc::clone(p));
    let mut packed = State::initial(p);
    let mut bytes = Vec::new();
    for steps in 0.. {
        packer.canonical(p, &touches, &mut packed, None);
        bytes.clear();
        packer.encode(p, &packed, &mut bytes);
        packer.decode(p, &bytes, &mut packed);
        let offered = p.steps(run.state());
        let names = |steps: &[machine::Step]| -> Vec<String> {
            let mut names: Vec<String> = steps.iter().map(|s| p.name(*s).to_string()).collect();
            names.sort();
            names
        };
        let (in_run, in_search) = (names(&offered), names(&p.steps(&packed)));
        let done = run.schedule();
        assert_eq!(
            in_search, in_run,
            "{} after {done:?} of\n{what}",
            p.model.id
        );
        // Predictions are rarely of use, so they are rare here.
        let predicts = |kind| {
            matches!(
                kind,
                StepKind::PredictTaken | StepKind::PredictNot | StepKind::PredictFail
            )
        };
        let predict = random.one_in(4);
        let mut open: Vec<machine::Step> = offered;
        if !predict && open.iter().any(|s| !predicts(s.kind)) {
            open.retain(|s| !predicts(s.kind));
        }
        if open.is_empty() {
            return steps;
        }
        let step = open[random.below(open.len())];
        let plan = p.plan(&packed, step).expect("offered");
        let mut quiet = machine::Quiet::default();
        p.apply(&mut packed, step, plan, &mut quiet);
        if quiet.undone {
            return steps;
        }
        run.step(step).expect("offered");
    }
    0
}

#[test]
fn packed_states_offer_the_steps_of_the_run() {
    for model in CpuModel::ALL {
        let mut steps = 0;
        for (at, (what, p)) in programs(1000, model).chain(scenarios(model)).enumerate() {
            for walks in 0..4 {
                steps += walk(&what, &p, (at * 4 + walks) as u64);
            }
        }
        assert!(steps > 25_000, "only {steps} on {}", model.id);
    }
}
