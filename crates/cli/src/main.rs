//! The `stalebus` command.

mod answer;
mod args;
mod axioms;
mod check;
mod claim;
mod explore_cmd;
mod export;
mod files;
mod fmt;
mod goals;
mod herd_format;
mod line;
mod load;
mod matrix_cmd;
mod model;
mod ordered;
mod output;
mod progress;
mod schedule;
mod status;
mod why;

use std::process::ExitCode;

use clap::Parser as _;

use crate::args::{Command, CommandLine};
use crate::output::Output;
use crate::status::Status;

fn main() -> ExitCode {
    let command = match CommandLine::try_parse() {
        Ok(line) => line.command,
        Err(error) => {
            // A help text that nobody reads any more is no failure.
            let _ = error.print();
            return if error.use_stderr() {
                Status::Failed
            } else {
                Status::Fine
            }
            .into();
        }
    };
    let mut output = Output::default();
    let status = match &command {
        Command::Check(args) => check::run(args, &mut output),
        Command::Explore(args) => explore_cmd::run(args, &mut output),
        Command::Matrix(args) => matrix_cmd::run(args, &mut output),
        Command::Export(args) => export::run(args, &mut output),
        Command::Fmt(args) => fmt::run(args, &mut output),
    };
    status.max(output.status()).into()
}
