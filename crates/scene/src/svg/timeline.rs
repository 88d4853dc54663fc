//! The space-time diagram: a lane a CPU, one for memory, one for grace periods.

use machine::StepKind;

use super::TimelineOptions;
use super::label::{Placed, Places, Taken};
use super::layout::{Layout, ROW, rows};
use super::shapes::{kind_class, shape};
use super::write::{Picture, escape, fit, num};
use crate::view::{EffectKind, SpanKind, SpanView, StepFate, StepView, View};

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
        if options.names {
            lane_name(&mut picture, &layout, *y, name);
        }
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
    let labels = labels(view, &layout);
    for (number, (step, label)) in view.steps.iter().zip(labels).enumerate() {
        event(&mut picture, &layout, number, step, label);
    }
    let desc: Vec<&str> = view.steps.iter().map(|s| s.sentence.as_str()).collect();
    picture.finish(
        "scene-timeline",
        layout.width,
        layout.height,
        "Timeline",
        &desc.join(" "),
    )
}

/// The names of the lanes, for a place beside the picture.
pub(super) fn names_svg(view: &View, options: TimelineOptions) -> String {
    let layout = Layout::new(view, options);
    let mut picture = Picture::new();
    for (y, name) in &layout.lanes {
        lane_name(&mut picture, &layout, *y, name);
    }
    let desc: Vec<&str> = layout.lanes.iter().map(|(_, name)| name.as_str()).collect();
    picture.finish(
        "scene-timeline-names",
        layout.names - 6.0,
        layout.height,
        "Lanes",
        &desc.join(", "),
    )
}

fn lane_name(picture: &mut Picture, layout: &Layout, y: f64, name: &str) {
    picture.text("lane-name", 0.0, y + 4.0, &fit(name, layout.names - 14.0));
}

/// For each step, its label and the place of it, where there is one. What is bad or early comes first.
fn labels(view: &View, layout: &Layout) -> Vec<Option<Placed>> {
    let mut places = Places {
        taken: Vec::new(),
        left: layout.left - 8.0,
        right: layout.width - 2.0,
        bottom: layout.height,
    };
    for (number, step) in view.steps.iter().enumerate() {
        let (x, y) = (layout.x(number), layout.y(step.cpu));
        places.taken.push(Taken::around(x, y, 6.0, 6.0));
        if stored(step) {
            places.taken.push(Taken::around(x, layout.memory, 4.0, 4.0));
        }
    }
    for (span, row) in view.spans.iter().zip(rows(view)) {
        let (from, to) = ends(span, view, layout);
        let y = bar_y(span, row, layout);
        places.taken.push(Taken::bar(from, to, y));
    }
    let mut order: Vec<usize> = (0..view.steps.len()).collect();
    order.sort_by_key(|at| {
        let step = &view.steps[*at];
        (!step.bad, !step.early, step.fate.is_struck(), *at)
    });
    let mut labels: Vec<Option<Placed>> = view.steps.iter().map(|_| None).collect();
    for at in order {
        let step = &view.steps[at];
        // What a store is was said where it went into the buffer.
        let said = step.kind == StepKind::Drain
            && step.position.is_some()
            && entered(view, at, step).is_some();
        if !said {
            labels[at] = places.place(&step.label, layout.x(at), layout.y(step.cpu));
        }
    }
    labels
}

/// How many columns of the picture are over.
fn current(view: &View) -> usize {
    let done = |s: &StepView| s.position.is_some_and(|p| p <= view.at);
    view.steps.iter().rposition(done).map_or(0, |i| i + 1)
}

fn bars(picture: &mut Picture, view: &View, layout: &Layout) {
    let rows = rows(view);
    for (span, row) in view.spans.iter().zip(rows) {
        let (from, to) = ends(span, view, layout);
        let y = bar_y(span, row, layout);
        let class = match span.kind {
            SpanKind::Section => "bar section",
            SpanKind::GracePeriod => "bar grace",
        };
        let future = view
            .steps
            .get(span.from)
            .is_some_and(|s| s.fate == StepFate::Future);
        let open = if span.to.is_none() { " open" } else { "" };
        let future = if future { " future" } else { "" };
        let width = to - from;
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

/// Where a bar begins and ends.
fn ends(span: &SpanView, view: &View, layout: &Layout) -> (f64, f64) {
    let from = layout.x(span.from);
    let to = match span.to {
        Some(to) => layout.x(to),
        None => layout.x(view.steps.len().saturating_sub(1)) + layout.column / 2.0,
    };
    (from, to.max(from + 8.0))
}

fn bar_y(span: &SpanView, row: usize, layout: &Layout) -> f64 {
    match span.kind {
        SpanKind::Section => layout.y(Some(span.cpu)),
        SpanKind::GracePeriod => layout.grace.unwrap_or(layout.memory) + ROW * row as f64,
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
    label: Option<Placed>,
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
    if let Some(label) = label {
        picture.text("label", label.x, label.y, &label.text);
    }
    picture.raw("</g>");
}
