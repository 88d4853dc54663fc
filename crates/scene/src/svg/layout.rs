//! Where things are in the timeline: lanes from top to bottom, steps from left to right.

use super::TimelineOptions;
use super::write::width_of;
use crate::view::{CpuKind, SpanKind, View};

const TOP: f64 = 20.0;
const LANE: f64 = 31.0;
const COMPACT: f64 = 24.0;
pub(super) const ROW: f64 = 16.0;
/// Fewer steps than these leave room on the right, so that the first steps do not jump.
const COLUMNS: usize = 10;

/// See the module.
pub(super) struct Layout {
    pub left: f64,
    /// The room that the names of the lanes need.
    pub names: f64,
    pub column: f64,
    pub width: f64,
    pub height: f64,
    /// By CPU: the middle of its lane.
    pub cpus: Vec<f64>,
    pub memory: f64,
    /// The first row of the lane of grace periods, if there is one.
    pub grace: Option<f64>,
    pub lanes: Vec<(f64, String)>,
}

impl Layout {
    pub fn new(view: &View, options: TimelineOptions) -> Layout {
        let lane = if options.compact { COMPACT } else { LANE };
        let mut lanes: Vec<(f64, String)> = Vec::new();
        let threads = view
            .cpus
            .iter()
            .filter(|c| c.kind != CpuKind::Worker)
            .count();
        let mut y = TOP;
        let mut cpus = Vec::new();
        let mut memory = TOP;
        for (number, cpu) in view
            .cpus
            .iter()
            .filter(|c| c.kind != CpuKind::Worker)
            .enumerate()
        {
            // Memory lies between the CPUs, so that arrows are short.
            if number == threads.div_ceil(2) {
                memory = y;
                lanes.push((y, "memory".to_owned()));
                y += lane;
            }
            lanes.push((y, cpu.name.clone()));
            cpus.push(y);
            y += lane;
        }
        if threads < 2 {
            memory = y;
            lanes.push((y, "memory".to_owned()));
            y += lane;
        }
        let workers = view.cpus.len() - threads;
        let rows = rows(view).iter().copied().max().map_or(0, |most| most + 1);
        let domains = !view.srcu.domains.is_empty();
        let grace = (workers > 0 || rows > 0 || domains).then_some(y);
        if grace.is_some() {
            let name = view.srcu.domains.iter().any(|d| d.name != "RCU");
            lanes.push((y, if name { "SRCU" } else { "RCU" }.to_owned()));
        }
        let last_row = grace.map_or(0.0, |y| y + ROW * rows.saturating_sub(1) as f64);
        for _ in 0..workers {
            cpus.push(grace.unwrap_or(y));
        }
        let names = lanes
            .iter()
            .map(|(_, name)| width_of(name))
            .fold(40.0, f64::max);
        let names = names.min(150.0) + 14.0;
        let left = if options.names { names } else { 8.0 };
        let columns = view.steps.len().max(COLUMNS) as f64;
        let least = if options.compact { 33.0 } else { 54.0 };
        let column = ((f64::from(options.width) - left - 16.0) / columns).clamp(least, 130.0);
        let width = (left + column * columns + 16.0).max(f64::from(options.width.min(4000)));
        Layout {
            left,
            names,
            column,
            width,
            height: lanes.last().map_or(TOP, |(y, _)| *y).max(last_row) + 26.0,
            cpus,
            memory,
            grace,
            lanes,
        }
    }

    pub fn x(&self, step: usize) -> f64 {
        self.left + self.column * (step as f64 + 0.5)
    }

    pub fn y(&self, cpu: Option<usize>) -> f64 {
        let lane = cpu.and_then(|cpu| self.cpus.get(cpu)).copied();
        lane.unwrap_or(self.grace.unwrap_or(self.memory))
    }
}

/// For each bar, the row that it is drawn in: 0 for sections, which have their CPU's lane.
pub(super) fn rows(view: &View) -> Vec<usize> {
    let mut ends: Vec<usize> = Vec::new();
    let mut rows = Vec::new();
    for span in &view.spans {
        if span.kind == SpanKind::Section {
            rows.push(0);
            continue;
        }
        let row = ends
            .iter()
            .position(|end| *end < span.from)
            .unwrap_or(ends.len());
        let end = span.to.unwrap_or(usize::MAX);
        match ends.get_mut(row) {
            Some(slot) => *slot = end,
            None => ends.push(end),
        }
        rows.push(row);
    }
    rows
}
