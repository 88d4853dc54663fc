//! `cargo xtask`: everything that Stale Bus needs done outside the compiler.
//!
//! Set-up, a development server, the tests, the finished site, its sizes and the benchmarks.
//! `cargo xtask --help` lists the commands; each answers to `--help` on its own.

mod args;
mod bench;
mod browser;
mod csp;
mod dist;
mod editor;
mod engine;
mod help;
mod house;
mod page;
mod process;
mod serve;
mod setup;
mod shots;
mod size;
mod steps;
mod test;
mod tools;
mod workspace;

use std::process::ExitCode;

/// What a command answers: nothing, or a message for the person who typed it.
type Outcome = Result<(), String>;

fn main() -> ExitCode {
    let mut words: Vec<String> = std::env::args().skip(1).collect();
    if words.is_empty() {
        print!("{}", help::overview());
        return ExitCode::from(2);
    }
    let command = words.remove(0);
    if matches!(command.as_str(), "--help" | "-h" | "help") {
        print!(
            "{}",
            words
                .first()
                .map_or(help::overview(), |name| help::of(name))
        );
        return ExitCode::SUCCESS;
    }
    // What follows `--` belongs to another program, and so does its --help.
    let own = words.iter().take_while(|word| *word != "--");
    if own.into_iter().any(|word| word == "--help" || word == "-h") {
        print!("{}", help::of(&command));
        return ExitCode::SUCCESS;
    }
    let outcome = match command.as_str() {
        "setup" => setup::run(&words),
        "serve" => serve::run(&words),
        "test" => test::run(&words),
        "check" => test::check(&words),
        "dist" => dist::run(&words),
        "editor" => editor::run(&words),
        "engine" => engine::run(&words),
        "shots" => shots::run(&words),
        "size" => size::run(&words),
        "bench" => bench::run(&words),
        unknown => Err(format!(
            "there is no command `{unknown}`\n\n{}",
            help::overview()
        )),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            // An empty message: the command has already said what failed.
            if !message.is_empty() {
                eprintln!("error: {message}");
            }
            ExitCode::FAILURE
        }
    }
}
