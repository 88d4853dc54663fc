//! Memory: a cell for each variable, with its value and who wrote it.

use super::super::write::{fit, width_of};
use super::{Sheet, by_line};
use crate::hardware::{CellView, Hardware};

pub(super) const HEIGHT: f64 = 34.0;
const GAP: f64 = 6.0;
/// Least width of a cell.
const LEAST: f64 = 92.0;

pub(super) fn draw(sheet: &mut Sheet, view: &Hardware) {
    if view.memory.is_empty() {
        return;
    }
    sheet.heading("memory");
    let cells = &view.memory;
    let columns = ((sheet.width + GAP) / (LEAST + GAP)).floor().max(1.0);
    let columns = (columns as usize).min(cells.len().max(2));
    let width = (sheet.width - GAP * (columns as f64 - 1.0)) / columns as f64;
    for row in cells.chunks(columns) {
        for (column, cell) in row.iter().enumerate() {
            let x = column as f64 * (width + GAP);
            draw_cell(sheet, cell, x, width);
        }
        sheet.y += HEIGHT + GAP;
    }
    sheet.y -= GAP;
}

/// A cell with its upper edge at the sheet's place.
pub(super) fn draw_cell(sheet: &mut Sheet, cell: &CellView, x: f64, width: f64) {
    let y = sheet.y;
    let fresh = cell.written.as_ref().is_some_and(|w| w.fresh);
    let class = match (cell.outcome, fresh) {
        (true, _) => "mem outcome",
        (false, true) => "mem fresh",
        (false, false) => "mem",
    };
    let at = [x + 0.5, y + 0.5, width - 1.0, HEIGHT - 1.0, 6.0];
    sheet.named_box(class, at, ("cell", &cell.loc));
    let value_width = width_of(&cell.value).min(width * 0.55);
    let name = fit(&cell.name, width - 22.0 - value_width);
    let (text_x, line) = (x + 7.0, y + 14.0);
    sheet.picture.text("mono dim", text_x, line, &name);
    let value_x = text_x + width_of(&name) + 6.0;
    let value = fit(&cell.value, x + width - 6.0 - value_x);
    sheet.value(cell, "value", value_x, line, &value);
    let by = by_line(cell.written.as_ref(), width - 12.0);
    sheet.picture.text("note", text_x, y + 27.0, &by);
}
