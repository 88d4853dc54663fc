//! The text in the litmus lab: what is wrong with it, what its pieces are, and the texts that are kept.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;

use litmus::{Diagnostic, Highlight, Severity, Test};
use picture::packed::{self, PackError};
use session::{Session, SessionError};
use yew::AttrValue;

use crate::browser::clock::Timeout;
use crate::browser::store;

/// How long nothing must have been typed before a text is read, in milliseconds.
pub const PAUSE: u32 = 250;

/// How many texts are kept.
const KEPT: usize = 5;

/// What is wrong at a place of the text.
#[derive(Clone, Debug, PartialEq)]
pub struct Problem {
    /// From 1.
    pub line: u32,
    /// From 1, in characters.
    pub column: u32,
    /// Where it begins, in UTF-16 units.
    pub from: u32,
    /// Where it ends, in UTF-16 units.
    pub to: u32,
    /// It keeps the text from being a test.
    pub error: bool,
    /// One sentence.
    pub message: AttrValue,
    /// What to do about it.
    pub suggestion: Option<AttrValue>,
}

impl Problem {
    fn new(text: &str, diagnostic: &Diagnostic) -> Problem {
        let (from, to) = (diagnostic.span.start as usize, diagnostic.span.end as usize);
        Problem {
            line: diagnostic.line,
            column: diagnostic.column,
            from: utf16(text, from),
            to: utf16(text, to),
            error: diagnostic.severity == Severity::Error,
            message: diagnostic.message.clone().into(),
            suggestion: diagnostic.suggestion.clone().map(AttrValue::from),
        }
    }

    /// What the machine says of a test that it cannot run.
    pub fn of_machine(text: &str, error: &SessionError) -> Problem {
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
            message: format!("this machine cannot run that: {}", error.message).into(),
            suggestion: None,
        }
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

/// From, to (in UTF-16 units) and kind of each piece that is coloured.
pub fn tokens(text: &str) -> Vec<u32> {
    let (mut byte, mut unit) = (0, 0);
    let mut place = |to: u32| {
        let to = to as usize;
        unit += small(
            text.get(byte..to)
                .unwrap_or_default()
                .encode_utf16()
                .count(),
        );
        byte = to;
        unit
    };
    let pieces = litmus::highlight(text).into_iter();
    pieces
        .flat_map(|(span, kind)| {
            let number = Highlight::ALL.iter().position(|other| *other == kind);
            [
                place(span.start),
                place(span.end),
                small(number.unwrap_or_default()),
            ]
        })
        .collect()
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
    /// What [`Editing::packed`] has packed last.
    packed: RefCell<Option<(String, Result<String, PackError>)>>,
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

    /// Reads the text.
    pub fn read(&mut self) -> Option<Arc<Test>> {
        self.waiting = None;
        let parsed = litmus::parse(&self.text);
        let problems = parsed.diagnostics.iter();
        self.problems = problems
            .map(|problem| Problem::new(&self.text, problem))
            .collect();
        parsed.test.map(Arc::new)
    }

    /// The machine cannot run it.
    pub fn refused(&mut self, error: &SessionError) {
        let refusal = Problem::of_machine(&self.text, error);
        self.problems = self.problems.iter().cloned().chain([refusal]).collect();
    }

    /// A text packed for a link.
    pub fn packed(&self, text: &str) -> Result<String, PackError> {
        let mut last = self.packed.borrow_mut();
        match &*last {
            Some((of, packed)) if of == text => packed.clone(),
            _ => {
                let packed = packed::pack(text);
                *last = Some((text.to_owned(), packed.clone()));
                packed
            }
        }
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
