//! The colour theme: what the system asks for, or what the reader has chosen.

use super::{clock, store};

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
    /// Strong contrast, light or dark as the system asks.
    Contrast,
}

impl Theme {
    /// The theme that was chosen before.
    pub fn stored() -> Theme {
        match store::get("theme").as_deref() {
            Some("light") => Theme::Light,
            Some("dark") => Theme::Dark,
            Some("contrast") => Theme::Contrast,
            _ => Theme::Auto,
        }
    }

    /// Its name in the store and in the page.
    pub fn name(self) -> &'static str {
        match self {
            Theme::Auto => "auto",
            Theme::Light => "light",
            Theme::Dark => "dark",
            Theme::Contrast => "contrast",
        }
    }

    /// Its name for people.
    pub fn title(self) -> &'static str {
        match self {
            Theme::Auto => "as the system",
            Theme::Light => "light",
            Theme::Dark => "dark",
            Theme::Contrast => "high contrast",
        }
    }

    /// The one that comes after it when the button is pressed.
    pub fn next(self) -> Theme {
        match self {
            Theme::Auto => Theme::Light,
            Theme::Light => Theme::Dark,
            Theme::Dark => Theme::Contrast,
            Theme::Contrast => Theme::Auto,
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

/// The page is light on dark now.
pub fn is_dark() -> bool {
    match Theme::stored() {
        Theme::Light => false,
        Theme::Dark => true,
        Theme::Auto | Theme::Contrast => clock::prefers("(prefers-color-scheme: dark)"),
    }
}
