//! The course as a whole: every text is there and short, every exercise can be
//! solved, every scenario opens as its story says.

mod common;

use explore::{DEFAULT_LIMIT, Strength, witness};
use lessons::Lesson;
use litmus::{Exercise, Setting, Stmt, StmtKind, Task, Test};
use machine::{CpuModel, SrcuFlavour, compile};
use std::sync::Arc;

/// The model that a scenario opens on.
fn model(test: &Test) -> &'static CpuModel {
    let id = test
        .meta
        .default
        .cpu
        .as_deref()
        .expect("a scenario names its CPU model");
    CpuModel::by_id(id).expect("the parser knows the models")
}

/// The flavour of SRCU that a scenario opens on; today's when it does not matter.
fn flavour(test: &Test) -> SrcuFlavour {
    match test.meta.default.srcu.as_deref() {
        Some("fast") => SrcuFlavour::Fast,
        _ => SrcuFlavour::Tree,
    }
}

fn reached(test: &Test, setting: &Setting, outcome: usize) -> bool {
    common::reachable(&test.with(setting), model(test), outcome, flavour(test))
}

fn each(look: impl Fn(&Lesson, &Test)) {
    for lesson in lessons::all() {
        look(lesson, &lesson.test());
    }
}

fn each_exercise(look: impl Fn(&str, &Test, &Exercise)) {
    each(|lesson, test| {
        for (number, exercise) in test.meta.exercises.iter().enumerate() {
            look(&format!("{} exercise {number}", lesson.id), test, exercise);
        }
    });
}

#[test]
fn no_scenario_has_a_warning() {
    each(|lesson, test| {
        let parsed = litmus::parse(lesson.source);
        assert_eq!(parsed.diagnostics, [], "{}", lesson.id);
        assert_eq!(test.name, lesson.id);
        assert_eq!(lessons::by_id(lesson.id).map(|l| l.id), Some(lesson.id));
    });
}

#[test]
fn a_scenario_printed_is_the_same() {
    each(|lesson, test| {
        let again = litmus::parse(&litmus::print(test));
        assert_eq!(again.diagnostics, [], "{}", lesson.id);
        let again = again.test.expect("a test without diagnostics");
        assert_eq!(again.meta, test.meta, "{}", lesson.id);
        for setting in Setting::all(test) {
            for outcome in 0..test.outcomes.len() {
                assert_eq!(
                    reached(&again, &setting, outcome),
                    reached(test, &setting, outcome),
                    "{} off={}",
                    lesson.id,
                    setting.to_off(test)
                );
            }
        }
    });
}

#[test]
fn texts_are_there_and_short() {
    let short = |what: &str, text: Option<&str>, most: usize| {
        let text = text.unwrap_or_default();
        let length = text.chars().count();
        assert!(
            length > 0 && length <= most,
            "{what}: {length} of {most} characters: {text}"
        );
    };
    each(|lesson, test| {
        let id = lesson.id;
        short(&format!("{id} title"), test.meta.title.as_deref(), 40);
        short(&format!("{id} summary"), test.meta.summary.as_deref(), 160);
        short(&format!("{id} story"), test.meta.story.as_deref(), 1000);
        short(&format!("{id} omits"), test.meta.omits.as_deref(), 240);
        short(&format!("{id} chapter"), Some(lesson.chapter), 40);
        for thread in &test.threads {
            short(
                &format!("{id} {}", thread.name),
                thread.label.as_deref(),
                24,
            );
        }
        for toggle in &test.toggles {
            short(
                &format!("{id} {}", toggle.name),
                toggle.label.as_deref(),
                60,
            );
        }
        for outcome in &test.outcomes {
            short(
                &format!("{id} {}", outcome.name),
                outcome.label.as_deref(),
                60,
            );
        }
        for object in &test.objects {
            short(&format!("{id} object"), object.label.as_deref(), 24);
        }
        assert!(
            test.outcomes.iter().any(|o| o.bad),
            "{id} has no bad outcome"
        );
        assert!(!test.meta.exercises.is_empty(), "{id} has no exercise");
        assert_eq!(lesson.title, test.meta.title.clone().unwrap_or_default());
    });
    each_exercise(|name, _, exercise| {
        assert!(!exercise.hints.is_empty(), "{name} has no hint");
        for hint in &exercise.hints {
            short(&format!("{name} hint"), Some(hint), 200);
        }
        short(
            &format!("{name} explanation"),
            exercise.explain.as_deref(),
            400,
        );
    });
}

#[test]
fn places_are_kernel_functions() {
    fn look(id: &str, body: &[Stmt]) {
        for stmt in body {
            if let Some(place) = &stmt.place {
                let file = place.file.as_deref().unwrap_or_default();
                let folder = file.split_once('/').map(|(folder, _)| folder);
                let known = ["arch", "include", "kernel", "mm", "virt"];
                assert!(
                    folder.is_some_and(|folder| known.contains(&folder))
                        && (file.ends_with(".c") || file.ends_with(".h")),
                    "{id}: {} {file}",
                    place.function
                );
            }
            match &stmt.kind {
                StmtKind::If { then, els, .. } => {
                    look(id, then);
                    look(id, els);
                }
                StmtKind::Block(body) => look(id, body),
                _ => {}
            }
        }
    }
    each(|lesson, test| {
        for thread in &test.threads {
            look(lesson.id, &thread.body);
        }
    });
}

#[test]
fn every_exercise_can_be_solved() {
    each_exercise(|name, test, exercise| {
        let opening = Setting::default_of(test);
        match exercise.task {
            Task::Reach(outcome) => {
                assert!(
                    reached(test, &opening, outcome),
                    "{name}: the opening does not reach it"
                );
                // The answer is a schedule: there is one to show.
                let program = compile(&test.with(&opening), model(test), flavour(test));
                let program = Arc::new(program.expect("it runs on the machine"));
                let p = Arc::clone(&program);
                let cond = test.outcomes[outcome].cond.clone();
                let found = witness(&program, DEFAULT_LIMIT, &|o| {
                    o.passes(&p, test) && o.satisfies(&p, &cond)
                });
                let found = found.unwrap_or_else(|| panic!("{name}: no schedule"));
                assert!(
                    found.shortest,
                    "{name}: the shortest schedule is too far away"
                );
                println!("{name}: reach in {} steps", found.steps.len());
            }
            Task::Forbid { outcome, max } => {
                assert!(
                    reached(test, &opening, outcome),
                    "{name}: there is nothing to forbid"
                );
                let most = max.map_or(usize::MAX, usize::from);
                let strength = Strength::of(test);
                let few = |s: &Setting| strength.barriers_on(s) <= most;
                let answers: Vec<String> = Setting::all(test)
                    .filter(|s| few(s) && !reached(test, s, outcome))
                    .map(|s| s.to_off(test))
                    .collect();
                assert!(
                    !answers.is_empty(),
                    "{name}: no set of {most} barriers does it"
                );
                // Not every set that is small enough does.
                let all = Setting::all(test).filter(few).count();
                assert!(answers.len() < all, "{name}: anything does");
                println!(
                    "{name}: {} of {all} settings with max={most} forbid it",
                    answers.len()
                );
            }
            // `reached` asserts that the search was complete: the answer is certain.
            Task::Predict(outcome) => {
                println!("{name}: {}", reached(test, &opening, outcome));
            }
        }
    });
}

#[test]
fn every_barrier_on_is_safe() {
    each(|lesson, test| {
        for (index, outcome) in test.outcomes.iter().enumerate().filter(|(_, o)| o.bad) {
            for (name, flavour) in common::FLAVOURS {
                let verdicts = common::verdicts(test, &Setting::all_on(test), index, flavour);
                assert_eq!(
                    verdicts, [false; 5],
                    "{} {} {name}",
                    lesson.id, outcome.name
                );
            }
        }
    });
}

/// In the opening setting something bad can happen, and something else too: the
/// reader can tell the two apart.
#[test]
fn the_opening_is_a_race() {
    each(|lesson, test| {
        let opening = test.with(&Setting::default_of(test));
        let report = explore::check(&opening, model(test), flavour(test), DEFAULT_LIMIT);
        let report = report.expect("it runs on the machine");
        assert!(report.complete, "{}", lesson.id);
        assert!(report.deadlocks.is_empty(), "{}", lesson.id);
        assert_eq!(report.verdict, explore::Verdict::Sometimes, "{}", lesson.id);
        let good = test
            .outcomes
            .iter()
            .zip(&report.outcomes)
            .filter(|(o, _)| !o.bad);
        for (outcome, reachable) in good {
            assert_eq!(
                *reachable,
                explore::Reachable::Yes,
                "{} {}",
                lesson.id,
                outcome.name
            );
        }
    });
}

/// The machine's own eyes (KASAN) and the outcome that a scenario names agree.
#[test]
fn outcomes_say_what_the_machine_sees() {
    each(|lesson, test| {
        let Some(uaf) = test.outcomes.iter().position(|o| o.name == "uaf") else {
            return;
        };
        if test.objects.is_empty() {
            return;
        }
        for setting in Setting::all(test) {
            for model in CpuModel::ALL {
                let resolved = test.with(&setting);
                let report = explore::check(&resolved, model, flavour(test), DEFAULT_LIMIT);
                let report = report.expect("it runs on the machine");
                assert_eq!(
                    report.use_after_free,
                    report.outcomes[uaf] == explore::Reachable::Yes,
                    "{} {} off={}",
                    lesson.id,
                    model.id,
                    setting.to_off(test)
                );
            }
        }
    });
}

/// Its bus is an array. herd has none: the export refuses, or says what it has lost.
const SEVERAL_FIELDS: &str = "register";

#[test]
fn every_setting_is_exported_for_herd() {
    each(|lesson, test| {
        for setting in Setting::all(test) {
            for outcome in 0..test.outcomes.len() {
                let off = setting.to_off(test);
                let export = litmus::export_herd_outcome(test, &setting, outcome);
                if lesson.id == SEVERAL_FIELDS {
                    let said = match export {
                        Ok(export) => export.notes.join("\n"),
                        Err(error) => error.to_string(),
                    };
                    let open = said.ends_with("herd has no objects of several fields")
                        || said.contains("weaker: P1 reaches `v1->count`");
                    assert!(open, "{} off={off}: {said}", lesson.id);
                    continue;
                }
                let export =
                    export.unwrap_or_else(|error| panic!("{} off={off}: {error}", lesson.id));
                let parsed = litmus::parse(&export.text);
                assert_eq!(parsed.diagnostics, [], "{} off={off}", lesson.id);
                for name in [
                    "call_srcu",
                    "kfree",
                    "after_srcu_read_lock",
                    "srcu_dereference",
                    "@",
                ] {
                    assert!(
                        !export.text.contains(name),
                        "{} off={off}: {name}",
                        lesson.id
                    );
                }
                for note in &export.notes {
                    assert!(
                        !note.starts_with("weaker"),
                        "{} off={off}: {note}",
                        lesson.id
                    );
                }
            }
        }
        if lesson.id != SEVERAL_FIELDS {
            litmus::export_herd(test, &Setting::default_of(test)).expect("the opening is exported");
        }
    });
}
