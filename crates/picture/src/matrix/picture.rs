//! The matrix as a picture.

use protocol::{CellAnswer, MatrixTable, TableRow};

use crate::svg::table::{self, Cell, Row, Tone};

/// The rows, and the weakest barriers below them. `title` is that of the test.
#[must_use]
pub fn picture(table: &MatrixTable, title: &str) -> table::Table {
    let toggles = table.heads.iter();
    let toggles = toggles.map(|head| vec![head.short.clone(), head.place.clone()]);
    let models = table
        .columns
        .iter()
        .map(|column| vec![column.name().to_owned()]);
    let sets = table.sets.iter();
    let sets = sets.map(super::text::sentence);
    let srcu = table
        .srcu
        .as_ref()
        .map_or_else(String::new, |srcu| format!(" · {srcu}"));
    table::Table {
        title: format!("{title}: barriers and models"),
        about: format!("Can it happen? {}{srcu}", table.outcome),
        heads: toggles.chain(models).collect(),
        rows: table.rows.iter().map(row).collect(),
        sentences: false,
        notes: [table.note.clone()]
            .into_iter()
            .chain(table.notes.iter().cloned())
            .chain(sets)
            .collect(),
    }
}

fn row(row: &TableRow) -> Row {
    let marks = row.marks.iter().map(|mark| {
        let tone = if mark.on { Tone::Plain } else { Tone::Dim };
        Cell::new(tone, &*mark.text)
    });
    let cells = row.cells.iter().map(|cell| {
        let tone = match cell.answer {
            CellAnswer::Reachable => Tone::Bad,
            CellAnswer::Impossible => Tone::Plain,
            CellAnswer::Open | CellAnswer::Silent => Tone::Dim,
        };
        Cell::new(tone, format!("{} {}", cell.symbol(), cell.word)).below(match cell.note {
            Some(note) => format!("{}, note {}", cell.searched, note + 1),
            None => cell.searched.clone(),
        })
    });
    Row {
        here: row.here,
        cells: marks.chain(cells).collect(),
    }
}
