//! The engine's module: built by Cargo, bound by wasm-bindgen, with the script that runs it.
//!
//! Trunk builds the page alone. Before each of its builds it calls `cargo xtask engine` (a hook in Trunk.toml), so that
//! a served page has an engine, too.

use std::env;
use std::fs;
use std::path::PathBuf;
use std::process::Command;

use crate::args::Args;
use crate::{Outcome, process, setup, steps, tools, workspace};

/// The files in the folder of the engine.
pub const SCRIPT: &str = "engine.js";
/// See [`SCRIPT`].
pub const WASM: &str = "engine_bg.wasm";

/// The scenarios, which the page loads when they are wanted.
pub const SCENARIOS: &str = "scenarios.json";

/// The package.
const PACKAGE: &str = "stalebus-engine";

/// `cargo xtask engine`.
pub fn run(words: &[String]) -> Outcome {
    let mut args = Args::new("engine", words);
    // Trunk says in this variable what it is building.
    let release = args.flag("--release")
        || env::var("TRUNK_PROFILE").is_ok_and(|profile| profile == "release");
    args.finish()?;
    build(if release { "engine" } else { "dev" })
}

/// Where the engine is put: in the checkout, since Trunk takes it from there.
pub fn folder() -> PathBuf {
    workspace::root().join("target").join("engine")
}

/// Builds the engine with a profile of Cargo.
///
/// # Errors
/// When a tool is missing or fails.
fn build(profile: &str) -> Outcome {
    setup::wasm_target()?;
    let bindgen = tools::wasm_bindgen_folder()?.join("wasm-bindgen");
    let mut cargo = cargo(profile);
    steps::timed("engine", "built", || process::run("engine", &mut cargo))?;

    let module = target_folder()?
        .join(setup::WASM)
        .join(if profile == "dev" { "debug" } else { profile })
        .join("stalebus_engine.wasm");
    let folder = folder();
    let mut bind = workspace::command(bindgen);
    // A script, no module of its own: workers load one everywhere, and the single file holds it as a function.
    bind.args([
        "--target",
        "no-modules",
        "--no-typescript",
        "--out-name",
        "engine",
        "--out-dir",
    ])
    .arg(&folder)
    .arg(&module);
    process::run("wasm-bindgen", &mut bind)?;
    workspace::write(&folder.join(SCENARIOS), scenarios()?)?;
    let script = folder.join(SCRIPT);
    let glue = workspace::read(&script)?;
    let host = workspace::read(&workspace::root().join("static").join(SCRIPT))?;
    workspace::write(&script, wrapped(&glue, &host))
}

/// What builds the module, not yet bound.
pub fn cargo(profile: &str) -> Command {
    let mut cargo = workspace::cargo();
    cargo.args([
        "build",
        "--package",
        PACKAGE,
        "--target",
        setup::WASM,
        "--profile",
        profile,
    ]);
    cargo
}

/// All scenarios by their ids, as JSON: the text, and the test as bytes. The page has the opening one itself.
fn scenarios() -> Result<String, String> {
    let mut cargo = workspace::cargo();
    cargo.args([
        "run",
        "--quiet",
        "--package",
        "stalebus-lessons",
        "--example",
        "scenarios",
    ]);
    let output = cargo
        .stderr(std::process::Stdio::inherit())
        .output()
        .map_err(|error| format!("cargo: {error}"))?;
    if !output.status.success() {
        return Err("the scenarios could not be packed".to_owned());
    }
    String::from_utf8(output.stdout).map_err(|error| format!("the scenarios: {error}"))
}

/// Glue and host as one function, called at once. The single file calls it later, or in a worker.
fn wrapped(glue: &str, host: &str) -> String {
    format!("{OPENING}{glue}\n{host}{CLOSING}{CALL}")
}

const OPENING: &str = "function stalebusEngineScript() {\n";
const CLOSING: &str = "}\n";
const CALL: &str = "stalebusEngineScript();\n";

/// The function without its call.
///
/// # Errors
/// When the text is not what [`run`] has written.
pub fn uncalled(script: &str) -> Result<&str, String> {
    script
        .strip_suffix(CALL)
        .filter(|script| script.starts_with(OPENING))
        .ok_or_else(|| format!("{SCRIPT} is not what `cargo xtask engine` writes"))
}

/// Cargo's folder for what it builds.
pub fn target_folder() -> Result<PathBuf, String> {
    let metadata = workspace::metadata()?;
    let folder = metadata["target_directory"].as_str();
    folder
        .map(PathBuf::from)
        .ok_or_else(|| "cargo metadata names no target directory".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_script_can_be_called_later() {
        let script = wrapped("let wasm_bindgen = 1;", "serve();\n");
        assert!(script.ends_with("stalebusEngineScript();\n"));
        let function = uncalled(&script).unwrap();
        assert!(function.ends_with("serve();\n}\n"), "{function}");
        assert!(uncalled(function).is_err());
    }
}
