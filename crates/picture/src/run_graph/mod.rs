//! The execution graph of a session's run: what has happened so far, what of the schedule is to come, and the cycle
//! that shows that no order one access at a time would do.

mod label;
mod words;

use explore::execution::{self, Dependency, EventKind, Execution};

use crate::axioms::LinkText;
use crate::graph::{CycleEdge, Family, Graph, Node, NodeState, Relation, letter};
use session::Session;
use session::names::Names;

/// See the module.
#[derive(Clone, Debug, PartialEq)]
pub struct RunGraph {
    /// The picture: the whole run, of which what is to come is faint and has no edges.
    pub graph: Graph,
    /// What the graph shows, in a sentence or two.
    pub sentence: String,
    /// Around the cycle, a sentence each edge; none where there is no cycle.
    pub links: Vec<LinkText>,
}

impl RunGraph {
    /// The graph of a session.
    #[must_use]
    pub fn of(lab: &Session) -> RunGraph {
        lab.at_moment(|moment| Builder::new(lab, moment.names).build())
    }

    /// The run has a cycle: it is not sequentially consistent.
    #[must_use]
    pub fn has_cycle(&self) -> bool {
        !self.links.is_empty()
    }
}

/// An event of the whole run, and what it is so far.
struct Place {
    event: execution::Event,
    /// By index into the events so far.
    now: Option<usize>,
}

struct Builder<'a> {
    lab: &'a Session,
    names: Names<'a>,
    now: Execution,
    whole: Execution,
    places: Vec<Place>,
    /// Locations whose initial value is drawn.
    initial: Vec<usize>,
}

fn key(event: &execution::Event) -> (usize, usize, bool) {
    (event.cpu, event.instr, event.kind == EventKind::Write)
}

impl<'a> Builder<'a> {
    fn new(lab: &'a Session, names: Names<'a>) -> Builder<'a> {
        let whole = Execution::of(lab.run(), lab.len());
        let now = Execution::of(lab.run(), lab.at());
        let mut events: Vec<&execution::Event> = whole.events.iter().collect();
        // What is undone later is there now.
        for event in &now.events {
            if !whole.events.iter().any(|other| key(other) == key(event)) {
                events.push(event);
            }
        }
        events.sort_by_key(|event| key(event));
        let places = events
            .into_iter()
            .map(|event| Place {
                event: event.clone(),
                now: now.events.iter().position(|other| key(other) == key(event)),
            })
            .collect();
        // An initial value matters where it is read, and replaced.
        let initial = (0..whole.order.len())
            .filter(|loc| {
                let mut reads = whole.events.iter().zip(&whole.source);
                let read = reads.any(|(event, source)| {
                    event.kind == EventKind::Read && event.loc == Some(*loc) && source.is_none()
                });
                read && whole.order.get(*loc).is_some_and(|order| !order.is_empty())
            })
            .collect();
        Builder {
            lab,
            names,
            now,
            whole,
            places,
            initial,
        }
    }

    fn build(self) -> RunGraph {
        let mut cpus: Vec<usize> = self.places.iter().map(|place| place.event.cpu).collect();
        cpus.dedup();
        let column = |cpu: usize| cpus.iter().position(|other| *other == cpu);
        let cycle = self.now.cycle().unwrap_or_default();
        let (mut nodes, first_row) = self.initial_nodes(&cpus);
        let mut rows = vec![first_row; cpus.len()];
        let letters = self.letters();
        for (place, letter) in self.places.iter().zip(letters) {
            let column = column(place.event.cpu).unwrap_or_default();
            let row = rows.get(column).copied().unwrap_or_default();
            if let Some(next) = rows.get_mut(column) {
                *next += 1;
            }
            let on_cycle = place
                .now
                .is_some_and(|at| cycle.iter().any(|edge| edge.from == at));
            nodes.push(self.node(place, letter, column, row, on_cycle));
        }
        let relations = self.relations();
        let edges = cycle.iter().filter_map(|edge| {
            let (name, family) = relation(edge.relation);
            Some(CycleEdge {
                from: self.node_of(edge.from)?,
                to: self.node_of(edge.to)?,
                through: None,
                name: name.to_owned(),
                family,
            })
        });
        let graph = Graph {
            columns: cpus.iter().map(|cpu| self.names.cpu(*cpu)).collect(),
            cycle: edges.collect(),
            nodes,
            relations,
        };
        let words = words::Words {
            names: &self.names,
            state: self.lab.state(),
            now: &self.now,
        };
        let letter = |at: usize| {
            let node = self.node_of(at).and_then(|node| graph.nodes.get(node));
            node.map_or_else(String::new, |node| node.letter.clone())
        };
        let links = cycle.iter().map(|edge| LinkText {
            place: format!("{} → {}", letter(edge.from), letter(edge.to)),
            name: relation(edge.relation).0.to_owned(),
            family: relation(edge.relation).1,
            text: words.link(edge),
            lines: [edge.from, edge.to]
                .into_iter()
                .filter_map(|at| graph.nodes.get(self.node_of(at)?)?.line_id.clone())
                .collect(),
        });
        RunGraph {
            links: links.collect(),
            sentence: words.sentence(self.lab, &cycle, &letter),
            graph,
        }
    }

    /// The node of an event so far.
    fn node_of(&self, at: usize) -> Option<usize> {
        let place = self.places.iter().position(|place| place.now == Some(at))?;
        Some(self.initial.len() + place)
    }

    /// In the order in which the events begin, so that a letter stays with its event.
    fn letters(&self) -> Vec<String> {
        let mut order: Vec<usize> = (0..self.places.len()).collect();
        order.sort_unstable_by_key(|at| (self.places[*at].event.began, *at));
        let mut letters = vec![String::new(); order.len()];
        for (number, at) in order.into_iter().enumerate() {
            letters[at] = letter(number);
        }
        letters
    }

    fn node(
        &self,
        place: &Place,
        letter: String,
        column: usize,
        row: usize,
        on_cycle: bool,
    ) -> Node {
        let Place { event, now } = place;
        let (cpu, instr) = (event.cpu, event.instr);
        let state = match now.and_then(|at| self.now.events.get(at)) {
            None => NodeState::ToCome,
            Some(event) if event.pending && event.kind == EventKind::Write => NodeState::Buffered,
            Some(event) if event.pending => NodeState::Running,
            Some(event) if event.speculative => NodeState::Speculative,
            Some(_) => NodeState::Done,
        };
        Node {
            letter,
            label: label::of(&self.names, event),
            column,
            row,
            initial: false,
            on_cycle,
            line: self.names.line(cpu, instr).map(|line| line.number),
            line_id: self.line_id(cpu, instr),
            state,
            position: Some(event.took_effect + 1),
        }
    }

    /// As the page names it: `0:3`, `w0-2:2`.
    fn line_id(&self, cpu: usize, instr: usize) -> Option<String> {
        let line = self.names.line(cpu, instr)?;
        let owner = match self.lab.program().cpu_name(cpu) {
            machine::CpuName::Thread(thread) => thread.to_string(),
            machine::CpuName::Worker(thread, stmt, 0) => format!("w{thread}-{stmt}"),
            machine::CpuName::Worker(thread, stmt, part) => format!("w{thread}-{stmt}~{part}"),
        };
        Some(format!("{owner}:{}", line.stmt))
    }

    /// The initial values, each above a CPU that reads it, and the row below them.
    fn initial_nodes(&self, cpus: &[usize]) -> (Vec<Node>, usize) {
        let mut height = vec![0; cpus.len().max(1)];
        let mut nodes = Vec::new();
        for (number, loc) in self.initial.iter().enumerate() {
            let readers = |column: usize| {
                let events = self.whole.events.iter().zip(&self.whole.source);
                events
                    .filter(|(event, source)| {
                        event.kind == EventKind::Read
                            && event.loc == Some(*loc)
                            && source.is_none()
                            && Some(&event.cpu) == cpus.get(column)
                    })
                    .count()
            };
            let column = (0..height.len())
                .min_by_key(|column| (height[*column], std::cmp::Reverse(readers(*column))))
                .unwrap_or(0);
            let row = height[column];
            height[column] += 1;
            let init = self.lab.program().locs.get(*loc).map_or(0, |l| l.init);
            nodes.push(Node {
                letter: format!("i{}", number + 1),
                label: format!("{}={}", self.names.loc(*loc), self.names.value(init)),
                column,
                row,
                initial: true,
                on_cycle: false,
                line: None,
                line_id: None,
                state: NodeState::Done,
                position: None,
            });
        }
        (nodes, height.into_iter().max().unwrap_or(0))
    }

    /// What is so far, the immediate edges of each.
    fn relations(&self) -> Vec<Relation> {
        let mut found: [Vec<(usize, usize)>; 8] = Default::default();
        let [po, rf, co, fr, addr, data, ctrl, rmw] = &mut found;
        let node = |at: usize| self.node_of(at);
        let add = |edges: &mut Vec<(usize, usize)>, from, to| {
            if let (Some(from), Some(to)) = (from, to) {
                edges.push((from, to));
            }
        };
        for (at, event) in self.now.events.iter().enumerate() {
            let next = self.now.events.get(at + 1);
            if next.is_some_and(|next| next.cpu == event.cpu) {
                add(po, node(at), node(at + 1));
                if self.now.is_atomic(at, at + 1) {
                    add(rmw, node(at), node(at + 1));
                }
            }
            if event.kind != EventKind::Read {
                continue;
            }
            let from = match self.now.source.get(at).copied().flatten() {
                Some(source) => node(source),
                None => self.initial.iter().position(|loc| event.loc == Some(*loc)),
            };
            add(rf, from, node(at));
            let replaced = self.now.replaced_by(at);
            add(fr, node(at), replaced.first().and_then(|to| node(*to)));
        }
        for (loc, order) in self.now.order.iter().enumerate() {
            let initial = self.initial.iter().position(|other| *other == loc);
            add(co, initial, order.first().and_then(|to| node(*to)));
            for pair in order.windows(2) {
                add(co, node(pair[0]), node(pair[1]));
            }
        }
        for (from, to, dependency) in &self.now.dependencies {
            let edges = match dependency {
                Dependency::Addr => &mut *addr,
                Dependency::Data => &mut *data,
                Dependency::Ctrl => &mut *ctrl,
            };
            add(edges, node(*from), node(*to));
        }
        let names = ["po", "rf", "co", "fr", "addr", "data", "ctrl", "rmw"];
        let all = names.into_iter().zip(found).zip(0..);
        all.filter(|((_, edges), _)| !edges.is_empty())
            .map(|((name, edges), number)| Relation {
                number,
                name: name.to_owned(),
                family: Family::of(name),
                usual: Family::of(name) != Family::Dep,
                edges,
            })
            .collect()
    }
}

fn relation(relation: execution::Relation) -> (&'static str, Family) {
    match relation {
        execution::Relation::Po => ("po", Family::Po),
        execution::Relation::Rf => ("rf", Family::Rf),
        execution::Relation::Co => ("co", Family::Co),
        execution::Relation::Fr => ("fr", Family::Fr),
    }
}
