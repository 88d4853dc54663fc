//! The command line.

use std::ffi::OsString;
use std::path::PathBuf;

/// What the generated script is.
#[derive(Debug, PartialEq, Eq, Clone, Copy)]
pub enum Target {
    /// A module, for the page.
    Web,
    /// A script that defines a global, for the engine.
    NoModules,
}

/// What is to be done.
#[derive(Debug, PartialEq, Eq)]
pub enum Job {
    /// `--version`.
    Version,
    /// Anything else.
    Bind(Options),
}

/// How a module is bound.
#[derive(Debug, PartialEq, Eq)]
pub struct Options {
    pub input: PathBuf,
    pub out_dir: PathBuf,
    pub out_name: Option<String>,
    pub target: Target,
    pub typescript: bool,
    pub demangle: bool,
    pub keep_debug: bool,
}

/// Reads the words after the program's name.
///
/// # Errors
/// When a word is none of those that Trunk and xtask say: ignoring it would bind something else than was asked for.
pub fn read(words: impl IntoIterator<Item = OsString>) -> Result<Job, String> {
    let mut words = words.into_iter();
    let mut input = None;
    let mut out_dir = None;
    let mut out_name = None;
    let mut target = None;
    let (mut typescript, mut demangle, mut keep_debug) = (true, true, false);
    while let Some(word) = words.next() {
        let text = word.to_string_lossy().into_owned();
        if !text.starts_with('-') {
            if input.replace(PathBuf::from(word)).is_some() {
                return Err(format!("`{text}` is a second module"));
            }
            continue;
        }
        // The value follows, or stands behind an equals sign.
        let (name, joined) = match text.split_once('=') {
            Some((name, value)) => (name, Some(value.to_owned())),
            None => (text.as_str(), None),
        };
        let mut value = || {
            joined
                .clone()
                .map(OsString::from)
                .or_else(|| words.next())
                .ok_or_else(|| format!("{name} needs a value"))
        };
        match name {
            "--out-dir" => out_dir = Some(PathBuf::from(value()?)),
            "--out-name" => out_name = Some(value()?.to_string_lossy().into_owned()),
            "--target" => {
                target = Some(match value()?.to_str() {
                    Some("web") => Target::Web,
                    Some("no-modules") => Target::NoModules,
                    _ => return Err("--target is web or no-modules".into()),
                });
            }
            _ if joined.is_some() => return Err(unknown(&text)),
            "--version" | "-V" => return Ok(Job::Version),
            "--no-typescript" => typescript = false,
            "--no-demangle" => demangle = false,
            "--keep-debug" => keep_debug = true,
            _ => return Err(unknown(&text)),
        }
    }
    Ok(Job::Bind(Options {
        input: input.ok_or("no module is named")?,
        out_dir: out_dir.ok_or("--out-dir is missing")?,
        out_name,
        target: target.ok_or("--target is missing")?,
        typescript,
        demangle,
        keep_debug,
    }))
}

fn unknown(word: &str) -> String {
    format!(
        "`{word}` is not understood; the whole tool has more options: cargo install wasm-bindgen-cli"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(line: &str) -> Result<Job, String> {
        read(line.split_whitespace().map(OsString::from))
    }

    #[test]
    fn what_trunk_says() {
        let job = words("--target=web --out-dir=a/b --out-name=page in.wasm --no-typescript");
        let Ok(Job::Bind(options)) = job else {
            panic!("{job:?}");
        };
        assert_eq!(options.target, Target::Web);
        assert_eq!(options.input, PathBuf::from("in.wasm"));
        assert_eq!(options.out_dir, PathBuf::from("a/b"));
        assert_eq!(options.out_name.as_deref(), Some("page"));
        assert!(!options.typescript && options.demangle && !options.keep_debug);
    }

    #[test]
    fn a_value_may_be_a_word_of_its_own() {
        let joined = words("--target=no-modules --out-dir=a in.wasm").unwrap();
        let parted = words("--target no-modules --out-dir a in.wasm").unwrap();
        assert_eq!(joined, parted);
    }

    #[test]
    fn the_version_needs_nothing_else() {
        assert_eq!(words("--version").unwrap(), Job::Version);
        assert_eq!(words("-V").unwrap(), Job::Version);
    }

    #[test]
    fn what_is_not_understood_is_an_error() {
        for line in [
            "",
            "in.wasm --target=web",
            "in.wasm --out-dir=a",
            "in.wasm --out-dir=a --target=nodejs",
            "in.wasm --out-dir=a --target",
            "in.wasm other.wasm --out-dir=a --target=web",
            "in.wasm --out-dir=a --target=web --weak-refs",
            "in.wasm --out-dir=a --target=web --no-typescript=1",
        ] {
            assert!(words(line).is_err(), "{line}");
        }
    }
}
