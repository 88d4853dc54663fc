//! What is said of a step of the timeline, what its shapes mean, and how a number is written.

use crate::view::{SpanKind, StepFate, View};

/// What is said of a step of the timeline where it is pointed at: its sentence, that it read something stale, and that the outcome
/// rests on it. With
/// `micro`, also what its CPU did of itself.
#[must_use]
pub fn step_text(view: &View, index: usize, micro: bool) -> String {
    let Some(step) = view.steps.get(index) else {
        return String::new();
    };
    let number = step.position.unwrap_or(index + 1);
    let mut text = match step.fate {
        StepFate::Done | StepFate::Future => format!("Step {number}. {}", step.sentence),
        _ => format!("Step {number}, struck out. {}", step.sentence),
    };
    let eager = step.eager.iter().filter(|_| micro).map(|e| &e.sentence);
    for more in step.stale.iter().chain(&step.outcome).chain(eager) {
        text.push(' ');
        text.push_str(more);
    }
    text
}

/// The shapes that the timeline shows now, and what they mean.
#[must_use]
pub fn timeline_legend(view: &View, micro: bool) -> Vec<(&'static str, &'static str)> {
    let any = |test: &dyn Fn(&crate::view::StepView) -> bool| view.steps.iter().any(test);
    let buffered = view.spans.iter().any(|s| s.kind == SpanKind::Buffered);
    let all = [
        (buffered, "▬", "in the store buffer"),
        (any(&|s| s.reads_from.is_some()), "⇢", "read from"),
        (
            any(&|s| s.early && s.stale.is_none()),
            "◆",
            "before an earlier line",
        ),
        (any(&|s| s.stale.is_some()), "◈", "stale read"),
        (
            any(&|s| s.outcome.is_some()),
            "◎",
            "the outcome rests on it",
        ),
        (
            any(&|s| matches!(s.fate, StepFate::Impossible(_))),
            "⊘",
            "not possible any more",
        ),
        (
            any(&|s| s.fate == StepFate::NotReached),
            "×",
            "behind it, not reached",
        ),
        (
            any(&|s| s.fate == StepFate::SwitchedOff),
            "–",
            "its line is switched off",
        ),
        (
            micro && any(&|s| !s.eager.is_empty()),
            "△ ▫",
            "branch, arithmetic",
        ),
    ];
    let shown = all.into_iter().filter(|(shown, ..)| *shown);
    shown.map(|(_, symbol, text)| (symbol, text)).collect()
}

/// A number with thin gaps between its thousands.
#[must_use]
pub fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push('\u{202f}');
        }
        out.push(digit);
    }
    out
}
