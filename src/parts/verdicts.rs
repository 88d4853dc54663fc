//! *Can it happen?* For each bad outcome and each CPU model, by a search over every schedule, and for LKMM, by its
//! axioms: what the engine answers, with the way to see it, and the way to stop a search that takes long.

use std::rc::Rc;
use std::sync::Arc;

use explore::Reachable;
use litmus::Test;
use machine::{CpuModel, SrcuFlavour};
use protocol::{Cures, Goal, Reply, Request, Subject, WhyAnswer};
use yew::prelude::*;

use super::answers::{answer, show};
use super::axioms;
use super::reasons::{ASKS, Reasons};
use super::scroll::Scroll;
use super::why::{Answer, Found, Shown, Why};
use crate::browser::clock::Timeout;
use crate::browser::focus;
use crate::engine::{Engine, Heard, Ticket};
use crate::msg::Msg;
use crate::showing::Sought;

mod goals;
mod picture;
mod searched;

/// How long a search may take before anyone hears of it, in milliseconds.
pub const SLOW: u32 = 300;

/// A test that is compared by its identity.
#[derive(Clone)]
pub struct Shared(pub Arc<Test>);

impl PartialEq for Shared {
    fn eq(&self, other: &Shared) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

/// See the module.
#[derive(Properties, PartialEq)]
pub struct VerdictsProps {
    /// Who answers.
    pub engine: Engine,
    /// Another number: ask again.
    pub attempt: u32,
    /// The test, with its toggles.
    pub test: Shared,
    /// The program that is asked about.
    pub subject: Subject,
    /// The flavour of SRCU.
    pub flavour: SrcuFlavour,
    /// The model that the reader works on, by id.
    pub model: &'static CpuModel,
    /// What is being searched in order to be shown.
    pub showing: Option<Sought>,
    /// Where messages go.
    pub send: Callback<Msg>,
}

/// See the module.
pub struct Verdicts {
    known: protocol::Verdicts,
    stage: Stage,
    asked: Option<Ticket>,
    error: Option<AttrValue>,
    curing: Option<Ticket>,
    /// States visited for the cures so far.
    curing_explored: u64,
    cures: Option<Cures>,
    /// What the reader wants to know the reason of.
    asking: Option<Asking>,
    /// The button to which the focus returns: its attribute, and what it asks about.
    returning: Option<(&'static str, Goal)>,
    /// What other parts of the page have been told that can be asked.
    told: Reasons,
    /// Something has taken long enough to be spoken of.
    slow: bool,
    timer: Option<Timeout>,
}

#[derive(Clone, Copy, PartialEq)]
enum Stage {
    Searching,
    Done,
    Stopped,
}

/// What no schedule has, but the CPU's axioms allow: a class, a mark and a word. A note says why.
const NO_SCHEDULE: (&str, &str, &str) = ("open", "○", "no schedule");

/// The attribute of a button of the strip that asks for a reason.
const ASKS_HERE: &str = "data-why";

struct Asking {
    goal: Goal,
    /// The attribute of the button that was pressed.
    button: &'static str,
    answer: Answer,
    ticket: Ticket,
}

/// What can happen to the verdicts.
pub enum Ask {
    /// A verdict.
    Heard(Heard),
    /// Something about the cures.
    Cured(Heard),
    /// Why? And the attribute of the button that was pressed.
    Why(&'static str, Goal),
    /// The reason.
    Reason(Heard),
    /// Enough of that.
    Close,
    /// Ends what is being searched.
    Stop,
    /// Ends the search for the reason.
    StopReason,
    /// It has taken long.
    Slow,
}

impl Component for Verdicts {
    type Message = Ask;
    type Properties = VerdictsProps;

    fn create(ctx: &Context<Self>) -> Self {
        let mut verdicts = Verdicts {
            known: protocol::Verdicts::default(),
            stage: Stage::Searching,
            asked: None,
            error: None,
            curing: None,
            curing_explored: 0,
            cures: None,
            asking: None,
            returning: None,
            told: Reasons {
                questions: Vec::new(),
                ask: ctx.link().callback(|goal| Ask::Why(ASKS, goal)),
            },
            slow: false,
            timer: None,
        };
        verdicts.restart(ctx);
        verdicts
    }

    fn changed(&mut self, ctx: &Context<Self>, old: &VerdictsProps) -> bool {
        let new = ctx.props();
        if (&new.subject, new.attempt) != (&old.subject, old.attempt) {
            self.restart(ctx);
        } else if new.model != old.model && self.stage == Stage::Done {
            self.cure(ctx);
        }
        true
    }

    fn update(&mut self, ctx: &Context<Self>, msg: Ask) -> bool {
        match msg {
            Ask::Heard(heard) => self.hear(ctx, heard),
            Ask::Cured(heard) => self.hear_cures(heard),
            Ask::Reason(heard) => self.hear_reason(heard),
            Ask::Why(button, goal) => self.ask(ctx, button, goal),
            Ask::Close => {
                self.returning = self
                    .asking
                    .take()
                    .map(|asking| (asking.button, asking.goal));
                ctx.props().send.emit(Msg::Mark(Vec::new()));
            }
            Ask::Stop => {
                let running = [&self.asked, &self.curing].into_iter().flatten();
                running.for_each(Ticket::stop);
            }
            Ask::StopReason => {
                if let Some(asking) = &self.asking {
                    asking.ticket.stop();
                }
            }
            Ask::Slow => {
                self.slow = true;
                self.timer = None;
            }
        }
        true
    }

    fn rendered(&mut self, ctx: &Context<Self>, _: bool) {
        if let Some((button, goal)) = self.returning.take() {
            let id = goal.id(&ctx.props().test.0);
            // A button that is there no more leaves the focus to the laboratory.
            focus::on(&format!("[{button}=\"{id}\"]"));
        }
        let questions = self.questions(&ctx.props().test.0);
        if questions != self.told.questions {
            self.told.questions = questions;
            ctx.props().send.emit(Msg::Reasons(self.told.clone()));
        }
    }

    fn destroy(&mut self, ctx: &Context<Self>) {
        ctx.props().send.emit(Msg::Reasons(Reasons::default()));
    }

    fn view(&self, ctx: &Context<Self>) -> Html {
        let VerdictsProps {
            test: Shared(test), ..
        } = ctx.props();
        let searched = match self.stage {
            Stage::Searching => None,
            Stage::Done => Some("complete"),
            Stage::Stopped => Some("stopped"),
        };
        html! {
            <>
            <section class="panel verdicts" aria-labelledby="verdicts" data-searched={searched}>
                <h2 id="verdicts">{ "Can it happen?" }</h2>
                <Scroll label="Can it happen?">
                    if let Some(error) = &self.error {
                        <p class="quiet">{ error }</p>
                    } else {
                        { for self.goals(test).into_iter().map(|goal| self.goal(ctx, goal)) }
                        { self.carry(ctx) }
                    }
                </Scroll>
                <p class="searched">{ self.searched() }{ " " }{ self.matrix() }{ self.judged() }{ self.progress(ctx) }</p>
            </section>
            { self.why(ctx) }
            </>
        }
    }
}

impl Verdicts {
    fn restart(&mut self, ctx: &Context<Self>) {
        let VerdictsProps {
            engine, subject, ..
        } = ctx.props();
        self.known = protocol::Verdicts::default();
        self.stage = Stage::Searching;
        self.error = None;
        self.curing = None;
        self.cures = None;
        let request = Request::Verdicts(subject.clone());
        self.asked = Some(engine.ask(request, ctx.link().callback(Ask::Heard)));
        self.wait(ctx);
        if let Some(Asking { goal, button, .. }) = self.asking.take() {
            self.ask(ctx, button, goal);
        }
    }

    /// From now on it is long that something takes.
    fn wait(&mut self, ctx: &Context<Self>) {
        let link = ctx.link().clone();
        self.slow = false;
        self.timer = Some(Timeout::new(SLOW, move || link.send_message(Ask::Slow)));
    }

    fn hear(&mut self, ctx: &Context<Self>, Heard { reply, over }: Heard) {
        match reply {
            Reply::Verdicts(known) => {
                let mut errors = known.models.iter().filter_map(|model| model.error.as_ref());
                // One that runs on some models is told of on the others.
                if known.models.iter().all(|model| model.error.is_some()) {
                    let error = errors.next().map_or("", String::as_str);
                    self.error = Some(format!("This cannot be searched: {error}").into());
                }
                self.known = *known;
                if over {
                    self.stage = Stage::Done;
                }
            }
            Reply::Stopped => self.stage = Stage::Stopped,
            Reply::Refused(why) => {
                self.error = Some(format!("This cannot be searched: {why}").into());
                self.stage = Stage::Done;
            }
            _ => {}
        }
        if self.stage == Stage::Done && self.error.is_none() {
            self.cure(ctx);
        }
    }

    /// When all is known, what prevents each outcome.
    fn cure(&mut self, ctx: &Context<Self>) {
        let VerdictsProps {
            engine,
            subject,
            model,
            test: Shared(test),
            ..
        } = ctx.props();
        self.asked = None;
        if test.toggles.is_empty() {
            return;
        }
        let request = Request::Cures {
            subject: subject.clone(),
            model,
        };
        self.curing_explored = 0;
        self.curing = Some(engine.ask(request, ctx.link().callback(Ask::Cured)));
        self.wait(ctx);
    }

    fn hear_cures(&mut self, Heard { reply, over }: Heard) {
        match reply {
            Reply::Cures(cures) => self.cures = Some(cures),
            Reply::Searching(explored) => self.curing_explored = explored,
            _ => {}
        }
        if over {
            self.curing = None;
        }
    }

    fn ask(&mut self, ctx: &Context<Self>, button: &'static str, goal: Goal) {
        let VerdictsProps {
            engine, subject, ..
        } = ctx.props();
        let request = Request::Why {
            subject: subject.clone(),
            goal,
        };
        self.asking = Some(Asking {
            goal,
            button,
            answer: Answer::Searching(None),
            ticket: engine.ask(request, ctx.link().callback(Ask::Reason)),
        });
        self.wait(ctx);
    }

    fn hear_reason(&mut self, Heard { reply, .. }: Heard) {
        let Some(asking) = &mut self.asking else {
            return;
        };
        asking.answer = match reply {
            Reply::Why(WhyAnswer::Reason(reason)) => Answer::Reason(Rc::new(reason)),
            Reply::Why(WhyAnswer::NoSuchValues) => Answer::NoSuchValues,
            Reply::Why(WhyAnswer::Unknown(why)) | Reply::Refused(why) => Answer::Unknown(why),
            Reply::Searching(choices) => Answer::Searching(self.slow.then_some(choices)),
            _ => Answer::Unknown("The search for the reason is not finished.".to_owned()),
        };
    }

    /// Whether a goal can be reached on a model, as far as it is known.
    fn reachable(&self, at: usize, goal: Goal) -> Reachable {
        let place = self.known.goals.iter().position(|asked| *asked == goal);
        let model = self.known.models.get(at);
        model
            .zip(place)
            .and_then(|(model, place)| model.reachable.get(place).copied())
            .unwrap_or(Reachable::Unknown)
    }

    /// An outcome: what it is, a verdict for each model, and the way to see it.
    fn goal(&self, ctx: &Context<Self>, goal: Goal) -> Html {
        let VerdictsProps {
            test: Shared(test),
            model,
            showing,
            send,
            ..
        } = ctx.props();
        let id = goal.id(test);
        let label = goal.label(test);
        let reachable = |at: usize| self.reachable(at, goal);
        let can: Vec<&'static CpuModel> = CpuModel::ALL
            .into_iter()
            .enumerate()
            .filter(|(at, _)| reachable(*at) == Reachable::Yes)
            .map(|(_, m)| m)
            .collect();
        // On the model that the reader looks at, where it happens there.
        let best = can.iter().find(|m| *m == model).or(can.first()).copied();
        html! {
            <div class="goal" key={id.to_string()} data-goal={id.clone()}>
                <p class="goal-name" id={format!("goal-{id}")}>{ &label }</p>
                <ul class="answers" aria-labelledby={format!("goal-{id}")}>
                    { for CpuModel::ALL.into_iter().enumerate().map(|(at, m)| self.answer(at, m, goal, ctx)) }
                    { axioms::answer(&self.known, self.stage != Stage::Searching, test, goal, &self.found(goal), &ctx.link().callback(|goal| Ask::Why(ASKS_HERE, goal))) }
                </ul>
                { for CpuModel::ALL.into_iter().enumerate().filter_map(|(at, m)| self.note(at, m, goal)) }
                { for best.map(|best| show(goal, best, test, *showing, send)) }
                { for self.cure_of(goal).map(|cure| html! { <p class="cure" data-cure={id}>{ cure.clone() }</p> }) }
            </div>
        }
    }

    /// The answer on a model.
    fn answer(&self, at: usize, m: &CpuModel, goal: Goal, ctx: &Context<Self>) -> Html {
        let VerdictsProps {
            test: Shared(test),
            model,
            ..
        } = ctx.props();
        let known = self.known.models.get(at);
        let error = known.and_then(|known| known.error.as_ref());
        let (class, mark, word) = self.word(at, test, goal);
        let title = error.map(|error| format!("{} cannot run this test: {error}", m.name));
        html! {
            <li key={m.id} class={classes!("answer", class, (m == *model).then_some("here"))}
                data-verdict={format!("{}:{}", goal.id(test), m.id)} data-answer={word} title={title.clone()}>
                <span class="answer-model">{ m.name }</span>
                <span class="answer-word"><span class="answer-mark" aria-hidden="true">{ mark }</span>{ word }</span>
                { for title.map(|why| html! { <span class="sr">{ ": " }{ why }</span> }) }
            </li>
        }
    }

    /// The answer on a model: a class, a mark and a word.
    fn word(
        &self,
        at: usize,
        test: &Test,
        goal: Goal,
    ) -> (&'static str, &'static str, &'static str) {
        let known = self.known.models.get(at);
        if known.is_some_and(|known| known.error.is_some()) {
            return axioms::NOT_JUDGED;
        }
        if self.beyond(at, goal).is_some() {
            return NO_SCHEDULE;
        }
        let over = self.stage != Stage::Searching || known.is_some_and(|known| known.over);
        answer(self.reachable(at, goal), goal.bad(test), over)
    }

    /// What the axioms of a CPU say of a goal that no schedule has.
    fn beyond(&self, at: usize, goal: Goal) -> Option<&String> {
        let beyond = self.known.models.get(at)?.beyond.as_ref()?;
        let place = self.known.goals.iter().position(|asked| *asked == goal)?;
        (beyond.goals.get(place) == Some(&true)).then_some(&beyond.note)
    }

    /// The same, as a note.
    fn note(&self, at: usize, m: &CpuModel, goal: Goal) -> Option<Html> {
        let note = self.beyond(at, goal)?;
        Some(html! {
            <p class="cure" data-beyond={m.id}>{ format!("{}: {note}", m.name) }</p>
        })
    }

    /// Why LKMM says what it says, when the reader has asked.
    fn why(&self, ctx: &Context<Self>) -> Html {
        let VerdictsProps {
            test: Shared(test),
            flavour,
            send,
            ..
        } = ctx.props();
        let Some(asking) = &self.asking else {
            return Html::default();
        };
        let goal = asking.goal;
        let found = self.found(goal);
        let remarks = axioms::remarks(&asking.answer, &found, *flavour);
        html! {
            <Why label={goal.label(test)} answer={Shown(asking.answer.clone())} {found} {remarks}
                close={ctx.link().callback(|()| Ask::Close)} stop={ctx.link().callback(|()| Ask::StopReason)} {send} />
        }
    }

    /// What is known of each CPU model that can run the test.
    fn found(&self, goal: Goal) -> Found {
        let models = CpuModel::ALL.into_iter().enumerate();
        models
            .filter_map(|(at, model)| {
                let known = self.known.models.get(at)?;
                let explored = known.explored as usize;
                let runs = known.error.is_none();
                runs.then(|| (model.name, self.reachable(at, goal), explored))
            })
            .collect()
    }

    /// What prevents an outcome on the reader's model.
    fn cure_of(&self, goal: Goal) -> Option<&String> {
        let mut cures = self.cures.iter().flat_map(|cures| &cures.cures);
        cures.find(|(of, _)| *of == goal).map(|(_, cure)| cure)
    }
}
