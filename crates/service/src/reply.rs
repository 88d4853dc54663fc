//! What the engine answers.

use explore::Reachable;
use scene::axioms::{LinkText, Reason, Violated};
use scene::graph::{CycleEdge, Family, Graph, Node, NodeState, Relation};

use crate::goal::Goal;
use crate::wire::{Bad, choice, decode, encode, record};

/// An answer, or a part of one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The question.
    pub id: u32,
    /// Nothing more comes to this question.
    pub over: bool,
    /// What is known.
    pub reply: Reply,
}

record!(Answer { id, over, reply });

impl Answer {
    /// As bytes.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        encode(self)
    }

    /// From bytes.
    ///
    /// # Errors
    /// When they are no answer of this version.
    pub fn decode(bytes: &[u8]) -> Result<Answer, Bad> {
        decode(bytes)
    }
}

/// What is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reply {
    /// To [`crate::Request::Verdicts`]: all that is known so far.
    Verdicts(Box<Verdicts>),
    /// To [`crate::Request::Why`].
    Why(WhyAnswer),
    /// To [`crate::Request::Show`]; none when there is no schedule, or none was found.
    Schedule(Option<Schedule>),
    /// To [`crate::Request::Prospects`]: all that is known so far.
    Prospects(Vec<Prospect>),
    /// To [`crate::Request::Cures`].
    Cures(Cures),
    /// To [`crate::Request::Matrix`], first.
    MatrixHead(MatrixHead),
    /// To [`crate::Request::Matrix`], one for each setting.
    MatrixRow(MatrixRow),
    /// To [`crate::Request::Matrix`], last.
    MatrixSets(Vec<MatrixSets>),
    /// To [`crate::Request::Outcomes`]: all that is known so far.
    Outcomes(Outcomes),
    /// To [`crate::Request::Closings`]: one for each bad outcome of which it is known so far.
    Closings(Vec<Closing>),
    /// It is still being searched: so many states (for LKMM: choices) so far.
    Searching(u64),
    /// The question was stopped; nothing follows from what has not been found.
    Stopped,
    /// The question makes no sense, or the machine cannot run the test: why.
    Refused(String),
}

choice!(Reply {
    0 => Verdicts(verdicts),
    1 => Why(answer),
    2 => Schedule(schedule),
    3 => Prospects(prospects),
    4 => Cures(cures),
    5 => MatrixHead(head),
    6 => MatrixRow(row),
    7 => MatrixSets(sets),
    8 => Outcomes(outcomes),
    9 => Searching(explored),
    10 => Stopped,
    11 => Refused(why),
    12 => Closings(closings),
});

/// Whether it can happen, on every model.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verdicts {
    /// What was asked: [`Goal::asked`].
    pub goals: Vec<Goal>,
    /// The CPU models, in the machine's order.
    pub models: Vec<ModelVerdict>,
    /// LKMM.
    pub lkmm: Judged,
    /// States visited so far, for all models.
    pub explored: u64,
}

record!(Verdicts {
    goals,
    models,
    lkmm,
    explored
});

/// Whether it can happen on one CPU model.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModelVerdict {
    /// The model, by its id.
    pub model: String,
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

/// What the axioms of a CPU allow, or may allow, beyond the machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Beyond {
    /// By goal: no schedule has it, but the axioms allow it, or are not known not to.
    pub goals: Vec<bool>,
    /// That, and why, in a few sentences.
    pub note: String,
}

record!(Beyond { goals, note });

record!(ModelVerdict {
    model,
    reachable,
    explored,
    complete,
    over,
    error,
    beyond
});

/// LKMM's judgement.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Judged {
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

record!(Judged {
    allowed,
    flags,
    complete,
    over,
    micros,
    error
});

/// Why LKMM says what it says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WhyAnswer {
    /// Why.
    Reason(Reason),
    /// No execution has these values, whatever is ordered.
    NoSuchValues,
    /// It cannot be known.
    Unknown(String),
}

choice!(WhyAnswer { 0 => Reason(reason), 1 => NoSuchValues, 2 => Unknown(why) });

/// A schedule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Schedule {
    /// The names of its steps.
    pub steps: Vec<String>,
    /// None is shorter; otherwise the search for the shortest was too large, and this is some schedule.
    pub shortest: bool,
}

record!(Schedule { steps, shortest });

/// What an offered step may lead to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Prospect {
    /// The name of the step.
    pub step: String,
    /// Whether a bad outcome can still happen after it.
    pub bad: Reachable,
}

record!(Prospect { step, bad });

/// When a bad outcome ceases to be possible.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Closing {
    /// The outcome.
    pub goal: Goal,
    /// After so many steps of the schedule it cannot happen any more; 0: it never could. None: it still can after all
    /// of them.
    pub after: Option<u32>,
}

record!(Closing { goal, after });

/// What prevents the bad outcomes: a sentence or two each, and what was searched for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cures {
    /// By outcome: the weakest barriers that prevent it, or those that are missing, or that it cannot happen.
    pub cures: Vec<(Goal, String)>,
    /// Toggle settings that were searched, each on every CPU model.
    pub settings: u32,
    /// All toggle settings.
    pub total: u32,
    /// States visited for all of them.
    pub explored: u64,
    /// The time of the machine's part, in microseconds.
    pub micros: u64,
    /// The time of LKMM's part.
    pub judged_micros: u64,
}

record!(Cures {
    cures,
    settings,
    total,
    explored,
    micros,
    judged_micros
});

/// What the barrier matrix is going to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MatrixHead {
    /// The columns: the CPU models by id, then `lkmm`.
    pub columns: Vec<String>,
    /// The goals that each cell answers: [`Goal::asked`].
    pub goals: Vec<Goal>,
    /// How many rows there will be.
    pub rows: u32,
}

record!(MatrixHead {
    columns,
    goals,
    rows
});

/// A setting against every model.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MatrixRow {
    /// The position of each toggle.
    pub setting: Vec<u8>,
    /// By column.
    pub columns: Vec<Column>,
}

record!(MatrixRow { setting, columns });

/// A setting on a model.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// By goal. [`Reachable::Unknown`]: not finished. None: the model does not speak of it.
    pub goals: Vec<Option<Reachable>>,
    /// States visited; for LKMM choices made.
    pub explored: u64,
    /// Every schedule (for LKMM: every execution) has been accounted for.
    pub complete: bool,
    /// What the CPU's axioms allow and no schedule of the machine has.
    pub beyond: Option<Beyond>,
}

record!(Column {
    goals,
    explored,
    complete,
    beyond
});

/// The weakest settings that prevent a goal in a column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MatrixSets {
    /// By index into [`MatrixHead::goals`].
    pub goal: u32,
    /// By index into [`MatrixHead::columns`].
    pub column: u32,
    /// The sets; none at all when no setting is known to forbid it.
    pub sets: Vec<MatrixSet>,
}

record!(MatrixSets { goal, column, sets });

/// A setting that prevents a goal while nothing weaker does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MatrixSet {
    /// The setting.
    pub setting: Vec<u8>,
    /// The toggles that are on, by index.
    pub on: Vec<usize>,
    /// Nothing weaker will do; otherwise something may, where a search was not complete.
    pub proven: bool,
}

record!(MatrixSet {
    setting,
    on,
    proven
});

/// The final states.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outcomes {
    /// The final states, each once, in their order as texts.
    pub rows: Vec<OutcomeRow>,
    /// How many more there are, which [`crate::Request::Outcomes`] did not want.
    pub more: u32,
    /// Final states that LKMM allows and this machine does not reach; the first of them.
    pub elsewhere: Vec<String>,
    /// There are no others.
    pub complete: bool,
    /// States visited.
    pub explored: u64,
}

record!(Outcomes {
    rows,
    more,
    elsewhere,
    complete,
    explored
});

/// A final state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutcomeRow {
    /// As herd7 prints it: `0:r0=1; x=2;`.
    pub state: String,
    /// What holds in it, of the named outcomes (good ones, too), the condition, and the failures of the machine.
    pub goals: Vec<Goal>,
    /// A schedule that ends in it; none while it is being searched.
    pub schedule: Option<Schedule>,
    /// LKMM allows it; none while that is not known.
    pub allowed: Option<bool>,
}

record!(OutcomeRow {
    state,
    goals,
    schedule,
    allowed
});

// Plain data of other crates, in the form of this version.

choice!(Reachable { 0 => Yes, 1 => No, 2 => Unknown });
choice!(Family { 0 => Po, 1 => Rf, 2 => Co, 3 => Fr, 4 => Dep, 5 => Derived });
choice!(NodeState { 0 => Done, 1 => Buffered, 2 => Running, 3 => Speculative, 4 => ToCome });
record!(Node {
    letter,
    label,
    column,
    row,
    initial,
    on_cycle,
    line,
    line_id,
    state,
    position
});
record!(CycleEdge {
    from,
    to,
    through,
    name,
    family
});
record!(Relation {
    number,
    name,
    family,
    usual,
    edges
});
record!(Graph {
    columns,
    nodes,
    relations,
    cycle
});
record!(LinkText {
    place,
    name,
    family,
    text,
    lines
});
record!(Violated {
    axiom,
    rule,
    links,
    conclusion,
    candidates
});
record!(Reason { graph, violated });
