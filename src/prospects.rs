//! For every step that is offered: can a bad outcome still happen after it? The engine says.

use std::collections::BTreeMap;
use std::rc::Rc;

use litmus::Reachable;
use machine::StepName;
use protocol::{Reply, Request, Subject};
use session::{Session, View};
use yew::Callback;

use crate::engine::{Engine, Heard, Ticket};

/// What is known, by step.
pub type Known = Rc<BTreeMap<StepName, Reachable>>;

/// See the module.
#[derive(Default)]
pub struct Prospects {
    asked: Option<Ticket>,
    known: Known,
}

impl Prospects {
    /// Asks anew, for the steps that a view offers.
    pub fn restart(
        &mut self,
        engine: &Engine,
        subject: Subject,
        lab: &Session,
        view: &View,
        hear: Callback<Heard>,
    ) {
        self.known = Known::default();
        // Nothing bad can happen in a test that names nothing bad.
        let bad = lab.test().outcomes.iter().any(|outcome| outcome.bad);
        let lines = view
            .cpus
            .iter()
            .flat_map(|cpu| &cpu.bands)
            .flat_map(|band| &band.lines);
        let offers: Vec<StepName> = lines
            .flat_map(|line| &line.offers)
            .map(|offer| offer.step)
            .collect();
        self.asked = (bad && !offers.is_empty()).then(|| {
            let mut done = lab.run().schedule();
            done.truncate(lab.at());
            let request = Request::Prospects {
                subject,
                model: lab.model(),
                done,
                offers,
            };
            engine.ask(request, hear)
        });
    }

    /// What is known.
    pub fn known(&self) -> &Known {
        &self.known
    }

    /// Takes an answer. True when something more is known.
    pub fn hear(&mut self, heard: &Heard) -> bool {
        let Reply::Prospects(prospects) = &heard.reply else {
            return false;
        };
        let before = self.known.len();
        let known = prospects
            .iter()
            .map(|prospect| (prospect.step, prospect.bad));
        self.known = Rc::new(known.collect());
        self.known.len() != before
    }
}
