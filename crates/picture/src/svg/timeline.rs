//! The space-time diagram: a lane a CPU, one for memory, one for grace periods.

use machine::{StepKind, Way};

use super::TimelineOptions;
use super::label::{Placed, Places, Taken};
use super::layout::Layout;
use super::shapes::{eager_shape, kind_class, shape};
use super::spans;
use super::write::{Picture, escape, fit, num, width_of_label};
use session::step_text;
use session::view::{EffectKind, StepFate, StepView, View};

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
    spans::draw(&mut picture, view, &layout);
    let now = layout.left + layout.column * current(view) as f64;
    picture.path(
        "now",
        &format!("M{} 4V{}", num(now), num(layout.height - 4.0)),
    );
    for (number, step) in view.steps.iter().enumerate() {
        flights(&mut picture, view, &layout, number, step);
    }
    if let Some(at) = options.closed.and_then(|at| place(view, at)) {
        closing(
            &mut picture,
            &layout,
            layout.left + layout.column * (at + 1) as f64,
        );
    }
    let labels = labels(view, &layout);
    for (number, label) in labels.into_iter().enumerate() {
        event(&mut picture, view, &layout, options, number, label);
    }
    if options.interactive {
        return picture.group("scene-timeline", layout.width, layout.height, "Steps");
    }
    let told = |number| step_text(view, number, options.micro);
    let desc: Vec<String> = (0..view.steps.len()).map(told).collect();
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
        reserved: Vec::new(),
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
    places.taken.extend(spans::taken(view, layout));
    let mut order: Vec<usize> = (0..view.steps.len()).collect();
    order.sort_by_key(|at| {
        let step = &view.steps[*at];
        (
            !step.bad,
            step.stale.is_none(),
            step.outcome.is_none(),
            !step.early,
            step.fate.is_struck(),
            // From the right, so that a label makes way to the left, where time has passed.
            usize::MAX - *at,
        )
    });
    // What a store is was said where it went into the buffer.
    order.retain(|at| {
        let step = &view.steps[*at];
        step.kind != StepKind::Drain
            || step.position.is_none()
            || entered(view, *at, step).is_none()
    });
    for at in &order {
        places.reserve(*at, layout.x(*at), layout.y(view.steps[*at].cpu));
    }
    let mut labels: Vec<Option<Placed>> = view.steps.iter().map(|_| None).collect();
    for at in order {
        let step = &view.steps[at];
        let label = match step.stale {
            Some(_) => format!("{}: stale", step.label),
            None => step.label.clone(),
        };
        labels[at] = places.place(at, &label, layout.x(at), layout.y(step.cpu));
    }
    labels
}

/// The column of the step after which so many are done.
fn place(view: &View, position: usize) -> Option<usize> {
    let is = |step: &StepView| step.position == Some(position);
    view.steps.iter().position(is)
}

/// A line behind the step that has made every bad outcome impossible, with a ring as on the lines of the programs.
fn closing(picture: &mut Picture, layout: &Layout, x: f64) {
    let bottom = layout.height - 12.0;
    picture.path("closed", &format!("M{x} 4V{}", num(bottom), x = num(x)));
    picture.circle("closed", x, bottom + 4.0, 3.5);
    let text = "no bad outcome from here";
    if x + width_of_label(text) + 14.0 < layout.width {
        picture.text("closed-text", x + 7.0, bottom + 8.0, text);
    }
}

/// How many columns of the picture are over.
fn current(view: &View) -> usize {
    let done = |s: &StepView| s.position.is_some_and(|p| p <= view.at);
    view.steps.iter().rposition(done).map_or(0, |i| i + 1)
}

/// Arrows from the CPU, or its buffer, to memory, and from a store to the load that read it.
fn flights(picture: &mut Picture, view: &View, layout: &Layout, number: usize, step: &StepView) {
    let x = layout.x(number);
    let y = layout.y(step.cpu);
    let future = if step.fate == StepFate::Future {
        " future"
    } else {
        ""
    };
    if stored(step) {
        let from = spans::track_of(view, layout, number).unwrap_or(y);
        // Past its own lane, where memory is drawn above it.
        let class = format!("flight{future}");
        arrow(picture, &class, (x, from), (x, layout.memory), 4.0);
    }
    if let Some(cpu) = reached(view, step) {
        let class = format!("flight{future}");
        arrow(picture, &class, (x, y), (x, layout.y(Some(cpu))), 4.0);
    }
    let Some(writer) = step.reads_from else {
        return;
    };
    let Some(other) = view.steps.get(writer) else {
        return;
    };
    let mut class = "rf".to_owned();
    for (yes, word) in [
        (step.early, " early"),
        (step.stale.is_some(), " stale"),
        (step.position == Some(view.at), " last"),
        (step.fate == StepFate::Future, " future"),
    ] {
        if yes {
            class.push_str(word);
        }
    }
    // What is still in the CPU's own buffer is read from there.
    let own = !stored(other) && reached(view, other).is_none() && other.cpu == step.cpu;
    // What has reached the CPU by itself comes from there, all else from memory.
    let from = reached(view, other).map_or(layout.memory, |cpu| layout.y(Some(cpu)));
    match spans::track_of(view, layout, writer).filter(|_| own) {
        Some(track) => arrow(picture, &class, (x, track), (x, y), 6.0),
        None => arrow(picture, &class, (layout.x(writer), from), (x, y), 7.0),
    }
}

/// A line with a head, which ends a little before the point it leads to.
fn arrow(picture: &mut Picture, class: &str, from: (f64, f64), to: (f64, f64), gap: f64) {
    let (dx, dy) = (to.0 - from.0, to.1 - from.1);
    let length = dx.hypot(dy);
    if length < gap + 4.0 {
        return;
    }
    let (ux, uy) = (dx / length, dy / length);
    let tip = (to.0 - ux * gap, to.1 - uy * gap);
    let back = (tip.0 - ux * 6.0, tip.1 - uy * 6.0);
    let wing = (-uy * 3.0, ux * 3.0);
    let point = |(x, y): (f64, f64)| format!("{} {}", num(x), num(y));
    picture.path(class, &format!("M{}L{}", point(from), point(back)));
    let left = point((back.0 + wing.0, back.1 + wing.1));
    let right = point((back.0 - wing.0, back.1 - wing.1));
    picture.shape(
        &format!("head {class}"),
        &format!("M{left}L{}L{right}z", point(tip)),
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
    let reach = matches!(step.kind, StepKind::Reach(_));
    !reach && step.effects.iter().any(|e| e.kind == EffectKind::Stored)
}

/// The CPU that a store reaches in this step.
fn reached(view: &View, step: &StepView) -> Option<usize> {
    let Way::To(to) = step.name.way else {
        return None;
    };
    let id = to.to_string();
    view.cpus.iter().position(|cpu| cpu.id == id)
}

/// A step: a shape in its lane, and in memory if it stored.
fn event(
    picture: &mut Picture,
    view: &View,
    layout: &Layout,
    options: TimelineOptions,
    number: usize,
    label: Option<Placed>,
) {
    let Some(step) = view.steps.get(number) else {
        return;
    };
    let (x, y) = (layout.x(number), layout.y(step.cpu));
    let mut class = format!("event {}", kind_class(step.kind));
    for (yes, word) in [
        (step.early, " early"),
        (step.stale.is_some(), " stale"),
        (step.bad, " bad"),
        (step.outcome.is_some(), " outcome"),
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
    let text = step_text(view, number, options.micro);
    let half = layout.column / 2.0;
    picture.raw(&format!(
        "<g class=\"{class}\" data-index=\"{number}\"{position}{}>{}",
        if options.interactive {
            button(view, number, step, &text)
        } else {
            String::new()
        },
        if options.interactive {
            String::new()
        } else {
            format!("<title>{}</title>", escape(&text))
        }
    ));
    let (hx, hw, hh) = (num(x - half), num(layout.column), num(layout.height - 2.0));
    picture.raw(&format!(
        "<rect class=\"hit\" fill=\"transparent\" x=\"{hx}\" y=\"1\" width=\"{hw}\" height=\"{hh}\" rx=\"4\"/>"
    ));
    if let Some(top) = label.as_ref().and_then(|label| label.leader) {
        let d = format!("M{} {}V{}", num(x), num(y - 6.0), num(top));
        picture.path("leader", &d);
    }
    shape(picture, step, x, y);
    if stored(step) {
        picture.circle("dot", x, layout.memory, 4.0);
    }
    if step.outcome.is_some() {
        picture.circle(
            "ring",
            x,
            if stored(step) { layout.memory } else { y },
            10.0,
        );
    }
    if let Some(label) = label {
        picture.text("label", label.x, label.y, &label.text);
    }
    picture.raw("</g>");
    if options.micro {
        let apart = (layout.column - 16.0) / (step.eager.len() + 1) as f64;
        for (at, eager) in step.eager.iter().enumerate() {
            let x = x + 8.0 + apart * (at + 1) as f64;
            eager_shape(picture, eager, x, layout.y(Some(eager.cpu)));
        }
    }
}

/// The attributes that make a step a button. Only the present one is a stop of the keyboard; the others are reached
/// from it.
fn button(view: &View, number: usize, step: &StepView, text: &str) -> String {
    let now = step.position == Some(view.at);
    let first = view.at == 0 && number == 0;
    format!(
        " role=\"button\" tabindex=\"{}\"{}{} aria-label=\"{}\"",
        if now || first { "0" } else { "-1" },
        if now { " aria-current=\"step\"" } else { "" },
        if step.position.is_none() {
            " aria-disabled=\"true\""
        } else {
            ""
        },
        escape(text)
    )
}
