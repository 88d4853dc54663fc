//! The finished site: built by Trunk, shrunk by wasm-opt, put together by `page`.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

use crate::args::Args;
use crate::page::{self, Parts};
use crate::{Outcome, editor, engine, process, setup, steps, workspace};

/// What wasm-opt may use. `--all-features` would emit what Chromium rejects.
const WASM_OPT: &[&str] = &[
    "--enable-reference-types",
    "--enable-bulk-memory",
    "--enable-mutable-globals",
    "--enable-nontrapping-float-to-int",
    "--enable-sign-ext",
    "--enable-multivalue",
];

/// Where Cargo reads flags for the modules alone.
const RUSTFLAGS: &str = "CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS";

/// What the boot script imports, in the order of their needs.
const SCRIPTS: &[&str] = &["failure.js", "host.js", "scenarios.js"];

/// The page's module, among what Trunk leaves.
const BOUND: &str = "stalebus_bg.wasm";

/// What makes scripts and styles smaller on their way.
const ESBUILD: &str = "node_modules/esbuild/bin/esbuild";

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
    let mut trunk = setup::trunk_command(None)?;
    setup::node_packages()?;

    let staged = staged();
    // For this target alone: xtask itself, which the hook runs, is not to be built anew for it. These flags count only
    // where no others are set.
    trunk.env(RUSTFLAGS, rust_flags());
    trunk.env_remove("RUSTFLAGS");
    trunk.env_remove("CARGO_ENCODED_RUSTFLAGS");
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

    let modules = Modules {
        // Few functions in the place of their only call: what is alike is then alike for brotli, too.
        page: optimised(&staged.join(BOUND), &["-Oz", "--converge", "-ocimfs=5"])?,
        engine: optimised(&staged.join(engine::WASM), &["-Oz"])?,
    };
    let editor = steps::timed("editor", "bundled", editor::build)?;
    let parts = parts(&staged, &modules, editor)?;
    let dist = folder();
    write_site(&dist, &parts)?;
    println!(
        "✓ {} in {}",
        dist.display(),
        steps::seconds(started.elapsed())
    );
    Ok(())
}

/// The modules as they are shipped.
struct Modules {
    page: PathBuf,
    engine: PathBuf,
}

/// Where Trunk leaves what the site is made of.
fn staged() -> PathBuf {
    workspace::root().join("target").join("site")
}

/// A script or style without what only people read.
fn minified(text: &str, kind: &str) -> Result<String, String> {
    let folder = workspace::root().join("target").join("minified");
    fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let (file, small) = (
        folder.join(format!("in.{kind}")),
        folder.join(format!("out.{kind}")),
    );
    workspace::write(&file, text)?;
    let mut esbuild = workspace::command("node");
    esbuild
        .args([
            ESBUILD,
            "--minify",
            "--target=es2022",
            "--charset=ascii",
            // All scripts are modules: nobody else sees their names.
            "--format=esm",
            "--legal-comments=none",
            "--log-level=warning",
        ])
        .arg(&file)
        .arg(format!("--outfile={}", small.display()));
    process::run("esbuild", &mut esbuild)?;
    workspace::read(&small)
}

/// A module after wasm-opt.
fn optimised(module: &Path, level: &[&str]) -> Result<PathBuf, String> {
    let shrunk = module.with_extension("opt.wasm");
    let mut optimise = workspace::command("node");
    optimise
        .arg("node_modules/binaryen/bin/wasm-opt")
        .args(level)
        .args(WASM_OPT)
        .arg(module)
        .arg("-o")
        .arg(&shrunk);
    steps::timed("wasm-opt", "done", || {
        process::run("wasm-opt", &mut optimise)
    })?;
    Ok(shrunk)
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
    // This way of saying it parts flags by spaces: a folder whose name has one stays as it is.
    flags.retain(|flag| !flag.contains(' '));
    flags.join(" ")
}

/// The folder of the finished site.
pub fn folder() -> PathBuf {
    workspace::root().join("dist")
}

/// Reads what the page is made of.
fn parts(staged: &Path, modules: &Modules, editor: String) -> Result<Parts, String> {
    let root = workspace::root();
    let html = workspace::read(&staged.join("index.html"))?;
    let mut style = String::new();
    for name in page::style_sheets(&html) {
        style.push_str(&workspace::read(&staged.join(name))?);
    }
    let bytes =
        |file: &Path| fs::read(file).map_err(|error| format!("{}: {error}", file.display()));
    let others: Vec<String> = SCRIPTS
        .iter()
        .map(|name| workspace::read(&root.join("static").join(name)))
        .collect::<Result<_, _>>()?;
    let script = page::one_script(
        &workspace::read(&staged.join("stalebus.js"))?,
        &others,
        &workspace::read(&root.join("static/boot.js"))?,
    )?;
    Ok(Parts {
        script: minified(&script, "js")?,
        style: minified(&style, "css")?,
        editor,
        wasm: bytes(&modules.page)?,
        engine_script: workspace::read(&staged.join(engine::SCRIPT))?,
        engine: bytes(&modules.engine)?,
        scenarios: workspace::read(&staged.join(engine::SCENARIOS))?,
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
