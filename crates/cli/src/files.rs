//! Paths on the command line to the tests that they stand for.

use std::fmt;
use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use litmus::limits;

/// One test, or the reason why a path stands for none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input {
    /// A file.
    File(PathBuf),
    /// `-`.
    Stdin,
    /// A link to the page, which carries a test of its own.
    Link(String),
    /// A path that stands for nothing, and why.
    Unusable(PathBuf, String),
}

/// A text and what to call it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// The path as given; `-` for the standard input.
    pub name: String,
    /// The text. What is no UTF-8 is replaced: old tests have Latin-1 in comments.
    pub text: String,
    /// Nothing had to be replaced.
    pub exact: bool,
}

/// A text that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReadError {
    name: String,
    why: String,
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "error: {}: {}", self.name, self.why)
    }
}

/// The tests that paths stand for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// The tests.
    pub inputs: Vec<Input>,
    /// What was passed over, ready to be printed.
    pub notes: String,
}

/// The tests that the paths stand for: the paths in their order, the files of a
/// folder sorted.
pub fn inputs(paths: &[PathBuf]) -> Found {
    let Found {
        inputs: mut found,
        mut notes,
    } = Found::default();
    for path in paths {
        if path == Path::new("-") {
            found.push(Input::Stdin);
        } else if let Some(link) = link(path) {
            found.push(link);
        } else if path.is_dir() {
            let before = found.len();
            folder(path, &mut found, &mut notes);
            if found.len() == before {
                let why = "the folder holds no *.litmus file".to_string();
                found.push(Input::Unusable(path.clone(), why));
            }
        } else {
            found.push(file(path));
        }
    }
    Found {
        inputs: found,
        notes,
    }
}

/// A path that is named: a file, unless it is something that must not be opened.
fn file(path: &Path) -> Input {
    match fs::metadata(path).ok().and_then(|m| special(&m)) {
        Some(what) if !descriptor(path) => Input::Unusable(
            path.to_path_buf(),
            format!("this is {what}, not a file; `-` reads the standard input"),
        ),
        _ => Input::File(path.to_path_buf()),
    }
}

/// What is open already, as `/dev/stdin` and what a shell makes of `<(…)`: to open it does not wait for anybody.
fn descriptor(path: &Path) -> bool {
    ["/dev/stdin", "/dev/fd", "/proc/self/fd"]
        .iter()
        .any(|open| path.starts_with(open))
}

/// What a path leads to that is neither file nor folder: to open it may wait for ever, or do something.
#[cfg(unix)]
fn special(found: &fs::Metadata) -> Option<&'static str> {
    use std::os::unix::fs::FileTypeExt as _;
    let kind = found.file_type();
    match kind {
        _ if kind.is_fifo() => Some("a named pipe"),
        _ if kind.is_socket() => Some("a socket"),
        _ if kind.is_block_device() || kind.is_char_device() => Some("a device"),
        _ => None,
    }
}

/// What a path leads to that is neither file nor folder.
#[cfg(not(unix))]
fn special(found: &fs::Metadata) -> Option<&'static str> {
    (!found.is_file() && !found.is_dir()).then_some("something else")
}

/// A path that is an address of the page, `…#/…`, and no file.
fn link(path: &Path) -> Option<Input> {
    let address = path.to_str().filter(|text| text.contains("#/"))?;
    (!path.exists()).then(|| Input::Link(address.to_string()))
}

/// The text of the test in a link.
fn carried(address: &str) -> Result<String, String> {
    let fragment = address.split_once('#').map_or(address, |(_, rest)| rest);
    let (link, problems) = session::Link::parse(fragment);
    match (link.z, problems.iter().find(|problem| problem.key == "z")) {
        (Some(z), _) => picture::packed::unpack(&z).map_err(|error| error.to_string()),
        (None, Some(problem)) => Err(problem.message.clone()),
        (None, None) => Err(format!(
            "it carries no test of its own; the scenario is scenarios/{}.litmus",
            link.scenario
        )),
    }
}

/// Links to folders are not followed: they may lead in circles.
fn folder(root: &Path, found: &mut Vec<Input>, notes: &mut String) {
    let mut open = vec![root.to_path_buf()];
    let mut files = Vec::new();
    let mut passed = Vec::new();
    while let Some(path) = open.pop() {
        let entries = match fs::read_dir(&path) {
            Ok(entries) => entries,
            Err(error) => {
                files.push((path.clone(), Input::Unusable(path, error.to_string())));
                continue;
            }
        };
        for entry in entries {
            let entry = match entry {
                Ok(entry) => entry,
                Err(error) => {
                    let unusable = Input::Unusable(path.clone(), error.to_string());
                    files.push((path.clone(), unusable));
                    break;
                }
            };
            let path = entry.path();
            if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                open.push(path);
                continue;
            }
            if path.extension().is_none_or(|e| e != "litmus") {
                continue;
            }
            match fs::metadata(&path) {
                Ok(found) if found.is_dir() => {}
                Ok(found) => match special(&found) {
                    None => files.push((path.clone(), Input::File(path))),
                    Some(what) => passed.push((path, what)),
                },
                Err(error) => {
                    files.push((path.clone(), Input::Unusable(path, error.to_string())));
                }
            }
        }
    }
    passed.sort();
    for (path, what) in passed {
        notes.push_str(&format!(
            "note: {}: this is {what}, not a file; it is passed over\n",
            path.display()
        ));
    }
    files.sort_by(|(a, _), (b, _)| a.cmp(b));
    found.extend(files.into_iter().map(|(_, input)| input));
}

impl Input {
    /// The input that one path stands for.
    pub fn one(path: &Path) -> Input {
        if path == Path::new("-") {
            Input::Stdin
        } else if let Some(link) = link(path) {
            link
        } else if path.is_dir() {
            Input::Unusable(path.to_path_buf(), "this is a folder".to_string())
        } else {
            file(path)
        }
    }

    /// What to call it.
    pub fn name(&self) -> String {
        match self {
            Input::File(path) | Input::Unusable(path, _) => path.display().to_string(),
            Input::Stdin => "-".to_string(),
            Input::Link(_) => "link".to_string(),
        }
    }

    /// Its text. Of a text that is too long for a test only the beginning.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn read(&self) -> Result<Source, ReadError> {
        let most = limits::SOURCE_BYTES as u64 + 1;
        let mut bytes = Vec::new();
        let done = match self {
            Input::File(path) => {
                fs::File::open(path).and_then(|file| file.take(most).read_to_end(&mut bytes))
            }
            Input::Stdin => std::io::stdin().lock().take(most).read_to_end(&mut bytes),
            Input::Link(address) => {
                return carried(address)
                    .map(|text| Source {
                        name: self.name(),
                        text,
                        exact: true,
                    })
                    .map_err(|why| ReadError {
                        name: self.name(),
                        why,
                    });
            }
            Input::Unusable(_, why) => {
                return Err(ReadError {
                    name: self.name(),
                    why: why.clone(),
                });
            }
        };
        if let Err(error) = done {
            return Err(ReadError {
                name: self.name(),
                why: error.to_string(),
            });
        }
        let (text, exact) = match String::from_utf8(bytes) {
            Ok(text) => (text, true),
            Err(error) => (
                String::from_utf8_lossy(error.as_bytes()).into_owned(),
                false,
            ),
        };
        Ok(Source {
            name: self.name(),
            text,
            exact,
        })
    }
}
