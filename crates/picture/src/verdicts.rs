//! The verdicts in words and as a picture: what can happen in the present setting, on each model.

use explore::{Beyond, Reachable};
use litmus::{Setting, Test};
use machine::CpuModel;
use protocol::{Beside, Goal, GoalVerdicts, Judged, Question, Says, Stage, Verdict, Verdicts};
use session::text::grouped;

use crate::axioms;
use crate::svg::table::{self, Cell, Tone};

/// What is known of a program.
#[derive(Clone, Copy, Debug)]
pub struct Known<'a> {
    /// The test.
    pub test: &'a Test,
    /// What was asked.
    pub goals: &'a [Goal],
    /// The CPU models, in the machine's order.
    pub models: &'a [ModelVerdict],
    /// LKMM.
    pub lkmm: &'a Judgement,
    /// How far the searches are.
    pub stage: Stage,
}

/// Whether it can happen on one CPU model.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModelVerdict {
    /// The model.
    pub model: &'static CpuModel,
    /// By goal.
    pub reachable: Vec<Reachable>,
    /// States visited.
    pub explored: u64,
    /// Every schedule has been accounted for.
    pub complete: bool,
    /// Nothing more is searched.
    pub over: bool,
    /// Why the machine cannot run the test on it.
    pub error: Option<String>,
    /// What the CPU's axioms allow and no schedule of the machine has.
    pub beyond: Option<Beyond>,
}

/// LKMM's judgement.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Judgement {
    /// By goal; none for failures of the machine, of which the model does not speak.
    pub allowed: Vec<Option<Reachable>>,
    /// What is wrong with the test: `data-race`.
    pub flags: Vec<String>,
    /// Every execution has been accounted for.
    pub complete: bool,
    /// Nothing more is searched.
    pub over: bool,
    /// The time that it has taken, in microseconds.
    pub micros: u64,
    /// Why it cannot be judged.
    pub error: Option<String>,
}

impl Known<'_> {
    /// All of it, ready to be shown.
    #[must_use]
    pub fn verdicts(&self) -> Verdicts {
        let errors = || self.models.iter().map(|model| model.error.as_ref());
        // What runs on some models is told of on the others.
        let error = if errors().all(|error| error.is_some()) {
            errors().flatten().next().cloned()
        } else {
            None
        };
        let named = Goal::of(self.test);
        let goals = self.goals.iter().enumerate();
        // A failure that an outcome of the test speaks of needs no row of its own.
        let goals = goals.filter(|(_, goal)| named.contains(goal) || self.unnamed(&named, **goal));
        Verdicts {
            stage: self.stage,
            goals: goals.map(|(place, goal)| self.goal(place, *goal)).collect(),
            lkmm: self.judged(),
            searched: if error.is_some() {
                String::new()
            } else {
                self.searched()
            },
            error,
        }
    }

    /// Whether a goal can be reached on a model, as far as it is known.
    fn reachable(&self, model: &ModelVerdict, goal: Goal) -> Reachable {
        let place = self.goals.iter().position(|asked| *asked == goal);
        let known = place.and_then(|place| model.reachable.get(place).copied());
        known.unwrap_or(Reachable::Unknown)
    }

    /// A failure of the machine is possible on a model on which no bad outcome of the test is.
    fn unnamed(&self, named: &[Goal], failure: Goal) -> bool {
        self.models.iter().any(|model| {
            let can = |goal: &Goal| self.reachable(model, *goal) == Reachable::Yes;
            can(&failure) && !named.iter().any(|goal| goal.bad(self.test) && can(goal))
        })
    }

    fn goal(&self, place: usize, goal: Goal) -> GoalVerdicts {
        // What is known of each CPU model that can run the test.
        let runs = self.models.iter().filter(|model| model.error.is_none());
        let found: Vec<(&str, Reachable, usize)> = runs
            .map(|model| {
                let reachable = self.reachable(model, goal);
                (model.model.name, reachable, model.explored as usize)
            })
            .collect();
        let nowhere = found.iter().all(|(_, known, _)| *known == Reachable::No);
        let allowed = self.allowed(place, goal);
        let notes = self.models.iter().filter_map(|model| {
            let note = beyond(model, place)?;
            Some((model.model, format!("{}: {note}", model.model.name)))
        });
        GoalVerdicts {
            goal,
            models: self
                .models
                .iter()
                .map(|model| self.verdict(model, place, goal))
                .collect(),
            lkmm: self.lkmm_verdict(allowed),
            question: match allowed {
                Some(Reachable::No) => Some(Question::WhyNot),
                Some(Reachable::Yes) if nowhere => Some(Question::Why),
                Some(Reachable::Yes) => Some(Question::Graph),
                _ => None,
            },
            notes: notes.collect(),
            beside: Beside {
                machine: axioms::machine(&found),
                allowed: axioms::verdict(true, &found).to_owned(),
                forbidden: axioms::verdict(false, &found).to_owned(),
                remark: nowhere.then(|| axioms::ELSEWHERE.to_owned()),
            },
        }
    }

    fn verdict(&self, model: &ModelVerdict, place: usize, goal: Goal) -> Verdict {
        if let Some(error) = &model.error {
            let name = model.model.name;
            return Verdict {
                says: Says::NotJudged,
                why: Some(format!("{name} cannot run this test: {error}")),
            };
        }
        let says = match beyond(model, place) {
            Some(_) => Says::NoSchedule,
            None => self.says(self.reachable(model, goal), model.over),
        };
        Verdict { says, why: None }
    }

    /// “No” is said only by a search that is complete.
    fn says(&self, reachable: Reachable, over: bool) -> Says {
        match reachable {
            Reachable::Yes => Says::Yes,
            Reachable::No => Says::No,
            Reachable::Unknown if over || self.stage != Stage::Searching => Says::Unfinished,
            Reachable::Unknown => Says::Searching,
        }
    }

    /// What LKMM says of a goal. None where it says nothing of it.
    fn allowed(&self, place: usize, goal: Goal) -> Option<Reachable> {
        if self.lkmm.error.is_some() {
            return None;
        }
        // Nothing has been heard yet.
        let unknown = || goal.condition(self.test).map(|_| Reachable::Unknown);
        let known = self.lkmm.allowed.get(place).copied();
        known.unwrap_or_else(unknown)
    }

    fn lkmm_verdict(&self, allowed: Option<Reachable>) -> Verdict {
        let why = match (&self.lkmm.error, allowed) {
            (Some(error), _) => Some(format!("LKMM cannot judge this test: {error}")),
            (None, None) => {
                Some("LKMM speaks of values, not of what the machine does wrong.".to_owned())
            }
            _ => None,
        };
        let says = allowed.map(|allowed| self.says(allowed, self.lkmm.over));
        Verdict {
            says: says.unwrap_or(Says::NotJudged),
            why,
        }
    }

    fn judged(&self) -> Option<Judged> {
        let Judgement {
            allowed,
            flags,
            complete,
            over,
            micros,
            error,
        } = self.lkmm;
        if error.is_some() || allowed.is_empty() {
            return None;
        }
        Some(Judged {
            sentence: if *over {
                axioms::judged(*micros, *complete)
            } else {
                "LKMM: checking…".to_owned()
            },
            flagged: axioms::flagged(flags),
            flags: flags.clone(),
            complete: *complete,
            over: *over,
            micros: *micros,
        })
    }

    fn searched(&self) -> String {
        let states = self.models.iter().map(|model| model.explored).sum::<u64>();
        let states = grouped(states as usize);
        let complete = |model: &ModelVerdict| model.complete || model.error.is_some();
        match (self.stage, self.models.iter().all(complete)) {
            (Stage::Searching, _) => format!("searching… {states} states"),
            (Stage::Done, true) => format!(
                "With these barriers on {} models: all {states} states searched.",
                self.models.len()
            ),
            (Stage::Done, false) => format!(
                "Stopped at the limit: {states} states. “Not found” does not mean impossible."
            ),
            (Stage::Stopped, _) => format!(
                "Stopped after {states} states: not finished. “Not found” does not mean impossible."
            ),
        }
    }
}

/// What the axioms of a CPU say of a goal that no schedule has.
fn beyond(model: &ModelVerdict, place: usize) -> Option<&str> {
    let beyond = model.beyond.as_ref()?;
    (beyond.goals.get(place) == Some(&true)).then_some(&*beyond.note)
}

/// A row an outcome, a column a model: those of `models`, then LKMM. `title` is that of the test. `notes` say what else
/// is known: cures, and how much was searched.
#[must_use]
pub fn picture(
    title: &str,
    test: &Test,
    setting: &Setting,
    models: &[&str],
    verdicts: &[GoalVerdicts],
    notes: &[String],
) -> table::Table {
    let heads = ["Can it happen?"].iter().chain(models).chain(&["LKMM"]);
    table::Table {
        title: title.to_owned(),
        about: session::names::capital(&crate::matrix::name(test, setting)),
        heads: heads.map(|head| vec![(*head).to_owned()]).collect(),
        rows: verdicts
            .iter()
            .map(|verdicts| row(test, verdicts))
            .collect(),
        sentences: false,
        notes: notes.to_vec(),
    }
}

fn row(test: &Test, verdicts: &GoalVerdicts) -> table::Row {
    let GoalVerdicts {
        goal, models, lkmm, ..
    } = verdicts;
    let answers = models.iter().chain([lkmm]).map(|Verdict { says, .. }| {
        let bad = *says == Says::Yes && goal.bad(test);
        let tone = if bad { Tone::Bad } else { Tone::Plain };
        // No answer is told by the mark or by its colour alone.
        Cell::new(tone, format!("{} {}", says.mark(), says.word()))
    });
    table::Row {
        here: false,
        cells: [Cell::new(Tone::Plain, goal.label(test))]
            .into_iter()
            .chain(answers)
            .collect(),
    }
}
