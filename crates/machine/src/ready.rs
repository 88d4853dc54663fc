//! What may happen now, and why the rest may not: one function answers both.

use crate::eval::{Guess, Taken, eval, missing, taken};
use crate::masks::{applies, bits, bound_by, only_on_success, range, same_location};
use crate::model::{Action, Class, Until};
use crate::program::{
    Address, Atomic, Code, Domain, Ex, Instr, Kind, LocRole, Mask, Program, StoreRole,
};
use crate::reason::Reason;
use crate::state::{BranchState, CpuState, INITIAL, Source, State};
use crate::step::{Step, StepKind};
use crate::value::{GARBAGE, POINTER, number, pointee};

/// An event that may happen, with what it will do.
#[derive(Clone, Copy, Debug)]
pub enum Plan {
    /// A load or an atomic's read.
    Read {
        /// Where.
        loc: usize,
        /// What it finds.
        value: i64,
        /// The store that it reads.
        source: Source,
        /// From its own CPU's pending store.
        forwarded: bool,
        /// The predictions that this rests on.
        guess: Guess,
        /// For an atomic: it stores.
        stores: bool,
    },
    /// A store that goes into the buffer.
    Enter {
        /// Where to.
        loc: usize,
        /// What.
        value: i64,
    },
    /// A store that reaches memory.
    Write {
        /// Where to.
        loc: usize,
        /// What.
        value: i64,
    },
    /// Everything else.
    Other,
}

/// What the next event of an instruction is to the rules.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    Read,
    Enter,
    Write,
    Other,
    End,
}

/// A CPU in a state.
#[derive(Clone, Copy)]
pub(crate) struct View<'a> {
    pub p: &'a Program,
    pub s: &'a State,
    pub cpu: usize,
    pub code: &'a Code,
    pub c: &'a CpuState,
    /// The masks have been asked for the instruction already, and do not hold it back.
    free: bool,
}

impl<'a> View<'a> {
    pub fn new(p: &'a Program, s: &'a State, cpu: usize) -> Self {
        View {
            p,
            s,
            cpu,
            code: &p.cpus[cpu],
            c: &s.cpus[cpu],
            free: false,
        }
    }

    fn instr(&self, i: usize) -> &'a Instr {
        &self.code.instrs[i]
    }

    fn global(&self, i: usize) -> usize {
        self.p.global(self.cpu, i)
    }

    /// Instructions that the predictions say will not happen, with the predictions.
    fn away(&self) -> (Mask, Guess) {
        let mut mask = 0;
        let mut guess = 0;
        for (number, branch) in self.code.branches.iter().enumerate() {
            if let BranchState::Predicted(then) = self.s.branch(self.cpu, number as u8) {
                mask |= if then { branch.els } else { branch.then };
                guess |= 1 << number;
            }
        }
        (mask, guess)
    }

    /// Where an access goes, as far as is known.
    pub fn location(&self, i: usize) -> Option<(usize, Guess)> {
        match self.instr(i).addr.as_ref()? {
            Address::Static(loc) => Some((usize::from(*loc), 0)),
            Address::Computed(ex) => {
                let (value, guess) = eval(self.p, self.s, self.cpu, ex)?;
                Some((
                    pointee(value, self.p.locs.len()).unwrap_or(self.p.wild()),
                    guess,
                ))
            }
        }
    }

    fn static_location(&self, i: usize) -> bool {
        matches!(self.instr(i).addr, Some(Address::Static(_)))
    }

    fn missing(&self, ex: &Ex) -> Option<u8> {
        missing(self.s, self.code, self.cpu, ex).map(|i| i as u8)
    }

    fn missing_address(&self, i: usize) -> Reason {
        let on = match &self.instr(i).addr {
            Some(Address::Computed(ex)) => self.missing(ex),
            _ => None,
        };
        Reason::Address { on }
    }

    /// The rule that makes `i` wait for one of `pending`.
    fn rule(&self, i: usize, action: Action, until: Until, pending: Mask, success: bool) -> Reason {
        for on in bits(pending) {
            for act in bound_by(self.instr(i), action, self.p.model)
                .into_iter()
                .flatten()
            {
                if let Some(across) = self
                    .instr(i)
                    .across
                    .iter()
                    .find(|a| a.action == act && a.performed & (1 << on) != 0)
                {
                    let fence = self.instr(usize::from(across.fence)).class;
                    let why = if fence.meets(Class::WMB) {
                        crate::model::Why::WriteBarrier
                    } else {
                        crate::model::Why::SectionBarrier
                    };
                    return Reason::Rule { why, on: on as u8 };
                }
                for rule in self.p.rules() {
                    let conditional = only_on_success(rule, self.instr(i), self.p.model);
                    if rule.action == act
                        && rule.until == until
                        && conditional == success
                        && applies(rule, self.code, on, i)
                    {
                        return Reason::Rule {
                            why: rule.why,
                            on: on as u8,
                        };
                    }
                }
            }
        }
        // The masks are made of the rules, so one of them has applied.
        Reason::Done
    }

    /// The instruction waits for nothing before it but what `away` says will not happen.
    fn masks(&self, i: usize, action: Action, away: Mask) -> Result<(), Reason> {
        if self.free {
            return Ok(());
        }
        let instr = self.instr(i);
        let gone = self.c.skipped | away;
        let pending = self.pending(instr, action, gone);
        if pending[0] != 0 {
            return Err(self.rule(i, action, Until::Begun, pending[0], false));
        }
        if pending[1] != 0 {
            return Err(self.rule(i, action, Until::Performed, pending[1], false));
        }
        Ok(())
    }

    /// Those that must begin, and be performed, before `action`, and are not.
    fn pending(&self, instr: &Instr, action: Action, gone: Mask) -> [Mask; 2] {
        let a = action as usize;
        let mut begun = instr.begun[a] & !(self.c.begun | gone);
        let mut performed = instr.performed[a] & !(self.c.done | gone);
        if begun | performed == 0 && instr.across.is_empty() {
            return [0, 0];
        }
        if self.c.assumed != 0 {
            // An atomic that is taken to fail orders what a load would.
            begun &= !self.c.assumed | instr.begun_if_failed[a];
            performed &= !self.c.assumed | instr.performed_if_failed[a];
        }
        for across in &instr.across {
            if across.action == action && gone & (1 << across.fence) == 0 {
                performed |= across.performed & !(self.c.done | gone);
            }
        }
        [begun, performed]
    }

    /// The instruction is on the path that is certain.
    fn certain(&self, i: usize) -> Result<(), Reason> {
        if self.instr(i).arms.is_empty() {
            return Ok(());
        }
        match taken(self.s, self.cpu, &self.instr(i).arms) {
            Taken::Yes(0) => Ok(()),
            Taken::Open(branch) => Err(Reason::Branch { branch }),
            Taken::Yes(guess) => Err(Reason::Branch {
                branch: guess.trailing_zeros() as u8,
            }),
            Taken::No(0) => Err(self.not_taken(i)),
            Taken::No(guess) => Err(Reason::Branch {
                branch: guess.trailing_zeros() as u8,
            }),
        }
    }

    fn not_taken(&self, i: usize) -> Reason {
        let branch = self
            .instr(i)
            .arms
            .iter()
            .find(|a| self.s.branch(self.cpu, a.branch) == BranchState::Resolved(!a.then))
            .map_or(0, |a| a.branch);
        Reason::NotTaken { branch }
    }

    /// What a load, or the read of an atomic, may do.
    pub fn read(&self, i: usize) -> Result<Plan, Reason> {
        let instr = self.instr(i);
        let mut guess = match taken(self.s, self.cpu, &instr.arms) {
            Taken::Yes(guess) => guess,
            Taken::Open(branch) => return Err(Reason::Branch { branch }),
            Taken::No(0) => return Err(self.not_taken(i)),
            Taken::No(guess) => {
                return Err(Reason::Branch {
                    branch: guess.trailing_zeros() as u8,
                });
            }
        };
        let (away, away_guess) = if self.code.branches.is_empty() {
            (0, 0)
        } else {
            self.away()
        };
        self.masks(i, Action::Read, away)?;
        let (loc, from) = self.location(i).ok_or_else(|| self.missing_address(i))?;
        guess |= from;
        if !self.code.branches.is_empty() {
            let waited =
                instr.begun[Action::Read as usize] | instr.performed[Action::Read as usize];
            if waited & away & !self.c.done != 0 {
                guess |= away_guess;
            }
            for j in bits(waited & self.code.reads & !self.c.skipped) {
                guess |= self.s.guess(self.global(j));
            }
        }
        let (found, more) = self.forward(i, loc, away, away_guess)?;
        guess |= more;
        if self.code.dynamic && self.p.model.speculates {
            // What is older than the store that it reads does not matter.
            let first = found.map_or(0, |(_, source)| {
                usize::from(source).saturating_sub(self.p.base[self.cpu])
            });
            for j in bits(self.code.reads & range(first, i) & !self.c.skipped & !away) {
                if same_location(self.instr(j), instr).is_some() {
                    continue;
                }
                if let Some((other, from)) = self.location(j)
                    && other == loc
                {
                    if self.c.begun & (1 << j) == 0 {
                        return Err(Reason::Rule {
                            why: crate::model::Why::SameLocation,
                            on: j as u8,
                        });
                    }
                    guess |= from | self.s.guess(self.global(j));
                }
            }
        }
        let (value, source, forwarded) = match found {
            Some((value, source)) => (value, source, true),
            None => {
                if matches!(instr.kind, Kind::Atomic(_)) {
                    self.unreserved(loc)?;
                }
                let source = self.s.writers.get(loc).copied().unwrap_or(INITIAL);
                (self.s.mem[loc], source, false)
            }
        };
        let plain = if value == GARBAGE { 0 } else { value };
        let mut stores = false;
        match &instr.kind {
            Kind::Load { wait: true } if plain == 0 => return Err(Reason::NotQueued),
            Kind::Atomic(atomic) => {
                if forwarded {
                    self.unreserved(loc)?;
                }
                stores = self.succeeds(atomic, plain, &mut guess)?;
                if matches!(atomic, Atomic::SpinLock) && plain != 0 {
                    return Err(Reason::LockHeld { loc: loc as u16 });
                }
                if stores {
                    if self.c.assumed & (1 << i) != 0 {
                        return Err(Reason::WouldSucceed);
                    }
                    self.success(i, guess)?;
                }
            }
            _ => {}
        }
        Ok(Plan::Read {
            loc,
            value,
            source,
            forwarded,
            guess,
            stores,
        })
    }

    /// Whether an atomic that finds `value` stores.
    fn succeeds(&self, atomic: &Atomic, value: i64, guess: &mut Guess) -> Result<bool, Reason> {
        let mut known = |ex: &Ex| {
            let (wanted, from) =
                eval(self.p, self.s, self.cpu, ex).ok_or_else(|| Reason::Data {
                    on: self.missing(ex),
                })?;
            *guess |= from;
            Ok(number(wanted))
        };
        Ok(match atomic {
            Atomic::Rmw(_) => true,
            Atomic::SpinLock | Atomic::SpinTrylock => value == 0,
            Atomic::CmpXchg(expected) => number(value) == known(expected)?,
            Atomic::AddUnless(unless) => number(value) != known(unless)?,
        })
    }

    /// What an atomic that stores waits for beyond what a load does.
    fn success(&self, i: usize, guess: Guess) -> Result<(), Reason> {
        let instr = self.instr(i);
        let pending = instr.begun_on_success & !(self.c.begun | self.c.skipped);
        if pending != 0 {
            return Err(self.rule(i, Action::Read, Until::Begun, pending, true));
        }
        let pending = instr.performed_on_success & !(self.c.done | self.c.skipped);
        if pending != 0 {
            return Err(self.rule(i, Action::Read, Until::Performed, pending, true));
        }
        if self.code.split & (1 << i) == 0 {
            // Read and write are one step: it must be certain, and store a known value.
            self.certain(i)?;
            if guess != 0 {
                return Err(Reason::Branch {
                    branch: guess.trailing_zeros() as u8,
                });
            }
            if let Some(ex) = &instr.value {
                self.data(ex)?;
            }
        }
        Ok(())
    }

    /// The value of a store: known, and resting on no prediction.
    fn data(&self, ex: &Ex) -> Result<i64, Reason> {
        match eval(self.p, self.s, self.cpu, ex) {
            None => Err(Reason::Data {
                on: self.missing(ex),
            }),
            Some((value, 0)) => Ok(value),
            Some((_, guess)) => Err(Reason::Branch {
                branch: guess.trailing_zeros() as u8,
            }),
        }
    }

    /// No other CPU is in the middle of an atomic there.
    fn unreserved(&self, loc: usize) -> Result<(), Reason> {
        for (cpu, (c, code)) in self.s.cpus.iter().zip(&self.p.cpus).enumerate() {
            let half = code.split & c.begun & !c.done;
            if half == 0 || cpu == self.cpu {
                continue;
            }
            let other = View::new(self.p, self.s, cpu);
            if bits(half).any(|i| other.location(i).is_some_and(|(l, _)| l == loc)) {
                return Err(Reason::Reserved { cpu: cpu as u8 });
            }
        }
        Ok(())
    }

    /// The CPU's own pending store that a load of `loc` reads, if there is one, and
    /// the predictions that this rests on.
    fn forward(
        &self,
        i: usize,
        loc: usize,
        away: Mask,
        away_guess: Guess,
    ) -> Result<(Option<(i64, Source)>, Guess), Reason> {
        let mut pending = self.code.writes & range(0, i) & !self.c.skipped & !self.c.failed;
        let mut guess = 0;
        if pending & !self.c.done == 0 {
            return Ok((None, guess));
        }
        while pending != 0 {
            let j = 63 - pending.leading_zeros() as usize;
            let bit = 1 << j;
            pending &= !bit;
            let Some((other, from)) = self.location(j) else {
                // The address is not known yet: if it turns out the same, the load is undone.
                continue;
            };
            if other != loc {
                continue;
            }
            if away & bit != 0 {
                guess |= away_guess;
                continue;
            }
            guess |= from;
            let store = self.instr(j);
            match taken(self.s, self.cpu, &store.arms) {
                Taken::Yes(more) => guess |= more,
                Taken::No(_) => continue,
                Taken::Open(branch) => {
                    if store.arms.iter().all(|a| self.instr(i).arms.contains(a)) {
                        continue;
                    }
                    return Err(Reason::Branch { branch });
                }
            }
            if self.c.done & bit != 0 {
                return Ok((None, guess));
            }
            let value = if let Kind::Atomic(_) = store.kind {
                let exchange = matches!(store.kind, Kind::Atomic(Atomic::Rmw(litmus::RmwOp::Xchg)));
                if self.c.begun & bit == 0 && !exchange {
                    return Err(Reason::Forward { on: j as u8 });
                }
                if self.instr(i).class.meets(Class::ACQUIRE) {
                    return Err(Reason::Rule {
                        why: crate::model::Why::AfterAtomic,
                        on: j as u8,
                    });
                }
                self.atomic_value(j)
            } else {
                store
                    .value
                    .as_ref()
                    .and_then(|ex| eval(self.p, self.s, self.cpu, ex))
            };
            let Some((value, from)) = value else {
                return Err(Reason::Forward { on: j as u8 });
            };
            let source = self.global(j) as Source;
            return Ok((Some((value, source)), guess | from));
        }
        Ok((None, guess))
    }

    /// What an atomic that has read stores.
    pub fn atomic_value(&self, i: usize) -> Option<(i64, Guess)> {
        let instr = self.instr(i);
        let Kind::Atomic(atomic) = &instr.kind else {
            return None;
        };
        let g = self.global(i);
        let (operand, guess) = eval(self.p, self.s, self.cpu, instr.value.as_ref()?)?;
        let guess = guess | self.s.guess(g);
        Some((atomic_result(atomic, self.s.vals[g], operand), guess))
    }

    /// What every store, and the write of an atomic, needs on its way out.
    fn store(&self, i: usize) -> Result<(usize, i64), Reason> {
        let instr = self.instr(i);
        self.certain(i)?;
        let (loc, guess) = self.location(i).ok_or_else(|| self.missing_address(i))?;
        if guess != 0 {
            return Err(Reason::Branch {
                branch: guess.trailing_zeros() as u8,
            });
        }
        let value = match (&instr.kind, &instr.value) {
            (Kind::Atomic(_), _) => match self.atomic_value(i) {
                Some((value, 0)) => value,
                Some((_, guess)) => {
                    return Err(Reason::Branch {
                        branch: guess.trailing_zeros() as u8,
                    });
                }
                None => {
                    let on = instr.value.as_ref().and_then(|ex| self.missing(ex));
                    return Err(Reason::Data { on });
                }
            },
            (Kind::Store { role }, Some(ex)) => {
                let value = self.data(ex)?;
                match role {
                    // The worker must notice a callback that frees nothing as well.
                    StoreRole::Queue(_) if number(value) == 0 => POINTER + self.p.wild() as i64,
                    _ => value,
                }
            }
            (_, Some(ex)) => self.data(ex)?,
            (_, None) => 0,
        };
        Ok((loc, value))
    }

    /// The accesses before a store that could still turn out to concern it.
    fn settled(&self, i: usize, loc: usize, action: Action) -> Result<(), Reason> {
        let instr = self.instr(i);
        if !self.p.model.speculates {
            return Ok(());
        }
        if !self.code.branches.is_empty() {
            // What it waited for must not be undone by a wrong prediction.
            let mut waited = instr.begun[action as usize] | instr.performed[action as usize];
            if action == Action::Write {
                waited |= instr.begun[Action::Enter as usize];
            }
            for j in bits(waited & self.code.reads & !self.c.skipped) {
                // If a prediction that it stands behind is wrong, it never was there.
                let guess = self.s.guess(self.global(j)) & !self.instr(j).inside;
                if guess != 0 {
                    return Err(Reason::Branch {
                        branch: guess.trailing_zeros() as u8,
                    });
                }
            }
        }
        if !self.code.dynamic {
            return Ok(());
        }
        let earlier = (self.code.reads | self.code.writes) & range(0, i) & !self.c.skipped;
        for j in bits(earlier) {
            match self.location(j) {
                None | Some((_, 1..)) => return Err(Reason::AddressOf { on: j as u8 }),
                Some((other, 0)) => {
                    let reads = self.code.reads & (1 << j) != 0;
                    let pending = self.c.begun & (1 << j) == 0;
                    if other == loc && reads && (pending || self.s.guess(self.global(j)) != 0) {
                        return Err(Reason::Rule {
                            why: crate::model::Why::SameLocation,
                            on: j as u8,
                        });
                    }
                    if reads && pending && self.overtaken(j, i, other) {
                        return Err(Reason::AddressOf { on: j as u8 });
                    }
                }
            }
        }
        Ok(())
    }

    /// A load after `j` and before `i` has already read `loc`, which `j` has not:
    /// it may have to be undone.
    fn overtaken(&self, j: usize, i: usize, loc: usize) -> bool {
        let first = self.p.base[self.cpu];
        bits(self.code.reads & range(j + 1, i) & self.c.begun & !self.c.skipped).any(|b| {
            let source = usize::from(self.s.sources[self.global(b)]);
            let newer = source > first + j && source < first + b;
            !newer && self.location(b).is_some_and(|(l, _)| l == loc)
        })
    }

    /// A store may go into the buffer.
    pub fn enter(&self, i: usize) -> Result<Plan, Reason> {
        self.certain(i)?;
        self.masks(i, Action::Enter, 0)?;
        let (loc, value) = self.store(i)?;
        self.settled(i, loc, Action::Enter)?;
        Ok(Plan::Enter { loc, value })
    }

    /// A store, or the write of an atomic, may reach memory.
    pub fn write(&self, i: usize) -> Result<Plan, Reason> {
        let atomic = matches!(self.instr(i).kind, Kind::Atomic(_));
        self.certain(i)?;
        self.masks(i, Action::Write, 0)?;
        let (loc, value) = self.store(i)?;
        if atomic {
            self.settled(i, loc, Action::Write)?;
        }
        if self.code.dynamic && !self.static_order(i) {
            for j in bits(self.code.writes & range(0, i) & !self.c.skipped & !self.c.done) {
                if self.location(j).is_none_or(|(other, _)| other == loc) {
                    return Err(Reason::Rule {
                        why: crate::model::Why::SameLocation,
                        on: j as u8,
                    });
                }
            }
        }
        self.unreserved(loc)?;
        Ok(Plan::Write { loc, value })
    }

    /// The masks alone keep this store in order with earlier ones of its location.
    fn static_order(&self, i: usize) -> bool {
        self.static_location(i)
            && bits(self.code.writes & range(0, i)).all(|j| self.static_location(j))
    }

    /// A fence, a section, a grace period may go on.
    pub fn other(&self, i: usize) -> Result<Plan, Reason> {
        let instr = self.instr(i);
        match instr.kind {
            // A section may be entered on a guess: it is left again if the guess was wrong.
            Kind::Lock(_) if matches!(taken(self.s, self.cpu, &instr.arms), Taken::Yes(_)) => {}
            _ => self.certain(i)?,
        }
        self.masks(i, Action::Other, 0)?;
        match &instr.kind {
            Kind::SrcuUnlock { cookie, .. } => {
                self.data(cookie)?;
            }
            Kind::Barrier(domain) => self.callbacks(*domain)?,
            _ => {}
        }
        Ok(Plan::Other)
    }

    /// No callback of the domain that is queued waits to be run.
    fn callbacks(&self, domain: Domain) -> Result<(), Reason> {
        for (loc, location) in self.p.locs.iter().enumerate() {
            let LocRole::Token(worker) = location.role else {
                continue;
            };
            let cpu = usize::from(worker);
            let same = self.p.cpus[cpu]
                .instrs
                .iter()
                .any(|i| matches!(i.kind, Kind::GracePeriod(d) if d == domain));
            if same && self.s.mem[loc] != 0 && !View::new(self.p, self.s, cpu).over() {
                return Err(Reason::Callback { worker });
            }
        }
        Ok(())
    }

    /// A grace period may end.
    pub fn end(&self, i: usize) -> Result<Plan, Reason> {
        let sections = self.s.vals[self.global(i)] as u64 & self.s.inside;
        if sections == 0 {
            Ok(Plan::Other)
        } else {
            Err(Reason::Readers { sections })
        }
    }

    /// The CPU has nothing more to do.
    pub fn over(&self) -> bool {
        let all = range(0, self.code.instrs.len());
        all & !(self.c.done | self.c.skipped) == 0
    }

    /// The CPU is a worker that nobody has called yet.
    pub fn idle(&self) -> bool {
        self.code.worker.is_some() && self.c.begun == 0
    }

    /// The next event of an instruction.
    fn phase(&self, i: usize) -> (StepKind, Phase) {
        let bit = 1 << i;
        let begun = self.c.begun & bit != 0;
        match &self.instr(i).kind {
            Kind::Load { .. } => (StepKind::Read, Phase::Read),
            Kind::Store { .. } if self.p.model.buffered && !begun => {
                (StepKind::Enter, Phase::Enter)
            }
            Kind::Store { .. } => (StepKind::Drain, Phase::Write),
            Kind::Atomic(_) if self.code.split & bit == 0 => (StepKind::Atomic, Phase::Read),
            Kind::Atomic(_) if !begun => (StepKind::Read, Phase::Read),
            Kind::Atomic(_) => (StepKind::Drain, Phase::Write),
            Kind::Fence => (StepKind::Fence, Phase::Other),
            Kind::Lock(_) => (StepKind::Lock, Phase::Other),
            Kind::RcuUnlock | Kind::SrcuUnlock { .. } => (StepKind::Unlock, Phase::Other),
            Kind::GracePeriod(_) if !begun => (StepKind::Start, Phase::Other),
            Kind::GracePeriod(_) => (StepKind::End, Phase::End),
            Kind::Barrier(_) => (StepKind::Wait, Phase::Other),
        }
    }

    fn may(&self, i: usize, phase: Phase) -> Result<Plan, Reason> {
        match phase {
            Phase::Read => self.read(i),
            Phase::Enter => self.enter(i),
            Phase::Write => self.write(i),
            Phase::Other => self.other(i),
            Phase::End => self.end(i),
        }
    }

    /// The next event of an instruction, and whether it may happen.
    pub fn next(&self, i: usize) -> (StepKind, Result<Plan, Reason>) {
        let (kind, phase) = self.phase(i);
        (kind, self.may(i, phase))
    }

    /// As [`View::look`], but says nothing of instructions that only wait for
    /// others of their own CPU: a search need not know why.
    pub fn ready(&self, mut look: impl FnMut(Step, Result<Plan, Reason>)) {
        let gone = self.c.skipped;
        let away = if self.code.branches.is_empty() {
            0
        } else {
            self.away().0
        };
        let free = View {
            free: true,
            ..*self
        };
        let open = range(0, self.code.instrs.len()) & !(self.c.done | gone);
        for i in bits(open) {
            let (kind, phase) = self.phase(i);
            let (action, gone) = match phase {
                Phase::Read => (Some(Action::Read), gone | away),
                Phase::Enter => (Some(Action::Enter), gone),
                Phase::Write => (Some(Action::Write), gone),
                Phase::Other => (Some(Action::Other), gone),
                Phase::End => (None, gone),
            };
            if action.is_some_and(|a| self.pending(self.instr(i), a, gone) != [0, 0]) {
                continue;
            }
            let step = Step {
                cpu: self.cpu as u8,
                at: i as u8,
                kind,
            };
            look(step, free.may(i, phase));
        }
        self.predictions(|step| look(step, Ok(Plan::Other)));
    }

    /// Calls `look` with the next event of every instruction of this CPU that is
    /// not over, and whether it may happen.
    pub fn look(&self, mut look: impl FnMut(Step, Result<Plan, Reason>)) {
        let open = range(0, self.code.instrs.len()) & !(self.c.done | self.c.skipped);
        for i in bits(open) {
            let (kind, plan) = self.next(i);
            look(
                Step {
                    cpu: self.cpu as u8,
                    at: i as u8,
                    kind,
                },
                plan,
            );
        }
        self.predictions(|step| look(step, Ok(Plan::Other)));
    }

    /// The atomics that the CPU may take to fail: something behind them waits for them.
    pub fn assumable(&self) -> Mask {
        let open = self.code.assumable & !(self.c.begun | self.c.skipped | self.c.assumed);
        if open == 0 {
            return 0;
        }
        let certain = |i: &usize| {
            taken(self.s, self.cpu, &self.instr(*i).arms) == Taken::Yes(0)
                && range(*i + 1, self.code.instrs.len()) & !(self.c.begun | self.c.skipped) != 0
        };
        bits(open).filter(certain).fold(0, |mask, i| mask | 1 << i)
    }

    fn predictions(&self, mut offer: impl FnMut(Step)) {
        for i in bits(self.assumable()) {
            offer(Step {
                cpu: self.cpu as u8,
                at: i as u8,
                kind: StepKind::PredictFail,
            });
        }
        if !self.p.model.speculates {
            return;
        }
        for (b, branch) in self.code.branches.iter().enumerate() {
            if !self.predictable(b) {
                continue;
            }
            // A prediction is of use when some load behind the branch has no value yet.
            let behind = range(usize::from(branch.at), self.code.instrs.len());
            if behind & self.code.reads & !self.c.begun & !self.c.skipped == 0 {
                continue;
            }
            for kind in [StepKind::PredictTaken, StepKind::PredictNot] {
                offer(Step {
                    cpu: self.cpu as u8,
                    at: b as u8,
                    kind,
                });
            }
        }
    }

    /// The branch is open, and may be reached.
    pub fn predictable(&self, b: usize) -> bool {
        self.p.model.speculates
            && self.code.branches.get(b).is_some_and(|branch| {
                self.s.branch(self.cpu, b as u8) == BranchState::Open
                    && matches!(taken(self.s, self.cpu, &branch.arms), Taken::Yes(_))
            })
    }
}

/// What an atomic stores that found `old`.
#[must_use]
pub fn atomic_result(atomic: &Atomic, old: i64, operand: i64) -> i64 {
    match atomic {
        Atomic::Rmw(op) => {
            use litmus::{BinOp, RmwOp};
            match op {
                RmwOp::Add => crate::eval::binary(BinOp::Add, old, operand),
                RmwOp::Sub => crate::eval::binary(BinOp::Sub, old, operand),
                RmwOp::And => old & operand,
                RmwOp::Or => old | operand,
                RmwOp::Xor => old ^ operand,
                RmwOp::AndNot => old & !operand,
                RmwOp::Xchg => operand,
            }
        }
        Atomic::CmpXchg(_) => operand,
        Atomic::AddUnless(_) => old.wrapping_add(operand),
        Atomic::SpinLock | Atomic::SpinTrylock => 1,
    }
}
