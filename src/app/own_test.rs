//! A test of the reader's own: from the text in the litmus lab to the session, and from the session to the link.

use std::rc::Rc;
use std::sync::Arc;

use litmus::Test;
use picture::packed::PackError;
use session::{Link, Session, SessionError};

use yew::AttrValue;

use super::App;
use crate::browser::address;

impl App {
    /// The link to what is to be seen now.
    pub(super) fn link(&self) -> Link {
        Link {
            view: self.present.then(|| super::views::PRESENT.to_owned()),
            tab: (self.tab != self.opening_tab()).then(|| self.tab.to_string()),
            z: self.packed().and_then(Result::ok),
            ..self.lab.link()
        }
    }

    /// The address of what is to be seen now, for others; or why there is none. It opens no tool.
    pub(super) fn address(&self) -> Result<AttrValue, AttrValue> {
        if let Some(Err(error)) = self.packed() {
            return Err(error.to_string().into());
        }
        let link = Link {
            tab: None,
            ..self.link()
        };
        Ok(address::with_fragment(&link.to_string()).into())
    }

    /// The same as an embed.
    pub(super) fn embed_address(&self) -> AttrValue {
        let link = Link {
            tab: None,
            view: Some("embed".to_owned()),
            ..self.link()
        };
        address::with_fragment(&link.to_string()).into()
    }

    /// A test of the reader's own, as links carry it.
    pub(super) fn packed(&self) -> Option<Result<String, PackError>> {
        let own = self.lab.id().is_empty().then(|| self.lab.source())??;
        Some(self.editing.packed(own))
    }

    /// The text in the litmus lab follows the session, or is one that could not be opened.
    pub(super) fn edit_anew(&mut self, text: Option<String>) {
        self.opened = self.opened.wrapping_add(1);
        // The build has read every scenario, and found nothing wrong.
        let unknown = text.is_some() || self.lab.id().is_empty();
        let text = text.or_else(|| self.lab.source().map(str::to_owned));
        self.editing.replace(&text.unwrap_or_default());
        if unknown {
            self.editing.read();
        }
    }

    /// Reads the text in the litmus lab, and opens it when it is a test.
    pub(super) fn read(
        &mut self,
        open: fn(&Session, &Arc<Test>, &str) -> Result<Session, SessionError>,
    ) {
        let before = self.editing.errors();
        let test = self.editing.read();
        if self.lab.source() != Some(self.editing.text().as_str())
            && let Some(test) = test
        {
            match open(&self.lab, &test, self.editing.text()) {
                Ok(lab) => self.take(lab),
                Err(error) => self.editing.refused(&error),
            }
        }
        let errors = self.editing.errors();
        if errors > 0 && errors != before {
            let number = match errors {
                1 => "one error".to_owned(),
                more => format!("{more} errors"),
            };
            let said = format!(
                "The text has {number}. The page still shows the last test without errors."
            );
            self.said = Some(said.into());
        }
    }

    /// The session is about another test from now on.
    fn take(&mut self, lab: Session) {
        self.playing = None;
        self.showing = None;
        self.said = Some(format!("The page shows the test {}.", lab.test().name).into());
        self.lab = lab;
        self.problems = Rc::default();
        self.opened = self.opened.wrapping_add(1);
        self.after_change();
    }
}
