//! `stalebus matrix`: every setting of the toggles on every model, LKMM the last.

mod beyond;
mod column;
mod words;

use std::time::Duration;

use explore::matrix::{MAX_SETTINGS, TooManySettings, matrix};
use explore::{Matrix, MatrixRun, Reachable, Row};
use litmus::{Setting, Test};

use crate::args::MatrixArgs;
use crate::files::Input;
use crate::goals::{CONDITION, Goal, no_outcome, states};
use crate::json::{Object, list, seconds};
use crate::load::{Failure, Read, read};
use crate::model::Model;
use crate::output::{Output, say};
use crate::progress::Progress;
use crate::status::Status;

/// Runs the command.
pub fn run(args: &MatrixArgs, output: &mut Output) -> Status {
    match text(args) {
        Ok((text, status)) => {
            let _ = output.write(&text);
            status
        }
        Err(Failure(messages)) => {
            say(&messages);
            Status::Failed
        }
    }
}

fn text(args: &MatrixArgs) -> Result<(String, Status), Failure> {
    let Read {
        source,
        mut test,
        warnings,
    } = read(&Input::one(&args.file))?;
    say(&warnings);
    let goals = goals(&test, args.outcome.as_deref())
        .map_err(|message| Failure(format!("error: {}: {message}\n", source.name)))?;
    // The matrix asks named outcomes: the condition becomes one.
    test.outcomes = goals.iter().map(Goal::as_outcome).collect();
    let flavour = args.srcu.flavour(&test);
    let run = MatrixRun::new(&test, flavour, args.limit.states).map_err(|TooManySettings| {
        Failure(format!(
            "error: {}: the toggles have more than {MAX_SETTINGS} settings\n",
            source.name
        ))
    })?;
    let progress = Progress::spinner();
    progress.message(|| format!("{} settings on every model", run.total()));
    let begun = std::time::Instant::now();
    let mut matrix = matrix(run, args.jobs.count())
        .map_err(|error| Failure(source.error_at(error.span, &error.message)))?;
    let limit = args.limit.states as u64;
    let beyond = beyond::ask(&mut matrix, &test, flavour, args.limit.states);
    let refused = column::append(&mut matrix, &test, limit, args.jobs.count());
    drop(progress);
    // What LKMM cannot judge is said, and no limit can change it.
    let columns = matrix.models.len() + usize::from(refused.is_none());
    let open = matrix.rows.iter().any(|row| {
        let mut cells = (0..columns).flat_map(|column| {
            let outcomes = 0..goals.len();
            outcomes.map(move |outcome| cell(row, column, outcome))
        });
        cells.any(|cell| cell == Reachable::Unknown)
    });
    if let Some(error) = refused {
        let place = source.place(error.span);
        say(&format!(
            "note: {}:{}:{}: LKMM cannot judge every setting: {error}\n",
            source.name, place.0, place.1
        ));
    }
    let time = begun.elapsed();
    let mut out = String::new();
    for (number, goal) in goals.iter().enumerate() {
        if args.json {
            let about = About {
                file: &source.name,
                srcu: flavour.id(),
                time,
            };
            let notes = beyond::json(&beyond, &source, number);
            out.push_str(&json(&about, &test, &matrix, number, goal, &notes));
            out.push('\n');
        } else {
            out.push_str(if number > 0 { "\n" } else { "" });
            out.push_str(&table(&test, &matrix, number, goal, &beyond));
            out.push_str(&beyond::text(&beyond, &source, number));
            out.push('\n');
            out.push_str(&words::minimal(&test, &matrix, number));
        }
    }
    let status = if open { Status::Unknown } else { Status::Fine };
    Ok((out, status))
}

/// The models of the columns.
fn columns(matrix: &Matrix) -> Vec<Model> {
    let cpus = matrix.models.iter().copied().map(Model::Cpu);
    cpus.chain([Model::Lkmm]).collect()
}

/// The outcome asked for; by default the bad ones, or else the condition.
fn goals(test: &Test, name: Option<&str>) -> Result<Vec<Goal>, String> {
    let all = states(test);
    if let Some(name) = name {
        let condition = || {
            all.last()
                .filter(|_| name == CONDITION && test.condition.is_some())
        };
        let found = all.iter().find(|goal| goal.name == name).or_else(condition);
        return found
            .map(|goal| vec![goal.clone()])
            .ok_or_else(|| format!("--outcome: {}", no_outcome(name, &all)));
    }
    let named = all.get(..test.outcomes.len()).unwrap_or_default();
    let mut goals: Vec<Goal> = named.iter().filter(|goal| goal.bad).cloned().collect();
    if goals.is_empty() {
        goals.extend(all.last().cloned());
    }
    if goals.is_empty() {
        return Err("the test has no outcome to ask for".to_string());
    }
    Ok(goals)
}

fn cell(row: &Row, model: usize, outcome: usize) -> Reachable {
    let cell = row.cells.get(model).and_then(|cell| cell.get(outcome));
    cell.copied().unwrap_or(Reachable::Unknown)
}

fn mark(reachable: Reachable) -> &'static str {
    match reachable {
        Reachable::Yes => "yes",
        Reachable::No => "no",
        Reachable::Unknown => "?",
    }
}

fn off(test: &Test, setting: &Setting) -> String {
    let off = setting.to_off(test);
    if off.is_empty() {
        "(nothing)".to_string()
    } else {
        off
    }
}

fn table(
    test: &Test,
    matrix: &Matrix,
    outcome: usize,
    goal: &Goal,
    beyond: &[beyond::Beside],
) -> String {
    let label = if goal.label.is_empty() {
        String::new()
    } else {
        format!(": {}", goal.label)
    };
    let columns = columns(matrix);
    let mut out = format!("Can `{}` happen?{label}\n\n", goal.name);
    let mut rows = vec![vec!["off".to_string()]];
    rows.extend(matrix.rows.iter().map(|row| vec![off(test, &row.setting)]));
    for (row, (at, source)) in rows
        .iter_mut()
        .zip((0..).zip(std::iter::once(None).chain(matrix.rows.iter().map(Some))))
    {
        row.extend(
            columns
                .iter()
                .enumerate()
                .map(|(column, model)| match source {
                    None => model.name().to_string(),
                    Some(source) => {
                        let noted = beyond
                            .iter()
                            .any(|b| b.row + 1 == at && b.column == column && b.about(outcome));
                        let mark = mark(cell(source, column, outcome));
                        format!("{mark}{}", if noted { "*" } else { "" })
                    }
                }),
        );
    }
    let width = |column: usize| {
        rows.iter()
            .filter_map(|row| row.get(column))
            .map(|t| t.chars().count())
            .max()
            .unwrap_or(0)
    };
    let widths: Vec<usize> = (0..=columns.len()).map(width).collect();
    for row in &rows {
        let cells: Vec<String> = row
            .iter()
            .zip(&widths)
            .map(|(text, width)| format!("{text:<width$}"))
            .collect();
        out.push_str(cells.join("  ").trim_end());
        out.push('\n');
    }
    out
}

struct About<'a> {
    file: &'a str,
    srcu: &'a str,
    time: Duration,
}

fn json(
    about: &About<'_>,
    test: &Test,
    matrix: &Matrix,
    outcome: usize,
    goal: &Goal,
    notes: &[String],
) -> String {
    let columns = columns(matrix);
    let rows = matrix.rows.iter().map(|row| {
        let mut cells = Object::new();
        for (column, model) in columns.iter().enumerate() {
            cells = cells.text(model.id(), mark(cell(row, column, outcome)));
        }
        Object::new()
            .text("off", &row.setting.to_off(test))
            .raw("cells", &cells.end())
            .end()
    });
    let minimal = columns.iter().enumerate().flat_map(|(column, model)| {
        matrix
            .minimal_sets(test, outcome, column)
            .into_iter()
            .map(|set| {
                let on = set
                    .on
                    .iter()
                    .filter_map(|t| test.toggles.get(*t))
                    .map(|t| &t.name);
                Object::new()
                    .text("model", model.id())
                    .texts("on", on)
                    .text("off", &set.setting.to_off(test))
                    .truth("proven", set.proven)
                    .end()
            })
    });
    let complete = (0..columns.len()).all(|column| {
        matrix
            .rows
            .iter()
            .all(|row| cell(row, column, outcome) != Reachable::Unknown)
    });
    let mut object = Object::new()
        .text("file", about.file)
        .text("test", &test.name)
        .text("srcu", about.srcu)
        .text("outcome", &goal.name)
        .truth("bad", goal.bad)
        .texts("models", columns.iter().map(|model| model.id()))
        .raw("rows", &list(rows))
        .raw("minimal", &list(minimal));
    if !notes.is_empty() {
        object = object.raw("by_axioms", &list(notes.iter().cloned()));
    }
    object
        .truth("complete", complete)
        .number("explored", matrix.explored as u64)
        .raw("seconds", &seconds(about.time))
        .end()
}
