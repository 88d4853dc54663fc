//! Linux-kernel litmus tests: text to typed program and back.
pub mod ast;
