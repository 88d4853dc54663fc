//! At the end of a bad run what its outcome rests on is marked, whatever schedule has led there.

mod common;

use common::{scenario, scenarios, steps};
use machine::CpuModel;
use picture::{hardware_svg, timeline_svg, transcript};
use session::Session;

/// The labels of the marked steps.
fn marked(lab: &Session) -> Vec<String> {
    let view = lab.view();
    let marked = view.steps.iter().filter(|step| step.outcome.is_some());
    marked.map(|step| step.label.clone()).collect()
}

/// Both loads are marked, whether a load was early or a store was.
#[test]
fn two_schedules_of_one_outcome() {
    let early_load = "1:1r 0:0b 0:1b 0:0d 0:1d 1:0r";
    let early_store = "0:0b 0:1b 0:1d 1:0r 1:1r 0:0d";
    for names in [early_load, early_store] {
        let mut lab = scenario("message-passing");
        let names: Vec<&str> = names.split(' ').collect();
        steps(&mut lab, &names[..5].join(" "));
        assert!(marked(&lab).is_empty(), "not before the end");
        steps(&mut lab, names[5]);
        let mut marked = marked(&lab);
        marked.sort();
        assert_eq!(marked, ["dist: 0", "ready: 1"]);
        let told = transcript(&lab.view());
        assert!(
            told.contains("The outcome rests on it: vCPU 1's dist_seen = 0."),
            "{told}"
        );
    }
}

#[test]
fn a_good_end_has_no_marks() {
    let mut lab = scenario("message-passing");
    steps(&mut lab, "0:0b 0:1b 0:0d 0:1d 1:0r 1:1r");
    assert!(lab.view().finished.is_some());
    assert!(marked(&lab).is_empty());
}

/// The use after free at the end of the lesson about the two scans.
#[test]
fn the_use_after_free_of_tree_scans() {
    let mut lab = scenario("tree-scans");
    let outcome = lab
        .test()
        .outcomes
        .iter()
        .position(|o| o.bad)
        .expect("it has one");
    play(&mut lab, outcome);
    let marked = marked(&lab);
    assert_eq!(marked, ["published: 0", "v1_freed: 1"]);
}

/// Plays the shortest schedule to an outcome.
fn play(lab: &mut Session, outcome: usize) -> bool {
    let test = lab.test().clone();
    let p = std::sync::Arc::clone(lab.program());
    let cond = test.outcomes[outcome].cond.clone();
    let found = explore::witness(lab.program(), explore::DEFAULT_LIMIT, &|o| {
        o.passes(&p, &test) && o.satisfies(&p, &cond)
    });
    let Some(found) = found else {
        return false;
    };
    lab.play_schedule(&found.steps).expect("a schedule");
    true
}

/// Wherever a scenario opens with a bad outcome in reach: the end marks something, in the timeline, and memory where the
/// condition names it.
#[test]
fn every_bad_end_is_marked() {
    for name in scenarios() {
        for model in CpuModel::ALL
            .into_iter()
            .filter(|m| m.propagation.is_none())
        {
            let mut lab = scenario(&name);
            lab.set_model(model).expect("it compiles");
            for outcome in 0..lab.test().outcomes.len() {
                let bad = lab.test().outcomes[outcome].bad;
                let mut lab = lab.clone();
                if !play(&mut lab, outcome) {
                    continue;
                }
                let view = lab.view();
                let rests = view.steps.iter().filter(|s| s.outcome.is_some()).count();
                let happened = view.finished.iter().flat_map(|end| &end.outcomes);
                let happened = happened.filter(|o| o.bad && o.holds).count();
                assert_eq!(rests > 0, happened > 0, "{name} {}", model.id);
                assert!(!bad || happened > 0, "{name} {}", model.id);
                let svg = timeline_svg(&view, picture::TimelineOptions::default());
                assert_eq!(svg.matches("class=\"ring\"").count(), rests);
                let hardware = common::hardware(&lab);
                let cells = hardware.memory.iter().filter(|cell| cell.outcome).count();
                let svg = hardware_svg(&hardware, picture::HardwareOptions::default());
                assert_eq!(svg.matches("class=\"mem outcome\"").count(), cells);
            }
        }
    }
}
