//! A time line event by event: the updater, the domain's grace periods, the arrays that are kept.
//!
//! Columns are events, not time: between two of them there may be a microsecond or twenty
//! milliseconds, so each says when it is.

use ::cost::{TimeLine, What};

use super::super::write::{Picture, fit_label, num};
use crate::cost::{event_sentence, time};

const COLUMN: f64 = 76.0;
const LEFT: f64 = 86.0;
const LANES: [(&str, f64); 3] = [
    ("updater", 34.0),
    ("grace periods", 72.0),
    ("arrays kept", 106.0),
];
const HEIGHT: f64 = 126.0;

/// The events that are shown.
struct Window {
    from: usize,
    to: usize,
    column: f64,
}

impl Window {
    /// As many as fit, with the present one in sight.
    fn new(line: &TimeLine, at: usize, width: f64) -> Window {
        let fit = ((width - LEFT) / COLUMN).floor().max(2.0) as usize;
        let count = line.events.len();
        let from = at.saturating_sub(fit / 2).min(count.saturating_sub(fit));
        let to = (from + fit).min(count);
        Window {
            from,
            to,
            column: (width - LEFT) / fit as f64,
        }
    }

    fn x(&self, event: usize) -> f64 {
        LEFT + (event as f64 - self.from as f64 + 0.5) * self.column
    }

    /// The ends of a bar, open where it goes on outside; none where all of it is outside.
    fn bar(&self, begins: Option<usize>, ends: Option<usize>) -> Option<(f64, f64)> {
        let (begins, ends) = (begins?, ends.unwrap_or(usize::MAX));
        if begins >= self.to || ends < self.from {
            return None;
        }
        let left = if begins < self.from {
            LEFT
        } else {
            self.x(begins)
        };
        let right = if ends >= self.to {
            LEFT + self.column * (self.to - self.from) as f64
        } else {
            self.x(ends)
        };
        Some((left, right.max(left + 4.0)))
    }
}

/// The picture, with the event `at` marked.
pub(in crate::svg) fn svg(line: &TimeLine, at: usize, width: u32) -> String {
    let width = f64::from(width.clamp(260, 1400));
    let window = Window::new(line, at, width);
    let mut picture = Picture::new();
    for (name, y) in LANES {
        picture.text("note", 0.0, y + 4.0, name);
        let (left, right, y) = (num(LEFT), num(width), num(y));
        picture.path("lane", &format!("M{left} {y}H{right}"));
    }
    let place = |what: What| line.events.iter().position(|event| event.what == what);
    for (number, operation) in line.operations.iter().enumerate() {
        let ends = window.bar(place(What::Begin(number)), place(What::Return(number)));
        let name = operation.task.name();
        let name = name.strip_prefix("the first ").unwrap_or(&name);
        bar(&mut picture, "bar operation", ends, LANES[0].1, name);
    }
    for (number, period) in line.periods.iter().enumerate() {
        let (starts, worker) = (place(What::Start(number)), place(What::Worker(number)));
        if worker.is_some() {
            let armed = window.bar(starts, worker);
            bar(
                &mut picture,
                "bar grace armed",
                armed,
                LANES[1].1,
                "timer armed",
            );
        }
        let ends = window.bar(worker.or(starts), place(What::End(number)));
        let (class, name) = if period.expedited {
            ("bar grace expedited", "expedited")
        } else {
            ("bar grace", "normal")
        };
        bar(&mut picture, class, ends, LANES[1].1, name);
    }
    let mut kept = 0_usize;
    for (number, event) in line.events.iter().enumerate().take(window.to) {
        match event.what {
            What::Retire(_) => kept += 1,
            What::Free(_) => kept = kept.saturating_sub(1),
            _ => {}
        }
        if number < window.from {
            continue;
        }
        let x = window.x(number);
        let future = if number > at { " future" } else { "" };
        let text = fit_label(&time(event.at), window.column);
        picture.text(
            &format!("note{future}"),
            x - window.column * 0.4,
            12.0,
            &text,
        );
        let lane = match event.what {
            What::Begin(_) | What::Return(_) | What::Retire(_) => LANES[0].1,
            What::Start(_) | What::Worker(_) | What::End(_) => LANES[1].1,
            What::Free(_) => LANES[2].1,
        };
        picture.circle(&format!("event-dot{future}"), x, lane, 4.0);
        let class = if kept > 0 { "mono" } else { "mono dim" };
        let class = format!("{class}{future}");
        picture.text(&class, x - 3.5, LANES[2].1 + 16.0, &kept.to_string());
        if number == at {
            let (x, bottom) = (num(x), num(HEIGHT - 18.0));
            picture.path("now", &format!("M{x} 18V{bottom}"));
        }
    }
    let description = event_sentence(line, at);
    picture.finish("scene-cost-strip", width, HEIGHT, "Time line", &description)
}

fn bar(picture: &mut Picture, class: &str, ends: Option<(f64, f64)>, y: f64, name: &str) {
    let Some((left, right)) = ends else {
        return;
    };
    picture.rect(class, left, y - 8.0, right - left, 16.0, 8.0);
    let name = fit_label(name, right - left - 8.0);
    if name.chars().count() > 2 {
        picture.text("note bar-name", left + 6.0, y + 18.0, &name);
    }
}
