//! The execution graph: a column a thread, edges between the events, the cycle thick.

mod labels;
mod ways;

use self::ways::{BOX, Edge, Side, TOP, Way, edges, ways};
use super::write::{Picture, escape, num, width_of, width_of_label};
use crate::graph::{Graph, Node};

const MARGIN: f64 = 6.0;
/// Between two columns, for the edges and their labels.
const GUTTER: f64 = 68.0;
/// From a row to the next.
const ROW: f64 = 39.0;
/// How much room there is in the end, where the labels would not find a place with less.
const ROOM: [f64; 6] = [1.0, 1.25, 1.6, 2.0, 2.6, 3.4];
/// What an edge takes that goes around events of its own column.
const LANE: f64 = 22.0;
/// Between two edges that meet a box on one side.
const PORT: f64 = 5.0;

/// A curve, `[start, control, control, end]`.
type Curve = [(f64, f64); 4];

/// The picture; `shown` tells which relations are in it. In one with `controls` each event of a run is a button.
pub(super) fn svg(graph: &Graph, shown: &dyn Fn(&str) -> bool, controls: bool) -> String {
    let edges = edges(graph, shown);
    let mut drawing = Drawing::new(graph, &edges, ROOM[0], controls);
    let mut labels = drawing.labels();
    for room in ROOM.into_iter().skip(1) {
        if labels.iter().all(Option::is_some) {
            break;
        }
        drawing = Drawing::new(graph, &edges, room, controls);
        labels = drawing.labels();
    }
    let mut picture = Picture::new();
    for (column, name) in graph.columns.iter().enumerate() {
        let x = drawing.middle[column] - width_of_label(name) / 2.0;
        picture.text("heading", x, 12.0, name);
    }
    // The cycle on top of the rest.
    for cycle in [false, true] {
        for number in 0..drawing.edges.len() {
            if drawing.edges[number].cycle == cycle {
                drawing.edge(&mut picture, number);
            }
        }
    }
    for (number, _) in graph.nodes.iter().enumerate() {
        drawing.node(&mut picture, number);
    }
    for (number, place) in labels.iter().enumerate() {
        let Edge {
            name,
            family,
            cycle,
            ..
        } = drawing.edges[number];
        let class = if cycle { " on-cycle" } else { "" };
        // Where there is no room at all the style of the edge has to do.
        if let Some((x, y)) = place {
            picture.text(
                &format!("edge-label {}{class}", family.class()),
                x - width_of_label(name) / 2.0,
                y + 3.5,
                name,
            );
        }
    }
    let cycle: Vec<String> = graph
        .cycle
        .iter()
        .map(|edge| {
            let letter = |at: usize| graph.nodes[at].letter.as_str();
            format!("{} {} {}", letter(edge.from), edge.name, letter(edge.to))
        })
        .collect();
    let desc = if cycle.is_empty() {
        format!("{} events.", graph.nodes.len())
    } else {
        format!(
            "{} events. The cycle: {}.",
            graph.nodes.len(),
            cycle.join(", ")
        )
    };
    let (width, height) = (drawing.width, drawing.height);
    if controls {
        picture.finish_group("scene-graph", width, height, "Execution graph")
    } else {
        picture.finish("scene-graph", width, height, "Execution graph", &desc)
    }
}

/// Where everything is.
struct Drawing<'a> {
    graph: &'a Graph,
    edges: &'a [Edge<'a>],
    ways: Vec<Way>,
    controls: bool,
    /// From a row to the next.
    row: f64,
    /// From a lane to the next.
    lane: f64,
    /// By edge: how far below the middle of the boxes it starts and ends.
    ports: Vec<(f64, f64)>,
    /// By column.
    middle: Vec<f64>,
    half: Vec<f64>,
    width: f64,
    height: f64,
}

impl<'a> Drawing<'a> {
    fn new(graph: &'a Graph, edges: &'a [Edge<'a>], room: f64, controls: bool) -> Drawing<'a> {
        let (row, gutter, lane) = (ROW * room.sqrt(), GUTTER * room, LANE * room.sqrt());
        let (ways, lanes) = ways(graph, edges, row);
        let names = graph.columns.iter();
        // A name may reach into the gutter.
        let mut half: Vec<f64> = names
            .map(|name| (width_of_label(name) / 2.0 - 20.0).max(24.0))
            .collect();
        for node in &graph.nodes {
            if let Some(half) = half.get_mut(node.column) {
                *half = half.max(width_of(&text(node)) / 2.0 + 6.0);
            }
        }
        let mut x = MARGIN;
        let mut middle = Vec::new();
        for (column, half) in half.iter().enumerate() {
            let room = |side: Side| match lanes[column][side as usize] {
                0 => 0.0,
                lanes => lane * lanes as f64 + 8.0,
            };
            x += room(Side::Left) + half;
            middle.push(x);
            x += half + room(Side::Right) + gutter;
        }
        let rows = graph
            .nodes
            .iter()
            .map(|node| node.row + 1)
            .max()
            .unwrap_or(1);
        let mut drawing = Drawing {
            graph,
            ports: vec![(0.0, 0.0); edges.len()],
            edges,
            ways,
            controls,
            row,
            lane,
            middle,
            half,
            width: (x - gutter + MARGIN).max(60.0),
            height: TOP + row * rows as f64 - (row - BOX) + MARGIN,
        };
        drawing.spread();
        drawing
    }

    fn y(&self, node: usize) -> f64 {
        TOP + self.row * self.graph.nodes[node].row as f64 + BOX / 2.0
    }

    /// The middle of a side of a box.
    fn side(&self, node: usize, side: Side) -> (f64, f64) {
        let column = self.graph.nodes[node].column;
        (
            self.middle[column] + side.sign() * self.half[column],
            self.y(node),
        )
    }

    /// The sides at which an edge starts and ends.
    fn sides(&self, number: usize) -> Option<(Side, Side)> {
        let Edge { from, to, .. } = self.edges[number];
        match self.ways[number] {
            Way::Straight(_) => None,
            Way::Around(side, _) => Some((side, side)),
            Way::Over | Way::Past(_) => {
                let (a, b) = (self.graph.nodes[from].column, self.graph.nodes[to].column);
                Some(if a < b {
                    (Side::Right, Side::Left)
                } else {
                    (Side::Left, Side::Right)
                })
            }
        }
    }

    /// Gives the edges that meet a box on one side a place each.
    fn spread(&mut self) {
        for node in 0..self.graph.nodes.len() {
            for side in [Side::Left, Side::Right] {
                let ends = self.meet(node, side);
                let gaps = ends.len().saturating_sub(1).max(1) as f64;
                let step = PORT.min((BOX - 5.0) / gaps);
                let first = -step * (ends.len() as f64 - 1.0) / 2.0;
                for (place, (number, start)) in ends.into_iter().enumerate() {
                    let offset = first + step * place as f64;
                    let port = &mut self.ports[number];
                    if start {
                        port.0 = offset;
                    } else {
                        port.1 = offset;
                    }
                }
            }
        }
    }

    /// The edges that meet a box on one side, and whether they start there: those from above come first.
    fn meet(&self, node: usize, side: Side) -> Vec<(usize, bool)> {
        let mut ends: Vec<(usize, bool)> = Vec::new();
        let far = |(number, start): (usize, bool)| {
            let edge = &self.edges[number];
            self.graph.nodes[if start { edge.to } else { edge.from }].row
        };
        for (number, edge) in self.edges.iter().enumerate() {
            let Some((from, to)) = self.sides(number) else {
                continue;
            };
            for (at, on, start) in [(edge.from, from, true), (edge.to, to, false)] {
                if (at, on) == (node, side) {
                    let end = (number, start);
                    let place = ends.partition_point(|other| far(*other) <= far(end));
                    ends.insert(place, end);
                }
            }
        }
        ends
    }

    /// The curves of an edge; between two of them it goes straight.
    fn curves(&self, number: usize) -> Vec<Curve> {
        let Edge { from, to, .. } = self.edges[number];
        let (port_from, port_to) = self.ports[number];
        let (a, b) = (&self.graph.nodes[from], &self.graph.nodes[to]);
        match self.ways[number] {
            Way::Straight(offset) => {
                let x = self.middle[a.column] + offset;
                let down = if a.row < b.row { 1.0 } else { -1.0 };
                let (start, end) = (
                    self.y(from) + down * BOX / 2.0,
                    self.y(to) - down * BOX / 2.0,
                );
                let middle = (x, (start + end) / 2.0);
                vec![[(x, start), middle, middle, (x, end)]]
            }
            Way::Around(side, lane) => {
                let ((x, start), (_, end)) = (self.side(from, side), self.side(to, side));
                let (start, end) = (start + port_from, end + port_to);
                // The curve goes three quarters of the way to its control points.
                let far = x + side.sign() * (12.0 + self.lane * lane as f64) / 0.75;
                vec![[(x, start), (far, start), (far, end), (x, end)]]
            }
            Way::Over => {
                let sides = self.sides(number).unwrap_or((Side::Right, Side::Left));
                let (start, end) = (self.side(from, sides.0), self.side(to, sides.1));
                vec![bend(
                    (start.0, start.1 + port_from),
                    (end.0, end.1 + port_to),
                )]
            }
            Way::Past(y) => {
                let sides = self.sides(number).unwrap_or((Side::Right, Side::Left));
                let (start, end) = (self.side(from, sides.0), self.side(to, sides.1));
                let sign = sides.0.sign();
                let next = |column: usize| if sign > 0.0 { column + 1 } else { column - 1 };
                let before = |column: usize| if sign > 0.0 { column - 1 } else { column + 1 };
                let (first, last) = (next(a.column), before(b.column));
                let out = (self.middle[first] - sign * self.half[first], y);
                let back = (self.middle[last] + sign * self.half[last], y);
                vec![
                    bend((start.0, start.1 + port_from), out),
                    bend(back, (end.0, end.1 + port_to)),
                ]
            }
        }
    }

    fn edge(&self, picture: &mut Picture, number: usize) {
        let Edge {
            from,
            to,
            family,
            cycle,
            name,
        } = &self.edges[number];
        let mut curves = self.curves(number);
        let Some(last) = curves.last_mut() else {
            return;
        };
        // The line ends where its head begins.
        let head = if *cycle { 9.0 } else { 7.0 };
        let (tip, control) = (last[3], last[2]);
        let (dx, dy) = if (tip.0 - control.0).abs() < 0.1 {
            (0.0, if last[0].1 < tip.1 { 1.0 } else { -1.0 })
        } else {
            (if tip.0 > control.0 { 1.0 } else { -1.0 }, 0.0)
        };
        let neck = (tip.0 - dx * head, tip.1 - dy * head);
        last[3] = neck;
        let mut d = String::new();
        for curve in &curves {
            let [start, a, b, end] = curve.map(|(x, y)| format!("{} {}", num(x), num(y)));
            d.push_str(&if d.is_empty() {
                format!("M{start}")
            } else {
                format!("L{start}")
            });
            d.push_str(&format!("C{a} {b} {end}"));
        }
        let letter = |at: usize| &self.graph.nodes[at].letter;
        let class = if *cycle { " on-cycle" } else { "" };
        picture.raw(&format!(
            r#"<g class="edge {}{class}" data-edge="{} {} {}">"#,
            family.class(),
            letter(*from),
            escape(name),
            letter(*to)
        ));
        picture.path("line", &d);
        let half = head / 2.0;
        let (x, y) = neck;
        let corners = [
            (x - dy * half, y - dx * half),
            tip,
            (x + dy * half, y + dx * half),
        ];
        let corners = corners.map(|(x, y)| format!("{} {}", num(x), num(y)));
        picture.shape("head", &format!("M{}z", corners.join("L")));
        picture.raw("</g>");
    }

    fn node(&self, picture: &mut Picture, number: usize) {
        let node = &self.graph.nodes[number];
        let initial = if node.initial { " initial" } else { "" };
        let cycle = if node.on_cycle { " on-cycle" } else { "" };
        let line = node.line_id.as_ref();
        let line = line.map_or_else(String::new, |id| format!(r#" data-at="{}""#, escape(id)));
        let control = match node.position {
            Some(position) if self.controls => {
                let text = escape(&crate::graph::event_text(self.graph, node));
                format!(
                    r#" data-position="{position}" role="button" tabindex="-1" aria-label="{text}""#
                )
            }
            _ => String::new(),
        };
        let state = match node.state.class() {
            "" => String::new(),
            class => format!(" {class}"),
        };
        picture.raw(&format!(
            r#"<g class="event{initial}{cycle}{state}" data-event="{}"{line}{control}>"#,
            node.letter
        ));
        let (x, y, half) = (
            self.middle[node.column],
            self.y(number),
            self.half[node.column],
        );
        if !control.is_empty() {
            // Large enough for a finger.
            let reach = BOX / 2.0 + 4.0;
            picture.rect("reach", x - half, y - reach, half * 2.0, reach * 2.0, 5.0);
        }
        picture.rect("box", x - half, y - BOX / 2.0, half * 2.0, BOX, 5.0);
        let text = text(node);
        picture.text("mono", x - width_of(&text) / 2.0, y + 4.0, &text);
        picture.raw("</g>");
    }
}

fn text(node: &Node) -> String {
    format!("{}: {}", node.letter, node.label)
}

/// From one side to another, leaving and arriving level.
fn bend(start: (f64, f64), end: (f64, f64)) -> Curve {
    let far = (end.0 - start.0) * 0.45;
    [start, (start.0 + far, start.1), (end.0 - far, end.1), end]
}
