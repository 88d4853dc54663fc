//! Why LKMM allows or forbids an outcome: the question and its answer. The
//! other modules tell it.

pub mod dot;
mod graph;
pub mod json;
pub mod text;

use std::sync::Arc;

use lkmm::models::LKMM;
use lkmm::{Event, JudgeError, Names as _, Question, TestNames, Why};

use crate::goals::{Goal, Kind, told};
use crate::load::Loaded;

/// Choices between two questions whether to go on.
const SLICE: u64 = 1 << 16;

/// An answer.
#[derive(Debug)]
pub struct Told {
    /// The outcome.
    pub goal: Goal,
    /// Why; nothing when the limit came first.
    pub why: Option<Why>,
}

/// What the tellers need to name events.
#[derive(Debug)]
pub struct Speaker {
    names: TestNames,
    threads: usize,
}

impl Speaker {
    /// For a test and its source.
    pub fn new(loaded: &Loaded) -> Speaker {
        Speaker {
            names: TestNames::new(&loaded.resolved, Some(&loaded.source.text)),
            threads: loaded.resolved.threads.len(),
        }
    }

    /// The line in the file.
    fn line(&self, event: &Event) -> Option<u32> {
        self.names.line(event)
    }

    /// Who does it: `VMM`; nobody does an initial write.
    fn thread(&self, event: &Event) -> Option<String> {
        event.thread.map(|thread| self.names.thread(thread, event))
    }

    /// `P0`, or `callback 1` for what `call_srcu()` queues.
    fn short(&self, thread: usize) -> String {
        match (thread + 1).checked_sub(self.threads) {
            Some(worker @ 1..) => format!("callback {worker}"),
            _ => format!("P{thread}"),
        }
    }
}

/// Asks for the outcome of that name; without a name for every bad outcome and
/// for the condition. Nothing when `stop` says so.
///
/// # Errors
/// See [`lkmm::Judge::new`].
pub fn ask(
    loaded: &Loaded,
    goals: &[Goal],
    limit: u64,
    stop: impl Fn() -> bool,
) -> Result<Option<Vec<Told>>, JudgeError> {
    let names = TestNames::new(&loaded.resolved, Some(&loaded.source.text));
    let test = Arc::new(loaded.resolved.clone());
    let mut answers = Vec::new();
    for goal in goals {
        let Kind::State(outcome) = &goal.kind else {
            continue;
        };
        let mut question = Question::new(Arc::clone(&test), &LKMM, outcome.clone());
        let mut left = limit;
        let why = loop {
            let slice = left.min(SLICE);
            left -= slice;
            match question.run(&names, slice)? {
                Some(why) => break Some(why),
                None if left == 0 => break None,
                None if stop() => return Ok(None),
                None => {}
            }
        };
        let goal = goal.clone();
        answers.push(Told { goal, why });
    }
    Ok(Some(answers))
}

/// The outcomes that are asked for.
///
/// # Errors
/// When there is none of that name, with those that there are.
pub fn goals(loaded: &Loaded, name: &str) -> Result<Vec<Goal>, String> {
    told(&loaded.test, (!name.is_empty()).then_some(name))
}
