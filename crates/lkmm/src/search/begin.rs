//! A new choice of control paths: what is known before any choice.

use litmus::{BinOp, Span, Term};

use super::{Counting, NONE, Search};
use crate::algebra::CheckKind;
use crate::domains::COOKIE;
use crate::paths::{JudgeError, Node};
use crate::relation::{MAX_EVENTS, bit, bits};
use crate::skeleton::{NO_THREAD, Skeleton, UNKNOWN};
use crate::tags;

impl Search {
    /// Begins with the chosen control paths. `false` when they lead nowhere.
    pub(super) fn begin(&mut self) -> Result<bool, JudgeError> {
        let wanted: Vec<u16> = self
            .terms
            .iter()
            .filter_map(|term| match term {
                Term::Var(var) => Some(var.0),
                Term::Reg(..) => None,
            })
            .collect();
        let Some(skeleton) = Skeleton::new(
            &self.test,
            &self.threads,
            &self.chosen,
            &wanted,
            self.model,
            self.wanted.counting != Counting::OneByOne,
        ) else {
            return Err(JudgeError {
                span: Span::default(),
                message: format!(
                    "an execution of this test has more than {} events",
                    MAX_EVENTS
                ),
            });
        };
        let n = skeleton.n;
        self.evaluator.skeleton(&skeleton);
        self.depth = 0;
        self.checked = false;
        let state = &mut self.state;
        state.rf.clear();
        state.rf.resize(n, NONE);
        state.assigned = 0;
        state.found.clear();
        state.found.resize(n, COOKIE);
        state.known = skeleton.cookies;
        state.placed = 0;
        state.adrift = 0;
        self.nowhere.clear();
        state.locs.clone_from(&skeleton.locs);
        state.at.clear();
        state.at.resize(self.threads.vars, 0);
        state.coherence.clear(n);
        state.order.clear(n);
        self.unchosen_ways = None;
        let stuck = skeleton.stuck;
        self.skeleton = Some(skeleton);
        if stuck {
            return Ok(false);
        }
        Ok(self.begin_order()
            && self.begin_locations()
            && self.begin_values()
            && self.settle()
            && self.force_sections())
    }

    /// What the model orders whatever is read.
    pub(super) fn begin_order(&mut self) -> bool {
        if !self.enforce.order {
            return true;
        }
        let graph = self.evaluator.graph();
        for check in &graph.checks {
            if check.kind == CheckKind::Acyclic && self.model.order == Some(check.name.as_str()) {
                let order = self.evaluator.relation(check.node);
                if order.reflexive_somewhere() {
                    return false;
                }
                self.state.order.copy_from(order);
            }
        }
        true
    }

    pub(super) fn begin_locations(&mut self) -> bool {
        let Some(skeleton) = &self.skeleton else {
            return false;
        };
        let accesses = skeleton.set(tags::M);
        let known: Vec<usize> = bits(accesses)
            .filter(|e| self.state.locs[*e] != UNKNOWN)
            .collect();
        known.into_iter().all(|e| self.arrive(e))
    }

    /// An access whose location is known.
    pub(super) fn arrive(&mut self, event: usize) -> bool {
        let Some(skeleton) = &self.skeleton else {
            return false;
        };
        let state = &mut self.state;
        let loc = usize::from(state.locs[event]);
        let Some(at) = state.at.get_mut(loc) else {
            return false;
        };
        let before = *at;
        *at |= bit(event);
        let writes = skeleton.set(tags::W);
        let thread = skeleton.thread[event];
        for other in bits(before) {
            let init = |e: usize| skeleton.thread[e] == NO_THREAD;
            let ordered = if init(other) || init(event) {
                // Initial writes come first in coherence.
                (writes & bit(other) != 0) && (writes & bit(event) != 0)
            } else {
                (self.enforce.coherence || skeleton.sections & bit(event) != 0)
                    && skeleton.thread[other] == thread
                    && !skeleton.unsequenced(event, other)
            };
            if !ordered {
                continue;
            }
            let (first, second) = if init(event) || (!init(other) && event < other) {
                (event, other)
            } else {
                (other, event)
            };
            if !state.coherence.add_closed(first, second) {
                return false;
            }
        }
        true
    }

    /// Values that a control path fixes: what a successful `cmpxchg` finds.
    pub(super) fn begin_values(&mut self) -> bool {
        let mut forced = Vec::new();
        for (thread, path) in self.threads.threads.iter().zip(&self.chosen).enumerate() {
            let (nodes, path) = (&path.0.nodes, &path.0.paths[*path.1]);
            for (sym, truth) in &path.constraints {
                let (event, value) =
                    match &nodes[*sym as usize] {
                        Node::Binary(BinOp::Eq, a, b) if *truth => {
                            match (&nodes[*a as usize], &nodes[*b as usize]) {
                                (Node::Read(e), Node::Const(v))
                                | (Node::Const(v), Node::Read(e)) => (*e, *v),
                                _ => continue,
                            }
                        }
                        Node::Binary(BinOp::Ne, a, b) if !*truth => {
                            match (&nodes[*a as usize], &nodes[*b as usize]) {
                                (Node::Read(e), Node::Const(v))
                                | (Node::Const(v), Node::Read(e)) => (*e, *v),
                                _ => continue,
                            }
                        }
                        Node::Read(e) if !*truth => (*e, 0),
                        _ => continue,
                    };
                forced.push((thread, usize::from(event), value));
            }
        }
        let Some(skeleton) = &self.skeleton else {
            return false;
        };
        for (thread, local, value) in forced {
            let event = skeleton.first[thread] + local;
            let known = self.state.known & bit(event) != 0;
            if known && self.state.found[event] != value {
                return false;
            }
            self.state.known |= bit(event);
            self.state.found[event] = value;
        }
        true
    }
}
