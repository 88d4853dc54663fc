//! Finding the renamings of a program: CPU by CPU, what has to become what.

use machine::Program;
use machine::program::{
    Address, Atomic, Branch, Code, Domain, Ex, Instr, Kind, LocRole, MAX_SECTIONS, Node, TermSource,
};
use machine::value::cookie_section;

use super::{MOST, Renaming};

/// Most CPUs that are compared. Threads that have the same code and are asked about
/// in different ways would take all their orders else.
const TRIES: usize = 1000;

/// A renaming that is being found, CPU by CPU.
pub(super) struct Matching<'p> {
    p: &'p Program,
    /// So many CPUs stay in place.
    fixed: usize,
    cpus: Vec<u8>,
    locs: Pairs<u16>,
    sections: Pairs<u8>,
    pub found: Vec<Renaming>,
    /// There are more than are used, or it takes too long to find them.
    pub overflow: bool,
    tries: usize,
}

/// What becomes what, as far as is known.
#[derive(Clone)]
struct Pairs<T> {
    to: Vec<Option<T>>,
    from: Vec<Option<T>>,
}

impl<T: Copy + PartialEq + TryFrom<usize> + Into<usize>> Pairs<T> {
    fn new(n: usize) -> Self {
        Pairs {
            to: vec![None; n],
            from: vec![None; n],
        }
    }

    /// Notes that `a` becomes `b`. False when that contradicts something.
    fn pair(&mut self, a: T, b: T) -> bool {
        let (to, from) = (&mut self.to[a.into()], &mut self.from[b.into()]);
        let fits = to.is_none_or(|x| x == b) && from.is_none_or(|x| x == a);
        if fits {
            (*to, *from) = (Some(b), Some(a));
        }
        fits
    }

    /// What nothing is said of stays as it is. `None` when it cannot.
    fn complete(mut self) -> Option<Vec<T>> {
        for i in 0..self.to.len() {
            let same = T::try_from(i).ok()?;
            if self.to[i].is_none() && !self.pair(same, same) {
                return None;
            }
        }
        self.to.into_iter().collect()
    }
}

impl<'p> Matching<'p> {
    pub fn new(p: &'p Program, fixed: usize) -> Self {
        Matching {
            p,
            fixed,
            cpus: Vec::new(),
            locs: Pairs::new(p.locs.len()),
            sections: Pairs::new(p.sections.len()),
            found: Vec::new(),
            overflow: false,
            tries: 0,
        }
    }

    /// Finds all renamings that begin with `cpus`. Each CPU is tried in its own place
    /// first, so the first that is found changes nothing.
    pub fn extend(&mut self, cpu: usize) {
        let n = self.p.cpus.len();
        if cpu == n {
            if let Some(renaming) = self.finish() {
                self.overflow |= self.found.len() == MOST;
                self.found.push(renaming);
            }
            return;
        }
        let others = if cpu < self.fixed { 0..0 } else { 0..n };
        let others = others.filter(|image| *image != cpu);
        for image in std::iter::once(cpu).chain(others) {
            if self.overflow || self.cpus.contains(&(image as u8)) {
                continue;
            }
            self.tries += 1;
            self.overflow |= self.tries > TRIES;
            let (locs, sections) = (self.locs.clone(), self.sections.clone());
            if self.codes(&self.p.cpus[cpu], &self.p.cpus[image]) {
                self.cpus.push(image as u8);
                self.extend(cpu + 1);
                self.cpus.pop();
            }
            (self.locs, self.sections) = (locs, sections);
        }
    }

    fn finish(&self) -> Option<Renaming> {
        let p = self.p;
        let locs = self.locs.clone().complete()?;
        let sections = self.sections.clone().complete()?;
        let mut sources = vec![0; self.cpus.len()];
        for (cpu, image) in self.cpus.iter().enumerate() {
            sources[usize::from(*image)] = cpu as u8;
        }
        let mut renaming = Renaming {
            cpus: self.cpus.clone(),
            locs,
            sections,
            terms: Vec::new(),
            sources,
        };
        for (_, source) in &p.terms {
            let image = p
                .terms
                .iter()
                .enumerate()
                .position(|(number, (_, other))| {
                    !renaming.terms.contains(&(number as u16))
                        && same_term(&renaming, source, other)
                })?;
            renaming.terms.push(image as u16);
        }
        Some(renaming)
    }

    fn codes(&mut self, a: &'p Code, b: &'p Code) -> bool {
        let masks = |c: &Code| {
            let accesses = (c.reads, c.writes, c.split, c.assumable);
            (accesses, c.unused, c.observed, c.worker)
        };
        masks(a) == masks(b)
            && a.instrs.len() == b.instrs.len()
            && a.branches.len() == b.branches.len()
            && a.instrs
                .iter()
                .zip(&b.instrs)
                .all(|(a, b)| self.instrs(a, b))
            && a.branches.iter().zip(&b.branches).all(|(a, b)| {
                let shape = |x: &'p Branch| (x.uses, x.at, x.then, x.els, &x.arms);
                shape(a) == shape(b) && same(&a.cond, &b.cond)
            })
    }

    fn instrs(&mut self, a: &Instr, b: &Instr) -> bool {
        let masks = |x: &Instr| (x.waits, x.on_success, x.uses, x.inside);
        let addresses = match (&a.addr, &b.addr) {
            (None, None) => true,
            (Some(Address::Static(a)), Some(Address::Static(b))) => self.places(*a, *b),
            _ => false,
        };
        let values = match (&a.value, &b.value) {
            (None, None) => true,
            (Some(a), Some(b)) => same(a, b),
            _ => false,
        };
        addresses
            && values
            && a.class == b.class
            && a.arms == b.arms
            && masks(a) == masks(b)
            && a.across == b.across
            && self.kinds(&a.kind, &b.kind)
    }

    fn kinds(&mut self, a: &Kind, b: &Kind) -> bool {
        match (a, b) {
            (Kind::Load { wait: a }, Kind::Load { wait: b }) => a == b,
            (Kind::Store { role: a }, Kind::Store { role: b }) => a == b,
            (Kind::Atomic(a), Kind::Atomic(b)) => match (a, b) {
                (Atomic::Rmw(a), Atomic::Rmw(b)) => a == b,
                (Atomic::CmpXchg(a), Atomic::CmpXchg(b))
                | (Atomic::AddUnless(a), Atomic::AddUnless(b)) => same(a, b),
                (Atomic::SpinLock, Atomic::SpinLock)
                | (Atomic::SpinTrylock, Atomic::SpinTrylock) => true,
                _ => false,
            },
            (Kind::Fence, Kind::Fence) | (Kind::RcuUnlock, Kind::RcuUnlock) => true,
            (Kind::Lock(a), Kind::Lock(b)) => {
                let domain = |s: u8| self.p.sections[usize::from(s)].domain;
                let (of_a, of_b) = (domain(*a), domain(*b));
                self.sections.pair(*a, *b) && self.domains(of_a, of_b)
            }
            (
                Kind::SrcuUnlock { cookie, domain },
                Kind::SrcuUnlock {
                    cookie: other,
                    domain: of_other,
                },
            ) => {
                let n = self.p.sections.len();
                let sections = match (cookie, other) {
                    (Ex::Const(a), Ex::Const(b)) => {
                        cookie_section(*a, n).zip(cookie_section(*b, n))
                    }
                    _ => None,
                };
                let cookies = match sections {
                    Some((a, b)) => self.sections.pair(a as u8, b as u8),
                    None => same(cookie, other),
                };
                cookies && self.domains(*domain, *of_other)
            }
            (Kind::GracePeriod(a), Kind::GracePeriod(b)) | (Kind::Barrier(a), Kind::Barrier(b)) => {
                self.domains(*a, *b)
            }
            _ => false,
        }
    }

    /// The location `a` becomes `b`. What the machine has made itself stays in place.
    fn places(&mut self, a: u16, b: u16) -> bool {
        let shape = |loc: u16| {
            let location = &self.p.locs[usize::from(loc)];
            let plain = matches!(location.role, LocRole::Var(_)) && location.object.is_none();
            let observed = self.p.observed_locs[usize::from(loc)];
            plain.then_some((location.init, observed))
        };
        let alike = a == b || (shape(a).is_some() && shape(a) == shape(b));
        alike && self.locs.pair(a, b)
    }

    fn domains(&mut self, a: Domain, b: Domain) -> bool {
        match (a, b) {
            (Domain::Rcu, Domain::Rcu) => true,
            (Domain::Srcu(a), Domain::Srcu(b)) => self.places(a, b),
            _ => false,
        }
    }
}

/// The expressions compute the same from the same loads. Numbers are compared as
/// they are: a cookie that a program computes with has one name only, and so
/// belongs to a section that stays in place.
fn same(a: &Ex, b: &Ex) -> bool {
    let mut open = vec![(a, b)];
    while let Some(pair) = open.pop() {
        match pair {
            (Ex::Const(a), Ex::Const(b)) if a == b => {}
            (Ex::Load(a), Ex::Load(b)) if a == b => {}
            (Ex::Node(a), Ex::Node(b)) => match (a.as_ref(), b.as_ref()) {
                (Node::Unary(x, a), Node::Unary(y, b)) if x == y => open.push((a, b)),
                (Node::Binary(x, a, c), Node::Binary(y, b, d)) if x == y => {
                    open.extend([(a, b), (c, d)]);
                }
                (Node::AndNot(a, c), Node::AndNot(b, d)) | (Node::Once(a, c), Node::Once(b, d)) => {
                    open.extend([(a, b), (c, d)]);
                }
                (Node::Field(a, x), Node::Field(b, y)) if x == y => open.push((a, b)),
                (Node::Select(a), Node::Select(b)) if a.len() == b.len() => {
                    for ((arms, a), (others, b)) in a.iter().zip(b) {
                        if arms != others {
                            return false;
                        }
                        open.push((a, b));
                    }
                }
                _ => return false,
            },
            _ => return false,
        }
    }
    true
}

/// The renaming makes the one final value of the other. Every cookie is shown as 0.
fn same_term(renaming: &Renaming, a: &TermSource, b: &TermSource) -> bool {
    match (a, b) {
        (TermSource::Loc(a), TermSource::Loc(b)) => renaming.locs[usize::from(*a)] == *b,
        (TermSource::Reg(a, x), TermSource::Reg(b, y)) => {
            let cookie =
                |x: &Ex| matches!(x, Ex::Const(c) if cookie_section(*c, MAX_SECTIONS).is_some());
            renaming.cpus[usize::from(*a)] == *b && (same(x, y) || cookie(x) && cookie(y))
        }
        _ => false,
    }
}
