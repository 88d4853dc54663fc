//! An execution as a graph: events in columns, a column a thread, and the relations between them.

use lkmm::{Event, Execution, Link};
pub use protocol::{CycleEdge, Family, Graph, Node, NodeState, Relation};

use crate::axioms::AxiomNames;

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

/// An execution as a graph, with the cycle that forbids it.
#[must_use]
pub fn of_execution(execution: &Execution, cycle: &[Link], names: &AxiomNames) -> Graph {
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
pub fn neighbour<'g>(graph: &'g Graph, letter: &str, key: &str) -> Option<&'g str> {
    let events = || graph.nodes.iter().filter(|node| node.position.is_some());
    let from = events().find(|node| node.letter == letter)?;
    let column = |column: usize| events().filter(move |node| node.column == column);
    let same = || column(from.column);
    let near = |wanted: usize| column(wanted).min_by_key(|node| node.row.abs_diff(from.row));
    let to = match key {
        "ArrowUp" => same().rev().find(|node| node.row < from.row),
        "ArrowDown" => same().find(|node| node.row > from.row),
        "ArrowLeft" => (0..from.column).rev().find_map(near),
        "ArrowRight" => (from.column + 1..graph.columns.len()).find_map(near),
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

/// The events in words, for those who do not see the picture.
#[must_use]
pub fn event_texts(graph: &Graph) -> Vec<String> {
    graph
        .nodes
        .iter()
        .map(|node| event_text(graph, node))
        .collect()
}

/// An event in words: "d: R flag=1, vCPU 0, line 26".
#[must_use]
pub fn event_text(graph: &Graph, node: &Node) -> String {
    let Node { letter, label, .. } = node;
    let owner = graph.columns.get(node.column);
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
pub fn edge_texts(graph: &Graph, shown: &dyn Fn(&str) -> bool) -> Vec<String> {
    let letter = |at: usize| graph.nodes.get(at).map_or("?", |node| &node.letter);
    let mut texts = Vec::new();
    if !graph.cycle.is_empty() {
        let links = graph.cycle.iter();
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
    for relation in graph
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
