//! The execution graph: a column a thread, edges between the events, the cycle thick.

mod ways;

use self::ways::{BOX, Edge, ROW, Side, TOP, Way, edges, ways};
use super::write::{Picture, escape, num, width_of, width_of_label};
use crate::graph::{Family, Graph, Node};

const MARGIN: f64 = 6.0;
/// Between two columns, for the edges and their labels.
const GUTTER: f64 = 68.0;
/// What an edge takes that goes around events of its own column.
const LANE: f64 = 22.0;
/// Between two edges that meet a box on one side.
const PORT: f64 = 5.0;

/// A curve, `[start, control, control, end]`.
type Curve = [(f64, f64); 4];

/// The picture; `shown` tells which relations are in it.
pub(super) fn svg(graph: &Graph, shown: &dyn Fn(&str) -> bool) -> String {
    let edges = edges(graph, shown);
    let drawing = Drawing::new(graph, edges);
    let mut picture = Picture::new();
    for (column, name) in graph.columns.iter().enumerate() {
        let x = drawing.middle[column] - width_of_label(name) / 2.0;
        picture.text("heading", x, 12.0, name);
    }
    let labels = drawing.labels();
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
        let x = place.0 - width_of_label(name) / 2.0;
        picture.text(
            &format!("edge-label {}{class}", family.class()),
            x,
            place.1 + 3.5,
            name,
        );
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
    picture.finish(
        "scene-graph",
        drawing.width,
        drawing.height,
        "Execution graph",
        &desc,
    )
}

/// Where everything is.
struct Drawing<'a> {
    graph: &'a Graph,
    edges: Vec<Edge<'a>>,
    ways: Vec<Way>,
    /// By edge: how far below the middle of the boxes it starts and ends.
    ports: Vec<(f64, f64)>,
    /// By column.
    middle: Vec<f64>,
    half: Vec<f64>,
    width: f64,
    height: f64,
}

impl<'a> Drawing<'a> {
    fn new(graph: &'a Graph, edges: Vec<Edge<'a>>) -> Drawing<'a> {
        let (ways, lanes) = ways(graph, &edges);
        let mut half = vec![24.0_f64; graph.columns.len()];
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
                lanes => LANE * lanes as f64 + 8.0,
            };
            x += room(Side::Left) + half;
            middle.push(x);
            x += half + room(Side::Right) + GUTTER;
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
            middle,
            half,
            width: (x - GUTTER + MARGIN).max(60.0),
            height: TOP + ROW * rows as f64 - (ROW - BOX) + MARGIN,
        };
        drawing.spread();
        drawing
    }

    fn y(&self, node: usize) -> f64 {
        TOP + ROW * self.graph.nodes[node].row as f64 + BOX / 2.0
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
                let far = x + side.sign() * (12.0 + LANE * lane as f64) / 0.75;
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

    /// Where the labels go: on their edges, beside each other.
    fn labels(&self) -> Vec<(f64, f64)> {
        let mut taken: Vec<[f64; 4]> = self
            .graph
            .nodes
            .iter()
            .enumerate()
            .map(|(number, node)| {
                let (x, y) = (self.middle[node.column], self.y(number));
                let half = self.half[node.column];
                [x - half, y - BOX / 2.0, x + half, y + BOX / 2.0]
            })
            .collect();
        let mut places = vec![(0.0, 0.0); self.edges.len()];
        // What matters most has the first choice.
        let rank = |edge: &Edge<'_>| match (edge.cycle, edge.family) {
            (true, _) => 0,
            (_, Family::Derived) => 2,
            (_, Family::Po) => 3,
            _ => 1,
        };
        let ranked = |wanted: usize| {
            let edges = self.edges.iter().enumerate();
            edges.filter_map(move |(number, edge)| (rank(edge) == wanted).then_some(number))
        };
        for number in (0..4).flat_map(ranked) {
            let curves = self.curves(number);
            let half = width_of_label(self.edges[number].name) / 2.0 + 1.0;
            let straight = matches!(self.ways[number], Way::Straight(_));
            let place = |(x, y): (f64, f64)| {
                if straight {
                    (x + half + 3.0, y)
                } else {
                    (x, y)
                }
            };
            let spots = [0.5, 0.42, 0.58, 0.34, 0.66, 0.26, 0.74, 0.2, 0.8];
            let candidates: Vec<(f64, f64)> = curves
                .iter()
                .flat_map(|curve| spots.iter().map(|t| place(point(curve, *t))))
                .collect();
            let frame = |(x, y): (f64, f64)| [x - half, y - 5.5, x + half, y + 5.5];
            let free = |spot: &&(f64, f64)| {
                let mine = frame(**spot);
                mine[0] >= 0.0
                    && mine[2] <= self.width
                    && !taken.iter().any(|other| {
                        mine[0] < other[2]
                            && other[0] < mine[2]
                            && mine[1] < other[3]
                            && other[1] < mine[3]
                    })
            };
            let spot = candidates.iter().find(free).or(candidates.first());
            places[number] = spot.copied().unwrap_or_default();
            taken.push(frame(places[number]));
        }
        places
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
        picture.raw(&format!(
            r#"<g class="event{initial}{cycle}" data-event="{}"{line}>"#,
            node.letter
        ));
        let (x, y, half) = (
            self.middle[node.column],
            self.y(number),
            self.half[node.column],
        );
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

/// The point of a curve after a part of it.
fn point(curve: &Curve, t: f64) -> (f64, f64) {
    let [a, b, c, d] = curve;
    let s = 1.0 - t;
    let mix = |a: f64, b: f64, c: f64, d: f64| {
        s * s * s * a + 3.0 * s * s * t * b + 3.0 * s * t * t * c + t * t * t * d
    };
    (mix(a.0, b.0, c.0, d.0), mix(a.1, b.1, c.1, d.1))
}
