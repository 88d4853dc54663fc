//! A session: a test, its setting, and a schedule that can be walked back and forth; with what there is to read of it:
//! programs, steps and sentences. No DOM, no IO, no clock, no picture, no search.

mod build;
pub mod closing;
pub mod link;
pub mod listing;
pub mod names;
mod reason;
pub mod sentence;
mod session;
pub mod text;
pub mod view;
pub mod wrap;

pub use build::{Moment, Rests, rests};
pub use link::{Link, LinkProblem};
pub use reason::readers;
pub use session::{MOST_FORKS, Session, SessionError, Track};
pub use text::{step_text, timeline_legend};
pub use view::View;
