//! The programs as a picture: a column for each CPU, with the state of every line and what waits in the store buffer.

use super::write::{Picture, fit, num, width_of, width_of_label};
use session::view::{Band, CpuView, LineView, Mark, View};

/// Between two lines of text.
const LINE: f64 = 18.0;
/// Around everything, and between columns.
const GAP: f64 = 14.0;
/// For the mark in front of a line.
const MARK: f64 = 18.0;
/// No column is wider than this.
const WIDEST: f64 = 460.0;

/// See [`super::programs_svg`].
pub(super) fn svg(view: &View) -> String {
    let mut picture = Picture::new();
    let mut left = GAP;
    let mut bottom: f64 = 0.0;
    for cpu in &view.cpus {
        let width = width(cpu);
        bottom = bottom.max(column(&mut picture, cpu, left, width));
        left += width + GAP;
    }
    let title = format!("{}: programs", view.title);
    let desc = format!(
        "{} on {}, after step {} of {}.",
        view.title, view.model, view.at, view.len
    );
    picture.finish("programs", left, bottom + GAP, &title, &desc)
}

fn lines(cpu: &CpuView) -> impl Iterator<Item = &LineView> {
    cpu.bands.iter().flat_map(|band| &band.lines)
}

fn indent(line: &LineView) -> f64 {
    f64::from(line.indent) * 14.0
}

fn width(cpu: &CpuView) -> f64 {
    let text = |line: &LineView| MARK + indent(line) + width_of(&line.text);
    let heads = cpu.bands.iter().filter_map(Band::head);
    let widest = lines(cpu)
        .map(text)
        .chain(heads.map(|head| width_of_label(&head) + 20.0))
        .chain([
            width_of_label(&heading(cpu)) + 10.0,
            width_of(&buffer(cpu)),
            120.0,
        ])
        .fold(0.0, f64::max);
    widest.min(WIDEST)
}

fn heading(cpu: &CpuView) -> String {
    if cpu.detail.is_empty() {
        cpu.name.clone()
    } else {
        format!("{} ({})", cpu.name, cpu.detail)
    }
}

/// What waits in the store buffer, oldest first.
fn buffer(cpu: &CpuView) -> String {
    let stores: Vec<String> = cpu
        .buffer
        .iter()
        .map(|store| format!("{} = {}", store.loc, store.value))
        .collect();
    match stores.as_slice() {
        [] => "buffer: empty".to_owned(),
        stores => format!("buffer: {}", stores.join(", ")),
    }
}

/// Draws a column; gives its lower end.
fn column(picture: &mut Picture, cpu: &CpuView, left: f64, width: f64) -> f64 {
    let mut y = GAP + LINE / 2.0;
    picture.text("heading", left, y, &heading(cpu));
    let mut row = |picture: &mut Picture, class: &str, indent: f64, text: &str| {
        y += LINE;
        picture.text(class, left + indent, y, &fit(text, width - indent));
        y
    };
    for band in &cpu.bands {
        if let Some(head) = band.head() {
            row(picture, "head-text", 0.0, &head);
        }
        for line in &band.lines {
            let y = row(picture, class(line.mark), MARK + indent(line), &line.text);
            picture.text(class(line.mark), left, y, line.mark.symbol());
        }
    }
    if cpu.has_buffer {
        row(picture, "mono", 0.0, &buffer(cpu));
    }
    let below = y + LINE / 2.0;
    let (x, to) = (num(left - GAP / 2.0), num(below));
    picture.path("lane", &format!("M{x} {}V{to}", num(GAP / 2.0)));
    below
}

fn class(mark: Mark) -> &'static str {
    match mark {
        Mark::Ready => "mono ready",
        Mark::Bad | Mark::Early => "mono bad-text",
        Mark::Off | Mark::NotTaken => "mono off",
        _ => "mono",
    }
}
