//! A test of the reader's own: from the text in the litmus lab to the session, and from the session to the link.

use std::rc::Rc;
use std::sync::Arc;

use protocol::text::Reading;
use session::{Link, Session, SessionError};

use yew::AttrValue;

use super::App;
use crate::browser::address;
use crate::editing::{self, Then};
use crate::engine::Heard;
use crate::msg::Msg;
use crate::seen::Seen;

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
            return Err(error.into());
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
    pub(super) fn packed(&self) -> Option<Result<String, String>> {
        let own = self.lab.id().is_empty().then(|| self.lab.source())??;
        self.editing.packed(own)
    }

    /// The text in the litmus lab follows the session, or is one that could not be opened.
    pub(super) fn edit_anew(&mut self, text: Option<String>) {
        self.opened = self.opened.wrapping_add(1);
        // The build has read every scenario, and found nothing wrong.
        let unknown = text.is_some() || self.lab.id().is_empty();
        let text = text.or_else(|| self.lab.source().map(str::to_owned));
        self.editing.replace(&text.unwrap_or_default());
        if unknown {
            self.read(Then::Show);
        }
    }

    /// Has the text in the litmus lab read.
    pub(super) fn read(&mut self, then: Then) {
        let hear = self.send.reform(Msg::HasRead);
        self.editing.read(&self.engine, then, hear);
    }

    /// A text has been read: it is opened when it is a test.
    pub(super) fn has_read(&mut self, heard: Heard) -> bool {
        let before = self.editing.errors();
        let Some((then, reading)) = self.editing.hear(heard) else {
            return false;
        };
        match (then, reading) {
            (Then::Link(link), Ok(reading)) => self.open_read(link, &reading),
            (Then::Link(_), Err(why)) => self.complain_of_link(format!("z: {why}"), None),
            (_, Err(why)) => self.said = Some(format!("The text could not be read: {why}.").into()),
            (then, Ok(reading)) => {
                let open = match then {
                    Then::Open => Some(editing::open as Opens),
                    Then::Begin => Some(editing::begin as Opens),
                    _ => None,
                };
                self.take_text(open, &reading);
                self.tell_errors(before);
            }
        }
        true
    }

    fn take_text(&mut self, open: Option<Opens>, reading: &Reading) {
        let Some(open) = open.filter(|_| self.lab.source() != Some(reading.text.as_str())) else {
            return;
        };
        if let Some(test) = test_of(reading) {
            match open(&self.lab, &Arc::new(test), &reading.text) {
                Ok(lab) => self.take(lab),
                Err(error) => self.editing.refused(&error),
            }
        }
    }

    fn tell_errors(&mut self, before: usize) {
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

    /// Opens the test that a link carries.
    fn open_read(&mut self, link: Link, reading: &Reading) {
        let Some(test) = test_of(reading) else {
            let first = reading.problems.iter().find(|problem| problem.error);
            let problem = match first {
                Some(problem) => format!(
                    "z: the test in this link has errors; line {}: {}",
                    problem.line, problem.message
                ),
                None => "z: the test in this link has errors".to_owned(),
            };
            return self.complain_of_link(problem, Some(&reading.text));
        };
        match Session::open_link(&link, Arc::new(test)) {
            Ok((lab, found)) => {
                self.lab = lab.with_source(&reading.text);
                let found = found
                    .iter()
                    .map(|problem| AttrValue::from(problem.to_string()));
                self.problems = self.problems.iter().cloned().chain(found).collect();
                self.choose(link.tab.clone());
                self.edit_anew(None);
                self.view = Seen::of(&self.lab);
                self.look_ahead();
                self.address.forget();
                self.keep_address();
            }
            Err(error) => {
                let problem = format!("z: this machine cannot run the test in this link: {error}");
                self.complain_of_link(problem, Some(&reading.text));
            }
        }
    }

    /// Says why the test of a link cannot be opened. Its text, if there is one, can be mended in the litmus lab.
    fn complain_of_link(&mut self, problem: String, text: Option<&str>) {
        let problem = AttrValue::from(problem);
        self.problems = self.problems.iter().cloned().chain([problem]).collect();
        if let Some(text) = text {
            self.edit_anew(Some(text.to_owned()));
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

/// How a test that has been read is opened.
type Opens = fn(&Session, &Arc<litmus::Test>, &str) -> Result<Session, SessionError>;

/// The test of a text; none where it has errors.
fn test_of(reading: &Reading) -> Option<litmus::Test> {
    litmus::packed::unpack(reading.test.as_ref()?).ok()
}
