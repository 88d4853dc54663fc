//! The timeline: what is stale, what lasts, what CPUs do of themselves, and what a step would change.

mod common;

use common::{ALL, lab, steps};
use litmus::ToggleId;
use machine::StepName;
use picture::{TimelineOptions, timeline_svg};
use proptest::prelude::*;
use session::view::{ChangeKind, EagerKind, Foresight, SpanKind, StepView, View};
use session::{Session, step_text, timeline_legend};

const STALE: &str = "0:0b 0:0d 0:1b 0:2b 0:3b 1:1l 1:3r 0:1d 0:2d 0:3d 1:0r";
const READER_MB: ToggleId = ToggleId(1);

fn step<'a>(view: &'a View, name: &str) -> &'a StepView {
    let name: StepName = name.parse().expect("a name");
    let step = view.steps.iter().find(|step| step.name == name);
    step.unwrap_or_else(|| panic!("{name} is not on the timeline"))
}

fn foresight(lab: &Session, name: &str) -> Foresight {
    let name: StepName = name.parse().expect("a name");
    let view = lab.view();
    let lines = view
        .cpus
        .iter()
        .flat_map(|c| &c.bands)
        .flat_map(|b| &b.lines);
    let offer = lines.flat_map(|l| &l.offers).find(|o| o.step == name);
    offer
        .unwrap_or_else(|| panic!("{name} is not offered"))
        .foresight
        .clone()
}

#[test]
fn a_read_is_stale_when_its_value_was_replaced_before_its_turn() {
    let mut lab = lab("doorbell");
    let (before, last) = STALE.rsplit_once(' ').expect("steps");
    steps(&mut lab, before);
    // It has overtaken the load of the flag, which may still find nothing.
    let view = lab.view();
    assert!(step(&view, "1:3r").early);
    assert_eq!(step(&view, "1:3r").stale, None);
    steps(&mut lab, last);
    let view = lab.view();
    let stale =
        "Stale: buses[MMIO] was bus v2 in memory before the load of flag on line 26 was done.";
    assert_eq!(step(&view, "1:3r").stale.as_deref(), Some(stale));
    assert!(step_text(&view, 6, false).ends_with(stale));
    // Taken back, it is not yet so.
    lab.back();
    assert_eq!(step(&lab.view(), "1:3r").stale, None);
    // In the future it is what it will be.
    lab.goto(2);
    assert!(step(&lab.view(), "1:3r").stale.is_some());
}

#[test]
fn a_read_in_its_turn_is_not_stale() {
    let mut lab = lab("doorbell");
    steps(&mut lab, "1:0r 1:1l 1:3r 0:0b 0:0d 0:1b 0:1d 1:4r");
    let view = lab.view();
    assert!(view.steps.iter().all(|step| step.stale.is_none()));
}

#[test]
fn store_buffering_is_a_stale_read_too() {
    let mut lab = lab("sb");
    lab.set_model(&machine::model::TSO).expect("it compiles");
    lab.set_position(ToggleId(0), 1).expect("it compiles");
    steps(&mut lab, "0:1b 0:3r 1:1b 1:2r 1:1d");
    assert_eq!(step(&lab.view(), "0:3r").stale, None);
    steps(&mut lab, "0:1d");
    let view = lab.view();
    assert_eq!(
        step(&view, "0:3r").stale.as_deref(),
        Some("Stale: y was 1 in memory before the store to x on line 8 was done.")
    );
    // P1's store had reached memory before x changed.
    assert_eq!(step(&view, "1:2r").stale, None);
}

#[test]
fn a_buffered_store_lasts_until_it_reaches_memory() {
    let mut lab = lab("doorbell");
    steps(&mut lab, "0:0b 0:1b 0:0d");
    let view = lab.view();
    let spans: Vec<_> = view
        .spans
        .iter()
        .filter(|span| span.kind == SpanKind::Buffered)
        .map(|span| (span.label.as_str(), span.from, span.to))
        .collect();
    assert_eq!(
        spans,
        [
            ("bus v2's contents = 2", 0, Some(2)),
            ("buses[MMIO] = bus v2", 1, None)
        ]
    );
    let legend: Vec<_> = timeline_legend(&view, false);
    assert_eq!(legend, [("▬", "in the store buffer")]);
}

#[test]
fn what_cpus_do_of_themselves_is_told() {
    let mut lab = lab("sums");
    let start = lab.view();
    let told: Vec<&str> = start.eager.iter().map(|e| e.sentence.as_str()).collect();
    assert_eq!(told, ["P0 computed base = 2 on line 7."]);
    steps(&mut lab, "0:1r");
    let view = lab.view();
    let eager = &view.steps[0].eager;
    let told: Vec<&str> = eager.iter().map(|e| e.sentence.as_str()).collect();
    assert_eq!(
        told,
        [
            "P0 computed sum = 3 on line 9.",
            "P0 decided the branch on line 10: taken.",
            "P0 computed twice = 6 on line 11."
        ]
    );
    assert_eq!(eager[1].kind, EagerKind::Resolved);
    let text = step_text(&view, 0, true);
    assert!(text.contains("sum = 3") && !step_text(&view, 0, false).contains("sum = 3"));
    let options = TimelineOptions::default();
    let micro = TimelineOptions {
        micro: true,
        ..options
    };
    assert_eq!(
        timeline_svg(&view, options)
            .matches("class=\"eager\"")
            .count(),
        0
    );
    assert_eq!(
        timeline_svg(&view, micro)
            .matches("class=\"eager\"")
            .count(),
        3
    );
}

#[test]
fn a_wrong_guess_is_told_with_what_it_undoes() {
    let mut lab = lab("guess");
    steps(&mut lab, "0:1t 0:2r 0:0r");
    let view = lab.view();
    let eager = &view.steps[2].eager;
    assert_eq!(eager[0].kind, EagerKind::Resolved);
    assert!(
        eager[0].sentence.contains("the guess was wrong"),
        "{eager:?}"
    );
    assert_eq!(eager[1].kind, EagerKind::Undone);
    assert!(eager[1].sentence.contains("the load of y"), "{eager:?}");
}

#[test]
fn a_step_is_told_by_what_it_would_change() {
    let mut lab = lab("doorbell");
    steps(&mut lab, "0:0b 0:0d 0:1b");
    let drain = foresight(&lab, "0:1d");
    let changes: Vec<_> = drain
        .changes
        .iter()
        .map(|c| (c.kind, c.target.as_str(), c.text.as_str()))
        .collect();
    assert_eq!(
        changes,
        [
            (
                ChangeKind::Memory,
                "memory:buses[MMIO]",
                "buses[MMIO]: bus v1 → bus v2"
            ),
            (
                ChangeKind::Buffer,
                "store:0:1d",
                "buses[MMIO] = bus v2 leaves the store buffer"
            ),
        ]
    );
    let lock = foresight(&lab, "1:1l");
    assert_eq!(lock.changes[0].target, "srcu:srcu");
    assert_eq!(lock.sentence, "Then line 29 may happen.");
    assert_eq!(lock.opens[0].id, "1:3");
    // The present state is as it was.
    assert_eq!(lab.view().steps.len(), 3);
}

#[test]
fn struck_out_steps_keep_their_reason() {
    let mut lab = lab("doorbell");
    steps(&mut lab, STALE);
    lab.set_position(READER_MB, 0).expect("it compiles");
    let view = lab.view();
    assert_eq!(view.steps.len(), 11);
    assert_eq!(
        step_text(&view, 6, false),
        "Step 7, struck out. Not possible: vCPU 0's load of buses[MMIO]: \
         waits for smp_mb__after_srcu_read_lock() on line 28."
    );
    let options = TimelineOptions {
        interactive: true,
        ..TimelineOptions::default()
    };
    let svg = timeline_svg(&view, options);
    assert_eq!(svg.matches("role=\"button\"").count(), 11);
    assert_eq!(svg.matches("aria-disabled=\"true\"").count(), 5);
    assert_eq!(
        svg.matches("tabindex=\"0\"").count(),
        1,
        "one stop of the keyboard"
    );
    assert!(!svg.contains("role=\"img\""));
    let text = picture::transcript(&view);
    assert!(
        text.contains("7 × Not possible: vCPU 0's load of buses[MMIO]"),
        "{text}"
    );
}

#[test]
fn each_store_is_named_in_full_in_an_embed_and_on_a_phone() {
    let all: Vec<&str> = STALE.split(' ').collect();
    // By the width of the place, without the names of the lanes: the embed, a phone, the page beside an open tool.
    for (width, compact) in [(640, true), (290, true), (220, true), (570, false)] {
        for done in [4, 7, 11] {
            let mut lab = lab("doorbell");
            steps(&mut lab, &all[..done].join(" "));
            let options = TimelineOptions {
                width,
                compact,
                names: false,
                ..TimelineOptions::default()
            };
            let svg = timeline_svg(&lab.view(), options);
            let stores = [
                "bus v2 = 2",
                "buses[MMIO] = bus v2",
                "call_srcu",
                "flag = 1",
            ];
            // The last one enters the buffer with the fifth step.
            for name in &stores[..if done < 5 { 3 } else { 4 }] {
                let label = format!(">{name}</text>");
                assert_eq!(svg.matches(&label).count(), 1, "{width}: {name}\n{svg}");
            }
        }
    }
}

/// A walk of 40 steps over six CPUs.
fn long() -> Session {
    let mut lab = lab("six");
    for choice in 0..40_usize {
        let offers = lab.program().steps(lab.state());
        let Some(step) = offers.get(choice * 7 % offers.len().max(1)) else {
            break;
        };
        let name = lab.program().name(*step);
        lab.step(name).expect("it is offered");
    }
    lab
}

#[test]
fn forty_steps_of_six_cpus_have_their_place() {
    let view = long().view();
    assert_eq!((view.cpus.len(), view.steps.len()), (6, 40));
    for width in [300, 704, 1230] {
        let options = TimelineOptions {
            width,
            compact: width < 600,
            ..TimelineOptions::default()
        };
        let svg = timeline_svg(&view, options);
        let number = |name: &str| -> f64 {
            let (_, rest) = svg
                .split_once(&format!(" {name}=\""))
                .expect("it has a size");
            rest.split_once('"')
                .and_then(|(n, _)| n.parse().ok())
                .expect("a number")
        };
        // Each step has a column that a finger can hit, and a label of its own kind.
        assert!(number("width") >= 40.0 * 33.0, "{}", number("width"));
        assert!(number("height") <= 300.0, "{}", number("height"));
        assert_eq!(svg.matches("data-index=").count(), 40);
    }
    common::check(
        "six-timeline.svg",
        &timeline_svg(&view, TimelineOptions::default()),
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// A foresight is what then happens: values, and the lines that may happen.
    #[test]
    fn foresight_comes_true(name in 0..ALL.len(), moves in prop::collection::vec(0_usize..64, 1..30)) {
        let mut lab = lab(ALL[name]);
        for choice in moves {
            let view = lab.view();
            let offered = |view: &View| -> std::collections::BTreeSet<(String, u32)> {
                let lines = |cpu: &session::view::CpuView| -> Vec<(String, u32)> {
                    let lines = cpu.bands.iter().flat_map(|b| &b.lines);
                    let now = lines.filter(|l| !l.offers.is_empty());
                    now.map(|l| (format!("{}:{}", cpu.id, l.stmt), l.number)).collect()
                };
                view.cpus.iter().flat_map(lines).collect()
            };
            let lines = view.cpus.iter().flat_map(|c| &c.bands).flat_map(|b| &b.lines);
            let offers: Vec<_> = lines.flat_map(|l| &l.offers).collect();
            let Some(offer) = offers.get(choice % offers.len().max(1)) else { break };
            let before = offered(&view);
            prop_assert_eq!(lab.step(offer.step), Ok(()));
            let after = lab.view();
            let hardware = common::hardware(&lab);
            let now = offered(&after);
            for line in &offer.foresight.opens {
                let line = (line.id.clone(), line.number);
                prop_assert!(now.contains(&line) && !before.contains(&line));
            }
            for line in &offer.foresight.closes {
                let line = (line.id.clone(), line.number);
                prop_assert!(before.contains(&line) && !now.contains(&line));
            }
            for change in &offer.foresight.changes {
                if let (ChangeKind::Memory, Some((_, value))) = (change.kind, change.text.split_once(" → ")) {
                    let name = change.target.trim_start_matches("memory:");
                    let cell = hardware.memory.iter().find(|c| c.name == name);
                    prop_assert!(cell.is_none_or(|c| c.value == value), "{}", change.text);
                }
            }
        }
    }
}
