//! Reads `scenarios/`, stops the build when something is wrong with it, and
//! writes the table of lessons and the packed opening scenario that the library includes.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

#[path = "build/course.rs"]
mod course;

/// `lessons::OPENING`; a test of the library holds the two together.
const OPENING: &str = "missed-doorbell";

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(errors) => {
            for error in errors {
                eprintln!("{error}\n");
            }
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), Vec<String>> {
    let folder = var("CARGO_MANIFEST_DIR")?.join("../../scenarios");
    let folder = folder
        .canonicalize()
        .map_err(|error| vec![format!("error: no folder `scenarios`: {error}")])?;
    // The folder itself: its date changes when a file comes or goes.
    println!("cargo:rerun-if-changed={}", folder.display());
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-changed=build");

    let course = folder.join("course.toml");
    println!("cargo:rerun-if-changed={}", course.display());
    let text = read(&course)?;
    let chapters = course::read(&text).map_err(|error| vec![error.to_string()])?;
    let files = scenarios(&folder)?;

    let mut errors = course::check(&chapters, files.keys().map(String::as_str));
    for (id, path) in &files {
        println!("cargo:rerun-if-changed={}", path.display());
        errors.extend(check(id, &read(path)?));
    }
    if !errors.is_empty() {
        return Err(errors);
    }
    write("lessons.rs", table(&chapters, &files).as_bytes())?;
    write("opening.packed", &opening(&files)?)
}

/// Writes a file that the library includes.
fn write(name: &str, content: &[u8]) -> Result<(), Vec<String>> {
    let out = var("OUT_DIR")?.join(name);
    std::fs::write(&out, content)
        .map_err(|error| vec![format!("error: {}: {error}", out.display())])
}

/// The opening scenario as a packed test.
fn opening(files: &BTreeMap<String, PathBuf>) -> Result<Vec<u8>, Vec<String>> {
    let missing = || vec![format!("error: there is no scenario `{OPENING}`")];
    let path = files.get(OPENING).ok_or_else(missing)?;
    let test = litmus::parse(&read(path)?).test;
    Ok(litmus::packed::pack(&test.ok_or_else(missing)?))
}

fn var(name: &str) -> Result<PathBuf, Vec<String>> {
    let value = std::env::var_os(name);
    value
        .map(PathBuf::from)
        .ok_or_else(|| vec![format!("error: {name} is not set")])
}

fn read(path: &Path) -> Result<String, Vec<String>> {
    std::fs::read_to_string(path)
        .map_err(|error| vec![format!("error: {}: {error}", path.display())])
}

/// Every `<id>.litmus`.
fn scenarios(folder: &Path) -> Result<BTreeMap<String, PathBuf>, Vec<String>> {
    let entries = std::fs::read_dir(folder)
        .map_err(|error| vec![format!("error: {}: {error}", folder.display())])?;
    let mut files = BTreeMap::new();
    for entry in entries {
        let path = entry
            .map_err(|error| vec![format!("error: {error}")])?
            .path();
        if path.extension().is_some_and(|e| e == "litmus")
            && let Some(stem) = path.file_stem().and_then(|s| s.to_str())
        {
            files.insert(stem.to_string(), path);
        }
    }
    Ok(files)
}

/// What the parser says of a scenario, warnings included, and whether the test
/// bears the name of its file.
fn check(id: &str, source: &str) -> Vec<String> {
    let file = format!("scenarios/{id}.litmus");
    let parsed = litmus::parse(source);
    let mut errors: Vec<String> = parsed
        .diagnostics
        .iter()
        .map(|d| d.with_file(&file).to_string())
        .collect();
    match parsed.test {
        Some(test) if test.name != id => {
            errors.push(format!(
                "error: {file}: the test is called `{}`, not `{id}`",
                test.name
            ));
        }
        None if errors.is_empty() => errors.push(format!("error: {file}: this is no test")),
        _ => {}
    }
    errors
}

fn table(chapters: &[course::Chapter], files: &BTreeMap<String, PathBuf>) -> String {
    let lessons = || {
        chapters
            .iter()
            .flat_map(|c| c.lessons.iter().map(move |id| (c, id)))
    };
    let mut out = String::new();
    let count = lessons().count();
    let _ = writeln!(out, "static LESSONS: [Lesson; {count}] = [");
    for (chapter, id) in lessons() {
        let Some(path) = files.get(id) else { continue };
        let tab = chapter.tabs.iter().find(|(lesson, _)| lesson == id);
        let tab = tab.map(|(_, tab)| tab);
        let _ = writeln!(
            out,
            "    Lesson {{ id: {id:?}, chapter: {:?}, title: {:?}, tab: {tab:?}, \
             #[cfg(feature = \"texts\")] source: include_str!({:?}), \
             #[cfg(feature = \"texts\")] test: OnceLock::new() }},",
            chapter.title,
            title(id, path),
            path.display().to_string(),
        );
    }
    out.push_str("];\n");
    out
}

/// The title for people; the id when the file gives none.
fn title(id: &str, path: &Path) -> String {
    let test = read(path).ok().and_then(|text| litmus::parse(&text).test);
    test.and_then(|test| test.meta.title)
        .unwrap_or_else(|| id.to_owned())
}
