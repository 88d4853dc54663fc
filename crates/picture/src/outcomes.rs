//! The list of final states: what each is, whether LKMM allows it, and how long a schedule to it is.

use crate::svg::table::{self, Cell, Tone};

/// What is known of a final state.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// As herd7 prints it: `0:r0=1; x=2;`.
    pub state: String,
    /// The named outcomes that hold in it.
    pub named: Vec<Named>,
    /// Whether LKMM allows it; none while that is not known.
    pub allowed: Option<bool>,
    /// The steps of a schedule to it; none while it is being searched.
    pub schedule: Option<usize>,
}

/// An outcome that has a name, or a failure of the machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    /// One clause for people.
    pub label: String,
    /// It is a failure.
    pub bad: bool,
}

/// A final state, ready to be shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Its place in what was given.
    pub index: usize,
    /// What it is: the labels of its outcomes; empty where it has no name.
    pub name: String,
    /// As herd7 prints it.
    pub state: String,
    /// One of its outcomes is a failure.
    pub bad: bool,
    /// One character, so that no state is told by colour alone: `!`, `✓`, `·`.
    pub symbol: &'static str,
    /// What LKMM says.
    pub lkmm: &'static str,
    /// The CSS class of LKMM's word.
    pub lkmm_class: &'static str,
    /// How long its schedule is, from the start to the end of every program: "full schedule, 9 steps".
    pub schedule: String,
}

/// The list as a picture. `title` is that of the test, `model` the name of the model whose states they are.
#[must_use]
pub fn picture(rows: &[Row], title: &str, model: &str) -> table::Table {
    let heads = ["Outcome", "Final state", "LKMM", "Schedule"];
    let row = |row: &Row| {
        let tone = if row.bad { Tone::Bad } else { Tone::Plain };
        let name = if row.name.is_empty() {
            "no name"
        } else {
            &row.name
        };
        table::Row {
            here: false,
            cells: vec![
                Cell::new(tone, format!("{} {name}", row.symbol)),
                Cell::new(Tone::Plain, &*row.state),
                Cell::new(Tone::Plain, row.lkmm),
                Cell::new(Tone::Dim, &*row.schedule),
            ],
        }
    };
    table::Table {
        title: format!("{title}: final states"),
        about: format!("On {model}."),
        heads: heads.map(|head| vec![head.to_owned()]).into(),
        rows: rows.iter().map(row).collect(),
        sentences: false,
        notes: Vec::new(),
    }
}

/// Named outcomes first, the bad ones before the good ones, each group in the given order.
#[must_use]
pub fn rows(found: &[Found]) -> Vec<Row> {
    let rank = |found: &Found| match (found.named.iter().any(|n| n.bad), found.named.is_empty()) {
        (true, _) => 0,
        (false, false) => 1,
        (false, true) => 2,
    };
    let mut order: Vec<usize> = (0..found.len()).collect();
    order.sort_unstable_by_key(|at| (found.get(*at).map_or(3, rank), *at));
    let row = |index: usize| {
        let found = found.get(index)?;
        let labels: Vec<&str> = found.named.iter().map(|named| &*named.label).collect();
        let bad = rank(found) == 0;
        let (lkmm, lkmm_class) = match found.allowed {
            Some(true) => ("LKMM allows it", "allowed"),
            Some(false) => ("LKMM forbids it", "forbidden"),
            None => ("not judged by LKMM", "open"),
        };
        Some(Row {
            index,
            name: labels.join("; "),
            state: found.state.clone(),
            bad,
            symbol: match rank(found) {
                0 => "!",
                1 => "✓",
                _ => "·",
            },
            lkmm,
            lkmm_class,
            schedule: match found.schedule {
                None => "searching a schedule…".to_owned(),
                Some(1) => "full schedule, 1 step".to_owned(),
                Some(steps) => format!("full schedule, {steps} steps"),
            },
        })
    };
    order.into_iter().filter_map(row).collect()
}

/// What is known of all of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// The name of the CPU model.
    pub model: String,
    /// The name of SRCU's flavour, where the test uses SRCU.
    pub srcu: Option<&'static str>,
    /// Final states that were found and are not in the list.
    pub more: usize,
    /// There are no others.
    pub complete: bool,
    /// States visited.
    pub explored: u64,
    /// Final states that LKMM allows and this model does not reach.
    pub elsewhere: usize,
}

/// The whole list in a sentence or two.
#[must_use]
pub fn sentence(found: &[Found], summary: &Summary) -> String {
    let model = &summary.model;
    let count = found.len() + summary.more;
    let states = if count == 1 { "state" } else { "states" };
    let explored = session::text::grouped(summary.explored as usize);
    let srcu = summary.srcu.map(|name| format!(" (SRCU: {name})"));
    let on = format!("{model}{}", srcu.unwrap_or_default());
    let mut parts = vec![if summary.complete {
        format!(
            "{count} final {states} on {on}, and no other: every schedule was searched ({explored} states of the machine, those on the way to the shortest schedules included)."
        )
    } else {
        format!(
            "{count} final {states} on {on} so far; the search was not complete ({explored} states of the machine)."
        )
    }];
    if summary.more > 0 {
        parts.push(format!("The first {} are shown.", found.len()));
    }
    match found
        .iter()
        .filter(|found| found.allowed == Some(false))
        .count()
    {
        0 => {}
        1 => parts.push("LKMM forbids one of them.".to_owned()),
        forbidden => parts.push(format!("LKMM forbids {forbidden} of them.")),
    }
    match summary.elsewhere {
        0 => {}
        1 => parts.push(format!(
            "LKMM allows one more, which {model} does not reach:"
        )),
        more => parts.push(format!(
            "LKMM allows {more} more, which {model} does not reach:"
        )),
    }
    parts.join(" ")
}
