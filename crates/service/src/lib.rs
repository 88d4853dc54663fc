//! The engine that answers what the page asks, in slices.
//!
//! A [`protocol::Request`] goes to an [`Engine`] as bytes ([`protocol::Message`]); [`Engine::run`] searches for a while
//! and gives [`protocol::Answer`]s as bytes. The page holds the protocol alone; the engine runs in a worker, or on the
//! page's thread where none starts.
//!
//! Architecture invariant: no DOM, no IO, and no clock of its own: the caller lends one.

mod engine;
mod goal;
mod tasks;

pub use engine::Engine;
