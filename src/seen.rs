//! What there is to see, as the parts of the page share it.

use std::ops::Deref;
use std::rc::Rc;

use session::{Session, View};
use yew::html::ImplicitClone;

/// A view. Another one is another moment, or a moment that was looked at anew: what is in them is not compared.
#[derive(Clone)]
pub struct Seen(Rc<View>);

impl Seen {
    /// What there is to see of a session; the picture of the hardware, too, when it can be drawn.
    pub fn of(lab: &Session, pictures: bool) -> Seen {
        Seen(Rc::new(match pictures {
            true => lab.view(),
            false => lab.view_of_programs(),
        }))
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
        &self.0
    }
}
