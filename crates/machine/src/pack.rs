//! States as short byte strings, in canonical form: what can no longer make a
//! difference is left out, so that states which differ only in it are one.

use crate::masks::{bits, range, uses};
use crate::model::Class;
use crate::program::{Address, Ex, Kind, Mask, Program, StoreRole};
use crate::ready::View;
use crate::spread::Underway;
use crate::state::{BranchState, CpuState, INITIAL, State};
use crate::touch::{Touches, bit};
use crate::value::{GARBAGE, Meaning, UNDEFINED};

/// What [`Packer::canonical`] knows of a program beforehand.
#[derive(Debug)]
pub struct Packer {
    cpus: Vec<Lives>,
    /// Locations that something writes; the others stay as they are.
    written: Vec<u16>,
    /// The program can use freed or uninitialised memory.
    flags: bool,
    /// See [`Program::loose`].
    loose: bool,
    conditional: bool,
    /// Loads may be undone and done again: what they read stays alive. A search
    /// that drops states in which speculation fails need not keep it.
    pub follows_undone: bool,
    /// A store stays underway to a CPU for as long as the machine offers that step, also to loads
    /// that would only be done again, so that what is behind it waits for it in the same way. The
    /// steps of a schedule are then those of a run. A search for outcomes need not keep it.
    pub keeps_offers: bool,
}

/// Who uses which load.
#[derive(Debug)]
struct Lives {
    /// By load: the instructions that use it.
    users: Vec<Mask>,
    /// By load: the branches that use it, bit by branch.
    deciders: Vec<u32>,
    /// Loads that some address is computed from.
    addresses: Mask,
    /// Those that say what is freed: later accesses ask for it.
    freeing: Mask,
    /// Grace periods: their value is the set of sections that they wait for.
    grace: Mask,
    /// Loads and grace periods.
    valued: Mask,
    /// Entries of sections: they may rest on a prediction.
    locks: Mask,
    /// Those that can have begun and not be done.
    half: Mask,
}

impl Packer {
    /// Prepares for a program.
    #[must_use]
    pub fn new(p: &Program) -> Packer {
        let cpus = p
            .cpus
            .iter()
            .map(|code| {
                let n = code.instrs.len();
                let mut lives = Lives {
                    users: vec![0; n],
                    deciders: vec![0; n],
                    addresses: 0,
                    freeing: 0,
                    grace: 0,
                    valued: code.reads,
                    locks: 0,
                    half: code.split,
                };
                for (i, instr) in code.instrs.iter().enumerate() {
                    for j in bits(instr.uses) {
                        lives.users[j] |= 1 << i;
                    }
                    if matches!(instr.kind, Kind::Atomic(_)) {
                        lives.users[i] |= 1 << i;
                    }
                    if let Some(Address::Computed(ex)) = &instr.addr {
                        lives.addresses |= uses(ex, code);
                        if frees(&instr.kind) {
                            lives.freeing |= uses(ex, code);
                        }
                    }
                    if matches!(instr.kind, Kind::Lock(_)) {
                        lives.locks |= 1 << i;
                    }
                    if matches!(instr.kind, Kind::GracePeriod(_)) {
                        lives.grace |= 1 << i;
                        lives.valued |= 1 << i;
                        lives.half |= 1 << i;
                    }
                    if matches!(instr.kind, Kind::Store { .. }) && p.model.buffered {
                        lives.half |= 1 << i;
                    }
                }
                for (b, branch) in code.branches.iter().enumerate() {
                    for j in bits(branch.uses) {
                        lives.deciders[j] |= 1 << b;
                    }
                }
                lives
            })
            .collect();
        Packer {
            cpus,
            written: written(p),
            flags: !p.objects.is_empty() || p.cpus.iter().any(|c| c.dynamic),
            loose: p.loose,
            follows_undone: false,
            keeps_offers: false,
            conditional: p
                .cpus
                .iter()
                .flat_map(|c| &c.instrs)
                .any(|i| matches!(&i.kind, Kind::Atomic(a) if a.conditional())),
        }
    }

    /// Brings a state into canonical form, in place. What is left behaves alike.
    /// `reads` are the locations that CPUs may still read ([`crate::touch::bit`]),
    /// where that is known already.
    pub fn canonical(&self, p: &Program, touches: &Touches, s: &mut State, reads: Option<u64>) {
        let mut future = reads.unwrap_or(0);
        for cpu in 0..p.cpus.len() {
            let code = &p.cpus[cpu];
            let lives = &self.cpus[cpu];
            let over = View::new(p, s, cpu).over();
            let mut unresolved: u32 = 0;
            for b in 0..code.branches.len() {
                if !matches!(s.branch(cpu, b as u8), BranchState::Resolved(_)) {
                    unresolved |= 1 << b;
                }
            }
            let c = &mut s.cpus[cpu];
            c.begun &= !c.skipped;
            c.done &= !c.skipped;
            let read = code.reads & c.begun;
            let undoable = if !self.follows_undone || over {
                0
            } else if code.dynamic && p.model.speculates {
                read
            } else {
                let guessed = |i: &usize| s.guesses.get(p.global(cpu, *i)).is_some_and(|g| *g != 0);
                bits(read).filter(guessed).fold(0, |mask, i| mask | 1 << i)
            };
            // What was assumed holds again when it is undone.
            c.assumed &= !((c.begun & !undoable) | c.skipped);
            let pending = range(0, code.instrs.len()) & !(c.done | c.skipped) | undoable;
            let c = *c;
            let pinned = match (over, code.dynamic && p.model.speculates) {
                (true, _) => 0,
                (false, true) => lives.addresses,
                (false, false) => lives.freeing,
            };
            // What has not begun has no value.
            let settled = c.begun & !(code.observed | pinned);
            for i in bits(lives.valued & !lives.grace & settled) {
                if lives.users[i] & pending == 0 && lives.deciders[i] & unresolved == 0 {
                    s.vals[p.global(cpu, i)] = 0;
                }
            }
            if over && p.track_sources {
                for i in bits(lives.valued & !lives.grace) {
                    s.sources[p.global(cpu, i)] = INITIAL;
                }
            }
            if reads.is_none() {
                for i in bits(pending) {
                    future |= touches.may[cpu][i].reads;
                }
            }
        }
        if !s.underway.is_empty() {
            let read = if self.keeps_offers { u64::MAX } else { future };
            p.sort_underway(s, read, self.follows_undone || self.keeps_offers);
        }
        let dynamic_left = p.track_sources
            && p.cpus
                .iter()
                .enumerate()
                .any(|(cpu, code)| code.dynamic && !View::new(p, s, cpu).over());
        for loc in self.written.iter().map(|loc| usize::from(*loc)) {
            if !p.observed_locs[loc] && future & bit(loc) == 0 {
                s.mem[loc] = 0;
                if let Some(writer) = s.writers.get_mut(loc) {
                    *writer = INITIAL;
                }
            }
        }
        if p.track_sources && !dynamic_left {
            s.writers.fill(INITIAL);
        }
        if (self.flags || self.loose) && !self.follows_undone {
            s.gather_faults();
        }
    }

    /// Appends the state to `out`.
    pub fn encode(&self, p: &Program, s: &State, out: &mut Vec<u8>) {
        for (cpu, code) in p.cpus.iter().enumerate() {
            let c = &s.cpus[cpu];
            let lives = &self.cpus[cpu];
            number(out, c.begun);
            if lives.half != 0 {
                number(out, c.begun ^ c.done);
            }
            if !code.branches.is_empty() {
                number(out, c.branches);
            }
            if self.conditional {
                number(out, c.failed);
                number(out, c.assumed);
            }
            if self.flags {
                number(out, c.freed);
                number(out, c.garbage);
            }
            if self.loose {
                number(out, c.bad);
                number(out, c.undefined);
            }
            if p.branches {
                for i in bits(lives.locks & c.begun) {
                    number(out, u64::from(s.guesses[p.global(cpu, i)]));
                }
            }
            for i in bits(lives.valued & c.begun) {
                let g = p.global(cpu, i);
                value(out, s.vals[g]);
                if p.branches {
                    number(out, u64::from(s.guesses[g]));
                }
                if p.track_sources {
                    number(out, u64::from(s.sources[g].wrapping_add(1)));
                }
            }
        }
        for loc in self.written.iter().map(|loc| usize::from(*loc)) {
            value(out, s.mem[loc]);
            if p.track_sources {
                number(out, u64::from(s.writers[loc].wrapping_add(1)));
            }
        }
        if !p.sections.is_empty() {
            number(out, s.inside);
        }
        if p.model.propagation.is_some() {
            underway(out, s);
        }
    }

    /// Reads a state that [`Packer::encode`] wrote. `s` must be of the program.
    pub fn decode(&self, p: &Program, bytes: &[u8], s: &mut State) {
        let mut input = Input { bytes, at: 0 };
        // What has not begun has no value; most states have few.
        for v in &mut s.vals {
            *v = 0;
        }
        if p.branches {
            s.guesses.fill(0);
        }
        if p.track_sources {
            s.sources.fill(INITIAL);
        }
        for (cpu, code) in p.cpus.iter().enumerate() {
            let begun = input.number();
            let half = if self.cpus[cpu].half == 0 {
                0
            } else {
                input.number()
            };
            let mut c = CpuState {
                begun,
                done: begun ^ half,
                ..CpuState::default()
            };
            if !code.branches.is_empty() {
                c.branches = input.number();
            }
            if self.conditional {
                c.failed = input.number();
                c.assumed = input.number();
            }
            if self.flags {
                c.freed = input.number();
                c.garbage = input.number();
            }
            if self.loose {
                c.bad = input.number();
                c.undefined = input.number();
            }
            s.cpus[cpu] = c;
            for (b, branch) in code.branches.iter().enumerate() {
                if let BranchState::Resolved(then) = s.branch(cpu, b as u8) {
                    s.cpus[cpu].skipped |= if then { branch.els } else { branch.then };
                }
            }
            if p.branches {
                for i in bits(self.cpus[cpu].locks & begun) {
                    s.guesses[p.global(cpu, i)] = input.number() as u32;
                }
            }
            for i in bits(self.cpus[cpu].valued & begun) {
                let g = p.global(cpu, i);
                s.vals[g] = input.value();
                if p.branches {
                    s.guesses[g] = input.number() as u32;
                }
                if p.track_sources {
                    s.sources[g] = (input.number() as u16).wrapping_sub(1);
                }
            }
        }
        for loc in self.written.iter().map(|loc| usize::from(*loc)) {
            s.mem[loc] = input.value();
            if p.track_sources {
                s.writers[loc] = (input.number() as u16).wrapping_sub(1);
            }
        }
        s.inside = if p.sections.is_empty() {
            0
        } else {
            input.number()
        };
        if p.model.propagation.is_some() {
            input.underway(s);
        }
    }
}

/// Stores on their way, and what each CPU carries.
fn underway(out: &mut Vec<u8>, s: &State) {
    number(out, s.underway.len() as u64);
    for store in &s.underway {
        number(out, u64::from(store.loc));
        value(out, store.value);
        number(out, u64::from(store.writer));
        value(out, store.before);
        number(out, u64::from(store.before_writer.wrapping_add(1)));
        number(out, u64::from(store.has));
        number(out, u64::from(store.seen));
        number(out, store.behind);
    }
    if !s.underway.is_empty() {
        for mask in &s.carried {
            number(out, *mask);
        }
    }
}

/// The locations that some instruction may write.
fn written(p: &Program) -> Vec<u16> {
    let all = 0..p.locs.len() as u16;
    let mut written = vec![false; p.locs.len()];
    for (code, instr) in p
        .cpus
        .iter()
        .flat_map(|c| c.instrs.iter().map(move |i| (c, i)))
    {
        match &instr.addr {
            Some(Address::Static(loc)) if instr.class.meets(Class::W) => {
                written[usize::from(*loc)] = true;
            }
            Some(Address::Computed(_)) if code.dynamic => return all.collect(),
            _ => {}
        }
    }
    all.filter(|loc| written[usize::from(*loc)]).collect()
}

/// Seven bits a byte, the lowest first.
#[inline]
fn number(out: &mut Vec<u8>, n: u64) {
    if n < 0x80 {
        out.push(n as u8);
    } else {
        long_number(out, n);
    }
}

#[inline(never)]
fn long_number(out: &mut Vec<u8>, mut n: u64) {
    while n >= 0x80 {
        out.push(n as u8 | 0x80);
        n >>= 7;
    }
    out.push(n as u8);
}

/// A value: pointers and cookies by their index, so that they stay short.
#[inline]
fn value(out: &mut Vec<u8>, v: i64) {
    match v {
        0..16 => out.push((v as u8) << 3),
        _ => large_value(out, v),
    }
}

#[inline(never)]
fn large_value(out: &mut Vec<u8>, v: i64) {
    const SMALL: i64 = 1 << 39;
    let mut apart = |kind: u64, part: u16, low: i32| {
        number(out, u64::from(part) << 3 | u64::from(low != 0) << 2 | kind);
        if low != 0 {
            number(out, zigzag(i64::from(low)));
        }
    };
    match (v, Meaning::of(v)) {
        (GARBAGE, _) => number(out, 3),
        (UNDEFINED, _) => number(out, 11),
        (_, Meaning::Pointer(loc, offset)) => apart(1, loc, offset),
        (_, Meaning::Cookie(section, n)) => apart(2, section, n),
        _ if (-SMALL..SMALL).contains(&v) => number(out, zigzag(v) << 2),
        _ => {
            number(out, 7);
            number(out, v as u64);
        }
    }
}

/// Numbers near 0 are small, whatever their sign.
fn zigzag(v: i64) -> u64 {
    ((v << 1) ^ (v >> 63)) as u64
}

fn unzigzag(z: u64) -> i64 {
    (z >> 1) as i64 ^ -((z & 1) as i64)
}

struct Input<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Input<'_> {
    #[inline]
    fn number(&mut self) -> u64 {
        match self.bytes.get(self.at) {
            Some(byte) if *byte < 0x80 => {
                self.at += 1;
                u64::from(*byte)
            }
            _ => self.long_number(),
        }
    }

    #[inline(never)]
    fn long_number(&mut self) -> u64 {
        let mut n = 0;
        let mut shift = 0;
        while let Some(byte) = self.bytes.get(self.at) {
            self.at += 1;
            n |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 || shift == 63 {
                break;
            }
            shift += 7;
        }
        n
    }

    fn underway(&mut self, s: &mut State) {
        s.underway.clear();
        for _ in 0..self.number() {
            s.underway.push(Underway {
                loc: self.number() as u16,
                value: self.value(),
                writer: self.number() as u16,
                before: self.value(),
                before_writer: (self.number() as u16).wrapping_sub(1),
                has: self.number() as u32,
                seen: self.number() as u32,
                behind: self.number(),
            });
        }
        let none = s.underway.is_empty();
        for mask in &mut s.carried {
            *mask = if none { 0 } else { self.number() };
        }
    }

    fn value(&mut self) -> i64 {
        let n = self.number();
        match (n & 3, n >> 2) {
            (0, z) => unzigzag(z),
            (1, i) => self.apart(i, Meaning::Pointer),
            (2, i) => self.apart(i, Meaning::Cookie),
            (_, 1) => self.number() as i64,
            (_, 2) => UNDEFINED,
            _ => GARBAGE,
        }
    }

    fn apart(&mut self, i: u64, meaning: fn(u16, i32) -> Meaning) -> i64 {
        let low = if i & 1 == 0 {
            0
        } else {
            unzigzag(self.number()) as i32
        };
        meaning((i >> 1) as u16, low).value()
    }
}

/// A store that frees reads its flag as well: it finds a double free.
#[must_use]
pub fn frees(kind: &Kind) -> bool {
    matches!(
        kind,
        Kind::Store {
            role: StoreRole::Free
        }
    )
}

/// The constants in an expression.
pub(crate) fn constants(ex: &Ex, out: &mut Vec<i64>) {
    use crate::program::Node;
    let mut open = vec![ex];
    while let Some(ex) = open.pop() {
        match ex {
            Ex::Const(c) => out.push(*c),
            Ex::Load(_) => {}
            Ex::Node(node) => match node.as_ref() {
                Node::Unary(_, a) | Node::Field(a, _) => open.push(a),
                Node::Binary(_, a, b) | Node::AndNot(a, b) | Node::Once(a, b) => {
                    open.extend([a, b])
                }
                Node::Select(candidates) => open.extend(candidates.iter().map(|(_, ex)| ex)),
            },
        }
    }
}
