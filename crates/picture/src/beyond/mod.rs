//! What the axioms of a CPU model allow and the machine does not reach.
//!
//! The machine sends no store off on a guess, and an atomic hands its value on only when it has read. On a model that
//! speculates, the axioms ask for neither: a control dependency reaches no further than the arms of its `if`. So there
//! are programs for which they allow more. The machine's *no* must not stand alone there: this asks the axioms as well,
//! and says where the two part.

mod cautious;
mod words;

use std::collections::BTreeSet;
use std::sync::Arc;

use litmus::{RmwOp, Span, Test};
use lkmm::{Judge, Judgement, Model};
use machine::masks::same_location;
use machine::model::Class;
use machine::program::{Atomic, Code, Instr, Kind};
use machine::{CpuModel, Program};

pub use cautious::{apart, fenced, joined};

/// In which way the machine is more careful than the axioms.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Way {
    /// A store behind a branch waits for it, where something in the arms concerns the store.
    Join,
    /// No load takes its value from an atomic that has not read.
    Forward,
    /// What follows an atomic in an arm waits for the branch, though the atomic fails and orders nothing.
    Failed,
}

/// Where the machine may be more careful than the axioms.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// How.
    pub way: Way,
    /// The thread.
    pub thread: u8,
    /// The statement: the branch, or the atomic.
    pub stmt: u16,
    /// Where that stands.
    pub span: Span,
}

/// The axioms that a CPU's machine is held against, for a program that they speak of: they know neither RCU nor
/// objects. A CPU on which stores reach the others separately has all that Arm has, and no axioms of its own.
fn axioms(p: &Program) -> Option<&'static Model> {
    let plain = |instr: &Instr| match instr.kind {
        Kind::Load { .. } | Kind::Store { .. } | Kind::Atomic(_) | Kind::Fence => true,
        Kind::Lock(_)
        | Kind::RcuUnlock
        | Kind::SrcuUnlock { .. }
        | Kind::GracePeriod(_)
        | Kind::Barrier(_) => false,
    };
    let spoken_of = |code: &Code| code.worker.is_none() && code.instrs.iter().all(plain);
    if !p.objects.is_empty() || !p.cpus.iter().all(spoken_of) {
        return None;
    }
    let spread = |model: &CpuModel| model.propagation.map(|_| &*lkmm::models::ARM);
    Model::by_id(p.model.id).or_else(|| spread(p.model))
}

/// Where the machine may be more careful than the axioms, in program order. Without such a place, both say the same.
#[must_use]
pub fn places(p: &Program) -> Vec<Place> {
    if !p.model.speculates || axioms(p).is_none() {
        return Vec::new();
    }
    let mut places: Vec<Place> = Vec::new();
    for code in &p.cpus {
        let place = |way, stmt, span| Place {
            way,
            thread: code.thread,
            stmt,
            span,
        };
        let mut own = Vec::new();
        for branch in &code.branches {
            let arms = branch.then | branch.els;
            let behind = |(at, i): (usize, &Instr)| {
                at >= usize::from(branch.at) && arms & (1 << at) == 0 && i.class.meets(Class::W)
            };
            if code.instrs.iter().enumerate().any(behind) {
                own.push(place(Way::Join, branch.stmt, branch.span));
            }
        }
        for (at, instr) in code.instrs.iter().enumerate() {
            let Kind::Atomic(atomic) = &instr.kind else {
                continue;
            };
            let mut later = code.instrs.iter().skip(at + 1);
            if hands_on(atomic, instr) && later.clone().any(|i| may_read(i, instr)) {
                own.push(place(Way::Forward, instr.stmt, instr.span));
            }
            let in_arm = atomic.conditional() && !instr.arms.is_empty();
            if in_arm && later.any(|i| i.class.meets(Class::R)) {
                own.push(place(Way::Failed, instr.stmt, instr.span));
            }
        }
        own.sort_by_key(|place| (place.stmt, place.way));
        own.dedup_by_key(|place| (place.stmt, place.way));
        places.append(&mut own);
    }
    places
}

/// An atomic whose value the axioms hand on before it has read, and the machine does not. An acquiring one is read first
/// by the axioms, too; what an exchange stores is known beforehand.
fn hands_on(atomic: &Atomic, instr: &Instr) -> bool {
    let first = Class::ACQUIRE.with(Class::ATOMIC_MB);
    !matches!(atomic, Atomic::Rmw(RmwOp::Xchg)) && !instr.class.meets(first)
}

fn may_read(later: &Instr, store: &Instr) -> bool {
    later.class.meets(Class::R) && same_location(store, later) != Some(false)
}

/// What the axioms allow beyond the machine.
#[derive(Clone, Debug)]
pub struct Beyond {
    /// What the axioms say.
    pub judgement: Judgement,
    /// The final states that only they have, as herd7 prints them. None where the difference is in what the test's
    /// condition does not ask for.
    pub states: Vec<String>,
    /// For each named outcome of the test: they allow it, and the machine does not reach it.
    pub outcomes: Vec<bool>,
    /// Where the two part; several places where no single one accounts for all of it.
    pub places: Vec<Place>,
    /// The places are not certain: no way that is known accounts for it.
    pub vague: bool,
    /// The CPU, by its name for people.
    cpu: &'static str,
}

/// What the machine reaches, by a search that left nothing out.
#[derive(Clone, Debug, Default)]
pub struct Reached {
    /// Final states, as herd7 prints them.
    pub states: Vec<String>,
    /// For each named outcome of the test, whether it is reached.
    pub outcomes: Vec<bool>,
}

/// What the axioms answer.
#[derive(Clone, Debug)]
pub enum Answer {
    /// The same final states as the machine.
    Same,
    /// More.
    More(Box<Beyond>),
    /// They have not been asked to the end: why.
    Unknown(String),
}

/// A question to the axioms, in slices.
#[derive(Debug)]
pub struct Question {
    test: Arc<Test>,
    model: &'static Model,
    cpu: &'static str,
    states: BTreeSet<String>,
    outcomes: Vec<bool>,
    places: Vec<Place>,
    limit: u64,
    stage: Stage,
}

#[derive(Debug)]
enum Stage {
    /// What do they allow?
    Judged(Box<Judge>, u64),
    /// Which of the causes is it? The number of the one at work.
    Cause(Box<Beyond>, usize, Box<Judge>, u64),
    Over(Answer),
}

/// More ways to take a test apart than these are not tried: joining branches doubles what follows, each time.
const MOST_PLACES: usize = 8;

impl Question {
    /// A question about a test whose toggles are resolved, and the program that was made of it; none where the machine
    /// and the axioms say the same. `reached` is asked for only if there is one; `limit` are the choices that the
    /// axioms may take.
    #[must_use]
    pub fn new(
        test: &Arc<Test>,
        p: &Program,
        reached: impl FnOnce() -> Reached,
        limit: u64,
    ) -> Option<Question> {
        let places = places(p);
        if places.is_empty() {
            return None;
        }
        let model = axioms(p)?;
        let Reached { states, outcomes } = reached();
        Some(Question {
            test: Arc::clone(test),
            model,
            cpu: p.model.name,
            states: states.into_iter().collect(),
            outcomes,
            places,
            limit,
            stage: match Judge::new(Arc::clone(test), model) {
                Ok(judge) => Stage::Judged(Box::new(judge), limit),
                Err(error) => Stage::Over(Answer::Unknown(error.message)),
            },
        })
    }

    /// Goes on, with a budget of choices. True when there is an answer.
    pub fn run(&mut self, budget: u64) -> bool {
        let stage = std::mem::replace(&mut self.stage, Stage::Over(Answer::Same));
        self.stage = match stage {
            Stage::Judged(mut judge, left) => {
                let slice = budget.min(left);
                match judge.run(slice) {
                    Err(error) => Stage::Over(Answer::Unknown(error.message)),
                    Ok(true) => self.judged(&judge.judgement()),
                    Ok(false) if left == slice => {
                        let why = format!("more than {} choices", self.limit);
                        Stage::Over(Answer::Unknown(why))
                    }
                    Ok(false) => Stage::Judged(judge, left - slice),
                }
            }
            Stage::Cause(beyond, at, mut judge, left) => {
                let slice = budget.min(left);
                match judge.run(slice) {
                    Ok(true) if self.inside(&judge.judgement()) => self.found(*beyond, at),
                    Ok(false) if left > slice => Stage::Cause(beyond, at, judge, left - slice),
                    _ => self.try_cause(*beyond, at + 1),
                }
            }
            over @ Stage::Over(_) => over,
        };
        matches!(self.stage, Stage::Over(_))
    }

    /// The answer, when there is one.
    #[must_use]
    pub fn answer(self) -> Option<Answer> {
        match self.stage {
            Stage::Over(answer) => Some(answer),
            _ => None,
        }
    }

    /// The machine has all that is allowed.
    fn inside(&self, judgement: &Judgement) -> bool {
        let mut states = judgement.states.iter();
        states.all(|state| self.states.contains(state))
            && !self.only_theirs(judgement).contains(&true)
    }

    /// The named outcomes that the axioms allow, of those that the machine does not reach.
    fn only_theirs(&self, judgement: &Judgement) -> Vec<bool> {
        let both = judgement.outcomes.iter().zip(&self.outcomes);
        both.map(|(executions, reached)| *executions > 0 && !reached)
            .collect()
    }

    fn judged(&self, judgement: &Judgement) -> Stage {
        if self.inside(judgement) {
            return Stage::Over(Answer::Same);
        }
        let only = |state: &&String| !self.states.contains(*state);
        let beyond = Beyond {
            judgement: judgement.clone(),
            states: judgement.states.iter().filter(only).cloned().collect(),
            outcomes: self.only_theirs(judgement),
            places: self.places.clone(),
            vague: true,
            cpu: self.cpu,
        };
        self.try_cause(beyond, 0)
    }

    /// The tests that tell the cause: with one place made as careful as the machine is, then with all of a way.
    fn cause(&self, at: usize) -> Option<(Test, Vec<Place>)> {
        if self.places.len() > MOST_PLACES {
            return None;
        }
        if let Some(place) = self.places.get(at) {
            return Some((cautious::at(&self.test, place), vec![*place]));
        }
        let test = match at - self.places.len() {
            0 => joined(&self.test),
            1 => fenced(&self.test),
            2 => apart(&joined(&fenced(&self.test))),
            _ => return None,
        };
        let way = |place: &&Place| match at - self.places.len() {
            0 => place.way == Way::Join,
            1 => place.way == Way::Forward,
            _ => true,
        };
        Some((test, self.places.iter().filter(way).copied().collect()))
    }

    fn try_cause(&self, beyond: Beyond, mut at: usize) -> Stage {
        while let Some((test, _)) = self.cause(at) {
            if let Ok(judge) = Judge::new(Arc::new(test), self.model) {
                return Stage::Cause(Box::new(beyond), at, Box::new(judge), self.limit);
            }
            at += 1;
        }
        Stage::Over(Answer::More(Box::new(beyond)))
    }

    fn found(&self, mut beyond: Beyond, at: usize) -> Stage {
        if let Some((_, places)) = self.cause(at) {
            beyond.places = places;
            beyond.vague = false;
        }
        Stage::Over(Answer::More(Box::new(beyond)))
    }
}

impl Beyond {
    /// The axioms' verdict in herd7's word.
    #[must_use]
    pub fn verdict(&self) -> &'static str {
        self.judgement.verdict.name()
    }
}
