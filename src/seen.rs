//! What there is to see, as the parts of the page share it.

use std::ops::Deref;
use std::rc::Rc;

use picture::Hardware;
use session::{Session, View};
use yew::html::ImplicitClone;

/// A view. Another one is another moment, or a moment that was looked at anew: what is in them is not compared.
#[derive(Clone)]
pub struct Seen(Rc<Shown>);

struct Shown {
    view: View,
    hardware: Hardware,
}

impl Seen {
    /// What there is to see of a session.
    pub fn of(lab: &Session) -> Seen {
        let view = lab.view();
        let hardware = Hardware::of(lab, &view);
        Seen(Rc::new(Shown { view, hardware }))
    }

    /// The hardware at this moment.
    pub fn hardware(&self) -> &Hardware {
        &self.0.hardware
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
