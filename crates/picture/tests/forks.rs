//! Forks in a session: leaving a schedule, taking it up, switches, undo.

mod common;

use common::{lab, steps};
use litmus::ToggleId;
use session::MOST_FORKS;
use session::Session;

const STALE: &str = "0:0b 0:0d 0:1b 0:2b 0:3b 1:1l 1:3r 0:1d 0:2d 0:3d 1:0r";
const READER_MB: ToggleId = ToggleId(1);

/// Each schedule: where it branches off, how many steps are possible, how many are struck out.
fn tree(lab: &Session) -> Vec<(Option<usize>, usize, usize, usize)> {
    let forks = lab.view().forks;
    let row = |f: &session::view::ForkView| (f.parent, f.from, f.len, f.struck);
    forks.iter().map(row).collect()
}

fn last_left(lab: &Session) -> u32 {
    let forks = lab.view().forks;
    forks.iter().find_map(|fork| fork.id).expect("one was left")
}

/// The steps of the session, by name.
fn schedule(lab: &Session) -> String {
    let names = lab.run().schedule();
    let names: Vec<String> = names.iter().map(ToString::to_string).collect();
    names.join(" ")
}

#[test]
fn another_step_at_a_past_point_forks() {
    let mut lab = lab("doorbell");
    steps(&mut lab, STALE);
    assert!(tree(&lab).is_empty(), "nothing was left");
    lab.goto(6);
    steps(&mut lab, "1:0r");
    assert_eq!(tree(&lab), [(None, 0, 7, 0), (Some(0), 6, 11, 0)]);
    let forks = lab.view().forks;
    assert_eq!(forks[0].text, "now: 7 steps");
    assert_eq!(forks[1].text, "from step 6: 11 steps");
    assert_eq!(forks[1].sentence, "vCPU 0 loaded flag and got 1.");
    // A second fork, off the first.
    lab.goto(3);
    steps(&mut lab, "0:1d");
    assert_eq!(
        tree(&lab),
        [(None, 0, 4, 0), (Some(0), 3, 7, 0), (Some(1), 6, 11, 0)]
    );
}

#[test]
fn the_next_step_by_hand_forks_nothing() {
    let mut lab = lab("doorbell");
    steps(&mut lab, STALE);
    lab.goto(6);
    steps(&mut lab, "1:3r 0:1d");
    assert_eq!((lab.at(), lab.len()), (8, 11));
    assert!(tree(&lab).is_empty());
}

#[test]
fn one_returns_and_returns_back() {
    let mut lab = lab("doorbell");
    steps(&mut lab, STALE);
    let end = lab.view();
    lab.goto(6);
    steps(&mut lab, "1:0r");
    assert!(lab.take_up(last_left(&lab)));
    assert_eq!(schedule(&lab), STALE);
    assert_eq!((lab.at(), lab.len()), (11, 11));
    assert_eq!(lab.view().steps, end.steps);
    assert_eq!(tree(&lab), [(None, 0, 11, 0), (Some(0), 6, 7, 0)]);
    assert!(lab.take_up(last_left(&lab)));
    assert_eq!(lab.len(), 7);
    assert!(!lab.take_up(u32::MAX), "there is none with this number");
    assert_eq!(tree(&lab), [(None, 0, 7, 0), (Some(0), 6, 11, 0)]);
}

#[test]
fn undo_leaves_nothing() {
    let mut lab = lab("doorbell");
    steps(&mut lab, STALE);
    while lab.back() {}
    assert!(tree(&lab).is_empty());
    lab.goto(2);
    steps(&mut lab, "1:1l");
    // Back over the place where it forked, and forth again along the new one.
    lab.goto(0);
    lab.goto(3);
    assert_eq!(schedule(&lab), "0:0b 0:0d 1:1l");
    assert_eq!(tree(&lab), [(None, 0, 3, 0), (Some(0), 2, 11, 0)]);
}

#[test]
fn doing_a_schedule_again_is_taking_it_up() {
    let mut lab = lab("doorbell");
    steps(&mut lab, "0:0b 0:0d 0:1b");
    lab.goto(1);
    steps(&mut lab, "1:1l");
    lab.goto(1);
    steps(&mut lab, "0:0d 0:1b");
    assert_eq!(schedule(&lab), "0:0b 0:0d 0:1b");
    assert_eq!(tree(&lab), [(None, 0, 3, 0), (Some(0), 1, 2, 0)]);
}

#[test]
fn reset_and_a_witness_leave_the_schedule_that_there_was() {
    let mut lab = lab("doorbell");
    steps(&mut lab, "1:0r 1:1l");
    lab.reset();
    assert_eq!(lab.len(), 0);
    assert_eq!(tree(&lab), [(None, 0, 0, 0), (Some(0), 0, 2, 0)]);
    let first = lab.program().find("0:0b".parse().expect("a name"));
    lab.play_schedule(&[first.expect("it is there")])
        .expect("it plays");
    lab.reset();
    assert_eq!(tree(&lab).len(), 3);
}

#[test]
fn a_switch_strikes_out_and_brings_back_in_every_schedule() {
    let mut lab = lab("doorbell");
    steps(&mut lab, STALE);
    lab.goto(6);
    steps(&mut lab, "1:0r");
    lab.set_position(READER_MB, 0).expect("it compiles");
    assert_eq!(tree(&lab), [(None, 0, 7, 0), (Some(0), 6, 6, 5)]);
    let fork = lab.view().forks.remove(1);
    assert_eq!(fork.text, "from step 6: 6 of 11 steps possible");
    assert!(
        fork.sentence
            .starts_with("Not possible: vCPU 0's load of buses[MMIO]"),
        "{}",
        fork.sentence
    );
    // Taken up, its impossible steps are struck out with the reason.
    assert!(lab.take_up(last_left(&lab)));
    assert_eq!((lab.at(), lab.len()), (6, 6));
    assert_eq!(lab.view().replay.map(|note| note.struck_out), Some(5));
    lab.set_position(READER_MB, 1).expect("it compiles");
    assert_eq!(schedule(&lab), STALE);
    assert_eq!(tree(&lab), [(None, 0, 11, 0), (Some(0), 6, 7, 0)]);
}

#[test]
fn a_new_step_keeps_what_was_struck_out_as_a_fork() {
    let mut lab = lab("doorbell");
    steps(&mut lab, STALE);
    lab.set_position(READER_MB, 0).expect("it compiles");
    steps(&mut lab, "1:0r");
    assert_eq!(tree(&lab), [(None, 0, 7, 0), (Some(0), 6, 6, 5)]);
    lab.set_position(READER_MB, 1).expect("it compiles");
    assert!(lab.take_up(last_left(&lab)));
    assert_eq!(schedule(&lab), STALE);
}

#[test]
fn the_bad_end_is_told() {
    let mut lab = lab("doorbell");
    steps(&mut lab, STALE);
    steps(
        &mut lab,
        "1:4r w0-2:2r w0-2:2~1g 1:5u w0-2:2~1e w0-2:2~2b w0-2:2~2d",
    );
    lab.goto(1);
    steps(&mut lab, "1:1l");
    let fork = lab.view().forks.remove(1);
    assert!(fork.bad);
    assert_eq!(
        fork.sentence,
        "The end: the vCPU saw the flag, but used the old bus."
    );
}

#[test]
fn ten_are_kept_and_the_link_is_the_present_one() {
    let mut lab = lab("doorbell");
    // Each round leaves a schedule of another length behind.
    for round in 1..=13_usize {
        lab.reset();
        let all = "0:0b 0:0d 0:1b 0:1d 0:2b 0:2d 0:3b 0:3d";
        let some: Vec<&str> = all.split(' ').take(round % 8).collect();
        steps(&mut lab, &some.join(" "));
        steps(&mut lab, if round < 8 { "1:1l" } else { "1:0r" });
    }
    lab.reset();
    assert_eq!(lab.view().forks.len(), MOST_FORKS + 1);
    assert!(!lab.link().to_string().contains("do="));
    let svg = drawn(&lab);
    assert_eq!(svg.matches("class=\"tip").count(), MOST_FORKS + 1);
}

#[test]
fn the_tree_is_drawn() {
    let mut lab = lab("doorbell");
    steps(&mut lab, STALE);
    lab.goto(6);
    steps(&mut lab, "1:0r");
    lab.goto(3);
    steps(&mut lab, "0:1d");
    lab.set_position(READER_MB, 0).expect("it compiles");
    common::check("forks.svg", &drawn(&lab));
}

fn drawn(session: &Session) -> String {
    let view = session.view();
    let fork = |fork: &session::view::ForkView| protocol::draw::Fork {
        text: format!("{}. {}", fork.text, fork.sentence),
        present: fork.id.is_none(),
        parent: fork.parent,
        from: fork.from,
        len: fork.len,
        struck: fork.struck,
        bad: fork.bad,
    };
    let forks: Vec<_> = view.forks.iter().map(fork).collect();
    picture::forks_svg(&forks, view.at, 38)
}
