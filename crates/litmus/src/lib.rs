//! Linux-kernel litmus tests: text to typed program and back.
//!
//! [`parse`] reads a test in the kernel's C dialect, with Stale Bus directives
//! in its comments, and gives a [`Test`] and a list of [`Diagnostic`]s; it
//! reports several errors at once, each with its line and, where there is one,
//! a suggestion. [`print()`] is its inverse. [`Setting`] says where the toggles
//! stand, [`Test::with`] resolves them, [`export_herd`] writes a plain test for
//! herd7, and [`Test::observed`] and [`Test::format_state`] speak of final
//! states as herd does. [`packed`] keeps a parsed test as bytes.
//!
//! This crate knows nothing of what an instruction does. It has no
//! dependencies, does no IO, and panics on no input; every size that a text
//! could drive up has a limit in [`limits`].
//!
//! # Directives
//!
//! Header directives stand in `(* … *)` comments outside of the threads, one a
//! line, `@key value`. `@story` runs to the next directive; `@summary`,
//! `@omits`, `@hint` and `@explain` run to the next empty line or directive. A line that
//! has the shape `@word` with an unknown word is an error in a file with
//! directives, and in one without when the word is nearly a directive's name;
//! otherwise it is text, as are lines like `@example.org`.
//!
//! `@verdict OUTCOME [off=…] [srcu=tree|fast] [yes=MODELS] [no=MODELS]` says on which
//! models an outcome can happen in a setting: `off=` as in `@default`, every toggle in
//! its first position without it; both flavours of SRCU unless one is named; models are
//! `sc`, `tso`, `pso`, `arm`, `lkmm` with commas, or `all`. A model that is not named is
//! left open. `stalebus check` compares.
//!
//! Inline directives stand in `/*@ … */` behind their statement, several
//! separated by `;`. Only `mode` may also stand first in a body, and it may not
//! stand behind an `if` or a block.
//!
//! # Conditions
//!
//! Precedence is herd's: `~` binds strongest, then `=>`, then `/\`, then `\/`.
//! Chains of `/\` and `\/` are balanced trees.
//!
//! # Fuzzing
//!
//! ```text
//! cd crates/litmus && cargo +nightly fuzz run parse
//! ```

pub mod ast;
mod build;
mod comments;
mod diag;
mod final_state;
mod herd;
mod highlight;
mod lexer;
pub mod limits;
pub mod packed;
mod parser;
mod primitives;
mod printer;
mod serial;
mod setting;
mod spans;
mod verdict;
mod walk;

pub use ast::*;
pub use comments::lost_comment;
pub use diag::{Diagnostic, Severity, visible};
pub use final_state::format_value;
pub use herd::{Export, ExportError, export_herd, export_herd_outcome};
pub use highlight::{Highlight, highlight};
pub use parser::{Parsed, parse};
pub use printer::{format, print};
pub use setting::SettingError;
pub use verdict::{Reachable, Verdict};
