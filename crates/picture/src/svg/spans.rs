//! What lasts, in the timeline: read-side sections, grace periods, stores in their buffers.

use super::label::Taken;
use super::layout::{Layout, ROW};
use super::write::{Picture, fit, num};
use session::view::{SpanKind, SpanView, StepFate, View};

/// Draws all of them.
pub(super) fn draw(picture: &mut Picture, view: &View, layout: &Layout) {
    for (span, row) in view.spans.iter().zip(&layout.rows) {
        let fate = view.steps.get(span.from).map(|s| &s.fate);
        let future = match fate {
            Some(StepFate::Future) => " future",
            _ => "",
        };
        match span.kind {
            SpanKind::Buffered => buffered(picture, span, *row, view, layout, future),
            SpanKind::Section => bar(picture, "bar section", span, *row, view, layout, future),
            SpanKind::GracePeriod => bar(picture, "bar grace", span, *row, view, layout, future),
        }
    }
}

/// The places that they take from labels.
pub(super) fn taken(view: &View, layout: &Layout) -> Vec<Taken> {
    let places = view.spans.iter().zip(&layout.rows).map(|(span, row)| {
        let (from, to) = ends(span, view, layout);
        let half = match span.kind {
            SpanKind::Buffered => 2.0,
            _ => 6.0,
        };
        Taken::bar(from, to, y(span, *row, layout), half)
    });
    places.collect()
}

/// The height at which the store of a step is drawn in its buffer, if it is.
pub(super) fn track_of(view: &View, layout: &Layout, step: usize) -> Option<f64> {
    let spans = view.spans.iter().zip(&layout.rows);
    let mut own = spans.filter(|(span, _)| span.kind == SpanKind::Buffered);
    let (span, row) = own.find(|(span, _)| span.from == step || span.to == Some(step))?;
    Some(layout.track(span.cpu, *row))
}

#[allow(clippy::too_many_arguments)]
fn bar(
    picture: &mut Picture,
    class: &str,
    span: &SpanView,
    row: usize,
    view: &View,
    layout: &Layout,
    future: &str,
) {
    let (from, to) = ends(span, view, layout);
    let y = y(span, row, layout);
    let open = if span.to.is_none() { " open" } else { "" };
    let width = to - from;
    let class = format!("{class}{open}{future}");
    picture.rect(&class, from, y - 6.0, width, 12.0, 6.0);
    let (x, room) = gap(view, layout, y, from, from + width);
    if room >= 60.0 {
        let class = format!("bar-text{future}");
        picture.text(&class, x, y + 3.5, &fit(&span.label, room));
    }
}

/// A store in its buffer: from the CPU's lane down into the queue, and along until it leaves.
fn buffered(
    picture: &mut Picture,
    span: &SpanView,
    row: usize,
    view: &View,
    layout: &Layout,
    future: &str,
) {
    let (from, to) = ends(span, view, layout);
    let (top, y) = (layout.y(Some(span.cpu)), layout.track(span.cpu, row));
    let open = if span.to.is_none() { " open" } else { "" };
    let d = format!(
        "M{x} {top}V{y}H{to}",
        x = num(from),
        top = num(top + 4.0),
        y = num(y),
        to = num(to)
    );
    picture.path(&format!("queued{open}{future}"), &d);
}

/// Where a bar begins and ends.
fn ends(span: &SpanView, view: &View, layout: &Layout) -> (f64, f64) {
    let from = layout.x(span.from);
    let to = match span.to {
        Some(to) => layout.x(to),
        // Up to the end of what is done: nothing is known of what is struck out.
        None => {
            let done = view.steps.iter().rposition(|s| s.position.is_some());
            layout.x(done.unwrap_or(span.from)) + layout.column / 2.0
        }
    };
    (from, to.max(from + 8.0))
}

fn y(span: &SpanView, row: usize, layout: &Layout) -> f64 {
    match span.kind {
        SpanKind::Section => layout.y(Some(span.cpu)),
        SpanKind::GracePeriod => layout.grace.unwrap_or(layout.memory) + ROW * row as f64,
        SpanKind::Buffered => layout.track(span.cpu, row),
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
