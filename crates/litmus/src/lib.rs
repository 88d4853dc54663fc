//! Linux-kernel litmus tests: text to typed program and back.

pub mod ast;
mod build;
mod diag;
mod final_state;
mod herd;
mod lexer;
pub mod limits;
mod parser;
mod primitives;
mod printer;
mod setting;
mod spans;
mod walk;

pub use ast::*;
pub use diag::{Diagnostic, Severity};
pub use final_state::format_value;
pub use herd::{Export, ExportError, export_herd, export_herd_outcome};
pub use parser::{Parsed, parse};
pub use printer::print;
pub use setting::SettingError;
