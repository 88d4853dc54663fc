//! Every text and picture, to the letter.

mod common;

use common::{check, lab, steps};
use machine::{CpuModel, SrcuFlavour};
use picture::{
    HardwareOptions, TimelineOptions, hardware_svg, snapshot, table_svg, timeline_svg, transcript,
    transcript_picture,
};
use session::Session;

/// The transcript and then the machine, after the steps.
fn text(file: &str, lab: &Session) {
    let view = lab.view();
    check(
        file,
        &format!(
            "{}\n{}",
            transcript(&view),
            snapshot(&common::hardware(lab))
        ),
    );
}

const STALE: &str = "0:0b 0:0d 0:1b 0:2b 0:3b 1:1l 1:3r 0:1d 0:2d 0:3d 1:0r";

#[test]
fn doorbell_start() {
    text("doorbell-start.txt", &lab("doorbell"));
}

#[test]
fn doorbell_stale() {
    let mut lab = lab("doorbell");
    steps(&mut lab, STALE);
    text("doorbell-stale.txt", &lab);
    check(
        "doorbell-stale-hardware.svg",
        &hardware_svg(&common::hardware(&lab), HardwareOptions::default()),
    );
    check(
        "doorbell-stale-timeline.svg",
        &timeline_svg(&lab.view(), TimelineOptions::default()),
    );
    steps(
        &mut lab,
        "1:4r w0-2:2r w0-2:2~1g 1:5u w0-2:2~1e w0-2:2~2b w0-2:2~2d",
    );
    text("doorbell-end.txt", &lab);
    check(
        "doorbell-end-transcript.svg",
        &table_svg(&transcript_picture(&lab.view())),
    );
    check(
        "doorbell-end-hardware.svg",
        &hardware_svg(&common::hardware(&lab), HardwareOptions::default()),
    );
    check(
        "doorbell-end-timeline.svg",
        &timeline_svg(&lab.view(), TimelineOptions::default()),
    );
}

#[test]
fn doorbell_with_the_barrier() {
    let mut lab = lab("doorbell");
    steps(&mut lab, STALE);
    lab.set_position(litmus::ToggleId(1), 0)
        .expect("it compiles");
    text("doorbell-barrier.txt", &lab);
    check(
        "doorbell-barrier-transcript.svg",
        &table_svg(&transcript_picture(&lab.view())),
    );
    check(
        "doorbell-barrier-timeline.svg",
        &timeline_svg(&lab.view(), TimelineOptions::default()),
    );
}

#[test]
fn doorbell_tree_srcu() {
    let mut lab = lab("doorbell");
    steps(&mut lab, STALE);
    lab.set_flavour(SrcuFlavour::Tree).expect("it compiles");
    text("doorbell-tree.txt", &lab);
}

#[test]
fn doorbell_on_every_model() {
    for model in CpuModel::ALL {
        let mut lab = lab("doorbell");
        steps(&mut lab, STALE);
        lab.set_model(model).expect("it compiles");
        text(&format!("doorbell-on-{}.txt", model.id), &lab);
    }
}

/// A store leaves its CPU and reaches the others one by one: who has it, and the arrows.
#[test]
fn stores_on_their_way() {
    let mut lab = lab("doorbell");
    lab.set_model(&machine::model::POWER).expect("it compiles");
    steps(&mut lab, "0:0b 0:0o 0:1b 0:3b 0:0s1 0:1o");
    text("doorbell-on-its-way.txt", &lab);
    check(
        "doorbell-on-its-way-timeline.svg",
        &timeline_svg(&lab.view(), TimelineOptions::default()),
    );
    check(
        "doorbell-on-its-way-hardware.svg",
        &hardware_svg(&common::hardware(&lab), HardwareOptions::default()),
    );
}

#[test]
fn doorbell_waits() {
    let mut lab = lab("doorbell");
    lab.set_position(litmus::ToggleId(0), 1)
        .expect("it compiles");
    steps(&mut lab, "1:1l 1:3r 0:0b 0:0d 0:1b 0:1d 0:2g");
    text("doorbell-wait.txt", &lab);
}

#[test]
fn store_buffering() {
    let mut lab = lab("sb");
    lab.set_model(&machine::model::TSO).expect("it compiles");
    lab.set_position(litmus::ToggleId(0), 1)
        .expect("it compiles");
    steps(&mut lab, "0:1b 0:3r 1:1b 1:2r 1:3r");
    text("sb-tso.txt", &lab);
    check(
        "sb-tso-timeline.svg",
        &timeline_svg(&lab.view(), TimelineOptions::default()),
    );
    check(
        "sb-tso-hardware.svg",
        &hardware_svg(&common::hardware(&lab), HardwareOptions::default()),
    );
    lab.set_position(litmus::ToggleId(0), 0)
        .expect("it compiles");
    text("sb-tso-barrier.txt", &lab);
    lab.set_model(&machine::model::SC).expect("it compiles");
    text("sb-sc.txt", &lab);
}

#[test]
fn wrong_guess() {
    let mut lab = lab("guess");
    text("guess-start.txt", &lab);
    steps(&mut lab, "0:1t 0:2r");
    text("guess-speculative.txt", &lab);
    steps(&mut lab, "0:0r");
    text("guess-wrong.txt", &lab);
}

#[test]
fn atomics() {
    let mut lab = lab("atomics");
    steps(&mut lab, "0:0r 0:0d");
    text("atomics-locked.txt", &lab);
    steps(&mut lab, "0:1x 0:2b 0:2d 0:3b 0:3d 1:0r 1:0d 1:1r");
    text("atomics-half.txt", &lab);
    steps(&mut lab, "1:1d 0:4x 1:2r 1:3r 1:3d 1:4b 1:4d");
    text("atomics-end.txt", &lab);
}

#[test]
fn use_after_free() {
    let mut lab = lab("uaf");
    lab.set_position(litmus::ToggleId(0), 1)
        .expect("it compiles");
    steps(&mut lab, "1:0l 1:1r 0:0b 0:0d 0:2b 0:2d 1:2r");
    text("uaf.txt", &lab);
    check(
        "uaf-hardware.svg",
        &hardware_svg(&common::hardware(&lab), HardwareOptions::default()),
    );
    lab.set_position(litmus::ToggleId(0), 0)
        .expect("it compiles");
    text("uaf-wait.txt", &lab);
}

#[test]
fn uninitialised() {
    let mut lab = lab("uaf");
    steps(&mut lab, "0:0b 0:0d 1:0l 1:1r 1:2r");
    text("uninitialised.txt", &lab);
}

#[test]
fn deadlock() {
    let mut lab = lab("deadlock");
    steps(&mut lab, "0:0l 0:1b 0:1d 0:2g");
    text("deadlock.txt", &lab);
}

#[test]
fn file_of_its_own() {
    let mut lab = lab("doorbell");
    steps(&mut lab, STALE);
    let svg = hardware_svg(&common::hardware(&lab), HardwareOptions::default());
    check(
        "standalone-dark.svg",
        &picture::standalone_svg(&svg, picture::Theme::Dark),
    );
}

/// The labels of a picture: left edge, baseline, text.
fn labels(svg: &str) -> Vec<(f64, f64, String)> {
    let attribute = |rest: &str, name: &str| -> f64 {
        let (_, value) = rest.split_once(name).expect("it has a place");
        let (value, _) = value.split_once('"').expect("it is quoted");
        value.parse().expect("a number")
    };
    svg.lines()
        .filter_map(|line| line.split_once("<text class=\"label\""))
        .map(|(_, rest)| {
            let (_, text) = rest.split_once('>').expect("it has a text");
            let text = text.trim_end_matches("</text>").to_owned();
            (attribute(rest, " x=\""), attribute(rest, " y=\""), text)
        })
        .collect()
}

#[test]
fn labels_stand_apart_and_whole() {
    let mut lab = lab("doorbell");
    steps(&mut lab, STALE);
    let view = lab.view();
    for (compact, width) in [(false, 1230), (true, 300), (true, 700), (false, 600)] {
        let options = TimelineOptions {
            compact,
            width,
            names: false,
            ..TimelineOptions::default()
        };
        let svg = timeline_svg(&view, options);
        let labels = labels(&svg);
        assert!(labels.len() >= 6, "{} labels at {width}", labels.len());
        assert!(
            labels
                .iter()
                .any(|(_, _, text)| text == "reads bus v1: stale")
        );
        for (at, (x, y, text)) in labels.iter().enumerate() {
            assert!(!text.ends_with('…'), "{text} is cut");
            for (other_x, other_y, other) in &labels[at + 1..] {
                let width = |text: &str| 5.0 * text.chars().count() as f64;
                let apart = (y - other_y).abs() >= 10.0
                    || x + width(text) <= *other_x
                    || other_x + width(other) <= *x;
                assert!(apart, "{text} and {other} at {width}", width = width(text));
            }
        }
    }
}
