//! An SRCU domain: readers inside, grace periods with what they wait for, callbacks.

use super::super::write::{fit, fit_label};
use super::{SMALL, Sheet, queues};
use crate::hardware::{
    CallbackState, CallbackView, DomainView, GraceState, Hardware, SectionState, SectionView,
};

const CHIP: f64 = 24.0;
const ROW: f64 = 18.0;
const GAP: f64 = 6.0;

pub(super) fn draw(sheet: &mut Sheet, view: &Hardware, domain: &DomainView) {
    sheet.heading(&domain.name);
    let columns = domain.sections.len().clamp(1, 2) as f64;
    let width = ((sheet.width - GAP * (columns - 1.0)) / columns).min(220.0);
    for row in domain.sections.chunks(2) {
        for (column, section) in row.iter().enumerate() {
            let x = column as f64 * (width + GAP);
            draw_section(sheet, section, &domain.name, x, width);
        }
        sheet.y += CHIP + 4.0;
    }
    for period in domain.grace_periods.iter().filter(|p| !p.callback) {
        let class = match period.state {
            GraceState::NotStarted => "gp not-yet",
            GraceState::Running => "gp running",
            GraceState::Over => "gp over",
        };
        let symbol = match period.state {
            GraceState::NotStarted => "·",
            GraceState::Running => "◔",
            GraceState::Over => "✓",
        };
        let text = format!("grace period of line {}: {}", period.number, period.short);
        row(sheet, class, symbol, &text, sheet.width);
    }
    for callback in &domain.callbacks {
        draw_callback(sheet, view, domain, callback);
    }
    sheet.y -= 4.0;
}

fn row(sheet: &mut Sheet, class: &str, symbol: &str, text: &str, width: f64) {
    let line = sheet.y + 12.0;
    sheet.picture.text(class, 2.0, line, symbol);
    let text = fit_label(text, (width - 16.0) / SMALL);
    sheet.picture.text(class, 16.0, line, &text);
    sheet.y += ROW;
}

fn draw_section(sheet: &mut Sheet, section: &SectionView, domain: &str, x: f64, width: f64) {
    let y = sheet.y;
    let state = section.state.class();
    let awaited = if section.awaited { " awaited" } else { "" };
    let class = format!("section {state}{awaited}");
    let at = [x + 0.5, y + 0.5, width - 1.0, CHIP - 1.0, 6.0];
    sheet.named_box(&class, at, ("domain", domain));
    let symbol = match section.state {
        SectionState::Outside => "○",
        SectionState::Inside => "●",
        SectionState::Left => "✓",
    };
    let name = section.name.split(',').next().unwrap_or(&section.name);
    let what = match (section.state, section.awaited) {
        (SectionState::Inside, true) => "inside, awaited",
        (state, _) => state.text(),
    };
    let long = format!("{symbol} {name}, line {}: {what}", section.number);
    let short = format!("{symbol} {name}: {what}");
    let room = (width - 12.0) / SMALL;
    let fits = super::super::write::width_of_label(&long) <= room;
    let text = if fits { long } else { fit_label(&short, room) };
    let text_class = format!("note section-text {state}");
    sheet.picture.text(&text_class, x + 7.0, y + 16.0, &text);
}

/// A callback, with the store in its worker's buffer.
fn draw_callback(sheet: &mut Sheet, view: &Hardware, domain: &DomainView, callback: &CallbackView) {
    let (class, symbol) = match callback.state {
        CallbackState::NotQueued => ("gp not-yet", "·"),
        CallbackState::Queued => ("gp asked", "▤"),
        CallbackState::Waiting => ("gp running", "◔"),
        CallbackState::Ready => ("gp running", "▸"),
        CallbackState::Done => ("gp over", "✓"),
    };
    let period = domain
        .grace_periods
        .iter()
        .find(|period| period.cpu == callback.cpu);
    let state = match (callback.state, period) {
        (CallbackState::Waiting, Some(period)) => period.short.as_str(),
        (state, _) => state.text(),
    };
    let object = callback.object.as_ref().map(|o| format!(" for {o}"));
    let text = format!("callback{}: {state}", object.unwrap_or_default());
    let worker = view.cpus.get(callback.cpu);
    // Room for the store that frees, where there are buffers: the row is as high without it.
    let buffered = worker.is_some_and(|cpu| cpu.has_buffer);
    row(sheet, class, symbol, &fit(&text, 400.0), sheet.width);
    let Some(worker) = worker.filter(|_| buffered) else {
        return;
    };
    let y = sheet.y;
    let rooms = worker.buffer_room.max(worker.buffer.len()).max(1) as f64;
    let width = ((sheet.width - 16.0) / rooms).min(200.0);
    let whole = width * rooms;
    sheet
        .picture
        .rect("queue", 16.5, y + 0.5, whole - 1.0, 27.0, 7.0);
    if worker.buffer.is_empty() {
        sheet
            .picture
            .text("note", 25.0, y + 18.0, "its store buffer: empty");
    }
    for (place, entry) in worker.buffer.iter().enumerate() {
        let x = 16.0 + whole - (place as f64 + 1.0) * width;
        queues::chip(sheet, entry, x + 3.0, y + 2.0, width - 6.0, 24.0);
    }
    sheet.y += 34.0;
}
