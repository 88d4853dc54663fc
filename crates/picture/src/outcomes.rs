//! The list of final states: what each is, whether LKMM allows it, and how long a schedule to it is.

use protocol::{FinalState, Outcomes};

use crate::svg::table::{self, Cell, Tone};

/// The list as a picture. `title` is that of the test, `model` the name of the model whose states they are.
#[must_use]
pub fn picture(rows: &[FinalState], title: &str, model: &str) -> table::Table {
    let heads = ["Outcome", "Final state", "LKMM", "Schedule"];
    let row = |row: &FinalState| {
        let tone = if row.bad { Tone::Bad } else { Tone::Plain };
        let name = if row.name.is_empty() {
            "no name"
        } else {
            &row.name
        };
        table::Row {
            here: false,
            cells: vec![
                Cell::new(tone, format!("{} {name}", row.symbol())),
                Cell::new(Tone::Plain, &*row.state),
                Cell::new(Tone::Plain, row.lkmm().0),
                Cell::new(Tone::Dim, row.length()),
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
pub fn sort(rows: &mut [FinalState]) {
    rows.sort_by_key(|row| (!row.bad, row.name.is_empty()));
}

/// The whole list in a sentence or two. `srcu` is the name of SRCU's flavour, where the test uses SRCU.
#[must_use]
pub fn sentence(known: &Outcomes, model: &str, srcu: Option<&str>) -> String {
    let Outcomes {
        rows,
        more,
        elsewhere,
        ..
    } = known;
    let count = rows.len() + *more as usize;
    let states = if count == 1 { "state" } else { "states" };
    let explored = session::text::grouped(known.explored as usize);
    let srcu = srcu.map(|name| format!(" (SRCU: {name})"));
    let on = format!("{model}{}", srcu.unwrap_or_default());
    let mut parts = vec![if known.complete {
        format!(
            "{count} final {states} on {on}, and no other: every schedule was searched ({explored} states of the machine, those on the way to the shortest schedules included)."
        )
    } else {
        format!(
            "{count} final {states} on {on} so far; the search was not complete ({explored} states of the machine)."
        )
    }];
    if *more > 0 {
        parts.push(format!("The first {} are shown.", rows.len()));
    }
    let forbidden = rows.iter().filter(|row| row.allowed == Some(false));
    match forbidden.count() {
        0 => {}
        1 => parts.push("LKMM forbids one of them.".to_owned()),
        forbidden => parts.push(format!("LKMM forbids {forbidden} of them.")),
    }
    match elsewhere.len() {
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
