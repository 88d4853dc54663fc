//! What axioms say: the judgement of the Linux-kernel memory model, and, beside a search of the machine, that of the
//! CPU's own axioms where they may allow more.

use std::sync::Arc;

use explore::{Reachable, Report};
use litmus::Test;
use lkmm::models::LKMM;
use lkmm::{Counting, Judge, JudgeError, Judgement};
use machine::Program;
use picture::beyond::{Answer, Beyond, Question, Reached};

use crate::files::Source;

/// Choices between two questions whether to go on.
const SLICE: u64 = 1 << 16;

/// Judges a test in a setting. `None` when `stop` says so.
///
/// # Errors
/// When the test is none that the axioms can judge.
pub fn lkmm_judge(
    test: &Test,
    limit: u64,
    counting: Counting,
    stop: impl Fn() -> bool,
) -> Result<Option<Judgement>, JudgeError> {
    let mut judge = Judge::counting(Arc::new(test.clone()), &LKMM, counting)?;
    let mut left = limit;
    loop {
        let slice = left.min(SLICE);
        let done = judge.run(slice)?;
        left -= slice;
        if done || left == 0 {
            return Ok(Some(judge.judgement()));
        }
        if stop() {
            return Ok(None);
        }
    }
}

/// What the axioms of a CPU say where the machine's *no* is not all that is to be said: more, or that it is not known.
#[derive(Clone, Debug)]
pub struct Axioms(Answer);

/// Asks the axioms of the CPU that a complete search was made for. `Some(None)` when they say the same; `None` when
/// `stop` says so.
pub fn beside(
    test: &Test,
    p: &Program,
    report: &Report,
    limit: u64,
    stop: impl Fn() -> bool,
) -> Option<Option<Axioms>> {
    // An incomplete search says nothing of what cannot happen, and the axioms know no freed memory.
    if !report.complete || report.use_after_free || report.uninitialised {
        return Some(None);
    }
    ask(test, p, || reached(report), limit, stop)
}

/// What a complete search has found.
fn reached(report: &Report) -> Reached {
    let yes = |outcome: &Reachable| *outcome == Reachable::Yes;
    Reached {
        states: report.states.clone(),
        outcomes: report.outcomes.iter().map(yes).collect(),
    }
}

fn ask(
    test: &Test,
    p: &Program,
    reached: impl FnOnce() -> Reached,
    limit: u64,
    stop: impl Fn() -> bool,
) -> Option<Option<Axioms>> {
    let Some(mut question) = Question::new(&Arc::new(test.clone()), p, reached, limit) else {
        return Some(None);
    };
    while !question.run(SLICE) {
        if stop() {
            return None;
        }
    }
    Some(match question.answer()? {
        Answer::Same => None,
        answer => Some(Axioms(answer)),
    })
}

impl Axioms {
    fn beyond(&self) -> Option<&Beyond> {
        match &self.0 {
            Answer::More(beyond) => Some(beyond),
            Answer::Same | Answer::Unknown(_) => None,
        }
    }

    /// A limit came before they could say.
    pub fn unknown(&self) -> bool {
        self.beyond().is_none()
    }

    /// Their verdict in herd7's word.
    pub fn verdict(&self) -> &'static str {
        self.beyond().map_or("Unknown", Beyond::verdict)
    }

    /// The final states that only they have.
    pub fn states(&self) -> &[String] {
        self.beyond().map_or(&[], |beyond| &beyond.states)
    }

    /// Whether a named outcome of the test, which the machine does not reach, can happen by them.
    pub fn outcome(&self, outcome: usize) -> Reachable {
        match self.beyond() {
            None => Reachable::Unknown,
            Some(beyond) if beyond.outcomes.get(outcome) == Some(&true) => Reachable::Yes,
            Some(_) => Reachable::No,
        }
    }

    /// What there is to say, in sentences; the lines are those of the file.
    pub fn sentences(&self, source: &Source) -> String {
        self.0.sentences(|place| Some(source.place(place.span).0))
    }
}
