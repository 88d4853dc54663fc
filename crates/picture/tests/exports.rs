//! What can be carried away: the trace as JSON, the programs as a picture.

mod common;

use common::{check, lab, steps};
use picture::{Theme, programs_svg, standalone_svg, trace_json};
use session::{Link, Session};

const STALE: &str = "0:0b 0:0d 0:1b 0:2b 0:3b 1:1l 1:3r 0:1d 0:2d 0:3d 1:0r";

#[test]
fn the_trace_of_a_run() {
    let mut lab = lab("doorbell");
    check("doorbell-trace-start.json", &trace_json(&lab, &lab.view()));
    steps(&mut lab, STALE);
    lab.back();
    lab.set_position(litmus::ToggleId(1), 0)
        .expect("it compiles");
    check(
        "doorbell-trace-barrier.json",
        &trace_json(&lab, &lab.view()),
    );
}

/// The names of the steps in a trace are those of a link: with them the run is made again.
#[test]
fn a_trace_can_be_replayed() {
    let mut before = lab("doorbell");
    steps(&mut before, STALE);
    let trace = trace_json(&before, &before.view());
    let names: Vec<&str> = trace
        .lines()
        .filter_map(|line| {
            line.trim()
                .strip_prefix("\"step\": \"")?
                .strip_suffix("\",")
        })
        .collect();
    let (link, problems) = Link::parse(&format!("#/?do={}", names.join(".")));
    assert!(problems.is_empty());
    let (after, _) = Session::open_link(&link, before.test().clone()).expect("it opens");
    let mut after = after.with_source(before.source().expect("the text"));
    after
        .set(before.setting().clone(), before.model(), before.flavour())
        .expect("it compiles");
    assert_eq!(after.view().steps, before.view().steps);
}

#[test]
fn the_programs_as_a_picture() {
    let mut lab = lab("doorbell");
    steps(&mut lab, "0:0b 0:0d 0:1b 1:1l");
    let svg = programs_svg(&lab.view());
    check("doorbell-programs.svg", &svg);
    // On its own, light and dark, it names no colour that is left open.
    for theme in [Theme::Light, Theme::Dark] {
        let alone = standalone_svg(&svg, theme);
        assert!(
            alone.contains("<style>") && !alone.contains('$'),
            "{theme:?}"
        );
    }
}
