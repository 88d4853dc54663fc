//! Where the labels of the timeline go: beside their events, and never on top of each other.

use super::write::width_of_label;

/// A rectangle that is taken.
#[derive(Clone, Copy, Debug)]
pub(super) struct Taken {
    left: f64,
    right: f64,
    top: f64,
    bottom: f64,
}

impl Taken {
    /// Around a point.
    pub fn around(x: f64, y: f64, half_width: f64, half_height: f64) -> Taken {
        Taken {
            left: x - half_width,
            right: x + half_width,
            top: y - half_height,
            bottom: y + half_height,
        }
    }

    /// From one side to the other.
    pub fn bar(left: f64, right: f64, y: f64, half_height: f64) -> Taken {
        Taken {
            left,
            right,
            top: y - half_height,
            bottom: y + half_height,
        }
    }

    fn meets(&self, other: &Taken) -> bool {
        self.left < other.right
            && other.left < self.right
            && self.top < other.bottom
            && other.top < self.bottom
    }
}

/// What is taken so far, and the picture's bounds.
pub(super) struct Places {
    pub taken: Vec<Taken>,
    pub left: f64,
    pub right: f64,
    pub bottom: f64,
}

/// A label that has its place.
pub(super) struct Placed {
    pub x: f64,
    pub y: f64,
    pub text: String,
}

impl Places {
    /// Finds a place for a label beside the point, and takes it. Without one for the whole text, what matters most
    /// in it is tried.
    pub fn place(&mut self, text: &str, x: f64, y: f64) -> Option<Placed> {
        [Some(text), gist(text)]
            .into_iter()
            .flatten()
            .find_map(|text| self.try_place(text, x, y))
    }

    fn try_place(&mut self, text: &str, x: f64, y: f64) -> Option<Placed> {
        let width = width_of_label(text);
        let starts = [
            x + 4.0,
            x - width / 2.0,
            x - width - 4.0,
            x - width * 0.25,
            x - width * 0.75,
        ];
        for start in starts {
            for base in [y - 8.0, y + 17.0] {
                let place = Taken {
                    left: start - 3.0,
                    right: start + width + 3.0,
                    top: base - 9.0,
                    bottom: base + 2.0,
                };
                let inside = place.left >= self.left
                    && place.right <= self.right
                    && place.top >= 0.0
                    && place.bottom <= self.bottom;
                if inside && !self.taken.iter().any(|other| other.meets(&place)) {
                    self.taken.push(place);
                    return Some(Placed {
                        x: start,
                        y: base,
                        text: text.to_owned(),
                    });
                }
            }
        }
        None
    }
}

/// The value alone, of "buses[MMIO] = bus v2".
fn gist(text: &str) -> Option<&str> {
    let at = text.find(" = ").map(|at| at + 1);
    let value = text.get(at.or_else(|| text.find(": ").map(|at| at + 2))?..)?;
    (!value.is_empty()).then_some(value)
}
