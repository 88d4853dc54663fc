//! Trunk and wasm-bindgen: taken from PATH when the version fits, else from the user's cache, else built there.
//!
//! The cache is the user's, not the checkout's target/: a clean clone would build them anew.

use std::env;
use std::path::PathBuf;
use std::process::Command;

use crate::{process, steps, workspace};

/// The Trunk that is built when there is none. Trunk 0.22 needs a newer compiler than `rust-version`.
const TRUNK: &str = "0.21.14";

/// A tool that Cargo can install.
struct Tool {
    /// The program.
    name: &'static str,
    /// The package that holds it.
    package: &'static str,
    /// What is installed when nothing fits.
    version: String,
    /// Which versions on PATH fit, as the start of their number.
    fits: String,
    /// Whether the package's own lock file is used.
    locked: bool,
}

/// The folder of a fitting Trunk.
///
/// # Errors
/// When it cannot be built.
pub fn trunk() -> Result<PathBuf, String> {
    let tool = Tool {
        name: "trunk",
        package: "trunk",
        version: TRUNK.into(),
        fits: "0.21.".into(),
        locked: true,
    };
    tool.folder()
}

/// The folder of the wasm-bindgen whose version Cargo.lock holds.
///
/// # Errors
/// When it cannot be built, or Cargo.lock cannot be read.
pub fn wasm_bindgen() -> Result<PathBuf, String> {
    let version = workspace::locked_version("wasm-bindgen")?;
    Tool {
        name: "wasm-bindgen",
        package: "wasm-bindgen-cli",
        fits: version.clone(),
        version,
        // Its lock file names crates that a registry which lags may not have yet.
        locked: false,
    }
    .folder()
}

impl Tool {
    fn folder(&self) -> Result<PathBuf, String> {
        let label = format!("{} {}", self.name, self.version);
        if let Some(program) = process::on_path(self.name)
            && let Some(version) = process::version_of(&program)
            && self.accepts(&version)
            && let Some(folder) = program.parent()
        {
            steps::already(&format!("{} {version} on PATH", self.name));
            return Ok(folder.to_path_buf());
        }
        let home = cache()?.join(format!("{}-{}", self.package, self.version));
        let folder = home.join("bin");
        if process::version_of(folder.join(self.name)).is_some_and(|version| self.accepts(&version))
        {
            steps::already(&label);
            return Ok(folder);
        }
        let mut install = self.install(&home);
        let typed = process::shown(&install);
        steps::timed(&label, "built", || process::run(&label, &mut install))
            .map_err(|error| format!("{error}\n  To build it by hand: {typed}"))?;
        Ok(folder)
    }

    fn accepts(&self, version: &str) -> bool {
        version == self.fits || self.fits.ends_with('.') && version.starts_with(&self.fits)
    }

    fn install(&self, home: &PathBuf) -> Command {
        let mut command = Command::new("cargo");
        // Outside the checkout, and without what this run of Cargo has set: only the user's own settings count.
        command
            .current_dir(env::temp_dir())
            .env_remove("CARGO_TARGET_DIR");
        command.arg("install").arg("--root").arg(home).args([
            self.package,
            "--version",
            &self.version,
        ]);
        if self.locked {
            command.arg("--locked");
        }
        command
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
        let mut tool = Tool {
            name: "",
            package: "",
            version: String::new(),
            fits: "0.21.".into(),
            locked: true,
        };
        assert!(tool.accepts("0.21.14") && tool.accepts("0.21.2"));
        assert!(!tool.accepts("0.22.0") && !tool.accepts("0.2.1"));
        tool.fits = "0.2.13".into();
        assert!(tool.accepts("0.2.13"));
        assert!(!tool.accepts("0.2.130"));
    }
}
