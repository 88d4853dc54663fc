//! The space-time diagram: a lane a CPU, one for memory, one for grace periods.

use machine::StepKind;

use super::TimelineOptions;
use super::layout::{Layout, ROW, rows};
use super::shapes::{kind_class, shape};
use super::write::{Picture, escape, fit, num};
use crate::view::{EffectKind, SpanKind, StepFate, StepView, View};

/// The picture.
pub(super) fn svg(view: &View, options: TimelineOptions) -> String {
    let layout = Layout::new(view, options);
    let mut picture = Picture::new();
    for (y, name) in &layout.lanes {
        let d = format!(
            "M{} {y}H{}",
            num(layout.left - 6.0),
            num(layout.width - 8.0),
            y = num(*y)
        );
        picture.path("lane", &d);
        picture.text("lane-name", 0.0, y + 4.0, &fit(name, layout.left - 14.0));
    }
    bars(&mut picture, view, &layout);
    let now = layout.left + layout.column * current(view) as f64;
    picture.path(
        "now",
        &format!("M{} 4V{}", num(now), num(layout.height - 4.0)),
    );
    for (number, step) in view.steps.iter().enumerate() {
        flights(&mut picture, view, &layout, number, step);
    }
    let mut of_lane = vec![0_usize; view.cpus.len() + 1];
    for (number, step) in view.steps.iter().enumerate() {
        // What a store is was said where it went into the buffer.
        let said = step.kind == StepKind::Drain
            && step.position.is_some()
            && entered(view, number, step).is_some();
        let turn = of_lane.get_mut(step.cpu.unwrap_or(view.cpus.len()));
        let label = match turn {
            Some(turn) if options.labels && !said => {
                *turn += 1;
                Some(*turn - 1)
            }
            _ => None,
        };
        event(&mut picture, &layout, number, step, label);
    }
    let desc: Vec<&str> = view.steps.iter().map(|s| s.sentence.as_str()).collect();
    picture.finish(
        "scene timeline",
        layout.width,
        layout.height,
        "Timeline",
        &desc.join(" "),
    )
}

/// How many columns of the picture are over.
fn current(view: &View) -> usize {
    let done = |s: &StepView| s.position.is_some_and(|p| p <= view.at);
    view.steps.iter().rposition(done).map_or(0, |i| i + 1)
}

fn bars(picture: &mut Picture, view: &View, layout: &Layout) {
    let rows = rows(view);
    for (span, row) in view.spans.iter().zip(rows) {
        let from = layout.x(span.from);
        let to = span.to.map_or_else(
            || layout.x(view.steps.len().saturating_sub(1)),
            |to| layout.x(to),
        );
        let to = if span.to.is_none() {
            to + layout.column / 2.0
        } else {
            to
        };
        let (class, y) = match span.kind {
            SpanKind::Section => ("bar section", layout.y(Some(span.cpu))),
            SpanKind::GracePeriod => (
                "bar grace",
                layout.grace.unwrap_or(layout.memory) + ROW * row as f64,
            ),
        };
        let future = view
            .steps
            .get(span.from)
            .is_some_and(|s| s.fate == StepFate::Future);
        let open = if span.to.is_none() { " open" } else { "" };
        let future = if future { " future" } else { "" };
        let width = (to - from).max(8.0);
        picture.rect(
            &format!("{class}{open}{future}"),
            from,
            y - 6.0,
            width,
            12.0,
            6.0,
        );
        let (x, room) = gap(view, layout, y, from, from + width);
        if room >= 60.0 {
            let class = format!("bar-text{future}");
            picture.text(&class, x, y + 3.5, &fit(&span.label, room));
        }
    }
}

/// The widest room for a text inside a bar, between the events of its lane.
fn gap(view: &View, layout: &Layout, y: f64, from: f64, to: f64) -> (f64, f64) {
    let mut edges = vec![from];
    for (number, step) in view.steps.iter().enumerate() {
        let x = layout.x(number);
        if x > from && x < to && layout.y(step.cpu) == y {
            edges.push(x);
        }
    }
    edges.push(to);
    let mut best = (from, 0.0);
    for pair in edges.windows(2) {
        if let [left, right] = pair
            && right - left - 18.0 > best.1
        {
            best = (left + 10.0, right - left - 18.0);
        }
    }
    best
}

/// Lines from the CPU to memory, and from a store to the load that read it.
fn flights(picture: &mut Picture, view: &View, layout: &Layout, number: usize, step: &StepView) {
    let x = layout.x(number);
    let y = layout.y(step.cpu);
    let future = if step.fate == StepFate::Future {
        " future"
    } else {
        ""
    };
    if stored(step) {
        // From where the store went into the buffer.
        let from = entered(view, number, step).map_or(x, |e| layout.x(e));
        line(
            picture,
            &format!("flight{future}"),
            from,
            y,
            x,
            layout.memory,
        );
    }
    let Some(writer) = step.reads_from else {
        return;
    };
    let Some(other) = view.steps.get(writer) else {
        return;
    };
    let early = if step.early { " early" } else { "" };
    let from_y = if stored(other) {
        layout.memory
    } else {
        layout.y(other.cpu)
    };
    line(
        picture,
        &format!("rf{early}{future}"),
        layout.x(writer),
        from_y,
        x,
        y,
    );
}

fn line(picture: &mut Picture, class: &str, x: f64, y: f64, to_x: f64, to_y: f64) {
    picture.path(
        class,
        &format!("M{} {}L{} {}", num(x), num(y), num(to_x), num(to_y)),
    );
}

/// The step that put a store into the buffer.
fn entered(view: &View, number: usize, step: &StepView) -> Option<usize> {
    let earlier = view.steps.get(..number).unwrap_or_default();
    earlier.iter().rposition(|s| {
        s.kind == StepKind::Enter
            && s.position.is_some()
            && (s.name.cpu, s.name.stmt, s.name.part)
                == (step.name.cpu, step.name.stmt, step.name.part)
    })
}

fn stored(step: &StepView) -> bool {
    step.effects.iter().any(|e| e.kind == EffectKind::Stored)
}

/// A step: a shape in its lane, and in memory if it stored.
fn event(
    picture: &mut Picture,
    layout: &Layout,
    number: usize,
    step: &StepView,
    label: Option<usize>,
) {
    let (x, y) = (layout.x(number), layout.y(step.cpu));
    let mut class = format!("event {}", kind_class(step.kind));
    for (yes, word) in [
        (step.early, " early"),
        (step.bad, " bad"),
        (step.fate == StepFate::Future, " future"),
        (step.fate.is_struck(), " struck"),
        (matches!(step.fate, StepFate::Impossible(_)), " impossible"),
    ] {
        if yes {
            class.push_str(word);
        }
    }
    let position = match step.position {
        Some(position) => format!(" data-position=\"{position}\""),
        None => String::new(),
    };
    picture.raw(&format!(
        "<g class=\"{class}\"{position}><title>{}</title>",
        escape(&step.sentence)
    ));
    let half = layout.column / 2.0;
    let (hx, hw, hh) = (num(x - half), num(layout.column), num(layout.height));
    picture.raw(&format!(
        "<rect class=\"hit\" fill=\"transparent\" x=\"{hx}\" y=\"0\" width=\"{hw}\" height=\"{hh}\"/>"
    ));
    shape(picture, step, x, y);
    if stored(step) {
        picture.circle("dot", x, layout.memory, 4.0);
    }
    if let Some(turn) = label {
        // Neighbours in a lane have their labels above and below in turn.
        let at = if turn.is_multiple_of(2) {
            y - 9.0
        } else {
            y + 18.0
        };
        // Sans-serif text is narrower than the monospace that `fit` counts with.
        let room = (layout.column * 2.0 - 12.0) * 1.1;
        picture.text("label", x + 4.0, at, &fit(&step.label, room));
    }
    picture.raw("</g>");
}
