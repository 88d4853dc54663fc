//! The tool *Matrix*: every setting of the toggles against every model, for one outcome. A cell sets the toggles and
//! plays the shortest schedule.

use explore::Reachable;
use litmus::Setting;
use machine::CpuModel;
use picture::cure::Weakest;
use picture::matrix::{Answer, Sets, Source, Table};
use protocol::{Goal, MatrixHead, MatrixRow, MinimalSet, Reply, Request, Subject};
use web_sys::HtmlSelectElement;
use yew::prelude::*;

use super::carry::{Carry, title};
use super::matrix_table::grid;
use super::prose;
use super::scroll::Scroll;
use super::verdicts::Shared;
use crate::browser::{clipboard, files, focus};
use crate::engine::{Engine, Heard, Ticket};
use crate::msg::Msg;

/// Rows that are shown at first, and how many more each time.
const ROWS: usize = 48;

/// Rows that are heard between two drawings.
const BATCH: usize = 16;

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
    /// The model that the reader works on, by id.
    pub model: AttrValue,
    /// Where messages go.
    pub send: Callback<Msg>,
}

/// See the module.
pub struct Matrix {
    asked: Option<Ticket>,
    head: Option<MatrixHead>,
    rows: Vec<MatrixRow>,
    sets: Option<Vec<Vec<Vec<MinimalSet>>>>,
    /// States searched so far, while it is not full.
    explored: u64,
    /// Nothing more comes.
    over: bool,
    error: Option<AttrValue>,
    /// What the reader has chosen to ask of the matrix.
    goal: Option<Goal>,
    most: usize,
    /// The cell that is the stop of the Tab key: setting and column.
    stop: Option<(Setting, usize)>,
    /// The present cell has been brought into sight.
    in_sight: bool,
}

/// What can happen to the matrix.
pub enum Ask {
    /// A part of it.
    Heard(Box<Heard>),
    /// Another outcome.
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
            head: None,
            rows: Vec::new(),
            sets: None,
            explored: 0,
            over: false,
            error: None,
            goal: None,
            most: ROWS,
            stop: None,
            in_sight: false,
        };
        matrix.ask(ctx);
        matrix
    }

    fn changed(&mut self, ctx: &Context<Self>, old: &MatrixProps) -> bool {
        let new = ctx.props();
        // It is of all settings: the present one does not matter to it.
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
            self.ask(ctx);
        }
        if new.subject.setting != old.subject.setting {
            self.stop = None;
        }
        true
    }

    fn update(&mut self, ctx: &Context<Self>, msg: Ask) -> bool {
        match msg {
            Ask::Heard(heard) => return self.hear(*heard),
            Ask::Goal(at) => {
                let goals = self.head.as_ref().map(|head| &head.goals);
                self.goal = goals.and_then(|goals| goals.get(at).copied());
            }
            Ask::More => self.most += ROWS * 4,
            Ask::Stop(row, column) => {
                let table = self.table(ctx);
                self.stop = table.rows.get(row).map(|row| (row.setting.clone(), column));
            }
            Ask::Press(row, column) => {
                self.press(ctx, row, column);
                return false;
            }
            Ask::End => {
                if let Some(asked) = &self.asked {
                    asked.stop();
                }
                return false;
            }
            Ask::Copy => {
                copy(
                    picture::matrix::plain(&self.table(ctx)),
                    ctx.props().send.clone(),
                );
                return false;
            }
            Ask::Save => {
                let text = picture::matrix::csv(&self.table(ctx));
                let name = format!("{}-matrix.csv", ctx.props().test.0.name);
                let said = if files::save(&name, "text/csv", text.as_bytes()) {
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
    fn ask(&mut self, ctx: &Context<Self>) {
        let MatrixProps {
            engine,
            subject,
            test,
            ..
        } = ctx.props();
        self.head = None;
        self.rows.clear();
        self.sets = None;
        self.explored = 0;
        self.over = test.0.toggles.is_empty();
        self.error = None;
        self.stop = None;
        self.in_sight = false;
        self.asked = (!self.over).then(|| {
            let request = Request::Matrix(subject.clone());
            engine.ask(
                request,
                ctx.link().callback(|heard| Ask::Heard(Box::new(heard))),
            )
        });
    }

    fn hear(&mut self, Heard { reply, over }: Heard) -> bool {
        self.over |= over;
        let mut draw = over;
        match reply {
            Reply::MatrixHead(head) => self.head = Some(head),
            Reply::MatrixRow(row) => {
                self.rows.push(row);
                draw |= self.rows.len().is_multiple_of(BATCH);
            }
            Reply::MatrixSets(sets) => self.sets = Some(sets),
            Reply::Searching(explored) => {
                self.explored = explored;
                draw = true;
            }
            Reply::Refused(why) => {
                self.error = Some(format!("This cannot be searched: {why}").into())
            }
            _ => {}
        }
        draw
    }

    fn state(&self) -> &'static str {
        match (&self.sets, self.over) {
            (Some(_), _) => "complete",
            (None, true) => "stopped",
            (None, false) => "searching",
        }
    }

    /// The goal that the cells are about: the reader's, else the first that some setting lets happen, else the first.
    fn goal(&self) -> Option<(usize, Goal)> {
        let head = self.head.as_ref()?;
        let ever = |at: usize| self.ever(at);
        let goals = || head.goals.iter().copied().enumerate();
        self.goal
            .and_then(|wanted| goals().find(|(_, goal)| *goal == wanted))
            .or_else(|| goals().find(|(at, _)| ever(*at)))
            .or_else(|| goals().next())
    }

    /// Some setting lets a goal happen, on some model.
    fn ever(&self, goal: usize) -> bool {
        let mut cells = self.rows.iter().flat_map(|row| &row.cells);
        cells.any(|cell| cell.says(goal) == Some(Reachable::Yes))
    }

    fn table(&self, ctx: &Context<Self>) -> Table {
        let MatrixProps {
            test: Shared(test),
            subject,
            model,
            ..
        } = ctx.props();
        let (at, goal) = self.goal().unwrap_or((0, Goal::Condition));
        let head = self.head.as_ref();
        let sets = self.sets.as_ref().and_then(|sets| sets.get(at));
        Table::new(
            &Source {
                test,
                text: Some(&subject.source),
                goal: at,
                outcome: &goal.label(test),
                setting: &subject.setting,
                model,
                columns: head.map_or(&[], |head| &head.columns),
                rows: &self.rows,
                total: head.map_or(0, |head| head.rows as usize),
                sets: sets.map(Vec::as_slice),
                flavour: subject.flavour,
            },
            self.most,
        )
    }

    fn press(&self, ctx: &Context<Self>, row: usize, column: usize) {
        let table = self.table(ctx);
        let found = table.rows.get(row).and_then(|row| {
            let cell = row.cells.get(column)?;
            Some((row, cell, table.columns.get(column)?))
        });
        let Some((row, cell, column)) = found else {
            return;
        };
        let model = CpuModel::by_id(&column.id);
        let goal = self.goal().map(|(_, goal)| goal);
        ctx.props().send.emit(Msg::Set {
            setting: row.setting.clone(),
            model,
            show: goal.filter(|_| model.is_some() && cell.answer == Answer::Reachable),
            said: format!("{}.", cell.label).into(),
        });
    }

    fn filled(&self, ctx: &Context<Self>) -> Html {
        let table = self.table(ctx);
        let link = ctx.link();
        let test = &ctx.props().test.0;
        let draw = {
            let (table, title) = (table.clone(), title(test).to_owned());
            Callback::from(move |()| picture::table_svg(&picture::matrix::picture(&table, &title)))
        };
        let more = table.rows.len() - table.shown.len();
        html! {
            <>
                <div class="matrix-head">
                    { self.choice(ctx) }
                    <button type="button" class="btn" data-matrix-copy="" disabled={!self.over} onclick={link.callback(|_| Ask::Copy)}>{ "Copy as text" }</button>
                    <button type="button" class="btn" data-matrix-csv="" disabled={!self.over} onclick={link.callback(|_| Ask::Save)}><span class="sr">{ "Save as " }</span>{ "CSV" }</button>
                    <Carry what="matrix" test={test.name.clone()} disabled={!self.over} draw={draw} send={&ctx.props().send} />
                </div>
                if let Some(srcu) = table.srcu {
                    <p class="quiet matrix-srcu" data-matrix-srcu="">{ srcu }</p>
                }
                <div class="matrix-table scroll">
                    { grid(&table, self.stop.clone(), &link.callback(|(row, column)| Ask::Press(row, column)),
                        &link.callback(|(row, column)| Ask::Stop(row, column)), &ctx.props().send) }
                </div>
                <p class="searched" data-matrix-note="">
                    { &table.note }
                    if !self.over {
                        { format!(" {} states so far. ", picture::cure::grouped(self.explored as usize)) }
                        <button type="button" class="btn stop" data-stop="matrix" onclick={link.callback(|_| Ask::End)}>{ "Stop" }</button>
                    }
                    if more > 0 && self.over {
                        { " " }<button type="button" class="btn" data-matrix-more="" onclick={link.callback(|_| Ask::More)}>{ format!("Show {} more", more.min(ROWS * 4)) }</button>
                    }
                </p>
                if table.sets.is_empty() {
                    if self.head.as_ref().is_none_or(|head| head.rows > 0) {
                        <p class="quiet matrix-sets">{ if self.over { "The weakest barriers are not known: the search was stopped." } else { "Searching every combination of barriers…" } }</p>
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
        let chosen = self.goal().map(|(at, _)| at);
        let goals = self.head.as_ref().map(|head| head.goals.clone());
        let named = Goal::of(test);
        let onchange = ctx.link().batch_callback(|event: Event| {
            let select: HtmlSelectElement = event.target_dyn_into()?;
            select.value().parse().ok().map(Ask::Goal)
        });
        // A failure that no setting has is not worth a line.
        let worth = |at: usize, goal: Goal| named.contains(&goal) || self.ever(at);
        html! {
            <label class="matrix-goal">
                <span>{ "Can it happen?" }</span>
                <select data-matrix-goal="" {onchange}>
                    { for goals.unwrap_or_default().into_iter().enumerate().filter(|(at, goal)| worth(*at, *goal)).map(|(at, goal)| html! {
                        <option value={at.to_string()} selected={chosen == Some(at)}>{ goal.label(test) }</option>
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
                <span class="set-head">{ picture::matrix::HEADING }</span>
                { for here.map(|Sets { models, weakest, .. }| html! {
                    <span class="set-here">{ ", " }<b>{ models }</b>{ ": " }{ prose::line(&weakest.text) }{ " " }<span class={proof_class(weakest)}>{ proof_word(weakest) }</span></span>
                }) }
            </summary>
            <Scroll class="set-list" label={picture::matrix::HEADING}>
                <dl data-sets="">{ for all.iter().map(|Sets { models, weakest, .. }| html! {
                    <div key={models.clone()}>
                        <dt>{ models }</dt>
                        <dd>
                            <span class="set-text">{ prose::line(&weakest.text) }{ " " }</span>
                            <span class={proof_class(weakest)} data-proven={weakest.proven.to_string()} title={weakest.proof}>
                                { proof_word(weakest) }<span class="sr">{ ": " }{ weakest.proof }</span>
                            </span>
                        </dd>
                    </div>
                }) }</dl>
                <p class="quiet set-note">{ picture::cure::PROOF }</p>
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
