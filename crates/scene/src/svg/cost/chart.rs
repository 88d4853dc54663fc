//! Latency of each registration, a line a policy.

use ::cost::{Nanos, Policy};

use super::super::write::{Picture, fit_label, num, width_of_label};
use super::ChartOptions;
use crate::cost::{Comparison, time};

const HEIGHT: f64 = 212.0;
/// Below this width the legend may need a second row, for which there is room.
const NARROW: f64 = 420.0;
const LEFT: f64 = 54.0;
const TOP: f64 = 14.0;
const BOTTOM: f64 = 174.0;
/// What the sources measured: name, least, most, in nanoseconds.
const BANDS: [(&str, Nanos, Nanos); 2] = [
    ("source: 15–23 µs", 15_000, 23_000),
    ("source: 1–6 µs", 1_000, 6_000),
];
/// More points than these are drawn as a line alone.
const MARKS: usize = 40;

/// Where a latency is drawn.
struct Scale {
    logarithmic: bool,
    /// The largest value.
    most: f64,
}

impl Scale {
    fn y(&self, nanos: Nanos) -> f64 {
        let value = nanos as f64;
        let share = if self.logarithmic {
            // From 100 ns up.
            ((value.max(100.0) / 100.0).log10() / (self.most / 100.0).log10()).clamp(0.0, 1.0)
        } else {
            value / self.most
        };
        BOTTOM - (BOTTOM - TOP) * share
    }

    fn ticks(&self) -> Vec<Nanos> {
        if self.logarithmic {
            let decades = (2..12).map(|power| 10_u64.pow(power));
            return decades.filter(|tick| *tick as f64 <= self.most).collect();
        }
        // Four or five round steps.
        let rough = self.most / 4.0;
        let magnitude = 10_f64.powf(rough.log10().floor());
        let factor = [1.0, 2.0, 2.5, 5.0, 10.0]
            .into_iter()
            .find(|factor| factor * magnitude >= rough)
            .unwrap_or(10.0);
        let step = (factor * magnitude).max(1.0);
        (0..=8)
            .map(|n| (f64::from(n) * step) as Nanos)
            .filter(|tick| *tick as f64 <= self.most)
            .collect()
    }
}

/// The picture.
pub(in crate::svg) fn svg(comparison: &Comparison, options: ChartOptions) -> String {
    let width = f64::from(options.width.clamp(260, 1200));
    let mut picture = Picture::new();
    let latencies = |policy| -> Vec<Nanos> {
        let line = comparison.line(policy);
        line.map(|line| {
            line.registrations()
                .map(::cost::Operation::latency)
                .collect()
        })
        .unwrap_or_default()
    };
    let (wait, callback) = (latencies(Policy::Wait), latencies(Policy::Callback));
    let later = comparison
        .line(Policy::CallbackThenWait)
        .and_then(|line| line.later_wait())
        .map(::cost::Operation::latency)
        .filter(|_| options.later);
    let largest = wait.iter().chain(&callback).chain(&later).copied().max();
    let largest = largest.unwrap_or(0).max(23_000) as f64;
    let scale = Scale {
        logarithmic: options.logarithmic,
        most: largest * if options.logarithmic { 1.6 } else { 1.08 },
    };
    axes(&mut picture, &scale, comparison, width);
    let places = comparison.registrations + usize::from(options.later);
    let right = width - 16.0;
    let x = |place: usize| LEFT + (right - LEFT) * (place as f64 + 0.5) / places.max(1) as f64;
    bands(&mut picture, &scale, right);
    series(&mut picture, "wait", &wait, &scale, &x);
    series(&mut picture, "callback", &callback, &scale, &x);
    if let Some(later) = later {
        let (x, y) = (x(comparison.registrations), scale.y(later));
        let (left, right, top, bottom) = (num(x - 6.0), num(x + 6.0), num(y - 6.0), num(y + 6.0));
        let (x, y) = (num(x), num(y));
        picture.shape(
            "point later",
            &format!("M{x} {top}L{right} {y}L{x} {bottom}L{left} {y}z"),
        );
    }
    legend(&mut picture, options, width);
    let title = "Latency of each registration";
    let description = description(comparison, options, &scale);
    let height = if width < NARROW {
        HEIGHT + 15.0
    } else {
        HEIGHT
    };
    picture.finish("scene-cost-chart", width, height, title, &description)
}

fn axes(picture: &mut Picture, scale: &Scale, comparison: &Comparison, width: f64) {
    let right = num(width - 16.0);
    for tick in scale.ticks() {
        let y = scale.y(tick);
        let text = time(tick);
        let at = LEFT - 6.0 - width_of_label(&text) * 0.9;
        picture.text("note", at.max(0.0), y + 3.5, &text);
        let (left, y) = (num(LEFT), num(y));
        picture.path("lane", &format!("M{left} {y}H{right}"));
    }
    let text = match comparison.registrations {
        0 => "no registration".to_owned(),
        1 => "registration 1".to_owned(),
        n => format!("registrations 1 to {n}, one after the other"),
    };
    let text = fit_label(&text, width - LEFT);
    picture.text("note", LEFT, BOTTOM + 14.0, &text);
}

fn bands(picture: &mut Picture, scale: &Scale, right: f64) {
    for (name, least, most) in BANDS {
        let (top, bottom) = (scale.y(most), scale.y(least));
        let height = (bottom - top).max(1.0);
        picture.rect("source-band", LEFT, top, right - LEFT, height, 0.0);
        // Below the points of a broad band; above a narrow one. On a linear scale up to milliseconds
        // there is no room for names.
        let x = LEFT + 4.0;
        if height >= 20.0 {
            picture.text("note source", x, bottom - 3.5, name);
        } else if scale.logarithmic {
            picture.text("note source", x, top - 3.5, name);
        }
    }
}

fn series(
    picture: &mut Picture,
    class: &str,
    latencies: &[Nanos],
    scale: &Scale,
    x: &dyn Fn(usize) -> f64,
) {
    let points: Vec<(f64, f64)> = latencies
        .iter()
        .enumerate()
        .map(|(place, nanos)| (x(place), scale.y(*nanos)))
        .collect();
    let path: Vec<String> = points
        .iter()
        .map(|(x, y)| format!("{} {}", num(*x), num(*y)))
        .collect();
    if path.len() > 1 {
        picture.path(&format!("series {class}"), &format!("M{}", path.join("L")));
    }
    if points.len() <= MARKS {
        for (x, y) in points {
            mark(picture, class, x, y);
        }
    }
}

/// Each series has a shape of its own.
fn mark(picture: &mut Picture, class: &str, x: f64, y: f64) {
    let class = format!("point {class}");
    if class.ends_with("wait") {
        picture.rect(&class, x - 3.5, y - 3.5, 7.0, 7.0, 1.0);
    } else {
        picture.circle(&class, x, y, 3.5);
    }
}

fn legend(picture: &mut Picture, options: ChartOptions, width: f64) {
    let mut entries = vec![
        ("wait", "synchronize_srcu_expedited()"),
        ("callback", "call_srcu()"),
    ];
    if options.later {
        entries.push(("later", "a wait afterwards"));
    }
    let start = if width < NARROW { 8.0 } else { LEFT };
    let (mut x, mut y) = (start, BOTTOM + 31.0);
    for (class, name) in entries {
        let entry = 20.0 + width_of_label(name) * 0.88;
        if x > start && x + entry > width {
            (x, y) = (start, y + 15.0);
        }
        if class == "later" {
            let (left, right, middle) = (num(x - 5.0), num(x + 5.0), num(x));
            let (top, bottom, at) = (num(y - 8.5), num(y + 1.5), num(y - 3.5));
            picture.shape(
                "point later",
                &format!("M{middle} {top}L{right} {at}L{middle} {bottom}L{left} {at}z"),
            );
        } else {
            mark(picture, class, x, y - 3.5);
        }
        picture.text("note", x + 9.0, y, name);
        x += entry;
    }
}

fn description(comparison: &Comparison, options: ChartOptions, scale: &Scale) -> String {
    let kind = if scale.logarithmic {
        "logarithmic"
    } else {
        "linear"
    };
    let mut text = format!("On a {kind} scale.");
    for policy in [Policy::Wait, Policy::Callback] {
        if let Some(line) = comparison.line(policy) {
            let latency = time(line.longest());
            text.push_str(&format!(" With {}, {latency} each.", policy.name()));
        }
    }
    let later = comparison.line(Policy::CallbackThenWait);
    if let Some(op) = later
        .and_then(|line| line.later_wait())
        .filter(|_| options.later)
    {
        text.push_str(&format!(" A wait afterwards takes {}.", time(op.latency())));
    }
    text
}
