//! The page's side of the engine: questions, and who hears the answers.
//!
//! ```text
//! let ticket = engine.ask(Request::Verdicts(subject(&lab)), ctx.link().callback(Msg::Heard));
//! ```
//!
//! Whoever asks keeps the [`Ticket`]; to drop it is to lose interest.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use protocol::{Answer, DecodeError, Message, Reply, Request, Subject};
use session::Session;
use yew::Callback;

use crate::browser::engine::{self, Hearing};

/// A part of an answer.
#[derive(Clone, Debug)]
pub struct Heard {
    /// What is known. [`Reply::Stopped`] as well when the engine has failed.
    pub reply: Reply,
    /// Nothing more comes.
    pub over: bool,
}

/// See the module. A copy is the same engine.
#[derive(Clone)]
pub struct Engine(Rc<Inner>);

struct Inner {
    asked: RefCell<Asked>,
    failed: Failed,
    hearing: RefCell<Option<Hearing>>,
}

/// Who is told when the engine cannot answer.
pub struct Failed {
    /// It has failed and been started anew: why.
    pub ended: Callback<String>,
    /// It could not be loaded yet, and is loaded again: why; none when it has come.
    pub loaded: Callback<Option<String>>,
    /// It comes from another build of the page, and neither can read what the other says.
    pub other_build: Callback<()>,
}

#[derive(Default)]
struct Asked {
    last: u32,
    waiting: BTreeMap<u32, Callback<Heard>>,
}

impl PartialEq for Engine {
    fn eq(&self, other: &Engine) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

impl Engine {
    /// Begins to hear the engine.
    pub fn new(failed: Failed) -> Engine {
        let inner = Rc::new(Inner {
            asked: RefCell::default(),
            failed,
            hearing: RefCell::default(),
        });
        let (one, other) = (Rc::downgrade(&inner), Rc::downgrade(&inner));
        let loaded = inner.failed.loaded.clone();
        let hearing = engine::listen(
            move |bytes| {
                if let Some(inner) = one.upgrade() {
                    inner.hear(&bytes);
                }
            },
            move |why| {
                if let Some(inner) = other.upgrade() {
                    inner.lose();
                    inner.failed.ended.emit(why);
                }
            },
            move |why| loaded.emit(why),
        );
        inner.hearing.replace(Some(hearing));
        Engine(inner)
    }

    /// Asks. A question of the same kind that is not answered yet is given up by the engine.
    #[must_use]
    pub fn ask(&self, request: Request, hear: Callback<Heard>) -> Ticket {
        let id = {
            let mut asked = self.0.asked.borrow_mut();
            asked.last = asked.last.wrapping_add(1);
            let id = asked.last;
            asked.waiting.insert(id, hear);
            id
        };
        engine::send(&Message::Ask { id, request }.encode());
        Ticket {
            id,
            engine: self.clone(),
        }
    }
}

impl Inner {
    fn hear(&self, bytes: &[u8]) {
        let Answer { id, over, reply } = match Answer::decode(bytes) {
            Ok(answer) => answer,
            Err(error) => {
                self.lose();
                match error {
                    DecodeError::OtherBuild => self.failed.other_build.emit(()),
                    DecodeError::Damaged(_) => self.failed.ended.emit(error.to_string()),
                }
                return;
            }
        };
        let hear = {
            let waiting = &mut self.asked.borrow_mut().waiting;
            let hear = waiting.get(&id).cloned();
            if over {
                waiting.remove(&id);
            }
            hear
        };
        if let Some(hear) = hear {
            hear.emit(Heard { reply, over });
        }
    }

    /// The engine has failed: whatever it was asked is not answered.
    fn lose(&self) {
        let waiting = std::mem::take(&mut self.asked.borrow_mut().waiting);
        for hear in waiting.into_values() {
            hear.emit(Heard {
                reply: Reply::Stopped,
                over: true,
            });
        }
    }
}

/// A question that has been asked. When it is dropped, the engine gives it up and nobody hears of it.
pub struct Ticket {
    id: u32,
    engine: Engine,
}

impl Ticket {
    /// Ends the search; [`Reply::Stopped`] comes, unless the answer is faster.
    pub fn stop(&self) {
        engine::send(&Message::Stop { id: self.id }.encode());
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        let waiting = &mut self.engine.0.asked.borrow_mut().waiting;
        if waiting.remove(&self.id).is_some() {
            self.stop();
        }
    }
}

/// The program of a session, as questions name it.
pub fn subject(lab: &Session) -> Subject {
    Subject {
        source: lab.source().unwrap_or_default().to_owned(),
        setting: lab.setting().clone(),
        flavour: lab.flavour(),
    }
}
