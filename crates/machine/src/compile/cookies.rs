//! Cookies that an unlock may change.
//!
//! To LKMM `srcu_read_unlock(s, 3)` stores 3 in the domain, and a later `srcu_read_lock(s)` may have to return it. On the
//! machine a lock returns what the domain starts with. The machine refuses a test in which that could show: some unlock may
//! give another number, and a lock may come after it with whose cookie the program does more than hand it back, or the
//! domain is looked at as a variable.

use litmus::{Span, Term};

use super::{CompileError, Shared};
use crate::masks::bits;
use crate::model::Class;
use crate::pack::constants;
use crate::program::{
    Address, Atomic, Code, Domain, Ex, Instr, Kind, Mask, Node, Section, TermSource,
};
use crate::value::{Meaning, number};

/// What a look through the program gives.
struct Cookies<'a, 't> {
    shared: &'a Shared<'t>,
    codes: &'a [Code],
    /// The sections (bits) whose cookies the program looks at, stores or computes with.
    seen: Mask,
}

/// Refuses a test in which a lock would have to return what an earlier unlock has stored.
pub(super) fn only_their_own(
    shared: &Shared<'_>,
    codes: &[Code],
    terms: &[(Term, TermSource)],
) -> Result<(), CompileError> {
    let cookies = Cookies {
        shared,
        codes,
        seen: shared.looked_at | seen(codes, terms),
    };
    for (cpu, code) in codes.iter().enumerate() {
        for (at, instr) in code.instrs.iter().enumerate() {
            let Some(loc) = stores_in(shared, instr) else {
                continue;
            };
            let shows = cookies.lock_behind(cpu, at, Domain::Srcu(loc)) || cookies.read(loc, terms);
            let start = shared.start(loc);
            let differs = || match &instr.kind {
                Kind::SrcuUnlock { cookie, .. } => cookies.may_differ(cpu, cookie, start),
                Kind::Store { .. } => {
                    let value = instr.value.as_ref();
                    value.is_none_or(|value| cookies.may_differ(cpu, value, start))
                }
                _ => true,
            };
            if shows && differs() {
                return Err(cookies.error(instr.span, loc));
            }
        }
    }
    Ok(())
}

/// The domain in which an instruction stores: an unlock, or a store to it as to a variable.
fn stores_in(shared: &Shared<'_>, instr: &Instr) -> Option<u16> {
    let of = |loc: u16| move |section: &Section| section.domain == Domain::Srcu(loc);
    match (&instr.kind, &instr.addr) {
        (Kind::SrcuUnlock { domain, .. }, _) => match domain {
            Domain::Srcu(loc) => Some(*loc),
            Domain::Rcu => None,
        },
        (_, Some(Address::Static(loc))) if instr.class.meets(Class::W) => {
            shared.sections.iter().any(of(*loc)).then_some(*loc)
        }
        _ => None,
    }
}

impl Cookies<'_, '_> {
    /// A lock of the domain whose cookie is seen may come after this instruction.
    fn lock_behind(&self, cpu: usize, at: usize, domain: Domain) -> bool {
        let mut codes = self.codes.iter().enumerate();
        codes.any(|(other, code)| {
            let from = if other == cpu { at } else { 0 };
            code.instrs.iter().skip(from).any(|instr| match instr.kind {
                Kind::Lock(section) => {
                    let of = self.shared.sections.get(usize::from(section));
                    self.seen & (1 << section) != 0 && of.is_some_and(|of| of.domain == domain)
                }
                _ => false,
            })
        })
    }

    /// The domain is read as a variable, or the final states show it.
    fn read(&self, domain: u16, terms: &[(Term, TermSource)]) -> bool {
        let mut terms = terms.iter();
        let shown = |source: &TermSource| matches!(source, TermSource::Loc(loc) if *loc == domain);
        let reads = |instr: &Instr| {
            let here = matches!(instr.addr, Some(Address::Static(loc)) if loc == domain);
            here && instr.class.meets(Class::R)
        };
        let mut instrs = self.codes.iter().flat_map(|code| &code.instrs);
        terms.any(|(_, source)| shown(source)) || instrs.any(reads)
    }

    /// An expression of a CPU may come to something else than this number.
    fn may_differ(&self, cpu: usize, ex: &Ex, start: i32) -> bool {
        let mut other = vec![false; self.shared.locs.len()];
        for (slot, location) in other.iter_mut().zip(&self.shared.locs) {
            *slot = number(location.init) != i64::from(start);
        }
        loop {
            let before = other.clone();
            for (cpu, code) in self.codes.iter().enumerate() {
                for i in bits(writes(code)) {
                    let instr = &code.instrs[i];
                    let kept = match (&instr.kind, &instr.value) {
                        (Kind::Store { .. }, Some(ex)) => !self.differs(cpu, ex, start, &other),
                        _ => false,
                    };
                    match instr.addr {
                        _ if kept => {}
                        Some(Address::Static(loc)) => {
                            if let Some(slot) = other.get_mut(usize::from(loc)) {
                                *slot = true;
                            }
                        }
                        _ => other.fill(true),
                    }
                }
            }
            if other == before {
                return self.differs(cpu, ex, start, &other);
            }
        }
    }

    /// The same, where these locations may hold something else.
    fn differs(&self, cpu: usize, ex: &Ex, start: i32, other: &[bool]) -> bool {
        match ex {
            Ex::Const(value) => number(*value) != i64::from(start),
            Ex::Load(i) => match self.codes[cpu].instrs.get(usize::from(*i)).map(|i| &i.addr) {
                Some(Some(Address::Static(loc))) => {
                    other.get(usize::from(*loc)).is_none_or(|other| *other)
                }
                _ => true,
            },
            Ex::Node(node) => match node.as_ref() {
                Node::Select(all) => {
                    let mut all = all.iter();
                    all.any(|(_, ex)| self.differs(cpu, ex, start, other))
                }
                Node::Once(value, _) => self.differs(cpu, value, start, other),
                _ => true,
            },
        }
    }

    fn error(&self, span: Span, domain: u16) -> CompileError {
        let name = &self.shared.locs[usize::from(domain)].name;
        let start = self.shared.start(domain);
        CompileError {
            span,
            message: format!(
                "this may store another number than {start} in `{name}`, which a later lock or load would return: \
                 on a CPU a lock of `{name}` returns {start}, whatever was stored"
            ),
        }
    }
}

fn writes(code: &Code) -> Mask {
    let instrs = code.instrs.iter().enumerate();
    let writes = instrs.filter(|(_, instr)| instr.class.meets(Class::W));
    writes.fold(0, |mask, (i, _)| mask | 1 << i)
}

/// The sections (bits) whose cookies do more than end a section.
fn seen(codes: &[Code], terms: &[(Term, TermSource)]) -> Mask {
    let mut exprs: Vec<&Ex> = Vec::new();
    for code in codes {
        exprs.extend(code.branches.iter().map(|branch| &branch.cond));
        for instr in &code.instrs {
            exprs.extend(&instr.value);
            if let Some(Address::Computed(ex)) = &instr.addr {
                exprs.push(ex);
            }
            if let Kind::Atomic(Atomic::CmpXchg(ex) | Atomic::AddUnless(ex)) = &instr.kind {
                exprs.push(ex);
            }
        }
    }
    for (_, source) in terms {
        if let TermSource::Reg(_, ex) = source {
            exprs.push(ex);
        }
    }
    exprs.iter().fold(0, |mask, ex| mask | of(ex))
}

/// The sections (bits) whose cookies stand in an expression.
pub(super) fn of(ex: &Ex) -> Mask {
    let mut found = Vec::new();
    constants(ex, &mut found);
    let section = |value: &i64| match Meaning::of(*value) {
        Meaning::Cookie(section, _) => 1 << section,
        _ => 0,
    };
    found.iter().fold(0, |mask, value| mask | section(value))
}
