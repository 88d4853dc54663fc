//! Every final state of a program, with a schedule for each.

use std::collections::BTreeMap;
use std::sync::Arc;

use explore::{Found, Progress, Search, WitnessSearch};
use litmus::Test;
use machine::Outcome;
use machine::Program;
use picture::outcomes;

use super::judging::Judging;
use super::{Clock, LIMIT, STRIDE, Shared, named, title};
use crate::goal::Sought;
use protocol::Goal;
use protocol::{FinalState, Outcomes, Reply, Schedule};

/// See the module.
pub struct Task {
    test: Arc<Test>,
    p: Arc<Program>,
    most: usize,
    /// The reduced search: which final states there are.
    all: Search,
    complete: bool,
    rows: BTreeMap<Key, (Outcome, Option<Schedule>)>,
    /// How many of them have no schedule yet.
    open: usize,
    more: usize,
    stage: Stage,
    /// Which of them LKMM allows.
    judging: Option<Judging>,
    /// Nothing more will be searched.
    over: bool,
}

/// Final states that are told of those that LKMM allows and the machine does not reach.
const ELSEWHERE: usize = 100;

/// What is told of a final state: its text, and what went wrong on the way.
type Key = (String, bool, bool);

enum Stage {
    /// Which are there?
    All,
    /// Which does LKMM allow?
    Judged,
    /// Breadth first: the first schedule to each is the shortest.
    Shortest(Box<WitnessSearch>),
}

impl Task {
    /// Begins the search in a program; `test` has its toggles resolved.
    pub fn new(test: &Arc<Test>, p: Arc<Program>, most: u32) -> Task {
        let mut all = Search::new(Arc::clone(&p), LIMIT);
        all.set_jobs(1);
        if let Some(filter) = &test.filter {
            all.set_filter(filter);
        }
        Task {
            test: Arc::clone(test),
            p,
            most: most as usize,
            all,
            complete: false,
            rows: BTreeMap::new(),
            open: 0,
            more: 0,
            stage: Stage::All,
            judging: None,
            over: false,
        }
    }

    /// The final states that LKMM allows and this machine does not reach.
    fn elsewhere(&self) -> Vec<String> {
        let states = self.judging.as_ref().and_then(Judging::states);
        // What was not looked for is not missing.
        if !self.complete || self.more > 0 {
            return Vec::new();
        }
        let states = states.unwrap_or_default().iter();
        let missing = states.filter(|state| !self.rows.keys().any(|key| key.0 == **state));
        missing.take(ELSEWHERE).cloned().collect()
    }

    /// Takes what the reduced search has found.
    fn take(&mut self) {
        let outcomes = self.all.outcomes();
        for outcome in outcomes.filter(|outcome| outcome.passes(&self.p, &self.test)) {
            let key = key(&self.test, &self.p, outcome);
            if self.rows.contains_key(&key) {
                continue;
            }
            if self.rows.len() < self.most {
                self.rows.insert(key, (outcome.clone(), None));
                self.open += 1;
            } else {
                self.more += 1;
            }
        }
    }

    /// What the breadth-first search did not come to.
    fn any_schedules(&mut self) {
        for (outcome, schedule) in self.rows.values_mut() {
            if schedule.is_none() {
                *schedule = self.all.schedule(outcome).map(|steps| Schedule {
                    steps: named(&self.p, &steps),
                    shortest: false,
                });
            }
        }
    }

    /// Searches a little. True when nothing is left to search.
    fn search(&mut self, clock: Clock<'_>) -> bool {
        let (test, p) = (&self.test, &self.p);
        match &mut self.stage {
            Stage::All => {
                let progress = self.all.run(STRIDE);
                if progress == Progress::Running {
                    return false;
                }
                self.complete = progress == Progress::Complete;
                self.take();
                self.stage = Stage::Judged;
                false
            }
            Stage::Judged => {
                let judging = self
                    .judging
                    .get_or_insert_with(|| Judging::new(Arc::clone(test), clock));
                if !judging.stride(clock) {
                    return false;
                }
                let search = WitnessSearch::new(Arc::clone(&self.p), LIMIT);
                self.stage = Stage::Shortest(Box::new(search));
                self.open == 0
            }
            Stage::Shortest(search) => {
                let rows = &self.rows;
                let new = |outcome: &Outcome| {
                    let row = rows.get(&key(test, p, outcome));
                    row.is_some_and(|(_, schedule)| schedule.is_none()) && outcome.passes(p, test)
                };
                match search.run(STRIDE, &new) {
                    Found::Running => false,
                    Found::Witness(witness) => {
                        let key = key(test, p, &witness.outcome);
                        if let Some((_, schedule)) = self.rows.get_mut(&key) {
                            *schedule = Some(Schedule {
                                steps: named(p, &witness.steps),
                                shortest: true,
                            });
                            self.open -= 1;
                        }
                        self.open == 0
                    }
                    Found::None | Found::Limited => {
                        self.any_schedules();
                        true
                    }
                }
            }
        }
    }
}

fn key(test: &Test, p: &Program, outcome: &Outcome) -> Key {
    let observed = test.observed();
    let values: Vec<_> = observed.iter().map(|term| outcome.get(p, *term)).collect();
    (
        test.format_state(&values),
        outcome.use_after_free,
        outcome.uninitialised,
    )
}

impl super::Task for Task {
    fn stride(&mut self, _: &mut Shared, clock: Clock<'_>) -> bool {
        self.over = self.search(clock);
        self.over
    }

    fn reply(&mut self) -> Reply {
        let (test, p) = (&self.test, &self.p);
        let named = (0..test.outcomes.len()).map(Goal::Outcome);
        // The condition is worth a name only where the test has no other.
        let condition = test.condition.iter().map(|_| Goal::Condition);
        let condition = condition.filter(|_| test.outcomes.is_empty());
        let goals: Vec<Goal> = named.chain(condition).chain(Goal::FAILURES).collect();
        let states = self.judging.as_ref().and_then(Judging::states);
        let rows = self.rows.iter().map(|(key, (outcome, schedule))| {
            let holding = goals.iter().filter(|goal| goal.holds(test, p, outcome));
            let labels: Vec<String> = holding.clone().map(|goal| goal.label(test)).collect();
            FinalState {
                state: key.0.clone(),
                name: labels.join("; "),
                bad: holding.clone().any(|goal| goal.bad(test)),
                schedule: schedule.clone(),
                allowed: states.map(|states| states.contains(&key.0)),
            }
        });
        let mut rows: Vec<FinalState> = rows.collect();
        outcomes::sort(&mut rows);
        let explored = match &self.stage {
            Stage::All | Stage::Judged => 0,
            Stage::Shortest(search) => search.explored(),
        };
        let model = p.model.name;
        let svg = || picture::table_svg(&outcomes::picture(&rows, title(test), model));
        let mut known = Outcomes {
            sentence: String::new(),
            svg: self.over.then(svg),
            rows,
            more: self.more as u32,
            elsewhere: self.elsewhere(),
            complete: self.complete,
            explored: (self.all.explored() + explored) as u64,
        };
        let srcu = session::names::uses_srcu(p).then(|| session::names::flavour(p.flavour));
        known.sentence = outcomes::sentence(&known, model, srcu);
        Reply::Outcomes(known)
    }

    fn stopped(&mut self) -> Reply {
        self.over = true;
        self.reply()
    }
}
