//! Installing what the other commands need. Every step may be repeated: what is there is left alone.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::args::Args;
use crate::{Outcome, browser, process, steps, tools, workspace};

/// The compiler's target for the browser.
pub const WASM: &str = "wasm32-unknown-unknown";

/// The oldest Node that the packages of package.json support.
const NODE: u32 = 20;

/// Installs one thing, or finds it.
type Need = fn() -> Outcome;

/// Everything that can be asked for by name, in the order of installing.
const NEEDS: &[(&str, Need)] = &[
    ("wasm", wasm_target),
    ("trunk", || tools::trunk_folder().map(drop)),
    ("wasm-bindgen", || tools::wasm_bindgen_folder().map(drop)),
    ("node", node_packages),
    ("chromium", || browser::chromium().map(drop)),
];

/// `cargo xtask setup`.
pub fn run(words: &[String]) -> Outcome {
    let mut args = Args::new("setup", words);
    let only = args.list("--only")?;
    if let Some(name) = only
        .iter()
        .find(|name| !NEEDS.iter().any(|(known, _)| known == name))
    {
        return Err(args.wrong(&format!("`{name}` is nothing to set up")));
    }
    args.finish()?;
    let mut failures = Vec::new();
    let wanted = |name: &str| only.is_empty() || only.iter().any(|wanted| wanted == name);
    // Side by side they are there sooner.
    let tools = ["trunk", "wasm-bindgen"];
    let both = tools.iter().all(|name| wanted(name));
    for (name, need) in NEEDS {
        if *name == tools[0] && both {
            failures.extend(tools::both(None).err());
        } else if wanted(name) && !(both && tools.contains(name)) {
            // One that is missing does not keep the others from being installed.
            failures.extend(need().err().map(|error| format!("{name}: {error}")));
        }
    }
    if failures.is_empty() {
        Ok(())
    } else {
        Err(failures.join("\nerror: "))
    }
}

/// The standard library for WebAssembly.
///
/// # Errors
/// When it is missing and rustup cannot add it.
pub fn wasm_target() -> Outcome {
    let label = "wasm target";
    let sysroot = process::capture(workspace::command("rustc").args(["--print", "sysroot"]))?;
    let library = PathBuf::from(sysroot.trim())
        .join("lib/rustlib")
        .join(WASM)
        .join("lib");
    if library.is_dir() {
        steps::already(label);
        return Ok(());
    }
    if process::on_path("rustup").is_none() {
        return Err(format!(
            "the Rust standard library for {WASM} is missing and there is no rustup to add it.\n  \
             Install rustup (https://rustup.rs), then type: rustup target add {WASM}\n  \
             A way without rustup is in docs/building.md."
        ));
    }
    let mut add = workspace::command("rustup");
    add.args(["target", "add", WASM]);
    steps::timed(label, "installed", || process::run(label, &mut add))
        .map_err(|error| format!("{error}\n  To install it by hand: rustup target add {WASM}"))
}

/// Node itself, and the packages that package-lock.json names.
///
/// # Errors
/// When Node is missing or too old and cannot be installed, or npm fails.
pub fn node_packages() -> Outcome {
    let version = node()?;
    let root = workspace::root();
    let lock = workspace::read(&root.join("package-lock.json"))?;
    // A copy of the lock that was installed: equal content means that there is nothing to do.
    let stamp = root.join("node_modules").join(".stalebus-lock.json");
    let label = format!("Node packages (Node {version})");
    if fs::read_to_string(&stamp).is_ok_and(|installed| installed == lock)
        || all_installed(&root, &lock)
    {
        steps::already(&label);
        return Ok(());
    }
    steps::timed(&label, "installed", || {
        process::run(
            "npm ci",
            workspace::command("npm").args(["ci", "--no-progress"]),
        )
    })
    .map_err(|error| format!("{error}\n  To install them by hand: npm ci"))?;
    workspace::write(&stamp, lock)
}

/// Whether every package of the lock is there in its version, whoever has installed it.
fn all_installed(root: &Path, lock: &str) -> bool {
    let field = |text: &str, name: &str| -> Option<serde_json::Value> {
        serde_json::from_str::<serde_json::Value>(text)
            .ok()?
            .get_mut(name)
            .map(serde_json::Value::take)
    };
    let Some(serde_json::Value::Object(packages)) = field(lock, "packages") else {
        return false;
    };
    packages.iter().all(|(path, package)| {
        // The first one is the project itself; optional ones are for other machines.
        path.is_empty()
            || package.get("optional").is_some()
            || fs::read_to_string(root.join(path).join("package.json"))
                .ok()
                .and_then(|text| field(&text, "version"))
                .is_some_and(|version| Some(&version) == package.get("version"))
    })
}

/// The version of Node, which is installed when it is missing and this is possible.
fn node() -> Result<String, String> {
    if (process::on_path("node").is_none() || process::on_path("npm").is_none()) && can_apt() {
        apt("Node", &["nodejs", "npm"])?;
    }
    let version = process::on_path("npm").and_then(|_| process::version_of("node"));
    let major = |version: &str| {
        version
            .split('.')
            .next()
            .and_then(|number| number.parse::<u32>().ok())
    };
    match version {
        Some(version) if major(&version).is_some_and(|number| number >= NODE) => Ok(version),
        Some(version) => Err(format!(
            "Node {version} is too old: install Node {NODE} or newer (https://nodejs.org)"
        )),
        None => Err(format!(
            "Node and npm are missing: install Node {NODE} or newer (https://nodejs.org), or where the distribution \
             has it type: apt-get install -y nodejs npm"
        )),
    }
}

/// Whether Debian packages can be installed without asking for a password.
pub fn can_apt() -> bool {
    process::on_path("apt-get").is_some()
        && (process::is_root()
            || process::capture(Command::new("sudo").args(["-n", "true"])).is_ok())
}

/// Installs Debian packages.
///
/// # Errors
/// When apt-get fails.
pub fn apt(what: &str, packages: &[&str]) -> Outcome {
    let apt_get = || {
        let mut command = if process::is_root() {
            Command::new("apt-get")
        } else {
            let mut sudo = Command::new("sudo");
            sudo.args(["-n", "apt-get"]);
            sudo
        };
        command.env("DEBIAN_FRONTEND", "noninteractive").arg("-q");
        command
    };
    steps::timed(what, "installed", || {
        // A fresh machine has no package lists. A repository that is down need not be the one that is needed.
        if let Err(error) = process::run("apt-get update", apt_get().arg("update")) {
            println!("  {error}; trying to install all the same");
        }
        process::run(
            what,
            apt_get()
                .args(["install", "-y", "--no-install-recommends"])
                .args(packages),
        )
    })
    .map_err(|error| {
        let sudo = if process::is_root() { "" } else { "sudo " };
        format!(
            "{error}\n  To install it by hand: {sudo}apt-get install -y --no-install-recommends {}",
            packages.join(" ")
        )
    })
}

/// The environment that Trunk needs: both tools on PATH. `beside` is done while they are built, if they are.
///
/// # Errors
/// When one of them cannot be had.
pub fn trunk_command(beside: Option<tools::Beside>) -> Result<Command, String> {
    wasm_target()?;
    let folders = tools::both(beside)?;
    let mut command = workspace::command(folders[0].join("trunk"));
    command.env("PATH", process::path_with(&folders)?);
    // Trunk takes `NO_COLOR=1`, a common setting, for a value of its own flag and stops.
    if env::var_os("NO_COLOR").is_some() {
        command.env("NO_COLOR", "true");
    }
    Ok(command)
}
