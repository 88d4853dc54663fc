//! The text in the litmus lab: what is wrong with it, what its pieces are, and the texts that are kept.

use std::rc::Rc;
use std::sync::Arc;

use litmus::Test;
use protocol::text::{Problem, Reading, Written};
use protocol::{Reply, Request};
use session::{Link, Session, SessionError};
use yew::{AttrValue, Callback};

use crate::browser::clock::Timeout;
use crate::browser::store;
use crate::engine::{Engine, Heard, Ticket};

/// How long nothing must have been typed before a text is read, in milliseconds.
pub const PAUSE: u32 = 250;

/// How many texts are kept.
const KEPT: usize = 5;

/// What becomes of a text that has been read.
#[derive(Clone, Debug, PartialEq)]
pub enum Then {
    /// What is wrong with it is shown.
    Show,
    /// It is opened with setting, model and schedule of the session before, as far as they go.
    Open,
    /// It is opened as it opens by itself.
    Begin,
    /// It is opened as a link says.
    Link(Link),
}

/// What the machine says of a test that it cannot run.
fn refusal(text: &str, error: &SessionError) -> Problem {
    let at = (error.span.start as usize).min(text.len());
    let before = text.get(..at).unwrap_or_default();
    let start = before.rfind('\n').map_or(0, |newline| newline + 1);
    let column = before.get(start..).unwrap_or_default().chars().count() + 1;
    Problem {
        line: small(before.matches('\n').count() + 1),
        column: small(column),
        from: utf16(text, at),
        to: utf16(text, error.span.end as usize),
        error: true,
        message: format!("this machine cannot run that: {}", error.message),
        suggestion: None,
    }
}

fn small(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

/// The place of a byte in the units that browsers count.
fn utf16(text: &str, byte: usize) -> u32 {
    let before = text.get(..byte.min(text.len())).unwrap_or_default();
    small(before.encode_utf16().count())
}

/// See the module.
#[derive(Default)]
pub struct Editing {
    text: AttrValue,
    /// Counts the texts that did not come from the editor itself.
    revision: u32,
    problems: Rc<[Problem]>,
    /// Counts down until the text is read.
    waiting: Option<Timeout>,
    /// The text is already among those that are kept.
    kept: bool,
    /// The last text of the reader's own that was read, and how a link carries it.
    packed: Option<(String, Result<String, String>)>,
    /// The text that is being read, and what becomes of it.
    reading: Option<(Ticket, Then)>,
}

impl Editing {
    /// What is in the editor.
    pub fn text(&self) -> &AttrValue {
        &self.text
    }

    /// It grows whenever the editor has to take another text over.
    pub fn revision(&self) -> u32 {
        self.revision
    }

    /// What is wrong.
    pub fn problems(&self) -> &Rc<[Problem]> {
        &self.problems
    }

    /// How many errors keep the text from being a test.
    pub fn errors(&self) -> usize {
        self.problems.iter().filter(|problem| problem.error).count()
    }

    /// Another text, from outside of the editor.
    pub fn replace(&mut self, text: &str) {
        self.waiting = None;
        self.kept = false;
        if self.text != text {
            self.text = text.to_owned().into();
            self.revision = self.revision.wrapping_add(1);
        }
        self.problems = Rc::default();
    }

    /// The reader has typed. It is kept at once and read after a pause.
    pub fn typed(&mut self, text: AttrValue, waiting: Timeout) {
        self.text = text;
        self.waiting = Some(waiting);
        self.keep();
    }

    /// Has the text read.
    pub fn read(&mut self, engine: &Engine, then: Then, hear: Callback<Heard>) {
        self.ask(engine, Written::Plain(self.text.to_string()), then, hear);
    }

    /// Has a text read that a link carries.
    pub fn unpack(&mut self, engine: &Engine, z: String, link: Link, hear: Callback<Heard>) {
        self.ask(engine, Written::Packed(z), Then::Link(link), hear);
    }

    fn ask(&mut self, engine: &Engine, written: Written, then: Then, hear: Callback<Heard>) {
        self.waiting = None;
        self.reading = Some((engine.ask(Request::Read(written), hear), then));
    }

    /// A link is being opened.
    pub fn opens_link(&self) -> bool {
        matches!(self.reading, Some((_, Then::Link(_))))
    }

    /// What the engine has read, what is to become of it, and the test; or why the text could not be had.
    pub fn hear(&mut self, heard: Heard) -> Option<(Then, Result<Box<Reading>, String>)> {
        let (_, then) = self.reading.as_ref()?;
        let reading = match heard.reply {
            Reply::Read(reading) => Ok(reading),
            Reply::Refused(why) => Err(why),
            _ if heard.over => Err("the engine has failed while it was reading it".to_owned()),
            _ => return None,
        };
        // The reader has gone on writing: that is read next.
        let late = |reading: &Reading| {
            !matches!(then, Then::Link(_)) && reading.text != self.text.as_str()
        };
        if reading.as_ref().is_ok_and(|reading| late(reading)) {
            return None;
        }
        let (_, then) = self.reading.take()?;
        if let Ok(reading) = &reading {
            self.packed = reading
                .packed
                .clone()
                .map(|packed| (reading.text.clone(), packed));
            if !matches!(then, Then::Link(_)) {
                self.problems = reading.problems.clone().into();
            }
        }
        Some((then, reading))
    }

    /// The machine cannot run it.
    pub fn refused(&mut self, error: &SessionError) {
        let refusal = refusal(&self.text, error);
        self.problems = self.problems.iter().cloned().chain([refusal]).collect();
    }

    /// A text as a link carries it, or why none can; none while that is not known.
    pub fn packed(&self, text: &str) -> Option<Result<String, String>> {
        let (of, packed) = self.packed.as_ref()?;
        (of == text).then(|| packed.clone())
    }

    /// Keeps the text: in the place of what it was before it was changed, in front of all others.
    fn keep(&mut self) {
        if !self.kept {
            let others = kept_texts();
            for (number, text) in others.iter().take(KEPT - 1).enumerate() {
                store::set(&slot(number + 1), text);
            }
            self.kept = true;
        }
        store::set(&slot(0), &self.text);
    }
}

fn slot(number: usize) -> String {
    format!("draft.{number}")
}

/// The texts that were written here before, the last one first.
pub fn kept_texts() -> Vec<String> {
    (0..KEPT)
        .filter_map(|number| store::get(&slot(number)))
        .filter(|text| !text.trim().is_empty())
        .collect()
}

/// What a kept text is called: the name in its first line.
pub fn name_of(text: &str) -> String {
    let first = text.lines().find(|line| !line.trim().is_empty());
    let words = first.unwrap_or_default().trim();
    let name = words.strip_prefix("C ").unwrap_or(words).trim();
    name.chars().take(40).collect()
}

/// Opens a test of the reader's own. Setting, model and schedule of the session before go along as far as they go.
pub fn open(old: &Session, test: &Arc<Test>, text: &str) -> Result<Session, SessionError> {
    let mut link = old.link();
    link.scenario.clear();
    let known = |item: &String| litmus::Setting::parse_off(test, item).is_ok();
    link.off = link
        .off
        .map(|off| off.into_iter().filter(known).collect())
        .filter(|_| !old.test().toggles.is_empty());
    let (mut lab, _) = Session::open_link(&link, Arc::clone(test))?;
    // A schedule of another test means nothing once one of its steps is gone.
    if lab.len() < link.steps.len() {
        lab.reset();
    }
    Ok(lab.with_source(text))
}

/// Opens a test as it opens by itself, on the model that is chosen.
pub fn begin(old: &Session, test: &Arc<Test>, text: &str) -> Result<Session, SessionError> {
    let mut lab = Session::new(String::new(), Arc::clone(test))?;
    if test.meta.default.cpu.is_none() {
        lab.set_model(old.model())?;
    }
    lab.reset();
    Ok(lab.with_source(text))
}
