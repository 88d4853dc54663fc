//! A shape for each kind of step.

use machine::StepKind;

use super::write::{Picture, num};
use session::view::{EagerKind, EagerView, StepFate, StepView};

/// The class of a kind of step.
pub(super) fn kind_class(kind: StepKind) -> &'static str {
    match kind {
        StepKind::Read => "read",
        StepKind::Enter => "enter",
        StepKind::Drain => "drain",
        StepKind::Atomic => "atomic",
        StepKind::Fence => "fence",
        StepKind::Lock => "lock",
        StepKind::Unlock => "unlock",
        StepKind::Start => "start",
        StepKind::End => "end",
        StepKind::Wait => "wait",
        StepKind::PredictTaken | StepKind::PredictNot | StepKind::PredictFail => "guess",
        StepKind::Reach(_) => "reach",
    }
}

/// Each kind has a shape of its own; an early access is a diamond.
pub(super) fn shape(picture: &mut Picture, step: &StepView, x: f64, y: f64) {
    let polygon = |points: &[(f64, f64)]| {
        let points: Vec<String> = points
            .iter()
            .map(|(dx, dy)| format!("{} {}", num(x + dx), num(y + dy)))
            .collect();
        format!("M{}z", points.join("L"))
    };
    let (l, r, t, b) = (num(x - 5.0), num(x + 5.0), num(y - 5.0), num(y + 5.0));
    match step.fate {
        StepFate::Done | StepFate::Future => {}
        // Forbidden; not reached; no such line.
        StepFate::Impossible(_) => {
            picture.circle("shape hollow", x, y, 6.5);
            let (l, r, t, b) = (num(x - 4.5), num(x + 4.5), num(y - 4.5), num(y + 4.5));
            picture.path("shape", &format!("M{l} {b}L{r} {t}"));
            return;
        }
        StepFate::NotReached => {
            picture.path("shape", &format!("M{l} {t}L{r} {b}M{r} {t}L{l} {b}"));
            return;
        }
        StepFate::SwitchedOff => {
            picture.path("shape", &format!("M{l} {y}H{r}", y = num(y)));
            return;
        }
    }
    if step.stale.is_some() {
        let d = polygon(&[(0.0, -8.5), (8.5, 0.0), (0.0, 8.5), (-8.5, 0.0)]);
        picture.shape("shape", &d);
        let d = polygon(&[(0.0, -4.0), (4.0, 0.0), (0.0, 4.0), (-4.0, 0.0)]);
        picture.shape("shape hollow", &d);
        return;
    }
    match step.kind {
        _ if step.early => {
            let d = polygon(&[(0.0, -7.0), (7.0, 0.0), (0.0, 7.0), (-7.0, 0.0)]);
            picture.shape("shape", &d);
        }
        StepKind::Read => picture.circle("shape", x, y, 5.0),
        StepKind::Enter => picture.circle("shape hollow", x, y, 4.0),
        StepKind::Drain => picture.circle("shape small", x, y, 2.5),
        StepKind::Atomic => picture.rect("shape", x - 5.0, y - 5.0, 10.0, 10.0, 1.0),
        StepKind::Fence => picture.rect("shape", x - 2.0, y - 10.0, 4.0, 20.0, 1.0),
        StepKind::Lock | StepKind::Start => {
            picture.shape("shape", &polygon(&[(-4.0, -6.0), (5.0, 0.0), (-4.0, 6.0)]));
        }
        StepKind::Unlock | StepKind::End | StepKind::Wait => {
            picture.shape("shape", &polygon(&[(4.0, -6.0), (-5.0, 0.0), (4.0, 6.0)]));
        }
        StepKind::Reach(_) => {
            picture.shape(
                "shape small",
                &polygon(&[(-3.0, -3.0), (3.0, -3.0), (0.0, 4.0)]),
            );
        }
        StepKind::PredictTaken | StepKind::PredictNot | StepKind::PredictFail => {
            picture.circle("shape hollow", x, y, 6.0);
            picture.text("mark", x - 3.0, y + 4.0, "?");
        }
    }
    if step.bad {
        picture.text("mark", x - 2.0, y - 9.0, "!");
    }
}

/// What a CPU does of itself: smaller than a step.
pub(super) fn eager_shape(picture: &mut Picture, eager: &EagerView, x: f64, y: f64) {
    picture.raw(&format!(
        "<g class=\"eager\"><title>{}</title>",
        super::write::escape(&eager.sentence)
    ));
    let (l, r, t, b) = (num(x - 3.0), num(x + 3.0), num(y - 3.5), num(y + 3.5));
    match eager.kind {
        EagerKind::Computed => picture.rect("shape", x - 2.5, y - 2.5, 5.0, 5.0, 0.0),
        EagerKind::Resolved => {
            picture.shape("shape", &format!("M{l} {b}L{} {t}L{r} {b}z", num(x)));
        }
        EagerKind::Undone => {
            picture.path("shape", &format!("M{l} {t}L{r} {b}M{r} {t}L{l} {b}"));
        }
    }
    picture.raw("</g>");
}
