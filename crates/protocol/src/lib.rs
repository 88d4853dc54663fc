//! What crosses a boundary.

pub mod draw;
