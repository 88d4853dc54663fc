//! The browser for the browser tests.

use std::env;
use std::path::{Path, PathBuf};

use crate::{process, setup, steps};

/// The variable that names the browser, read here and by the tests.
pub const VARIABLE: &str = "STALEBUS_CHROMIUM";

/// The names that Chromium and its kin go by.
const NAMES: &[&str] = &[
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
];

/// The program of a Chromium.
///
/// # Errors
/// When there is none and it cannot be installed, or the variable names something else.
pub fn chromium() -> Result<PathBuf, String> {
    if let Some(named) = env::var_os(VARIABLE) {
        let program = PathBuf::from(&named);
        if process::is_program(&program) {
            steps::already(&format!("{VARIABLE} {}", program.display()));
            return Ok(program);
        }
        return Err(format!(
            "{VARIABLE} is {}, which is no program",
            Path::new(&named).display()
        ));
    }
    if let Some(program) = find() {
        steps::already(&format!("Chromium {}", program.display()));
        return Ok(program);
    }
    if setup::can_apt() {
        setup::apt("Chromium", &["chromium"])?;
        return find().ok_or_else(|| "Chromium was installed but is not on PATH".to_owned());
    }
    Err(format!(
        "there is no Chromium on PATH and it cannot be installed from here.\n  \
         Debian: sudo apt-get install -y --no-install-recommends chromium\n  \
         Elsewhere: install Chromium or Chrome and set {VARIABLE} to its program."
    ))
}

fn find() -> Option<PathBuf> {
    NAMES.iter().find_map(|name| process::on_path(name))
}
