//! From the tree of a model to its graph.

use std::collections::HashMap;

use super::{
    BASES, Base, Check, CheckKind, Expr, Graph, Level, Line, Node, NodeId, Parsed, fail, operands,
};
use crate::tags;

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
