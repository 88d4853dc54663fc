//! Where the labels of the edges go: on their edges, beside each other, and never on an event.

use super::super::write::width_of_label;
use super::ways::{BOX, Edge, Way};
use super::{Curve, Drawing};
use crate::graph::Family;

/// Left, top, right, bottom.
type Frame = [f64; 4];

/// Half the height of a label.
const HALF: f64 = 5.5;

impl Drawing<'_> {
    /// By edge: the middle of its label; none where there is no room.
    pub(super) fn labels(&self) -> Vec<Option<(f64, f64)>> {
        let mut taken = self.obstacles();
        let mut places = vec![None; self.edges.len()];
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
            let half = width_of_label(self.edges[number].name) / 2.0 + 1.0;
            let frame = |(x, y): (f64, f64)| [x - half, y - HALF, x + half, y + HALF];
            let free = |spot: &(f64, f64)| {
                let mine = frame(*spot);
                let inside = mine[0] >= 0.0
                    && mine[1] >= 0.0
                    && mine[2] <= self.width
                    && mine[3] <= self.height;
                inside && !taken.iter().any(|other| meet(&mine, other))
            };
            let spot = self.spots(number, half).into_iter().find(free);
            if let Some(spot) = spot {
                places[number] = Some(spot);
                taken.push(frame(spot));
            }
        }
        places
    }

    /// The boxes of the events and the names above the columns.
    fn obstacles(&self) -> Vec<Frame> {
        let boxes = self.graph.nodes.iter().enumerate().map(|(number, node)| {
            let (x, y) = (self.middle[node.column], self.y(number));
            let half = self.half[node.column];
            [x - half, y - BOX / 2.0, x + half, y + BOX / 2.0]
        });
        let names = self.graph.columns.iter().zip(&self.middle);
        let names = names.map(|(name, middle)| {
            let half = width_of_label(name) / 2.0;
            [middle - half, 2.0, middle + half, 15.0]
        });
        boxes.chain(names).collect()
    }

    /// Where a label may be, the best places first.
    fn spots(&self, number: usize, half: f64) -> Vec<(f64, f64)> {
        let curves = self.curves(number);
        if let Way::Straight(_) = self.ways[number] {
            let parts = [0.5, 0.42, 0.58, 0.34, 0.66, 0.26, 0.74, 0.2, 0.8];
            let on = |curve: &Curve| parts.map(|t| point(curve, t));
            let right: Vec<(f64, f64)> = curves.first().map(on).into_iter().flatten().collect();
            let beside = |side: f64| {
                let spots = right.clone().into_iter();
                spots.map(move |(x, y)| (x + side * (half + 3.0), y))
            };
            return beside(1.0).chain(beside(-1.0)).collect();
        }
        let usual = [0.5, 0.42, 0.58, 0.34, 0.66, 0.26, 0.74, 0.2, 0.8];
        let more = (2..19).map(|t| f64::from(t) / 20.0);
        let parts: Vec<f64> = usual.into_iter().chain(more).collect();
        let on_curves = |away: f64| {
            let parts = &parts;
            let on = move |curve: &Curve| -> Vec<(f64, f64)> {
                parts.iter().map(|t| point(curve, *t)).collect()
            };
            let spots = curves.iter().flat_map(on);
            spots
                .map(move |(x, y)| (x, y + away))
                .collect::<Vec<(f64, f64)>>()
        };
        let mut spots = on_curves(0.0);
        // The level way between two curves.
        if let [first, .., last] = curves.as_slice() {
            let (from, to) = (first[3], last[0]);
            spots.extend((0..=20).map(|t| {
                let t = f64::from(t) / 20.0;
                (from.0 + (to.0 - from.0) * t, from.1)
            }));
        }
        // Close to the line, where it has no room itself.
        for away in [-7.0, 7.0] {
            spots.extend(on_curves(away));
        }
        spots
    }
}

fn meet(a: &Frame, b: &Frame) -> bool {
    a[0] < b[2] && b[0] < a[2] && a[1] < b[3] && b[1] < a[3]
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
