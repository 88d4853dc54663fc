//! Slots with arrows to objects, pointers in registers, memory.

use super::write::{Picture, fit, fit_label, num, width_of_label};
use crate::names::short_slot;
use crate::view::{ObjectState, ObjectView, View};

const WIDTH: f64 = 344.0;
const LEFT: f64 = 112.0;
const BOX: f64 = 26.0;
const GAP: f64 = 6.0;
const OBJECT_X: f64 = 162.0;
const OBJECT_WIDTH: f64 = 180.0;
/// Where it is said who wrote a cell.
const WRITER_X: f64 = 194.0;

/// The picture.
pub(super) fn svg(view: &View) -> String {
    let mut picture = Picture::new();
    let mut y = 0.0;
    let middle = objects(&mut picture, view);
    if !view.slots.is_empty() {
        picture.text("heading", 0.0, 13.0, &array_name(view));
        y = 22.0;
    } else if !view.pointers.is_empty() {
        y = 22.0;
    }
    for slot in &view.slots {
        let class = if slot.fresh { "slot fresh" } else { "slot" };
        picture.rect(class, 0.5, y, LEFT, BOX, 6.0);
        let name = short_slot(&slot.label);
        let name = name
            .split_once('[')
            .map_or(name.as_str(), |(_, i)| i.trim_end_matches(']'));
        let text = match slot.object {
            Some(_) => name.to_owned(),
            None => format!("{name} = {}", slot.value),
        };
        picture.text("mono", 10.0, y + 17.0, &fit(&text, LEFT - 16.0));
        if let Some(to) = slot.object.and_then(|o| middle.get(o)) {
            arrow(
                &mut picture,
                "arrow-slot",
                LEFT + 0.5,
                y + BOX / 2.0,
                OBJECT_X,
                *to - 4.0,
            );
        }
        y += BOX + GAP;
    }
    if !view.slots.is_empty() && !view.pointers.is_empty() {
        y += 10.0;
    }
    for pointer in &view.pointers {
        let class = if pointer.stale {
            "pointer stale"
        } else {
            "pointer"
        };
        picture.rect(class, 0.5, y, LEFT, BOX, 6.0);
        picture.text("mono", 10.0, y + 17.0, &fit(&pointer.label, LEFT - 16.0));
        if let Some(to) = middle.get(pointer.object) {
            let class = if pointer.stale {
                "arrow-stale"
            } else {
                "arrow-pointer"
            };
            arrow(
                &mut picture,
                class,
                LEFT + 0.5,
                y + BOX / 2.0,
                OBJECT_X,
                *to + 6.0,
            );
        }
        y += BOX + GAP;
    }
    let objects_end = view
        .objects
        .iter()
        .zip(&middle)
        .map(|(o, m)| m + height(o) / 2.0);
    y = objects_end.fold(y, f64::max);
    if !view.memory.is_empty() {
        y += if y > 0.0 { 22.0 } else { 13.0 };
        picture.text("heading", 0.0, y, "memory");
        for cell in &view.memory {
            let class = if cell.fresh {
                "mono cell fresh"
            } else {
                "mono cell"
            };
            let text = format!("{} = {}", cell.name, cell.value);
            picture.text(class, 60.0, y, &fit(&text, WRITER_X - 66.0));
            if let Some(by) = &cell.written_by {
                let whole = format!("written by {by}");
                let text = if width_of_label(&whole) <= WIDTH - WRITER_X {
                    whole
                } else {
                    format!("by {by}")
                };
                let text = fit_label(&text, WIDTH - WRITER_X);
                picture.text("note", WRITER_X, y, &text);
            }
            y += 17.0;
        }
        y -= 17.0;
    }
    picture.finish(
        "scene-hardware",
        WIDTH,
        y + 8.0,
        "Memory",
        &description(view),
    )
}

/// `kvm->buses[]`, when all slots are of one array.
fn array_name(view: &View) -> String {
    let mut arrays = view
        .slots
        .iter()
        .map(|s| s.label.split_once('[').map(|(array, _)| array));
    match arrays.next().flatten() {
        Some(first) if arrays.all(|other| other == Some(first)) => format!("{first}[]"),
        _ => "slots".to_owned(),
    }
}

fn height(object: &ObjectView) -> f64 {
    34.0 + 16.0 * object.fields.len().min(6) as f64
}

/// Draws the objects; gives the height of the middle of each.
fn objects(picture: &mut Picture, view: &View) -> Vec<f64> {
    let mut y = 20.0;
    let mut middle = Vec::new();
    for object in &view.objects {
        let h = height(object);
        picture.rect(
            &format!("object {}", object.state.class()),
            OBJECT_X,
            y,
            OBJECT_WIDTH,
            h,
            8.0,
        );
        let title = format!("{}  {}", object.label, object.state.text());
        let x = OBJECT_X + 10.0;
        picture.text("mono", x, y + 19.0, &fit(&title, OBJECT_WIDTH - 16.0));
        for (row, (name, value)) in object.fields.iter().take(6).enumerate() {
            let text = if *name == object.name {
                format!("contents: {value}")
            } else {
                format!("{name} = {value}")
            };
            let at = y + 37.0 + 16.0 * row as f64;
            picture.text("note", x, at, &fit_label(&text, OBJECT_WIDTH - 16.0));
        }
        if object.state == ObjectState::Freed {
            let (right, bottom) = (num(OBJECT_X + OBJECT_WIDTH - 6.0), num(y + h - 6.0));
            let (left, top) = (num(OBJECT_X + 6.0), num(y + 6.0));
            picture.path(
                "cross",
                &format!("M{left} {top}L{right} {bottom}M{right} {top}L{left} {bottom}"),
            );
        }
        middle.push(y + h / 2.0);
        y += h + 16.0;
    }
    middle
}

fn arrow(picture: &mut Picture, class: &str, x: f64, y: f64, to_x: f64, to_y: f64) {
    let bend = num((x + to_x) / 2.0);
    let (x, y, ty) = (num(x), num(y), num(to_y));
    let end = num(to_x - 6.0);
    picture.path(
        &format!("arrow {class}"),
        &format!("M{x} {y}C{bend} {y} {bend} {ty} {end} {ty}"),
    );
    let tip = num(to_x - 1.0);
    let (back, up, down) = (num(to_x - 8.0), num(to_y - 4.0), num(to_y + 4.0));
    picture.shape(
        &format!("head {class}"),
        &format!("M{back} {up}L{tip} {ty}L{back} {down}z"),
    );
}

/// The picture in words.
fn description(view: &View) -> String {
    let mut parts: Vec<String> = Vec::new();
    for slot in &view.slots {
        parts.push(format!("{} points to {}.", slot.label, slot.value));
    }
    for pointer in &view.pointers {
        if let Some(object) = view.objects.get(pointer.object) {
            let (label, state) = (&object.label, object.state.text());
            parts.push(format!(
                "{} holds {label}, which is {state}.",
                pointer.label
            ));
        }
    }
    for object in view
        .objects
        .iter()
        .filter(|o| o.state == ObjectState::Freed)
    {
        parts.push(format!("{} is freed.", object.label));
    }
    for cell in &view.memory {
        parts.push(format!("{} is {}.", cell.name, cell.value));
    }
    parts.join(" ")
}
