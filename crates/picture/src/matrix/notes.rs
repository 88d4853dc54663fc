//! What is to be said of cells in which the axioms of a CPU know more than its machine.

use super::Source;
use session::names::list;

/// A note, for all cells of which it is to be said.
#[derive(Debug)]
pub(super) struct Note<'a> {
    /// "The axioms of Arm allow …"
    pub text: &'a str,
    /// The models in whose columns they are, each once.
    models: Vec<String>,
}

/// The notes of all cells, each once.
pub(super) fn of<'a>(source: &Source<'a>) -> Vec<Note<'a>> {
    let mut notes: Vec<Note<'a>> = Vec::new();
    for row in source.rows {
        for (known, column) in row.cells.iter().zip(source.columns) {
            let Some(text) = known.beyond(source.goal) else {
                continue;
            };
            let at = notes.iter().position(|note| note.text == text);
            let at = at.unwrap_or_else(|| {
                let models = Vec::new();
                notes.push(Note { text, models });
                notes.len() - 1
            });
            let name = column.name().to_owned();
            if let Some(note) = notes.get_mut(at)
                && !note.models.contains(&name)
            {
                note.models.push(name);
            }
        }
    }
    notes
}

/// What stands below the table.
pub(super) fn sentences(notes: &[Note<'_>]) -> Vec<String> {
    let numbered = notes.iter().zip(1..);
    let sentence = |(note, number): (&Note<'_>, usize)| {
        format!("Note {number}, {}: {}", list(&note.models), note.text)
    };
    numbered.map(sentence).collect()
}
