//! The steps of a session, in order, with those that are struck out.

use machine::run::Fate;
use machine::{Effect, StepKind, StepName};

use super::rests::Rests;
use super::{Moment, eager, instruction, stale};
use crate::names::sentence;
use crate::reason;
use crate::sentence::{self, Event};
use crate::view::{EffectKind, EffectView, SpanKind, SpanView, StepFate, StepView};

/// See the module.
#[derive(Debug, Default)]
pub(super) struct Timeline {
    pub steps: Vec<StepView>,
    pub spans: Vec<SpanView>,
    /// For each step of the run, its place in `steps`.
    pub of_run: Vec<usize>,
    /// For each step of the script, its place in `steps`, if it is shown.
    pub of_script: Vec<Option<usize>>,
}

/// Builds it.
pub(super) fn timeline(moment: &Moment, rests: &Rests) -> Timeline {
    let mut t = Timeline::default();
    let session = moment.session;
    for (fate, name) in session.fates().iter().zip(session.script()) {
        let place = match fate {
            Fate::Done(at) => {
                // Steps that the replay put in stand before the one that needed them.
                while t.of_run.len() <= *at && t.of_run.len() < session.len() {
                    done(moment, &mut t);
                }
                t.of_run.get(*at).copied()
            }
            Fate::Gone => {
                let on = session.program().find(*name).is_some();
                (!on).then(|| struck(moment, &mut t, *name, StepFate::SwitchedOff))
            }
            Fate::Impossible(reason) => {
                let why = why(moment, *name, *reason);
                Some(struck(moment, &mut t, *name, StepFate::Impossible(why)))
            }
            Fate::NotReached => Some(struck(moment, &mut t, *name, StepFate::NotReached)),
        };
        t.of_script.push(place);
    }
    while t.of_run.len() < session.len() {
        done(moment, &mut t);
    }
    for at in 0..session.len() {
        let from = session
            .run()
            .writer_of(at)
            .and_then(|w| t.of_run.get(w).copied());
        if let Some(step) = t.of_run.get(at).and_then(|i| t.steps.get_mut(*i)) {
            step.reads_from = from;
            step.stale = stale::stale(moment, at);
        }
    }
    for (at, what) in &rests.steps {
        if let Some(step) = t.of_run.get(*at).and_then(|i| t.steps.get_mut(*i)) {
            let told = step
                .outcome
                .get_or_insert_with(|| "The outcome rests on it:".to_owned());
            let last = told.trim_end_matches('.');
            let and = if last.ends_with(':') { "" } else { "," };
            *told = format!("{last}{and} {what}.");
        }
    }
    t.spans = spans(moment, &t);
    t
}

fn why(moment: &Moment, name: StepName, reason: machine::Reason) -> String {
    let end = moment.session.run().state();
    match moment.session.program().find(name) {
        Some(step) => {
            let cpu = usize::from(step.cpu);
            reason::clause(&moment.names, end, cpu, instruction(step), reason)
        }
        None => "the line is switched off".to_owned(),
    }
}

/// The next step of the run.
fn done(moment: &Moment, t: &mut Timeline) {
    let at = t.of_run.len();
    let session = moment.session;
    let n = &moment.names;
    let Some(done) = session.run().done().get(at) else {
        return;
    };
    let after = session.run().state_at(at + 1);
    let event = Event {
        step: done.step,
        effects: &done.effects,
        before: session.run().state_at(at),
        after,
    };
    let cpu = usize::from(done.step.cpu);
    t.of_run.push(t.steps.len());
    t.steps.push(StepView {
        position: Some(at + 1),
        name: session.program().name(done.step),
        kind: done.step.kind,
        cpu: Some(cpu),
        number: Some(match instruction(done.step) {
            Some(at) => n.number(cpu, at),
            None => n.branch_number(cpu, done.step.at),
        }),
        sentence: sentence::of_step(n, &event),
        label: sentence::label(n, after, done.step, &done.effects),
        effects: done
            .effects
            .iter()
            .map(|e| effect(moment, cpu, &event, e))
            .collect(),
        early: event.overtaken(n).is_some(),
        bad: sentence::is_bad(&done.effects),
        fate: if at < session.at() {
            StepFate::Done
        } else {
            StepFate::Future
        },
        reads_from: None,
        stale: None,
        outcome: None,
        eager: eager::after(moment, done),
    });
}

fn effect(moment: &Moment, cpu: usize, event: &Event, e: &Effect) -> EffectView {
    let kind = match e {
        Effect::Got {
            forwarded: false, ..
        } => EffectKind::Read,
        Effect::Got { .. } => EffectKind::Forwarded,
        Effect::Buffered { .. } => EffectKind::Buffered,
        Effect::Stored { .. } | Effect::Reached { .. } => EffectKind::Stored,
        Effect::Failed => EffectKind::Failed,
        Effect::Resolved { .. } => EffectKind::Resolved,
        Effect::Undone { .. } => EffectKind::Undone,
        Effect::Entered { .. } => EffectKind::Entered,
        Effect::Left { .. } => EffectKind::Left,
        Effect::Started { .. } => EffectKind::Started,
        Effect::UnmatchedUnlock
        | Effect::NotHeld { .. }
        | Effect::UseAfterFree { .. }
        | Effect::DoubleFree { .. }
        | Effect::Uninitialised { .. }
        | Effect::Wild => EffectKind::Bad,
    };
    EffectView {
        kind,
        text: sentence::effect(&moment.names, cpu, event.before, e),
    }
}

/// A step that cannot be done.
fn struck(moment: &Moment, t: &mut Timeline, name: StepName, fate: StepFate) -> usize {
    let n = &moment.names;
    let p = moment.session.program();
    let end = moment.session.run().state();
    let cpu = (0..p.cpus.len()).find(|cpu| p.cpu_name(*cpu) == name.cpu);
    let line = cpu.and_then(|cpu| n.listing.line(cpu, name.stmt));
    let text = line.map(|l| l.text.trim_end_matches(';').to_owned());
    let (label, what) = match p.find(name) {
        Some(step) => {
            let cpu = usize::from(step.cpu);
            let what = match instruction(step) {
                Some(at) => {
                    let noun = n.noun(end, cpu, at);
                    format!("{} {}", n.cpu_owns(cpu), noun.trim_start_matches("the "))
                }
                None => format!("{} guess", n.cpu_owns(cpu)),
            };
            (sentence::label(n, end, step, &[]), what)
        }
        None => {
            let worker = matches!(name.cpu, machine::CpuName::Worker(..));
            let gone = if worker {
                "the SRCU callback"
            } else {
                "a step of another program"
            };
            let text = text.unwrap_or_else(|| gone.to_owned());
            (text.clone(), text)
        }
    };
    let text = match &fate {
        StepFate::Impossible(why) => format!("not possible: {what}: {why}"),
        StepFate::SwitchedOff => format!("switched off: {what}"),
        _ => format!("not reached: {what}"),
    };
    let text = sentence(&text);
    t.steps.push(StepView {
        position: None,
        name,
        kind: name.kind,
        cpu,
        number: line.map(|l| l.number),
        sentence: text,
        label,
        effects: Vec::new(),
        early: false,
        bad: false,
        fate,
        reads_from: None,
        stale: None,
        outcome: None,
        eager: Vec::new(),
    });
    t.steps.len() - 1
}

/// Bars of sections, grace periods and buffered stores, from the steps of the run.
fn spans(moment: &Moment, t: &Timeline) -> Vec<SpanView> {
    let session = moment.session;
    let n = &moment.names;
    let mut spans: Vec<SpanView> = Vec::new();
    let mut open: Vec<(usize, Bar)> = Vec::new();
    for (at, done) in session.run().done().iter().enumerate() {
        let Some(&place) = t.of_run.get(at) else {
            break;
        };
        let cpu = usize::from(done.step.cpu);
        for effect in &done.effects {
            match effect {
                Effect::Entered { section } => {
                    open.push((spans.len(), Bar::Section(*section)));
                    spans.push(SpanView {
                        kind: SpanKind::Section,
                        cpu,
                        label: "read-side section".to_owned(),
                        from: place,
                        to: None,
                    });
                }
                Effect::Left { section } => {
                    close(&mut spans, &mut open, Bar::Section(*section), place);
                }
                Effect::Started { sections } => {
                    let names = reason::readers(n, *sections);
                    open.push((spans.len(), Bar::GracePeriod(done.step.cpu, done.step.at)));
                    spans.push(SpanView {
                        kind: SpanKind::GracePeriod,
                        cpu,
                        label: if names.is_empty() {
                            "grace period".to_owned()
                        } else {
                            format!("grace period waits for {}", crate::names::list(&names))
                        },
                        from: place,
                        to: None,
                    });
                }
                Effect::Buffered { loc, value } => {
                    open.push((spans.len(), Bar::Store(done.step.cpu, done.step.at)));
                    spans.push(SpanView {
                        kind: SpanKind::Buffered,
                        cpu,
                        label: format!("{} = {}", n.loc(usize::from(*loc)), n.value(*value)),
                        from: place,
                        to: None,
                    });
                }
                Effect::Stored { .. } => {
                    let bar = Bar::Store(done.step.cpu, done.step.at);
                    close(&mut spans, &mut open, bar, place);
                }
                _ => {}
            }
        }
        if done.step.kind == StepKind::End {
            let bar = Bar::GracePeriod(done.step.cpu, done.step.at);
            close(&mut spans, &mut open, bar, place);
        }
    }
    spans
}

/// What a bar is of: a section; the grace period, or the buffered store, of a CPU's instruction.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Bar {
    Section(u8),
    GracePeriod(u8, u8),
    Store(u8, u8),
}

fn close(spans: &mut [SpanView], open: &mut Vec<(usize, Bar)>, bar: Bar, place: usize) {
    if let Some(i) = open.iter().position(|(_, of)| *of == bar) {
        let (span, _) = open.swap_remove(i);
        if let Some(span) = spans.get_mut(span) {
            span.to = Some(place);
        }
    }
}
