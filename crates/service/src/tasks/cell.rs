//! The search of one program on one model, which may be one that cannot run it.

use std::sync::Arc;

use explore::{Beyond, Progress, Reachable, Search};
use litmus::{Setting, Test};
use machine::{CpuModel, SrcuFlavour};
use picture::beyond::{Answer, Question, Reached};

use super::{STRIDE, judging};
use crate::goal::Sought;
use picture::verdicts::ModelVerdict;
use protocol::Goal;

/// Choices that the axioms of the CPU may take, where they are asked.
const LIMIT: u64 = 2_000_000;

/// See the module.
pub struct Cell {
    model: &'static CpuModel,
    test: Arc<Test>,
    search: Option<Search>,
    progress: Progress,
    /// Where the axioms of the CPU may allow more than the machine: the question whether they do, then the answer.
    question: Option<Question>,
    axioms: Option<Answer>,
    error: Option<String>,
}

impl Cell {
    /// Begins a search of at most `limit` states; the test has its toggles resolved.
    pub fn new(
        test: &Arc<Test>,
        model: &'static CpuModel,
        flavour: SrcuFlavour,
        limit: usize,
    ) -> Cell {
        let started = explore::verdict::start(test, model, flavour, limit);
        let (search, error) = match started {
            Ok(mut search) => {
                search.set_jobs(1);
                (Some(search), None)
            }
            Err(error) => (None, Some(error.message)),
        };
        Cell {
            model,
            test: Arc::clone(test),
            search,
            progress: Progress::Running,
            question: None,
            axioms: None,
            error,
        }
    }

    /// Looks at some more states. True when there is nothing more to do.
    pub fn stride(&mut self) -> bool {
        let Some(search) = &mut self.search else {
            return true;
        };
        if self.progress == Progress::Running {
            self.progress = search.run(STRIDE);
            if self.progress == Progress::Complete {
                self.question = question(&self.test, search);
            }
        } else if let Some(question) = &mut self.question
            && question.run(judging::STRIDE)
        {
            self.axioms = self.question.take().and_then(Question::answer);
        }
        self.progress != Progress::Running && self.question.is_none()
    }

    /// What the CPU's axioms answer, where they were asked.
    pub fn axioms(&self) -> Option<&Answer> {
        self.axioms.as_ref()
    }

    /// It may be that the axioms allow a goal that the machine does not reach.
    pub fn beyond(&self, goal: Goal) -> bool {
        self.question.is_some() || self.axioms().is_some_and(|answer| goal.beyond(answer))
    }

    /// The goals that no schedule has and the axioms may allow, and why; none where there are none. `test` has its
    /// toggles, and `setting` is how they stand.
    pub fn beside(
        &self,
        goals: &[Goal],
        test: &Test,
        setting: &Setting,
        source: &str,
    ) -> Option<Beyond> {
        let answer = self.axioms()?;
        let reachable = self.verdict(goals).reachable;
        let both = goals.iter().zip(reachable);
        let beyond: Vec<bool> = both
            .map(|(goal, reachable)| reachable == Reachable::No && goal.beyond(answer))
            .collect();
        beyond.contains(&true).then(|| Beyond {
            goals: beyond,
            note: answer.on_page(test, setting, source),
        })
    }

    /// States visited.
    pub fn explored(&self) -> u64 {
        self.search.as_ref().map_or(0, |s| s.explored() as u64)
    }

    /// What is known. Without a [`explore::Report`]: that has every final state as a text, and this is asked for while
    /// a reader waits.
    pub fn verdict(&self, goals: &[Goal]) -> ModelVerdict {
        let complete = self.search.is_some() && self.progress == Progress::Complete;
        let reachable = |goal: &Goal| match &self.search {
            Some(search) if goal.found(&self.test, search) => Reachable::Yes,
            _ if complete => Reachable::No,
            _ => Reachable::Unknown,
        };
        ModelVerdict {
            model: self.model,
            reachable: goals.iter().map(reachable).collect(),
            explored: self.explored(),
            complete,
            over: self.search.is_none()
                || (self.progress != Progress::Running && self.question.is_none()),
            error: self.error.clone(),
            beyond: None,
        }
    }
}

/// What is to be asked of the CPU's axioms when the search is complete.
fn question(test: &Arc<Test>, search: &Search) -> Option<Question> {
    let p = search.program();
    if picture::beyond::places(p).is_empty() {
        return None;
    }
    let report = explore::verdict::report(test, search, Progress::Complete);
    // The axioms know no freed memory.
    if report.use_after_free || report.uninitialised {
        return None;
    }
    let reached = || Reached {
        states: report.states,
        outcomes: report
            .outcomes
            .iter()
            .map(|outcome| *outcome == Reachable::Yes)
            .collect(),
    };
    Question::new(test, p, reached, LIMIT)
}
