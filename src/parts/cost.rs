//! What waiting costs, and what callbacks cost: a chart, a table, and a clock that goes from event to event.

use std::rc::Rc;

use cost::{Case, Policy, TimeLine};
use picture::ChartOptions;
use picture::cost::{Comparison, WHY, detail, event_sentence, figures, paragraph};
use web_sys::{HtmlInputElement, HtmlSelectElement};
use yew::prelude::*;

use super::carry::Carry;
use super::prose;
use super::scroll::Scroll;
use crate::browser::width::use_width;
use crate::msg::Msg;

/// Most devices on the slider: the chart says the same with more.
const MOST: usize = 200;

/// Ticks a second.
const HZ: [u64; 2] = [100, 1000];

/// What the reader has chosen.
#[derive(Clone, Copy, PartialEq)]
struct Choice {
    case: Case,
    hz: u64,
    policy: Policy,
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
        case: Case::FirecrackerX86,
        hz: HZ[0],
        policy: Policy::Callback,
        registrations: 20,
        logarithmic: true,
        later: true,
    });
    let place = use_node_ref();
    let width = use_width(&place);
    let of = (choice.case, choice.hz, choice.registrations);
    let comparison = use_memo(of, |(case, hz, n)| Comparison::new(*case, *hz, *n));
    let chart = use_memo(
        (Rc::clone(&comparison), *choice, width),
        |(comparison, choice, width)| {
            let mut options = ChartOptions {
                logarithmic: choice.logarithmic,
                later: choice.later,
                chosen: choice.policy,
                ..ChartOptions::default()
            };
            if *width > 0 {
                options.width = *width;
            }
            AttrValue::from(picture::cost_chart_svg(comparison, options))
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
    let select = |with: fn(&mut Choice, usize)| {
        let choice = choice.clone();
        Callback::from(move |event: Event| {
            let select: HtmlSelectElement = event.target_unchecked_into();
            let mut changed = *choice;
            with(
                &mut changed,
                usize::try_from(select.selected_index()).unwrap_or_default(),
            );
            choice.set(changed);
        })
    };
    let case = select(|choice, at| choice.case = Case::ALL.get(at).copied().unwrap_or(choice.case));
    let hz = select(|choice, at| choice.hz = HZ.get(at).copied().unwrap_or(choice.hz));
    let policy =
        select(|choice, at| choice.policy = Policy::ALL.get(at).copied().unwrap_or(choice.policy));
    html! {
        <section class="panel cost" aria-labelledby="cost">
            <h2 id="cost">{ "Wait, or leave a callback?" }</h2>
            <Scroll class="cost-body" label="Cost">
                <div class="cost-controls">
                    <label>{ "Workload " }
                        <select onchange={case} data-case="">
                            { for Case::ALL.iter().map(|case| html! { <option selected={*case == choice.case}>{ case.name() }</option> }) }
                        </select>
                    </label>
                    <label>{ "HZ " }
                        <select onchange={hz} data-hz="">
                            { for HZ.iter().map(|hz| html! { <option selected={*hz == choice.hz}>{ *hz }</option> }) }
                        </select>
                    </label>
                    <label>{ "A registration calls " }
                        <select onchange={policy} data-policy="">
                            { for Policy::ALL.iter().map(|policy| html! { <option selected={*policy == choice.policy}>{ policy.name() }</option> }) }
                        </select>
                    </label>
                    <label class="cost-count">
                        { "Devices " }
                        <input type="range" min="1" max={MOST.to_string()} value={choice.registrations.to_string()}
                            data-devices="" oninput={count} />
                        <output>{ choice.registrations }</output>
                    </label>
                    <label><input type="checkbox" checked={choice.logarithmic} data-log="" oninput={logarithmic} />{ "logarithmic" }</label>
                    <label><input type="checkbox" checked={choice.later} data-later="" oninput={later} />{ "what comes afterwards" }</label>
                    <Carry what="cost" test="stale-bus" {draw} {send} />
                </div>
                <p data-about="">{ choice.case.about() }</p>
                <div class="picture" ref={place} data-chart="">{ Html::from_html_unchecked((*chart).clone()) }</div>
                <p data-paragraph="">{ paragraph(&comparison, choice.policy) }</p>
                <Details comparison={Rc::clone(&comparison)} policy={choice.policy} />
                <Clock comparison={Rc::clone(&comparison)} policy={choice.policy} width={width} />
                { for WHY.iter().map(|text| html! { <p data-why="">{ prose::line(text) }</p> }) }
                <Table comparison={Rc::clone(&comparison)} />
                <Figures case={choice.case} />
            </Scroll>
        </section>
    }
}

#[derive(Properties, PartialEq)]
struct DetailsProps {
    comparison: Rc<Comparison>,
    policy: Policy,
}

/// What is chosen: where it stands, what it keeps, what it costs.
#[component]
fn Details(props: &DetailsProps) -> Html {
    let DetailsProps { comparison, policy } = props;
    html! {
        <dl class="figures" aria-label={policy.name()} data-details="">
            { for detail(comparison, *policy).into_iter().map(|[what, how]| html! {
                <div><dt>{ what }</dt><dd>{ how }</dd></div>
            }) }
        </dl>
    }
}

#[derive(Properties, PartialEq)]
struct ClockProps {
    comparison: Rc<Comparison>,
    policy: Policy,
    width: u32,
}

/// A time line, event by event.
#[component]
fn Clock(props: &ClockProps) -> Html {
    let ClockProps {
        comparison,
        policy,
        width,
    } = props;
    let event = use_state_eq(|| 0_usize);
    {
        // Another time line begins at its beginning.
        let event = event.setter();
        let of = (comparison.case, comparison.hz, *policy);
        use_effect_with(of, move |_| event.set(0));
    }
    let Some(line) = comparison.line(*policy) else {
        return Html::default();
    };
    let last = line.events.len().saturating_sub(1);
    let at = (*event).min(last);
    let width = if *width > 0 { *width } else { 560 };
    let picture = AttrValue::from(picture::cost_strip_svg(line, at, width));
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
    let (headings, table) = (props.comparison.headings(), props.comparison.table());
    html! {
        <Scroll class="cost-table" label="Table">
            <table>
                <caption>{ "Computed from the figures below" }</caption>
                <thead><tr>{ for headings.iter().map(|heading| html! { <th scope="col">{ *heading }</th> }) }</tr></thead>
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

#[derive(Properties, PartialEq)]
struct FiguresProps {
    case: Case,
}

/// Every figure of a workload, with where it is from.
#[component]
fn Figures(props: &FiguresProps) -> Html {
    html! {
        <>
            <h3>{ format!("Where the figures are from: {}", props.case.name()) }</h3>
            <dl class="figures" data-figures="">
                { for figures(props.case).into_iter().map(|[what, value, origin]| html! {
                    <div><dt>{ what }</dt><dd><b>{ value }</b>{ ", " }{ origin }</dd></div>
                }) }
            </dl>
        </>
    }
}
