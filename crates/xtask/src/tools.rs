//! Trunk and wasm-bindgen: taken from PATH when the version fits, else from the user's cache, else installed there.
//!
//! The cache is the user's, not the checkout's target/: a clean clone would build them anew.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use crate::process::Job;
use crate::{Outcome, process, steps, workspace};

/// The Trunk that is built when there is none. Trunk 0.22 needs a newer compiler than `rust-version`.
const TRUNK: &str = "0.21.14";

/// How a tool is built whose own release profile is meant for those who ship it: Trunk's optimises the whole program at
/// once, which takes ten minutes and saves none here.
const QUICK: &[(&str, &str)] = &[
    ("CARGO_PROFILE_RELEASE_LTO", "off"),
    ("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16"),
    ("CARGO_PROFILE_RELEASE_OPT_LEVEL", "0"),
    ("CARGO_PROFILE_RELEASE_DEBUG", "false"),
];

/// The least time that is worth a promise: what cannot be done side by side.
const LEAST: Duration = Duration::from_secs(60);

/// Where the source of a tool is.
enum Source {
    /// A package of the registry, in this version.
    Registry,
    /// A crate of the workspace.
    Workspace(&'static str),
}

/// A tool that Cargo can install.
struct Tool {
    /// The program.
    name: &'static str,
    /// The package of the registry that holds it.
    package: &'static str,
    /// What is installed when nothing fits.
    version: String,
    /// Which versions on PATH fit, as the start of their number.
    fits: String,
    /// What is built.
    source: Source,
    /// About how many crates that is.
    crates: usize,
    /// How long one core takes for it, in seconds.
    work: u64,
}

/// Work beside the tools that a first run may do while they are built.
pub struct Beside {
    /// What it is, and how Cargo does it.
    pub job: Job,
    /// How long one core takes for it, in seconds.
    pub work: u64,
}

fn trunk() -> Tool {
    Tool {
        name: "trunk",
        package: "trunk",
        version: TRUNK.into(),
        fits: "0.21.".into(),
        source: Source::Registry,
        crates: 370,
        work: 350,
    }
}

fn wasm_bindgen() -> Result<Tool, String> {
    let version = workspace::locked_version("wasm-bindgen")?;
    Ok(Tool {
        name: "wasm-bindgen",
        package: "wasm-bindgen-cli",
        fits: version.clone(),
        version,
        source: Source::Workspace("crates/bindgen"),
        crates: 44,
        work: 105,
    })
}

/// The folder of a fitting Trunk.
///
/// # Errors
/// When it cannot be built.
pub fn trunk_folder() -> Result<PathBuf, String> {
    one(trunk())
}

/// The folder of the wasm-bindgen whose version Cargo.lock holds.
///
/// # Errors
/// When it cannot be built, or Cargo.lock cannot be read.
pub fn wasm_bindgen_folder() -> Result<PathBuf, String> {
    one(wasm_bindgen()?)
}

/// The folders of both, which are built at once when both are missing.
///
/// `beside` is done at the same time when something has to be built, and whether it succeeds is for its user to find
/// out: whoever needs it does it again and shows what is wrong.
///
/// # Errors
/// When one of them cannot be built.
pub fn both(beside: Option<Beside>) -> Result<Vec<PathBuf>, String> {
    folders(vec![trunk(), wasm_bindgen()?], beside)
}

fn one(tool: Tool) -> Result<PathBuf, String> {
    folders(vec![tool], None)?
        .pop()
        .ok_or_else(|| "no tool was asked for".to_owned())
}

fn folders(tools: Vec<Tool>, beside: Option<Beside>) -> Result<Vec<PathBuf>, String> {
    let cache = cache()?;
    let mut folders: Vec<Option<PathBuf>> = tools.iter().map(|tool| tool.found(&cache)).collect();
    // A program that others have built is there in seconds.
    if process::on_path("cargo-binstall").is_some() {
        for (tool, folder) in tools.iter().zip(&mut folders) {
            if folder.is_none() {
                *folder = tool.fetched(&cache);
            }
        }
    }
    let missing: Vec<&Tool> = tools
        .iter()
        .zip(&folders)
        .filter(|(_, folder)| folder.is_none())
        .map(|(tool, _)| tool)
        .collect();
    if !missing.is_empty() {
        build(&missing, &cache, beside)?;
    }
    Ok(tools
        .iter()
        .zip(folders)
        .map(|(tool, folder)| folder.unwrap_or_else(|| tool.home(&cache).join("bin")))
        .collect())
}

/// Builds tools and what is done beside them, and says first how long that will take.
fn build(missing: &[&Tool], cache: &Path, beside: Option<Beside>) -> Outcome {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let work = missing.iter().map(|tool| tool.work).sum::<u64>()
        + beside.as_ref().map_or(0, |beside| beside.work);
    let mut names: Vec<String> = missing.iter().map(|tool| tool.label()).collect();
    let mut jobs: Vec<Job> = missing
        .iter()
        .map(|tool| Job {
            what: tool.name.to_owned(),
            commands: vec![tool.install(cache)],
            crates: tool.crates,
        })
        .collect();
    if let Some(beside) = beside {
        names.push(beside.job.what.clone());
        jobs.push(beside.job);
    }
    println!(
        "· building {}: {} on {cores} {}, this once; longer where the machine is slow or busy",
        names.join(", "),
        estimate(work, cores),
        if cores == 1 { "core" } else { "cores" },
    );
    let typed: Vec<String> = missing
        .iter()
        .map(|tool| process::shown(&tool.install(cache)))
        .collect();
    let started = Instant::now();
    let answers = process::together(jobs);
    let taken = steps::seconds(started.elapsed());
    let mut failures = Vec::new();
    for ((tool, answer), typed) in missing.iter().zip(answers).zip(typed) {
        match answer {
            Ok(()) => {
                // What is left of the build is of no use to anyone.
                let _ = fs::remove_dir_all(tool.rubble(cache));
                println!("✓ {} … built", tool.label());
            }
            Err(error) => failures.push(format!(
                "{}: {error}\n  To build it by hand: {typed}",
                tool.label()
            )),
        }
    }
    if failures.is_empty() {
        println!("✓ built in {taken}");
        Ok(())
    } else {
        Err(failures.join("\nerror: "))
    }
}

/// A promise in whole minutes. Cargo keeps not quite all cores busy all the time.
fn estimate(work: u64, cores: usize) -> String {
    let cores = u64::try_from(cores).unwrap_or(1).max(1);
    let seconds = Duration::from_secs(work * 11 / 10 / cores).max(LEAST);
    match seconds.as_secs().div_ceil(60) {
        1 => "about a minute".to_owned(),
        minutes => format!("about {minutes} minutes"),
    }
}

impl Tool {
    fn label(&self) -> String {
        format!("{} {}", self.name, self.version)
    }

    /// The tool's own folder in the cache.
    fn home(&self, cache: &Path) -> PathBuf {
        cache.join(format!("{}-{}", self.package, self.version))
    }

    /// Where it is built. It stays when the build is interrupted, so that the next one goes on from there.
    fn rubble(&self, cache: &Path) -> PathBuf {
        self.home(cache).join("build")
    }

    /// The folder of the program, if it is there.
    fn found(&self, cache: &Path) -> Option<PathBuf> {
        if let Some(program) = process::on_path(self.name)
            && let Some(version) = process::version_of(&program)
            && self.accepts(&version)
            && let Some(folder) = program.parent()
        {
            steps::already(&format!("{} {version} on PATH", self.name));
            return Some(folder.to_path_buf());
        }
        let folder = self.cached(cache)?;
        steps::already(&self.label());
        Some(folder)
    }

    /// Its folder in the cache, if a program that fits is in it.
    fn cached(&self, cache: &Path) -> Option<PathBuf> {
        let folder = self.home(cache).join("bin");
        process::version_of(folder.join(self.name))
            .is_some_and(|version| self.accepts(&version))
            .then_some(folder)
    }

    fn accepts(&self, version: &str) -> bool {
        version == self.fits || self.fits.ends_with('.') && version.starts_with(&self.fits)
    }

    /// Has cargo-binstall fetch the program. A failure is no error: then it is built.
    fn fetched(&self, cache: &Path) -> Option<PathBuf> {
        let label = format!("{} by cargo-binstall", self.label());
        let mut fetch = workspace::command("cargo-binstall");
        fetch
            .args(["--no-confirm", "--disable-strategies", "compile", "--root"])
            .arg(self.home(cache))
            .arg(format!("{}@{}", self.package, self.version));
        let fetched = steps::timed(&label, "fetched", || process::run(&label, &mut fetch));
        if let Err(error) = &fetched {
            println!("  {error}; building it instead");
        }
        fetched.ok().and_then(|()| self.cached(cache))
    }

    /// The command that builds it.
    fn install(&self, cache: &Path) -> Command {
        let home = self.home(cache);
        match self.source {
            Source::Registry => {
                let mut command = Command::new("cargo");
                // Outside the checkout, and without what this run of Cargo has set: only the user's own settings count.
                command
                    .current_dir(env::temp_dir())
                    .env_remove("CARGO_TARGET_DIR")
                    .envs(QUICK.iter().copied());
                command.arg("install").arg("--root").arg(home).args([
                    self.package,
                    "--version",
                    &self.version,
                    // As its authors have tested it.
                    "--locked",
                    // Updates and downloads of its own, which need TLS.
                    "--no-default-features",
                    "--target-dir",
                ]);
                command.arg(self.rubble(cache));
                command
            }
            Source::Workspace(path) => {
                let mut command = workspace::command("cargo");
                command
                    // A whole tool of the same name may have been there.
                    .args(["install", "--force", "--locked", "--profile", "tools"])
                    .args(["--path", path, "--root"])
                    .arg(home);
                command
            }
        }
    }
}

/// The user's folder for tools that are kept.
fn cache() -> Result<PathBuf, String> {
    let base = env::var_os("XDG_CACHE_HOME")
        .map(PathBuf::from)
        .filter(|folder| folder.is_absolute())
        .or_else(|| env::home_dir().map(|home| home.join(".cache")))
        .ok_or("neither XDG_CACHE_HOME nor a home folder is known; set XDG_CACHE_HOME")?;
    Ok(base.join("stalebus").join("tools"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trunk_fits_by_its_series_and_wasm_bindgen_by_its_number() {
        let tool = trunk();
        assert!(tool.accepts("0.21.14") && tool.accepts("0.21.2"));
        assert!(!tool.accepts("0.22.0") && !tool.accepts("0.2.1"));
        let mut tool = wasm_bindgen().unwrap();
        assert!(tool.accepts(&tool.version));
        tool.fits = "0.2.13".into();
        assert!(tool.accepts("0.2.13"));
        assert!(!tool.accepts("0.2.130"));
    }

    #[test]
    fn the_tool_is_of_the_version_that_the_page_uses() {
        // Each names a version of its own: Cargo.toml cannot share one between packages.
        let page = workspace::locked_version("wasm-bindgen").unwrap();
        for package in ["stalebus-bindgen", "wasm-bindgen-cli-support"] {
            assert_eq!(
                workspace::locked_version(package).unwrap(),
                page,
                "{package}"
            );
        }
    }

    #[test]
    fn a_promise_is_in_whole_minutes() {
        assert_eq!(estimate(545, 2), "about 5 minutes");
        assert_eq!(estimate(545, 1), "about 10 minutes");
        assert_eq!(estimate(60, 64), "about a minute");
    }

    #[test]
    fn trunk_is_built_quickly_and_without_what_it_does_not_need() {
        let command = trunk().install(Path::new("/cache"));
        let typed = process::shown(&command);
        assert!(typed.contains("--locked --no-default-features"), "{typed}");
        let lto = command
            .get_envs()
            .find(|(name, _)| *name == "CARGO_PROFILE_RELEASE_LTO");
        assert_eq!(lto.and_then(|(_, value)| value).unwrap(), "off");
    }
}
