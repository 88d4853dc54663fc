//! Why a model forbids an outcome, or an execution that has it.

use std::sync::Arc;

use litmus::{Cond, Test};

use crate::algebra::{CheckKind, Node, NodeId};
use crate::derive::{Deriver, Step};
use crate::execution::{Execution, take};
use crate::models::Model;
use crate::paths::JudgeError;
use crate::relation::bit;
use crate::search::{Counting, Found, Search, Wanted};
use crate::tags;
use crate::words::{self, Names};

/// Forbidden candidates that are looked at for the plainest reason.
const CANDIDATES: usize = 12;

/// What looking for the shortest cycle of one candidate costs, in choices.
const DERIVATION: u64 = 1_000;

/// A link of a cycle: the first event comes before the second.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// From this event.
    pub from: usize,
    /// To this one.
    pub to: usize,
    /// The relation: `rfe`, `fre`, `coe`, `po-rel`, `mb`, …; with `^-1` where it is read backwards.
    pub relation: String,
    /// The event that makes it so: a fence between the two.
    pub through: Option<usize>,
    /// One sentence.
    pub text: String,
}

/// Why an outcome is forbidden.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explanation {
    /// The axiom that is violated: `happens-before`.
    pub axiom: String,
    /// What it asks, in one sentence.
    pub rule: String,
    /// The execution that would have the outcome.
    pub execution: Execution,
    /// The cycle, each link leading to the next, the last one to the first.
    pub cycle: Vec<Link>,
    /// What the cycle comes to.
    pub conclusion: String,
    /// How many candidate executions would have the outcome, at least; each is forbidden.
    pub candidates: usize,
}

/// The answer to "why?".
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Why {
    /// The model allows it: this execution has it.
    Allowed(Box<Execution>),
    /// The model forbids it.
    Forbidden(Box<Explanation>),
    /// No choice of writes for the reads gives these values.
    NoSuchValues,
}

/// Which candidates a question looks at, one kind after the other: allowed ones,
/// then forbidden ones, the less natural the later.
const PHASES: [(bool, bool, bool); 4] = [
    (false, false, false),
    (true, false, false),
    (true, true, false),
    (true, true, true),
];

/// Why a model allows or forbids an outcome: a question that can be paused.
#[derive(Debug)]
pub struct Question {
    test: Arc<Test>,
    model: &'static Model,
    outcome: Cond,
    /// Kinds of candidates that were looked at.
    phase: usize,
    search: Option<Search>,
    /// The plainest explanation so far, with what it costs the reader.
    best: Option<((usize, usize), Explanation)>,
    candidates: usize,
}

impl Question {
    /// Asks about a test whose toggles are resolved.
    #[must_use]
    pub fn new(test: Arc<Test>, model: &'static Model, outcome: Cond) -> Question {
        Question {
            test,
            model,
            outcome,
            phase: 0,
            search: None,
            best: None,
            candidates: 0,
        }
    }

    /// Goes on, with a budget of choices made while building candidates. `None`: not finished.
    ///
    /// # Errors
    /// See [`crate::Judge::new`].
    pub fn run(&mut self, names: &dyn Names, mut budget: u64) -> Result<Option<Why>, JudgeError> {
        while let Some((forbidden, torn, incoherent)) = PHASES.get(self.phase).copied() {
            let mut search = match self.search.take() {
                Some(search) => search,
                None => Search::new(
                    Arc::clone(&self.test),
                    self.model,
                    Wanted {
                        outcome: Some(self.outcome.clone()),
                        forbidden,
                        torn,
                        incoherent,
                        counting: Counting::AsOne,
                        flags: false,
                        broken: false,
                    },
                )?,
            };
            let before = search.steps;
            let found = search.next(budget)?;
            budget = budget.saturating_sub(search.steps - before);
            match found {
                Found::Allowed if !forbidden => {
                    let execution = take(&mut search);
                    return Ok(execution.map(|e| Why::Allowed(Box::new(e))));
                }
                Found::Allowed => {}
                Found::Forbidden(check) => {
                    self.forbidden(&mut search, check, names);
                    budget = budget.saturating_sub(DERIVATION);
                }
                Found::Paused => {
                    self.search = Some(search);
                    return Ok(None);
                }
                Found::Done => {
                    if let Some(answer) = self.answer() {
                        return Ok(Some(answer));
                    }
                    self.phase += 1;
                    continue;
                }
            }
            if self.candidates >= CANDIDATES
                && let Some(answer) = self.answer()
            {
                return Ok(Some(answer));
            }
            self.search = Some(search);
        }
        Ok(Some(Why::NoSuchValues))
    }

    fn answer(&mut self) -> Option<Why> {
        let (_, mut explanation) = self.best.take()?;
        explanation.candidates = self.candidates;
        Some(Why::Forbidden(Box::new(explanation)))
    }

    /// A candidate that the model forbids: its reason may be the plainest so far.
    fn forbidden(&mut self, search: &mut Search, check: usize, names: &dyn Names) {
        self.candidates += 1;
        let Some(steps) = cycle(search, check) else {
            return;
        };
        // An order of critical sections that cannot be is not what the reader asked for.
        let locks = |at: usize| {
            search
                .candidate()
                .is_some_and(|c| c.skeleton.tags[at] & tags::LOCKS & tags::M != 0)
        };
        let aside = steps.iter().filter(|s| locks(s.from)).count();
        // A cycle through what the outcome speaks of tells more than a shorter one past it.
        let on_cycle = steps.iter().fold(0, |set, s| set | bit(s.from));
        let past = search.candidate().map_or(0, |candidate| {
            let terms = self.outcome.terms().into_iter();
            let reads = terms.map(|term| candidate.reads_of(term));
            reads.filter(|r| *r != 0 && r & on_cycle == 0).count()
        });
        let cost = (aside + past, steps.len());
        if self.best.as_ref().is_none_or(|(least, _)| cost < *least)
            && let Some(explanation) = explain(search, check, steps, names)
        {
            self.best = Some((cost, explanation));
        }
    }
}

/// Asks a [`Question`] with a budget of choices; `None` when it is not answered by then.
///
/// # Errors
/// See [`crate::Judge::new`].
pub fn why(
    test: &Test,
    model: &'static Model,
    outcome: &Cond,
    names: &dyn Names,
    budget: u64,
) -> Result<Option<Why>, JudgeError> {
    Question::new(Arc::new(test.clone()), model, outcome.clone()).run(names, budget)
}

/// The shortest cycle of a violated check.
fn cycle(search: &mut Search, check: usize) -> Option<Vec<Step>> {
    let n = search.candidate()?.skeleton.n;
    let evaluator = search.evaluator();
    let graph = evaluator.graph();
    let (kind, node) = (graph.checks[check].kind, graph.checks[check].node);
    let mut deriver = Deriver::new(evaluator, n);
    let mut steps = Vec::new();
    if kind == CheckKind::Empty {
        let (part, from, to) = cheapest_pair(&mut deriver, &graph.nodes, node, n)?;
        around(&mut deriver, &graph.nodes, part, from, to, &mut steps);
    } else {
        let (_, event) = (0..n)
            .filter_map(|event| Some((deriver.cost(node, event, event)?, event)))
            .min()?;
        deriver.derive(node, event, event, &mut steps);
    }
    Some(steps)
}

/// The pair of a relation that should be empty, and the part of a union that has it.
fn cheapest_pair(
    deriver: &mut Deriver<'_, '_>,
    nodes: &[Node],
    node: NodeId,
    n: usize,
) -> Option<(NodeId, usize, usize)> {
    if let Node::Union(a, b) = nodes[node] {
        return cheapest_pair(deriver, nodes, a, n).or_else(|| cheapest_pair(deriver, nodes, b, n));
    }
    let mut best: Option<(u32, usize, usize)> = None;
    for from in 0..n {
        for to in 0..n {
            if let Some(cost) = deriver.cost(node, from, to)
                && best.is_none_or(|(least, ..)| cost < least)
            {
                best = Some((cost, from, to));
            }
        }
    }
    best.map(|(_, from, to)| (node, from, to))
}

/// `a & b^-1` is a cycle through both; `a & b` two ways from one event to another.
fn around(
    deriver: &mut Deriver<'_, '_>,
    nodes: &[Node],
    node: NodeId,
    from: usize,
    to: usize,
    out: &mut Vec<Step>,
) {
    match nodes[node] {
        Node::Intersection(a, b) => match nodes[b] {
            Node::Inverse(back) => {
                deriver.derive(a, from, to, out);
                deriver.derive(back, to, from, out);
            }
            _ => {
                deriver.derive(b, from, to, out);
                let mut against = Vec::new();
                deriver.derive(a, from, to, &mut against);
                against.reverse();
                out.extend(against.into_iter().map(|step| Step {
                    from: step.to,
                    to: step.from,
                    inverse: true,
                    ..step
                }));
            }
        },
        _ => deriver.derive(node, from, to, out),
    }
}

fn explain(
    search: &mut Search,
    check: usize,
    mut steps: Vec<Step>,
    names: &dyn Names,
) -> Option<Explanation> {
    let execution = take(search)?;
    let axiom = search.evaluator().graph().checks[check].name.clone();
    // The story ends with the read that should have seen more, or with the store that came too early.
    let external =
        |step: &Step| execution.events[step.from].thread != execution.events[step.to].thread;
    let last = steps
        .iter()
        .rposition(|s| s.name == "fr" && external(s))
        .or_else(|| steps.iter().rposition(|s| s.name == "co" && external(s)))
        .or_else(|| steps.iter().rposition(|s| s.name == "fr"))
        .unwrap_or(steps.len().saturating_sub(1));
    if !steps.is_empty() {
        let count = steps.len();
        steps.rotate_left((last + 1) % count);
    }
    let cycle = words::links(&execution, &steps, names);
    Some(Explanation {
        rule: words::rule(&axiom).to_owned(),
        conclusion: words::conclusion(&axiom, &execution, &cycle, names),
        axiom,
        execution,
        cycle,
        candidates: 0,
    })
}
