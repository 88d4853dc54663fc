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
    /// Above and below each event that has a label: no label of another event may stand there, for it would be taken for
    /// this one's.
    pub reserved: Vec<(usize, Taken)>,
    pub left: f64,
    pub right: f64,
    pub bottom: f64,
}

/// A label that has its place.
pub(super) struct Placed {
    pub x: f64,
    pub y: f64,
    pub text: String,
    /// It stands a row higher than beside its event, at this height; a line leads there.
    pub leader: Option<f64>,
}

/// Half as wide as the line that leads to a label, and a little.
const LEADER: f64 = 2.0;
/// The height of a row of labels.
pub(super) const LABELS: f64 = 12.0;

impl Places {
    /// Keeps the place above and below an event for its own label.
    pub fn reserve(&mut self, owner: usize, x: f64, y: f64) {
        let column = Taken {
            left: x - LEADER,
            right: x + LEADER,
            top: y - 17.0,
            bottom: y + 19.0,
        };
        self.reserved.push((owner, column));
    }

    /// Finds a place for the label of an event at this point, and takes it. Without one for the whole text, what matters
    /// most in it is tried.
    pub fn place(&mut self, owner: usize, text: &str, x: f64, y: f64) -> Option<Placed> {
        [Some(text), gist(text)]
            .into_iter()
            .flatten()
            .find_map(|text| {
                let width = width_of_label(text);
                let over = [x + 4.0, x - width / 2.0];
                // More to the side only where there is no room from it on, not even a row higher.
                let aside = [x - width * 0.25, x - width * 0.75, x - width - 4.0];
                self.beside(owner, text, &over, y)
                    .or_else(|| self.above(owner, text, x, y, x + 4.0))
                    .or_else(|| self.beside(owner, text, &aside, y))
                    .or_else(|| self.above(owner, text, x, y, x - width - 4.0))
            })
    }

    /// Right above or below the event.
    fn beside(&mut self, owner: usize, text: &str, starts: &[f64], y: f64) -> Option<Placed> {
        starts.iter().find_map(|start| {
            [y - 8.0, y + 17.0]
                .into_iter()
                .find_map(|base| self.take(owner, text, *start, base, None))
        })
    }

    /// A row higher, with a line that leads there.
    fn above(&mut self, owner: usize, text: &str, x: f64, y: f64, start: f64) -> Option<Placed> {
        let base = y - 8.0 - LABELS;
        let line = Taken {
            left: x - LEADER,
            right: x + LEADER,
            top: base - 9.0,
            bottom: y - 6.0,
        };
        if self.taken.iter().any(|other| other.meets(&line)) {
            return None;
        }
        let placed = self.take(owner, text, start, base, Some(base - 7.0))?;
        self.taken.push(line);
        Some(placed)
    }

    fn take(
        &mut self,
        owner: usize,
        text: &str,
        start: f64,
        base: f64,
        leader: Option<f64>,
    ) -> Option<Placed> {
        let place = Taken {
            left: start - 3.0,
            right: start + width_of_label(text) + 3.0,
            top: base - 9.0,
            bottom: base + 2.0,
        };
        let inside = place.left >= self.left
            && place.right <= self.right
            && place.top >= 0.0
            && place.bottom <= self.bottom;
        let mut others = self.reserved.iter().filter(|(of, _)| *of != owner);
        let free = !self.taken.iter().any(|other| other.meets(&place))
            && !others.any(|(_, other)| other.meets(&place));
        (inside && free).then(|| {
            self.taken.push(place);
            Placed {
                x: start,
                y: base,
                text: text.to_owned(),
                leader,
            }
        })
    }
}

/// The value alone, of "buses[MMIO] = bus v2".
fn gist(text: &str) -> Option<&str> {
    let at = text.find(" = ").map(|at| at + 1);
    let value = text.get(at.or_else(|| text.find(": ").map(|at| at + 2))?..)?;
    (!value.is_empty()).then_some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places() -> Places {
        Places {
            taken: Vec::new(),
            reserved: Vec::new(),
            left: 0.0,
            right: 400.0,
            bottom: 100.0,
        }
    }

    /// Events of one lane, labelled from the right.
    fn labelled(places: &mut Places, events: &[(f64, &str)]) -> Vec<Option<Placed>> {
        for (at, (x, _)) in events.iter().enumerate() {
            places.reserve(at, *x, 40.0);
        }
        let mut all: Vec<_> = events
            .iter()
            .enumerate()
            .rev()
            .map(|(at, (x, text))| places.place(at, text, *x, 40.0))
            .collect();
        all.reverse();
        all
    }

    #[test]
    fn a_long_label_goes_a_row_higher_and_is_led_to() {
        let labels = labelled(
            &mut places(),
            &[(60.0, "buses[MMIO] = bus v2"), (90.0, "flag = 1")],
        );
        let long = labels[0].as_ref().expect("it has a place");
        assert_eq!(long.text, "buses[MMIO] = bus v2");
        assert_eq!((long.x, long.y, long.leader), (64.0, 20.0, Some(13.0)));
        let short = labels[1].as_ref().expect("it has a place");
        assert_eq!((short.x, short.y, short.leader), (94.0, 32.0, None));
    }

    #[test]
    fn no_label_stands_over_or_below_the_event_of_another() {
        let xs = [20.0, 50.0, 80.0, 110.0, 140.0, 170.0];
        let events = xs.map(|x| (x, "buses[MMIO] = bus v2"));
        let mut places = places();
        let labels = labelled(&mut places, &events);
        assert!(labels.iter().flatten().count() >= 2);
        for (at, label) in labels.iter().enumerate() {
            let Some(label) = label else { continue };
            let end = label.x + width_of_label(&label.text);
            let covers = |x: f64| label.x <= x && x <= end;
            let mut others = xs.iter().enumerate().filter(|(other, _)| *other != at);
            assert!(
                label.leader.is_some() || others.all(|(_, x)| !covers(*x)),
                "{} of the event at {}",
                label.text,
                xs[at]
            );
        }
    }

    #[test]
    fn without_room_above_a_label_is_shortened_beside_its_event() {
        let mut places = places();
        places.taken.push(Taken::bar(0.0, 400.0, 18.0, 8.0));
        let labels = labelled(
            &mut places,
            &[(5.0, "y = 1"), (35.0, "some_counter = 2"), (63.0, "x = 1")],
        );
        let short = labels[1].as_ref().expect("it has a place");
        assert_eq!(short.text, "= 2");
        assert!(short.x <= 35.0 + 4.0 && short.x + width_of_label("= 2") >= 35.0 - 4.0);
    }
}
