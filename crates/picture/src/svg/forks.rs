//! The tree of schedules: a line each, as long as its steps, from the place where it branches off.

use super::write::{Picture, num};
use protocol::draw::Fork;

const LEFT: f64 = 9.0;
const WIDTH: f64 = 96.0;
/// No step is wider, so that short schedules look short.
const STEP: f64 = 9.0;

/// The picture; `row` is the height of a row, in pixels.
pub(super) fn svg(forks: &[Fork], at: usize, row: u32) -> String {
    let row = f64::from(row.max(12));
    let mut picture = Picture::new();
    let whole = |fork: &Fork| fork.len + fork.struck;
    let longest = forks.iter().map(whole).max().unwrap_or(0).max(1);
    let step = ((WIDTH - LEFT - 12.0) / longest as f64).min(STEP);
    let x = |steps: usize| LEFT + step * steps as f64;
    let y = |at: usize| row * (at as f64 + 0.5);
    for (row_at, fork) in forks.iter().enumerate() {
        let class = match fork.present {
            true => "track present",
            false => "track",
        };
        let from = fork.parent.map_or(0, |_| fork.from);
        if let Some(parent) = fork.parent {
            let bend = (y(row_at) - 7.0).max(y(parent));
            let d = format!(
                "M{x} {top}V{bend}Q{x} {y} {turn} {y}",
                x = num(x(from)),
                top = num(y(parent)),
                bend = num(bend),
                y = num(y(row_at)),
                turn = num(x(from) + 5.0)
            );
            picture.path(class, &d);
        }
        // The struck-out end is drawn apart from what is possible.
        let begin = x(from) + if fork.parent.is_some() { 5.0 } else { 0.0 };
        let end = x(fork.len.max(from)).max(begin);
        picture.path(
            class,
            &format!("M{} {}H{}", num(begin), num(y(row_at)), num(end)),
        );
        if fork.struck > 0 {
            let lost = x(whole(fork)).max(end + 6.0);
            let d = format!("M{} {}H{}", num(end), num(y(row_at)), num(lost));
            picture.path("track lost", &d);
        }
        tip(&mut picture, fork, end, y(row_at));
        if fork.present {
            let d = format!(
                "M{x} {}V{}",
                num(y(row_at) - 8.0),
                num(y(row_at) + 8.0),
                x = num(x(at.min(fork.len)))
            );
            picture.path("now", &d);
        }
    }
    let height = row * forks.len() as f64;
    let desc: Vec<String> = forks.iter().map(|fork| fork.text.clone()).collect();
    picture.finish("scene-forks", WIDTH, height, "Schedules", &desc.join(" "))
}

/// The end of a schedule: a square when it is bad, a ring when steps are struck out behind it, else a dot.
fn tip(picture: &mut Picture, fork: &Fork, x: f64, y: f64) {
    if fork.bad {
        picture.rect("tip bad", x - 4.0, y - 4.0, 8.0, 8.0, 1.0);
    } else if fork.struck > 0 {
        picture.circle("tip cut", x, y, 4.0);
    } else {
        picture.circle("tip", x, y, 4.0);
    }
}
