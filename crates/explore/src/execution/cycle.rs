//! The shortest cycle of program order, reads-from, coherence and from-reads.

use std::collections::VecDeque;

use super::{Edge, Event, EventKind, Execution, Relation};

impl Execution {
    /// A shortest cycle, each edge beginning where the one before it ends. It starts with program order. `None` when
    /// there is none: then some order of the accesses, one at a time, gives the same.
    #[must_use]
    pub fn cycle(&self) -> Option<Vec<Edge>> {
        let edges = self.conflicts();
        let mut best: Option<Vec<Edge>> = None;
        for start in 0..self.events.len() {
            let most = best.as_ref().map_or(usize::MAX, Vec::len);
            if let Some(found) = self.around(&edges, start)
                && found.len() < most
            {
                best = Some(found);
            }
        }
        let mut cycle = best?;
        if let Some(first) = cycle.iter().position(|edge| edge.relation == Relation::Po) {
            cycle.rotate_left(first);
        }
        Some(cycle)
    }

    /// A shortest way from an event back to itself, breadth first.
    fn around(&self, edges: &[Vec<Edge>], start: usize) -> Option<Vec<Edge>> {
        let mut came: Vec<Option<Edge>> = vec![None; self.events.len()];
        let mut queue = VecDeque::from([start]);
        while let Some(at) = queue.pop_front() {
            for edge in &edges[at] {
                if came[edge.to].is_none() {
                    came[edge.to] = Some(*edge);
                    if edge.to == start {
                        return Some(way(&came, start));
                    }
                    queue.push_back(edge.to);
                }
            }
        }
        None
    }

    /// By event: every edge of the four relations, the transitive ones whole.
    fn conflicts(&self) -> Vec<Vec<Edge>> {
        let mut edges = vec![Vec::new(); self.events.len()];
        let mut add = |from: usize, to: usize, relation| {
            edges[from].push(Edge { from, to, relation });
        };
        let accesses = |event: &Event| event.accesses();
        for (from, event) in self.events.iter().enumerate() {
            if !accesses(event) {
                continue;
            }
            for (to, other) in self.events.iter().enumerate().skip(from + 1) {
                if other.cpu == event.cpu && accesses(other) {
                    add(from, to, Relation::Po);
                }
            }
        }
        for (read, source) in self.source.iter().enumerate() {
            if let Some(store) = source {
                add(*store, read, Relation::Rf);
            }
        }
        for order in &self.order {
            for (at, from) in order.iter().enumerate() {
                for to in &order[at + 1..] {
                    add(*from, *to, Relation::Co);
                }
            }
        }
        for (read, event) in self.events.iter().enumerate() {
            if event.kind == EventKind::Read {
                for store in self.replaced_by(read) {
                    add(read, store, Relation::Fr);
                }
            }
        }
        edges
    }
}

fn way(came: &[Option<Edge>], end: usize) -> Vec<Edge> {
    let mut way = Vec::new();
    let mut at = end;
    while let Some(edge) = came[at] {
        way.push(edge);
        at = edge.from;
        if at == end {
            break;
        }
    }
    way.reverse();
    way
}
