//! The panel on costs: chart, table, figures and a clock, for what the reader has chosen.

use ::cost::{Case, Policy};
use protocol::draw::{Clock, CostOptions, CostPanel};

use super::{Comparison, WHY, detail, event_sentence, figures, paragraph};
use crate::{ChartOptions, cost_chart_svg, cost_strip_svg};

/// Most devices: the chart says the same with more.
const MOST: u32 = 200;

/// Ticks a second.
const HZ: [u64; 2] = [100, 1000];

/// How wide the clock is drawn where the width is not known.
const WIDTH: u32 = 560;

/// Draws the panel.
#[must_use]
pub fn panel(options: CostOptions) -> CostPanel {
    let at = |place: u32| usize::try_from(place).unwrap_or(usize::MAX);
    let case = options
        .case
        .and_then(|place| Case::ALL.get(at(place)).copied());
    let case = case.unwrap_or(Case::FirecrackerX86);
    let hz = HZ.get(at(options.hz)).copied().unwrap_or(HZ[0]);
    let policy = options
        .policy
        .and_then(|place| Policy::ALL.get(at(place)).copied());
    let policy = policy.unwrap_or(Policy::Callback);
    let registrations = options.registrations.clamp(1, MOST);
    let comparison = Comparison::new(case, hz, at(registrations));
    let mut chart = ChartOptions {
        logarithmic: options.logarithmic,
        later: options.later,
        chosen: policy,
        ..ChartOptions::default()
    };
    if options.width > 0 {
        chart.width = options.width;
    }
    CostPanel {
        cases: Case::ALL
            .iter()
            .map(|case| case.name().to_owned())
            .collect(),
        case: place(&Case::ALL, &case),
        hz: HZ.to_vec(),
        policies: Policy::ALL
            .iter()
            .map(|policy| policy.name().to_owned())
            .collect(),
        policy: place(&Policy::ALL, &policy),
        most: MOST,
        about: case.about().to_owned(),
        chart: cost_chart_svg(&comparison, chart),
        paragraph: paragraph(&comparison, policy),
        details: detail(&comparison, policy)
            .into_iter()
            .map(|pair| pair.map(Into::into))
            .collect(),
        clock: clock(&comparison, policy, options),
        why: WHY.map(str::to_owned).into(),
        headings: comparison.headings().map(str::to_owned).into(),
        table: comparison.table(),
        figures: figures(case)
            .into_iter()
            .map(|figure| figure.map(Into::into))
            .collect(),
    }
}

fn place<T: PartialEq>(all: &[T], one: &T) -> u32 {
    let mut all = all.iter().zip(0..);
    all.find(|(other, _)| *other == one).map_or(0, |(_, at)| at)
}

fn clock(comparison: &Comparison, policy: Policy, options: CostOptions) -> Option<Clock> {
    let line = comparison.line(policy)?;
    let last = u32::try_from(line.events.len().saturating_sub(1)).unwrap_or(u32::MAX);
    let event = options.event.min(last);
    let width = if options.width > 0 {
        options.width
    } else {
        WIDTH
    };
    Some(Clock {
        event,
        last,
        sentence: event_sentence(line, event as usize),
        picture: cost_strip_svg(line, event as usize, width),
    })
}
