//! The trace of a session as JSON, for other tools: `docs/trace.md` says what each member means.

use protocol::Model;
use protocol::json::{Trace, TraceEnd, TraceFate, TraceOutcome, TraceStep, TraceTest};

use session::Session;
use session::view::{FinalView, OutcomeView, StepFate, StepView, View};

/// The trace of a session: its test, setting and model, every step of the schedule with its sentence, and the end.
#[must_use]
pub fn trace_json(lab: &Session, view: &View) -> String {
    // Only a key that is no string could fail, and no type has one.
    let mut text = serde_json::to_string_pretty(&trace(lab, view)).unwrap_or_default();
    text.push('\n');
    text
}

fn trace(lab: &Session, view: &View) -> Trace {
    let test = lab.test();
    let steps = view.steps.iter().enumerate();
    Trace {
        schema: Trace::SCHEMA,
        version: Trace::VERSION,
        test: TraceTest {
            name: test.name.clone(),
            title: view.title.clone(),
            scenario: Some(lab.id().to_owned()).filter(|id| !id.is_empty()),
            source: lab.source().map(str::to_owned),
        },
        cpu: Model::Cpu(lab.model()),
        srcu: lab.flavour(),
        off: lab.link().off.unwrap_or_default(),
        steps: steps.map(|(at, step)| one_step(view, at, step)).collect(),
        at: view.at,
        end: view.finished.as_ref().map(finished),
    }
}

fn one_step(view: &View, at: usize, step: &StepView) -> TraceStep {
    let cpu = step.cpu.and_then(|cpu| view.cpus.get(cpu));
    let (fate, why) = match &step.fate {
        StepFate::Done => (TraceFate::Done, None),
        StepFate::Future => (TraceFate::Future, None),
        StepFate::Impossible(why) => (TraceFate::Impossible, Some(why.clone())),
        StepFate::SwitchedOff => (TraceFate::SwitchedOff, None),
        StepFate::NotReached => (TraceFate::NotReached, None),
    };
    TraceStep {
        number: at + 1,
        step: step.name.to_string(),
        cpu: cpu.map(|cpu| cpu.name.clone()),
        line: step.number,
        sentence: step.sentence.clone(),
        fate,
        why,
        early: step.early,
        bad: step.bad,
        reads_from: step.reads_from.map(|from| from + 1),
    }
}

fn finished(end: &FinalView) -> TraceEnd {
    TraceEnd {
        sentence: end.sentence.clone(),
        state: end.state.clone(),
        outcomes: end.outcomes.iter().map(outcome).collect(),
        condition: end.condition.as_ref().map(|condition| condition.holds),
        deadlock: end.deadlock.clone(),
        use_after_free: end.use_after_free,
        uninitialised: end.uninitialised,
        filtered_out: end.filtered_out,
    }
}

fn outcome(outcome: &OutcomeView) -> TraceOutcome {
    TraceOutcome {
        name: outcome.name.clone(),
        label: outcome.label.clone(),
        bad: outcome.bad,
        holds: outcome.holds,
    }
}
