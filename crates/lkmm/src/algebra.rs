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

use std::collections::HashMap;

use crate::tags::{self, Tags};

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

/// The text of a model as a tree.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Expr {
    Name(String),
    On(Box<Expr>),
    Union(Vec<Expr>),
    Sequence(Vec<Expr>),
    Intersection(Vec<Expr>),
    Difference(Box<Expr>, Box<Expr>),
    Not(Box<Expr>),
    Optional(Box<Expr>),
    Star(Box<Expr>),
    Plus(Box<Expr>),
    Inverse(Box<Expr>),
    Call(String, Vec<Expr>),
}

/// A line of a model.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Line {
    Let {
        name: String,
        rec: bool,
        value: Expr,
    },
    Check {
        kind: CheckKind,
        name: String,
        value: Expr,
    },
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

fn tokens(text: &str) -> Parsed<Vec<&str>> {
    let mut tokens = Vec::new();
    let mut rest = text.trim_start();
    while !rest.is_empty() {
        if let Some(comment) = rest.strip_prefix("(*") {
            let Some(end) = comment.find("*)") else {
                return fail("a comment is not closed".to_owned());
            };
            rest = comment[end + 2..].trim_start();
            continue;
        }
        let word = rest
            .find(|c: char| !(c.is_ascii_alphanumeric() || c == '-' || c == '_'))
            .unwrap_or(rest.len());
        let length = if word > 0 {
            word
        } else if rest.starts_with("^-1") {
            3
        } else {
            rest.chars().next().map_or(1, char::len_utf8)
        };
        tokens.push(&rest[..length]);
        rest = rest[length..].trim_start();
    }
    Ok(tokens)
}

struct Parser<'t> {
    tokens: Vec<&'t str>,
    at: usize,
}

const KEYWORDS: [&str; 6] = ["let", "acyclic", "irreflexive", "empty", "flag", "as"];

impl<'t> Parser<'t> {
    fn peek(&self) -> &'t str {
        self.tokens.get(self.at).copied().unwrap_or("")
    }

    fn next(&mut self) -> &'t str {
        let token = self.peek();
        self.at += 1;
        token
    }

    fn eat(&mut self, token: &str) -> bool {
        let found = self.peek() == token;
        self.at += usize::from(found);
        found
    }

    fn expect(&mut self, token: &str) -> Parsed<()> {
        if self.eat(token) {
            Ok(())
        } else {
            fail(format!("`{token}` expected, `{}` found", self.peek()))
        }
    }

    fn name(&mut self) -> Parsed<String> {
        let token = self.next();
        if token.starts_with(|c: char| c.is_ascii_alphabetic()) && !KEYWORDS.contains(&token) {
            Ok(token.to_owned())
        } else {
            fail(format!("a name expected, `{token}` found"))
        }
    }

    fn line(&mut self) -> Parsed<Line> {
        let kind = match self.next() {
            "let" => {
                let rec = self.eat("rec");
                let name = self.name()?;
                self.expect("=")?;
                let value = self.union()?;
                return Ok(Line::Let { name, rec, value });
            }
            "acyclic" => CheckKind::Acyclic,
            "irreflexive" => CheckKind::Irreflexive,
            "empty" => CheckKind::Empty,
            "flag" => CheckKind::Flag,
            token => return fail(format!("a definition or a check expected, `{token}` found")),
        };
        let value = self.union()?;
        self.expect("as")?;
        let name = self.name()?;
        Ok(Line::Check { kind, name, value })
    }

    fn list(
        &mut self,
        separator: &str,
        part: impl Fn(&mut Self) -> Parsed<Expr>,
        make: impl Fn(Vec<Expr>) -> Expr,
    ) -> Parsed<Expr> {
        let first = part(self)?;
        if self.peek() != separator {
            return Ok(first);
        }
        let mut parts = vec![first];
        while self.eat(separator) {
            parts.push(part(self)?);
        }
        Ok(make(parts))
    }

    fn union(&mut self) -> Parsed<Expr> {
        self.list("|", Self::sequence, Expr::Union)
    }

    fn sequence(&mut self) -> Parsed<Expr> {
        self.list(";", Self::difference, Expr::Sequence)
    }

    fn difference(&mut self) -> Parsed<Expr> {
        let mut left = self.intersection()?;
        while self.eat("\\") {
            left = Expr::Difference(Box::new(left), Box::new(self.intersection()?));
        }
        Ok(left)
    }

    fn intersection(&mut self) -> Parsed<Expr> {
        self.list("&", Self::postfix, Expr::Intersection)
    }

    fn postfix(&mut self) -> Parsed<Expr> {
        if self.eat("~") {
            return Ok(Expr::Not(Box::new(self.postfix()?)));
        }
        let mut expr = self.atom()?;
        loop {
            expr = match self.peek() {
                "?" => Expr::Optional(Box::new(expr)),
                "*" => Expr::Star(Box::new(expr)),
                "+" => Expr::Plus(Box::new(expr)),
                "^-1" => Expr::Inverse(Box::new(expr)),
                _ => return Ok(expr),
            };
            self.at += 1;
        }
    }

    fn atom(&mut self) -> Parsed<Expr> {
        if self.eat("(") {
            let expr = self.union()?;
            self.expect(")")?;
            return Ok(expr);
        }
        if self.eat("[") {
            let set = self.union()?;
            self.expect("]")?;
            return Ok(Expr::On(Box::new(set)));
        }
        let name = self.name()?;
        if !self.eat("(") {
            return Ok(Expr::Name(name));
        }
        let mut arguments = vec![self.union()?];
        while self.eat(",") {
            arguments.push(self.union()?);
        }
        self.expect(")")?;
        Ok(Expr::Call(name, arguments))
    }
}

/// Reads the text of a model.
pub(crate) fn read(text: &str) -> Parsed<Vec<Line>> {
    let mut parser = Parser {
        tokens: tokens(text)?,
        at: 0,
    };
    let mut lines = Vec::new();
    while parser.at < parser.tokens.len() {
        lines.push(parser.line()?);
    }
    Ok(lines)
}

/// What a name stands for while a model is compiled.
type Scope = HashMap<String, NodeId>;

impl Graph {
    /// Compiles the text of a model.
    pub(crate) fn compile(lines: &[Line]) -> Parsed<Graph> {
        let mut graph = Graph::default();
        let mut scope = Scope::new();
        for line in lines {
            match line {
                Line::Let { name, rec, value } => {
                    let node = if *rec {
                        graph.fix(name, value, &mut scope)?
                    } else {
                        graph.expr(value, &scope)?
                    };
                    if graph.names[node].is_none() {
                        graph.names[node] = Some(name.clone());
                    }
                    scope.insert(name.clone(), node);
                }
                Line::Check { kind, name, value } => {
                    let relation = graph.relation(value, &scope)?;
                    let node = match kind {
                        CheckKind::Acyclic => graph.node(Node::Plus(relation)),
                        _ => relation,
                    };
                    graph.checks.push(Check {
                        kind: *kind,
                        name: name.clone(),
                        node,
                        relation,
                    });
                }
            }
        }
        Ok(graph)
    }

    /// The value of this node is a set of events.
    #[must_use]
    pub fn is_set(&self, node: NodeId) -> bool {
        self.sets.get(node).copied().unwrap_or(false)
    }

    fn fix(&mut self, name: &str, value: &Expr, scope: &mut Scope) -> Parsed<NodeId> {
        // A variable of its own: it is not to be shared with that of another definition.
        let variable = self.nodes.len();
        self.push(Node::Variable);
        scope.insert(name.to_owned(), variable);
        let body = self.relation(value, scope)?;
        let mut inside = vec![false; self.nodes.len()];
        inside[variable] = true;
        for id in variable + 1..self.nodes.len() {
            inside[id] = operands(self.nodes[id]).any(|operand| inside[operand]);
        }
        let fix = self.node(Node::Fix(variable, body));
        let inside = (variable + 1..fix).filter(|id| inside[*id]).collect();
        self.inside.insert(fix, inside);
        Ok(fix)
    }

    fn push(&mut self, node: Node) -> NodeId {
        let level = |levels: &[Level]| operands(node).map(|o| levels[o]).max();
        let own = match node {
            Node::Base(Base::Rf | Base::DifferentValues) => Level::ReadsFrom,
            Node::Base(Base::Co | Base::Fr) => Level::Coherence,
            _ => Level::Paths,
        };
        let dynamic = match node {
            Node::Base(Base::Loc) => Level::ReadsFrom,
            _ => own,
        };
        self.levels
            .push(own.max(level(&self.levels).unwrap_or(Level::Paths)));
        self.dynamic_levels
            .push(dynamic.max(level(&self.dynamic_levels).unwrap_or(Level::Paths)));
        self.sets.push(matches!(
            node,
            Node::Tag(_)
                | Node::SetUnion(..)
                | Node::SetIntersection(..)
                | Node::SetDifference(..)
                | Node::Complement(_)
                | Node::Domain(_)
                | Node::Range(_)
        ));
        self.names.push(None);
        self.nodes.push(node);
        self.nodes.len() - 1
    }

    fn node(&mut self, node: Node) -> NodeId {
        if let Some(id) = self.known.get(&node) {
            return *id;
        }
        let id = self.push(node);
        self.known.insert(node, id);
        id
    }

    fn relation(&mut self, expr: &Expr, scope: &Scope) -> Parsed<NodeId> {
        let node = self.expr(expr, scope)?;
        if self.sets[node] {
            return fail(format!("a relation expected, a set found: {expr:?}"));
        }
        Ok(node)
    }

    fn set(&mut self, expr: &Expr, scope: &Scope) -> Parsed<NodeId> {
        let node = self.expr(expr, scope)?;
        if !self.sets[node] {
            return fail(format!("a set expected, a relation found: {expr:?}"));
        }
        Ok(node)
    }

    /// Folds operands of one kind, sets or relations.
    fn fold(
        &mut self,
        parts: &[Expr],
        scope: &Scope,
        on_sets: fn(NodeId, NodeId) -> Node,
        on_relations: fn(NodeId, NodeId) -> Node,
    ) -> Parsed<NodeId> {
        let mut nodes = Vec::new();
        for part in parts {
            nodes.push(self.expr(part, scope)?);
        }
        let Some((first, rest)) = nodes.split_first() else {
            return fail("an empty list of operands".to_owned());
        };
        let set = self.sets[*first];
        let mut all = *first;
        for node in rest {
            if self.sets[*node] != set {
                return fail("sets and relations are mixed".to_owned());
            }
            all = self.node(if set {
                on_sets(all, *node)
            } else {
                on_relations(all, *node)
            });
        }
        Ok(all)
    }

    fn expr(&mut self, expr: &Expr, scope: &Scope) -> Parsed<NodeId> {
        match expr {
            Expr::Name(name) => {
                if let Some(node) = scope.get(name) {
                    return Ok(*node);
                }
                if let Some((_, base)) = BASES.iter().find(|(known, _)| known == name) {
                    let node = self.node(Node::Base(*base));
                    self.names[node] = Some(name.clone());
                    return Ok(node);
                }
                match tags::by_name(name) {
                    Some(tag) => Ok(self.node(Node::Tag(tag))),
                    None => fail(format!("`{name}` is not defined")),
                }
            }
            Expr::On(set) => {
                let set = self.set(set, scope)?;
                Ok(self.node(Node::On(set)))
            }
            Expr::Union(parts) => self.fold(parts, scope, Node::SetUnion, Node::Union),
            Expr::Intersection(parts) => {
                self.fold(parts, scope, Node::SetIntersection, Node::Intersection)
            }
            Expr::Difference(a, b) => self.fold(
                &[(**a).clone(), (**b).clone()],
                scope,
                Node::SetDifference,
                Node::Difference,
            ),
            Expr::Sequence(parts) => self.sequence(parts, scope),
            Expr::Not(a) => {
                let a = self.set(a, scope)?;
                Ok(self.node(Node::Complement(a)))
            }
            Expr::Optional(a) => {
                let a = self.relation(a, scope)?;
                Ok(self.node(Node::Optional(a)))
            }
            Expr::Star(a) => {
                let a = self.relation(a, scope)?;
                let plus = self.node(Node::Plus(a));
                Ok(self.node(Node::Optional(plus)))
            }
            Expr::Plus(a) => {
                let a = self.relation(a, scope)?;
                Ok(self.node(Node::Plus(a)))
            }
            Expr::Inverse(a) => {
                let a = self.relation(a, scope)?;
                Ok(self.node(Node::Inverse(a)))
            }
            Expr::Call(name, arguments) => self.call(name, arguments, scope),
        }
    }

    fn call(&mut self, name: &str, arguments: &[Expr], scope: &Scope) -> Parsed<NodeId> {
        match (name, arguments) {
            ("fencerel", [set]) => {
                let set = self.set(set, scope)?;
                let po = self.node(Node::Base(Base::Po));
                let before = self.node(Node::To(po, set));
                Ok(self.node(Node::Sequence(before, po)))
            }
            ("cross", [a, b]) => {
                let (a, b) = (self.set(a, scope)?, self.set(b, scope)?);
                Ok(self.node(Node::Cross(a, b)))
            }
            ("domain", [a]) => {
                let a = self.relation(a, scope)?;
                Ok(self.node(Node::Domain(a)))
            }
            ("range", [a]) => {
                let a = self.relation(a, scope)?;
                Ok(self.node(Node::Range(a)))
            }
            _ => fail(format!(
                "`{name}` with {} arguments is not known",
                arguments.len()
            )),
        }
    }

    /// `a ; b ; c`: identities on sets become filters.
    fn sequence(&mut self, parts: &[Expr], scope: &Scope) -> Parsed<NodeId> {
        let mut all: Option<NodeId> = None;
        // Sets that stand before the first relation.
        let mut sets: Option<NodeId> = None;
        for part in parts {
            let node = self.relation(part, scope)?;
            all = match (all, self.nodes[node]) {
                (None, Node::On(set)) => {
                    sets = Some(match sets {
                        Some(before) => self.node(Node::SetIntersection(before, set)),
                        None => set,
                    });
                    None
                }
                (None, _) => Some(match sets.take() {
                    Some(set) => self.node(Node::From(set, node)),
                    None => node,
                }),
                (Some(before), Node::On(set)) => Some(self.node(Node::To(before, set))),
                (Some(before), _) => Some(self.node(Node::Sequence(before, node))),
            };
        }
        match (all, sets) {
            (Some(all), _) => Ok(all),
            (None, Some(set)) => Ok(self.node(Node::On(set))),
            (None, None) => fail("an empty sequence".to_owned()),
        }
    }
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
