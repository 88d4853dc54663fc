//! The tree of the schedules that the reader has made.

use super::rests::Rests;
use super::{Moment, finish, timeline};
use crate::sentence::{self, Event};
use crate::view::{ForkView, StepFate, StepView};

/// The present schedule, then those that were left.
pub(super) fn forks(moment: &Moment) -> Vec<ForkView> {
    if moment.session.left().is_empty() {
        return Vec::new();
    }
    tree(moment)
}

/// Most views have no tree.
fn tree(moment: &Moment) -> Vec<ForkView> {
    let session = moment.session;
    let left = session.left();
    let present = session.track();
    let mut rows = vec![ForkView {
        id: None,
        parent: None,
        from: 0,
        len: present.done,
        struck: present.steps.len() - present.done,
        text: format!("now: {}", steps(present.done, present.steps.len())),
        sentence: present.sentence,
        bad: present.bad,
    }];
    for (fork, place) in left {
        let track = &fork.track;
        let whole = track.steps.len();
        rows.push(ForkView {
            id: Some(fork.id),
            parent: Some(place.parent),
            from: place.from,
            len: track.done,
            struck: whole - track.done,
            text: format!("from step {}: {}", place.from, steps(track.done, whole)),
            sentence: track.sentence.clone(),
            bad: track.bad,
        });
    }
    rows
}

/// "11 steps", "6 of 11 steps possible".
fn steps(done: usize, whole: usize) -> String {
    match (done, whole) {
        (1, 1) => "1 step".to_owned(),
        (done, whole) if done == whole => format!("{whole} steps"),
        _ => format!("{done} of {whole} steps possible"),
    }
}

/// What a session has come to: how it ends, or the sentence of its last step.
pub(super) fn last(moment: &Moment) -> (String, bool) {
    let session = moment.session;
    // Where it stops, and why.
    let shown = timeline::timeline(moment, &Rests::default()).steps;
    let impossible = |s: &&StepView| matches!(s.fate, StepFate::Impossible(_));
    if let Some(step) = shown.iter().find(impossible) {
        return (step.sentence.clone(), false);
    }
    if let Some(end) = finish::finished(moment) {
        let bad = end.outcomes.iter().any(|o| o.bad && o.holds);
        let failed = end.deadlock.is_some() || end.use_after_free || end.uninitialised;
        return (end.sentence, bad || failed);
    }
    let at = session.at();
    let Some(done) = at
        .checked_sub(1)
        .and_then(|last| session.run().done().get(last))
    else {
        return ("Nothing has happened yet.".to_owned(), false);
    };
    let event = Event {
        step: done.step,
        effects: &done.effects,
        before: session.run().state_at(at - 1),
        after: session.run().state_at(at),
    };
    let bad = sentence::is_bad(&done.effects);
    (sentence::of_step(&moment.names, &event), bad)
}
