//! The parts of the page, one a file. They show what they are given and send messages; none computes anything about
//! memory.

pub mod axioms;
pub mod controls;
pub mod cost;
pub mod diagram;
pub mod embed_header;
pub mod ending;
pub mod export;
pub mod failure;
pub mod forks;
pub mod graph;
pub mod hardware;
pub mod header;
pub mod keys_dialog;
pub mod lab;
pub mod legend;
pub mod line;
pub mod logo;
pub mod matrix;
pub mod matrix_table;
pub mod models;
pub mod outcomes;
pub mod problems;
pub mod programs;
pub mod prose;
pub mod replay_note;
pub mod run_graph;
pub mod say;
pub mod scroll;
pub mod story;
pub mod tabs;
pub mod timeline;
pub mod toggle;
pub mod transcript;
pub mod verdicts;
pub mod why;
