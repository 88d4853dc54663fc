//! *Show me*: the schedule to an outcome that the engine is searching for the reader.

use machine::{CpuModel, StepName};
use protocol::{Goal, Reply, Request, Subject};
use yew::{AttrValue, Callback};

use crate::engine::{Engine, Heard, Ticket};

/// See the module.
pub struct Showing {
    goal: Goal,
    model: &'static str,
    ticket: Ticket,
    explored: u64,
    /// It has taken long enough to be spoken of.
    slow: bool,
}

/// What is being searched in order to be shown, as the verdict strip shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sought {
    /// The outcome.
    pub goal: Goal,
    /// The model, by its id.
    pub model: &'static str,
    /// States visited, once it has taken long.
    pub explored: Option<u64>,
}

/// What an answer means.
pub enum Shown {
    /// It is being searched.
    Running,
    /// The schedule.
    Schedule(Vec<StepName>),
    /// There is none to be shown, and what to say of that.
    Nothing(AttrValue),
}

impl Showing {
    /// Asks for a schedule.
    pub fn new(
        engine: &Engine,
        subject: Subject,
        model: &'static CpuModel,
        goal: Goal,
        hear: Callback<Heard>,
    ) -> Showing {
        let request = Request::Show {
            subject,
            model,
            goal,
        };
        Showing {
            goal,
            model: model.id,
            ticket: engine.ask(request, hear),
            explored: 0,
            slow: false,
        }
    }

    /// What is searched.
    pub fn sought(&self) -> Sought {
        Sought {
            goal: self.goal,
            model: self.model,
            explored: self.slow.then_some(self.explored),
        }
    }

    /// It has taken long.
    pub fn slow(&mut self) {
        self.slow = true;
    }

    /// Ends the search.
    pub fn stop(&self) {
        self.ticket.stop();
    }

    /// Takes an answer.
    pub fn hear(&mut self, heard: Heard) -> Shown {
        let why: AttrValue = match heard.reply {
            Reply::Schedule(Some(schedule)) => return Shown::Schedule(schedule.steps),
            Reply::Searching(explored) if !heard.over => {
                self.explored = explored;
                return Shown::Running;
            }
            Reply::Stopped => "The search for a schedule was stopped: it is not finished.".into(),
            Reply::Refused(why) => format!("This cannot be searched: {why}").into(),
            _ => "No schedule was found within the limit of the search.".into(),
        };
        Shown::Nothing(why)
    }
}
