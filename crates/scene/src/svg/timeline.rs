//! The space-time diagram: a lane a CPU, one for memory, one for grace periods.

use machine::StepKind;

use super::TimelineOptions;
use super::write::{Picture, escape, fit, num, width_of};
use crate::view::{CpuKind, EffectKind, SpanKind, StepFate, StepView, View};

const TOP: f64 = 20.0;
const LANE: f64 = 42.0;
const ROW: f64 = 16.0;
/// Fewer steps than these leave room on the right, so that the first steps do not jump.
const COLUMNS: usize = 10;

struct Layout {
    left: f64,
    column: f64,
    width: f64,
    height: f64,
    /// By CPU: the middle of its lane.
    cpus: Vec<f64>,
    memory: f64,
    /// The first row of the lane of grace periods, if there is one.
    grace: Option<f64>,
    lanes: Vec<(f64, String)>,
}

impl Layout {
    fn new(view: &View, options: TimelineOptions) -> Layout {
        let mut lanes: Vec<(f64, String)> = Vec::new();
        let threads = view
            .cpus
            .iter()
            .filter(|c| c.kind != CpuKind::Worker)
            .count();
        let mut y = TOP;
        let mut cpus = Vec::new();
        let mut memory = TOP;
        for (number, cpu) in view
            .cpus
            .iter()
            .filter(|c| c.kind != CpuKind::Worker)
            .enumerate()
        {
            // Memory lies between the CPUs, so that arrows are short.
            if number == threads.div_ceil(2) {
                memory = y;
                lanes.push((y, "memory".to_owned()));
                y += LANE;
            }
            lanes.push((y, cpu.name.clone()));
            cpus.push(y);
            y += LANE;
        }
        if threads < 2 {
            memory = y;
            lanes.push((y, "memory".to_owned()));
            y += LANE;
        }
        let workers = view.cpus.len() - threads;
        let rows = rows(view).iter().copied().max().map_or(0, |most| most + 1);
        let domains = !view.srcu.domains.is_empty();
        let grace = (workers > 0 || rows > 0 || domains).then_some(y);
        if grace.is_some() {
            let name = view.srcu.domains.iter().any(|d| d.name != "RCU");
            lanes.push((y, if name { "SRCU" } else { "RCU" }.to_owned()));
            y += ROW * rows.max(1) as f64 + 14.0;
        }
        for _ in 0..workers {
            cpus.push(grace.unwrap_or(y));
        }
        let names = lanes
            .iter()
            .map(|(_, name)| width_of(name))
            .fold(60.0, f64::max);
        let left = names.min(150.0) + 14.0;
        let columns = view.steps.len().max(COLUMNS) as f64;
        let least = if options.labels { 58.0 } else { 24.0 };
        let column = ((f64::from(options.width) - left - 16.0) / columns).clamp(least, 130.0);
        let width = (left + column * columns + 16.0).max(f64::from(options.width.min(4000)));
        Layout {
            left,
            column,
            width,
            height: y - LANE / 2.0 + 8.0,
            cpus,
            memory,
            grace,
            lanes,
        }
    }

    fn x(&self, step: usize) -> f64 {
        self.left + self.column * (step as f64 + 0.5)
    }

    fn y(&self, cpu: Option<usize>) -> f64 {
        let lane = cpu.and_then(|cpu| self.cpus.get(cpu)).copied();
        lane.unwrap_or(self.grace.unwrap_or(self.memory))
    }
}

/// For each bar, the row that it is drawn in: 0 for sections, which have their CPU's lane.
fn rows(view: &View) -> Vec<usize> {
    let mut ends: Vec<usize> = Vec::new();
    let mut rows = Vec::new();
    for span in &view.spans {
        if span.kind == SpanKind::Section {
            rows.push(0);
            continue;
        }
        let row = ends
            .iter()
            .position(|end| *end < span.from)
            .unwrap_or(ends.len());
        let end = span.to.unwrap_or(usize::MAX);
        match ends.get_mut(row) {
            Some(slot) => *slot = end,
            None => ends.push(end),
        }
        rows.push(row);
    }
    rows
}

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
        let lane = step.cpu.unwrap_or(view.cpus.len());
        let turn = of_lane.get(lane).copied().unwrap_or(0);
        event(
            &mut picture,
            &layout,
            number,
            step,
            options.labels.then_some(turn),
        );
        if let Some(count) = of_lane.get_mut(lane) {
            *count += 1;
        }
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
        if width > 70.0 {
            picture.text(
                "bar-text",
                from + 14.0,
                y + 16.0,
                &fit(&span.label, width - 16.0),
            );
        }
    }
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
        let entered = view
            .steps
            .get(..number)
            .unwrap_or_default()
            .iter()
            .rposition(|s| {
                s.kind == StepKind::Enter
                    && s.position.is_some()
                    && (s.name.cpu, s.name.stmt, s.name.part)
                        == (step.name.cpu, step.name.stmt, step.name.part)
            });
        let from = entered.map_or(x, |e| layout.x(e));
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
        let room = layout.column * 1.6;
        picture.text("label", x + 4.0, at, &fit(&step.label, room));
    }
    picture.raw("</g>");
}

fn kind_class(kind: StepKind) -> &'static str {
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
    }
}

/// Each kind has a shape of its own; an early access is a diamond.
fn shape(picture: &mut Picture, step: &StepView, x: f64, y: f64) {
    let polygon = |points: &[(f64, f64)]| {
        let points: Vec<String> = points
            .iter()
            .map(|(dx, dy)| format!("{} {}", num(x + dx), num(y + dy)))
            .collect();
        format!("M{}z", points.join("L"))
    };
    if step.fate.is_struck() {
        let (l, r, t, b) = (num(x - 5.0), num(x + 5.0), num(y - 5.0), num(y + 5.0));
        picture.path("shape", &format!("M{l} {t}L{r} {b}M{r} {t}L{l} {b}"));
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
        StepKind::PredictTaken | StepKind::PredictNot | StepKind::PredictFail => {
            picture.circle("shape hollow", x, y, 6.0);
            picture.text("mark", x - 3.0, y + 4.0, "?");
        }
    }
    if step.bad {
        picture.text("mark", x - 2.0, y - 9.0, "!");
    }
}
