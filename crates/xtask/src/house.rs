//! The rules of the house that no compiler checks: which crate may know which, no `unsafe`, nothing of one machine.

use std::env;
use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::{Outcome, process, workspace};

/// Which of our crates each crate may depend on. The arrows of the architecture, and nothing may be added in passing:
/// the machine that knew the search would no longer be a model that people can read on its own.
const ARROWS: &[(&str, &[&str])] = &[
    ("stalebus-litmus", &[]),
    ("stalebus-cost", &[]),
    ("stalebus-machine", &["stalebus-litmus"]),
    // Plain data: what the search, the engine and the page tell each other and others.
    (
        "stalebus-protocol",
        &["stalebus-litmus", "stalebus-machine"],
    ),
    (
        "stalebus-explore",
        &["stalebus-litmus", "stalebus-machine", "stalebus-protocol"],
    ),
    ("stalebus-lkmm", &["stalebus-litmus"]),
    ("stalebus-session", &["stalebus-litmus", "stalebus-machine"]),
    (
        "stalebus-picture",
        &[
            "stalebus-litmus",
            "stalebus-machine",
            "stalebus-explore",
            "stalebus-lkmm",
            "stalebus-session",
            "stalebus-protocol",
            "stalebus-cost",
        ],
    ),
    (
        "stalebus-service",
        &[
            "stalebus-litmus",
            "stalebus-machine",
            "stalebus-explore",
            "stalebus-lkmm",
            "stalebus-session",
            "stalebus-picture",
            "stalebus-protocol",
            // Its tests ask about the scenarios.
            "stalebus-lessons",
        ],
    ),
    (
        "stalebus-lessons",
        &["stalebus-litmus", "stalebus-machine", "stalebus-explore"],
    ),
    // Tools, which know none of the others.
    ("stalebus-bindgen", &[]),
    ("xtask", &[]),
];

/// Where all arrows end: these may depend on every crate, and no crate on them.
const ENDS: &[&str] = &[
    "stalebus",
    "stalebus-engine",
    "stalebus-cli",
    "stalebus-bench",
    "stalebus-agree",
];

/// What only the page and the engine's module may know.
const BROWSER: &[&str] = &["yew", "web-sys", "js-sys", "wasm-bindgen", "gloo"];

/// Who may know it: the page, the engine's module, and the tool that binds both.
const KNOW_BROWSER: &[&str] = &["stalebus", "stalebus-engine", "stalebus-bindgen"];

/// Checks all rules.
///
/// # Errors
/// With one line for each violation.
pub fn check() -> Outcome {
    let metadata = workspace::metadata()?;
    let packages = metadata["packages"]
        .as_array()
        .map(Vec::as_slice)
        .unwrap_or_default();
    let root_manifest = workspace::read(&workspace::root().join("Cargo.toml"))?;
    let mut wrong = Vec::new();
    wrong.extend(packages.iter().flat_map(arrows));
    wrong.extend(
        packages
            .iter()
            .filter_map(|package| forbids_unsafe(package, &root_manifest)),
    );
    wrong.extend(foreign_hosts()?);
    wrong.extend(machine_paths()?);
    if wrong.is_empty() {
        println!("{} packages keep the rules", packages.len());
        Ok(())
    } else {
        Err(format!("\n  {}", wrong.join("\n  ")))
    }
}

fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value[key].as_str().unwrap_or_default()
}

/// The dependencies of a package that point the wrong way.
fn arrows(package: &Value) -> Vec<String> {
    let name = text(package, "name");
    let dependencies = package["dependencies"]
        .as_array()
        .map(Vec::as_slice)
        .unwrap_or_default();
    let names = dependencies
        .iter()
        .map(|dependency| text(dependency, "name"));
    let end = ENDS.contains(&name);
    let allowed = ARROWS
        .iter()
        .find(|(known, _)| *known == name)
        .map(|(_, allowed)| *allowed);
    if allowed.is_none() && !end {
        return vec![format!(
            "{name} has no place among the arrows yet: give it one in crates/xtask/src/house.rs"
        )];
    }
    names
        .filter_map(|needed| {
            let ours = ENDS.contains(&needed) || ARROWS.iter().any(|(known, _)| *known == needed);
            let to_an_end = ENDS.contains(&needed) || needed == "xtask";
            if ours && (to_an_end || !end && !allowed.unwrap_or_default().contains(&needed)) {
                return Some(format!("{name} must not depend on {needed}"));
            }
            let browser = BROWSER
                .iter()
                .any(|known| needed == *known || needed.starts_with(&format!("{known}-")));
            (browser && !KNOW_BROWSER.contains(&name)).then(|| {
                format!("{name} must not depend on {needed}: only the page and the engine's module know the browser")
            })
        })
        .collect()
}

/// A package that does not forbid `unsafe`, by the workspace's lints or in each of its targets.
fn forbids_unsafe(package: &Value, root_manifest: &str) -> Option<String> {
    let manifest = fs::read_to_string(text(package, "manifest_path")).unwrap_or_default();
    let by_lints = root_manifest.contains("unsafe_code = \"forbid\"")
        && manifest.contains("[lints]\nworkspace = true");
    let targets = package["targets"]
        .as_array()
        .map(Vec::as_slice)
        .unwrap_or_default();
    let in_targets = targets.iter().all(|target| {
        fs::read_to_string(text(target, "src_path"))
            .is_ok_and(|source| source.contains("#![forbid(unsafe_code)]"))
    });
    (!by_lints && !in_targets).then(|| {
        format!(
            "{} does not forbid unsafe code: add `[lints]` with `workspace = true`",
            text(package, "name")
        )
    })
}

/// Lines of the lock files that name another host than the public registry.
fn foreign_hosts() -> Result<Vec<String>, String> {
    let root = workspace::root();
    let mut wrong = Vec::new();
    for line in workspace::read(&root.join("Cargo.lock"))?.lines() {
        if line.starts_with("source = ")
            && !line.contains("\"registry+https://github.com/rust-lang/crates.io-index\"")
        {
            wrong.push(format!("Cargo.lock: {line}"));
        }
    }
    for line in workspace::read(&root.join("package-lock.json"))?.lines() {
        if line.contains("\"resolved\":") && !line.contains("\"https://registry.npmjs.org/") {
            wrong.push(format!("package-lock.json: {}", line.trim()));
        }
    }
    Ok(wrong)
}

/// Lines of tracked files that hold an absolute path of this machine.
fn machine_paths() -> Result<Vec<String>, String> {
    let root = workspace::root();
    let Ok(listed) = process::capture(
        Command::new("git")
            .current_dir(&root)
            .args(["ls-files", "-z"]),
    ) else {
        println!("no git checkout: the check for paths of this machine is left out");
        return Ok(Vec::new());
    };
    let folders = own_folders(&root);
    let mut wrong = Vec::new();
    for name in listed.split('\0').filter(|name| !name.is_empty()) {
        // What is no text, or has been deleted, holds no line to complain about.
        let Ok(content) = fs::read_to_string(root.join(name)) else {
            continue;
        };
        for (number, line) in content.lines().enumerate() {
            if let Some(folder) = folders.iter().find(|folder| names_folder(line, folder)) {
                wrong.push(format!(
                    "{name}:{}: names {folder}, a folder of this machine",
                    number + 1
                ));
            }
        }
    }
    Ok(wrong)
}

/// The checkout, what lies beside it, and the home folder: none of them exists elsewhere.
fn own_folders(root: &Path) -> Vec<String> {
    let mut folders = vec![root.to_path_buf()];
    // What lies beside a checkout in / or in the folder for temporary files belongs to everyone.
    if let Some(parent) = root
        .parent()
        .filter(|parent| parent.parent().is_some() && *parent != env::temp_dir())
    {
        folders.extend(
            fs::read_dir(parent)
                .into_iter()
                .flatten()
                .flatten()
                .map(|entry| entry.path()),
        );
    }
    folders.extend(env::home_dir().filter(|home| home.parent().is_some()));
    folders
        .iter()
        .filter(|folder| folder.is_absolute())
        .map(|folder| folder.to_string_lossy().into_owned())
        .collect()
}

/// Whether the line names the folder itself or something in it, and not only a longer name that holds this one.
fn names_folder(line: &str, folder: &str) -> bool {
    let part =
        |character: char| character.is_alphanumeric() || matches!(character, '.' | '_' | '-' | '}');
    line.match_indices(folder).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        let after = line[at + folder.len()..].chars().next();
        !before.is_some_and(part) && !after.is_some_and(part)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn package(name: &str, needs: &[&str]) -> Value {
        let dependencies: Vec<Value> = needs.iter().map(|need| json!({ "name": need })).collect();
        json!({ "name": name, "dependencies": dependencies })
    }

    #[test]
    fn arrows_point_one_way() {
        let fine = [
            package("stalebus-machine", &["stalebus-litmus", "proptest"]),
            package("stalebus-cli", &["stalebus-explore"]),
            package("stalebus", &["stalebus-picture", "yew", "web-sys"]),
        ];
        assert!(fine.iter().all(|package| arrows(package).is_empty()));
        let wrong = [
            package("stalebus-machine", &["stalebus-explore"]),
            package("stalebus-explore", &["stalebus-lkmm"]),
            package("stalebus-session", &["stalebus-explore"]),
            package("stalebus-picture", &["web-sys"]),
            package("stalebus-cli", &["gloo-timers"]),
            package("stalebus-cli", &["stalebus"]),
            package("stalebus-new", &[]),
        ];
        assert!(wrong.iter().all(|package| arrows(package).len() == 1));
    }

    #[test]
    fn whole_names_only() {
        // Put together here, so that this file does not name a folder by itself.
        let folder = format!("/{}/{}", "srv", "me");
        assert!(names_folder(&format!("see {folder}/x"), &folder));
        assert!(names_folder(&format!("\"{folder}\""), &folder));
        assert!(!names_folder(&format!("{folder}thod"), &folder));
        assert!(!names_folder(&format!("tree{folder}/x"), &folder));
    }
}
