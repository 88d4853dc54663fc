//! The `@verdict` lines of the scenarios: each is right, and each outcome and each
//! position of a toggle that changes anything has one.

mod common;

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use common::run;
use explore::{DEFAULT_LIMIT, Reachable};
use litmus::{Setting, Test, ToggleId, VerdictClaim};
use lkmm::judge;
use machine::{CpuModel, SrcuFlavour};

/// Far more choices than any of them takes.
const LIMIT: u64 = 100_000_000;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn scenarios() -> Vec<Test> {
    let mut paths: Vec<PathBuf> = std::fs::read_dir(root().join("scenarios"))
        .expect("the scenarios")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|e| e == "litmus"))
        .collect();
    paths.sort();
    let read = |path: &PathBuf| {
        let source = std::fs::read_to_string(path).expect("a scenario");
        litmus::parse(&source).test.expect("a test")
    };
    paths.iter().map(read).collect()
}

#[test]
fn every_line_is_right() {
    let folder = root().join("scenarios").display().to_string();
    let ran = run(&["check", "--model", "all", &folder]);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    let lines = ran.out.lines().filter(|l| l.starts_with("Verdict "));
    let (agree, others): (Vec<&str>, Vec<&str>) = lines.partition(|l| l.ends_with(": agrees"));
    assert_eq!(others, [""; 0]);
    println!("{} verdicts agree", agree.len());
    assert!(agree.len() > 200, "{}", agree.len());
}

/// What can happen in the settings of a test; asked for when it is needed.
struct Truth<'t> {
    test: &'t Test,
    known: HashMap<(Setting, &'static str, Option<SrcuFlavour>), Vec<bool>>,
}

impl Truth<'_> {
    fn of(&mut self, s: &Setting, model: &'static str, flavour: Option<SrcuFlavour>) -> Vec<bool> {
        let test = self.test;
        let answer = || {
            let resolved = test.with(s);
            let name = format!("{} off={} {model}", test.name, s.to_off(test));
            let Some(cpu) = CpuModel::by_id(model) else {
                let judged = judge(&resolved, &lkmm::models::LKMM, LIMIT).expect("a judgement");
                assert!(judged.complete, "{name}");
                return judged.outcomes.iter().map(|n| *n > 0).collect();
            };
            let flavour = flavour.unwrap_or_default();
            let report = explore::check(&resolved, cpu, flavour, DEFAULT_LIMIT).expect("a report");
            assert!(report.complete, "{name}");
            let yes = |r: &Reachable| *r == Reachable::Yes;
            report.outcomes.iter().map(yes).collect()
        };
        let key = (s.clone(), model, flavour);
        self.known.entry(key).or_insert_with(answer).clone()
    }

    /// The models and flavours that the test distinguishes.
    fn columns(&self) -> Vec<(&'static str, Option<SrcuFlavour>)> {
        let sections =
            |cpu| machine::compile(self.test, cpu, SrcuFlavour::Tree).expect("a program");
        let srcu = CpuModel::ALL
            .into_iter()
            .any(|cpu| !sections(cpu).sections.is_empty());
        let both: &[_] = if srcu {
            &[Some(SrcuFlavour::Tree), Some(SrcuFlavour::Fast)]
        } else {
            &[None]
        };
        let cpus = CpuModel::ALL.into_iter().map(|cpu| cpu.id);
        cpus.flat_map(|id| both.iter().map(move |flavour| (id, *flavour)))
            .chain([("lkmm", None)])
            .collect()
    }

    /// A setting with the toggle here, where this makes a difference.
    fn difference(&mut self, toggle: ToggleId, position: u8) -> Option<String> {
        let test = self.test;
        for setting in Setting::all(test).filter(|s| s.get(toggle) == position) {
            for (model, flavour) in self.columns() {
                if self
                    .differs(&setting, toggle, model, flavour)
                    .contains(&true)
                {
                    return Some(format!("off={} on {model}", setting.to_off(test)));
                }
            }
        }
        None
    }

    /// For each outcome, whether the toggle's first position would change it.
    fn differs(
        &mut self,
        setting: &Setting,
        toggle: ToggleId,
        model: &'static str,
        flavour: Option<SrcuFlavour>,
    ) -> Vec<bool> {
        let mut first = setting.clone();
        first.set(toggle, 0);
        let here = self.of(setting, model, flavour);
        let there = self.of(&first, model, flavour);
        here.iter().zip(&there).map(|(a, b)| a != b).collect()
    }

    /// The claim shows what the toggle does.
    fn shows(&mut self, claim: &VerdictClaim, toggle: ToggleId, position: u8) -> bool {
        let setting = claim.setting(self.test);
        if setting.get(toggle) != position {
            return false;
        }
        self.columns().into_iter().any(|(model, flavour)| {
            let named = claim
                .srcu
                .as_deref()
                .is_none_or(|srcu| flavour.is_none_or(|flavour| flavour.id() == srcu));
            named
                && claim.says(model).is_some()
                && self.differs(&setting, toggle, model, flavour)[claim.outcome]
        })
    }
}

#[test]
fn every_outcome_and_toggle_has_a_line() {
    let mut missing = Vec::new();
    for test in scenarios() {
        let name = &test.name;
        for (index, outcome) in test.outcomes.iter().enumerate() {
            let claims = || test.verdicts.iter().filter(|c| c.outcome == index);
            let named = |m: &&str| claims().any(|c| c.off.is_empty() && c.says(m).is_some());
            if !VerdictClaim::MODELS.iter().all(named) {
                let what = &outcome.name;
                missing.push(format!("{name}: `{what}` on every model, all toggles on"));
            }
        }
        let mut truth = Truth {
            test: &test,
            known: HashMap::new(),
        };
        for (toggle, id) in test.toggles.iter().zip(0_u16..) {
            for position in 1..u8::try_from(toggle.positions.len()).expect("few positions") {
                let id = ToggleId(id);
                let shown = test.verdicts.iter().any(|c| truth.shows(c, id, position));
                let place = (!shown).then(|| truth.difference(id, position)).flatten();
                if let Some(place) = place {
                    let toggle = &toggle.name;
                    missing.push(format!("{name}: `{toggle}` at {position}, {place}"));
                }
            }
        }
    }
    assert!(
        missing.is_empty(),
        "no @verdict for\n{}",
        missing.join("\n")
    );
}
