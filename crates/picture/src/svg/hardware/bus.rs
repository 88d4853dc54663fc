//! Slots with arrows to objects, and the registers that point to objects.

use super::super::write::{Picture, fit, fit_label, num, width_of};
use super::{GAP, Moving, SMALL, Sheet, by_line, memory, memory_key};
use crate::hardware::{CellView, Hardware, ObjectState, ObjectView, PointerView, SlotView};
use session::names::{UNINITIALISED, short_slot};

const SLOT: f64 = 34.0;
const POINTER: f64 = 26.0;
const ROW: f64 = 15.0;
/// Most fields that are shown of an object.
const FIELDS: usize = 6;

/// Where the two columns are.
struct Columns {
    left: f64,
    object: f64,
    object_width: f64,
}

/// Whether there is anything to draw. Memory then stands below the slots, where the objects leave room.
pub(super) fn shown(view: &Hardware) -> bool {
    !(view.slots.is_empty() && view.objects.is_empty())
}

pub(super) fn draw(sheet: &mut Sheet, view: &Hardware) {
    if !shown(view) {
        return;
    }
    sheet.heading(&array_name(view));
    let left = (sheet.width * 0.37).min(132.0);
    let object = left + (sheet.width * 0.12).min(44.0);
    let columns = Columns {
        left,
        object,
        object_width: sheet.width - object,
    };
    let top = sheet.y;
    let middle = objects(sheet, view, &columns);
    let bottom = sheet.y;
    sheet.y = top;
    for slot in &view.slots {
        draw_slot(sheet, slot, &columns, &middle);
        sheet.y += SLOT + 6.0;
    }
    for pointer in &view.pointers {
        draw_pointer(sheet, pointer, &columns, &middle);
        sheet.y += POINTER + 5.0;
    }
    if !view.memory.is_empty() {
        sheet.picture.text("heading", 0.0, sheet.y + 11.0, "memory");
        sheet.y += 16.0;
        for cell in &view.memory {
            memory::draw_cell(sheet, cell, 0.0, columns.left);
            sheet.y += memory::HEIGHT + 5.0;
        }
    }
    sheet.y = bottom.max(sheet.y - 5.0);
}

/// `kvm->buses[]`, when all slots are of one array.
fn array_name(view: &Hardware) -> String {
    let mut arrays = view
        .slots
        .iter()
        .map(|s| s.label.split_once('[').map(|(array, _)| array));
    match arrays.next() {
        None => "objects".to_owned(),
        Some(Some(first)) if arrays.all(|other| other == Some(first)) => format!("{first}[]"),
        Some(_) => "slots".to_owned(),
    }
}

fn draw_slot(sheet: &mut Sheet, slot: &SlotView, columns: &Columns, middle: &[f64]) {
    let (y, w) = (sheet.y, columns.left);
    let fresh = slot.cell.written.as_ref().is_some_and(|w| w.fresh);
    let class = match (slot.cell.outcome, fresh) {
        (true, _) => "slot outcome",
        (false, true) => "slot fresh",
        (false, false) => "slot",
    };
    let at = [0.5, y + 0.5, w, SLOT - 1.0, 6.0];
    sheet.named_box(class, at, ("cell", &slot.cell.loc));
    let name = short_slot(&slot.label);
    let name = name
        .split_once('[')
        .map_or(name.as_str(), |(_, i)| i.trim_end_matches(']'));
    let name = fit(name, w - 14.0);
    sheet.picture.text("mono dim", 7.0, y + 14.0, &name);
    let value_x = 7.0 + width_of(&name) + 6.0;
    let value = fit(&slot.cell.value, w - value_x - 2.0);
    sheet.value(&slot.cell, "value", value_x, y + 14.0, &value);
    let by = by_line(slot.cell.written.as_ref(), w - 10.0);
    sheet.picture.text("note", 7.0, y + 27.0, &by);
    if let Some(to) = slot.object.and_then(|o| middle.get(o)) {
        let from = (w + 0.5, y + SLOT / 2.0);
        let to = (columns.object, to - 5.0);
        arrow(&mut sheet.picture, "arrow-slot", from, to);
    }
}

fn draw_pointer(sheet: &mut Sheet, pointer: &PointerView, columns: &Columns, middle: &[f64]) {
    let (y, w) = (sheet.y, columns.left);
    let class = match (pointer.object, pointer.stale) {
        (None, _) => "pointer none",
        (Some(_), false) => "pointer",
        (Some(_), true) => "pointer stale",
    };
    sheet
        .picture
        .rect(class, 0.5, y + 0.5, w, POINTER - 1.0, 6.0);
    // The CPU's name gives way before the register's.
    let (cpu, register) = pointer
        .label
        .rsplit_once(": ")
        .unwrap_or(("", &pointer.label));
    let room = w - 14.0 - width_of(register) - 13.0;
    let short = cpu.split(',').next().unwrap_or(cpu);
    let cpu = if width_of(cpu) <= room { cpu } else { short };
    let text = format!("{}: {register}", fit(cpu, room));
    let text = fit(&text, w - 12.0);
    let moving = Moving {
        class: "holds",
        key: format!("p:{}", pointer.label),
        x: 7.0,
        y: y + 17.0,
        from: pointer.loaded.as_deref().map(memory_key),
        step: None,
        title: String::new(),
    };
    let text_class = if pointer.object.is_some() {
        "mono"
    } else {
        "mono dim"
    };
    sheet.moving(&moving, |picture| {
        picture.text(text_class, 7.0, y + 17.0, &text);
    });
    if let Some(to) = pointer.object.and_then(|o| middle.get(o)) {
        let class = if pointer.stale {
            "arrow-stale"
        } else {
            "arrow-pointer"
        };
        let from = (w + 0.5, y + POINTER / 2.0);
        arrow(&mut sheet.picture, class, from, (columns.object, to + 6.0));
    }
}

fn height(object: &ObjectView) -> f64 {
    38.0 + ROW * object.fields.len().min(FIELDS) as f64
}

/// Draws the objects; gives the height of the middle of each.
fn objects(sheet: &mut Sheet, view: &Hardware, columns: &Columns) -> Vec<f64> {
    let mut middle = Vec::new();
    for object in &view.objects {
        let h = height(object);
        let (x, y, w) = (columns.object, sheet.y, columns.object_width);
        let class = format!("object {}", object.state.class());
        let at = [x + 0.5, y + 0.5, w - 1.0, h - 1.0, 8.0];
        sheet.named_box(
            &class,
            at,
            ("cell", &format!("{}'s freed flag", object.label)),
        );
        let label = fit(&object.label, w - 62.0);
        sheet.picture.text("mono strong", x + 8.0, y + 15.0, &label);
        life(sheet, object, x + w - 44.0, y + 11.0);
        let state = fit_label(&state(object, w - 46.0), (w - 14.0) / SMALL);
        sheet.picture.text("note state", x + 8.0, y + 28.0, &state);
        for (row, field) in object.fields.iter().take(FIELDS).enumerate() {
            let at = y + 43.0 + ROW * row as f64;
            draw_field(sheet, field, x + 8.0, at, w - 16.0);
        }
        if object.state == ObjectState::Freed {
            let (right, bottom) = (num(x + w - 5.0), num(y + h - 5.0));
            let (left, top) = (num(x + 5.0), num(y + 5.0));
            sheet.picture.path(
                "cross",
                &format!("M{left} {top}L{right} {bottom}M{right} {top}L{left} {bottom}"),
            );
        }
        middle.push(y + h / 2.0);
        sheet.y += h + GAP;
    }
    if !view.objects.is_empty() {
        sheet.y -= GAP;
    }
    middle
}

/// The state of an object, and who has freed it; where there is no room for that, on which line.
fn state(object: &ObjectView, room: f64) -> String {
    let state = object.state.text();
    let Some(freed) = &object.freed else {
        return state.to_owned();
    };
    let by = by_line(Some(freed), room);
    match freed.by.rsplit_once(", ") {
        Some((_, line)) if by.contains('…') => format!("{state}, {line}"),
        _ => format!("{state}: {by}"),
    }
}

/// The stations of its life, the present one larger.
fn life(sheet: &mut Sheet, object: &ObjectView, x: f64, y: f64) {
    for (place, state) in ObjectState::ALL.into_iter().enumerate() {
        let class = match state.cmp(&object.state) {
            std::cmp::Ordering::Less => "life was",
            std::cmp::Ordering::Equal => "life is",
            std::cmp::Ordering::Greater => "life",
        };
        let radius = if state == object.state { 3.5 } else { 2.5 };
        let x = x + place as f64 * 11.0;
        sheet.picture.circle(class, x, y, radius);
    }
}

fn draw_field(sheet: &mut Sheet, field: &CellView, x: f64, y: f64, w: f64) {
    let name = fit(&field.name, w * 0.6);
    sheet.picture.text("mono dim", x, y, &name);
    let value_x = x + width_of(&name) + 6.0;
    let room = x + w - value_x;
    // A bus has one word's room for it.
    let short = field.value == UNINITIALISED && width_of(&field.value) > room;
    let value = fit(if short { "garbage" } else { &field.value }, room);
    let class = if field.outcome {
        "value outcome"
    } else {
        "value"
    };
    sheet.value(field, class, value_x, y, &value);
    let by_x = value_x + width_of(&value) + 6.0;
    let room = x + w - by_x;
    if field.written.is_some() && room > 36.0 {
        let by = by_line(field.written.as_ref(), room);
        sheet.picture.text("note", by_x, y, &by);
    }
}

fn arrow(picture: &mut Picture, class: &str, from: (f64, f64), to: (f64, f64)) {
    let bend = num((from.0 + to.0) / 2.0);
    let (x, y, ty) = (num(from.0), num(from.1), num(to.1));
    let end = num(to.0 - 6.0);
    picture.path(
        &format!("arrow {class}"),
        &format!("M{x} {y}C{bend} {y} {bend} {ty} {end} {ty}"),
    );
    let tip = num(to.0 - 1.0);
    let (back, up, down) = (num(to.0 - 8.0), num(to.1 - 4.0), num(to.1 + 4.0));
    picture.shape(
        &format!("head {class}"),
        &format!("M{back} {up}L{tip} {ty}L{back} {down}z"),
    );
}
