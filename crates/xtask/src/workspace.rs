//! The checkout: where it is, and what Cargo knows of it.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::process;

/// The folder of the root Cargo.toml.
pub fn root() -> PathBuf {
    // Cargo sets this when it runs xtask; it stays right when the checkout has been moved.
    let own = env::var_os("CARGO_MANIFEST_DIR")
        .map_or_else(|| PathBuf::from("crates/xtask"), PathBuf::from);
    own.ancestors()
        .nth(2)
        .map_or_else(|| PathBuf::from("."), Path::to_path_buf)
}

/// Cargo, as a command in the root of the checkout.
pub fn cargo() -> Command {
    let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(root());
    command
}

/// A program as a command in the root of the checkout.
pub fn command(program: impl AsRef<std::ffi::OsStr>) -> Command {
    let mut command = Command::new(program);
    command.current_dir(root());
    command
}

/// What `cargo metadata` says of the workspace's own packages.
///
/// # Errors
/// When Cargo fails or says something else than expected.
pub fn metadata() -> Result<Value, String> {
    let text = process::capture(cargo().args(["metadata", "--format-version=1", "--no-deps"]))?;
    serde_json::from_str(&text).map_err(|error| format!("cargo metadata printed no JSON: {error}"))
}

/// Whether the workspace has a package of this name.
///
/// # Errors
/// When Cargo fails.
pub fn has_package(name: &str) -> Result<bool, String> {
    let metadata = metadata()?;
    Ok(metadata["packages"]
        .as_array()
        .into_iter()
        .flatten()
        .any(|package| package["name"] == name))
}

/// The version that Cargo.lock holds of a package.
///
/// # Errors
/// When there is no lock file, or it does not name the package.
pub fn locked_version(package: &str) -> Result<String, String> {
    let file = root().join("Cargo.lock");
    let text = read(&file)?;
    let name = format!("name = \"{package}\"");
    text.lines()
        .skip_while(|line| *line != name)
        .find_map(|line| line.strip_prefix("version = \"")?.strip_suffix('"'))
        .map(str::to_owned)
        .ok_or_else(|| format!("{} does not name {package}", file.display()))
}

/// A text file's content.
///
/// # Errors
/// With the name of the file.
pub fn read(file: &Path) -> Result<String, String> {
    fs::read_to_string(file).map_err(|error| format!("{}: {error}", file.display()))
}

/// Writes a file.
///
/// # Errors
/// With the name of the file.
pub fn write(file: &Path, content: impl AsRef<[u8]>) -> Result<(), String> {
    fs::write(file, content).map_err(|error| format!("{}: {error}", file.display()))
}
