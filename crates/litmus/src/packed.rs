//! A [`Test`] as bytes, for a program that is to show a test before it has the parser.
//!
//! The bytes hold all that [`parse`](crate::parse) finds out, source positions included, in the form that postcard
//! gives to the types of [`crate::ast`], behind one byte for the version of that form. [`unpack`] checks the form and
//! not the meaning: a register or an outcome that the test does not have comes back as it is. So the bytes are for
//! what [`pack`] has made of a parsed test in the same build.
//!
//! The bytes may come from anywhere: reading them never panics, the stack that it takes is bounded
//! ([`limits::DATA_NESTING`](crate::limits::DATA_NESTING)), and so is the memory, by a multiple of their number.

use std::fmt;

use postcard::Error;

use crate::ast::Test;
use crate::serial;

/// The first byte. A new one whenever the form of a type changes.
const VERSION: u8 = 3;

/// Bytes that are no packed test.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bad {
    /// They end too early.
    Short,
    /// They continue after the end of the test.
    Long,
    /// They have another version.
    Version {
        /// Theirs.
        found: u8,
        /// The one that can be read.
        known: u8,
    },
    /// A choice, a number or a text that no test has.
    Value,
    /// Statements, expressions or conditions inside each other, more than
    /// [`limits::DATA_NESTING`](crate::limits::DATA_NESTING).
    Deep,
}

impl fmt::Display for Bad {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Bad::Short => f.write_str("the data ends too early"),
            Bad::Long => f.write_str("the data continues after its end"),
            Bad::Version { found, known } => {
                write!(f, "the data has version {found}, not {known}")
            }
            Bad::Value => f.write_str("the data holds an invalid value"),
            Bad::Deep => f.write_str("the data is nested too deeply"),
        }
    }
}

impl std::error::Error for Bad {}

/// The test as bytes.
#[must_use]
pub fn pack(test: &Test) -> Vec<u8> {
    // Only a sequence of unknown length could fail, and no type has one.
    postcard::to_extend(test, vec![VERSION]).unwrap_or_default()
}

/// The test that [`pack`] was given.
///
/// # Errors
/// When the bytes are no test, or of another version, or nested too deeply.
pub fn unpack(bytes: &[u8]) -> Result<Test, Bad> {
    let (&found, data) = bytes.split_first().ok_or(Bad::Short)?;
    if found != VERSION {
        let known = VERSION;
        return Err(Bad::Version { found, known });
    }
    let (test, deep) = serial::watching_depth(|| postcard::take_from_bytes(data));
    match test {
        Ok((test, [])) => Ok(test),
        Ok(_) => Err(Bad::Long),
        Err(_) if deep => Err(Bad::Deep),
        Err(Error::DeserializeUnexpectedEnd) => Err(Bad::Short),
        Err(_) => Err(Bad::Value),
    }
}
