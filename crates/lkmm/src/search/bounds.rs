//! Whether all ways to fill in some pairs of a candidate come to the same: a comparison of the candidate without them
//! with one that has all of them at once.
//!
//! Everything that a model builds from reads-from and coherence grows with them, but for what is subtracted. So the value of
//! a relation lies between that of the candidate as far as it is known and that with every possible pair. Where both
//! agree, nothing is left to find out. Where they do not, the pairs that may come are looked at.
//!
//! Each access of a domain lies *inside*; of the other events some lie before the domain (a new pair leads from them to it),
//! some behind it. A new pair that leads from before to inside or behind, or from inside to behind, closes no cycle, since
//! none leads back. One that stays inside follows the coherence of that domain, when every known pair that is used
//! on the way does, and when no known pair leads from behind to inside or from inside to before. Such a relation
//! is *tame*: what it gains lies in one partial order, whichever way the domain is filled in. So it gains no cycle.

use crate::algebra::{Base, CheckKind, Graph, Level, Node, NodeId, operands};
use crate::eval::Evaluator;
use crate::relation::{Bits, Relation, bit, bits};

/// What is known of the value of a node, whichever way the candidate is filled in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Class {
    /// It is that of the candidate at hand.
    Constant,
    /// It gains pairs, in one partial order; see the module. The events before and behind the domains.
    Tame { before: Bits, behind: Bits },
    /// It gains pairs.
    Open,
    /// It gains and loses.
    Mixed,
}

impl Class {
    fn tame(self) -> bool {
        matches!(self, Class::Tame { .. })
    }
}

/// What candidates have in common that differ only in what is open.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Alike {
    /// All are allowed.
    pub allowed: bool,
    /// All raise the same flags.
    pub flags: bool,
}

/// See the module.
#[derive(Debug)]
pub(super) struct Bounds {
    graph: &'static Graph,
    /// The model where everything possible has been added.
    above: Evaluator<'static>,
    classes: Vec<Option<Class>>,
    /// By event: the accesses of its domain.
    inside: Vec<Bits>,
    all_inside: Bits,
}

impl Bounds {
    pub fn new(graph: &'static Graph) -> Bounds {
        Bounds {
            graph,
            above: Evaluator::new(graph),
            classes: Vec::new(),
            inside: Vec::new(),
            all_inside: 0,
        }
    }

    /// Begins with the candidate at hand.
    pub fn begin(&mut self, exact: &Evaluator<'static>) {
        self.above.begin_as(exact);
    }

    /// Adds a pair that may come.
    pub fn possible(&mut self, base: Base, from: usize, to: usize) {
        self.above.base_mut(base).add(from, to);
    }

    /// What every way to fill in what was added has in common with the candidate at hand, which is allowed.
    pub fn alike(
        &mut self,
        exact: &mut Evaluator<'static>,
        skip: &[bool],
        domains: &[Bits],
        coherence: &Relation,
    ) -> Alike {
        let graph = self.graph;
        self.classes.clear();
        self.classes.resize(graph.nodes.len(), None);
        self.inside.clear();
        self.inside.resize(coherence.len(), 0);
        self.all_inside = domains.iter().fold(0, |all, domain| all | domain);
        for domain in domains {
            for event in bits(*domain) {
                self.inside[event] = *domain;
            }
        }
        let mut same = |flags: bool| {
            let mut checks = graph.checks.iter().enumerate();
            checks.all(|(at, check)| {
                if (check.kind == CheckKind::Flag) != flags || skip.get(at) == Some(&true) {
                    return true;
                }
                match (self.class(check.node, exact, coherence), check.kind) {
                    (Class::Constant, _) => true,
                    (Class::Mixed, _) => false,
                    _ if self.above.holds(at) => true,
                    (class, CheckKind::Acyclic | CheckKind::Irreflexive) => class.tame(),
                    (_, CheckKind::Empty) => false,
                    // What is raised stays raised.
                    (_, CheckKind::Flag) => !exact.holds(at),
                }
            })
        };
        Alike {
            allowed: same(false),
            flags: same(true),
        }
    }

    fn class(&mut self, id: NodeId, exact: &mut Evaluator<'static>, coherence: &Relation) -> Class {
        if exact.level(id) == Level::Paths {
            return Class::Constant;
        }
        if let Some(class) = self.classes[id] {
            return class;
        }
        let class = self.find_class(id, exact, coherence);
        self.classes[id] = Some(class);
        class
    }

    fn find_class(
        &mut self,
        id: NodeId,
        exact: &mut Evaluator<'static>,
        coherence: &Relation,
    ) -> Class {
        let graph = self.graph;
        let node = graph.nodes[id];
        let below: Vec<NodeId> = match node {
            Node::Fix(..) => self.around(id),
            _ => operands(node).collect(),
        };
        let classes: Vec<Class> = below
            .iter()
            .map(|operand| self.class(*operand, exact, coherence))
            .collect();
        if let Node::Difference(a, b) | Node::SetDifference(a, b) = node
            && classes[1] != Class::Constant
        {
            return self.difference(id, (a, b), (classes[0], classes[1]), exact);
        }
        let subtracts = |id: &NodeId| {
            matches!(
                graph.nodes[*id],
                Node::Difference(..) | Node::SetDifference(..) | Node::Complement(_)
            )
        };
        let within = graph.inside.get(&id).map_or(&[][..], Vec::as_slice);
        let shrinks = matches!(node, Node::Complement(_)) || within.iter().any(subtracts);
        if classes.contains(&Class::Mixed)
            || (shrinks && classes.iter().any(|class| *class != Class::Constant))
        {
            if let Node::Complement(_) = node {
                let all = (0..self.inside.len()).fold(0, |set, e| set | bit(e));
                self.above.put_set(id, all);
            }
            return Class::Mixed;
        }
        if graph.is_set(id) {
            return if exact.set(id) == self.above.set(id) {
                Class::Constant
            } else {
                Class::Open
            };
        }
        if exact.relation(id) == self.above.relation(id) {
            return Class::Constant;
        }
        self.gains(id, node, &classes, exact, coherence)
            .unwrap_or(Class::Open)
    }

    /// What a fixed point rests on.
    fn around(&self, id: NodeId) -> Vec<NodeId> {
        let Some(within) = self.graph.inside.get(&id) else {
            return Vec::new();
        };
        let all = within.iter().flat_map(|id| operands(self.graph.nodes[*id]));
        all.filter(|o| !within.contains(o) && self.graph.nodes[*o] != Node::Variable)
            .collect()
    }

    /// `a \ b` where `b` may gain.
    fn difference(
        &mut self,
        id: NodeId,
        (a, b): (NodeId, NodeId),
        classes: (Class, Class),
        exact: &mut Evaluator<'static>,
    ) -> Class {
        let mixed = classes.0 == Class::Mixed || classes.1 == Class::Mixed;
        if self.graph.is_set(id) {
            let most = self.above.set(a) & if mixed { Bits::MAX } else { !exact.set(b) };
            let least = exact.set(a) & !self.above.set(b);
            self.above.put_set(id, most);
            return if !mixed && most == least {
                Class::Constant
            } else {
                Class::Mixed
            };
        }
        let mut most = self.above.relation(a).clone();
        if !mixed {
            most.subtract(exact.relation(b));
        }
        let mut least = exact.relation(a).clone();
        least.subtract(self.above.relation(b));
        let same = !mixed && most == least;
        self.above.put(id, most);
        if same { Class::Constant } else { Class::Mixed }
    }

    /// Whether a relation that gains pairs is tame.
    fn gains(
        &mut self,
        id: NodeId,
        node: Node,
        classes: &[Class],
        exact: &mut Evaluator<'static>,
        coherence: &Relation,
    ) -> Option<Class> {
        let (mut before, mut behind) = (0, 0);
        for class in classes {
            match class {
                Class::Constant => {}
                Class::Tame {
                    before: a,
                    behind: b,
                } => {
                    before |= a;
                    behind |= b;
                }
                Class::Open | Class::Mixed => return None,
            }
        }
        for (from, row) in self.new_pairs(id, exact) {
            if self.inside[from] == 0 {
                before |= bit(from);
            } else if row & self.all_inside & !self.inside[from] != 0 {
                return None;
            }
            behind |= row & !self.all_inside;
        }
        if before & behind != 0 {
            return None;
        }
        // The known pairs that are used between new ones.
        let used: Vec<NodeId> = match node {
            Node::Base(Base::Rf | Base::Co | Base::Fr)
            | Node::Union(..)
            | Node::Intersection(..)
            | Node::Difference(..)
            | Node::From(..)
            | Node::To(..)
            | Node::Optional(_) => Vec::new(),
            Node::Sequence(a, b) => {
                let gains = |at: usize| classes[at] != Class::Constant;
                let used = [(a, gains(1)), (b, gains(0))];
                used.iter().filter(|(_, used)| *used).map(|u| u.0).collect()
            }
            Node::Plus(_) => vec![id],
            _ => return None,
        };
        let tame = used.into_iter().all(|known| {
            let known = exact.relation(known);
            let inside = |e: usize| self.inside[e];
            bits(self.all_inside).all(|e| {
                known.row(e) & inside(e) & !coherence.row(e) & !bit(e) == 0
                    && known.row(e) & before == 0
            }) && bits(behind).all(|e| known.row(e) & self.all_inside == 0)
        });
        tame.then_some(Class::Tame { before, behind })
    }

    /// The rows of what a relation may gain.
    fn new_pairs(&mut self, id: NodeId, exact: &mut Evaluator<'static>) -> Vec<(usize, Bits)> {
        let above = self.above.relation(id);
        let known = exact.relation(id);
        (0..self.inside.len())
            .map(|from| (from, above.row(from) & !known.row(from)))
            .filter(|(_, row)| *row != 0)
            .collect()
    }
}
