//! How the edges of a graph go: down to the neighbour, around others, over to another column.

use super::super::write::width_of_label;
use crate::graph::{Family, Graph};

/// Where the first row begins, below the names of the threads.
pub(super) const TOP: f64 = 22.0;
pub(super) const BOX: f64 = 21.0;
/// An edge that is drawn.
pub(super) struct Edge<'a> {
    pub from: usize,
    pub to: usize,
    pub name: &'a str,
    pub family: Family,
    pub cycle: bool,
}

/// Sides of a box.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Side {
    Left,
    Right,
}

impl Side {
    pub fn sign(self) -> f64 {
        match self {
            Side::Left => -1.0,
            Side::Right => 1.0,
        }
    }
}

/// How an edge goes.
#[derive(Clone, Copy)]
pub(super) enum Way {
    /// Down or up to the neighbour in its column, so far from the middle.
    Straight(f64),
    /// Around others of its column, on a lane.
    Around(Side, usize),
    /// To the next column.
    Over,
    /// Past other columns, between two rows.
    Past(f64),
}

/// How many lanes each column has, on its left and on its right.
pub(super) type Lanes = Vec<[usize; 2]>;

/// The cycle, and what is shown of the rest.
pub(super) fn edges<'a>(graph: &'a Graph, shown: &dyn Fn(&str) -> bool) -> Vec<Edge<'a>> {
    let mut edges: Vec<Edge<'a>> = Vec::new();
    for edge in &graph.cycle {
        if edge.from != edge.to {
            edges.push(Edge {
                from: edge.from,
                to: edge.to,
                name: &edge.name,
                family: edge.family,
                cycle: true,
            });
        }
    }
    for relation in graph
        .relations
        .iter()
        .filter(|relation| shown(&relation.name))
    {
        for (from, to) in relation.edges.iter().copied() {
            let known = edges.iter().any(|other| {
                other.cycle && (other.from, other.to, other.name) == (from, to, &relation.name)
            });
            if !known {
                edges.push(Edge {
                    from,
                    to,
                    name: &relation.name,
                    family: relation.family,
                    cycle: false,
                });
            }
        }
    }
    edges
}

/// How each edge goes, and how many lanes each side of each column needs.
pub(super) fn ways(graph: &Graph, edges: &[Edge<'_>], row: f64) -> (Vec<Way>, Lanes) {
    let mut around: Vec<usize> = Vec::new();
    let mut channels: Vec<i64> = Vec::new();
    let mut ways: Vec<Way> = Vec::new();
    for (number, edge) in edges.iter().enumerate() {
        let (a, b) = (&graph.nodes[edge.from], &graph.nodes[edge.to]);
        let way = match (a.column.abs_diff(b.column), a.row.abs_diff(b.row)) {
            (0, 1) => Way::Straight(0.0),
            (0, _) => {
                around.push(number);
                Way::Around(Side::Left, 0)
            }
            (1, _) => Way::Over,
            _ => {
                // Between two rows, close to the end.
                let gap = if a.row < b.row {
                    b.row as i64 - 1
                } else {
                    b.row as i64
                };
                channels.push(gap);
                let count = channels.iter().filter(|other| **other == gap).count();
                let offset = (count / 2) as f64 * if count.is_multiple_of(2) { 4.0 } else { -4.0 };
                let most = (row - BOX) / 2.0 - 1.0;
                Way::Past(
                    TOP + row * gap as f64 + BOX + (row - BOX) / 2.0 + offset.clamp(-most, most),
                )
            }
        };
        ways.push(way);
    }
    // Side by side, each with its label on its right.
    for (number, way) in ways.iter_mut().enumerate() {
        if let Way::Straight(offset) = way {
            *offset = aside(edges, number);
        }
    }
    let lanes = lanes(graph, edges, around, &mut ways);
    (ways, lanes)
}

/// How far from the middle an edge between neighbours goes, where there are several.
fn aside(edges: &[Edge<'_>], number: usize) -> f64 {
    let pair = |edge: &Edge<'_>| (edge.from.min(edge.to), edge.from.max(edge.to));
    let (mut before, mut whole, mut count) = (0.0, 0.0, 0);
    for (other, edge) in edges.iter().enumerate() {
        if pair(edge) == pair(&edges[number]) {
            let room = width_of_label(edge.name) + 14.0;
            before += if other < number { room } else { 0.0 };
            whole += room;
            count += 1;
        }
    }
    if count > 1 {
        before - whole / 2.0 + 5.0
    } else {
        0.0
    }
}

/// Gives each edge that goes around others a lane of its own where they meet.
fn lanes(graph: &Graph, edges: &[Edge<'_>], around: Vec<usize>, ways: &mut [Way]) -> Lanes {
    let rows = |number: usize| {
        let edge = &edges[number];
        let (a, b) = (graph.nodes[edge.from].row, graph.nodes[edge.to].row);
        (a.min(b), a.max(b))
    };
    // The shorter, the closer to the boxes.
    let mut order: Vec<usize> = Vec::new();
    for number in around {
        let height = |number: usize| rows(number).1 - rows(number).0;
        let place = order.partition_point(|other| height(*other) <= height(number));
        order.insert(place, number);
    }
    let mut taken: Vec<(usize, Side, usize, (usize, usize))> = Vec::new();
    let mut lanes: Lanes = vec![[0, 0]; graph.columns.len()];
    for number in order {
        let column = graph.nodes[edges[number].from].column;
        let left = 2 * column + 1 < graph.columns.len() || graph.columns.len() < 2;
        let side = if left { Side::Left } else { Side::Right };
        let (top, bottom) = rows(number);
        let meets = |lane: usize| {
            let mut others = taken.iter();
            others.any(|(c, s, l, (from, to))| {
                (*c, *s, *l) == (column, side, lane) && *from < bottom && top < *to
            })
        };
        let lane = (0..).find(|lane| !meets(*lane)).unwrap_or_default();
        taken.push((column, side, lane, (top, bottom)));
        let count = &mut lanes[column][side as usize];
        *count = (*count).max(lane + 1);
        ways[number] = Way::Around(side, lane);
    }
    lanes
}
