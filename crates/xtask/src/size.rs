//! How large the finished site is, against how large it may be.

use std::fs;
use std::path::{Path, PathBuf};

use crate::args::Args;
use crate::{Outcome, dist, process, setup, workspace};

/// A kind of file, and how many kilobytes (1000 bytes) it may have after brotli, which is what travels.
struct Budget {
    kind: &'static str,
    is_it: fn(&str) -> bool,
    kilobytes: u64,
    /// It is needed before the page can be used.
    first: bool,
}

/// The budget of the site. The single file is measured in the same way, although it mostly travels raw: its raw
/// size follows the engine's.
const BUDGET: &[Budget] = &[
    Budget {
        kind: "page wasm",
        is_it: |name| name.starts_with("stalebus-") && name.ends_with(".wasm"),
        kilobytes: 350,
        first: true,
    },
    Budget {
        kind: "page js",
        is_it: |name| name.starts_with("stalebus-") && name.ends_with(".js"),
        kilobytes: 10,
        first: true,
    },
    Budget {
        kind: "editor",
        is_it: |name| name.starts_with("editor-"),
        kilobytes: 120,
        first: false,
    },
    Budget {
        kind: "page css",
        is_it: |name| name.starts_with("stalebus-") && name.ends_with(".css"),
        kilobytes: 11,
        first: true,
    },
    Budget {
        kind: "html",
        is_it: |name| name == "index.html",
        kilobytes: 3,
        first: true,
    },
    Budget {
        kind: "engine wasm",
        is_it: |name| name.starts_with("engine-") && name.ends_with(".wasm"),
        kilobytes: 490,
        first: false,
    },
    Budget {
        kind: "engine js",
        is_it: |name| name.starts_with("engine-") && name.ends_with(".js"),
        kilobytes: 5,
        first: false,
    },
    Budget {
        kind: "single file",
        is_it: |name| name == "stale-bus.html",
        kilobytes: 1190,
        first: false,
    },
];

/// What may travel before the page can be used: its files that are [`Budget::first`], together.
const FIRST_VIEW: u64 = 370;

/// Prints the size of each file that it is given after brotli at its best. Node brings brotli along, so that
/// xtask need not compile one.
const MEASURE: &str = "
const { brotliCompressSync, constants } = require('node:zlib');
const { readFileSync } = require('node:fs');
for (const file of process.argv.slice(1)) {
  const params = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_LGWIN]: 24 };
  console.log(brotliCompressSync(readFileSync(file), { params }).length);
}";

/// `cargo xtask size`.
pub fn run(words: &[String]) -> Outcome {
    Args::new("size", words).finish()?;
    if !dist::folder().join("index.html").exists() {
        dist::build()?;
    }
    check()
}

/// Measures dist/.
///
/// # Errors
/// When a file is missing or over its budget.
pub fn check() -> Outcome {
    setup::node_packages()?;
    let folder = dist::folder();
    let files: Vec<PathBuf> = BUDGET
        .iter()
        .map(|budget| only(&folder, budget))
        .collect::<Result<_, _>>()?;
    let printed = process::capture(
        workspace::command("node")
            .args(["-e", MEASURE, "--"])
            .args(&files),
    )?;

    println!(
        "{:<12} {:>10} {:>10} {:>10}",
        "KB", "raw", "brotli", "budget"
    );
    let mut over = Vec::new();
    let mut first_view = 0;
    for (
        (
            Budget {
                kind,
                kilobytes: budget,
                first,
                ..
            },
            file,
        ),
        brotli,
    ) in BUDGET.iter().zip(&files).zip(printed.lines())
    {
        let raw = file
            .metadata()
            .map_err(|error| format!("{}: {error}", file.display()))?
            .len();
        let brotli: u64 = brotli
            .trim()
            .parse()
            .map_err(|error| format!("`{brotli}` is no size: {error}"))?;
        if *first {
            first_view += brotli;
        }
        println!(
            "{kind:<12} {:>10} {:>10} {:>10}",
            kilobytes(raw),
            kilobytes(brotli),
            format!("{budget}.0")
        );
        if brotli > budget * 1000 {
            over.push(format!(
                "{kind} has {} KB after brotli, the budget is {budget}",
                kilobytes(brotli)
            ));
        }
    }
    println!(
        "{:<12} {:>10} {:>10} {:>10}",
        "first view",
        "",
        kilobytes(first_view),
        format!("{FIRST_VIEW}.0")
    );
    if first_view > FIRST_VIEW * 1000 {
        over.push(format!(
            "the first view has {} KB after brotli, the budget is {FIRST_VIEW}",
            kilobytes(first_view)
        ));
    }
    if over.is_empty() {
        Ok(())
    } else {
        Err(over.join("; "))
    }
}

/// The one file of a kind in the top folder of the site.
fn only(folder: &Path, Budget { kind, is_it, .. }: &Budget) -> Result<PathBuf, String> {
    let entries = fs::read_dir(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let mut found = entries
        .flatten()
        .filter(|entry| entry.file_name().to_str().is_some_and(is_it));
    match (found.next(), found.next()) {
        (Some(entry), None) => Ok(entry.path()),
        (None, _) => Err(format!("{} has no {kind} file", folder.display())),
        (Some(_), Some(_)) => Err(format!(
            "{} has more than one {kind} file",
            folder.display()
        )),
    }
}

fn kilobytes(bytes: u64) -> String {
    #[expect(clippy::cast_precision_loss, reason = "files are far below 2^52 bytes")]
    let kilobytes = bytes as f64 / 1000.0;
    format!("{kilobytes:.1}")
}
