//! The tool *Outcomes*: every final state of the present setting on the present model, good ones too, with a schedule
//! for each and LKMM's word on it.

use std::rc::Rc;

use machine::CpuModel;
use protocol::{FinalState, Outcomes, Reply, Request, Subject};
use session::text::grouped;
use yew::prelude::*;

use super::carry::Carry;
use super::scroll::Scroll;
use super::verdicts::Shared;
use crate::engine::{Engine, Heard, Ticket};
use crate::msg::Msg;

/// Final states that are shown at first, and how many more each time.
const MOST: u32 = 60;

/// See the module.
#[derive(Properties, PartialEq)]
pub struct OutcomesProps {
    /// Who answers.
    pub engine: Engine,
    /// Another number: ask again.
    pub attempt: u32,
    /// The test, with its toggles.
    pub test: Shared,
    /// The present program.
    pub subject: Subject,
    /// The model that the reader works on.
    pub model: &'static CpuModel,
    /// Where messages go.
    pub send: Callback<Msg>,
}

/// See the module.
pub struct OutcomeList {
    asked: Option<Ticket>,
    known: Rc<Outcomes>,
    most: u32,
    over: bool,
    error: Option<AttrValue>,
}

/// What can happen to the list.
pub enum Ask {
    /// What is known.
    Heard(Box<Heard>),
    /// More of them.
    More,
    /// Ends the search.
    End,
    /// Plays the schedule to a final state.
    Play(usize),
}

impl Component for OutcomeList {
    type Message = Ask;
    type Properties = OutcomesProps;

    fn create(ctx: &Context<Self>) -> Self {
        let mut list = OutcomeList {
            asked: None,
            known: Rc::default(),
            most: MOST,
            over: false,
            error: None,
        };
        list.ask(ctx);
        list
    }

    fn changed(&mut self, ctx: &Context<Self>, old: &OutcomesProps) -> bool {
        let new = ctx.props();
        if (&new.subject, new.model, new.attempt) != (&old.subject, old.model, old.attempt) {
            self.most = MOST;
            self.ask(ctx);
        }
        true
    }

    fn update(&mut self, ctx: &Context<Self>, msg: Ask) -> bool {
        match msg {
            Ask::Heard(heard) => {
                let Heard { reply, over } = *heard;
                self.over |= over;
                match reply {
                    Reply::Outcomes(known) => self.known = Rc::new(known),
                    Reply::Refused(why) => {
                        self.error = Some(format!("This cannot be searched: {why}").into());
                    }
                    _ => {}
                }
            }
            Ask::More => {
                self.most += MOST * 4;
                self.ask(ctx);
            }
            Ask::End => {
                if let Some(asked) = &self.asked {
                    asked.stop();
                }
            }
            Ask::Play(at) => self.play(ctx, at),
        }
        true
    }

    fn view(&self, ctx: &Context<Self>) -> Html {
        let state = if self.over { "complete" } else { "searching" };
        html! {
            <section class="panel outcomes-tool" aria-labelledby="outcomes" data-outcomes={state}>
                <h2 id="outcomes">{ "Outcomes" }<span class="hint">{ "every final state, good ones too; each plays a schedule" }</span></h2>
                if let Some(error) = &self.error {
                    <p class="quiet">{ error }</p>
                } else {
                    { self.list(ctx) }
                }
            </section>
        }
    }
}

impl OutcomeList {
    fn ask(&mut self, ctx: &Context<Self>) {
        let OutcomesProps {
            engine,
            subject,
            model,
            ..
        } = ctx.props();
        let request = Request::Outcomes {
            subject: subject.clone(),
            model,
            most: self.most,
        };
        self.known = Rc::default();
        self.over = false;
        self.error = None;
        self.asked = Some(engine.ask(
            request,
            ctx.link().callback(|heard| Ask::Heard(Box::new(heard))),
        ));
    }

    fn play(&self, ctx: &Context<Self>, at: usize) {
        let schedule = self
            .known
            .rows
            .get(at)
            .and_then(|row| row.schedule.as_ref());
        let Some(schedule) = schedule else {
            return;
        };
        ctx.props()
            .send
            .emit(Msg::PlaySteps(schedule.steps.clone()));
    }

    fn list(&self, ctx: &Context<Self>) -> Html {
        let link = ctx.link();
        let known = &self.known;
        let searching = !self.over && known.rows.is_empty();
        let test = &ctx.props().test.0;
        let draw = {
            let known = Rc::clone(known);
            Callback::from(move |()| known.svg.clone().unwrap_or_default())
        };
        html! {
            <>
                <p class="outcomes-sum" data-outcomes-sum="">
                    if searching {
                        { format!("searching… {} states of the machine ", grouped(known.explored as usize)) }
                    } else {
                        { &known.sentence }{ " " }
                    }
                    if !self.over {
                        <button type="button" class="btn stop" data-stop="outcomes" onclick={link.callback(|_| Ask::End)}>{ "Stop" }</button>
                    }
                    <Carry what="outcomes" test={test.name.clone()} disabled={known.svg.is_none()} draw={draw} send={&ctx.props().send} />
                </p>
                <Scroll class="outcome-rows" label="Final states">
                    if !known.elsewhere.is_empty() {
                        <ul class="elsewhere" data-elsewhere="">{ for known.elsewhere.iter().map(|state| html! { <li><code>{ state }</code></li> }) }</ul>
                    }
                    <ol class="outcome-list">{ for known.rows.iter().enumerate().map(|(at, row)| self::row(at, row, link)) }</ol>
                    if known.more > 0 && self.over {
                        <button type="button" class="btn" data-outcomes-more="" onclick={link.callback(|_| Ask::More)}>{ "Show more" }</button>
                    }
                </Scroll>
            </>
        }
    }
}

fn row(at: usize, row: &FinalState, link: &html::Scope<OutcomeList>) -> Html {
    let (lkmm, lkmm_class) = row.lkmm();
    html! {
        <li key={at} class={classes!("outcome-row", row.class())} data-outcome={row.state.clone()}>
            <button type="button" class="outcome-play" onclick={link.callback(move |_| Ask::Play(at))}>
                <span class="outcome-mark" aria-hidden="true">{ row.symbol() }</span>
                <span class="outcome-what">
                    if !row.name.is_empty() { <b class="outcome-name">{ &row.name }{ " " }</b> }
                    <code>{ &row.state }</code>
                </span>
                <span class={classes!("outcome-lkmm", lkmm_class)}>{ lkmm }</span>
                <span class="outcome-steps">{ "▶ " }{ row.length() }</span>
            </button>
        </li>
    }
}
