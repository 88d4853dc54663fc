//! The finished site: built by Trunk, shrunk by wasm-opt, put together by `page`.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

use crate::args::Args;
use crate::page::{self, Parts};
use crate::{Outcome, process, setup, steps, workspace};

/// What wasm-opt may use. `--all-features` would emit what Chromium rejects.
const WASM_OPT: &[&str] = &[
    "-Oz",
    "--enable-reference-types",
    "--enable-bulk-memory",
    "--enable-mutable-globals",
    "--enable-nontrapping-float-to-int",
    "--enable-sign-ext",
    "--enable-multivalue",
];

/// `cargo xtask dist`.
pub fn run(words: &[String]) -> Outcome {
    Args::new("dist", words).finish()?;
    build()
}

/// Builds dist/ anew.
///
/// # Errors
/// When a tool is missing or fails, or index.html is not as expected.
pub fn build() -> Outcome {
    let started = Instant::now();
    let mut trunk = setup::trunk_command()?;
    setup::node_packages()?;

    let staged = workspace::root().join("target").join("site");
    trunk.env("CARGO_ENCODED_RUSTFLAGS", rust_flags());
    trunk
        .args([
            "build",
            "--release",
            "--offline",
            "--public-url",
            "./",
            "--dist",
        ])
        .arg(&staged);
    steps::timed("release build", "built", || {
        process::run("release build", &mut trunk)
    })?;

    let wasm = staged.join("stalebus_bg.opt.wasm");
    let mut optimise = workspace::command("node");
    optimise
        .arg("node_modules/binaryen/bin/wasm-opt")
        .args(WASM_OPT);
    optimise
        .arg(staged.join("stalebus_bg.wasm"))
        .arg("-o")
        .arg(&wasm);
    steps::timed("wasm-opt", "done", || {
        process::run("wasm-opt", &mut optimise)
    })?;

    let parts = parts(&staged, &wasm)?;
    let dist = folder();
    write_site(&dist, &parts)?;
    println!(
        "✓ {} in {}",
        dist.display(),
        steps::seconds(started.elapsed())
    );
    Ok(())
}

/// The compiler's flags for the release: panic messages name source files, and the site is nobody's business where
/// the builder keeps them. It makes the module smaller and the same on every machine, too.
fn rust_flags() -> String {
    let mut flags: Vec<String> = env::var("RUSTFLAGS")
        .unwrap_or_default()
        .split_whitespace()
        .map(str::to_owned)
        .collect();
    let home = env::var_os("CARGO_HOME")
        .map(PathBuf::from)
        .or_else(|| Some(env::home_dir()?.join(".cargo")));
    let registry = home.map(|home| home.join("registry").join("src"));
    // The folders below it are named after the registry's index, which differs between mirrors.
    for index in registry
        .into_iter()
        .flat_map(fs::read_dir)
        .flatten()
        .flatten()
    {
        flags.push(format!(
            "--remap-path-prefix={}=crates",
            index.path().display()
        ));
    }
    flags.push(format!(
        "--remap-path-prefix={}=stalebus",
        workspace::root().display()
    ));
    // The one separator that no path holds.
    flags.join("\u{1f}")
}

/// The folder of the finished site.
pub fn folder() -> PathBuf {
    workspace::root().join("dist")
}

/// Reads what the page is made of.
fn parts(staged: &Path, wasm: &Path) -> Result<Parts, String> {
    let root = workspace::root();
    let html = workspace::read(&staged.join("index.html"))?;
    let mut style = String::new();
    for name in page::style_sheets(&html) {
        style.push_str(&workspace::read(&staged.join(name))?);
    }
    Ok(Parts {
        script: page::one_script(
            &workspace::read(&staged.join("stalebus.js"))?,
            &workspace::read(&root.join("static/boot.js"))?,
        )?,
        style,
        wasm: fs::read(wasm).map_err(|error| format!("{}: {error}", wasm.display()))?,
        worker: workspace::read(&root.join("static/service-worker.js"))?,
        icon: workspace::read(&root.join("static/icons/icon.svg"))?,
        html,
    })
}

fn write_site(dist: &Path, parts: &Parts) -> Outcome {
    let site = parts.site()?;
    let single = parts.single_file()?;
    let io = |error: std::io::Error| format!("{}: {error}", dist.display());
    if dist.exists() {
        fs::remove_dir_all(dist).map_err(io)?;
    }
    fs::create_dir_all(dist.join("icons")).map_err(io)?;
    for (name, content) in site {
        workspace::write(&dist.join(name), content)?;
    }
    workspace::write(&dist.join("stale-bus.html"), single)?;
    let statics = workspace::root().join("static");
    for name in page::STATIC {
        fs::copy(statics.join(name), dist.join(name))
            .map_err(|error| format!("static/{name}: {error}"))?;
    }
    Ok(())
}
