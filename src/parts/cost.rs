//! What waiting costs, and what callbacks cost: a chart, a table, and a clock that goes from event to event.

use std::rc::Rc;

use cost::{Policy, TimeLine};
use scene::ChartOptions;
use scene::cost::{Comparison, event_sentence, figures, paragraph};
use web_sys::{HtmlInputElement, HtmlSelectElement};
use yew::prelude::*;

use super::carry::Carry;
use super::scroll::Scroll;
use crate::browser::width::use_width;
use crate::msg::Msg;

/// Most devices on the slider: the chart says the same with more.
const MOST: usize = 200;

/// What the reader has chosen.
#[derive(Clone, Copy, PartialEq)]
struct Choice {
    registrations: usize,
    logarithmic: bool,
    later: bool,
}

/// See the module.
#[derive(Properties, PartialEq)]
pub struct CostProps {
    /// Where messages go.
    pub send: Callback<Msg>,
}

/// See the module.
#[component]
pub fn Cost(props: &CostProps) -> Html {
    let CostProps { send } = props;
    let choice = use_state_eq(|| Choice {
        registrations: 20,
        logarithmic: true,
        later: true,
    });
    let place = use_node_ref();
    let width = use_width(&place);
    let comparison = use_memo(choice.registrations, |n| Comparison::new(*n));
    let chart = use_memo(
        (Rc::clone(&comparison), *choice, width),
        |(comparison, choice, width)| {
            let mut options = ChartOptions {
                logarithmic: choice.logarithmic,
                later: choice.later,
                ..ChartOptions::default()
            };
            if *width > 0 {
                options.width = *width;
            }
            AttrValue::from(scene::cost_chart_svg(comparison, options))
        },
    );
    let draw = {
        let chart = Rc::clone(&chart);
        Callback::from(move |()| chart.to_string())
    };
    let change = |with: fn(&mut Choice, &HtmlInputElement)| {
        let choice = choice.clone();
        Callback::from(move |event: InputEvent| {
            let mut changed = *choice;
            with(&mut changed, &event.target_unchecked_into());
            choice.set(changed);
        })
    };
    let count = change(|choice, input| {
        let wanted = input.value().parse().unwrap_or(choice.registrations);
        choice.registrations = wanted.clamp(1, MOST);
    });
    let logarithmic = change(|choice, input| choice.logarithmic = input.checked());
    let later = change(|choice, input| choice.later = input.checked());
    html! {
        <section class="panel cost" aria-labelledby="cost">
            <h2 id="cost">{ "Wait, or leave a callback?" }</h2>
            <Scroll class="cost-body" label="Cost">
                <div class="cost-controls">
                    <label class="cost-count">
                        { "Devices " }
                        <input type="range" min="1" max={MOST.to_string()} value={choice.registrations.to_string()}
                            data-devices="" oninput={count} />
                        <output>{ choice.registrations }</output>
                    </label>
                    <label><input type="checkbox" checked={choice.logarithmic} data-log="" oninput={logarithmic} />{ "logarithmic" }</label>
                    <label><input type="checkbox" checked={choice.later} data-later="" oninput={later} />{ "a wait afterwards" }</label>
                    <Carry what="cost" test="stale-bus" {draw} {send} />
                </div>
                <div class="picture" ref={place} data-chart="">{ Html::from_html_unchecked((*chart).clone()) }</div>
                <p data-paragraph="">{ paragraph(&comparison) }</p>
                <Clock comparison={Rc::clone(&comparison)} width={width} />
                <Table comparison={Rc::clone(&comparison)} />
                <Figures />
            </Scroll>
        </section>
    }
}

#[derive(Properties, PartialEq)]
struct ClockProps {
    comparison: Rc<Comparison>,
    width: u32,
}

/// A time line, event by event.
#[component]
fn Clock(props: &ClockProps) -> Html {
    let ClockProps { comparison, width } = props;
    let policy = use_state_eq(|| Policy::CallbackThenWait);
    let event = use_state_eq(|| 0_usize);
    let Some(line) = comparison.line(*policy) else {
        return Html::default();
    };
    let last = line.events.len().saturating_sub(1);
    let at = (*event).min(last);
    let width = if *width > 0 { *width } else { 560 };
    let picture = AttrValue::from(scene::cost_strip_svg(line, at, width));
    let choose = {
        let (policy, event) = (policy.clone(), event.clone());
        Callback::from(move |change: Event| {
            let select: HtmlSelectElement = change.target_unchecked_into();
            let chosen = usize::try_from(select.selected_index()).unwrap_or_default();
            if let Some(chosen) = Policy::ALL.get(chosen) {
                policy.set(*chosen);
                event.set(0);
            }
        })
    };
    let scrub = {
        let event = event.clone();
        Callback::from(move |change: InputEvent| {
            let input: HtmlInputElement = change.target_unchecked_into();
            event.set(input.value().parse().unwrap_or_default());
        })
    };
    let to = |place: usize| {
        let event = event.clone();
        Callback::from(move |_: MouseEvent| event.set(place))
    };
    html! {
        <div class="clock" data-clock="">
            <h3>{ "The clock" }</h3>
            <div class="cost-controls">
                <label>{ "The updater calls " }
                    <select onchange={choose} data-policy="">
                        { for Policy::ALL.iter().map(|option| html! {
                            <option selected={*option == *policy}>{ option.name() }</option>
                        }) }
                    </select>
                </label>
                <button type="button" class="btn" disabled={at == 0} onclick={to(at.saturating_sub(1))} data-tick="back">{ "Back" }</button>
                <button type="button" class="btn" disabled={at >= last} onclick={to(at + 1)} data-tick="forth">{ "Next event" }</button>
                <input type="range" min="0" max={last.to_string()} value={at.to_string()} aria-label="Event"
                    aria-valuetext={sentence(line, at)} oninput={scrub} data-events="" />
            </div>
            <p class="clock-says" role="status" data-says="">{ sentence(line, at) }</p>
            <div class="picture">{ Html::from_html_unchecked(picture) }</div>
        </div>
    }
}

fn sentence(line: &TimeLine, at: usize) -> String {
    event_sentence(line, at)
}

#[derive(Properties, PartialEq)]
struct TableProps {
    comparison: Rc<Comparison>,
}

/// The chart's text alternative.
#[component]
fn Table(props: &TableProps) -> Html {
    let table = props.comparison.table();
    html! {
        <Scroll class="cost-table" label="Table">
            <table>
                <caption>{ "Computed from the figures below" }</caption>
                <thead><tr>{ for Comparison::HEADINGS.iter().map(|heading| html! { <th scope="col">{ *heading }</th> }) }</tr></thead>
                <tbody>
                    { for table.into_iter().map(|row| {
                        let mut cells = row.into_iter();
                        let head = cells.next().unwrap_or_default();
                        html! { <tr><th scope="row">{ head }</th>{ for cells.map(|cell| html! { <td>{ cell }</td> }) }</tr> }
                    }) }
                </tbody>
            </table>
        </Scroll>
    }
}

/// Every figure, with where it is from.
#[component]
fn Figures() -> Html {
    html! {
        <>
            <h3>{ "Where the figures are from" }</h3>
            <dl class="figures" data-figures="">
                { for figures().into_iter().map(|[what, value, origin]| html! {
                    <div><dt>{ what }</dt><dd><b>{ value }</b>{ ", " }{ origin }</dd></div>
                }) }
            </dl>
        </>
    }
}
