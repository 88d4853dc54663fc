//! The colour theme: what the system asks for, or what the reader has chosen.

use super::store;

/// A choice of theme.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Theme {
    /// What the system asks for.
    #[default]
    Auto,
    /// Dark on light.
    Light,
    /// Light on dark.
    Dark,
}

impl Theme {
    /// The theme that was chosen before.
    pub fn stored() -> Theme {
        match store::get("theme").as_deref() {
            Some("light") => Theme::Light,
            Some("dark") => Theme::Dark,
            _ => Theme::Auto,
        }
    }

    /// Its name: in the store, in the page, and for people.
    pub fn name(self) -> &'static str {
        match self {
            Theme::Auto => "auto",
            Theme::Light => "light",
            Theme::Dark => "dark",
        }
    }

    /// The one that comes after it when the button is pressed.
    pub fn next(self) -> Theme {
        match self {
            Theme::Auto => Theme::Light,
            Theme::Light => Theme::Dark,
            Theme::Dark => Theme::Auto,
        }
    }

    /// Shows the page in it.
    pub fn apply(self) {
        let Some(root) = super::focus::document().and_then(|document| document.document_element())
        else {
            return;
        };
        let _ = match self {
            Theme::Auto => root.remove_attribute("data-theme"),
            chosen => root.set_attribute("data-theme", chosen.name()),
        };
    }

    /// Remembers it.
    pub fn keep(self) {
        store::set("theme", self.name());
    }
}
