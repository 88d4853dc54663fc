//! Latency of each registration, a line a policy.

use ::cost::{Nanos, Operation, Policy, TimeLine};

use super::super::write::{Picture, fit_label, num, width_of_label};
use super::ChartOptions;
use crate::cost::{Comparison, about, time};

const HEIGHT: f64 = 212.0;
/// Below this width the legend begins at the left edge.
const NARROW: f64 = 420.0;
const LEFT: f64 = 54.0;
const TOP: f64 = 14.0;
const BOTTOM: f64 = 174.0;
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

/// What is drawn of a policy.
struct Series {
    class: &'static str,
    policy: Policy,
    latencies: Vec<Nanos>,
    later: Option<Nanos>,
}

/// Before the series, since it, and what is chosen besides.
fn drawn(comparison: &Comparison, options: ChartOptions) -> Vec<Series> {
    let mut policies = vec![("wait", Policy::Wait), ("callback", Policy::Callback)];
    if !policies.iter().any(|(_, p)| *p == options.chosen) {
        policies.push(("chosen", options.chosen));
    }
    let series = policies.into_iter().filter_map(|(class, policy)| {
        let line = comparison.line(policy)?;
        let later = line.later().filter(|_| options.later);
        Some(Series {
            class,
            policy,
            latencies: line.registrations().map(Operation::latency).collect(),
            later: later.map(Operation::latency),
        })
    });
    series.collect()
}

/// The picture.
pub(in crate::svg) fn svg(comparison: &Comparison, options: ChartOptions) -> String {
    let width = f64::from(options.width.clamp(260, 1200));
    let mut picture = Picture::new();
    let drawn = drawn(comparison, options);
    let bands = bands_of(comparison, options);
    let computed = drawn
        .iter()
        .flat_map(|s| s.latencies.iter().chain(&s.later));
    let measured = bands.iter().map(|(_, _, most)| most);
    let largest = computed.chain(measured).copied().max();
    let largest = largest.unwrap_or(0).max(23_000) as f64;
    let scale = Scale {
        logarithmic: options.logarithmic,
        most: largest * if options.logarithmic { 1.6 } else { 1.08 },
    };
    axes(&mut picture, &scale, comparison, width);
    let places = comparison.registrations + usize::from(options.later);
    let right = width - 16.0;
    let x = |place: usize| LEFT + (right - LEFT) * (place as f64 + 0.5) / places.max(1) as f64;
    draw_bands(&mut picture, &scale, &bands, right);
    for one in &drawn {
        series(&mut picture, one.class, &one.latencies, &scale, &x);
    }
    for one in &drawn {
        if let Some(later) = one.later {
            let (x, y) = (x(comparison.registrations), scale.y(later));
            diamond(
                &mut picture,
                &format!("point later {}", one.class),
                x,
                y,
                6.0,
            );
        }
    }
    let rows = legend(&mut picture, &drawn, comparison, options, width);
    let title = "Latency of each registration";
    let description = description(comparison, &drawn, &scale);
    let height = HEIGHT + 15.0 * (rows - 1.0);
    picture.finish("scene-cost-chart", width, height, title, &description)
}

/// What was measured of this workload; what comes afterwards only where that is shown.
fn bands_of(comparison: &Comparison, options: ChartOptions) -> Vec<(&'static str, Nanos, Nanos)> {
    let measured = comparison.case.measured().iter().copied();
    let shown = |(_, least, most): &(&str, Nanos, Nanos)| options.later || least < most;
    measured.filter(shown).collect()
}

fn diamond(picture: &mut Picture, class: &str, x: f64, y: f64, half: f64) {
    let (left, right, top, bottom) = (num(x - half), num(x + half), num(y - half), num(y + half));
    let (x, y) = (num(x), num(y));
    picture.shape(
        class,
        &format!("M{x} {top}L{right} {y}L{x} {bottom}L{left} {y}z"),
    );
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

fn draw_bands(picture: &mut Picture, scale: &Scale, bands: &[(&str, Nanos, Nanos)], right: f64) {
    for (name, least, most) in bands {
        let (top, bottom) = (scale.y(*most), scale.y(*least));
        let height = bottom - top;
        if least == most {
            let (left, right, y) = (num(LEFT), num(right), num(top));
            picture.path("measured", &format!("M{left} {y}H{right}"));
        } else {
            picture.rect("source-band", LEFT, top, right - LEFT, height.max(1.0), 0.0);
        }
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
    let name = format!("point {class}");
    match class {
        "wait" => picture.rect(&name, x - 3.5, y - 3.5, 7.0, 7.0, 1.0),
        "chosen" => {
            let (left, right, top, bottom) =
                (num(x - 4.5), num(x + 4.5), num(y - 4.5), num(y + 3.5));
            picture.shape(
                &name,
                &format!("M{} {top}L{right} {bottom}H{left}z", num(x)),
            );
        }
        _ => picture.circle(&name, x, y, 3.5),
    }
}

/// Gives the number of its rows.
fn legend(
    picture: &mut Picture,
    drawn: &[Series],
    comparison: &Comparison,
    options: ChartOptions,
    width: f64,
) -> f64 {
    let mut entries: Vec<(&str, String)> = drawn
        .iter()
        .map(|series| (series.class, series.policy.name().to_owned()))
        .collect();
    let later = comparison.line(Policy::Wait).and_then(TimeLine::later);
    if let Some(later) = later.filter(|_| options.later) {
        entries.push(("later", format!("{} afterwards", later.task.name())));
    }
    let start = if width < NARROW { 8.0 } else { LEFT };
    let (mut x, mut y, mut rows) = (start, BOTTOM + 31.0, 1.0);
    for (class, name) in entries {
        let name = fit_label(&name, (width - start - 10.0) / 0.88);
        let entry = 20.0 + width_of_label(&name) * 0.88;
        if x > start && x + entry > width {
            (x, y, rows) = (start, y + 15.0, rows + 1.0);
        }
        if class == "later" {
            diamond(picture, "point later", x, y - 3.5, 5.0);
        } else {
            mark(picture, class, x, y - 3.5);
        }
        picture.text("note", x + 9.0, y, &name);
        x += entry;
    }
    rows
}

fn description(comparison: &Comparison, drawn: &[Series], scale: &Scale) -> String {
    let kind = if scale.logarithmic {
        "logarithmic"
    } else {
        "linear"
    };
    let mut text = format!("{}, on a {kind} scale.", comparison.case.name());
    for series in drawn {
        let longest = series.latencies.iter().max().copied().unwrap_or(0);
        text.push_str(&format!(
            " With {}, a registration takes at most {}",
            series.policy.name(),
            about(longest)
        ));
        if let Some(later) = series.later {
            text.push_str(&format!(", what comes afterwards {}", about(later)));
        }
        text.push('.');
    }
    text
}
