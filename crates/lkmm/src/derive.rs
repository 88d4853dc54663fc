//! Why two events are related: the cheapest derivation of a pair, down to the
//! relations that people know by name.

use crate::algebra::{Base, Graph, Node, NodeId};
use crate::eval::Evaluator;

/// A step of a derivation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Step {
    pub from: usize,
    pub to: usize,
    /// The relation, by the model's name.
    pub name: String,
    /// It is read against its direction.
    pub inverse: bool,
}

/// Relations that are not taken apart.
const LEAVES: &[&str] = &[
    "acq-po",
    "po-rel",
    "rmb",
    "wmb",
    "mb",
    "gp",
    "full",
    "po-unlock-lock-po",
    "rcu-rscs",
    "srcu-rscs",
    "rmw",
    "po-loc",
    "lws",
];

const FAR: u32 = u32::MAX / 4;

type Costs = Vec<u32>;

/// Derivations on the candidate that an evaluator holds.
pub(crate) struct Deriver<'e, 'm> {
    evaluator: &'e mut Evaluator<'m>,
    graph: &'m Graph,
    n: usize,
    costs: Vec<Option<Costs>>,
}

impl<'e, 'm> Deriver<'e, 'm> {
    pub fn new(evaluator: &'e mut Evaluator<'m>, n: usize) -> Self {
        let graph = evaluator.graph();
        Deriver {
            evaluator,
            graph,
            n,
            costs: vec![None; graph.nodes.len()],
        }
    }

    fn at(&self, from: usize, to: usize) -> usize {
        from * self.n + to
    }

    fn far(&self) -> Costs {
        vec![FAR; self.n * self.n]
    }

    /// How many steps the cheapest derivation of a pair has; `None` when it is not related.
    pub fn cost(&mut self, node: NodeId, from: usize, to: usize) -> Option<u32> {
        self.fill(node);
        let at = self.at(from, to);
        let cost = self.costs[node].as_ref().map_or(FAR, |costs| costs[at]);
        (cost < FAR).then_some(cost)
    }

    fn get(&self, node: NodeId, from: usize, to: usize) -> u32 {
        self.costs[node]
            .as_ref()
            .map_or(FAR, |costs| costs[self.at(from, to)])
    }

    fn leaf(&self, node: NodeId) -> Option<&'m str> {
        match self.graph.nodes[node] {
            Node::Base(Base::Id | Base::Int | Base::Ext | Base::Loc | Base::DifferentValues) => {
                None
            }
            Node::Base(base) => crate::algebra::BASES
                .iter()
                .find(|(_, known)| *known == base)
                .map(|(name, _)| *name),
            _ => self.graph.names[node]
                .as_deref()
                .filter(|name| LEAVES.contains(name)),
        }
    }

    fn fill(&mut self, node: NodeId) {
        if self.costs[node].is_some() {
            return;
        }
        let n = self.n;
        let mut out = self.far();
        if self.leaf(node).is_some() {
            for (from, to) in self.evaluator.relation(node).pairs() {
                out[from * n + to] = 1;
            }
            self.costs[node] = Some(out);
            return;
        }
        match self.graph.nodes[node] {
            Node::Base(_) | Node::Cross(..) | Node::On(_) => {
                for (from, to) in self.evaluator.relation(node).pairs() {
                    out[from * n + to] = 0;
                }
            }
            Node::Union(a, b) => {
                self.fill(a);
                self.fill(b);
                for from in 0..n {
                    for to in 0..n {
                        out[from * n + to] = self.get(a, from, to).min(self.get(b, from, to));
                    }
                }
            }
            // The part that has something to say: `pre-race & rf` is `rf`.
            Node::Intersection(a, b) => {
                self.fill(a);
                self.fill(b);
                let relation = self.evaluator.relation(node).clone();
                for (from, to) in relation.pairs() {
                    let cost = self.get(a, from, to);
                    out[from * n + to] = if cost == 0 {
                        self.get(b, from, to)
                    } else {
                        cost
                    };
                }
            }
            Node::Difference(a, _) => {
                self.fill(a);
                let relation = self.evaluator.relation(node).clone();
                for (from, to) in relation.pairs() {
                    out[from * n + to] = self.get(a, from, to);
                }
            }
            // Inside a fixed point the sets hold, but the relation is known only at its end.
            Node::From(set, a) => {
                self.fill(a);
                let set = self.evaluator.set(set);
                for from in crate::relation::bits(set) {
                    for to in 0..n {
                        out[from * n + to] = self.get(a, from, to);
                    }
                }
            }
            Node::To(a, set) => {
                self.fill(a);
                let set = self.evaluator.set(set);
                for from in 0..n {
                    for to in crate::relation::bits(set) {
                        out[from * n + to] = self.get(a, from, to);
                    }
                }
            }
            Node::Sequence(a, b) => {
                self.fill(a);
                self.fill(b);
                // Relations are sparse: only what is related is looked at.
                let first = self.evaluator.relation(a).clone();
                let second = self.evaluator.relation(b).clone();
                for (from, mid) in first.pairs() {
                    let cost = self.get(a, from, mid);
                    if cost >= FAR {
                        continue;
                    }
                    for to in crate::relation::bits(second.row(mid)) {
                        let slot = &mut out[from * n + to];
                        *slot = (*slot).min(cost + self.get(b, mid, to));
                    }
                }
            }
            Node::Optional(a) => {
                self.fill(a);
                for from in 0..n {
                    for to in 0..n {
                        out[from * n + to] = if from == to { 0 } else { self.get(a, from, to) };
                    }
                }
            }
            Node::Plus(a) => {
                self.fill(a);
                for from in 0..n {
                    for to in 0..n {
                        out[from * n + to] = self.get(a, from, to);
                    }
                }
                for mid in 0..n {
                    for from in 0..n {
                        let first = out[from * n + mid];
                        if first >= FAR {
                            continue;
                        }
                        for to in 0..n {
                            let cost = first + out[mid * n + to];
                            let slot = &mut out[from * n + to];
                            *slot = cost.min(*slot);
                        }
                    }
                }
            }
            Node::Inverse(a) => {
                self.fill(a);
                for from in 0..n {
                    for to in 0..n {
                        out[from * n + to] = self.get(a, to, from);
                    }
                }
            }
            Node::Fix(variable, body) => {
                self.evaluator.relation(node);
                loop {
                    self.costs[variable] = Some(out.clone());
                    for inside in self.graph.inside.get(&node).into_iter().flatten() {
                        self.costs[*inside] = None;
                    }
                    self.fill(body);
                    let next = self.costs[body].clone().unwrap_or_default();
                    if next == out {
                        break;
                    }
                    out = next;
                }
            }
            Node::Variable
            | Node::Tag(_)
            | Node::SetUnion(..)
            | Node::SetIntersection(..)
            | Node::SetDifference(..)
            | Node::Complement(_)
            | Node::Domain(_)
            | Node::Range(_) => {}
        }
        for cost in &mut out {
            *cost = (*cost).min(FAR);
        }
        self.costs[node] = Some(out);
    }

    /// Writes down the cheapest derivation of a pair.
    pub fn derive(&mut self, node: NodeId, from: usize, to: usize, out: &mut Vec<Step>) {
        if self.cost(node, from, to).is_none() {
            return;
        }
        if let Some(name) = self.leaf(node) {
            out.push(Step {
                from,
                to,
                name: name.to_owned(),
                inverse: false,
            });
            return;
        }
        let n = self.n;
        let total = self.get(node, from, to);
        match self.graph.nodes[node] {
            Node::Union(a, b) => {
                let part = if self.get(a, from, to) <= self.get(b, from, to) {
                    a
                } else {
                    b
                };
                self.derive(part, from, to, out);
            }
            Node::Intersection(a, b) => {
                let part = if self.get(a, from, to) == 0 { b } else { a };
                self.derive(part, from, to, out);
            }
            Node::Difference(a, _) | Node::From(_, a) | Node::To(a, _) => {
                self.derive(a, from, to, out)
            }
            Node::Sequence(a, b) => {
                let mid = (0..n).find(|mid| {
                    let (x, y) = (self.get(a, from, *mid), self.get(b, *mid, to));
                    x < FAR && y < FAR && x + y == total
                });
                if let Some(mid) = mid {
                    self.derive(a, from, mid, out);
                    self.derive(b, mid, to, out);
                }
            }
            Node::Optional(_) if from == to => {}
            Node::Optional(a) => self.derive(a, from, to, out),
            Node::Plus(a) => {
                if self.get(a, from, to) == total {
                    self.derive(a, from, to, out);
                    return;
                }
                // The first link, then what is left of the way; a link of no cost leads nowhere.
                let mid = (0..n).find(|mid| {
                    let (x, y) = (self.get(a, from, *mid), self.get(node, *mid, to));
                    x > 0 && x < FAR && y < FAR && x + y == total
                });
                if let Some(mid) = mid {
                    self.derive(a, from, mid, out);
                    self.derive(node, mid, to, out);
                }
            }
            Node::Inverse(a) => {
                let mut against = Vec::new();
                self.derive(a, to, from, &mut against);
                against.reverse();
                out.extend(against.into_iter().map(|step| Step {
                    from: step.to,
                    to: step.from,
                    inverse: !step.inverse,
                    ..step
                }));
            }
            // The costs of what is inside are those of the last round.
            Node::Fix(_, body) => self.derive(body, from, to, out),
            Node::Variable => {
                let fix = self.fix_of(node);
                if let Some(fix) = fix {
                    self.derive(fix, from, to, out);
                }
            }
            _ => {}
        }
    }

    fn fix_of(&self, variable: NodeId) -> Option<NodeId> {
        (0..self.graph.nodes.len())
            .find(|id| matches!(self.graph.nodes[*id], Node::Fix(v, _) if v == variable))
    }
}
