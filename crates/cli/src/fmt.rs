//! `stalebus fmt`: tests in the usual layout.

use std::fs;
use std::io::Write as _;
use std::ops::ControlFlow;
use std::path::Path;

use crate::args::FmtArgs;
use crate::files::{Found, Input, Source, inputs};
use crate::load::{Failure, Read, read};
use crate::output::{Output, say};
use crate::status::Status;

/// Runs the command.
pub fn run(args: &FmtArgs, output: &mut Output) -> Status {
    let mut status = Status::Fine;
    let Found { inputs, notes } = inputs(&args.paths);
    say(&notes);
    for input in inputs {
        let (flow, one) = one(args, &input, output);
        status = status.max(one);
        if flow.is_break() {
            break;
        }
    }
    status
}

fn one(args: &FmtArgs, input: &Input, output: &mut Output) -> (ControlFlow<()>, Status) {
    let on = ControlFlow::Continue(());
    let Read {
        source,
        test,
        warnings,
    } = match read(input) {
        Ok(read) => read,
        Err(Failure(messages)) => {
            say(&messages);
            return (on, Status::Failed);
        }
    };
    say(&warnings);
    let printed = litmus::format(&source.text, &test);
    if !args.check && !args.write {
        return (output.write_test(&printed), Status::Fine);
    }
    if source.exact && source.text == printed {
        return (on, Status::Fine);
    }
    let refusal = refusal(&source, &printed);
    if args.check {
        let why = if refusal.is_some() {
            " (has comments that formatting would lose)"
        } else {
            ""
        };
        return (
            output.write(&format!("{}{why}\n", source.name)),
            Status::Contradicted,
        );
    }
    match (refusal, input) {
        (Some(why), _) => {
            say(&why);
            (on, Status::Failed)
        }
        (None, Input::File(path)) => (on, write(path, &source, &printed)),
        // There is no place to write to.
        (None, _) => (output.write_test(&printed), Status::Fine),
    }
}

fn refusal(source: &Source, printed: &str) -> Option<String> {
    if !source.exact {
        return Some(format!(
            "error: {}: the file is not UTF-8; it stays as it is\n",
            source.name
        ));
    }
    litmus::lost_comment(&source.text, printed).map(|span| {
        let message = "formatting would lose this part of a comment; the file stays as it is";
        source.error_at(span, message)
    })
}

/// Beside the file first: a full disk must not cost the test. What somebody else has written meanwhile stays.
fn write(path: &Path, read: &Source, text: &str) -> Status {
    let failed = |error: std::io::Error| {
        say(&format!("error: {}: {error}\n", path.display()));
        Status::Failed
    };
    // What a link leads to is replaced, not the link.
    let path = match fs::canonicalize(path) {
        Ok(path) => path,
        Err(error) => return failed(error),
    };
    let mut name = path.file_name().unwrap_or_default().to_os_string();
    name.push(".new");
    let beside = path.with_file_name(name);
    let made = fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .open(&beside);
    let mut new = match made {
        Ok(new) => new,
        Err(error) => {
            say(&format!("error: {}: {error}\n", beside.display()));
            return Status::Failed;
        }
    };
    let done = new
        .write_all(text.as_bytes())
        .and_then(|()| fs::set_permissions(&beside, fs::metadata(&path)?.permissions()))
        .and_then(|()| match fs::read(&path)? == read.text.as_bytes() {
            true => fs::rename(&beside, &path),
            false => Err(std::io::Error::other(
                "it has changed meanwhile; it stays as it is",
            )),
        });
    match done {
        Ok(()) => Status::Fine,
        Err(error) => {
            let _ = fs::remove_file(&beside);
            failed(error)
        }
    }
}
