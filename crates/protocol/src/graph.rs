//! An execution as a graph, and why LKMM allows or forbids it: events in columns, a column a thread, and the relations
//! between them. Plain data, ready to be shown.

use serde::{Deserialize, Serialize};

/// What a relation is about: it has its colour and its style from that.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Family {
    /// Program order.
    Po,
    /// From a store to the load that reads it.
    Rf,
    /// The order of the stores to one location.
    Co,
    /// From a load to the store that replaces what it found.
    Fr,
    /// Dependencies, and the two halves of an atomic.
    Dep,
    /// What the model derives.
    Derived,
}

impl Family {
    /// The family of a relation, by its name in the model.
    #[must_use]
    pub fn of(name: &str) -> Family {
        match name {
            "po" => Family::Po,
            "rf" => Family::Rf,
            "co" => Family::Co,
            "fr" => Family::Fr,
            "addr" | "data" | "ctrl" | "rmw" => Family::Dep,
            _ => Family::Derived,
        }
    }

    /// The CSS class.
    #[must_use]
    pub fn class(self) -> &'static str {
        match self {
            Family::Po => "edge-po",
            Family::Rf => "edge-rf",
            Family::Co => "edge-co",
            Family::Fr => "edge-fr",
            Family::Dep => "edge-dep",
            Family::Derived => "edge-derived",
        }
    }
}

/// How far an event of a run is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum NodeState {
    /// It has taken effect.
    #[default]
    Done,
    /// A store that waits in the store buffer.
    Buffered,
    /// It has begun: a grace period.
    Running,
    /// It rests on a guess, and may be undone.
    Speculative,
    /// It is a step of the schedule that is not done yet, or was taken back.
    ToCome,
}

impl NodeState {
    /// The CSS class; empty for what is done.
    #[must_use]
    pub fn class(self) -> &'static str {
        match self {
            NodeState::Done => "",
            NodeState::Buffered => "buffered",
            NodeState::Running => "running",
            NodeState::Speculative => "speculative",
            NodeState::ToCome => "to-come",
        }
    }

    /// In a few words; empty for what is done.
    #[must_use]
    pub fn text(self) -> &'static str {
        match self {
            NodeState::Done => "",
            NodeState::Buffered => "in the store buffer",
            NodeState::Running => "begun",
            NodeState::Speculative => "on a guess",
            NodeState::ToCome => "to come",
        }
    }
}

/// An event and its place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Node {
    /// What it is called in the graph and in the words about it: "a".
    pub letter: String,
    /// As herd7 writes it: `R[acquire]flag=1`.
    pub label: String,
    /// By index into [`Graph::columns`].
    pub column: usize,
    /// From the top; initial values stand above the programs.
    pub row: usize,
    /// It is an initial value.
    pub initial: bool,
    /// The cycle goes through it.
    pub on_cycle: bool,
    /// Its line, as the page numbers it.
    pub line: Option<u32>,
    /// Its line's name in the page, `1:4`.
    pub line_id: Option<String>,
    /// How far it is.
    pub state: NodeState,
    /// How many steps of the run are done when it has taken effect. None where it is
    /// no event of a run.
    pub position: Option<usize>,
}

/// A relation with its edges, by index into [`Graph::nodes`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Relation {
    /// Its place among all relations that there may be: fewer than 32.
    pub number: u32,
    /// Its name in the model.
    pub name: String,
    /// What it is about.
    pub family: Family,
    /// It is shown before anyone asks.
    pub usual: bool,
    /// Its edges.
    pub edges: Vec<(usize, usize)>,
}

/// An edge of the cycle.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CycleEdge {
    /// From this node.
    pub from: usize,
    /// To this one.
    pub to: usize,
    /// The fence or the grace period that makes it so.
    pub through: Option<usize>,
    /// The relation.
    pub name: String,
    /// What it is about.
    pub family: Family,
}

/// An execution: its events in columns, one for each thread, and the relations between them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Graph {
    /// The threads.
    pub columns: Vec<String>,
    /// The events: initial values that someone reads, then thread by thread.
    pub nodes: Vec<Node>,
    /// The relations that are not empty.
    pub relations: Vec<Relation>,
    /// The cycle that the model forbids, if it does.
    pub cycle: Vec<CycleEdge>,
}

/// Why LKMM allows or forbids an outcome, ready to be shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reason {
    /// The execution that has the outcome, or would have it.
    pub graph: Graph,
    /// What it violates, where it is forbidden.
    pub violated: Option<Violated>,
}

/// An axiom that an execution violates, with the cycle.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Violated {
    /// "happens-before".
    pub axiom: String,
    /// What it asks, in one sentence.
    pub rule: String,
    /// The cycle, a sentence each link.
    pub links: Vec<LinkText>,
    /// What it comes to.
    pub conclusion: String,
    /// Which of the executions that would have the outcome this is.
    pub candidates: String,
}

/// A link of a cycle in words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinkText {
    /// "d → e", the letters of the graph.
    pub place: String,
    /// The relation, as in the graph.
    pub name: String,
    /// What the relation is about.
    pub family: Family,
    /// The sentence.
    pub text: String,
    /// The lines that it speaks of, by their names in the page.
    pub lines: Vec<String>,
}
