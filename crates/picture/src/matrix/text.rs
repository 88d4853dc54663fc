//! The whole matrix as text: in columns for people, and as comma-separated values.

use protocol::{MatrixTable, Sets, TableCell, WEAKEST};

/// All rows in columns, then the weakest barriers.
#[must_use]
pub fn plain(table: &MatrixTable) -> String {
    let mut out = format!("Can it happen? {}\n", table.outcome);
    if let Some(srcu) = &table.srcu {
        out.push_str(srcu);
        out.push('\n');
    }
    out.push('\n');
    let mut lines: Vec<Vec<String>> = Vec::new();
    let heads = table.heads.iter().map(|head| head.name.clone());
    let columns = table.columns.iter().map(|column| column.name().to_owned());
    let counted = ["barriers on".to_owned()];
    lines.push(counted.into_iter().chain(heads).chain(columns).collect());
    for row in &table.rows {
        let marks = row.marks.iter().map(|mark| mark.text.clone());
        let counted = [row.on.to_string()];
        let cells = row.cells.iter().map(text);
        lines.push(counted.into_iter().chain(marks).chain(cells).collect());
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
        out.push_str(&format!("{}: {} {}", head.name, head.short, head.place));
        if !head.is_switch {
            out.push_str(&format!(": {}", head.order));
        }
        out.push('\n');
    }
    if !table.notes.is_empty() {
        out.push('\n');
    }
    for note in &table.notes {
        out.push_str(note);
        out.push('\n');
    }
    if !table.sets.is_empty() {
        out.push_str(&format!("\n{WEAKEST}:\n"));
    }
    for sets in &table.sets {
        out.push_str(&sentence(sets));
        out.push('\n');
    }
    out
}

/// "PSO and Arm: smp_wmb() in line 10 (P0). Proven …"
pub(super) fn sentence(sets: &Sets) -> String {
    let weakest = &sets.weakest;
    format!("{}: {} {}", sets.models, weakest.text, weakest.proof)
}

fn text(cell: &TableCell) -> String {
    if let Some(note) = cell.note {
        return format!("{} ({}, note {})", cell.word, cell.searched, note + 1);
    }
    match (cell.word.as_str(), cell.searched.as_str()) {
        (word @ ("impossible" | "not finished"), searched) if !searched.is_empty() => {
            format!("{word} ({searched})")
        }
        (word, _) => word.to_owned(),
    }
}

/// All rows, for a spreadsheet: a column for each toggle, how many barriers are on, the models on which the row has the
/// weakest barriers that prevent it, and two columns for each model, its answer and the states searched.
#[must_use]
pub fn csv(table: &MatrixTable) -> String {
    let heads = table.heads.iter().map(|head| head.name.clone());
    let columns = table
        .columns
        .iter()
        .flat_map(|column| [column.id().to_owned(), format!("{} states", column.id())]);
    let about = ["barriers on", "weakest on"].map(str::to_owned);
    let mut out = record(heads.chain(about).chain(columns));
    for row in &table.rows {
        let marks = row.marks.iter().map(|mark| mark.text.clone());
        let cells = row.cells.iter().flat_map(|cell| {
            let number = cell.searched.split(' ').next().unwrap_or_default();
            let number: String = number.chars().filter(char::is_ascii_digit).collect();
            [cell.word.clone(), number]
        });
        let about = [row.on.to_string(), row.weakest_on.clone()];
        out.push_str(&record(marks.chain(about).chain(cells)));
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
