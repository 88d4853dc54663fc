//! Where bad outcomes cease to be possible: by a step of the schedule, or by a switch that was moved; or that the switch
//! was not enough. The engine says.

use std::rc::Rc;

use litmus::{Setting, Test};
use machine::{CpuModel, SrcuFlavour, StepName};
use protocol::{Closing, Goal, Reply, Request, Subject};
use scene::Lab;
use yew::{AttrValue, Callback};

use crate::engine::{Engine, Heard, Ticket};

/// What was asked about: another answer is needed when any of it is another.
#[derive(Clone, PartialEq)]
struct Asked {
    id: String,
    setting: Setting,
    model: &'static CpuModel,
    flavour: SrcuFlavour,
    steps: Vec<StepName>,
}

impl Asked {
    fn of(lab: &Lab) -> Asked {
        Asked {
            id: lab.id().to_owned(),
            setting: lab.setting().clone(),
            model: lab.model(),
            flavour: lab.flavour(),
            steps: lab.run().schedule(),
        }
    }

    /// The same schedule was being looked at, under other switches.
    fn switched_from(&self, before: &Asked) -> bool {
        let switches = |asked: &Asked| (asked.setting.clone(), asked.model, asked.flavour);
        self.id == before.id && switches(self) != switches(before)
    }
}

/// See the module.
#[derive(Default)]
pub struct Closings {
    ticket: Option<Ticket>,
    asked: Option<Asked>,
    known: Vec<Closing>,
    at: usize,
    moved: Option<Moved>,
    told: Rc<Closed>,
}

/// A switch was moved.
struct Moved {
    /// What was still possible where the reader stood.
    open: Vec<Goal>,
    /// Where that is now.
    at: usize,
    /// It was a line of the program, not the model.
    line: bool,
}

/// What there is to say.
#[derive(Debug, Default, PartialEq)]
pub struct Closed {
    /// After so many steps, by the last of them: a sentence.
    pub by_step: Vec<(usize, AttrValue)>,
    /// By the switch that was moved last.
    pub by_switch: Option<AttrValue>,
    /// What is possible in spite of it.
    pub still: Option<AttrValue>,
    /// After so many steps no bad outcome is possible any more, and one was before.
    pub all: Option<usize>,
}

impl Closed {
    /// What the step did after which so many are done.
    pub fn at(&self, steps: usize) -> Option<&AttrValue> {
        self.by_step
            .iter()
            .find(|(at, _)| *at == steps)
            .map(|(_, text)| text)
    }
}

impl Closings {
    /// Asks, unless the answer stands.
    pub fn restart(&mut self, engine: &Engine, subject: Subject, lab: &Lab, hear: Callback<Heard>) {
        let asked = Asked::of(lab);
        let same = self.asked.as_ref() == Some(&asked);
        if same && lab.at() == self.at {
            return;
        }
        let before = self.asked.as_ref().filter(|b| asked.switched_from(b));
        self.moved = before.map(|before| Moved {
            open: self.open_at(self.at),
            at: lab.at(),
            line: before.setting != asked.setting,
        });
        self.at = lab.at();
        if same {
            self.tell(lab.resolved());
            return;
        }
        let bad = lab.test().outcomes.iter().any(|outcome| outcome.bad);
        self.known.clear();
        self.ticket = bad.then(|| {
            let request = Request::Closings {
                subject,
                model: asked.model,
                steps: asked.steps.clone(),
            };
            engine.ask(request, hear)
        });
        self.asked = Some(asked);
        self.tell(lab.resolved());
    }

    /// An answer. True when there is something else to say.
    pub fn hear(&mut self, heard: &Heard, test: &Test) -> bool {
        let Reply::Closings(known) = &heard.reply else {
            return false;
        };
        self.known.clone_from(known);
        let before = Rc::clone(&self.told);
        self.tell(test);
        before != self.told
    }

    /// What there is to say.
    pub fn told(&self) -> &Rc<Closed> {
        &self.told
    }

    /// What is known to be possible after so many steps.
    fn open_at(&self, steps: usize) -> Vec<Goal> {
        let open = |closing: &&Closing| closing.after.is_none_or(|after| after as usize > steps);
        let open = self.known.iter().filter(open);
        open.map(|closing| closing.goal).collect()
    }

    fn tell(&mut self, test: &Test) {
        let mut places: Vec<usize> = self
            .known
            .iter()
            .filter_map(|closing| closing.after)
            .filter(|after| *after > 0)
            .map(|after| after as usize)
            .collect();
        places.sort_unstable();
        places.dedup();
        let labels = |of: &dyn Fn(&Closing) -> bool| -> Vec<String> {
            let these = self.known.iter().filter(|closing| of(closing));
            these.map(|closing| closing.goal.label(test)).collect()
        };
        let by_step = places.into_iter().filter_map(|at| {
            let labels = labels(&|closing| closing.after == u32::try_from(at).ok());
            Some((at, scene::closing::by_step(&labels)?.into()))
        });
        let moved = self.moved.as_ref();
        // Of what was possible before the switch: what has gone, or what has not.
        let since = |gone: bool| {
            moved.map_or_else(Vec::new, |Moved { open, at, .. }| {
                labels(&|closing| {
                    let over = closing.after.is_some_and(|after| after as usize <= *at);
                    open.contains(&closing.goal) && over == gone
                })
            })
        };
        let by_switch =
            moved.and_then(|moved| scene::closing::by_switch(&since(true), moved.at == 0));
        let in_spite = moved.filter(|moved| moved.line && by_switch.is_none());
        let model = self.asked.as_ref().map(|asked| asked.model);
        let still = in_spite.zip(model);
        let still = still.and_then(|(_, model)| scene::closing::still(&since(false), model.name));
        let bad = Goal::of(test).into_iter().filter(|goal| goal.bad(test));
        let all = self.known.iter().map(|closing| closing.after);
        let all = all.collect::<Option<Vec<u32>>>();
        let all = all.filter(|all| all.len() == bad.count());
        let all = all
            .and_then(|all| all.into_iter().max())
            .filter(|at| *at > 0);
        self.told = Rc::new(Closed {
            all: all.map(|at| at as usize),
            by_step: by_step.collect(),
            by_switch: by_switch.map(AttrValue::from),
            still: still.map(AttrValue::from),
        });
    }
}
