//! What the axioms allow beyond the machine, in English.

use litmus::{Setting, Test};

use super::{Answer, Beyond, Place, Way};
use session::listing::Listing;

/// Final states that are written out.
const SHOWN: usize = 3;

impl Answer {
    /// What there is to say; nothing where they say the same.
    #[must_use]
    pub fn sentences(&self, line: impl Fn(&Place) -> Option<u32>) -> String {
        match self {
            Answer::Same => String::new(),
            Answer::More(beyond) => beyond.sentences(line),
            Answer::Unknown(why) => format!(
                "Whether the axioms of the CPU allow more than the machine has is not known: {why}."
            ),
        }
    }

    /// The same, with the lines as the page numbers them. `test` has its toggles.
    #[must_use]
    pub fn on_page(&self, test: &Test, setting: &Setting, source: &str) -> String {
        let listing = Listing::of_threads(test, setting, Some(source));
        self.sentences(|place| {
            let line = listing.line(usize::from(place.thread), place.stmt);
            line.map(|line| line.number)
        })
    }
}

impl Beyond {
    /// What they allow and where the two part, in a few sentences. `line` is the line that a place stands on.
    #[must_use]
    pub fn sentences(&self, line: impl Fn(&Place) -> Option<u32>) -> String {
        let mut list = self
            .states
            .iter()
            .take(SHOWN)
            .cloned()
            .collect::<Vec<_>>()
            .join(" or ");
        if self.states.len() > SHOWN {
            list.push_str(" or …");
        }
        let states = match self.states.len() {
            // The final states are those of the condition; a named outcome may ask for more.
            0 => "outcomes that no schedule of the machine has".to_owned(),
            1 => format!("1 final state that no schedule of the machine has ({list})"),
            many => format!("{many} final states that no schedule of the machine has ({list})"),
        };
        format!(
            "The axioms of {} allow {states}. {}",
            self.axioms(),
            self.where_they_part(line)
        )
    }

    /// The name of the model whose axioms these are, and why they are asked where they are not the CPU's own.
    fn axioms(&self) -> String {
        let name = self.judgement.model.name;
        if name == self.cpu {
            name.to_owned()
        } else {
            format!("{name}, which allows no more than {},", self.cpu)
        }
    }

    /// Where the machine is the more careful one.
    #[must_use]
    pub fn where_they_part(&self, line: impl Fn(&Place) -> Option<u32>) -> String {
        let lines = |way: Way| {
            let places = self.places.iter().filter(|place| place.way == way);
            let mut lines: Vec<u32> = places.filter_map(&line).collect();
            lines.sort_unstable();
            lines.dedup();
            lines
        };
        let has = |way: Way| self.places.iter().any(|place| place.way == way);
        let one = |way: Way, what: &str, many: &str| at(&lines(way), what, many);
        let mut sentences = Vec::new();
        if has(Way::Join) {
            sentences.push(format!(
                "By the axioms a store may overtake {} before it. The machine sends no store off on a guess: \
                 where something in the arms concerns the store, it waits until the branch is resolved.",
                one(Way::Join, "the branch", "the branches")
            ));
        }
        if has(Way::Forward) {
            sentences.push(format!(
                "By the axioms a load may take its value from {} before the atomic has read. The machine forwards that early \
                 only from an exchange.",
                one(Way::Forward, "the atomic", "the atomics")
            ));
        }
        if has(Way::Failed) {
            sentences.push(format!(
                "By the axioms what follows {} may overtake the branch before it where the atomic fails, since it then \
                 orders nothing. The machine lets it overtake the atomic alone.",
                one(Way::Failed, "the atomic", "the atomics")
            ));
        }
        if self.vague {
            sentences.insert(0, "One of the following is the reason.".to_owned());
        }
        sentences.join(" ")
    }
}

/// `the branch in line 3`, `the branches in lines 3, 5 and 8`.
fn at(lines: &[u32], one: &str, many: &str) -> String {
    match lines {
        [] => one.to_owned(),
        [line] => format!("{one} in line {line}"),
        [most @ .., last] => {
            let most: Vec<String> = most.iter().map(u32::to_string).collect();
            format!("{many} in lines {} and {last}", most.join(", "))
        }
    }
}
