//! From a stored state to those behind it: what one thread of a search does.

use litmus::Value;
use machine::eval::eval;
use machine::pack::Packer;
use machine::program::TermSource;
use machine::touch::Touches;
use machine::{Program, Quiet, State, Step, StepKind};

use crate::pull::{Pull, ways};
use crate::reduce::{Next, Offer, is_late, may_deadlock};
use crate::symmetry::{Renaming, Room, Symmetry};
use crate::table::StateId;
use machine::outcome::{Outcome, decode, outcome};
use machine::{Deadlock, deadlock};

/// How a stored state was reached.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Origin {
    pub parent: StateId,
    /// The step.
    pub step: Step,
    /// What stores do right before it.
    pub pull: Pull,
    /// For the entry of a section: the step right behind it.
    pub then: Option<(Step, Pull)>,
}

impl Origin {
    /// Of the first state.
    pub const NONE: Origin = Origin {
        parent: 0,
        step: Step {
            cpu: u8::MAX,
            at: 0,
            kind: StepKind::Wait,
        },
        pull: Pull::None,
        then: None,
    };
}

/// What a state is in which nothing can happen.
#[derive(Debug)]
pub(crate) enum End {
    Outcome(Outcome),
    Deadlock(Deadlock),
}

/// Where the states go that are found.
pub(crate) trait Sink {
    /// A state in its packed form. Gives its number, if it is known to be new.
    fn found(&mut self, origin: Origin, state: &[u8]) -> Option<StateId>;
    /// The state `at` is an end, once the renaming of this number has renamed it
    /// ([`Symmetry::all`]).
    fn ended(&mut self, at: StateId, renaming: u8, end: End);
}

/// What is the same for all states of a search.
#[derive(Debug)]
pub(crate) struct Ground {
    pub packer: Packer,
    pub touches: Touches,
    /// By term of the program: what the filter asks of it.
    pub filter: Vec<(usize, Value)>,
    pub reduced: bool,
    /// See [`may_deadlock`].
    pub gentle: bool,
    pub symmetry: Symmetry,
}

impl Ground {
    /// Of a search from `start`.
    pub fn new(p: &Program, start: &State) -> Ground {
        Ground {
            packer: Packer::new(p),
            touches: Touches::new(p),
            filter: Vec::new(),
            reduced: true,
            gentle: may_deadlock(p),
            symmetry: Symmetry::new(p, start),
        }
    }

    /// What can happen next in a state.
    pub fn next(&self, p: &Program, state: &State) -> Next {
        let mut next = Next::default();
        next.gentle = self.gentle;
        next.separate = !self.reduced;
        next.fill(p, &self.touches, state);
        next
    }

    /// Does eager steps until there is none; `next` is of `state`, and `before` of
    /// the state before it. False when speculation failed: the state is one that is
    /// reached without it.
    pub fn settle(
        &self,
        p: &Program,
        state: &mut State,
        next: &mut Next,
        before: &Next,
        mut did: impl FnMut(Step),
    ) -> bool {
        if !self.reduced {
            return true;
        }
        let mut quiet = Quiet::default();
        while let Some(offer) = next.eager(p, before) {
            offer.pull.apply(p, state, offer.step, &mut did);
            p.apply(state, offer.step, offer.plan, &mut quiet);
            did(offer.step);
            if quiet.undone {
                return false;
            }
            next.refill(p, &self.touches, state, offer.step, before);
        }
        true
    }

    /// Of all states that are alike the one that is stored, and the renaming that
    /// makes it.
    pub fn renamed(&self, p: &Program, s: &mut State, room: &mut Room) -> Option<&Renaming> {
        self.symmetry.normalise(p, &self.packer, s, room)
    }

    fn filter_may_hold(&self, p: &Program, state: &State) -> bool {
        self.filter.iter().all(|(at, wanted)| {
            let Some((_, TermSource::Reg(cpu, ex))) = p.terms.get(*at) else {
                return true;
            };
            match eval(p, state, usize::from(*cpu), ex) {
                Some((value, 0)) => decode(p, value) == *wanted,
                _ => true,
            }
        })
    }

    /// The step waits for one that it makes possible.
    fn late(&self, kind: StepKind) -> bool {
        is_late(kind) && !(self.gentle && kind == StepKind::Lock)
    }
}

/// Behind the entry of a section: fills the CPU's store buffer and does its
/// fences, which nobody else can notice.
pub(crate) fn settle_behind(p: &Program, state: &mut State, lock: Step, mut did: impl FnMut(Step)) {
    loop {
        let mut local = None;
        p.ready(state, usize::from(lock.cpu), |step, plan| {
            if let (StepKind::Enter | StepKind::Fence, Ok(plan)) = (step.kind, plan) {
                local = local.or(Some((step, plan)));
            }
        });
        let Some((step, plan)) = local else { return };
        p.apply(state, step, plan, &mut Quiet::default());
        did(step);
    }
}

/// The room that one thread works in.
#[derive(Debug)]
pub(crate) struct Worker {
    /// Of the state that is expanded.
    here: Next,
    /// Of a state behind it.
    next: Next,
    /// The state that was found last, with what can happen next in it.
    kept: Option<StateId>,
    kept_state: State,
    kept_next: Next,
    offers: Vec<Offer>,
    then: Vec<Offer>,
    current: State,
    inside: State,
    scratch: State,
    buffer: Vec<u8>,
    room: Room,
}

impl Worker {
    pub fn new(start: &State) -> Worker {
        Worker {
            here: Next::default(),
            next: Next::default(),
            kept: None,
            kept_state: start.clone(),
            kept_next: Next::default(),
            offers: Vec::new(),
            then: Vec::new(),
            current: start.clone(),
            inside: start.clone(),
            scratch: start.clone(),
            buffer: Vec::new(),
            room: Room::new(start),
        }
    }

    /// Begins with the first state.
    pub fn start(&mut self, p: &Program, ground: &Ground, start: &State, sink: &mut impl Sink) {
        self.here = ground.next(p, start);
        self.scratch.copy_from(start);
        self.next.follow(p, &self.here);
        self.visit(p, ground, Origin::NONE, sink);
    }

    /// Goes to the stored state `id`.
    pub fn load<'a>(
        &mut self,
        p: &Program,
        ground: &Ground,
        id: StateId,
        packed: impl FnOnce() -> &'a [u8],
    ) {
        if self.kept.take() == Some(id) {
            std::mem::swap(&mut self.current, &mut self.kept_state);
            self.kept_next.stand_alone(&mut self.here);
            std::mem::swap(&mut self.here, &mut self.kept_next);
        } else {
            ground.packer.decode(p, packed(), &mut self.current);
            self.here.gentle = ground.gentle;
            self.here.separate = !ground.reduced;
            self.here.fill(p, &ground.touches, &self.current);
        }
    }

    /// Finds the states behind the one that it went to, which is `id`.
    pub fn expand(&mut self, p: &Program, ground: &Ground, id: StateId, sink: &mut impl Sink) {
        let cpus = if ground.reduced {
            self.here.persistent()
        } else {
            u64::MAX
        };
        let mut offers = std::mem::take(&mut self.offers);
        offers.clear();
        offers.extend(self.here.offers_of(cpus));
        if offers.is_empty() {
            self.end(p, ground, id, sink);
        }
        let mut went_on = false;
        for offer in &offers {
            if ground.reduced && ground.late(offer.step.kind) {
                went_on |= self.go_late(p, ground, id, offer, &offers, sink);
            } else {
                went_on |= self.go(p, ground, id, offer, sink);
            }
        }
        if !went_on {
            // Only sections could be entered, and nothing can be done in them yet.
            for offer in offers.iter().filter(|o| is_late(o.step.kind)) {
                self.go(p, ground, id, offer, sink);
            }
        }
        self.offers = offers;
    }

    fn end(&self, p: &Program, ground: &Ground, id: StateId, sink: &mut impl Sink) {
        let end = if p.is_final(&self.current) {
            End::Outcome(outcome(p, &self.current))
        } else if let Some(deadlock) = deadlock(p, &self.current) {
            End::Deadlock(deadlock)
        } else {
            return;
        };
        // The first changes nothing.
        for (number, renaming) in ground.symmetry.all().iter().enumerate().skip(1) {
            let renamed = match &end {
                End::Outcome(outcome) => End::Outcome(renaming.outcome(outcome)),
                End::Deadlock(deadlock) => End::Deadlock(renaming.deadlock(*deadlock)),
            };
            sink.ended(id, number as u8, renamed);
        }
        sink.ended(id, 0, end);
    }

    /// One step. True unless speculation failed.
    fn go(
        &mut self,
        p: &Program,
        ground: &Ground,
        id: StateId,
        offer: &Offer,
        sink: &mut impl Sink,
    ) -> bool {
        let mut quiet = Quiet::default();
        self.scratch.copy_from(&self.current);
        offer.pull.apply(p, &mut self.scratch, offer.step, |_| {});
        p.apply(&mut self.scratch, offer.step, offer.plan, &mut quiet);
        let sound = !(quiet.undone && ground.reduced);
        if sound {
            self.visit_behind(p, ground, id, offer, None, sink);
        }
        sound
    }

    /// Enters a section, or predicts, together with each step that only this makes possible.
    fn go_late(
        &mut self,
        p: &Program,
        ground: &Ground,
        id: StateId,
        lock: &Offer,
        offers: &[Offer],
        sink: &mut impl Sink,
    ) -> bool {
        let mut quiet = Quiet::default();
        self.inside.copy_from(&self.current);
        lock.pull.apply(p, &mut self.inside, lock.step, |_| {});
        p.apply(&mut self.inside, lock.step, lock.plan, &mut quiet);
        if quiet.undone {
            return false;
        }
        settle_behind(p, &mut self.inside, lock.step, |_| {});
        let mut then = std::mem::take(&mut self.then);
        then.clear();
        let room = &mut self.scratch;
        p.ready(&self.inside, usize::from(lock.step.cpu), |step, plan| {
            if matches!(step.kind, StepKind::Reach(_)) {
                return;
            }
            // Two late steps can each be of use only with the other: a load in an
            // open section behind an open branch. Each such pair once.
            let new = !offers.iter().any(|o| o.step == step);
            let pair = is_late(step.kind) && step > lock.step;
            if new || pair {
                let touch = lock.touch;
                ways(p, &self.inside, room, step, plan, |plan, pull| {
                    then.push(Offer {
                        step,
                        plan,
                        touch,
                        pull,
                        choice: true,
                    });
                });
            }
        });
        let mut went_on = false;
        for offer in &then {
            let mut quiet = Quiet::default();
            self.scratch.copy_from(&self.inside);
            offer.pull.apply(p, &mut self.scratch, offer.step, |_| {});
            p.apply(&mut self.scratch, offer.step, offer.plan, &mut quiet);
            if !quiet.undone {
                went_on = true;
                self.visit_behind(p, ground, id, lock, Some(offer), sink);
            }
        }
        self.then = then;
        went_on
    }

    /// Gives on the state in `scratch`, which these steps lead to from `current`.
    fn visit_behind(
        &mut self,
        p: &Program,
        ground: &Ground,
        parent: StateId,
        offer: &Offer,
        then: Option<&Offer>,
        sink: &mut impl Sink,
    ) {
        if ground.reduced {
            let last = then.unwrap_or(offer).step;
            self.next.follow(p, &self.here);
            self.next
                .refill(p, &ground.touches, &self.scratch, last, &self.here);
        }
        let origin = Origin {
            parent,
            step: offer.step,
            pull: offer.pull,
            then: then.map(|then| (then.step, then.pull)),
        };
        self.visit(p, ground, origin, sink);
    }

    /// Gives on the state in `scratch`; `next` is of it, if the search is reduced.
    fn visit(&mut self, p: &Program, ground: &Ground, origin: Origin, sink: &mut impl Sink) {
        let state = &mut self.scratch;
        let sound = ground.settle(p, state, &mut self.next, &self.here, |_| {});
        if !sound || !ground.filter_may_hold(p, state) {
            return;
        }
        let reads = ground.reduced.then(|| self.next.reads());
        ground.packer.canonical(p, &ground.touches, state, reads);
        let renamed = ground.renamed(p, state, &mut self.room);
        let same = renamed.is_none_or(|renaming| ground.symmetry.is_nothing(renaming));
        self.buffer.clear();
        ground.packer.encode(p, state, &mut self.buffer);
        if let Some(id) = sink.found(origin, &self.buffer)
            && ground.reduced
            && same
        {
            self.kept = Some(id);
            std::mem::swap(&mut self.scratch, &mut self.kept_state);
            std::mem::swap(&mut self.next, &mut self.kept_next);
        }
    }
}
