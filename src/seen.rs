//! What there is to see, as the parts of the page share it.

use std::ops::Deref;
use std::rc::Rc;

use protocol::draw::{Panel, Position};
use protocol::{Request, Subject};
use session::{Session, View};
use yew::html::ImplicitClone;

use crate::engine;

/// A view. Another one is another moment, or a moment that was looked at anew: what is in them is not compared.
#[derive(Clone)]
pub struct Seen(Rc<Shown>);

struct Shown {
    view: View,
    subject: Subject,
    position: Position,
}

impl Seen {
    /// What there is to see of a session.
    pub fn of(lab: &Session) -> Seen {
        let link = lab.link();
        let at = link.at.unwrap_or(link.steps.len());
        Seen(Rc::new(Shown {
            view: lab.view(),
            subject: engine::subject(lab),
            position: Position {
                id: lab.id().to_owned(),
                model: lab.model(),
                steps: link.steps,
                at: u32::try_from(at).unwrap_or(u32::MAX),
            },
        }))
    }

    /// The question for a picture of it.
    pub fn draw(&self, panel: Panel) -> Request {
        Request::Draw {
            subject: self.0.subject.clone(),
            position: self.0.position.clone(),
            panel,
        }
    }

    /// The text of the test.
    pub fn source(&self) -> &str {
        &self.0.subject.source
    }
}

impl ImplicitClone for Seen {}

impl PartialEq for Seen {
    fn eq(&self, other: &Seen) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

impl Deref for Seen {
    type Target = View;

    fn deref(&self) -> &View {
        &self.0.view
    }
}
