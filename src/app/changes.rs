//! What changes the session, and what is shown of a schedule.

use std::rc::Rc;

use machine::{CpuModel, StepName};
use protocol::Goal;
use scene::LabError;
use yew::AttrValue;

use super::{App, PLAY};
use crate::browser::clock;
use crate::engine::{self, Heard};
use crate::msg::Msg;
use crate::parts;
use crate::scenarios;
use crate::showing::{Showing, Shown};

impl App {
    /// What changes the session.
    pub(super) fn change(&mut self, msg: Msg) {
        if !matches!(msg, Msg::Play) {
            self.playing = None;
        }
        self.showing = None;
        match msg {
            Msg::Step(step) => self.step(step),
            Msg::Choose(index) => match self.offered(index) {
                Some(step) => self.step(step),
                None => self.said = Some(format!("There is no step {index} now.").into()),
            },
            Msg::Back => {
                self.lab.back();
            }
            Msg::Forth => {
                self.lab.forth();
            }
            Msg::Goto(steps) => self.lab.goto(steps),
            Msg::Reset => self.lab.reset(),
            Msg::TakeUp(fork) => {
                self.lab.take_up(fork);
            }
            Msg::TakeUpLast => self.take_up_last(),
            Msg::Play => self.play(),
            Msg::Position(toggle, position) => {
                let result = self.lab.set_position(toggle, position);
                self.complain(result);
            }
            Msg::Model(model) => {
                let result = self.lab.set_model(model);
                self.complain(result);
            }
            Msg::Flavour(flavour) => {
                let result = self.lab.set_flavour(flavour);
                self.complain(result);
            }
            Msg::Link(fragment) => return self.open(&fragment),
            other => self.change_whole(other),
        }
        self.changed();
    }

    /// What changes the test, or more than a step. It is a function of its own since the first view has no use for it.
    #[inline(never)]
    fn change_whole(&mut self, msg: Msg) {
        match msg {
            Msg::Scenario(id) => {
                let usual = self.tab == self.opening_tab();
                self.lab = scenarios::by_id(&id);
                // A tool that the reader has chosen stays, unless the scenario is about another.
                if usual || scenarios::tab(&id).is_some() {
                    self.choose(None);
                }
                self.problems = Rc::default();
                self.edit_anew(None);
            }
            Msg::Show(goal, model) => {
                let result = self.lab.set_model(model);
                if self.complain(result) {
                    self.show(goal, model);
                }
            }
            Msg::Set {
                setting,
                model,
                show,
                said,
            } => {
                let model = model.unwrap_or(self.lab.model());
                let result = self.lab.set(setting, model, self.lab.flavour());
                if self.complain(result) {
                    self.said = Some(said);
                    if let Some(goal) = show {
                        self.show(goal, model);
                    }
                }
            }
            Msg::PlaySteps(steps) => self.play_steps(&steps),
            _ => {}
        }
    }

    /// Searches the shortest schedule to an outcome, in the present program.
    pub(super) fn show(&mut self, goal: Goal, model: &'static CpuModel) {
        let subject = engine::subject(&self.lab);
        let hear = self.send.reform(Msg::Shown);
        let slow = self.later(parts::verdicts::SLOW, || Msg::SlowShowing);
        let showing = Showing::new(&self.engine, subject, model, goal, hear);
        self.showing = Some((showing, slow));
        self.said = Some("Searching the shortest schedule…".into());
    }

    /// Plays a schedule from the start.
    fn play_steps(&mut self, steps: &[StepName]) {
        self.said = self.lab.play_names(steps).err().map(AttrValue::from);
        self.lab.goto(0);
        self.play();
    }

    pub(super) fn step(&mut self, step: StepName) {
        if let Err(why) = self.lab.step(step) {
            self.said = Some(why.into());
        }
    }

    fn take_up_last(&mut self) {
        match self.view.forks.iter().find_map(|fork| fork.id) {
            Some(fork) => {
                self.lab.take_up(fork);
            }
            None => self.said = Some("No other schedule has been left.".into()),
        }
    }

    fn offered(&self, index: usize) -> Option<StepName> {
        let lines = self
            .view
            .cpus
            .iter()
            .flat_map(|cpu| &cpu.bands)
            .flat_map(|band| &band.lines);
        lines
            .flat_map(|line| &line.offers)
            .find(|offer| offer.index == index)
            .map(|offer| offer.step)
    }

    /// Says why a switch could not be moved. True when it could.
    pub(super) fn complain(&mut self, result: Result<(), LabError>) -> bool {
        if let Err(error) = &result {
            self.said = Some(format!("This machine cannot run that: {error}").into());
        }
        result.is_ok()
    }

    /// Begins to play, from the start when all is done; or stops.
    pub(super) fn play(&mut self) {
        if self.playing.take().is_some() || self.lab.is_empty() {
            return;
        }
        if self.lab.at() == self.lab.len() {
            self.lab.goto(0);
        }
        if clock::reduced_motion() {
            self.lab.goto(self.lab.len());
        } else {
            self.playing = Some(self.later(PLAY / 2, || Msg::Tick));
        }
    }

    pub(super) fn tick(&mut self) -> bool {
        self.said = None;
        self.lab.forth();
        let more = self.lab.at() < self.lab.len();
        self.playing = more.then(|| self.later(PLAY, || Msg::Tick));
        self.changed();
        true
    }

    pub(super) fn shown(&mut self, heard: Heard) -> bool {
        let Some((showing, _)) = &mut self.showing else {
            return false;
        };
        match showing.hear(heard) {
            Shown::Running => return showing.sought().explored.is_some(),
            Shown::Nothing(why) => self.said = Some(why),
            Shown::Schedule(steps) => {
                self.play_steps(&steps);
                self.changed();
            }
        }
        self.showing = None;
        true
    }
}
