//! The schedules that the reader has left: a small tree, from which each of them can be taken up again.
//!
//! A *fork* is a schedule that was abandoned, because another step was done at a past point of it, or another schedule
//! took its place. What two schedules share at their beginning is the tree. It is data about names of steps alone; what
//! a schedule is in the present program, its [`Track`], is found by the session.

use machine::StepName;

/// How many abandoned schedules are kept.
pub const MOST: usize = 10;

/// A schedule in the present program.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Track {
    /// Its steps: those that are possible, with the ones that a replay puts in, then those that are struck out.
    pub steps: Vec<StepName>,
    /// How many of them are possible.
    pub done: usize,
    /// What it comes to: the sentence of its last step, or how it ends.
    pub sentence: String,
    /// It ends with a bad outcome, or a failure.
    pub bad: bool,
}

/// A schedule that was left.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fork {
    /// Its number, never given twice in a session.
    pub id: u32,
    /// The schedule as the reader made it.
    pub script: Vec<StepName>,
    /// What it is now.
    pub track: Track,
}

/// Where a schedule stands in the tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    /// The row of the schedule that it branches off from: 0 for the present one.
    pub parent: usize,
    /// How many steps they share.
    pub from: usize,
}

/// The schedules that were left, the last one first.
#[derive(Clone, Debug, Default)]
pub(crate) struct Forks {
    kept: Vec<Fork>,
    given: u32,
}

impl Forks {
    /// All, the last one first.
    pub fn kept(&self) -> &[Fork] {
        &self.kept
    }

    /// Keeps a schedule that gives way to another. One that is the beginning of another loses nothing and is not
    /// kept; the oldest goes when there are more than [`MOST`].
    pub fn leave(&mut self, script: Vec<StepName>, track: Track, present: &[StepName]) {
        self.enter(present);
        let within = |other: &[StepName]| other.starts_with(&track.steps);
        if within(present) || self.kept.iter().any(|fork| within(&fork.track.steps)) {
            return;
        }
        self.enter(&track.steps.clone());
        let id = self.given;
        self.given = self.given.wrapping_add(1);
        self.kept.insert(0, Fork { id, script, track });
        self.kept.truncate(MOST);
    }

    /// A schedule is the present one: those that are its beginning are no schedules of their own any more.
    pub fn enter(&mut self, present: &[StepName]) {
        self.kept
            .retain(|fork| !present.starts_with(&fork.track.steps));
    }

    /// Takes one out, to make it the present one.
    pub fn take(&mut self, id: u32) -> Option<Fork> {
        let at = self.kept.iter().position(|fork| fork.id == id)?;
        Some(self.kept.remove(at))
    }

    /// Finds anew what each schedule is: the program is another.
    pub fn retrack(&mut self, track: impl Fn(&[StepName]) -> Track) {
        for fork in &mut self.kept {
            fork.track = track(&fork.script);
        }
    }

    /// The place of each in the tree below the present schedule, in the order of [`Forks::kept`]. A schedule branches
    /// off from the one above it with which it shares most.
    pub fn places(&self, present: &[StepName]) -> Vec<Place> {
        let mut rows: Vec<&[StepName]> = vec![present];
        let mut places = Vec::new();
        for fork in &self.kept {
            let steps = fork.track.steps.as_slice();
            let mut best = Place { parent: 0, from: 0 };
            for (parent, row) in rows.iter().enumerate() {
                let from = shared(row, steps);
                if from > best.from {
                    best = Place { parent, from };
                }
            }
            places.push(best);
            rows.push(steps);
        }
        places
    }
}

/// How many steps two schedules share at their beginning.
fn shared(a: &[StepName], b: &[StepName]) -> usize {
    a.iter().zip(b).take_while(|(a, b)| a == b).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// "0:0b 0:0d" as names.
    fn names(text: &str) -> Vec<StepName> {
        text.split_whitespace()
            .map(|name| name.parse().expect("a name"))
            .collect()
    }

    fn track(text: &str) -> Track {
        let steps = names(text);
        Track {
            done: steps.len(),
            steps,
            ..Track::default()
        }
    }

    fn leave(forks: &mut Forks, text: &str, present: &str) {
        forks.leave(names(text), track(text), &names(present));
    }

    fn kept(forks: &Forks) -> Vec<String> {
        let text = |fork: &Fork| {
            let names: Vec<String> = fork.script.iter().map(ToString::to_string).collect();
            names.join(" ")
        };
        forks.kept().iter().map(text).collect()
    }

    #[test]
    fn what_was_left_is_kept_newest_first() {
        let mut forks = Forks::default();
        leave(&mut forks, "0:0b 0:0d 0:1r", "0:0b 1:0r");
        leave(&mut forks, "0:0b 1:0r 1:1r", "0:0b 1:0r 0:0d");
        assert_eq!(kept(&forks), ["0:0b 1:0r 1:1r", "0:0b 0:0d 0:1r"]);
        let places = forks.places(&names("0:0b 1:0r 0:0d"));
        assert_eq!(
            places,
            [Place { parent: 0, from: 2 }, Place { parent: 0, from: 1 }]
        );
    }

    #[test]
    fn a_schedule_branches_off_from_the_one_that_it_shares_most_with() {
        let mut forks = Forks::default();
        leave(&mut forks, "0:0b 0:0d 0:1r 0:2r", "1:0r");
        leave(&mut forks, "0:0b 0:0d 0:1r 1:0r", "1:0r");
        let places = forks.places(&names("1:0r"));
        assert_eq!(
            places,
            [Place { parent: 0, from: 0 }, Place { parent: 1, from: 3 }]
        );
    }

    #[test]
    fn a_beginning_is_not_kept() {
        let mut forks = Forks::default();
        leave(&mut forks, "0:0b", "0:0b 0:0d");
        assert!(forks.kept().is_empty(), "going on loses nothing");
        leave(&mut forks, "0:0b 0:0d 0:1r", "1:0r");
        leave(&mut forks, "0:0b 0:0d", "1:0r");
        assert_eq!(kept(&forks), ["0:0b 0:0d 0:1r"], "it is in the other");
        leave(&mut forks, "0:0b 0:0d 0:1r 0:2r", "1:0r");
        assert_eq!(kept(&forks), ["0:0b 0:0d 0:1r 0:2r"], "the longer one");
        leave(&mut forks, "", "1:0r");
        assert_eq!(forks.kept().len(), 1, "an empty one is nothing");
    }

    #[test]
    fn doing_the_same_steps_again_is_the_same_schedule() {
        let mut forks = Forks::default();
        leave(&mut forks, "0:0b 0:0d", "1:0r");
        forks.enter(&names("0:0b"));
        assert_eq!(forks.kept().len(), 1);
        forks.enter(&names("0:0b 0:0d"));
        assert!(forks.kept().is_empty());
    }

    #[test]
    fn one_is_taken_out_by_its_number() {
        let mut forks = Forks::default();
        leave(&mut forks, "0:0b", "1:0r");
        leave(&mut forks, "0:1b", "1:0r");
        let first = forks.kept()[1].id;
        assert_eq!(
            forks.take(first).map(|fork| fork.script),
            Some(names("0:0b"))
        );
        assert_eq!(forks.take(first), None);
        assert_eq!(kept(&forks), ["0:1b"]);
    }

    #[test]
    fn the_last_ten_are_kept() {
        let mut forks = Forks::default();
        for n in 0..13 {
            leave(&mut forks, &format!("0:{n}b"), "1:0r");
        }
        assert_eq!(forks.kept().len(), MOST);
        assert_eq!(kept(&forks).first().map(String::as_str), Some("0:12b"));
        assert_eq!(kept(&forks).last().map(String::as_str), Some("0:3b"));
        let ids: std::collections::BTreeSet<u32> = forks.kept().iter().map(|f| f.id).collect();
        assert_eq!(ids.len(), MOST, "numbers are not given twice");
    }
}
