//! Back and forth, forks, switches and links: the session as a whole.

mod common;

use common::{ALL, lab, steps, test};
use litmus::ToggleId;
use machine::{CpuModel, SrcuFlavour};
use proptest::prelude::*;
use session::view::{Mark, StepFate};
use session::{Link, Session};

const STALE: &str = "0:0b 0:0d 0:1b 0:2b 0:3b 1:1l 1:3r 0:1d 0:2d 0:3d 1:0r";
const READER_MB: ToggleId = ToggleId(1);

#[test]
fn opens_with_the_default() {
    let lab = lab("doorbell");
    assert_eq!(lab.model().id, "arm");
    assert_eq!(lab.flavour(), SrcuFlavour::Fast);
    assert_eq!(lab.setting().to_off(lab.test()), "reader-mb");
}

#[test]
fn back_forth_and_fork() {
    let mut lab = lab("doorbell");
    assert!(!lab.back());
    steps(&mut lab, STALE);
    let end = lab.view();
    assert!(!lab.forth());
    while lab.back() {}
    assert_eq!((lab.at(), lab.len()), (0, 11));
    while lab.forth() {}
    assert_eq!(lab.view(), end);
    lab.goto(6);
    steps(&mut lab, "1:0r");
    assert_eq!((lab.at(), lab.len()), (7, 7));
    lab.reset();
    assert_eq!((lab.at(), lab.len(), lab.is_empty()), (0, 0, true));
}

#[test]
fn a_switch_strikes_out_and_brings_back() {
    let mut lab = lab("doorbell");
    steps(&mut lab, STALE);
    let before = lab.view();
    lab.set_position(READER_MB, 0).expect("it compiles");
    let view = lab.view();
    let note = view.replay.expect("a switch was moved");
    assert_eq!(
        note.sentence,
        "Step 7, vCPU 0's load of buses[MMIO], is no longer possible: it waits for \
         smp_mb__after_srcu_read_lock() on line 28. The 4 steps after it are undone too."
    );
    assert_eq!(note.step, Some(6));
    assert_eq!(note.number, Some(28));
    assert_eq!(note.struck_out, 5);
    assert_eq!((lab.at(), lab.len()), (6, 6));
    assert!(matches!(view.steps[6].fate, StepFate::Impossible(_)));
    lab.set_position(READER_MB, 1).expect("it compiles");
    let mut after = lab.view();
    let note = after.replay.take().expect("a switch was moved");
    assert_eq!(note.sentence, "All 11 steps are still possible.");
    assert_eq!(after, before);
}

#[test]
fn the_cursor_stays_where_the_reader_was() {
    let mut lab = lab("doorbell");
    steps(&mut lab, STALE);
    lab.goto(8);
    lab.set_position(READER_MB, 0).expect("it compiles");
    assert_eq!(lab.at(), 6);
    lab.set_position(READER_MB, 1).expect("it compiles");
    assert_eq!(lab.at(), 8);
    lab.goto(3);
    lab.set_position(READER_MB, 0).expect("it compiles");
    assert_eq!(lab.at(), 3);
}

#[test]
fn a_new_step_drops_what_was_struck_out() {
    let mut lab = lab("doorbell");
    steps(&mut lab, STALE);
    lab.set_position(READER_MB, 0).expect("it compiles");
    steps(&mut lab, "1:0r");
    assert!(lab.view().replay.is_none());
    assert_eq!(lab.script().len(), 7);
}

#[test]
fn a_refused_step_says_why() {
    let mut lab = lab("doorbell");
    lab.set_position(READER_MB, 0).expect("it compiles");
    steps(&mut lab, "1:1l");
    let refused = lab.step("1:3r".parse().expect("a name"));
    let why = "waits for smp_mb__after_srcu_read_lock() on line 28";
    assert_eq!(refused, Err(why.to_owned()));
    assert_eq!(lab.at(), 1);
    assert!(lab.step("7:3r".parse().expect("a name")).is_err());
}

#[test]
fn a_link_opens_where_it_was_made() {
    let mut lab = lab("doorbell");
    steps(&mut lab, STALE);
    lab.goto(7);
    let text = lab.link().to_string();
    assert_eq!(
        text,
        "#/doorbell?v=1&cpu=arm&srcu=fast&off=reader-mb\
         &do=0:0b.0:0d.0:1b.0:2b.0:3b.1:1l.1:3r.0:1d.0:2d.0:3d.1:0r&at=7"
    );
    let (link, problems) = Link::parse(&text);
    assert_eq!(problems, []);
    let (other, problems) = Session::open_link(&link, test("doorbell")).expect("it compiles");
    assert_eq!(problems, []);
    let other = other.with_source(&common::source("doorbell"));
    assert_eq!(other.view(), lab.view());
}

#[test]
fn a_link_that_no_longer_replays_says_so() {
    let text = "#/doorbell?v=1&off=nothing-like-it&do=1:1l.1:3r.1:4r&at=2";
    let (link, _) = Link::parse(text);
    let (lab, problems) = Session::open_link(&link, test("doorbell")).expect("it compiles");
    assert_eq!(problems.len(), 1);
    assert!(
        problems[0].message.contains("nothing-like-it"),
        "{problems:?}"
    );
    assert_eq!(lab.at(), 1);
    assert_eq!(lab.view().replay.map(|n| n.struck_out), Some(2));
}

#[test]
fn the_witness_plays() {
    let mut lab = lab("doorbell");
    let p = std::sync::Arc::clone(lab.program());
    let cond = &test("doorbell").outcomes[0].cond;
    let witness =
        explore::witness(&p, 1_000_000, &|o| o.satisfies(&p, cond)).expect("there is one");
    lab.play_schedule(&witness.steps).expect("it plays");
    let end = lab.view().finished.expect("it is over");
    assert!(end.outcomes[0].holds && end.outcomes[0].bad);
    assert_eq!(
        end.sentence,
        "The end: the vCPU saw the flag, but used the old bus."
    );
}

/// What holds of every view.
fn sound(lab: &Session) {
    let view = lab.view();
    let offers: Vec<_> = view
        .cpus
        .iter()
        .flat_map(|c| &c.bands)
        .flat_map(|b| &b.lines)
        .flat_map(|l| &l.offers)
        .collect();
    let indices: Vec<usize> = offers.iter().map(|o| o.index).collect();
    assert_eq!(indices, (1..=offers.len()).collect::<Vec<_>>());
    assert_eq!(
        offers.len(),
        lab.program().steps(lab.state()).len(),
        "{}",
        picture::snapshot(&common::hardware(lab))
    );
    assert_eq!(view.finished.is_some(), offers.is_empty());
    for line in view
        .cpus
        .iter()
        .flat_map(|c| &c.bands)
        .flat_map(|b| &b.lines)
    {
        assert!(line.mark != Mark::Ready || !line.offers.is_empty());
        assert!(line.mark != Mark::Off || line.offers.is_empty());
        for text in line.reason.iter().chain([&line.state_text]) {
            assert!(!text.contains("line 0") && !text.contains('⟦'), "{text}");
        }
    }
    for step in &view.steps {
        assert!(step.sentence.ends_with('.'), "{}", step.sentence);
        assert!(!step.sentence.contains('⟦') && !step.sentence.contains("line 0"));
        assert!(step.reads_from.is_none_or(|from| from < view.steps.len()));
    }
    for svg in [
        picture::hardware_svg(&common::hardware(lab), picture::HardwareOptions::default()),
        picture::timeline_svg(&view, picture::TimelineOptions::default()),
    ] {
        assert!(!svg.contains("style=") && !svg.contains("NaN"), "{svg}");
        assert_eq!(svg.matches("<g ").count(), svg.matches("</g>").count());
    }
    assert!(!picture::transcript(&view).is_empty());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    /// Any walk with any switches: nothing panics, every offer can be taken,
    /// undoing and redoing gives the same view.
    #[test]
    fn walks(name in 0..ALL.len(), moves in prop::collection::vec((0_u8..10, 0_usize..64), 1..40)) {
        let mut lab = lab(ALL[name]);
        for (kind, choice) in moves {
            match kind {
                0 => lab.set_model(CpuModel::ALL[choice % 4]).expect("it compiles"),
                1 if !lab.test().toggles.is_empty() => {
                    let toggle = choice % lab.test().toggles.len();
                    let position = (choice / 7) % lab.test().toggles[toggle].positions.len();
                    lab.set_position(ToggleId(toggle as u16), position as u8).expect("it compiles");
                }
                2 => {
                    let at = lab.at();
                    let view = lab.view();
                    lab.goto(choice);
                    lab.goto(at);
                    prop_assert_eq!(&lab.view().steps, &view.steps);
                }
                3 => { lab.back(); }
                4 if choice < 8 => {
                    let flavour = if choice % 2 == 0 { SrcuFlavour::Tree } else { SrcuFlavour::Fast };
                    lab.set_flavour(flavour).expect("it compiles");
                }
                _ => {
                    let offers = lab.program().steps(lab.state());
                    if let Some(step) = offers.get(choice % offers.len().max(1)) {
                        let name = lab.program().name(*step);
                        prop_assert!(lab.state_after(name).is_some());
                        prop_assert_eq!(lab.step(name), Ok(()));
                    }
                }
            }
            sound(&lab);
            let link = lab.link();
            let (again, problems) = Link::parse(&link.to_string());
            prop_assert_eq!(&again, &link);
            prop_assert!(problems.is_empty());
            let (other, problems) = Session::open_link(&link, lab.test().clone()).expect("it compiles");
            prop_assert!(problems.is_empty());
            prop_assert_eq!(other.state(), lab.state());
        }
    }
}
