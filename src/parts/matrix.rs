//! The tool *Matrix*: every setting of the toggles against every model, for one outcome. A cell sets the toggles and
//! plays the shortest schedule.

use std::rc::Rc;

use litmus::Setting;
use machine::CpuModel;
use protocol::{
    CellAnswer, Goal, MatrixFiles, MatrixPanel, Model, PROOF, Reply, Request, Sets, Subject,
    WEAKEST, Weakest,
};
use session::text::grouped;
use web_sys::HtmlSelectElement;
use yew::prelude::*;

use super::carry::Carry;
use super::matrix_table::grid;
use super::prose;
use super::scroll::Scroll;
use super::verdicts::Shared;
use crate::browser::{clipboard, files, focus};
use crate::engine::{Engine, Heard, Ticket};
use crate::msg::Msg;

/// Rows that are shown at first, and how many more each time.
const ROWS: u32 = 48;

/// See the module.
#[derive(Properties, PartialEq)]
pub struct MatrixProps {
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
pub struct Matrix {
    asked: Option<Ticket>,
    /// What is known. While the same is asked with other particulars, what was known before.
    panel: Option<Rc<MatrixPanel>>,
    /// Nothing more comes.
    over: bool,
    /// The reader has ended the search: what is not known is not searched.
    ended: bool,
    error: Option<AttrValue>,
    /// What the reader has chosen to ask of the matrix.
    goal: Option<Goal>,
    most: u32,
    /// The cell that is the stop of the Tab key: setting and column.
    stop: Option<(Setting, usize)>,
    /// The present cell has been brought into sight.
    in_sight: bool,
}

/// What can happen to the matrix.
pub enum Ask {
    /// A part of it.
    Heard(Box<Heard>),
    /// Another outcome, by its place among those that can be asked about.
    Goal(usize),
    /// More rows.
    More,
    /// A cell has the focus: row of the table, column.
    Stop(usize, usize),
    /// A cell is pressed.
    Press(usize, usize),
    /// Ends the search.
    End,
    /// Copies the whole of it as text.
    Copy,
    /// Saves the whole of it for a spreadsheet.
    Save,
}

impl Component for Matrix {
    type Message = Ask;
    type Properties = MatrixProps;

    fn create(ctx: &Context<Self>) -> Self {
        let mut matrix = Matrix {
            asked: None,
            panel: None,
            over: false,
            ended: false,
            error: None,
            goal: None,
            most: ROWS,
            stop: None,
            in_sight: false,
        };
        matrix.restart(ctx);
        matrix
    }

    fn changed(&mut self, ctx: &Context<Self>, old: &MatrixProps) -> bool {
        let new = ctx.props();
        let about = |props: &MatrixProps| {
            let Subject {
                source, flavour, ..
            } = props.subject.clone();
            (source, flavour, props.attempt)
        };
        if about(new) != about(old) {
            if new.subject.source != old.subject.source {
                self.goal = None;
                self.most = ROWS;
            }
            self.restart(ctx);
        } else if (&new.subject.setting, new.model) != (&old.subject.setting, old.model) {
            // It is of all settings and models: others of them are marked.
            self.ask(ctx);
        }
        if new.subject.setting != old.subject.setting {
            self.stop = None;
        }
        true
    }

    fn update(&mut self, ctx: &Context<Self>, msg: Ask) -> bool {
        match msg {
            Ask::Heard(heard) => self.hear(*heard),
            Ask::Goal(at) => {
                let goals = self.panel.as_ref().map(|panel| &panel.goals);
                self.goal = goals.and_then(|goals| goals.get(at).copied());
                self.ask(ctx);
            }
            Ask::More => {
                self.most += ROWS * 4;
                self.ask(ctx);
            }
            Ask::Stop(row, column) => {
                let rows = self.panel.as_ref().map(|panel| &panel.table.rows);
                let row = rows.and_then(|rows| rows.get(row));
                self.stop = row.map(|row| (row.setting.clone(), column));
            }
            Ask::Press(row, column) => {
                self.press(ctx, row, column);
                return false;
            }
            Ask::End => {
                self.ended = true;
                if let Some(asked) = &self.asked {
                    asked.stop();
                }
                return false;
            }
            Ask::Copy => {
                if let Some(files) = self.files() {
                    copy(files.plain.clone(), ctx.props().send.clone());
                }
                return false;
            }
            Ask::Save => {
                let Some(files) = self.files() else {
                    return false;
                };
                let name = format!("{}-matrix.csv", ctx.props().test.0.name);
                let said = if files::save(&name, "text/csv", files.csv.as_bytes()) {
                    format!("{name} is being saved.")
                } else {
                    "The browser does not save files here: copy the text instead.".to_owned()
                };
                ctx.props().send.emit(Msg::Say(said.into()));
                return false;
            }
        }
        true
    }

    fn rendered(&mut self, _: &Context<Self>, _: bool) {
        if self.over && !std::mem::replace(&mut self.in_sight, true) {
            focus::scroll_to(".matrix-table", ".cell.here");
        }
    }

    fn view(&self, ctx: &Context<Self>) -> Html {
        let test = &ctx.props().test.0;
        html! {
            <section class="panel matrix-tool" aria-labelledby="matrix" data-matrix={self.state()}>
                <h2 id="matrix">{ "Barrier matrix" }
                    if !test.toggles.is_empty() {
                        <span class="hint">{ "Every combination of barriers on every model. Click a cell to apply and play it." }</span>
                    }
                </h2>
                if let Some(error) = &self.error {
                    <p class="quiet">{ error }</p>
                } else if test.toggles.is_empty() {
                    <p class="quiet" data-matrix-none="">{ "This test has no toggles, so there is only one combination of barriers. Its result on every model is under Verdicts." }</p>
                    <p class="quiet">{ "To compare combinations, edit the test in the litmus lab: write " }<code>{ "/*@ toggle NAME */" }</code>{ " behind each barrier that is to be switched." }</p>
                } else {
                    { self.filled(ctx) }
                }
            </section>
        }
    }
}

impl Matrix {
    /// Asks for another matrix.
    fn restart(&mut self, ctx: &Context<Self>) {
        self.panel = None;
        self.error = None;
        self.stop = None;
        self.in_sight = false;
        self.ended = false;
        self.ask(ctx);
    }

    /// Asks for the matrix; what was said before of the same one stays until the answer comes.
    fn ask(&mut self, ctx: &Context<Self>) {
        let MatrixProps {
            engine,
            subject,
            test,
            model,
            ..
        } = ctx.props();
        self.over = test.0.toggles.is_empty();
        self.asked = (!self.over).then(|| {
            let request = Request::Matrix {
                subject: subject.clone(),
                model,
                goal: self.goal,
                most: self.most,
                search: !self.ended,
            };
            engine.ask(
                request,
                ctx.link().callback(|heard| Ask::Heard(Box::new(heard))),
            )
        });
    }

    fn hear(&mut self, Heard { reply, over }: Heard) {
        self.over |= over;
        match reply {
            Reply::Matrix(panel) => self.panel = Some(Rc::new(*panel)),
            Reply::Refused(why) => {
                self.error = Some(format!("This cannot be searched: {why}").into());
            }
            _ => {}
        }
    }

    /// A matrix that is full stays so while others of its cells are marked.
    fn state(&self) -> &'static str {
        match &self.panel {
            Some(panel) if panel.complete => "complete",
            _ if self.over => "stopped",
            _ => "searching",
        }
    }

    fn files(&self) -> Option<&MatrixFiles> {
        self.panel.as_ref()?.files.as_ref()
    }

    fn press(&self, ctx: &Context<Self>, row: usize, column: usize) {
        let found = self.panel.as_ref().and_then(|panel| {
            let row = panel.table.rows.get(row)?;
            let cell = row.cells.get(column)?;
            Some((panel, row, cell, panel.table.columns.get(column)?))
        });
        let Some((panel, row, cell, column)) = found else {
            return;
        };
        let model = match column {
            Model::Cpu(model) => Some(*model),
            Model::Lkmm => None,
        };
        let reachable = model.is_some() && cell.answer == CellAnswer::Reachable;
        ctx.props().send.emit(Msg::Set {
            setting: row.setting.clone(),
            model,
            show: panel.goal.filter(|_| reachable),
            said: format!("{}.", cell.label).into(),
        });
    }

    fn filled(&self, ctx: &Context<Self>) -> Html {
        let link = ctx.link();
        let test = &ctx.props().test.0;
        let empty = Rc::default();
        let panel = self.panel.as_ref().unwrap_or(&empty);
        let MatrixPanel {
            table, more, files, ..
        } = &**panel;
        let over = files.is_some();
        // What is taken along is of the present goal, setting and model.
        let ready = over && self.over;
        let draw = {
            let panel = Rc::clone(panel);
            Callback::from(move |()| {
                let files = panel.files.as_ref();
                files.map_or_else(String::new, |files| files.svg.clone())
            })
        };
        html! {
            <>
                <div class="matrix-head">
                    { self.choice(ctx) }
                    <button type="button" class="btn" data-matrix-copy="" disabled={!ready} onclick={link.callback(|_| Ask::Copy)}>{ "Copy as text" }</button>
                    <button type="button" class="btn" data-matrix-csv="" disabled={!ready} onclick={link.callback(|_| Ask::Save)}><span class="sr">{ "Save as " }</span>{ "CSV" }</button>
                    <Carry what="matrix" test={test.name.clone()} disabled={!ready} draw={draw} send={&ctx.props().send} />
                </div>
                if let Some(srcu) = &table.srcu {
                    <p class="quiet matrix-srcu" data-matrix-srcu="">{ srcu }</p>
                }
                <div class="matrix-table scroll">
                    { grid(table, self.stop.clone(), &link.callback(|(row, column)| Ask::Press(row, column)),
                        &link.callback(|(row, column)| Ask::Stop(row, column)), &ctx.props().send) }
                </div>
                <p class="searched" data-matrix-note="">
                    { &table.note }
                    if !self.over && !panel.complete {
                        { format!(" {} states so far. ", grouped(panel.explored as usize)) }
                        <button type="button" class="btn stop" data-stop="matrix" onclick={link.callback(|_| Ask::End)}>{ "Stop" }</button>
                    }
                    if *more > 0 && over {
                        { " " }<button type="button" class="btn" data-matrix-more="" onclick={link.callback(|_| Ask::More)}>{ format!("Show {} more", (*more).min(ROWS * 4)) }</button>
                    }
                </p>
                if table.sets.is_empty() {
                    if !panel.complete {
                        <p class="quiet matrix-sets">{ if over { "The weakest barriers are not known: the search was stopped." } else { "Searching every combination of barriers…" } }</p>
                    }
                } else {
                    { sets(&table.sets) }
                }
                if !table.notes.is_empty() {
                    <Scroll class="matrix-notes" label="Notes on cells">
                        { for table.notes.iter().enumerate().map(|(at, note)| html! { <p key={at} class="quiet" data-cell-note={(at + 1).to_string()}>{ note }</p> }) }
                    </Scroll>
                }
            </>
        }
    }

    /// The outcome that is asked about.
    fn choice(&self, ctx: &Context<Self>) -> Html {
        let test = &ctx.props().test.0;
        let panel = self.panel.as_deref();
        let goals = panel.map_or(&[][..], |panel| &panel.goals);
        let chosen = self.goal.or(panel.and_then(|panel| panel.goal));
        let onchange = ctx.link().batch_callback(|event: Event| {
            let select: HtmlSelectElement = event.target_dyn_into()?;
            select.value().parse().ok().map(Ask::Goal)
        });
        html! {
            <label class="matrix-goal">
                <span>{ "Can it happen?" }</span>
                <select data-matrix-goal="" {onchange}>
                    { for goals.iter().enumerate().map(|(at, goal)| html! {
                        <option value={at.to_string()} selected={chosen == Some(*goal)}>{ goal.label(test) }</option>
                    }) }
                </select>
            </label>
        }
    }
}

/// The weakest barriers: those of the present model at once, those of all when they are asked for.
fn sets(all: &[Sets]) -> Html {
    let here = all.iter().find(|sets| sets.here).or(all.first());
    html! {
        <details class="matrix-sets">
            <summary>
                <span class="set-head">{ WEAKEST }</span>
                { for here.map(|Sets { models, weakest, .. }| html! {
                    <span class="set-here">{ ", " }<b>{ models }</b>{ ": " }{ prose::line(&weakest.text) }{ " " }<span class={proof_class(weakest)}>{ proof_word(weakest) }</span></span>
                }) }
            </summary>
            <Scroll class="set-list" label={WEAKEST}>
                <dl data-sets="">{ for all.iter().map(|Sets { models, weakest, .. }| html! {
                    <div key={models.clone()}>
                        <dt>{ models }</dt>
                        <dd>
                            <span class="set-text">{ prose::line(&weakest.text) }{ " " }</span>
                            <span class={proof_class(weakest)} data-proven={weakest.proven.to_string()} title={weakest.proof.clone()}>
                                { proof_word(weakest) }<span class="sr">{ ": " }{ &weakest.proof }</span>
                            </span>
                        </dd>
                    </div>
                }) }</dl>
                <p class="quiet set-note">{ PROOF }</p>
            </Scroll>
        </details>
    }
}

fn proof_class(weakest: &Weakest) -> Classes {
    classes!("proof", (!weakest.proven).then_some("unproven"))
}

fn proof_word(weakest: &Weakest) -> &'static str {
    if weakest.proven {
        "✓ proven"
    } else {
        "? not proven"
    }
}

fn copy(text: String, send: Callback<Msg>) {
    wasm_bindgen_futures::spawn_local(async move {
        let said = if clipboard::copy(&text).await {
            "The matrix was copied."
        } else {
            "The browser does not let this page copy: save it as CSV instead."
        };
        send.emit(Msg::Say(said.into()));
    });
}
