//! `stalebus matrix`: every setting of the toggles on every model, LKMM the last.

mod beyond;
mod column;

use std::time::Duration;

use explore::matrix::{MAX_SETTINGS, TooManySettings, matrix};
use explore::{Matrix, MatrixRun, MinimalSet, Reachable};
use litmus::{Setting, Test};
use machine::SrcuFlavour;
use picture::cure::{self, Barriers};
use picture::matrix::WEAKEST;
use protocol::json;

use crate::args::MatrixArgs;
use crate::files::{Input, Source};
use crate::goals::{CONDITION, Goal, no_outcome, states};
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
            "error: {}: the toggles have more than {MAX_SETTINGS} combinations\n",
            source.name
        ))
    })?;
    let progress = Progress::spinner();
    progress.message(|| format!("{} combinations of barriers on every model", run.total()));
    let begun = std::time::Instant::now();
    let mut matrix = matrix(run, args.jobs.count())
        .map_err(|error| Failure(source.error_at(error.span, &error.message)))?;
    let limit = args.limit.states as u64;
    let beyond = beyond::ask(&mut matrix, &test, flavour, args.limit.states);
    let refused = column::append(&mut matrix, &test, limit, args.jobs.count());
    drop(progress);
    // What LKMM cannot judge is said, and no limit can change it.
    let searched = matrix.models.len() + usize::from(refused.is_none());
    let open = (0..goals.len())
        .any(|outcome| (0..searched).any(|column| !whole(&matrix, outcome, column)));
    if let Some(error) = refused {
        let place = source.place(error.span);
        say(&format!(
            "note: {}:{}:{}: LKMM cannot judge every combination: {error}\n",
            source.name, place.0, place.1
        ));
    }
    let time = begun.elapsed();
    let barriers = Barriers::of(&test, Some(&source.text));
    let found = Found {
        test: &test,
        matrix: &matrix,
        barriers: &barriers,
        beyond: &beyond,
        source: &source,
        flavour,
        time,
    };
    let mut out = String::new();
    for (number, goal) in goals.iter().enumerate() {
        if args.json {
            out.push_str(&json(&found, number, goal));
            out.push('\n');
        } else {
            out.push_str(if number > 0 { "\n" } else { "" });
            out.push_str(&table(&found, number, goal));
            out.push_str(&beyond::text(&beyond, &source, number));
            out.push('\n');
            out.push_str(&weakest(&found, number));
        }
    }
    let status = if open { Status::Unknown } else { Status::Fine };
    Ok((out, status))
}

/// What was searched, and of what.
struct Found<'a> {
    source: &'a Source,
    test: &'a Test,
    matrix: &'a Matrix,
    barriers: &'a Barriers<'a>,
    beyond: &'a [beyond::Beside],
    flavour: SrcuFlavour,
    time: Duration,
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

fn table(found: &Found<'_>, outcome: usize, goal: &Goal) -> String {
    let Found { test, matrix, .. } = *found;
    let label = if goal.label.is_empty() {
        String::new()
    } else {
        format!(" ({})", goal.label)
    };
    let columns = columns(matrix);
    let mut out = format!("Can `{}`{label} happen?\n", goal.name);
    if picture::matrix::has_srcu(test) {
        out.push_str(picture::matrix::srcu(found.flavour));
        out.push('\n');
    }
    out.push('\n');
    let mut head = vec!["off".to_string()];
    head.extend(columns.iter().map(|model| model.name().to_string()));
    let mut rows = vec![head];
    for (at, row) in matrix.rows.iter().enumerate() {
        let cells = (0..columns.len()).map(|column| {
            let by_axioms =
                |b: &beyond::Beside| (b.row, b.column) == (at, column) && b.about(outcome);
            let star = if found.beyond.iter().any(by_axioms) {
                "*"
            } else {
                ""
            };
            format!("{}{star}", mark(matrix.cell(at, outcome, column)))
        });
        let off = off(test, &row.setting);
        rows.push(std::iter::once(off).chain(cells).collect());
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

/// Nothing of a column is unknown.
fn whole(matrix: &Matrix, outcome: usize, column: usize) -> bool {
    let mut rows = 0..matrix.rows.len();
    rows.all(|row| matrix.cell(row, outcome, column) != Reachable::Unknown)
}

/// The weakest barriers, a line for each model.
fn weakest(found: &Found<'_>, outcome: usize) -> String {
    let Found {
        matrix, barriers, ..
    } = *found;
    let mut out = format!("{WEAKEST}:\n");
    for (column, model) in columns(matrix).into_iter().enumerate() {
        let sets = matrix.minimal_sets(&barriers.strength, outcome, column, None);
        let weakest = cure::weakest(barriers, &sets, whole(matrix, outcome, column));
        let doubt = if weakest.proven {
            String::new()
        } else {
            format!(" {}", weakest.proof)
        };
        out.push_str(&format!("  {}: {}{doubt}\n", model.name(), weakest.text));
    }
    out
}

fn json(found: &Found<'_>, outcome: usize, goal: &Goal) -> String {
    let Found { test, matrix, .. } = *found;
    let columns = columns(matrix);
    let rows = matrix.rows.iter().enumerate().map(|(at, row)| json::Row {
        off: row.setting.to_off(test),
        cells: columns
            .iter()
            .enumerate()
            .map(|(column, model)| (*model, matrix.cell(at, outcome, column)))
            .collect(),
    });
    let rows = rows.collect();
    let minimal = columns.iter().enumerate().flat_map(|(column, model)| {
        let strength = &found.barriers.strength;
        let sets = matrix.minimal_sets(strength, outcome, column, None);
        sets.into_iter().map(|set| minimal(found, *model, &set))
    });
    let minimal = minimal.collect();
    crate::line::json(&json::Matrix {
        file: found.source.name.clone(),
        test: test.name.clone(),
        srcu: found.flavour,
        outcome: goal.name.clone(),
        bad: goal.bad,
        rows,
        minimal,
        by_axioms: beyond::json(found.beyond, found.source, outcome),
        complete: (0..columns.len()).all(|column| whole(matrix, outcome, column)),
        explored: matrix.explored as u64,
        seconds: found.time.as_secs_f64(),
        models: columns,
    })
}

/// A weakest set: the toggles that are on in it, those with several positions with the position, and what they are.
fn minimal(found: &Found<'_>, model: Model, set: &MinimalSet) -> json::Minimal {
    let Found { test, barriers, .. } = *found;
    let position = |at: usize| set.setting.0.get(at).copied().unwrap_or_default();
    let on = set.on.iter().filter_map(|at| {
        let toggle = test.toggles.get(*at)?;
        let chosen = toggle.positions.get(usize::from(position(*at)))?;
        Some(match toggle.is_switch() {
            true => toggle.name.clone(),
            false => format!("{}:{}", toggle.name, chosen.name),
        })
    });
    let named = set.on.iter().map(|at| barriers.named(*at, position(*at)));
    json::Minimal {
        model,
        on: on.collect(),
        barriers: named.collect(),
        off: set.setting.to_off(test),
        waits: barriers.price(set).is_some(),
        proven: set.proven,
    }
}
