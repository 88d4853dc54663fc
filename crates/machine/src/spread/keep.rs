//! Which stores stay on the list of those underway, and their canonical form.
//!
//! A store stays while some CPU may still read its location without it. It also stays, reached
//! or not, while another store may *take over* what must come before it: a store of its CPU
//! behind a fence that keeps them in order, or an atomic that reads it and stores itself. For
//! what those are behind reaches further than the store between: a CPU that never reads the
//! one between still has to get first what comes first.

use super::Underway;
use crate::masks::{bits, range};
use crate::model::Propagation;
use crate::program::{Address, Code, Instr, Kind, Mask, Program};
use crate::state::{INITIAL, State};
use crate::touch::{bit, leads_to};

/// The location of a store underway that nobody reads any more, neither to know its value
/// nor to store on top of it.
pub const NOWHERE: u16 = u16::MAX;

/// By location: CPUs, each with instructions (bits).
type ByLocation = Vec<Vec<(u8, Mask)>>;

/// What says how long a store stays on the list that nobody lacks.
#[derive(Debug, Default)]
pub struct Keep {
    /// By instruction that stores: those of its CPU that have to come after it and do not
    /// come after all that their CPU has seen anyway.
    own: Vec<Mask>,
    /// By location: atomics that may read it, and from which their own CPU hands on.
    atomics: ByLocation,
    /// By CPU: the accesses whose address is computed.
    computed: Vec<Mask>,
}

impl State {
    /// Takes a store off the list: it makes no difference any more.
    fn forget(&mut self, k: usize) {
        self.underway.remove(k);
        let masks = self.underway.iter_mut().map(|u| &mut u.behind);
        for mask in masks.chain(&mut self.carried) {
            *mask = without(*mask, k);
        }
    }
}

/// A mask without the bit `k`; what is above it moves down.
fn without(mask: u64, k: usize) -> u64 {
    let low = (1 << k) - 1;
    (mask & low) | ((mask >> 1) & !low)
}

impl Program {
    /// The CPUs (bits) that a store is still to reach: those that may yet read its location.
    #[must_use]
    pub fn lacking(&self, s: &State, store: &Underway) -> u32 {
        let readers = self.readers_without(store);
        let lacking = readers.filter(|(cpu, reads)| self.may_read(s, *cpu, *reads, true));
        lacking.fold(0, |mask, (cpu, _)| mask | 1 << cpu)
    }

    /// The CPUs that have not got a store, each with its loads (bits) that may read it.
    fn readers_without(&self, store: &Underway) -> impl Iterator<Item = (usize, Mask)> {
        let readers = self.readers.get(usize::from(store.loc));
        let readers = readers.map_or(&[][..], Vec::as_slice).iter();
        let has = store.has;
        readers
            .filter(move |(cpu, _)| has & (1 << cpu) == 0)
            .map(|(cpu, reads)| (usize::from(*cpu), *reads))
    }

    /// Some of these loads of a CPU are not done, or with `again` may yet be done again.
    fn may_read(&self, s: &State, cpu: usize, loads: Mask, again: bool) -> bool {
        let c = &s.cpus[cpu];
        loads & !(c.begun | c.skipped) != 0 || (again && self.may_redo(s, cpu, loads))
    }

    /// Some of these loads of a CPU have a value and may yet be done again: they rest on a guess,
    /// or an earlier access may turn out to be of the same location.
    fn may_redo(&self, s: &State, cpu: usize, loads: Mask) -> bool {
        let (code, c) = (&self.cpus[cpu], &s.cpus[cpu]);
        let loads = loads & c.begun & !c.skipped;
        if loads == 0 || !self.model.speculates {
            return false;
        }
        let open = self.keep.computed[cpu] & !(c.begun | c.skipped);
        let unknown = open != 0 && loads >> open.trailing_zeros() > 1;
        let guessed = |i| s.guess(self.global(cpu, i)) != 0;
        unknown || (!code.branches.is_empty() && bits(loads).any(guessed))
    }

    /// An atomic may read the store and hand on from it what must come before it.
    fn read_by_atomic(&self, s: &State, store: &Underway, again: bool) -> bool {
        let atomics = self.keep.atomics.get(usize::from(store.loc));
        let mut atomics = atomics.into_iter().flatten();
        atomics.any(|(cpu, mask)| mask & self.left(s, usize::from(*cpu), again) != 0)
    }

    /// A store of its own CPU may take over what must come before this one: of those that are
    /// `lacked` (bits), stores of others, since it comes after the earlier ones of its CPU anyway.
    fn handed_on(&self, s: &State, store: &Underway, lacked: u64) -> bool {
        let writer = usize::from(store.writer);
        let cpu = self.cpu_of(store.writer);
        let earlier = self.base[cpu]..writer;
        let others = |k: usize| !earlier.contains(&usize::from(s.underway[k].writer));
        self.keep.own[writer] & self.left(s, cpu, false) != 0
            && bits(store.behind & lacked).any(others)
    }

    /// What a CPU has not done yet, or with `again` may do again.
    fn left(&self, s: &State, cpu: usize, again: bool) -> Mask {
        let c = &s.cpus[cpu];
        let failed = if again { c.failed } else { 0 };
        !((c.done & !failed) | c.skipped)
    }

    /// Forgets the stores that make no difference any more.
    pub(crate) fn prune(&self, s: &mut State) {
        self.prune_if(s, |_| true, true);
    }

    /// The same, if of the locations only those that `read` names may still be read. Gives the
    /// stores (bits) that are still to reach a CPU; the others that are left are handed on from.
    fn prune_if(&self, s: &mut State, read: impl Fn(u16) -> bool, again: bool) -> u64 {
        let mut lacked: u64 = 0;
        for (k, store) in s.underway.iter().enumerate() {
            let mut readers = self.readers_without(store);
            let lacks =
                read(store.loc) && readers.any(|(cpu, reads)| self.may_read(s, cpu, reads, again));
            lacked |= u64::from(lacks) << k;
        }
        let mut gone = 0u64;
        for k in 0..s.underway.len() {
            if lacked & 1 << k != 0 {
                continue;
            }
            let store = s.underway[k];
            let before = store.behind & lacked != 0;
            // An atomic reads the newest only.
            let newer = |u: &Underway| u.loc == store.loc;
            let read = before
                && self.read_by_atomic(s, &store, again)
                && !s.underway[k + 1..].iter().any(newer);
            if !read {
                s.underway[k].loc = NOWHERE;
            }
            let handed_on = before && self.handed_on(s, &store, lacked);
            if !read && !handed_on {
                gone |= 1 << k;
            }
        }
        let mut kept = lacked;
        while gone != 0 {
            let k = 63 - gone.leading_zeros() as usize;
            gone &= !(1 << k);
            s.forget(k);
            kept = without(kept, k);
        }
        kept
    }

    /// Sorts the stores underway, those of a location in its order, and leaves out what nobody
    /// can notice any more, so that states that behave alike are equal. `future` are the
    /// locations that CPUs may still read ([`crate::touch::bit`]); with `again`, loads may be
    /// undone and done again.
    pub(crate) fn sort_underway(&self, s: &mut State, future: u64, again: bool) {
        let read = |loc| future & bit(usize::from(loc)) != 0;
        let lacked = self.prune_if(s, read, again);
        for k in bits(range(0, s.underway.len()) & !lacked) {
            let store = &mut s.underway[k];
            (store.before, store.before_writer) = (0, INITIAL);
            (store.has, store.seen) = (u32::MAX, 0);
            if store.loc == NOWHERE {
                store.value = 0;
            }
        }
        for store in &mut s.underway {
            store.behind &= lacked;
        }
        for mask in &mut s.carried {
            *mask &= lacked;
        }
        let key = |store: &Underway| {
            let nowhere = (store.loc == NOWHERE).then_some(store.writer);
            (store.loc, nowhere)
        };
        if s.underway.is_sorted_by_key(key) {
            return;
        }
        let mut order: Vec<usize> = (0..s.underway.len()).collect();
        order.sort_by_key(|k| key(&s.underway[*k]));
        let renamed = |mask: u64| {
            let places = order.iter().enumerate();
            places.fold(0, |new, (to, from)| new | ((mask >> from) & 1) << to)
        };
        for mask in &mut s.carried {
            *mask = renamed(*mask);
        }
        s.underway = order
            .iter()
            .map(|k| Underway {
                behind: renamed(s.underway[*k].behind),
                ..s.underway[*k]
            })
            .collect();
    }
}

/// By location: the CPUs that may access it, each with those of these instructions that may.
fn by_location(p: &Program, of: impl Fn(usize, &Code) -> Mask) -> ByLocation {
    let leads_to = leads_to(p);
    let mut found = vec![Vec::new(); p.locs.len()];
    for (cpu, code) in p.cpus.iter().enumerate() {
        let of = of(cpu, code);
        let computed: Vec<u64> = code
            .instrs
            .iter()
            .map(|instr| match &instr.addr {
                Some(Address::Computed(ex)) => leads_to(ex),
                _ => 0,
            })
            .collect();
        for (loc, found) in found.iter_mut().enumerate() {
            let may = |i: &usize| match code.instrs[*i].addr {
                Some(Address::Static(at)) => usize::from(at) == loc,
                _ => computed[*i] & bit(loc) != 0,
            };
            let mask = bits(of).filter(may).fold(0, |mask, i| mask | 1 << i);
            if mask != 0 {
                found.push((cpu as u8, mask));
            }
        }
    }
    found
}

/// By location the CPUs that may read it, each with the loads (bits) that may; and how long
/// stores stay on the list.
pub(crate) fn kept(p: &Program, rules: &Propagation) -> (ByLocation, Keep) {
    let readers = by_location(p, |_, code| code.reads);
    (readers, Keep::new(p, rules))
}

impl Keep {
    fn new(p: &Program, rules: &Propagation) -> Keep {
        let own: Vec<Vec<Mask>> = p.cpus.iter().map(|code| own(code, rules)).collect();
        let atomics = by_location(p, |cpu, code| {
            let hands_on = |i: usize| {
                let instr = &code.instrs[i];
                let atomic = matches!(instr.kind, Kind::Atomic(_));
                atomic && takes_over(instr, rules) && own[cpu][i] != 0
            };
            code.writes & mask(code, |i, _| hands_on(i))
        });
        let computed = |code| mask(code, |_, i| matches!(i.addr, Some(Address::Computed(_))));
        Keep {
            own: own.concat(),
            atomics,
            computed: p.cpus.iter().map(computed).collect(),
        }
    }
}

/// A store that does not come after all that its CPU has seen: what its CPU's stores are behind
/// is part of that.
fn takes_over(instr: &Instr, rules: &Propagation) -> bool {
    !instr.class.meets(rules.strong.with(rules.cumulative))
}

/// See [`Keep::own`].
fn own(code: &Code, rules: &Propagation) -> Vec<Mask> {
    let later = |at: usize| {
        let fenced = |later: usize| {
            let mut between = code.instrs[at + 1..later].iter();
            between.any(|i| i.class.meets(rules.in_order))
        };
        let behind = code.writes & !range(0, at + 1);
        behind
            & mask(code, |i, instr| {
                i > at && takes_over(instr, rules) && fenced(i)
            })
    };
    let all = 0..code.instrs.len();
    all.map(|at| {
        if code.writes & 1 << at == 0 {
            0
        } else {
            later(at)
        }
    })
    .collect()
}

/// The instructions of which something holds.
fn mask(code: &Code, of: impl Fn(usize, &Instr) -> bool) -> Mask {
    let instrs = code.instrs.iter().enumerate();
    let found = instrs.filter(|(i, instr)| of(*i, instr));
    found.fold(0, |mask, (i, _)| mask | 1 << i)
}
