//! Tree SRCU from inside: two ranks with each reader's counters, the index, the sums of each scan
//! as they are formed, the phases of the grace period.

use super::super::write::{Picture, fit_label, num, width_of, width_of_label};
use super::{Moving, SMALL, Sheet, memory_key};
use crate::hardware::{CounterView, PartView, PeriodView, ScanResult, ScanView, SumView, TreeView};

const ROW: f64 = 32.0;
const NAMES: f64 = 62.0;
const GAP: f64 = 6.0;
/// Where the sums begin.
const SCAN: f64 = 52.0;

pub(super) fn draw(sheet: &mut Sheet, tree: &TreeView) {
    sheet.heading(&format!("{} from inside", tree.label));
    ranks(sheet, tree);
    let several = tree.periods.len() > 1;
    for (number, period) in tree.periods.iter().enumerate() {
        let name = match (several, number) {
            (false, _) => "grace period".to_owned(),
            (true, number) => format!("grace period {}", number + 1),
        };
        draw_period(sheet, tree, period, number, &name);
    }
}

/// Two boxes, one a rank; a row a reader.
fn ranks(sheet: &mut Sheet, tree: &TreeView) {
    let width = (sheet.width - NAMES - 2.0 * GAP) / 2.0;
    let x = [0, 1].map(|rank| NAMES + GAP + f64::from(rank) * (width + GAP));
    let top = sheet.y;
    let height = 34.0 + ROW * tree.readers.len() as f64;
    for (rank, x) in x.into_iter().enumerate() {
        let current = tree.current == Some(rank);
        let class = if current { "rank current" } else { "rank" };
        sheet
            .picture
            .rect(class, x + 0.5, top + 0.5, width - 1.0, height - 1.0, 8.0);
        let text = if current {
            format!("▸ rank {rank}, current")
        } else {
            format!("rank {rank}")
        };
        sheet.picture.text("label-cpu", x + 7.0, top + 14.0, &text);
        for (column, text) in ["locks", "unlocks"].into_iter().enumerate() {
            let at = x + 7.0 + column as f64 * (width / 2.0 - 2.0);
            sheet.picture.text("note", at, top + 27.0, text);
        }
    }
    index(sheet, tree, top);
    for (row, reader) in tree.readers.iter().enumerate() {
        let y = top + 32.0 + ROW * row as f64;
        let name = reader.name.split(',').next().unwrap_or(&reader.name);
        let name = fit_label(name, NAMES - 14.0);
        let symbol = reader.state.symbol();
        let class = format!("reader {}", reader.state.class());
        // The whole of it is said where the pointer rests.
        let title = format!("{}: {}", reader.name, reader.text);
        let moving = Moving {
            class: "whereabouts",
            key: format!("r:{}", reader.cpu),
            x: 0.0,
            y: y + 17.0,
            from: None,
            step: None,
            title,
        };
        sheet.moving(&moving, |picture| {
            picture.text(&class, 0.0, y + 17.0, &format!("{symbol} {name}"));
        });
        for (rank, x) in x.into_iter().enumerate() {
            let Some(counters) = reader.ranks.get(rank) else {
                continue;
            };
            let half = (width - 14.0) / 2.0;
            counter(sheet, &counters.lock, x + 5.0, y, half);
            counter(sheet, &counters.unlock, x + 9.0 + half, y, half);
        }
    }
    sheet.y = top + height + 2.0;
    // In words what the marks say, one line for each reader.
    for reader in &tree.readers {
        let name = reader.name.split(',').next().unwrap_or(&reader.name);
        let text = format!("{} {name}: {}", reader.state.symbol(), reader.text);
        let text = fit_label(&text, sheet.width / SMALL);
        let class = format!("note reader {}", reader.state.class());
        sheet.picture.text(&class, 0.0, sheet.y + 12.0, &text);
        sheet.y += 16.0;
    }
}

/// The index, beside the ranks.
fn index(sheet: &mut Sheet, tree: &TreeView, top: f64) {
    let fresh = tree.idx.written.as_ref().is_some_and(|w| w.fresh);
    let class = if fresh { "mem fresh" } else { "mem" };
    let at = [0.5, top + 0.5, NAMES - 1.0, 22.0, 6.0];
    sheet.named_box(class, at, ("cell", &tree.idx.loc));
    let name = fit_label(&tree.idx.name, NAMES - 30.0);
    sheet.picture.text("mono dim", 6.0, top + 15.0, &name);
    let x = 6.0 + width_of(&name) + 6.0;
    sheet.value(&tree.idx, "value", x, top + 15.0, &tree.idx.value);
}

fn counter(sheet: &mut Sheet, counter: &CounterView, x: f64, y: f64, width: f64) {
    let cell = &counter.cell;
    let fresh = cell.written.as_ref().is_some_and(|w| w.fresh);
    let class = match (fresh, counter.pending.is_some()) {
        (true, _) => "mem counter fresh",
        (false, true) => "mem counter pending",
        (false, false) => "mem counter",
    };
    let at = [x + 0.5, y + 2.5, width - 1.0, ROW - 6.0, 5.0];
    sheet.named_box(class, at, ("cell", &cell.loc));
    sheet.value(cell, "value", x + 6.0, y + 19.0, &cell.value);
    if let Some(pending) = &counter.pending {
        let text = format!("({pending})");
        let at = x + width - 5.0 - width_of(&text) * 0.9;
        sheet.picture.text("note pending", at, y + 19.0, &text);
    }
}

fn draw_period(sheet: &mut Sheet, tree: &TreeView, period: &PeriodView, number: usize, name: &str) {
    sheet.y += 8.0;
    let text = format!("{name}: {}", period.text);
    let text = fit_label(&text, sheet.width / SMALL);
    sheet.picture.text("label-cpu", 0.0, sheet.y + 11.0, &text);
    sheet.y += 17.0;
    phases(sheet, period);
    let readers = tree.readers.len();
    for scan in &period.scans {
        draw_scan(sheet, scan, number, readers);
    }
}

/// The phases in a row, each with its mark.
fn phases(sheet: &mut Sheet, period: &PeriodView) {
    let texts: Vec<String> = period
        .phases
        .iter()
        .map(|phase| format!("{} {}", phase.state.symbol(), phase.name))
        .collect();
    let natural: Vec<f64> = texts
        .iter()
        .map(|text| text.chars().map(wide).sum::<f64>() + 8.0)
        .collect();
    let sum: f64 = natural.iter().sum();
    let gaps = 3.0 * natural.len().saturating_sub(1) as f64;
    // Narrower than their texts' estimate only where there is no room.
    let scale = ((sheet.width - gaps) / sum.max(1.0)).min(1.25);
    let mut x = 0.0;
    for ((phase, text), natural) in period.phases.iter().zip(texts).zip(natural) {
        let width = natural * scale;
        let early = if phase.early { " early" } else { "" };
        let class = format!("phase {}{early}", phase.state.class());
        sheet
            .picture
            .rect(&class, x + 0.5, sheet.y + 0.5, width - 1.0, 20.0, 5.0);
        let text_class = format!("note phase-text {}{early}", phase.state.class());
        sheet
            .picture
            .text(&text_class, x + 5.0, sheet.y + 14.0, &text);
        x += width + 3.0;
    }
    sheet.y += 26.0;
}

/// The width of a character in a phase's name.
fn wide(c: char) -> f64 {
    if c.is_ascii_uppercase() || c.is_ascii_digit() {
        6.6
    } else {
        5.0
    }
}

/// `SCAN1  rank 1   unlocks 0 + 0 = 0   locks 0 + 1 = 1   differ`
fn draw_scan(sheet: &mut Sheet, scan: &ScanView, number: usize, readers: usize) {
    let y = sheet.y + 12.0;
    let rank = scan
        .rank
        .map_or_else(String::new, |rank| format!(" r{rank}"));
    let left_out = scan.result == ScanResult::LeftOut;
    let class = if left_out { "note struck" } else { "note" };
    sheet
        .picture
        .text(class, 0.0, y, &format!("{}{rank}", scan.name));
    if left_out {
        sheet.picture.text("note", SCAN, y, "left out");
        sheet.y += 17.0;
        return;
    }
    let mut sums = [("unlocks", &scan.unlocks), ("locks", &scan.locks)];
    if scan.locks_first {
        sums.reverse();
    }
    let room = (sheet.width - SCAN - 44.0) / 2.0;
    for (column, (name, sum)) in sums.into_iter().enumerate() {
        let x = SCAN + column as f64 * room;
        draw_sum(sheet, sum, (number, scan.name), name, readers, x, y);
    }
    let class = match scan.result {
        ScanResult::Equal => "note result equal",
        ScanResult::Differ => "note result differ",
        ScanResult::Open | ScanResult::LeftOut => "note result",
    };
    let text = match scan.result {
        ScanResult::Equal => "= equal",
        ScanResult::Differ => "≠ differ",
        ScanResult::Open | ScanResult::LeftOut => "",
    };
    sheet.picture.text(class, sheet.width - 42.0, y, text);
    sheet.y += 17.0;
}

fn draw_sum(
    sheet: &mut Sheet,
    sum: &SumView,
    (number, scan): (usize, &str),
    name: &str,
    readers: usize,
    x: f64,
    y: f64,
) {
    let name_width = width_of_label(name) * SMALL + 4.0;
    sheet.picture.text("note", x, y, name);
    let mut at = x + name_width;
    for place in 0..readers.max(sum.parts.len()) {
        if place > 0 {
            sheet.picture.text("note", at, y, "+");
            at += 8.0;
        }
        match sum.parts.get(place) {
            Some(part) => draw_part(sheet, part, (number, scan), at, y),
            None => hollow(&mut sheet.picture, at, y),
        }
        at += 10.0;
    }
    if readers > 1
        && let Some(total) = sum.total
    {
        sheet.picture.text("note", at, y, &format!("= {total}"));
    }
}

fn draw_part(sheet: &mut Sheet, part: &PartView, (number, scan): (usize, &str), x: f64, y: f64) {
    let Some(value) = part.value else {
        hollow(&mut sheet.picture, x, y);
        return;
    };
    let moving = Moving {
        class: if part.fresh.is_some() {
            "value part fresh"
        } else {
            "value part"
        },
        key: format!("s:{number}:{scan}:{}", part.name),
        x,
        y,
        from: part.fresh.as_ref().map(|_| memory_key(&part.name)),
        step: None,
        title: String::new(),
    };
    sheet.moving(&moving, |picture| {
        picture.text("mono", x, y, &value.to_string());
    });
}

/// A value that is not there yet.
fn hollow(picture: &mut Picture, x: f64, y: f64) {
    let (left, top) = (num(x), num(y - 8.0));
    picture.raw(&format!(
        r#"<rect class="hollow-part" x="{left}" y="{top}" width="7" height="9" rx="2"/>"#
    ));
}
