//! Store buffers as queues: a store enters at the top and leaves at the bottom, towards memory.

use super::super::write::{fit, fit_label, num, width_of_label};
use super::{Moving, Sheet};
use crate::hardware::Hardware;
use session::view::{BufferEntry, CpuKind, CpuView};

/// The height of a store. Its second line is free to the right of the value: there is room for
/// a row of small marks, as a model needs where a store reaches each CPU by itself.
const STORE: f64 = 28.0;
/// Each is a button among the programs as well, so it may be small here.
const COMPACT: f64 = 20.0;
/// From this height on a store has two lines.
const TWO_LINES: f64 = 26.0;
const GAP: f64 = 6.0;

/// Whether a buffer has a place of its own: a callback's is drawn with the callback.
fn shown(cpu: &&CpuView) -> bool {
    cpu.has_buffer && cpu.kind != CpuKind::Worker
}

pub(super) fn draw(sheet: &mut Sheet, view: &Hardware) {
    let cpus: Vec<&CpuView> = view.cpus.iter().filter(shown).collect();
    if cpus.is_empty() {
        sheet.heading("no store buffers: a store is in memory at once");
        return;
    }
    let store = if sheet.compact { COMPACT } else { STORE };
    let rooms = cpus.iter().map(|cpu| cpu.buffer_room.max(cpu.buffer.len()));
    let room = rooms.max().unwrap_or(0).max(1) as f64;
    let count = cpus.len() as f64;
    let width = ((sheet.width - GAP * (count - 1.0)) / count).min(200.0);
    // Where there is room, each bears the name of the thing.
    let long = |cpu: &CpuView| format!("{} store buffer", cpu.name);
    let named = cpus.iter().all(|cpu| width_of_label(&long(cpu)) <= width);
    if !named {
        sheet.heading("store buffers");
    }
    let top = sheet.y + 16.0;
    let bottom = top + room * store + 4.0;
    for (column, cpu) in cpus.iter().enumerate() {
        let x = column as f64 * (width + GAP);
        let name = if named {
            long(cpu)
        } else {
            fit_label(&cpu.name, width)
        };
        sheet.picture.text("label-cpu", x, sheet.y + 11.0, &name);
        let at = [x + 0.5, top + 0.5, width - 1.0, bottom - top - 1.0, 7.0];
        sheet.named_box("queue", at, ("buffer", &cpu.id));
        if cpu.buffer.is_empty() {
            let text = if cpu.buffer_room == 0 {
                "no stores"
            } else {
                "empty"
            };
            sheet.picture.text("note", x + 9.0, bottom - 9.0, text);
        }
        for (place, entry) in cpu.buffer.iter().enumerate() {
            let y = bottom - 2.0 - (place as f64 + 1.0) * store;
            chip(sheet, entry, x + 3.0, y + 1.0, width - 6.0, store - 2.0);
        }
        arrow(sheet, x + width / 2.0, bottom);
    }
    sheet.y = bottom + 8.0;
}

/// A store in a buffer.
pub(super) fn chip(sheet: &mut Sheet, entry: &BufferEntry, x: f64, y: f64, w: f64, h: f64) {
    let whole = format!(
        "{} = {}, from line {}",
        entry.loc, entry.value, entry.number
    );
    let title = match (&entry.step, &entry.reason) {
        (Some(_), _) => format!("{whole}: drain to memory"),
        (None, Some(reason)) => format!("{whole}: {reason}"),
        (None, None) => whole,
    };
    let two = h >= TWO_LINES;
    let (text_x, text_y) = (x + 7.0, y + if two { 22.5 } else { h / 2.0 + 4.0 });
    let moving = Moving {
        class: if entry.step.is_some() {
            "chip may"
        } else {
            "chip held"
        },
        key: format!("b:{}", entry.drain),
        x: text_x,
        y: text_y,
        from: None,
        step: entry.step.map(|step| step.to_string()),
        title,
    };
    let line = entry.number.to_string();
    let right = x + w - 6.0;
    let line_width = line.len() as f64 * 6.0 + 6.0;
    sheet.moving(&moving, |picture| {
        picture.rect("chip-box", x, y, w, h, 5.0);
        let mut end = |y: f64, class: &str, text: &str| {
            picture.raw(&format!(
                r#"<text class="{class}" x="{}" y="{}" text-anchor="end">{text}</text>"#,
                num(right),
                num(y)
            ));
        };
        end(if two { y + 11.0 } else { text_y }, "note", &line);
        if two && entry.step.is_some() {
            end(text_y, "note", "↓");
        }
        if two {
            let loc = fit(&entry.loc, w - 10.0 - line_width);
            picture.text("mono dim", text_x, y + 11.0, &loc);
            picture.text("mono", text_x, text_y, &fit(&entry.value, w - 26.0));
        } else {
            let text = format!("{} = {}", entry.loc, entry.value);
            let text = fit(&text, w - 10.0 - line_width);
            picture.text("mono", text_x, text_y, &text);
        }
    });
}

/// Where stores leave.
fn arrow(sheet: &mut Sheet, x: f64, y: f64) {
    let (left, right, top) = (num(x - 5.0), num(x + 5.0), num(y + 1.0));
    let (x, tip) = (num(x), num(y + 7.0));
    sheet
        .picture
        .shape("head", &format!("M{left} {top}L{right} {top}L{x} {tip}z"));
}
