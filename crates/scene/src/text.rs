//! The transcript: the session as plain text.

use crate::view::View;

/// The setting, every step with its sentence, and the end, as text.
#[must_use]
pub fn transcript(view: &View) -> String {
    view.title.clone()
}
