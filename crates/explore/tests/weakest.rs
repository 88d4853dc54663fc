//! The weakest barriers on random programs with random toggles: what is called sufficient is, by the whole search;
//! nothing weaker is; and every such set is found. The seeds are fixed; a failure prints the program.

mod common;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use common::{Dialect, Random, program};
use explore::{MatrixRun, Means, MinimalSet, Reachable, Search, Strength};
use litmus::{Cond, Outcome, Setting, Span, Term, Test, Value};
use machine::{CpuModel, SrcuFlavour, compile};

const PROGRAMS: u64 = 1_000;

/// Settings that a test has at most.
const SETTINGS: usize = 36;

fn dialect(seed: u64) -> Dialect {
    Dialect {
        atomics: seed.is_multiple_of(3),
        branches: seed.is_multiple_of(4),
        pointers: seed.is_multiple_of(5),
        rcu: seed.is_multiple_of(7),
    }
}

/// What a statement can be switched to; none where it stays as it is.
fn toggle(random: &mut Random, line: &str) -> Option<String> {
    let choose =
        |random: &mut Random, of: &[&str]| of[random.below(of.len() as u64) as usize].to_owned();
    let text = line.trim();
    let assigned = text.split_once(" = ").map_or("", |(to, _)| to);
    Some(match text {
        _ if text.contains("READ_ONCE(*x)") => choose(
            random,
            &[
                "off=smp_load_acquire",
                "choices=READ_ONCE,smp_load_acquire,rcu_dereference",
                &format!("choices=READ_ONCE,\"{assigned} = 1;\",\"{assigned} = READ_ONCE(*y);\""),
                &format!("off=\"{assigned} = 1;\""),
            ],
        ),
        _ if text.contains("READ_ONCE") => "off=smp_load_acquire".to_owned(),
        _ if text.starts_with("WRITE_ONCE") => choose(
            random,
            &[
                "off=smp_store_release",
                &format!("choices=WRITE_ONCE,smp_store_release,\"smp_wmb(); {text}\""),
                "",
            ],
        ),
        _ if text.starts_with("smp_store_release") => "off=WRITE_ONCE".to_owned(),
        _ if text.starts_with("smp_load_acquire") => "off=READ_ONCE".to_owned(),
        "smp_mb();" => choose(
            random,
            &[
                "",
                "choices=smp_mb,smp_rmb,none",
                "choices=smp_wmb,smp_mb,smp_rmb,none",
                "off=smp_wmb",
            ],
        ),
        "smp_rmb();" => choose(random, &["", "choices=none,smp_rmb,smp_mb", "off=smp_wmb"]),
        "smp_wmb();" => choose(random, &["", "choices=smp_wmb,none,smp_mb"]),
        "synchronize_srcu(s);" => {
            choose(random, &["", "choices=synchronize_srcu,\"smp_mb();\",none"])
        }
        _ if text.contains("= xchg(") => {
            "choices=xchg,xchg_acquire,xchg_release,xchg_relaxed".to_owned()
        }
        _ => return None,
    })
}

/// The program of a seed with some barriers more, and toggles.
fn toggled(seed: u64) -> Test {
    let mut random = Random::new(seed ^ 0x0016);
    let mut text = String::new();
    let (mut toggles, mut settings) = (0, 1);
    let mut inside = false;
    for line in program(seed, dialect(seed)).lines() {
        inside = inside && line != "}" || line == "{";
        let statement = inside && line.ends_with(';');
        let mut lines = vec![line.to_owned()];
        if statement && random.below(2) == 0 {
            lines.insert(0, "\tsmp_mb();".to_owned());
        }
        for line in lines {
            let wanted = statement && toggles < 5 && random.below(3) != 0;
            let found = wanted.then(|| toggle(&mut random, &line)).flatten();
            let Some(found) = found else {
                text.push_str(&line);
                text.push('\n');
                continue;
            };
            let size = if found.starts_with("choices") {
                found.split(',').count()
            } else {
                2
            };
            if settings * size > SETTINGS {
                text.push_str(&line);
                text.push('\n');
                continue;
            }
            settings *= size;
            text.push_str(&format!("{line} /*@ toggle t{toggles} {found} */\n"));
            toggles += 1;
        }
    }
    let parsed = litmus::parse(&text);
    parsed
        .test
        .unwrap_or_else(|| panic!("{}\n{text}", parsed.diagnostics[0]))
}

type States = BTreeSet<Vec<Value>>;

/// All final states in a setting, by the whole search.
fn states(test: &Test, setting: &Setting, model: &'static CpuModel) -> Option<States> {
    let resolved = test.with(setting);
    let p = Arc::new(compile(&resolved, model, SrcuFlavour::Fast).expect("within the limits"));
    let mut search = Search::unreduced(p, 30_000);
    let complete = search.finish() == explore::Progress::Complete;
    complete.then(|| {
        search
            .outcomes()
            .map(|outcome| outcome.values.clone())
            .collect()
    })
}

/// The values of the final states belong to these.
fn terms(test: &Test) -> Vec<Term> {
    let p = compile(test, CpuModel::ALL[0], SrcuFlavour::Fast).expect("within the limits");
    p.terms.iter().map(|(term, _)| *term).collect()
}

fn condition(terms: &[Term], values: &[Value]) -> Cond {
    let pairs = terms.iter().zip(values);
    pairs.fold(Cond::True, |all, (term, value)| {
        Cond::And(Box::new(all), Box::new(Cond::Eq(*term, *value)))
    })
}

/// By definition: what prevents it while nothing weaker does.
fn minimal(
    strength: &Strength,
    safe: &BTreeSet<Setting>,
    above: Option<&Setting>,
) -> BTreeSet<Setting> {
    let wanted = |setting: &&Setting| above.is_none_or(|above| strength.at_most(above, setting));
    let weaker =
        |setting: &Setting, other: &Setting| other != setting && strength.at_most(other, setting);
    let all: Vec<&Setting> = safe.iter().filter(wanted).collect();
    let least = all
        .iter()
        .filter(|setting| !all.iter().any(|other| weaker(setting, other)));
    least.map(|setting| (*setting).clone()).collect()
}

fn found(sets: &[MinimalSet]) -> BTreeSet<Setting> {
    assert!(sets.iter().all(|set| set.proven), "everything was searched");
    sets.iter().map(|set| set.setting.clone()).collect()
}

/// What is called stronger has no final state that the weaker has not, where it is the same access.
fn stronger_allows_no_more(test: &Test, all: &BTreeMap<Setting, States>) {
    let strength = Strength::of(test);
    for (setting, states) in all {
        for (toggle, position) in setting.0.iter().enumerate() {
            if strength.means(toggle, *position) == Means::Change {
                continue;
            }
            for weaker in strength.just_below(toggle, *position) {
                let mut lower = setting.clone();
                lower.0[toggle] = weaker;
                let more: Vec<_> = states.difference(&all[&lower]).collect();
                assert!(
                    more.is_empty(),
                    "{setting:?} allows {more:?}, {lower:?} does not, in\n{}",
                    litmus::print(test)
                );
            }
        }
    }
}

/// Where searches end early: what is found does prevent it, and what is proven is the weakest all the same.
fn proofs_hold_without_all_cells(
    test: &Test,
    column: usize,
    strength: &Strength,
    safe: &BTreeSet<Setting>,
    limit: usize,
) {
    let mut run = MatrixRun::new(test, SrcuFlavour::Fast, limit).expect("few settings");
    while run.step().expect("within the limits").is_some() {}
    let truly = minimal(strength, safe, None);
    for set in run.matrix().minimal_sets(strength, 0, column, None) {
        let source = litmus::print(test);
        assert!(
            safe.contains(&set.setting),
            "{:?} of\n{source}",
            set.setting
        );
        assert!(
            !set.proven || truly.contains(&set.setting),
            "{:?} of\n{source}",
            set.setting
        );
    }
}

#[test]
fn the_weakest_are_found_and_nothing_weaker_will_do() {
    let (mut compared, mut mattered, mut several, mut choices) = (0, 0, 0, 0);
    for seed in 0..PROGRAMS {
        let mut test = toggled(seed);
        if test.toggles.is_empty() {
            continue;
        }
        let column = seed as usize % CpuModel::ALL.len();
        let model = CpuModel::ALL[column];
        let all = Setting::all(&test)
            .map(|setting| Some((setting.clone(), states(&test, &setting, model)?)));
        let Some(all) = all.collect::<Option<BTreeMap<Setting, States>>>() else {
            continue;
        };
        stronger_allows_no_more(&test, &all);
        // A state that some setting prevents and another does not, if there is one.
        let every: States = all.values().flatten().cloned().collect();
        let prevented = |state: &&Vec<Value>| all.values().any(|states| !states.contains(*state));
        let mut candidates: Vec<&Vec<Value>> = every.iter().filter(prevented).collect();
        if candidates.is_empty() {
            candidates = every.iter().take(1).collect();
        }
        let mut random = Random::new(seed);
        let state = candidates[random.below(candidates.len() as u64) as usize].clone();
        test.outcomes = vec![Outcome {
            name: "o".to_owned(),
            bad: true,
            label: None,
            cond: condition(&terms(&test), &state),
            span: Span::default(),
        }];
        let safe: BTreeSet<Setting> = all
            .iter()
            .filter(|(_, states)| !states.contains(&state))
            .map(|(setting, _)| setting.clone())
            .collect();
        let source = litmus::print(&test);
        let mut run = MatrixRun::new(&test, SrcuFlavour::Fast, 200_000).expect("few settings");
        while run.step().expect("within the limits").is_some() {}
        let matrix = run.matrix();
        for (at, row) in matrix.rows.iter().enumerate() {
            let no = matrix.cell(at, 0, column) == Reachable::No;
            assert_eq!(
                no,
                safe.contains(&row.setting),
                "{:?} on {} of\n{source}",
                row.setting,
                model.id
            );
        }
        let strength = Strength::of(&test);
        let sets = matrix.minimal_sets(&strength, 0, column, None);
        assert_eq!(
            found(&sets),
            minimal(&strength, &safe, None),
            "{} of\n{source}",
            model.id
        );
        for setting in all.keys() {
            let sets = matrix.minimal_sets(&strength, 0, column, Some(setting));
            assert_eq!(
                found(&sets),
                minimal(&strength, &safe, Some(setting)),
                "above {setting:?} on {} of\n{source}",
                model.id
            );
        }
        proofs_hold_without_all_cells(&test, column, &strength, &safe, 3 + seed as usize % 40);
        compared += 1;
        mattered += usize::from(!safe.is_empty() && sets.iter().all(|set| !set.on.is_empty()));
        several += usize::from(sets.len() > 1);
        choices += usize::from(test.toggles.iter().any(|toggle| !toggle.is_switch()));
    }
    eprintln!(
        "{compared} programs; toggles matter in {mattered}, several sets in {several}, choices in {choices}"
    );
    assert!(
        compared > PROGRAMS as usize / 2,
        "only {compared} were small enough"
    );
    assert!(
        mattered > 60 && several > 30 && choices > 300,
        "{mattered} {several} {choices}"
    );
}
