//! A table as a picture, for files: the barrier matrix, the final states, the verdicts.

use super::write::{Picture, num, width_of_label};

/// A piece of a table.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cell {
    /// How it is meant, for its colour; its text says the same.
    pub tone: Tone,
    /// What it says, a line each.
    pub lines: Vec<String>,
}

/// How a piece of a table is meant.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tone {
    /// Plain.
    #[default]
    Plain,
    /// Something bad.
    Bad,
    /// Of less weight.
    Dim,
}

/// A row of a table.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Row {
    /// It is what the reader looks at now.
    pub here: bool,
    /// By column; a short row is filled with nothing.
    pub cells: Vec<Cell>,
}

/// A table that is to be drawn.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Table {
    /// What it is called.
    pub title: String,
    /// What it is about, above it.
    pub about: String,
    /// Above each column, a line each.
    pub heads: Vec<Vec<String>>,
    /// The rows.
    pub rows: Vec<Row>,
    /// Its texts are sentences: they may go on for longer before they are broken.
    pub sentences: bool,
    /// What is to be said below it, a line each; a long one is broken.
    pub notes: Vec<String>,
}

impl Cell {
    /// A piece of one line.
    #[must_use]
    pub fn new(tone: Tone, text: impl Into<String>) -> Cell {
        Cell {
            tone,
            lines: vec![text.into()],
        }
    }

    /// With another line below, unless there is nothing on it.
    #[must_use]
    pub fn below(mut self, text: impl Into<String>) -> Cell {
        let text = text.into();
        if !text.is_empty() {
            self.lines.push(text);
        }
        self
    }
}

/// Between two lines of text.
const LINE: f64 = 15.0;
/// Around everything.
const GAP: f64 = 14.0;
/// On both sides of a piece.
const PAD: f64 = 8.0;
/// No column is wider; a longer text goes on in the next line.
const WIDEST: f64 = 260.0;
/// The same where the texts are sentences.
const WIDEST_SENTENCE: f64 = 520.0;
/// How much wider bold letters are.
const BOLD: f64 = 1.1;
/// The table is at least so wide, for what stands above and below it.
const LEAST: f64 = 300.0;

/// See [`super::table_svg`].
pub(super) fn svg(table: &Table) -> String {
    let columns = table.rows.iter().map(|row| row.cells.len());
    let columns = columns.fold(table.heads.len(), usize::max);
    let heads: Vec<Cell> = table
        .heads
        .iter()
        .map(|lines| Cell {
            lines: lines.clone(),
            ..Cell::default()
        })
        .collect();
    let most = if table.sentences {
        WIDEST_SENTENCE
    } else {
        WIDEST
    };
    let all = || table.rows.iter().map(|row| &row.cells).chain([&heads]);
    let widths: Vec<f64> = (0..columns)
        .map(|at| {
            let lines = all()
                .filter_map(|cells| cells.get(at))
                .flat_map(|cell| &cell.lines);
            let widest = lines.map(|line| width_of_label(line)).fold(0.0, f64::max);
            // Heads are bold.
            let head = heads.get(at).and_then(|head| head.lines.first());
            let head = head.map_or(0.0, |line| width_of_label(line) * BOLD);
            widest.min(most).max(head) + 2.0 * PAD
        })
        .collect();
    let width = widths.iter().sum::<f64>().max(LEAST);

    let mut picture = Picture::new();
    let mut y = GAP;
    for (class, text) in [("heading", &table.title), ("dim", &table.about)] {
        for line in broken(text, width) {
            y += LINE;
            picture.text(class, GAP, y, &line);
        }
    }
    y += PAD;
    y = row(&mut picture, &heads, &widths, y, Some("heading"));
    for line in &table.rows {
        rule(&mut picture, y, width);
        let top = y;
        y = row(&mut picture, &line.cells, &widths, y, None);
        if line.here {
            picture.rect("rank current", GAP, top + 1.0, width, y - top - 2.0, 3.0);
        }
    }
    rule(&mut picture, y, width);
    y += PAD;
    for note in &table.notes {
        for line in broken(note, width) {
            y += LINE;
            picture.text("dim", GAP, y, &line);
        }
    }
    picture.finish(
        "table",
        width + 2.0 * GAP,
        y + GAP,
        &table.title,
        &table.about,
    )
}

/// Draws the pieces of a row; gives its lower end. `class` is that of heads.
fn row(
    picture: &mut Picture,
    cells: &[Cell],
    widths: &[f64],
    top: f64,
    class: Option<&str>,
) -> f64 {
    let mut left = GAP;
    let mut bottom = top + LINE;
    for (cell, width) in cells.iter().zip(widths) {
        let mut y = top;
        for (number, text) in cell.lines.iter().enumerate() {
            let class = match (class, number, cell.tone) {
                (Some(class), 0, _) => class,
                (None, 0, Tone::Plain) => "label-cpu",
                (None, 0, Tone::Bad) => "cell-bad",
                _ => "dim",
            };
            for line in broken(text, width - 2.0 * PAD) {
                y += LINE;
                picture.text(class, left + PAD, y, &line);
            }
        }
        bottom = bottom.max(y);
        left += width;
    }
    bottom + LINE / 2.0
}

fn rule(picture: &mut Picture, y: f64, width: f64) {
    let (from, to, y) = (num(GAP), num(GAP + width), num(y));
    picture.path("lane", &format!("M{from} {y}H{to}"));
}

/// A text in lines of a width, broken between words; a word that is wider stands alone.
fn broken(text: &str, width: f64) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(last) if width_of_label(last) + width_of_label(word) + 4.0 <= width => {
                last.push(' ');
                last.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_break_between_words() {
        assert_eq!(broken("a b c", 1000.0), ["a b c"]);
        assert_eq!(broken("aaaa bbbb", 30.0), ["aaaa", "bbbb"]);
        assert_eq!(broken("", 30.0), Vec::<String>::new());
        let long = "x".repeat(90);
        assert_eq!(broken(&format!("a {long} b"), 40.0), ["a", &long, "b"]);
    }

    #[test]
    fn a_table_of_nothing_is_a_picture() {
        let svg = svg(&Table::default());
        assert!(svg.starts_with("<svg") && svg.ends_with("</svg>\n"));
    }
}
