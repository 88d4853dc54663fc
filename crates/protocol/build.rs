//! Gives the library the identity of its build: a hash of the sources that say what a message means.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// The types in messages come from these crates, and a message means what they make of it.
const SOURCES: [&str; 3] = ["src", "../litmus/src", "../machine/src"];

fn main() -> ExitCode {
    match identity() {
        Ok(identity) => {
            println!("cargo:rustc-env=STALEBUS_BUILD={identity:016x}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn identity() -> Result<u64, std::io::Error> {
    println!("cargo:rerun-if-changed=build.rs");
    let mut hash = Fnv::new();
    for folder in SOURCES {
        println!("cargo:rerun-if-changed={folder}");
        for path in files(Path::new(folder))? {
            hash.add(path.to_string_lossy().replace('\\', "/").as_bytes());
            hash.add(&std::fs::read(&path)?);
        }
    }
    Ok(hash.0)
}

/// Every file of a folder and of those in it, in order.
fn files(folder: &Path) -> Result<BTreeSet<PathBuf>, std::io::Error> {
    let mut found = BTreeSet::new();
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            found.append(&mut files(&entry.path())?);
        } else {
            found.insert(entry.path());
        }
    }
    Ok(found)
}

/// FNV-1a. A mistake is to be noticed, not an attack.
struct Fnv(u64);

impl Fnv {
    fn new() -> Fnv {
        Fnv(0xcbf2_9ce4_8422_2325)
    }

    fn add(&mut self, bytes: &[u8]) {
        // The length first, so that no two lists of texts run together.
        for byte in (bytes.len() as u64).to_le_bytes().iter().chain(bytes) {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
    }
}
