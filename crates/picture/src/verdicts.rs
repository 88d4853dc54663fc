//! The verdicts as a picture: what can happen in the present setting, on each model.

use litmus::{Setting, Test};

use crate::svg::table::{self, Cell, Tone};

/// What is known of an outcome.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verdict {
    /// One clause for people.
    pub label: String,
    /// By model.
    pub answers: Vec<Answer>,
}

/// What is known of it on a model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Answer {
    /// A mark and a word: `● yes`. No answer is told by the mark or by its colour alone.
    pub mark: &'static str,
    /// See above.
    pub word: &'static str,
    /// It is a failure that can happen.
    pub bad: bool,
}

/// A row an outcome, a column a model. `title` is that of the test. `notes` say what else is known: cures, and how much was searched.
#[must_use]
pub fn picture(
    title: &str,
    test: &Test,
    setting: &Setting,
    models: &[&str],
    verdicts: &[Verdict],
    notes: Vec<String>,
) -> table::Table {
    let heads = ["Can it happen?"].iter().chain(models);
    table::Table {
        title: title.to_owned(),
        about: session::names::capital(&crate::matrix::name(test, setting)),
        heads: heads.map(|head| vec![(*head).to_owned()]).collect(),
        rows: verdicts.iter().map(row).collect(),
        sentences: false,
        notes,
    }
}

fn row(verdict: &Verdict) -> table::Row {
    let answers = verdict.answers.iter().map(|answer| {
        let tone = if answer.bad { Tone::Bad } else { Tone::Plain };
        Cell::new(tone, format!("{} {}", answer.mark, answer.word))
    });
    table::Row {
        here: false,
        cells: [Cell::new(Tone::Plain, &*verdict.label)]
            .into_iter()
            .chain(answers)
            .collect(),
    }
}
