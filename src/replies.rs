//! What a component shows of an answer of the engine: it asks whenever the question is another, and keeps the last answer
//! until the next one comes, so that nothing jumps or flickers.

use std::rc::Rc;

use protocol::draw::{Drawn, Panel};
use protocol::{Reply, Request};
use yew::prelude::*;

use crate::engine::{Engine, Heard, Ticket};
use crate::seen::Seen;

/// The engine, and how often it has been asked anew, for every part of the page.
#[derive(Clone, PartialEq)]
pub struct Asking {
    /// Who answers.
    pub engine: Engine,
    /// Another number: ask again.
    pub attempt: u32,
}

/// Why the engine could not be loaded so far; none while it is being loaded for the first time, and when it is there.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Loading(pub Option<AttrValue>);

/// An answer, and what it is the answer to.
#[derive(Debug)]
pub struct Answered<K> {
    /// What was asked about.
    pub of: K,
    /// The answer.
    pub reply: Reply,
}

/// The answer to the question that `ask` makes of `of`: the last one, until that to the present question has come.
#[hook]
pub fn use_reply<K>(of: K, ask: fn(&K) -> Option<Request>) -> Option<Rc<Answered<K>>>
where
    K: Clone + PartialEq + 'static,
{
    let asking = use_context::<Asking>();
    let known = use_state(|| None::<Rc<Answered<K>>>);
    let ticket = use_mut_ref(|| None::<Ticket>);
    {
        let known = known.clone();
        use_effect_with((asking, of), move |(asking, of)| {
            let question = asking.as_ref().zip(ask(of));
            let asked = question.map(|(asking, request)| {
                let of = of.clone();
                let hear = Callback::from(move |heard: Heard| {
                    // A failure of the engine is said elsewhere, and what is known stays.
                    if heard.over && !matches!(heard.reply, Reply::Stopped) {
                        known.set(Some(Rc::new(Answered {
                            of: of.clone(),
                            reply: heard.reply,
                        })));
                    }
                });
                asking.engine.ask(request, hear)
            });
            *ticket.borrow_mut() = asked;
        });
    }
    (*known).clone()
}

/// A picture of a moment, and of which.
pub type Picture = Rc<Answered<(Seen, Panel)>>;

/// What the engine draws of a moment.
#[hook]
pub fn use_drawn(view: &Seen, panel: Panel) -> Option<Picture> {
    use_reply((view.clone(), panel), |(view, panel)| {
        Some(view.draw(*panel))
    })
}

impl<K> Answered<K> {
    /// What was drawn, if that was asked for.
    pub fn drawn(&self) -> Option<&Drawn> {
        match &self.reply {
            Reply::Drawn(drawn) => Some(drawn),
            _ => None,
        }
    }
}
