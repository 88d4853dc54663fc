//! What waiting costs, and what callbacks cost: a chart, a table, and a clock that goes from event to event.

use std::rc::Rc;

use protocol::draw::{Clock, CostOptions, CostPanel};
use protocol::{Reply, Request};
use web_sys::{HtmlInputElement, HtmlSelectElement};
use yew::prelude::*;

use super::carry::Carry;
use super::coming::Coming;
use super::prose;
use super::scroll::Scroll;
use crate::browser::width::use_width;
use crate::msg::Msg;
use crate::replies::{Answered, use_reply};

/// What is chosen at first.
const FIRST: CostOptions = CostOptions {
    case: None,
    hz: 0,
    policy: None,
    registrations: 20,
    logarithmic: true,
    later: true,
    event: 0,
    width: 0,
};

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
    let choice = use_state_eq(|| FIRST);
    let place = use_node_ref();
    let width = use_width(&place);
    let answer = use_reply(CostOptions { width, ..*choice }, |options| {
        Some(Request::Cost(*options))
    });
    html! {
        <section class="panel cost" aria-labelledby="cost">
            <h2 id="cost">{ "Wait, or leave a callback?" }</h2>
            <Scroll class="cost-body" label="Cost">
                <div ref={place}></div>
                { match answer.as_ref().map(|answer| &answer.reply) {
                    Some(Reply::Cost(panel)) => filled(panel, &choice, answer.as_ref(), send),
                    _ => html! { <Coming /> },
                } }
            </Scroll>
        </section>
    }
}

/// A control that changes the choice. Another time line begins at its beginning.
fn changing<E: AsRef<web_sys::Event> + 'static, T>(
    choice: &UseStateHandle<CostOptions>,
    with: fn(&mut CostOptions, &T),
) -> Callback<E>
where
    T: wasm_bindgen::JsCast + AsRef<web_sys::EventTarget> + 'static,
{
    let choice = choice.clone();
    Callback::from(move |event: E| {
        let mut changed = CostOptions {
            event: 0,
            ..*choice
        };
        with(&mut changed, &event.target_unchecked_into());
        choice.set(changed);
    })
}

fn chosen(select: &HtmlSelectElement) -> u32 {
    u32::try_from(select.selected_index()).unwrap_or_default()
}

type Answer = Rc<Answered<CostOptions>>;

fn filled(
    panel: &CostPanel,
    choice: &UseStateHandle<CostOptions>,
    answer: Option<&Answer>,
    send: &Callback<Msg>,
) -> Html {
    let draw = {
        let answer = answer.cloned();
        Callback::from(
            move |()| match answer.as_ref().map(|answer| &answer.reply) {
                Some(Reply::Cost(panel)) => panel.chart.clone(),
                _ => String::new(),
            },
        )
    };
    let count = changing::<InputEvent, HtmlInputElement>(choice, |choice, input| {
        choice.registrations = input.value().parse().unwrap_or(choice.registrations);
    });
    let logarithmic = changing::<InputEvent, HtmlInputElement>(choice, |choice, input| {
        choice.logarithmic = input.checked();
    });
    let later = changing::<InputEvent, HtmlInputElement>(choice, |choice, input| {
        choice.later = input.checked();
    });
    let case = changing::<Event, HtmlSelectElement>(choice, |choice, select| {
        choice.case = Some(chosen(select));
    });
    let hz = changing::<Event, HtmlSelectElement>(choice, |choice, select| {
        choice.hz = chosen(select);
    });
    let policy = changing::<Event, HtmlSelectElement>(choice, |choice, select| {
        choice.policy = Some(chosen(select));
    });
    let options = |texts: Vec<String>, at: u32| -> Html {
        let options = texts.into_iter().zip(0_u32..);
        options
            .map(|(text, place)| html! { <option selected={place == at}>{ text }</option> })
            .collect()
    };
    let name = panel
        .cases
        .get(panel.case as usize)
        .cloned()
        .unwrap_or_default();
    html! {
        <>
            <div class="cost-controls">
                <label>{ "Workload " }
                    <select onchange={case} data-case="">{ options(panel.cases.clone(), panel.case) }</select>
                </label>
                <label>{ "HZ " }
                    <select onchange={hz} data-hz="">{ options(panel.hz.iter().map(ToString::to_string).collect(), choice.hz) }</select>
                </label>
                <label>{ "A registration calls " }
                    <select onchange={policy} data-policy="">{ options(panel.policies.clone(), panel.policy) }</select>
                </label>
                <label class="cost-count">
                    { "Devices " }
                    <input type="range" min="1" max={panel.most.to_string()} value={choice.registrations.to_string()}
                        data-devices="" oninput={count} />
                    <output>{ choice.registrations }</output>
                </label>
                <label><input type="checkbox" checked={choice.logarithmic} data-log="" oninput={logarithmic} />{ "logarithmic" }</label>
                <label><input type="checkbox" checked={choice.later} data-later="" oninput={later} />{ "what comes afterwards" }</label>
                <Carry what="cost" test="stale-bus" {draw} {send} />
            </div>
            <p data-about="">{ &panel.about }</p>
            <div class="picture" data-chart="">{ Html::from_html_unchecked(panel.chart.clone().into()) }</div>
            <p data-paragraph="">{ &panel.paragraph }</p>
            <dl class="figures" aria-label={panel.policies.get(panel.policy as usize).cloned()} data-details="">
                { for panel.details.iter().map(|[what, how]| html! { <div><dt>{ what }</dt><dd>{ how }</dd></div> }) }
            </dl>
            { for panel.clock.iter().map(|clock| self::clock(clock, choice)) }
            { for panel.why.iter().map(|text| html! { <p data-why="">{ prose::line(text) }</p> }) }
            { table(panel) }
            <h3>{ format!("Where the figures are from: {name}") }</h3>
            <dl class="figures" data-figures="">
                { for panel.figures.iter().map(|[what, value, origin]| html! {
                    <div><dt>{ what }</dt><dd><b>{ value }</b>{ ", " }{ origin }</dd></div>
                }) }
            </dl>
        </>
    }
}

/// A time line, event by event.
fn clock(clock: &Clock, choice: &UseStateHandle<CostOptions>) -> Html {
    let to = |event: u32| {
        let choice = choice.clone();
        move || choice.set(CostOptions { event, ..*choice })
    };
    // What is shown may be an event behind: the control is not.
    let last = clock.last;
    let at = choice.event.min(last);
    let (back, forth) = (to(at.saturating_sub(1)), to(at + 1));
    let scrub = {
        let choice = choice.clone();
        Callback::from(move |event: InputEvent| {
            let input: HtmlInputElement = event.target_unchecked_into();
            let event = input.value().parse().unwrap_or_default();
            choice.set(CostOptions { event, ..*choice });
        })
    };
    html! {
        <div class="clock" data-clock="">
            <h3>{ "The clock" }</h3>
            <div class="cost-controls">
                <button type="button" class="btn" disabled={at == 0} onclick={Callback::from(move |_: MouseEvent| back())} data-tick="back">{ "Back" }</button>
                <button type="button" class="btn" disabled={at >= last} onclick={Callback::from(move |_: MouseEvent| forth())} data-tick="forth">{ "Next event" }</button>
                <input type="range" min="0" max={last.to_string()} value={at.to_string()} aria-label="Event"
                    aria-valuetext={clock.sentence.clone()} oninput={scrub} data-events="" />
            </div>
            <p class="clock-says" role="status" data-says="">{ &clock.sentence }</p>
            <div class="picture">{ Html::from_html_unchecked(clock.picture.clone().into()) }</div>
        </div>
    }
}

/// The chart's text alternative.
fn table(panel: &CostPanel) -> Html {
    html! {
        <Scroll class="cost-table" label="Table">
            <table>
                <caption>{ "Computed from the figures below" }</caption>
                <thead><tr>{ for panel.headings.iter().map(|heading| html! { <th scope="col">{ heading }</th> }) }</tr></thead>
                <tbody>
                    { for panel.table.iter().map(|row| {
                        let mut cells = row.iter();
                        let head = cells.next().cloned().unwrap_or_default();
                        html! { <tr><th scope="row">{ head }</th>{ for cells.map(|cell| html! { <td>{ cell }</td> }) }</tr> }
                    }) }
                </tbody>
            </table>
        </Scroll>
    }
}
