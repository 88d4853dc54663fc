//! Evaluation of a model on one candidate execution. What does not change from
//! one candidate to the next is kept.

use crate::algebra::{BASES, Base, CheckKind, Graph, Level, Node, NodeId};
use crate::relation::{Bits, Relation, bit};
use crate::skeleton::{Skeleton, place};
use crate::tags::Tags;

/// The values of a model's nodes.
#[derive(Debug)]
pub(crate) struct Evaluator<'m> {
    graph: &'m Graph,
    dynamic: bool,
    /// Counts the choices of control paths.
    generation: u64,
    n: usize,
    tag_sets: [Bits; 64],
    base: Vec<Relation>,
    relations: Vec<Relation>,
    sets: Vec<Bits>,
    /// By node: when its value was computed.
    stamps: Vec<u32>,
    /// By level: since when its values hold.
    epochs: [u32; 3],
    clock: u32,
}

impl<'m> Evaluator<'m> {
    pub fn new(graph: &'m Graph) -> Evaluator<'m> {
        let count = graph.nodes.len();
        Evaluator {
            graph,
            dynamic: false,
            generation: 0,
            n: 0,
            tag_sets: [0; 64],
            base: vec![Relation::default(); BASES.len()],
            relations: vec![Relation::default(); count],
            sets: vec![0; count],
            stamps: vec![0; count],
            epochs: [1; 3],
            clock: 1,
        }
    }

    /// The graph that is evaluated.
    pub fn graph(&self) -> &'m Graph {
        self.graph
    }

    /// Begins with other control paths: reads-from and coherence are empty.
    pub fn skeleton(&mut self, skeleton: &Skeleton) {
        self.generation += 1;
        self.n = skeleton.n;
        self.dynamic = skeleton.dynamic != 0;
        self.tag_sets = skeleton.sets;
        for (own, theirs) in self.base.iter_mut().zip(&skeleton.base) {
            own.copy_from(theirs);
        }
        self.changed(Level::Paths);
    }

    /// Begins with the events and the base relations of another one.
    pub fn begin_as(&mut self, other: &Evaluator<'m>) {
        for (own, theirs) in self.base.iter_mut().zip(&other.base) {
            own.copy_from(theirs);
        }
        if self.generation == other.generation {
            self.changed(Level::ReadsFrom);
            return;
        }
        self.generation = other.generation;
        self.n = other.n;
        self.dynamic = other.dynamic;
        self.tag_sets = other.tag_sets;
        self.changed(Level::Paths);
    }

    /// Gives a node another value, until something changes.
    pub fn put(&mut self, id: NodeId, value: Relation) {
        self.relations[id] = value;
        self.stamps[id] = self.clock;
    }

    /// The same for a set.
    pub fn put_set(&mut self, id: NodeId, value: Bits) {
        self.sets[id] = value;
        self.stamps[id] = self.clock;
    }

    /// Replaces a base relation. [`Evaluator::changed`] must follow.
    pub fn base_mut(&mut self, base: Base) -> &mut Relation {
        &mut self.base[place(base)]
    }

    /// A base relation.
    pub fn base(&self, base: Base) -> &Relation {
        &self.base[place(base)]
    }

    /// Forgets what depends on this level.
    pub fn changed(&mut self, level: Level) {
        self.clock += 1;
        for later in level as usize..3 {
            self.epochs[later] = self.clock;
        }
    }

    /// The events with one of these tags.
    fn tagged(&self, tags: Tags) -> Bits {
        crate::relation::bits(Bits::from(tags)).fold(0, |set, tag| set | self.tag_sets[tag])
    }

    /// The value of a relation.
    pub fn relation(&mut self, id: NodeId) -> &Relation {
        self.eval(id);
        &self.relations[id]
    }

    /// The value of a set.
    pub fn set(&mut self, id: NodeId) -> Bits {
        self.eval(id);
        self.sets[id]
    }

    /// The first axiom that does not hold, apart from those to be skipped.
    pub fn violated(&mut self, skip: &[bool]) -> Option<usize> {
        let graph = self.graph;
        (0..graph.checks.len()).find(|at| {
            let check = &graph.checks[*at];
            check.kind != CheckKind::Flag && !skip[*at] && !self.holds(*at)
        })
    }

    /// Whether a check holds (a flag: is not raised).
    pub fn holds(&mut self, at: usize) -> bool {
        let check = &self.graph.checks[at];
        let (kind, node) = (check.kind, check.node);
        let relation = self.relation(node);
        match kind {
            CheckKind::Acyclic | CheckKind::Irreflexive => !relation.reflexive_somewhere(),
            CheckKind::Empty | CheckKind::Flag => relation.is_empty(),
        }
    }

    /// How often the value of a node changes.
    pub fn level(&self, id: NodeId) -> Level {
        let levels = if self.dynamic {
            &self.graph.dynamic_levels
        } else {
            &self.graph.levels
        };
        levels[id]
    }

    fn eval(&mut self, id: NodeId) {
        if self.stamps[id] >= self.epochs[self.level(id) as usize] {
            return;
        }
        let n = self.n;
        let mut out = std::mem::take(&mut self.relations[id]);
        match self.graph.nodes[id] {
            Node::Tag(tags) => self.sets[id] = self.tagged(tags),
            Node::SetUnion(a, b) => self.sets[id] = self.set(a) | self.set(b),
            Node::SetIntersection(a, b) => self.sets[id] = self.set(a) & self.set(b),
            Node::SetDifference(a, b) => self.sets[id] = self.set(a) & !self.set(b),
            Node::Complement(a) => {
                let all = (0..n).fold(0, |set, e| set | bit(e));
                self.sets[id] = all & !self.set(a);
            }
            Node::Domain(a) => self.sets[id] = self.relation(a).domain(),
            Node::Range(a) => self.sets[id] = self.relation(a).range(),
            Node::Base(base) => out.copy_from(&self.base[place(base)]),
            Node::On(set) => {
                let set = self.set(set);
                out.clear(n);
                out.or_id();
                out.from_set(set);
            }
            Node::Union(a, b) => {
                out.copy_from(self.relation(a));
                out.union(self.relation(b));
            }
            Node::Intersection(a, b) => {
                out.copy_from(self.relation(a));
                if !out.is_empty() {
                    out.intersect(self.relation(b));
                }
            }
            Node::Difference(a, b) => {
                out.copy_from(self.relation(a));
                if !out.is_empty() {
                    out.subtract(self.relation(b));
                }
            }
            Node::Sequence(a, b) => {
                self.eval(a);
                if self.relations[a].is_empty() {
                    out.clear(n);
                } else {
                    self.eval(b);
                    out.compose(&self.relations[a], &self.relations[b]);
                }
            }
            Node::From(set, a) => {
                let set = self.set(set);
                if set == 0 {
                    out.clear(n);
                } else {
                    out.copy_from(self.relation(a));
                    out.from_set(set);
                }
            }
            Node::To(a, set) => {
                let set = self.set(set);
                if set == 0 {
                    out.clear(n);
                } else {
                    out.copy_from(self.relation(a));
                    out.to_set(set);
                }
            }
            Node::Optional(a) => {
                out.copy_from(self.relation(a));
                out.or_id();
            }
            Node::Plus(a) => {
                out.copy_from(self.relation(a));
                out.close();
            }
            Node::Inverse(a) => {
                self.eval(a);
                out.invert(&self.relations[a]);
            }
            Node::Cross(a, b) => {
                let (a, b) = (self.set(a), self.set(b));
                out.clear(n);
                for from in crate::relation::bits(a) {
                    *out.row_mut(from) = b;
                }
            }
            // Its value is set by the fixed point around it.
            Node::Variable => {}
            Node::Fix(variable, body) => self.fix(id, variable, body, &mut out),
        }
        self.relations[id] = out;
        self.stamps[id] = self.clock;
    }

    fn fix(&mut self, id: NodeId, variable: NodeId, body: NodeId, out: &mut Relation) {
        let graph = self.graph;
        out.clear(self.n);
        loop {
            self.relations[variable].copy_from(out);
            self.stamps[variable] = u32::MAX;
            for inside in graph.inside.get(&id).into_iter().flatten() {
                self.stamps[*inside] = 0;
            }
            let next = self.relation(body);
            if next == out {
                return;
            }
            out.copy_from(next);
        }
    }
}
