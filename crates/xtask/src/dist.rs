//! The finished site: built by Trunk, shrunk by wasm-opt, put together by `page`.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
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
pub const RUSTFLAGS: &str = "CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS";

/// Makes the linker leave notes of who mentions what.
pub const RELOCATIONS: &str = "-Clink-arg=--emit-relocs";

/// What the boot script imports, in the order of their needs.
const SCRIPTS: &[&str] = &["failure.js", "later.js", "host.js", "scenarios.js"];

/// What the first view of the page does not need: see `crates/split`. The first is written by hand, the second by
/// `cargo xtask profile`.
pub const LATER: &str = "later.txt";
pub const COLD: &str = "cold.txt";

/// Which short names the first half has for what it imports.
const NAMES: &str = "names.txt";

/// Style sheets of what the first view does not have: the pictures, the tools, paper.
const LATER_STYLES: &[&str] = &[
    "cost", "diagram", "export", "graph", "hardware", "lab", "matrix", "picture", "print",
    "verdicts",
];

/// Style sheets that change what others say. They come again behind those that come later.
const LAST_STYLES: &[&str] = &["contrast", "present"];

/// The page's module, whole, among what Trunk leaves.
pub const BOUND: &str = "stalebus_bg.wasm";

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

    let halves = split(&staged)?;
    let modules = Modules {
        // Few functions in the place of their only call: what is alike is then alike for brotli, too.
        first: alike(&optimised(&halves[0], &["-Oz", "--converge", "-ocimfs=5"])?)?,
        later: alike(&optimised(&halves[1], &["-Oz"])?)?,
        engine: alike(&optimised(&staged.join(engine::WASM), &["-Oz"])?)?,
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
    first: PathBuf,
    later: PathBuf,
    engine: PathBuf,
}

/// The page's module, in two halves: what the first view needs, and the rest.
fn split(staged: &Path) -> Result<[PathBuf; 2], String> {
    let halves = ["first.wasm", "later.wasm"].map(|name| staged.join(name));
    let linked = engine::target_folder()?
        .join(setup::WASM)
        .join("release")
        .join("stalebus.wasm");
    let mut splitter = splitter("halves");
    splitter
        .arg(staged.join(BOUND))
        .arg(linked)
        .args([LATER, COLD])
        .args(&halves)
        .arg(staged.join(NAMES));
    steps::timed("split", "done", || process::run("split", &mut splitter))?;
    Ok(halves)
}

/// What splits modules, and knows what they run.
pub fn splitter(what: &str) -> Command {
    let mut splitter = workspace::cargo();
    let package = ["--package", "stalebus-split", "--profile", "native"];
    splitter.args(["run", "--quiet"]).args(package);
    splitter.args(["--", what]);
    splitter
}

/// Where Trunk leaves what the site is made of.
pub fn staged() -> PathBuf {
    workspace::root().join("target").join("site")
}

/// The glue code with the short names of what the module imports, each of which stands there once, as a key, and of what it
/// exports under the long names of types.
fn renamed(glue: &str, names: &str) -> Result<String, String> {
    let mut glue = glue.to_owned();
    for line in names.lines() {
        let Some((long, short)) = line.split_once(' ') else {
            continue;
        };
        if long.starts_with("wasm.") {
            glue = with_word(&glue, long, short)
                .ok_or_else(|| format!("the glue code does not mention {long}"))?;
            continue;
        }
        let forms = [format!("{long}:"), format!("\"{long}\":")];
        let form = forms.iter().find(|form| {
            let mut found = glue.match_indices(form.as_str());
            let alone = |at: usize| !glue[..at].ends_with(is_word);
            found.next().is_some_and(|(at, _)| alone(at)) && found.next().is_none()
        });
        let Some(form) = form else {
            return Err(format!("the glue code does not define {long} just once"));
        };
        glue = glue.replace(form.as_str(), &format!("{short}:"));
    }
    Ok(glue)
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// A text with another word in all places of one; none if it has no such place.
fn with_word(text: &str, word: &str, other: &str) -> Option<String> {
    let mut replaced = String::new();
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once(word) {
        replaced.push_str(before);
        let alone = !replaced.ends_with(is_word) && !behind.starts_with(is_word);
        replaced.push_str(if alone { other } else { word });
        rest = behind;
    }
    replaced.push_str(rest);
    (replaced != text).then_some(replaced)
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

/// A module with its functions in the order that compresses best.
fn alike(module: &Path) -> Result<PathBuf, String> {
    let ordered = module.with_extension("alike.wasm");
    let mut splitter = splitter("alike");
    splitter.arg(module).arg(&ordered);
    steps::timed("order", "done", || process::run("order", &mut splitter))?;
    Ok(ordered)
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
    // Names with their generic arguments, and who mentions what: crates/split goes by both.
    flags.push("-Csymbol-mangling-version=v0".to_owned());
    flags.push(RELOCATIONS.to_owned());
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
    let mut sheets = Vec::new();
    for name in page::style_sheets(&html) {
        let sheet = workspace::read(&staged.join(&name))?;
        sheets.push((name, sheet));
    }
    let styles = |wanted: &dyn Fn(&str) -> bool| {
        let chosen = sheets.iter().filter(|(name, _)| {
            // Trunk has put a hash behind the name.
            wanted(name.split(['-', '.']).next().unwrap_or_default())
        });
        let text: String = chosen.map(|(_, sheet)| sheet.as_str()).collect();
        minified(&text, "css")
    };
    let bytes =
        |file: &Path| fs::read(file).map_err(|error| format!("{}: {error}", file.display()));
    let others: Vec<String> = SCRIPTS
        .iter()
        .map(|name| workspace::read(&root.join("static").join(name)))
        .collect::<Result<_, _>>()?;
    let script = page::one_script(
        &renamed(
            &workspace::read(&staged.join("stalebus.js"))?,
            &workspace::read(&staged.join(NAMES))?,
        )?,
        &others,
        &workspace::read(&root.join("static/boot.js"))?,
    )?;
    Ok(Parts {
        script: minified(&script, "js")?,
        style: styles(&|name| !LATER_STYLES.contains(&name))?,
        later_style: styles(&|name| LATER_STYLES.contains(&name) || LAST_STYLES.contains(&name))?,
        whole_style: styles(&|_| true)?,
        editor,
        wasm: bytes(&modules.first)?,
        later: bytes(&modules.later)?,
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

#[cfg(test)]
mod tests {
    use super::renamed;

    #[test]
    fn the_glue_has_the_short_names() {
        let glue = "import0 = { __wbg_a_1: function() {}, __wbg_a_12: b__wbg_a, };\nreturn { \"./x_bg.js\": import0 };";
        let names = "./x_bg.js a\n__wbg_a_1 b\n__wbg_a_12 c\n";
        let expected = "import0 = { b: function() {}, c: b__wbg_a, };\nreturn { a: import0 };";
        assert_eq!(renamed(glue, names).unwrap(), expected);
    }

    #[test]
    fn exports_have_short_names_wherever_the_glue_uses_them() {
        let glue = "function f_1() { wasm.f_1(); wasm.f_1_2(wasm.f_1); mywasm.f_1(); }";
        let expected = "function f_1() { wasm.wa(); wasm.wb(wasm.wa); mywasm.f_1(); }";
        let names = "wasm.f_1 wasm.wa\nwasm.f_1_2 wasm.wb\n";
        assert_eq!(renamed(glue, names).unwrap(), expected);
        let error = renamed(glue, "wasm.f wasm.wa\n").unwrap_err();
        assert_eq!(error, "the glue code does not mention wasm.f");
    }

    #[test]
    fn a_name_that_the_glue_does_not_have_once_is_said() {
        for glue in ["", "{ a_b: 1 }", "{ b: 1, b: 2 }"] {
            let error = renamed(glue, "b c\n").unwrap_err();
            assert!(error.contains("does not define b just once"), "{error}");
        }
    }
}
