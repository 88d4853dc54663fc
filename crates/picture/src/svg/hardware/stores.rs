//! Who has which store: a row for each store, a column for each CPU, in every run the same.

use super::super::write::{escape, fit, fit_label, num};
use super::Sheet;
use crate::hardware::{Arrival, ArrivalState, Hardware, StoreView};

const ROW: f64 = 18.0;
/// The part of the width that the stores' names have.
const NAMES: f64 = 0.42;

pub(super) fn draw(sheet: &mut Sheet, view: &Hardware) {
    let Some(first) = view.stores.first() else {
        return;
    };
    sheet.heading("who has which store");
    let names = (sheet.width * NAMES).floor();
    let column = (sheet.width - names) / first.arrivals.len().max(1) as f64;
    for (at, arrival) in first.arrivals.iter().enumerate() {
        let x = names + at as f64 * column;
        let name = arrival.cpu.split([',', '(']).next().unwrap_or_default();
        let name = fit_label(name.trim(), column - 4.0);
        sheet.picture.text("note", x, sheet.y + 9.0, &name);
    }
    sheet.y += 14.0;
    for store in &view.stores {
        row(sheet, store, names, column);
        sheet.y += ROW;
    }
}

fn row(sheet: &mut Sheet, store: &StoreView, names: f64, column: f64) {
    let y = sheet.y;
    let class = match (store.gone, store.sent) {
        (true, _) => "store gone",
        (_, true) => "store sent",
        _ => "store",
    };
    let picture = &mut sheet.picture;
    let title = escape(&store.words());
    picture.raw(&format!("<g class=\"{class}\"><title>{title}</title>"));
    let line = store.number.to_string();
    let room = names - 14.0 - line.len() as f64 * 6.0;
    let text = fit(&store.text, room);
    let dim = if store.sent { "mono" } else { "mono dim" };
    picture.text(dim, 0.0, y + 12.0, &text);
    picture.text(
        "note",
        names - 8.0 - line.len() as f64 * 6.0,
        y + 12.0,
        &line,
    );
    for (at, arrival) in store.arrivals.iter().enumerate() {
        mark(sheet, arrival, names + at as f64 * column, y);
    }
    sheet.picture.raw("</g>");
}

/// A full circle: there; an empty one with an arrow: on its way; a small one: not sent; a dash: nothing to do.
fn mark(sheet: &mut Sheet, arrival: &Arrival, x: f64, y: f64) {
    let picture = &mut sheet.picture;
    let (cx, cy) = (x + 8.0, y + 8.0);
    match arrival.state {
        ArrivalState::Own => picture.rect("arrival own", cx - 4.0, cy - 4.0, 8.0, 8.0, 1.5),
        ArrivalState::NeverReads => {
            let (l, r, cy) = (num(cx - 4.0), num(cx + 4.0), num(cy));
            picture.path("arrival never", &format!("M{l} {cy}H{r}"));
        }
        ArrivalState::NotSent => picture.circle("arrival unsent", cx, cy, 1.5),
        ArrivalState::OnItsWay => {
            picture.circle("arrival way", cx, cy, 4.5);
            let text = if arrival.step.is_some() { "→" } else { "…" };
            picture.text("note", cx + 8.0, cy + 4.0, text);
        }
        ArrivalState::Has => picture.circle("arrival has", cx, cy, 4.5),
    }
}
