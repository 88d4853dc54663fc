//! An execution as a graph: events in columns, a column a thread, and the relations between them.

use lkmm::{Event, Execution, Link};

use crate::axioms::AxiomNames;

/// What a relation is about: it has its colour and its style from that.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
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
    pub(crate) fn of(name: &str) -> Family {
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

/// The relations of a model that a reader may ask for, in the order in which they build on one another.
const DERIVED: [&str; 16] = [
    "po-rel",
    "acq-po",
    "mb",
    "rmb",
    "wmb",
    "gp",
    "rcu-rscs",
    "srcu-rscs",
    "ppo",
    "prop",
    "hb",
    "pb",
    "rcu-link",
    "rcu-order",
    "rcu-fence",
    "rb",
];

/// How far an event of a run is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
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
#[derive(Clone, Debug, PartialEq, Eq)]
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
    /// How many steps of the run are done when it has taken effect: what [`session::Session::goto`] takes. None where it is
    /// no event of a run.
    pub position: Option<usize>,
}

/// A relation with its edges, by index into [`Graph::nodes`].
#[derive(Clone, Debug, PartialEq, Eq)]
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
#[derive(Clone, Debug, PartialEq, Eq)]
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

/// See the module.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
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

impl Graph {
    /// An execution as a graph, with the cycle that forbids it.
    #[must_use]
    pub fn new(execution: &Execution, cycle: &[Link], names: &AxiomNames) -> Graph {
        let shown = shown(execution, cycle);
        let mut threads: Vec<usize> = shown
            .iter()
            .filter_map(|at| execution.events[*at].thread)
            .collect();
        threads.dedup();
        let column_of = |event: &Event| threads.iter().position(|t| Some(*t) == event.thread);
        let initial = places(execution, &shown, &threads);
        let first_row = initial.iter().map(|(_, row)| row + 1).max().unwrap_or(0);
        let mut rows = vec![first_row; threads.len()];
        let on_cycle = |at: usize| {
            let mut links = cycle.iter();
            links.any(|link| link.from == at || link.to == at || link.through == Some(at))
        };
        let mut places = initial.into_iter();
        let nodes: Vec<Node> = shown
            .iter()
            .enumerate()
            .map(|(number, at)| {
                let event = &execution.events[*at];
                let (column, row) = match column_of(event) {
                    Some(column) => {
                        rows[column] += 1;
                        (column, rows[column] - 1)
                    }
                    None => places.next().unwrap_or_default(),
                };
                Node {
                    letter: letter(number),
                    label: event.label(),
                    column,
                    row,
                    initial: event.initial(),
                    on_cycle: on_cycle(*at),
                    line: lkmm::Names::line(names, event),
                    line_id: names.line_id(event),
                    state: NodeState::Done,
                    position: None,
                }
            })
            .collect();
        let node = |at: usize| shown.iter().position(|other| *other == at);
        let columns = threads
            .iter()
            .map(|thread| {
                let mut events = execution.events.iter();
                let event = events.find(|event| event.thread == Some(*thread));
                let name = event.map(|event| lkmm::Names::thread(names, *thread, event));
                name.unwrap_or_default()
            })
            .collect();
        let base = lkmm::BASE.iter().map(|(name, _)| *name);
        let relations = base
            .chain(DERIVED)
            .zip(0..)
            .filter_map(|(name, number)| {
                let edges: Vec<(usize, usize)> = execution
                    .edges(name)
                    .iter()
                    .filter_map(|edge| Some((node(edge.from)?, node(edge.to)?)))
                    .filter(|(from, to)| from != to)
                    .collect();
                (!edges.is_empty()).then(|| Relation {
                    number,
                    name: name.to_owned(),
                    family: Family::of(name),
                    usual: Family::of(name) != Family::Derived,
                    edges,
                })
            })
            .collect();
        let cycle = cycle
            .iter()
            .filter_map(|link| {
                let name = plain(&link.relation);
                Some(CycleEdge {
                    from: node(link.from)?,
                    to: node(link.to)?,
                    through: link.through.and_then(node),
                    name: name.to_owned(),
                    family: Family::of(name),
                })
            })
            .collect();
        Graph {
            columns,
            nodes,
            relations,
            cycle,
        }
    }

    /// The event to which a key leads from another: up and down in its column, left and right to the nearest of the
    /// next column that has events of a run, `Home` and `End` to the ends of the column.
    #[must_use]
    pub fn neighbour(&self, letter: &str, key: &str) -> Option<&str> {
        let events = || self.nodes.iter().filter(|node| node.position.is_some());
        let from = events().find(|node| node.letter == letter)?;
        let column = |column: usize| events().filter(move |node| node.column == column);
        let same = || column(from.column);
        let near = |wanted: usize| column(wanted).min_by_key(|node| node.row.abs_diff(from.row));
        let to = match key {
            "ArrowUp" => same().rev().find(|node| node.row < from.row),
            "ArrowDown" => same().find(|node| node.row > from.row),
            "ArrowLeft" => (0..from.column).rev().find_map(near),
            "ArrowRight" => (from.column + 1..self.columns.len()).find_map(near),
            "Home" => same().next(),
            "End" => same().next_back(),
            _ => None,
        };
        // At an edge it stays.
        let known = matches!(
            key,
            "ArrowUp" | "ArrowDown" | "ArrowLeft" | "ArrowRight" | "Home" | "End"
        );
        known.then_some(to.unwrap_or(from).letter.as_str())
    }

    /// For each key of [`Graph::neighbour`] the letter that it leads to, as the picture has it: `ArrowUp:b End:d`.
    #[must_use]
    pub fn neighbours(&self, letter: &str) -> String {
        let keys = [
            "ArrowUp",
            "ArrowDown",
            "ArrowLeft",
            "ArrowRight",
            "Home",
            "End",
        ];
        let leads = keys
            .iter()
            .filter_map(|key| Some(format!("{key}:{}", self.neighbour(letter, key)?)));
        leads.collect::<Vec<_>>().join(" ")
    }

    /// The events in words, for those who do not see the picture.
    #[must_use]
    pub fn event_texts(&self) -> Vec<String> {
        self.nodes
            .iter()
            .map(|node| self.event_text(node))
            .collect()
    }

    /// An event in words: "d: R flag=1, vCPU 0, line 26".
    #[must_use]
    pub fn event_text(&self, node: &Node) -> String {
        let Node { letter, label, .. } = node;
        let owner = self.columns.get(node.column);
        let text = match (owner, node.line) {
            _ if node.initial => format!("{letter}: {label}, an initial value"),
            (Some(owner), Some(line)) => format!("{letter}: {label}, {owner}, line {line}"),
            (Some(owner), None) => format!("{letter}: {label}, {owner}"),
            _ => format!("{letter}: {label}"),
        };
        match node.state.text() {
            "" => text,
            state => format!("{text}, {state}"),
        }
    }

    /// The edges in words, a text for the cycle and one for each relation.
    #[must_use]
    pub fn edge_texts(&self, shown: &dyn Fn(&str) -> bool) -> Vec<String> {
        let letter = |at: usize| self.nodes.get(at).map_or("?", |node| &node.letter);
        let mut texts = Vec::new();
        if !self.cycle.is_empty() {
            let links = self.cycle.iter();
            let links: Vec<String> = links
                .map(|edge| {
                    format!(
                        "{} to {} ({})",
                        letter(edge.from),
                        letter(edge.to),
                        edge.name
                    )
                })
                .collect();
            texts.push(format!("the cycle: {}", links.join(", ")));
        }
        for relation in self
            .relations
            .iter()
            .filter(|relation| shown(&relation.name))
        {
            let edges = relation.edges.iter();
            let edges: Vec<String> = edges
                .map(|(from, to)| format!("{} to {}", letter(*from), letter(*to)))
                .collect();
            texts.push(format!("{}: {}", relation.name, edges.join(", ")));
        }
        texts
    }
}

/// `rfe` and `rfi` are drawn as `rf`: whether an edge leaves its thread is seen.
fn plain(relation: &str) -> &str {
    match relation {
        "rfe" | "rfi" => "rf",
        "coe" | "coi" => "co",
        "fre" | "fri" => "fr",
        other => other,
    }
}

/// The events that are drawn: those of the threads, and the initial values that matter: the cycle goes through them, or
/// they are read and replaced. A callback that has not run has only looked, and is left out.
fn shown(execution: &Execution, cycle: &[Link]) -> Vec<usize> {
    let events = &execution.events;
    let in_cycle = |at: usize| cycle.iter().any(|link| link.from == at || link.to == at);
    let idle = |at: usize| {
        let thread = events[at].thread;
        events[at].worker_of.is_some()
            && !in_cycle(at)
            && events.iter().filter(|event| event.thread == thread).count() == 1
    };
    let read = |at: usize| {
        let mut edges = execution.edges("rf").iter();
        edges.any(|edge| edge.from == at && !idle(edge.to))
    };
    let replaced = |at: usize| execution.edges("co").iter().any(|edge| edge.from == at);
    (0..events.len())
        .filter(|at| match events[*at].thread {
            Some(_) => !idle(*at),
            None => read(*at) && replaced(*at) || in_cycle(*at),
        })
        .collect()
}

/// Columns and rows of the initial values: each above a thread that reads it, if there is room.
fn places(execution: &Execution, shown: &[usize], threads: &[usize]) -> Vec<(usize, usize)> {
    let mut height = vec![0; threads.len().max(1)];
    let initial = shown
        .iter()
        .filter(|at| execution.events[**at].thread.is_none());
    initial
        .map(|at| {
            let readers = |column: usize| {
                let edges = execution.edges("rf").iter().filter(|edge| edge.from == *at);
                edges
                    .filter(|edge| execution.events[edge.to].thread == threads.get(column).copied())
                    .count()
            };
            let column = (0..height.len())
                .min_by_key(|column| (height[*column], std::cmp::Reverse(readers(*column))))
                .unwrap_or(0);
            height[column] += 1;
            (column, height[column] - 1)
        })
        .collect()
}

/// a, b, …, z, aa, ab, …
pub(crate) fn letter(number: usize) -> String {
    let last = char::from(b'a' + u8::try_from(number % 26).unwrap_or_default());
    match number / 26 {
        0 => last.to_string(),
        more => letter(more - 1) + &last.to_string(),
    }
}
