//! The laboratory session without a page: a test, its setting, and a schedule
//! that can be walked back and forth.

mod forks;
mod replay;
mod taking_up;

use std::fmt;
use std::sync::Arc;

use litmus::{Setting, Test, ToggleId};
use machine::run::Fate;
use machine::{CpuModel, Program, Run, SrcuFlavour, State, Step, StepName};

pub use forks::{MOST as MOST_FORKS, Track};

use crate::link::{Link, LinkProblem};
use crate::view::View;
use forks::Forks;

/// Why a test cannot be opened, or a switch not be moved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionError {
    /// Where in the source.
    pub span: litmus::Span,
    /// What is wrong.
    pub message: String,
}

impl fmt::Display for SessionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for SessionError {}

/// A session.
///
/// The *script* is the schedule as the reader made it. It is kept whole when a
/// switch makes part of it impossible, so that moving the switch back brings
/// the rest back. A new step, another schedule or `reset` takes its place; what
/// they drop is kept as a fork ([`Session::take_up`]).
#[derive(Clone, Debug)]
pub struct Session {
    id: String,
    test: Arc<Test>,
    resolved: Arc<Test>,
    source: Option<Arc<str>>,
    setting: Setting,
    model: &'static CpuModel,
    flavour: SrcuFlavour,
    script: Vec<StepName>,
    /// How many steps of the script the reader wants done.
    wish: usize,
    fates: Vec<Fate>,
    run: Run,
    at: usize,
    /// A switch was moved since the script last changed.
    switched: bool,
    /// The schedules that were left.
    forks: Forks,
}

impl Session {
    /// Opens a test with its `@default`, else with the model Arm and SRCU-fast.
    ///
    /// # Errors
    /// When the machine cannot run the test.
    pub fn new(id: String, test: Arc<Test>) -> Result<Session, SessionError> {
        let default = &test.meta.default;
        let model = default
            .cpu
            .as_deref()
            .and_then(CpuModel::by_id)
            .unwrap_or(&machine::model::ARM);
        let flavour = default
            .srcu
            .as_deref()
            .and_then(SrcuFlavour::by_id)
            .unwrap_or_default();
        let setting = Setting::default_of(&test);
        let (resolved, program) = compiled(&test, &setting, model, flavour)?;
        Ok(Session {
            id,
            test,
            resolved,
            source: None,
            setting,
            model,
            flavour,
            script: Vec::new(),
            wish: 0,
            fates: Vec::new(),
            run: Run::new(program),
            at: 0,
            switched: false,
            forks: Forks::default(),
        })
    }

    /// Gives the text that the test was parsed from: lines are then numbered as in it.
    #[must_use]
    pub fn with_source(mut self, source: &str) -> Session {
        self.source = Some(source.into());
        self
    }

    /// Opens a link as far as it goes, and says where it did not.
    ///
    /// # Errors
    /// When the machine cannot run the test.
    pub fn open_link(
        link: &Link,
        test: Arc<Test>,
    ) -> Result<(Session, Vec<LinkProblem>), SessionError> {
        let mut problems = Vec::new();
        let mut session = Session::new(link.scenario.clone(), test)?;
        let mut setting = session.setting.clone();
        if let Some(off) = &link.off {
            setting = Setting::all_on(&session.test);
            for item in off {
                match Setting::parse_off(&session.test, item) {
                    Ok(one) => {
                        for (to, from) in setting.0.iter_mut().zip(one.0) {
                            if from != 0 {
                                *to = from;
                            }
                        }
                    }
                    Err(error) => problems.push(LinkProblem::new("off", item, &error.to_string())),
                }
            }
        }
        let model = link.cpu.unwrap_or(session.model);
        let flavour = link.srcu.unwrap_or(session.flavour);
        session.set(setting, model, flavour)?;
        session.script.clone_from(&link.steps);
        session.wish = link.at.unwrap_or(link.steps.len()).min(link.steps.len());
        session.replay();
        // A note only if something is lost.
        let lost = |fate: &Fate| matches!(fate, Fate::Impossible(_) | Fate::NotReached);
        session.switched = session.fates.iter().any(lost);
        Ok((session, problems))
    }

    /// Takes a session up where another stood: its setting and model, its schedule and how much of it was done, as
    /// [`Session::link`] gives them.
    ///
    /// # Errors
    /// When the machine cannot run the test.
    pub fn resume(
        mut self,
        setting: Setting,
        model: &'static CpuModel,
        flavour: SrcuFlavour,
        steps: &[StepName],
        at: usize,
    ) -> Result<Session, SessionError> {
        self.set(setting, model, flavour)?;
        self.script = steps.to_vec();
        self.wish = at.min(steps.len());
        self.replay();
        Ok(self)
    }

    /// The scenario's id, as in links.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The test, with its toggles.
    #[must_use]
    pub fn test(&self) -> &Arc<Test> {
        &self.test
    }

    /// The test with its toggles resolved.
    #[must_use]
    pub fn resolved(&self) -> &Arc<Test> {
        &self.resolved
    }

    /// The text of the test, if the session has it.
    #[must_use]
    pub fn source(&self) -> Option<&str> {
        self.source.as_deref()
    }

    /// The positions of the toggles.
    #[must_use]
    pub fn setting(&self) -> &Setting {
        &self.setting
    }

    /// The CPU model.
    #[must_use]
    pub fn model(&self) -> &'static CpuModel {
        self.model
    }

    /// The flavour of SRCU.
    #[must_use]
    pub fn flavour(&self) -> SrcuFlavour {
        self.flavour
    }

    /// The compiled program: for searches.
    #[must_use]
    pub fn program(&self) -> &Arc<Program> {
        self.run.program()
    }

    /// The whole run, the future included.
    #[must_use]
    pub fn run(&self) -> &Run {
        &self.run
    }

    /// The state now: for searches from here.
    #[must_use]
    pub fn state(&self) -> &State {
        self.run.state_at(self.at)
    }

    /// The state after one more step, if the hardware may do it now: for
    /// asking whether a bad outcome can still be reached then.
    #[must_use]
    pub fn state_after(&self, step: StepName) -> Option<State> {
        let p = self.run.program();
        let step = p.find(step)?;
        let plan = p.plan(self.state(), step).ok()?;
        let mut state = self.state().clone();
        p.apply(&mut state, step, plan, &mut machine::Quiet::default());
        Some(state)
    }

    /// The schedule as the reader made it, with the steps taken back and those
    /// that a switch has made impossible.
    #[must_use]
    pub fn script(&self) -> &[StepName] {
        &self.script
    }

    /// For each step of the script what became of it when it was last replayed.
    pub(crate) fn fates(&self) -> &[Fate] {
        &self.fates
    }

    /// A switch was moved since the script last changed.
    pub(crate) fn switched(&self) -> bool {
        self.switched
    }

    /// Chooses the CPU model, and replays.
    ///
    /// # Errors
    /// When the machine cannot run the test; nothing has changed then.
    pub fn set_model(&mut self, model: &'static CpuModel) -> Result<(), SessionError> {
        self.set(self.setting.clone(), model, self.flavour)
    }

    /// Moves a toggle, and replays. A position that the toggle does not have is left alone.
    ///
    /// # Errors
    /// As [`Session::set_model`].
    pub fn set_position(&mut self, toggle: ToggleId, position: u8) -> Result<(), SessionError> {
        let mut setting = self.setting.clone();
        let toggles = self.test.toggles.get(usize::from(toggle.0));
        if toggles.is_some_and(|t| usize::from(position) < t.positions.len()) {
            setting.set(toggle, position);
        }
        self.set(setting, self.model, self.flavour)
    }

    /// Moves all toggles, and replays.
    ///
    /// # Errors
    /// As [`Session::set_model`].
    pub fn set_setting(&mut self, setting: Setting) -> Result<(), SessionError> {
        self.set(setting, self.model, self.flavour)
    }

    /// Chooses the flavour of SRCU, and replays.
    ///
    /// # Errors
    /// As [`Session::set_model`].
    pub fn set_flavour(&mut self, flavour: SrcuFlavour) -> Result<(), SessionError> {
        self.set(self.setting.clone(), self.model, flavour)
    }

    /// Chooses setting, model and flavour at once, and replays.
    ///
    /// # Errors
    /// As [`Session::set_model`].
    pub fn set(
        &mut self,
        setting: Setting,
        model: &'static CpuModel,
        flavour: SrcuFlavour,
    ) -> Result<(), SessionError> {
        if (&setting, model, flavour) == (&self.setting, self.model, self.flavour) {
            return Ok(());
        }
        let (resolved, program) = compiled(&self.test, &setting, model, flavour)?;
        self.setting = setting;
        self.model = model;
        self.flavour = flavour;
        self.resolved = resolved;
        self.run = Run::new(program);
        self.replay();
        self.switched = true;
        self.retrack();
        Ok(())
    }

    /// Does a step. One that was taken back is done again; another one forks: the
    /// steps that were taken back, and those struck out, are kept as a fork.
    ///
    /// # Errors
    /// Why the hardware may not do it now, in one clause.
    pub fn step(&mut self, name: StepName) -> Result<(), String> {
        let p = Arc::clone(self.run.program());
        let Some(step) = p.find(name) else {
            return Err(format!("the program has no step {name} now"));
        };
        if self
            .run
            .done()
            .get(self.at)
            .is_some_and(|next| next.step == step)
        {
            self.forth();
            return Ok(());
        }
        if let Err(reason) = p.plan(self.state(), step) {
            return Err(crate::build::refusal(self, step, reason));
        }
        let left = self.leaving();
        self.run.truncate(self.at);
        if self.run.step(step).is_ok() {
            self.at += 1;
        }
        self.adopt(left);
        Ok(())
    }

    /// Plays a schedule from the first state: a witness.
    ///
    /// # Errors
    /// When a step is not possible; the session is then where the schedule ended.
    pub fn play_schedule(&mut self, steps: &[Step]) -> Result<(), String> {
        self.play(steps.iter().copied().map(Some))
    }

    /// Plays a schedule that is given by the names of its steps.
    ///
    /// # Errors
    /// As [`Session::play_schedule`].
    pub fn play_names(&mut self, steps: &[StepName]) -> Result<(), String> {
        let p = Arc::clone(self.run.program());
        self.play(steps.iter().map(|name| p.find(*name)))
    }

    fn play(&mut self, steps: impl Iterator<Item = Option<Step>>) -> Result<(), String> {
        let mut run = Run::new(Arc::clone(self.run.program()));
        let mut result = Ok(());
        for (number, step) in steps.enumerate() {
            if step.is_none_or(|step| run.step(step).is_err()) {
                result = Err(format!(
                    "step {} of the schedule is not possible",
                    number + 1
                ));
                break;
            }
        }
        let left = self.left_whole();
        self.at = run.done().len();
        self.run = run;
        self.adopt(left);
        result
    }

    /// The run becomes the script; what `left` holds gives way to it.
    fn adopt(&mut self, left: Option<(Vec<StepName>, Track)>) {
        self.script = self.run.schedule();
        self.fates = (0..self.script.len()).map(Fate::Done).collect();
        self.wish = self.at;
        self.switched = false;
        match left {
            Some((script, track)) => self.forks.leave(script, track, &self.script),
            None => self.forks.enter(&self.script),
        }
    }

    /// Takes a step back. False at the start.
    pub fn back(&mut self) -> bool {
        let moved = self.at > 0;
        self.goto(self.at.saturating_sub(1));
        moved
    }

    /// Does the step again that was taken back. False at the end.
    pub fn forth(&mut self) -> bool {
        let moved = self.at < self.len();
        self.goto(self.at.saturating_add(1));
        moved
    }

    /// To the state after `steps` steps; the last one there is if there are fewer.
    pub fn goto(&mut self, steps: usize) {
        self.at = steps.min(self.len());
        self.wish = self.wish_of(self.at);
    }

    /// Back to the first state, without a schedule; the one there was is kept as a fork.
    pub fn reset(&mut self) {
        let left = self.left_whole();
        self.run.truncate(0);
        self.at = 0;
        self.adopt(left);
    }

    /// How many steps are done.
    #[must_use]
    pub fn at(&self) -> usize {
        self.at
    }

    /// How many steps there are, with those taken back.
    #[must_use]
    pub fn len(&self) -> usize {
        self.run.done().len()
    }

    /// There is no step, done or taken back.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The link to this moment. The caller sets [`Link::view`], [`Link::tab`] and [`Link::z`].
    #[must_use]
    pub fn link(&self) -> Link {
        let off = self.setting.to_off(&self.test);
        let (steps, at) = if self.place_of(self.wish) == self.at {
            (self.script.clone(), self.wish)
        } else {
            self.written_out()
        };
        Link {
            scenario: self.id.clone(),
            cpu: Some(self.model),
            srcu: Some(self.flavour),
            off: Some(
                off.split(',')
                    .filter(|o| !o.is_empty())
                    .map(str::to_owned)
                    .collect(),
            ),
            at: (at != steps.len()).then_some(at),
            steps,
            view: None,
            tab: None,
            z: None,
        }
    }

    /// Everything that there is to see now.
    #[must_use]
    pub fn view(&self) -> View {
        crate::build::view(self)
    }

    /// Asks something of the present moment: of its state, in the names of the test.
    pub fn at_moment<T>(&self, ask: impl FnOnce(&crate::Moment) -> T) -> T {
        crate::build::with_moment(self, ask)
    }

    /// Whether the test uses SRCU: its flavour then says something.
    #[must_use]
    pub fn uses_srcu(&self) -> bool {
        crate::names::uses_srcu(self.program())
    }
}

fn compiled(
    test: &Test,
    setting: &Setting,
    model: &'static CpuModel,
    flavour: SrcuFlavour,
) -> Result<(Arc<Test>, Arc<Program>), SessionError> {
    let resolved = test.with(setting);
    match machine::compile(&resolved, model, flavour) {
        Ok(program) => Ok((Arc::new(resolved), Arc::new(program))),
        Err(error) => Err(SessionError {
            span: error.span,
            message: error.message,
        }),
    }
}
