//! The whole matrix as text: in columns for people, and as comma-separated values.

use super::{Cell, Table};

/// All rows in columns, then the smallest sets.
#[must_use]
pub fn plain(table: &Table) -> String {
    let mut out = format!("Can it happen? {}\n\n", table.outcome);
    let mut lines: Vec<Vec<String>> = Vec::new();
    let heads = table.heads.iter().map(|head| head.name.clone());
    let columns = table.columns.iter().map(|column| column.name.clone());
    lines.push(heads.chain(columns).collect());
    for row in &table.rows {
        let marks = row.marks.iter().map(|mark| mark.text.clone());
        lines.push(marks.chain(row.cells.iter().map(text)).collect());
    }
    let widths: Vec<usize> = (0..lines.first().map_or(0, Vec::len))
        .map(|at| {
            let texts = lines.iter().filter_map(|line| line.get(at));
            texts.map(|text| text.chars().count()).max().unwrap_or(0)
        })
        .collect();
    for line in &lines {
        let cells = line.iter().zip(&widths);
        let cells: Vec<String> = cells
            .map(|(text, width)| format!("{text:<width$}"))
            .collect();
        out.push_str(cells.join("  ").trim_end());
        out.push('\n');
    }
    out.push('\n');
    for head in &table.heads {
        out.push_str(&format!(
            "{}: {} on {}\n",
            head.name, head.short, head.place
        ));
    }
    if !table.sets.is_empty() {
        out.push_str("\nThe smallest sets of barriers that forbid it:\n");
    }
    for sets in &table.sets {
        out.push_str(&format!(
            "{}: {} {}\n",
            sets.models,
            sets.texts.join(" "),
            sets.proof
        ));
    }
    out
}

fn text(cell: &Cell) -> String {
    match (cell.word, cell.searched.as_str()) {
        (word @ ("impossible" | "not finished"), searched) if !searched.is_empty() => {
            format!("{word} ({searched})")
        }
        (word, _) => word.to_owned(),
    }
}

/// All rows, for a spreadsheet: a column for each toggle and two for each model, its answer and the states searched.
#[must_use]
pub fn csv(table: &Table) -> String {
    let heads = table.heads.iter().map(|head| head.name.clone());
    let columns = table
        .columns
        .iter()
        .flat_map(|column| [column.id.clone(), format!("{} states", column.id)]);
    let mut out = record(heads.chain(columns));
    for row in &table.rows {
        let marks = row.marks.iter().map(|mark| mark.text.clone());
        let cells = row.cells.iter().flat_map(|cell| {
            let number = cell.searched.split(' ').next().unwrap_or_default();
            let number: String = number.chars().filter(char::is_ascii_digit).collect();
            [cell.word.to_owned(), number]
        });
        out.push_str(&record(marks.chain(cells)));
    }
    out
}

/// As RFC 4180 asks: fields with a comma, a quote or a line break in quotes.
fn record(fields: impl Iterator<Item = String>) -> String {
    let quoted = |field: String| {
        if field.contains(['"', ',', '\n', '\r']) {
            format!("\"{}\"", field.replace('"', "\"\""))
        } else {
            field
        }
    };
    let fields: Vec<String> = fields.map(quoted).collect();
    fields.join(",") + "\r\n"
}
