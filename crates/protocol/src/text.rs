//! Texts that are read as litmus tests, and what they say.

use serde::{Deserialize, Serialize};

/// A text to be read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Written {
    /// The text itself.
    Plain(String),
    /// As a link carries it, in `z=`.
    Packed(String),
}

/// What a text says.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reading {
    /// The text.
    pub text: String,
    /// What is wrong with it.
    pub problems: Vec<Problem>,
    /// The test, for [`litmus::packed::unpack`]; none where the text has errors.
    pub test: Option<Vec<u8>>,
    /// The text as a link carries it; or why none can.
    pub packed: Option<Result<String, String>>,
}

/// What is wrong at a place of a text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// From 1.
    pub line: u32,
    /// From 1, in characters.
    pub column: u32,
    /// Where it begins, in UTF-16 units.
    pub from: u32,
    /// Where it ends, in UTF-16 units.
    pub to: u32,
    /// It keeps the text from being a test.
    pub error: bool,
    /// One sentence.
    pub message: String,
    /// What to do about it.
    pub suggestion: Option<String>,
}
