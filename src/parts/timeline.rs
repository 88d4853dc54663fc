//! The timeline: controls, the space-time diagram, what is pointed at in it, and the schedules that were left.

use std::rc::Rc;

use session::View;
use yew::prelude::*;

use super::controls::Controls;
use super::diagram::Diagram;
use super::forks::Forks;
use crate::closings::Closed;
use crate::msg::Msg;
use crate::seen::Seen;

/// See the module.
#[derive(Properties, PartialEq)]
pub struct TimelineProps {
    /// What there is to see.
    pub view: Seen,
    /// The embedded view has little room.
    pub embed: bool,
    /// It is for paper: as wide as that, however long it is.
    pub print: bool,
    /// The schedule is being played.
    pub playing: bool,
    /// Where bad outcomes cease to be possible.
    pub closed: Rc<Closed>,
    /// Micro steps are shown.
    pub micro: bool,
    /// Where messages go.
    pub send: Callback<Msg>,
}

/// See the module.
#[component]
pub fn Timeline(props: &TimelineProps) -> Html {
    let TimelineProps {
        view,
        embed,
        print,
        playing,
        closed,
        micro,
        send,
    } = props;
    let pointed = use_state_eq(|| None::<usize>);
    let point = {
        let pointed = pointed.setter();
        Callback::from(move |step| pointed.set(step))
    };
    html! {
        <section class="panel timeline" aria-labelledby="timeline">
            <h2 id="timeline" class="sr">{ "Timeline" }</h2>
            <Controls at={view.at} len={view.len} playing={*playing} micro={*micro} {send} />
            <div class="time">
                <div class="time-steps">
                    <Diagram {view} compact={*embed} print={*print} closed={closed.all} micro={*micro} {point} {send} />
                    { detail(view, closed, *pointed, *micro) }
                </div>
                if !view.forks.is_empty() {
                    <Forks {view} open={!embed} {send} />
                }
            </div>
        </section>
    }
}

/// The step that is pointed at in words; else what the shapes mean.
fn detail(view: &View, closed: &Closed, pointed: Option<usize>, micro: bool) -> Html {
    let text = pointed.map(|index| {
        let text = session::step_text(view, index, micro);
        let position = view.steps.get(index).and_then(|step| step.position);
        match position.and_then(|at| closed.at(at)) {
            Some(closed) => format!("{text} {closed}"),
            None => text,
        }
    });
    if let Some(text) = text.filter(|text| !text.is_empty()) {
        return html! { <p class="time-detail" data-time-detail="">{ text }</p> };
    }
    let legend = session::timeline_legend(view, micro);
    if view.steps.is_empty() {
        return html! { <p class="time-detail idle" data-time-empty="">{ "No step yet: press a line of the programs, and it stands here, with what it reads." }</p> };
    }
    html! {
        <p class="time-detail idle">
            { for legend.into_iter().map(|(symbol, text)| html! {
                <span class="time-key"><span aria-hidden="true">{ symbol }</span>{ " " }{ text }</span>
            }) }
        </p>
    }
}
