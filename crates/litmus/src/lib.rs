//! Linux-kernel litmus tests: text to typed program and back.

pub mod ast;
mod diag;
mod lexer;
pub mod limits;
mod parser;
mod primitives;
mod setting;
mod spans;
mod walk;

pub use ast::*;
pub use diag::{Diagnostic, Severity};
pub use parser::{Parsed, parse};
pub use setting::SettingError;
