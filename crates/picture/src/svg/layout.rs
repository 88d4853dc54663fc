//! Where things are in the timeline: lanes from top to bottom, steps from left to right.

use super::TimelineOptions;
use super::label::LABELS;
use super::write::width_of;
use session::View;
use session::view::{CpuKind, SpanKind};

/// Room above the first lane for two rows of labels.
const TOP: f64 = 20.0 + LABELS;
const LANE: f64 = 31.0;
const COMPACT: f64 = 24.0;
pub(super) const ROW: f64 = 16.0;
/// More room below a CPU's lane for what is in its store buffer.
const BUFFER: f64 = 7.0;
/// Where the stores in the buffer are drawn, below the middle of the lane, and how high they may reach together.
const TRACK: f64 = 10.0;
const TRACKS: f64 = 10.0;
/// From so many CPUs on the lanes move closer together.
const MANY: usize = 5;
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
    /// By span: its row among those of its lane.
    pub rows: Vec<usize>,
    /// By CPU: how many stores are in its buffer at once, at most.
    pub depth: Vec<usize>,
}

impl Layout {
    pub fn new(view: &View, options: TimelineOptions) -> Layout {
        let mut lanes: Vec<(f64, String)> = Vec::new();
        let threads = view
            .cpus
            .iter()
            .filter(|c| c.kind != CpuKind::Worker)
            .count();
        let close = options.compact || threads >= MANY;
        let lane = if close { COMPACT } else { LANE };
        let room = |has_buffer: bool| lane + if has_buffer { BUFFER } else { 0.0 };
        let rows = rows(view);
        let depth = depth(view, &rows);
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
            y += room(cpu.has_buffer);
        }
        if threads < 2 {
            memory = y;
            lanes.push((y, "memory".to_owned()));
            y += lane;
        }
        let workers = view.cpus.len() - threads;
        let periods = view.spans.iter().zip(&rows);
        let periods = periods.filter(|(span, _)| span.kind == SpanKind::GracePeriod);
        let most = periods
            .map(|(_, row)| *row)
            .max()
            .map_or(0, |most| most + 1);
        let domains = !view.domains.is_empty();
        let grace = (workers > 0 || most > 0 || domains).then_some(y);
        if grace.is_some() {
            let name = view.domains.iter().any(|name| name != "RCU");
            lanes.push((y, if name { "SRCU" } else { "RCU" }.to_owned()));
        }
        let last_row = grace.map_or(0.0, |y| y + ROW * most.saturating_sub(1) as f64);
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
            rows,
            depth,
        }
    }

    /// Where a store in a buffer is drawn.
    pub fn track(&self, cpu: usize, row: usize) -> f64 {
        let deepest = self.depth.get(cpu).copied().unwrap_or(1).max(2) - 1;
        let apart = (TRACKS / deepest as f64).min(5.0);
        self.y(Some(cpu)) + TRACK + apart * row as f64
    }

    pub fn x(&self, step: usize) -> f64 {
        self.left + self.column * (step as f64 + 0.5)
    }

    pub fn y(&self, cpu: Option<usize>) -> f64 {
        let lane = cpu.and_then(|cpu| self.cpus.get(cpu)).copied();
        lane.unwrap_or(self.grace.unwrap_or(self.memory))
    }
}

/// For each bar, its row among those of its lane: 0 for sections. Grace periods share one lane, buffered stores have
/// their CPU's.
fn rows(view: &View) -> Vec<usize> {
    // By lane and row, where the last bar there ends.
    let mut ends: Vec<(Option<usize>, Vec<usize>)> = Vec::new();
    let mut rows = Vec::new();
    for span in &view.spans {
        let lane = match span.kind {
            SpanKind::Section => {
                rows.push(0);
                continue;
            }
            SpanKind::GracePeriod => None,
            SpanKind::Buffered => Some(span.cpu),
        };
        let at = ends.iter().position(|(l, _)| *l == lane);
        let at = at.unwrap_or_else(|| {
            ends.push((lane, Vec::new()));
            ends.len() - 1
        });
        let ends = &mut ends[at].1;
        let row = ends.iter().position(|end| *end < span.from);
        let row = row.unwrap_or_else(|| {
            ends.push(0);
            ends.len() - 1
        });
        ends[row] = span.to.unwrap_or(usize::MAX);
        rows.push(row);
    }
    rows
}

fn depth(view: &View, rows: &[usize]) -> Vec<usize> {
    let mut depth = vec![0; view.cpus.len()];
    for (span, row) in view.spans.iter().zip(rows) {
        if let (SpanKind::Buffered, Some(most)) = (span.kind, depth.get_mut(span.cpu)) {
            *most = (row + 1).max(*most);
        }
    }
    depth
}
