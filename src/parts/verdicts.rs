//! *Can it happen?* For each bad outcome and each CPU model, by a search over every schedule, and for LKMM, by its
//! axioms: what the engine answers, with the way to see it, and the way to stop a search that takes long.

use std::rc::Rc;
use std::sync::Arc;

use litmus::Test;
use machine::CpuModel;
use protocol::draw::Drawn;
use protocol::{Cures, Goal, GoalVerdicts, Reply, Request, Says, Stage, Subject, WhyAnswer};
use yew::prelude::*;

use super::answers::{answer, show};
use super::axioms;
use super::reasons::{ASKS, Question, Reasons};
use super::scroll::Scroll;
use super::why::{Answer, Shown, Why};
use crate::browser::clock::Timeout;
use crate::browser::focus;
use crate::engine::{Engine, Heard, Ticket};
use crate::msg::Msg;
use crate::showing::Sought;

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
    /// The strip as a picture, and the question for it.
    picture: Option<Rc<str>>,
    drawing: Option<Ticket>,
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
    /// The strip as a picture.
    Drawn(Heard),
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
            picture: None,
            drawing: None,
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
        } else if new.model != old.model && self.known.stage == Stage::Done {
            self.cure(ctx);
        }
        true
    }

    fn update(&mut self, ctx: &Context<Self>, msg: Ask) -> bool {
        match msg {
            Ask::Heard(heard) => self.hear(ctx, heard),
            Ask::Cured(heard) => self.hear_cures(ctx, heard),
            Ask::Drawn(heard) => {
                if let Reply::Drawn(drawn) = heard.reply
                    && let Drawn::Picture(svg) = *drawn
                {
                    self.picture = Some(svg.into());
                }
            }
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
        let searched = match self.known.stage {
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
                        { for self.known.goals.iter().map(|known| self.goal(ctx, known)) }
                        { self.carry(ctx) }
                    }
                </Scroll>
                <p class="searched">{ &self.known.searched }{ " " }{ self.matrix() }{ self.judged() }{ self.progress(ctx) }</p>
            </section>
            { self.why(ctx) }
            </>
        }
    }
}

impl Verdicts {
    fn restart(&mut self, ctx: &Context<Self>) {
        let VerdictsProps {
            engine,
            subject,
            test,
            ..
        } = ctx.props();
        self.known = protocol::Verdicts::unknown(&test.0);
        self.picture = None;
        self.drawing = None;
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
                let error = known.error.as_ref();
                self.error = error.map(|error| format!("This cannot be searched: {error}").into());
                self.known = *known;
            }
            Reply::Stopped => self.known.stage = Stage::Stopped,
            Reply::Refused(why) => {
                self.error = Some(format!("This cannot be searched: {why}").into());
                self.known.searched = String::new();
                self.known.stage = Stage::Done;
            }
            _ => {}
        }
        if over && self.error.is_none() {
            self.draw(ctx);
            if self.known.stage == Stage::Done {
                self.cure(ctx);
            }
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

    fn hear_cures(&mut self, ctx: &Context<Self>, Heard { reply, over }: Heard) {
        match reply {
            Reply::Cures(cures) => {
                self.cures = Some(cures);
                self.draw(ctx);
            }
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
            Reply::Why(WhyAnswer::Reason { reason, remark }) => {
                Answer::Reason(Rc::from(reason), remark)
            }
            Reply::Why(WhyAnswer::NoSuchValues) => Answer::NoSuchValues,
            Reply::Why(WhyAnswer::Unknown(why)) | Reply::Refused(why) => Answer::Unknown(why),
            Reply::Searching(choices) => Answer::Searching(self.slow.then_some(choices)),
            _ => Answer::Unknown("The search for the reason is not finished.".to_owned()),
        };
    }

    /// An outcome: what it is, a verdict for each model, and the way to see it.
    fn goal(&self, ctx: &Context<Self>, known: &GoalVerdicts) -> Html {
        let VerdictsProps {
            test: Shared(test),
            model,
            showing,
            send,
            ..
        } = ctx.props();
        let goal = known.goal;
        let id = goal.id(test);
        let models = || CpuModel::ALL.into_iter().zip(&known.models);
        let can = models().filter(|(_, verdict)| verdict.says == Says::Yes);
        let can: Vec<&'static CpuModel> = can.map(|(model, _)| model).collect();
        // On the model that the reader looks at, where it happens there.
        let best = can.iter().find(|m| *m == model).or(can.first()).copied();
        html! {
            <div class="goal" key={id.to_string()} data-goal={id.clone()}>
                <p class="goal-name" id={format!("goal-{id}")}>{ goal.label(test) }</p>
                <ul class="answers" aria-labelledby={format!("goal-{id}")}>
                    { for models().map(|(m, verdict)| answer(m, verdict, goal, test, m == *model)) }
                    { axioms::answer(known, test, &ctx.link().callback(|goal| Ask::Why(ASKS_HERE, goal))) }
                </ul>
                { for known.notes.iter().map(|(m, note)| html! { <p class="cure" data-beyond={m.id}>{ note }</p> }) }
                { for best.map(|best| show(goal, best, test, *showing, send)) }
                { for self.cure_of(goal).map(|cure| html! { <p class="cure" data-cure={id}>{ cure.clone() }</p> }) }
            </div>
        }
    }

    /// What LKMM can be asked about, for other parts of the page.
    fn questions(&self, test: &Test) -> Vec<Question> {
        let questions = self.known.goals.iter().filter_map(|known| {
            Some(Question {
                goal: known.goal,
                id: known.goal.id(test).into(),
                label: known.goal.label(test).into(),
                word: known.question?.word(),
            })
        });
        questions.collect()
    }

    /// Why LKMM says what it says, when the reader has asked.
    fn why(&self, ctx: &Context<Self>) -> Html {
        let VerdictsProps {
            test: Shared(test),
            send,
            ..
        } = ctx.props();
        let Some(asking) = &self.asking else {
            return Html::default();
        };
        let goal = asking.goal;
        let mut known = self.known.goals.iter();
        let beside = known.find(|known| known.goal == goal);
        let beside = beside.map(|known| known.beside.clone());
        html! {
            <Why label={goal.label(test)} answer={Shown(asking.answer.clone())} beside={beside.unwrap_or_default()}
                close={ctx.link().callback(|()| Ask::Close)} stop={ctx.link().callback(|()| Ask::StopReason)} {send} />
        }
    }

    /// What prevents an outcome on the reader's model.
    fn cure_of(&self, goal: Goal) -> Option<&String> {
        let mut cures = self.cures.iter().flat_map(|cures| &cures.cures);
        cures.find(|(of, _)| *of == goal).map(|(_, cure)| cure)
    }
}
