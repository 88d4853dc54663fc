//! The editor of the litmus lab: CodeMirror and `editor/`, bundled into one script by esbuild.
//!
//! It is a file of its own, so that its bytes are paid only when the lab is opened.

use std::env;
use std::fs;
use std::path::PathBuf;

use crate::args::Args;
use crate::{Outcome, process, setup, workspace};

/// What esbuild makes: a classic script, which can stand in a page, for browsers that run WebAssembly anyway.
const OPTIONS: &[&str] = &[
    "--bundle",
    "--minify",
    "--format=iife",
    "--target=es2022",
    "--charset=ascii",
    "--legal-comments=none",
    "--log-level=warning",
];

/// `cargo xtask editor`: Trunk calls it after each build of the served page.
pub fn run(words: &[String]) -> Outcome {
    Args::new("editor", words).finish()?;
    // Without Node the page can still be served: the lab then has a plain text field.
    let built = build().and_then(|script| match env::var_os("TRUNK_STAGING_DIR") {
        Some(staged) => workspace::write(&PathBuf::from(staged).join("editor.js"), script),
        None => Ok(()),
    });
    if let Err(error) = built {
        println!("  the litmus lab will have a plain text field: {error}");
    }
    Ok(())
}

/// Bundles the editor, and gives the script.
///
/// # Errors
/// When Node or a package is missing and cannot be installed, or esbuild fails.
pub fn build() -> Result<String, String> {
    setup::node_packages()?;
    let root = workspace::root();
    let folder = root.join("target").join("editor");
    fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let script = folder.join("editor.js");
    let mut esbuild = workspace::command("node");
    esbuild
        .args(["node_modules/esbuild/bin/esbuild", "editor/editor.js"])
        .args(OPTIONS)
        .arg(format!("--outfile={}", script.display()));
    process::run("esbuild", &mut esbuild)?;
    workspace::read(&script)
}
