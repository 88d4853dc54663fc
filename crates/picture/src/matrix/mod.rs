//! The barrier matrix: every setting of the toggles against every model, as a table that can be read, and the weakest
//! barriers as sentences.

mod notes;
mod picture;
mod sets;
mod text;

use explore::{MatrixCell, MatrixRow, MinimalSet, Reachable};
use litmus::{Setting, Test};
use machine::SrcuFlavour;
use protocol::{CellAnswer, Mark, MatrixTable, Model, TableCell, TableRow, ToggleHead};

use crate::cure::{Barriers, short};

pub use picture::picture;
pub use protocol::WEAKEST;
pub use text::{csv, plain};

/// What a table is made of.
#[derive(Clone, Copy, Debug)]
pub struct Source<'a> {
    /// The test, with its toggles.
    pub test: &'a Test,
    /// Its text: lines are then numbered as in it.
    pub text: Option<&'a str>,
    /// By index, the goal that the cells are about.
    pub goal: usize,
    /// The same for people.
    pub outcome: &'a str,
    /// The present setting.
    pub setting: &'a Setting,
    /// The id of the present model.
    pub model: &'a str,
    /// The columns.
    pub columns: &'a [Model],
    /// The rows that are known, in any order.
    pub rows: &'a [MatrixRow],
    /// How many rows there will be.
    pub total: usize,
    /// By column the weakest settings that prevent the outcome, when all rows are known.
    pub sets: Option<&'a [Vec<MinimalSet>]>,
    /// The flavour of SRCU that was searched.
    pub flavour: SrcuFlavour,
}

/// The table, with all rows that are known.
#[must_use]
pub fn table(source: &Source<'_>) -> MatrixTable {
    let Source { test, setting, .. } = *source;
    let barriers = Barriers::of(test, source.text);
    let notes = notes::of(source);
    let mut rows: Vec<TableRow> = source
        .rows
        .iter()
        .map(|row| TableRow {
            setting: row.setting.clone(),
            on: barriers.strength.barriers_on(&row.setting) as u32,
            marks: marks(test, &barriers, &row.setting),
            name: name(test, &row.setting),
            here: row.setting == *setting,
            weakest_on: weakest_on(source, &row.setting),
            cells: cells(source, row, &notes),
        })
        .collect();
    let by_barriers = |row: &TableRow| {
        let on = row.marks.iter().filter(|mark| mark.on).count();
        (row.on, on - row.on as usize)
    };
    rows.sort_by(|a, b| (by_barriers(a), &a.setting.0).cmp(&(by_barriers(b), &b.setting.0)));
    MatrixTable {
        outcome: source.outcome.to_owned(),
        srcu: has_srcu(test).then(|| srcu(source.flavour).to_owned()),
        heads: heads(test, &barriers),
        note: note(rows.len(), source.total),
        notes: notes::sentences(&notes),
        columns: source.columns.to_vec(),
        rows,
        sets: source
            .sets
            .map(|sets| sets::sentences(source, sets, &barriers))
            .unwrap_or_default(),
    }
}

/// The same with `most` rows: the present setting, the weakest that prevent the outcome, those that differ from the
/// present one in one toggle; then those with the fewest barriers.
#[must_use]
pub fn shown(table: &MatrixTable, setting: &Setting, most: usize) -> MatrixTable {
    let apart = |row: &TableRow| {
        let pairs = row.setting.0.iter().zip(&setting.0);
        pairs.filter(|(a, b)| a != b).count()
    };
    let rank = |row: &TableRow| match row {
        row if row.here => 0,
        row if !row.weakest_on.is_empty() => 1,
        row if apart(row) == 1 => 2,
        _ => 3,
    };
    let mut order: Vec<(usize, usize)> = table.rows.iter().map(rank).zip(0..).collect();
    order.sort_unstable();
    order.truncate(most.max(1));
    order.sort_unstable_by_key(|(_, at)| *at);
    let rows = order.iter().filter_map(|(_, at)| table.rows.get(*at));
    let mut note = table.note.clone();
    if order.len() < table.rows.len() {
        note.push_str(&format!(
            " {} are shown: the present one, its neighbors, the weakest that prevent it, and then those with the fewest barriers.",
            order.len()
        ));
    }
    MatrixTable {
        rows: rows.cloned().collect(),
        note,
        outcome: table.outcome.clone(),
        srcu: table.srcu.clone(),
        heads: table.heads.clone(),
        columns: table.columns.clone(),
        sets: table.sets.clone(),
        notes: table.notes.clone(),
    }
}

/// What a flavour of SRCU is called.
#[must_use]
pub fn srcu(flavour: SrcuFlavour) -> &'static str {
    match flavour {
        SrcuFlavour::Fast => "SRCU: API guarantee only (as SRCU-fast)",
        SrcuFlavour::Tree => "SRCU: Tree SRCU (full barriers)",
    }
}

/// Some thread of the test has a domain of SRCU.
#[must_use]
pub fn has_srcu(test: &Test) -> bool {
    let mut vars = test.vars.iter();
    vars.any(|var| var.ty.starts_with("struct srcu_struct"))
}

fn weakest_on(source: &Source<'_>, setting: &Setting) -> String {
    let sets = source.sets.unwrap_or_default();
    let weakest = |set: &MinimalSet| set.setting == *setting && set.proven && !set.on.is_empty();
    let columns = source
        .columns
        .iter()
        .zip(sets)
        .filter(|(_, sets)| sets.iter().any(weakest));
    let names: Vec<String> = columns
        .map(|(column, _)| column.name().to_owned())
        .collect();
    if names.is_empty() {
        return String::new();
    }
    session::names::list(&names)
}

fn heads(test: &Test, barriers: &Barriers<'_>) -> Vec<ToggleHead> {
    let head = |(at, toggle): (usize, &litmus::Toggle)| ToggleHead {
        name: toggle.name.clone(),
        short: short(test, toggle),
        place: barriers.place(at),
        order: barriers.order(at),
        line_id: format!("{}:{}", toggle.thread, toggle.stmt),
        is_switch: toggle.is_switch(),
    };
    test.toggles.iter().enumerate().map(head).collect()
}

fn marks(test: &Test, barriers: &Barriers<'_>, setting: &Setting) -> Vec<Mark> {
    let positions = test.toggles.iter().zip(&setting.0).enumerate();
    let mark = |(at, (toggle, position)): (usize, (&litmus::Toggle, &u8))| Mark {
        on: barriers.strength.is_on(at, *position),
        text: position_name(toggle, *position),
    };
    positions.map(mark).collect()
}

/// `on`, `off`, or the name of a choice.
pub(crate) fn position_name(toggle: &litmus::Toggle, position: u8) -> String {
    let chosen = toggle.positions.get(usize::from(position));
    chosen.map_or_else(String::new, |chosen| {
        session::names::short_position(&chosen.name)
    })
}

/// A setting in words: "with publish on, wait call_srcu".
pub(crate) fn name(test: &Test, setting: &Setting) -> String {
    let positions = || test.toggles.iter().zip(&setting.0);
    let on: Vec<String> = positions()
        .filter(|(toggle, position)| toggle.is_switch() && **position == 0)
        .map(|(toggle, _)| toggle.name.clone())
        .collect();
    let switches = (!on.is_empty()).then(|| format!("{} on", session::names::list(&on)));
    let choices = positions().filter(|(toggle, _)| !toggle.is_switch());
    let choices =
        choices.map(|(toggle, at)| format!("{} {}", toggle.name, position_name(toggle, *at)));
    let parts: Vec<String> = switches.into_iter().chain(choices).collect();
    match parts.as_slice() {
        [] if test.toggles.is_empty() => String::new(),
        [] => "with no barrier on".to_owned(),
        parts => format!("with {}", parts.join(", ")),
    }
}

fn cells(source: &Source<'_>, row: &MatrixRow, notes: &[notes::Note<'_>]) -> Vec<TableCell> {
    let name = name(source.test, &row.setting);
    let cell = |(known, column): (&MatrixCell, &Model)| {
        let lkmm = *column == Model::Lkmm;
        let says = known.says(source.goal);
        let note = known
            .beyond(source.goal)
            .filter(|_| says == Some(Reachable::Unknown));
        let (answer, word) = match (says, lkmm) {
            (Some(Reachable::Yes), false) => (CellAnswer::Reachable, "reachable"),
            (Some(Reachable::Yes), true) => (CellAnswer::Reachable, "allowed"),
            (Some(Reachable::No), false) => (CellAnswer::Impossible, "impossible"),
            (Some(Reachable::No), true) => (CellAnswer::Impossible, "forbidden"),
            (Some(Reachable::Unknown), _) if note.is_some() => (CellAnswer::Open, "no schedule"),
            (Some(Reachable::Unknown), _) => (CellAnswer::Open, "not finished"),
            (None, _) => (CellAnswer::Silent, "not judged"),
        };
        let number = session::text::grouped(usize::try_from(known.explored).unwrap_or(usize::MAX));
        let searched = match (answer, lkmm) {
            (CellAnswer::Silent, _) | (_, true) => String::new(),
            _ if known.explored == 1 => "1 state".to_owned(),
            _ => format!("{number} states"),
        };
        let detail = if searched.is_empty() || answer == CellAnswer::Reachable {
            String::new()
        } else {
            format!(", {searched} searched")
        };
        TableCell {
            answer,
            word: word.to_owned(),
            here: row.setting == *source.setting && column.id() == source.model,
            label: format!(
                "{}, {name}: {word}{detail}{}",
                column.name(),
                note.map_or_else(String::new, |note| format!(
                    ". {}",
                    note.trim_end_matches('.')
                ))
            ),
            note: note.and_then(|note| {
                let mut numbers = (0..).zip(notes);
                numbers.find_map(|(at, known)| (known.text == note).then_some(at))
            }),
            searched,
        }
    };
    row.cells.iter().zip(source.columns).map(cell).collect()
}

fn note(known: usize, total: usize) -> String {
    match total {
        0 => "There are too many combinations of barriers for a matrix.".to_owned(),
        _ if known < total => format!("{known} of {total} combinations of barriers searched."),
        1 => "1 combination of barriers.".to_owned(),
        _ => format!("{total} combinations of barriers, ordered by how many are on."),
    }
}
