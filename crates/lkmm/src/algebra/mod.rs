//! The language in which the models are written: a part of cat, read once, and
//! turned into a graph of operations in which equal parts are shared.
//!
//! ```text
//! let NAME = EXPR          let rec NAME = EXPR
//! acyclic EXPR as NAME     irreflexive EXPR as NAME
//! empty EXPR as NAME       flag EXPR as NAME      (raised when not empty)
//! ```
//!
//! From weak to strong: `|`, `;`, `\`, `&`, then `?`, `*`, `+`, `^-1` behind and `~`
//! before. `[S]` is the identity on a set, `cross(S, T)` the product, `fencerel(S)`
//! is `po ; [S] ; po`. A later `let` of the same name hides the earlier one.

mod compile;
mod text;

use std::collections::HashMap;

use crate::tags::Tags;
pub(crate) use text::{Expr, Line, read};

/// A relation or set that a candidate execution brings along.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Base {
    /// Program order, initial writes apart.
    Po,
    /// Same location, both accesses (or both on the same domain).
    Loc,
    /// Same CPU.
    Int,
    /// Different CPUs; an initial write is on none.
    Ext,
    /// Each event with itself.
    Id,
    /// Reads-from.
    Rf,
    /// Coherence.
    Co,
    /// From-reads.
    Fr,
    /// From the read to the write of one successful atomic.
    Rmw,
    /// Address dependency.
    Addr,
    /// Data dependency.
    Data,
    /// Control dependency.
    Ctrl,
    /// From `rcu_read_lock()` to its unlock.
    RcuRscs,
    /// Accesses whose values differ.
    DifferentValues,
}

/// Every base relation with its name.
pub const BASES: [(&str, Base); 14] = [
    ("po", Base::Po),
    ("loc", Base::Loc),
    ("int", Base::Int),
    ("ext", Base::Ext),
    ("id", Base::Id),
    ("rf", Base::Rf),
    ("co", Base::Co),
    ("fr", Base::Fr),
    ("rmw", Base::Rmw),
    ("addr", Base::Addr),
    ("data", Base::Data),
    ("ctrl", Base::Ctrl),
    ("rcu-rscs", Base::RcuRscs),
    ("different-values", Base::DifferentValues),
];

/// A place in [`Graph::nodes`].
pub type NodeId = usize;

/// An operation. Operands come before it in the graph.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Node {
    /// A set of events with one of these tags.
    Tag(Tags),
    /// Sets.
    SetUnion(NodeId, NodeId),
    /// Sets.
    SetIntersection(NodeId, NodeId),
    /// Sets.
    SetDifference(NodeId, NodeId),
    /// All other events.
    Complement(NodeId),
    /// Events that lead somewhere.
    Domain(NodeId),
    /// Events that something leads to.
    Range(NodeId),
    /// A base relation.
    Base(Base),
    /// `[S]`.
    On(NodeId),
    /// `a | b`.
    Union(NodeId, NodeId),
    /// `a & b`.
    Intersection(NodeId, NodeId),
    /// `a \ b`.
    Difference(NodeId, NodeId),
    /// `a ; b`.
    Sequence(NodeId, NodeId),
    /// `[S] ; a`.
    From(NodeId, NodeId),
    /// `a ; [S]`.
    To(NodeId, NodeId),
    /// `a?`.
    Optional(NodeId),
    /// `a+`.
    Plus(NodeId),
    /// `a^-1`.
    Inverse(NodeId),
    /// `cross(S, T)`.
    Cross(NodeId, NodeId),
    /// What a `let rec` defines, inside of its own definition.
    Variable,
    /// The least fixed point of the second over the first.
    Fix(NodeId, NodeId),
}

/// How often the value of a node changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Fixed by the control paths.
    Paths,
    /// Fixed once every read has its write.
    ReadsFrom,
    /// Only then when coherence is total.
    Coherence,
}

/// What a model checks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CheckKind {
    /// The relation has no cycle.
    Acyclic,
    /// No event is related to itself.
    Irreflexive,
    /// Nothing is related.
    Empty,
    /// No axiom: raised when something is related.
    Flag,
}

/// See [`CheckKind`].
#[derive(Clone, Debug)]
pub struct Check {
    /// What is checked.
    pub kind: CheckKind,
    /// Its name: `happens-before`.
    pub name: String,
    /// The relation; for `Acyclic` its transitive closure.
    pub node: NodeId,
    /// The relation itself.
    pub relation: NodeId,
}

/// A model, ready to be evaluated.
#[derive(Clone, Debug, Default)]
pub struct Graph {
    /// The operations.
    pub nodes: Vec<Node>,
    /// How often each changes when locations are fixed by the control paths.
    pub levels: Vec<Level>,
    /// The same when some location depends on values.
    pub dynamic_levels: Vec<Level>,
    /// The name that a `let` gives to a node.
    pub names: Vec<Option<String>>,
    /// For a `Fix`: the nodes that contain its variable.
    pub inside: HashMap<NodeId, Vec<NodeId>>,
    /// What is checked, in order.
    pub checks: Vec<Check>,
    sets: Vec<bool>,
    known: HashMap<Node, NodeId>,
}

/// What is wrong with the text of a model.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModelError(pub String);

impl std::fmt::Display for ModelError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for ModelError {}

type Parsed<T> = Result<T, ModelError>;

fn fail<T>(message: String) -> Parsed<T> {
    Err(ModelError(message))
}

/// The operands of an operation.
pub fn operands(node: Node) -> impl Iterator<Item = NodeId> {
    let (a, b) = match node {
        Node::Tag(_) | Node::Base(_) | Node::Variable => (None, None),
        Node::Complement(a)
        | Node::Domain(a)
        | Node::Range(a)
        | Node::On(a)
        | Node::Optional(a)
        | Node::Plus(a)
        | Node::Inverse(a) => (Some(a), None),
        Node::SetUnion(a, b)
        | Node::SetIntersection(a, b)
        | Node::SetDifference(a, b)
        | Node::Union(a, b)
        | Node::Intersection(a, b)
        | Node::Difference(a, b)
        | Node::Sequence(a, b)
        | Node::From(a, b)
        | Node::To(a, b)
        | Node::Cross(a, b)
        | Node::Fix(a, b) => (Some(a), Some(b)),
    };
    a.into_iter().chain(b)
}
