//! The barrier matrix: every setting of the toggles against every model, as a table that can be read, and the weakest
//! barriers as sentences.

mod notes;
mod picture;
mod sets;
mod text;

use explore::{MinimalSet, Reachable};
use litmus::{Setting, Test};
use machine::SrcuFlavour;
use protocol::{MatrixCell, MatrixRow, Model};

use crate::cure::{Barriers, short};

pub use picture::picture;
pub use sets::Sets;
pub use text::{csv, plain};

/// What stands above the sentences.
pub const HEADING: &str = "The weakest settings that prevent it";

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

/// A toggle above its column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// Its name in links.
    pub name: String,
    /// The barrier in few words: "smp_mb()".
    pub short: String,
    /// Where it stands: "in line 7 (P1)".
    pub place: String,
    /// Its positions from the strongest to the weakest: "smp_mb > smp_rmb > none".
    pub order: String,
    /// Its line's name in the page, `1:4`.
    pub line_id: String,
    /// It is on or off; else it has several positions.
    pub is_switch: bool,
}

/// A model above its column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// `arm`.
    pub id: String,
    /// "Arm".
    pub name: String,
    /// It is LKMM, which cannot be chosen and stepped.
    pub lkmm: bool,
}

/// Where a toggle is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    /// A weaker position of the toggle is there.
    pub on: bool,
    /// `on`, `off`, `call_srcu`.
    pub text: String,
}

/// What a cell says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Answer {
    /// Some schedule leads to it; LKMM allows it.
    Reachable,
    /// None does: all have been searched; LKMM forbids it.
    Impossible,
    /// None was found, but not all were searched; or the axioms of the CPU allow it all the same.
    Open,
    /// The model does not speak of it.
    Silent,
}

/// A cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cell {
    /// What it says.
    pub answer: Answer,
    /// In one or two words.
    pub word: &'static str,
    /// How much was searched: "1 234 states".
    pub searched: String,
    /// What there is to say of it: its note, by index into [`Table::notes`].
    pub note: Option<usize>,
    /// The present setting and the present model.
    pub here: bool,
    /// The whole of it, for those who do not see the table.
    pub label: String,
}

impl Cell {
    /// One character, so that nothing is told by colour alone.
    #[must_use]
    pub fn symbol(&self) -> &'static str {
        match self.answer {
            Answer::Open if self.note.is_some() => "○",
            Answer::Reachable => "●",
            Answer::Impossible => "○",
            Answer::Open => "?",
            Answer::Silent => "–",
        }
    }

    /// The CSS class.
    #[must_use]
    pub fn class(&self) -> &'static str {
        match self.answer {
            Answer::Reachable => "yes",
            Answer::Impossible => "no",
            Answer::Open => "open",
            Answer::Silent => "silent",
        }
    }
}

/// A row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// The setting.
    pub setting: Setting,
    /// How many barriers are on; a choice counts where a weaker position of it is there.
    pub on: usize,
    /// By toggle.
    pub marks: Vec<Mark>,
    /// In words: "with reader-mb on", "with no barrier on".
    pub name: String,
    /// It is the present setting.
    pub here: bool,
    /// The models on which it has the weakest barriers that prevent the outcome: "PSO and Arm". Empty where that is not
    /// proven, and where no barrier is on.
    pub weakest_on: String,
    /// By column.
    pub cells: Vec<Cell>,
}

/// See the module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    /// What it is about.
    pub outcome: String,
    /// The flavour of SRCU for which it holds; none where the test has no SRCU.
    pub srcu: Option<&'static str>,
    /// The toggles.
    pub heads: Vec<Head>,
    /// The models.
    pub columns: Vec<Column>,
    /// All rows that are known, by the number of barriers on.
    pub rows: Vec<Row>,
    /// Those that are shown, by index.
    pub shown: Vec<usize>,
    /// What is shown, in a sentence.
    pub note: String,
    /// The weakest barriers, by models that need the same; empty until all rows are known.
    pub sets: Vec<Sets>,
    /// What is to be said of cells, each note once: "1: Arm and POWER: The axioms of Arm allow …".
    pub notes: Vec<String>,
}

impl Table {
    /// The table, of which `most` rows are shown.
    #[must_use]
    pub fn new(source: &Source<'_>, most: usize) -> Table {
        let Source { test, setting, .. } = *source;
        let barriers = Barriers::of(test, source.text);
        let columns: Vec<Column> = source.columns.iter().copied().map(column).collect();
        let notes = notes::of(source, &columns);
        let mut rows: Vec<Row> = source
            .rows
            .iter()
            .map(|row| Row {
                setting: row.setting.clone(),
                on: barriers.strength.barriers_on(&row.setting),
                marks: marks(test, &barriers, &row.setting),
                name: name(test, &row.setting),
                here: row.setting == *setting,
                weakest_on: weakest_on(source, &columns, &row.setting),
                cells: cells(source, row, &columns, &notes),
            })
            .collect();
        let by_barriers = |row: &Row| {
            let waits = row.marks.iter().filter(|mark| mark.on).count() - row.on;
            (row.on, waits)
        };
        rows.sort_by(|a, b| (by_barriers(a), &a.setting.0).cmp(&(by_barriers(b), &b.setting.0)));
        let shown = shown(&rows, setting, most);
        Table {
            outcome: source.outcome.to_owned(),
            srcu: has_srcu(test).then(|| srcu(source.flavour)),
            heads: heads(test, &barriers),
            note: note(rows.len(), shown.len(), source.total),
            notes: notes::sentences(&notes),
            columns,
            rows,
            shown,
            sets: source
                .sets
                .map(|sets| sets::sentences(source, sets, &barriers))
                .unwrap_or_default(),
        }
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

fn weakest_on(source: &Source<'_>, columns: &[Column], setting: &Setting) -> String {
    let sets = source.sets.unwrap_or_default();
    let weakest = |set: &MinimalSet| set.setting == *setting && set.proven && !set.on.is_empty();
    let columns = columns
        .iter()
        .zip(sets)
        .filter(|(_, sets)| sets.iter().any(weakest));
    let names: Vec<String> = columns.map(|(column, _)| column.name.clone()).collect();
    if names.is_empty() {
        return String::new();
    }
    session::names::list(&names)
}

fn column(model: Model) -> Column {
    Column {
        id: model.id().to_owned(),
        name: model.name().to_owned(),
        lkmm: model == Model::Lkmm,
    }
}

fn heads(test: &Test, barriers: &Barriers<'_>) -> Vec<Head> {
    let head = |(at, toggle): (usize, &litmus::Toggle)| Head {
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

fn cells(
    source: &Source<'_>,
    row: &MatrixRow,
    columns: &[Column],
    notes: &[notes::Note<'_>],
) -> Vec<Cell> {
    let name = name(source.test, &row.setting);
    let cell = |(known, column): (&MatrixCell, &Column)| {
        let says = known.says(source.goal);
        let note = known
            .beyond(source.goal)
            .filter(|_| says == Some(Reachable::Unknown));
        let (answer, word) = match (says, column.lkmm) {
            (Some(Reachable::Yes), false) => (Answer::Reachable, "reachable"),
            (Some(Reachable::Yes), true) => (Answer::Reachable, "allowed"),
            (Some(Reachable::No), false) => (Answer::Impossible, "impossible"),
            (Some(Reachable::No), true) => (Answer::Impossible, "forbidden"),
            (Some(Reachable::Unknown), _) if note.is_some() => (Answer::Open, "no schedule"),
            (Some(Reachable::Unknown), _) => (Answer::Open, "not finished"),
            (None, _) => (Answer::Silent, "not judged"),
        };
        let number = crate::cure::grouped(usize::try_from(known.explored).unwrap_or(usize::MAX));
        let searched = match (answer, column.lkmm) {
            (Answer::Silent, _) | (_, true) => String::new(),
            _ if known.explored == 1 => "1 state".to_owned(),
            _ => format!("{number} states"),
        };
        let detail = if searched.is_empty() || answer == Answer::Reachable {
            String::new()
        } else {
            format!(", {searched} searched")
        };
        Cell {
            answer,
            word,
            here: row.setting == *source.setting && column.id == source.model,
            label: format!(
                "{}, {name}: {word}{detail}{}",
                column.name,
                note.map_or_else(String::new, |note| format!(
                    ". {}",
                    note.trim_end_matches('.')
                ))
            ),
            note: note.and_then(|note| notes.iter().position(|known| known.text == note)),
            searched,
        }
    };
    row.cells.iter().zip(columns).map(cell).collect()
}

/// The present setting, the weakest that prevent the outcome, those that differ from the present one in one toggle;
/// then those with the fewest barriers.
fn shown(rows: &[Row], setting: &Setting, most: usize) -> Vec<usize> {
    let apart = |row: &Row| {
        let pairs = row.setting.0.iter().zip(&setting.0);
        pairs.filter(|(a, b)| a != b).count()
    };
    let mut order: Vec<usize> = (0..rows.len()).collect();
    order.sort_by_key(|at| {
        let rank = match &rows[*at] {
            row if row.here => 0,
            row if !row.weakest_on.is_empty() => 1,
            row if apart(row) == 1 => 2,
            _ => 3,
        };
        (rank, *at)
    });
    order.truncate(most.max(1));
    order.sort_unstable();
    order
}

fn note(known: usize, shown: usize, total: usize) -> String {
    let mut text = match total {
        0 => "There are too many combinations of barriers for a matrix.".to_owned(),
        _ if known < total => format!("{known} of {total} combinations of barriers searched."),
        1 => "1 combination of barriers.".to_owned(),
        _ => format!("{total} combinations of barriers, ordered by how many are on."),
    };
    if shown < known {
        text.push_str(&format!(
            " {shown} are shown: the present one, its neighbors, the weakest that prevent it, and then those with the fewest barriers."
        ));
    }
    text
}
