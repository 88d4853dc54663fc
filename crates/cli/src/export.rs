//! `stalebus export`: a test for another tool.

use std::fs;
use std::path::Path;

use litmus::{Setting, Test};

use crate::args::ExportArgs;
use crate::files::Input;
use crate::load::{Failure, Read, read, setting};
use crate::output::{Output, say};
use crate::status::Status;

/// Runs the command.
pub fn run(args: &ExportArgs, output: &mut Output) -> Status {
    match text(args) {
        Ok(text) => deliver(args, output, &text),
        Err(Failure(messages)) => {
            say(&messages);
            Status::Failed
        }
    }
}

fn text(args: &ExportArgs) -> Result<String, Failure> {
    let Read {
        source,
        test,
        warnings,
    } = read(&Input::one(&args.file))?;
    say(&warnings);
    let setting = setting(&source, &test, args.off.as_deref())?;
    let outcome = match &args.outcome {
        None => None,
        Some(name) => Some(position(&source.name, &test, name)?),
    };
    let exported = export(&test, &setting, outcome)
        .map_err(|error| Failure(source.error_at(error.span, &error.message)))?;
    for note in &exported.notes {
        say(&format!("note: {}: {note}\n", source.name));
    }
    Ok(exported.text)
}

fn export(
    test: &Test,
    setting: &Setting,
    outcome: Option<usize>,
) -> Result<litmus::Export, litmus::ExportError> {
    match outcome {
        None => litmus::export_herd(test, setting),
        Some(outcome) => litmus::export_herd_outcome(test, setting, outcome),
    }
}

fn position(file: &str, test: &Test, name: &str) -> Result<usize, Failure> {
    test.outcomes
        .iter()
        .position(|outcome| outcome.name == name)
        .ok_or_else(|| {
            let known = crate::goals::states(test);
            Failure(format!(
                "error: {file}: --outcome: {}\n",
                crate::goals::no_outcome(name, &known)
            ))
        })
}

fn deliver(args: &ExportArgs, output: &mut Output, text: &str) -> Status {
    let Some(to) = &args.output else {
        let _ = output.write_test(text);
        return Status::Fine;
    };
    if same(&args.file, to) {
        say(&format!(
            "error: {}: the export would overwrite the scenario itself\n",
            to.display()
        ));
        return Status::Failed;
    }
    match fs::write(to, text) {
        Ok(()) => Status::Fine,
        Err(error) => {
            say(&format!("error: {}: {error}\n", to.display()));
            Status::Failed
        }
    }
}

fn same(a: &Path, b: &Path) -> bool {
    match (fs::canonicalize(a), fs::canonicalize(b)) {
        (Ok(a), Ok(b)) => a == b,
        _ => false,
    }
}
