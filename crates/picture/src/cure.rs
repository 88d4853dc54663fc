//! What prevents an outcome, in sentences: the weakest barriers, what is missing in a setting, and what a wait costs.
//!
//! The page's verdicts and matrix and the command line all take their words from here.

mod barriers;

use explore::{Matrix, Means, MinimalSet, Reachable};
use litmus::Setting;
use protocol::{PROOF, Weakest};
use session::text::grouped;

pub use barriers::Barriers;
pub(crate) use barriers::short;

/// Sets that a sentence names at most.
const MOST: usize = 2;

/// An outcome of a test in a setting.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    /// The names of the barriers.
    pub barriers: &'a Barriers<'a>,
    /// Every setting.
    pub matrix: &'a Matrix,
    /// By index into the cells of the matrix.
    pub outcome: usize,
    /// The present setting.
    pub setting: &'a Setting,
}

/// What is known of a column.
struct Column {
    /// In the present setting.
    here: Reachable,
    /// Nothing of the column is unknown.
    whole: bool,
    /// The weakest settings that prevent the outcome.
    weakest: Vec<MinimalSet>,
    /// The weakest of those that lack nothing of the present one.
    missing: Vec<MinimalSet>,
}

impl Asked<'_> {
    /// What prevents the outcome on the CPU model `column`, or that it cannot happen; then what portable code needs,
    /// where `lkmm` is LKMM's column and asks for something else. None while it is not known whether it can happen.
    #[must_use]
    pub fn sentence(&self, column: usize, lkmm: Option<usize>) -> Option<String> {
        let model = self.matrix.models.get(column)?.name;
        let known = self.column(column);
        let mut text = match known.here {
            Reachable::Unknown => return None,
            Reachable::No => self.prevented(model, &known),
            Reachable::Yes => self.missing(model, &known),
        };
        if let Some(portable) = lkmm.and_then(|lkmm| self.portable(&known, &self.column(lkmm))) {
            text.push(' ');
            text.push_str(&portable);
        }
        Some(text)
    }

    fn column(&self, column: usize) -> Column {
        let Asked {
            barriers,
            matrix,
            outcome,
            setting,
        } = *self;
        let strength = &barriers.strength;
        let rows = matrix.rows.len();
        let all = strength.sizes().into_iter().fold(1, usize::saturating_mul);
        let mut cells = (0..rows).map(|row| matrix.cell(row, outcome, column));
        let here = matrix.rows.iter().position(|row| row.setting == *setting);
        let here = here.map(|row| matrix.cell(row, outcome, column));
        let here = here.unwrap_or(Reachable::Unknown);
        Column {
            here,
            whole: rows == all && cells.all(|cell| cell != Reachable::Unknown),
            weakest: matrix.minimal_sets(strength, outcome, column, None),
            missing: match here {
                Reachable::Yes => matrix.minimal_sets(strength, outcome, column, Some(setting)),
                _ => Vec::new(),
            },
        }
    }

    /// It cannot happen: by what?
    fn prevented(&self, model: &str, known: &Column) -> String {
        let Asked {
            barriers, setting, ..
        } = *self;
        let below = known.weakest.iter();
        let below: Vec<&MinimalSet> = below
            .filter(|set| barriers.strength.at_most(&set.setting, setting))
            .collect();
        if barriers.nothing_needed(below.iter().copied(), Some(setting)) {
            return format!("On {model} this cannot happen, {}.", barriers.even());
        }
        let means = |set: &MinimalSet, fits: &dyn Fn(Means) -> bool| {
            set.on
                .iter()
                .all(|at| fits(barriers.means(&set.setting, *at)))
        };
        let grace = |means: Means| means.waits() || means == Means::Callback;
        if let Some(set) = below.iter().find(|set| means(set, &grace)) {
            let verb = if set.on.len() == 1 {
                "prevents"
            } else {
                "prevent"
            };
            let price = barriers.price(set);
            let price =
                price.map_or_else(String::new, |price| format!(", at the price of {price}"));
            return format!(
                "On {model} this cannot happen, even with no barrier: {} {verb} it{price}.",
                barriers.set(set)
            );
        }
        let barrier = |means: Means| matches!(means, Means::Barrier | Means::Access);
        let by = if below.iter().any(|set| means(set, &barrier)) {
            "with these barriers"
        } else {
            "with the toggles as they are set"
        };
        format!("On {model} this cannot happen {by}.")
    }

    /// It can happen: what would prevent it?
    fn missing(&self, model: &str, known: &Column) -> String {
        let Asked {
            barriers, setting, ..
        } = *self;
        let doubt = "Not everything was searched: something weaker may do.";
        if !known.missing.is_empty() {
            let head = if barriers.strength.on(setting).is_empty() {
                format!("{} on {model}", barriers.heading(&known.missing))
            } else {
                format!("Missing on {model}")
            };
            let sets = barriers.alternatives(&known.missing, &known.weakest, MOST);
            if known.missing.iter().all(|set| set.proven) {
                return format!("{head}: {sets}.");
            }
            return format!("What prevents it on {model}: {sets}. {doubt}");
        }
        if let Some(sets) = (!known.weakest.is_empty())
            .then(|| barriers.alternatives(&known.weakest, &known.weakest, MOST))
        {
            let doubt = if known.whole {
                ""
            } else {
                " Not everything was searched."
            };
            return format!(
                "On {model} adding barriers here is not known to prevent it. These settings do: {sets}.{doubt}"
            );
        }
        if known.whole {
            format!("On {model} none of these barriers prevents it.")
        } else {
            format!("What prevents it on {model} is not known: not everything was searched.")
        }
    }

    /// What LKMM asks for, where that is not what the machine needs.
    fn portable(&self, machine: &Column, lkmm: &Column) -> Option<String> {
        if lkmm.here != Reachable::Yes {
            return None;
        }
        let settings = |sets: &[MinimalSet]| -> Vec<Setting> {
            sets.iter().map(|set| set.setting.clone()).collect()
        };
        if machine.here == Reachable::Yes && settings(&machine.missing) == settings(&lkmm.missing) {
            return None;
        }
        if lkmm.missing.is_empty() {
            let none = lkmm.whole && lkmm.weakest.is_empty();
            return none.then(|| "By LKMM none of these barriers prevents it.".to_owned());
        }
        let on = self.barriers.strength.barriers_on(self.setting) > 0;
        let also = if on && machine.here == Reachable::No {
            "also needs"
        } else {
            "needs"
        };
        let sets = self
            .barriers
            .alternatives(&lkmm.missing, &lkmm.weakest, MOST);
        Some(format!("Portable code (LKMM) {also} {sets}."))
    }
}

/// What the weakest settings in a column have; `whole`: nothing of the column is unknown.
#[must_use]
pub fn weakest(barriers: &Barriers<'_>, sets: &[MinimalSet], whole: bool) -> Weakest {
    let even = barriers.nothing_needed(sets.iter(), None);
    let text = if even {
        format!("It cannot happen, {}.", barriers.even())
    } else if sets.is_empty() && whole {
        "None of these barriers prevents it.".to_owned()
    } else if sets.is_empty() {
        "Not known.".to_owned()
    } else {
        let text = barriers.alternatives(sets, sets, usize::MAX);
        let text = match text.strip_prefix("waiting") {
            Some(rest) => format!("Waiting{rest}"),
            None => text,
        };
        format!("{text}.")
    };
    let proven = even || whole;
    let proof = match (proven, sets.is_empty()) {
        (true, _) if even => "Proven by exhaustive search: no execution has the outcome.",
        (true, false) => PROOF,
        (true, true) => {
            "Proven by exhaustive search: every combination of barriers has an execution with the outcome."
        }
        (false, _) => "Not proven: some combinations are open, so something weaker may do.",
    };
    Weakest {
        text,
        proof: proof.to_owned(),
        proven,
    }
}

/// How much was searched for it: so many of all combinations, in how many microseconds.
#[must_use]
pub fn searched(done: usize, all: usize, explored: usize, micros: u64) -> String {
    let states = grouped(explored);
    let time = ((micros + 500) / 1000).max(1);
    let part = if done < all {
        format!("{done} of {all}")
    } else {
        format!("all {all}")
    };
    format!("In {part} combinations of barriers: {states} states in {time} ms.")
}
