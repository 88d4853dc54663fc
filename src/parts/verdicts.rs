//! *Can it happen?* For each bad outcome and each CPU model, by a search over every schedule, and for LKMM, by its
//! axioms; in slices.

use std::rc::Rc;
use std::sync::Arc;

use explore::{Reachable, Report};
use litmus::{Setting, Test};
use machine::{CpuModel, SrcuFlavour};
use yew::prelude::*;

use super::axioms;
use super::scroll::Scroll;
use super::why::{Found, Shown, Why};
use crate::asking::Asking;
use crate::browser::clock::{self, Timeout};
use crate::browser::focus;
use crate::cures::Cures;
use crate::goal::Goal;
use crate::judging::Judging;
use crate::msg::Msg;

/// States for each model. No built-in scenario comes near it.
const LIMIT: usize = 1_000_000;

/// States between two looks at the clock.
const STRIDE: usize = 512;

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
    /// The test, with its toggles.
    pub test: Shared,
    /// The positions of the toggles.
    pub setting: Setting,
    /// The text of the test.
    pub source: Option<AttrValue>,
    /// The flavour of SRCU.
    pub flavour: SrcuFlavour,
    /// The model that the reader works on, by id.
    pub model: AttrValue,
    /// What is being searched in order to be shown.
    pub showing: Option<(Goal, &'static str)>,
    /// Where messages go.
    pub send: Callback<Msg>,
}

/// See the module.
pub struct Verdicts {
    search: Option<explore::Verdicts>,
    /// In the order of [`CpuModel::ALL`].
    reports: Rc<[Option<Report>]>,
    judging: Judging,
    error: Option<AttrValue>,
    done: bool,
    cures: Cures,
    timer: Option<Timeout>,
    /// What the reader wants to know the reason of.
    asking: Option<Asking>,
    /// The button to which the focus returns.
    returning: Option<Goal>,
}

/// What can happen to the verdicts.
pub enum Ask {
    /// The next slice.
    Slice,
    /// Why?
    Why(Goal),
    /// Enough of that.
    Close,
}

impl Component for Verdicts {
    type Message = Ask;
    type Properties = VerdictsProps;

    fn create(ctx: &Context<Self>) -> Self {
        let mut verdicts = Verdicts {
            search: None,
            reports: Rc::default(),
            judging: Judging::default(),
            error: None,
            done: false,
            cures: Cures::default(),
            timer: None,
            asking: None,
            returning: None,
        };
        verdicts.restart(ctx);
        verdicts
    }

    fn changed(&mut self, ctx: &Context<Self>, old: &VerdictsProps) -> bool {
        let new = ctx.props();
        if new.test != old.test {
            self.cures = Cures::default();
        }
        if (&new.test, &new.setting, new.flavour) != (&old.test, &old.setting, old.flavour) {
            self.restart(ctx);
        }
        true
    }

    fn update(&mut self, ctx: &Context<Self>, msg: Ask) -> bool {
        match msg {
            Ask::Slice => {}
            Ask::Why(goal) => {
                self.ask(ctx, goal);
                return true;
            }
            Ask::Close => {
                self.returning = self.asking.take().map(|asking| asking.goal());
                ctx.props().send.emit(Msg::Mark(Vec::new()));
                return true;
            }
        }
        // What the reader waits for comes first.
        let mut answered = false;
        if let Some(asking) = self.asking.as_mut().filter(|asking| asking.is_running()) {
            answered = asking.slice();
            if !answered {
                self.timer = Some(again(ctx));
                return false;
            }
        }
        if self.done {
            let VerdictsProps {
                test: Shared(test),
                flavour,
                ..
            } = ctx.props();
            let over = self.cures.slice(test, *flavour);
            self.timer = (!over).then(|| again(ctx));
            return over || answered;
        }
        self.slice(ctx);
        true
    }

    fn rendered(&mut self, ctx: &Context<Self>, _: bool) {
        if let Some(goal) = self.returning.take() {
            let id = goal.id(&ctx.props().test.0);
            // A button that is there no more leaves the focus to the laboratory.
            focus::on(&format!("[data-why=\"{id}\"]"));
        }
    }

    fn view(&self, ctx: &Context<Self>) -> Html {
        let VerdictsProps {
            test: Shared(test), ..
        } = ctx.props();
        let named = Goal::of(test);
        // A failure that an outcome of the test speaks of needs no row of its own.
        let failures = Goal::FAILURES
            .into_iter()
            .filter(|goal| self.unnamed(test, &named, *goal));
        html! {
            <>
            <section class="panel verdicts" aria-labelledby="verdicts" data-searched={self.done.then_some("complete")}>
                <h2 id="verdicts">{ "Can it happen?" }</h2>
                <Scroll label="Can it happen?">
                    if let Some(error) = &self.error {
                        <p class="quiet">{ error }</p>
                    } else {
                        { for named.iter().copied().chain(failures).map(|goal| self.goal(ctx, goal)) }
                    }
                </Scroll>
                <p class="searched">{ self.searched() }{ " " }{ self.matrix(ctx) }{ axioms::judged(&self.judging, self.cures.judged().map(|(rows, spent)| (rows.len(), spent))) }</p>
            </section>
            { self.why(ctx) }
            </>
        }
    }
}

impl Verdicts {
    fn restart(&mut self, ctx: &Context<Self>) {
        let VerdictsProps {
            test: Shared(test),
            setting,
            flavour,
            ..
        } = ctx.props();
        self.done = false;
        self.judging = Judging::new(Arc::new(test.with(setting)));
        match explore::Verdicts::new(test, setting, *flavour, LIMIT) {
            Ok(search) => (self.search, self.error) = (Some(search), None),
            Err(error) => {
                (self.search, self.error) = (
                    None,
                    Some(format!("This cannot be searched: {}", error.message).into()),
                );
            }
        }
        // A small test is answered before the page is drawn.
        self.slice(ctx);
        if let Some(goal) = self.asking.as_ref().map(Asking::goal) {
            self.ask(ctx, goal);
        }
    }

    fn slice(&mut self, ctx: &Context<Self>) {
        // LKMM needs less than a frame for all but the largest tests.
        let judged = self.judging.slice();
        let Some(search) = &mut self.search else {
            self.timer = (!judged).then(|| again(ctx));
            return;
        };
        self.done = clock::slice(|| search.run(STRIDE)) && judged;
        self.reports = CpuModel::ALL
            .into_iter()
            .map(|model| search.report(model))
            .collect();
        // When all is known, the matrix is filled.
        self.timer = Some(again(ctx));
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
        let reachable = |at: usize| {
            self.reports
                .get(at)
                .and_then(Option::as_ref)
                .map_or(Reachable::Unknown, |report| goal.reachable(report))
        };
        let can: Vec<&'static CpuModel> = CpuModel::ALL
            .into_iter()
            .enumerate()
            .filter(|(at, _)| reachable(*at) == Reachable::Yes)
            .map(|(_, m)| m)
            .collect();
        // On the model that the reader looks at, where it happens there.
        let best = can
            .iter()
            .find(|m| m.id == model.as_str())
            .or(can.last())
            .copied();
        let busy = |m: &CpuModel| *showing == Some((goal, m.id));
        html! {
            <div class="goal" key={id.to_string()} data-goal={id.clone()}>
                <p class="goal-name" id={format!("goal-{id}")}>{ &label }</p>
                <ul class="answers" aria-labelledby={format!("goal-{id}")}>
                    { for CpuModel::ALL.into_iter().enumerate().map(|(at, m)| {
                        let (class, mark, word) = answer(reachable(at), goal.bad(test), self.is_over(at));
                        html! {
                            <li key={m.id} class={classes!("answer", class, (m.id == model.as_str()).then_some("here"))}
                                data-verdict={format!("{id}:{}", m.id)} data-answer={word}>
                                <span class="answer-model">{ m.name }</span>
                                <span class="answer-word"><span class="answer-mark" aria-hidden="true">{ mark }</span>{ word }</span>
                            </li>
                        }
                    }) }
                    { axioms::answer(&self.judging, test, goal, &self.found(goal), &ctx.link().callback(Ask::Why)) }
                </ul>
                if let Some(best) = best {
                    <button type="button" class={classes!("btn", "show", goal.bad(test).then_some("bad"))} data-show={format!("{id}:{}", best.id)}
                        aria-label={format!("Show me on {}: {label}", best.name)}
                        disabled={busy(best)} onclick={send.reform(move |_| Msg::Show(goal, best))}>
                        { if busy(best) { "searching…".to_owned() } else { format!("▶ Show me on {}", best.name) } }
                    </button>
                }
                { for self.cure(ctx, goal).map(|cure| html! { <p class="cure" data-cure={id}>{ cure }</p> }) }
            </div>
        }
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
        let goal = asking.goal();
        let found = self.found(goal);
        let remarks = axioms::remarks(asking, &found, *flavour);
        html! {
            <Why label={goal.label(test)} answer={Shown(asking.answer().clone())} {found} {remarks}
                close={ctx.link().callback(|()| Ask::Close)} {send} />
        }
    }

    /// What is known of each CPU model.
    fn found(&self, goal: Goal) -> Found {
        let reports = self.reports.iter().flatten();
        reports
            .map(|report| (report.model.name, goal.reachable(report), report.explored))
            .collect()
    }

    fn ask(&mut self, ctx: &Context<Self>, goal: Goal) {
        let VerdictsProps {
            test: Shared(test),
            setting,
            source,
            ..
        } = ctx.props();
        let mut asking = Asking::new(goal, test, setting, source.as_deref());
        // Most questions are answered before the page is drawn.
        if !asking.slice() {
            self.timer = Some(again(ctx));
        }
        self.asking = Some(asking);
    }

    /// The smallest sets of barriers against the outcome that matters now.
    fn cure(&self, ctx: &Context<Self>, goal: Goal) -> Option<String> {
        let VerdictsProps {
            test: Shared(test),
            setting,
            flavour,
            model,
            ..
        } = ctx.props();
        let (matrix, _) = self.cures.found(*flavour)?;
        let column = matrix.models.iter().position(|m| m.id == model.as_str())?;
        // One at a time: what can happen now, else what a setting lets happen, else the first.
        let bad: Vec<usize> = (0..test.outcomes.len())
            .filter(|at| test.outcomes[*at].bad)
            .collect();
        let report = self.reports.get(column).and_then(Option::as_ref);
        let now = bad.iter().find(|at| {
            report.is_some_and(|report| Goal::Outcome(**at).reachable(report) == Reachable::Yes)
        });
        let ever = bad.iter().find(|at| {
            let mut rows = matrix.rows.iter();
            rows.any(|row| row.cells[column].get(**at) == Some(&Reachable::Yes))
        });
        let outcome = *now.or(ever).or(bad.first())?;
        if goal != Goal::Outcome(outcome) {
            return None;
        }
        let machine = scene::cure::cheapest(test, matrix, outcome, column, setting)?;
        let lkmm = self
            .cures
            .judged()
            .and_then(|(rows, _)| scene::cure::asked(test, matrix, rows, outcome, column, setting));
        Some(match lkmm {
            Some(lkmm) => format!("{machine} {lkmm}"),
            None => machine,
        })
    }

    /// How much was searched for the cures.
    fn matrix(&self, ctx: &Context<Self>) -> Html {
        let Some((matrix, spent)) = self.cures.found(ctx.props().flavour) else {
            return Html::default();
        };
        html! {
            <span class="matrix" data-matrix-ms={format!("{spent:.1}")} data-matrix-settings={matrix.rows.len().to_string()}>
                { scene::cure::searched(matrix, spent) }
            </span>
        }
    }

    /// A failure of the machine is possible on a model on which no bad outcome of the test is.
    fn unnamed(&self, test: &Test, named: &[Goal], failure: Goal) -> bool {
        self.reports.iter().flatten().any(|report| {
            let can = |goal: &Goal| goal.reachable(report) == Reachable::Yes;
            can(&failure) && !named.iter().any(|goal| goal.bad(test) && can(goal))
        })
    }

    /// The search on a model has ended, whatever it found.
    fn is_over(&self, at: usize) -> bool {
        self.done
            || self
                .reports
                .get(at)
                .and_then(Option::as_ref)
                .is_some_and(|report| report.complete)
    }

    fn searched(&self) -> AttrValue {
        let Some(search) = &self.search else {
            return AttrValue::default();
        };
        let states = scene::cure::grouped(search.explored());
        let complete = self.reports.iter().flatten().all(|report| report.complete);
        match (self.done, complete) {
            (false, _) => format!("searching… {states} states").into(),
            (true, true) => format!("All {states} states searched.").into(),
            (true, false) => format!(
                "Stopped at the limit: {states} states. What is not known is not impossible."
            )
            .into(),
        }
    }
}

/// A class, a mark and a word. “No” is said only by a search that is complete.
pub fn answer(
    reachable: Reachable,
    bad: bool,
    over: bool,
) -> (&'static str, &'static str, &'static str) {
    match (reachable, over) {
        (Reachable::Yes, _) if bad => ("yes", "●", "yes"),
        (Reachable::Yes, _) => ("can", "●", "yes"),
        (Reachable::No, _) => ("no", "○", "no"),
        (Reachable::Unknown, false) => ("open", "·", "…"),
        (Reachable::Unknown, true) => ("open", "?", "not known"),
    }
}

/// The next slice, when the browser has had its turn.
fn again(ctx: &Context<Verdicts>) -> Timeout {
    let link = ctx.link().clone();
    Timeout::new(0, move || link.send_message(Ask::Slice))
}
