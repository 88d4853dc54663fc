//! What an instruction can still touch: the ground for leaving out schedules
//! that differ only in the order of steps that do not concern each other.

use litmus::RmwOp;

use crate::masks::{bits, range};
use crate::model::Class;
use crate::pack::{constants, frees};
use crate::program::{
    Address, Atomic, Code, Domain, Ex, Instr, Kind, LocRole, Node, Program, Waits,
};
use crate::ready::View;
use crate::state::State;

/// Locations as bits (location modulo 64: two that share a bit only cost some
/// reduction) and domains as bits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Touch {
    /// Locations that it reads.
    pub reads: u64,
    /// Locations that it writes or reserves.
    pub writes: u64,
    /// Locations whose stores it can bring to other CPUs.
    pub spreads: u64,
    /// Domains whose sections it enters or leaves.
    pub sections: u64,
    /// Domains whose sections it waits for.
    pub graces: u64,
}

impl Touch {
    /// Both together.
    #[must_use]
    pub fn or(self, other: Touch) -> Touch {
        Touch {
            reads: self.reads | other.reads,
            writes: self.writes | other.writes,
            spreads: self.spreads | other.spreads,
            sections: self.sections | other.sections,
            graces: self.graces | other.graces,
        }
    }

    /// What both touch in the same way.
    #[must_use]
    pub fn and(self, other: Touch) -> Touch {
        Touch {
            reads: self.reads & other.reads,
            writes: self.writes & other.writes,
            spreads: self.spreads & other.spreads,
            sections: self.sections & other.sections,
            graces: self.graces & other.graces,
        }
    }

    /// Without what `other` touches in the same way.
    #[must_use]
    pub fn minus(self, other: Touch) -> Touch {
        Touch {
            reads: self.reads & !other.reads,
            writes: self.writes & !other.writes,
            spreads: self.spreads & !other.spreads,
            sections: self.sections & !other.sections,
            graces: self.graces & !other.graces,
        }
    }

    /// The order of the two can matter.
    #[must_use]
    pub fn conflicts(self, other: Touch) -> bool {
        self.writes & (other.reads | other.writes) != 0
            || self.reads & (other.writes | other.spreads) != 0
            || self.spreads & other.reads != 0
            || self.sections & other.graces != 0
            || self.graces & other.sections != 0
    }
}

/// For each instruction of a program what it may touch at most.
#[derive(Debug)]
pub struct Touches {
    /// By CPU and instruction.
    pub may: Vec<Vec<Touch>>,
    /// By CPU and instruction: what those touch that wait for it.
    pub behind: Vec<Vec<Touch>>,
    /// As `may`, without what a strong fence spreads.
    plain: Vec<Vec<Touch>>,
}

impl Touches {
    /// Works it out.
    #[must_use]
    pub fn new(p: &Program) -> Touches {
        let reachable = reachable(p);
        let seen = seen(p);
        let may: Vec<Vec<Touch>> = p
            .cpus
            .iter()
            .enumerate()
            .map(|(cpu, code)| {
                let touch = |(at, i)| touch(p, i, reachable).or(spreads(p, &seen, cpu, at));
                code.instrs.iter().enumerate().map(touch).collect()
            })
            .collect();
        let behind = p
            .cpus
            .iter()
            .zip(&may)
            .map(|(code, may)| behind(code, may))
            .collect();
        let plain = |code: &Code| code.instrs.iter().map(|i| touch(p, i, reachable)).collect();
        Touches {
            may,
            behind,
            plain: p.cpus.iter().map(plain).collect(),
        }
    }

    /// What an instruction touches, with its address as far as it is known now; not what stores
    /// do before it.
    #[must_use]
    pub fn now(&self, p: &Program, s: &State, cpu: usize, i: usize) -> Touch {
        let instr = p.instr(cpu, i);
        match &instr.addr {
            Some(Address::Computed(_)) => match View::new(p, s, cpu).location(i) {
                Some((loc, 0)) => access(instr, bit(loc), object_flag(p, loc)),
                _ => self.may[cpu][i],
            },
            Some(Address::Static(loc)) => access(
                instr,
                bit(usize::from(*loc)),
                object_flag(p, usize::from(*loc)),
            ),
            None => self.plain[cpu][i],
        }
    }
}

/// A strong fence changes what other CPUs see, where stores go from CPU to CPU separately: the
/// locations whose stores its CPU, or a reader that its grace period waits for, can have seen.
fn spreads(p: &Program, seen: &[u64], cpu: usize, at: usize) -> Touch {
    let strong = p.model.propagation.map(|rules| rules.strong);
    let instr = p.instr(cpu, at);
    if strong.is_none_or(|strong| !instr.class.meets(strong)) {
        return Touch::default();
    }
    let code = &p.cpus[cpu];
    let before = range(0, at);
    let mut spreads = 0;
    for i in bits(code.writes & before) {
        spreads |= own(&code.instrs[i]);
    }
    if code.reads & before != 0 {
        spreads |= seen[cpu];
    }
    if let Kind::Barrier(_) = instr.kind {
        spreads = u64::MAX;
    }
    if let Kind::GracePeriod(domain) = instr.kind {
        for section in p.sections.iter().filter(|x| x.domain == domain) {
            spreads |= seen[usize::from(section.cpu)];
        }
    }
    Touch {
        spreads,
        ..Touch::default()
    }
}

/// By CPU: the locations whose stores it can come to see: its own, those that it reads, and what
/// has to come before these.
fn seen(p: &Program) -> Vec<u64> {
    let Some(rules) = p.model.propagation else {
        return vec![0; p.cpus.len()];
    };
    let reads = |code: &Code| bits(code.reads).fold(0, |mask, i| mask | own(&code.instrs[i]));
    // Where each CPU's stores have something that must come before them.
    let follows = |code: &Code| {
        let mut mask = 0;
        let mut ordered = false;
        for instr in &code.instrs {
            ordered |= instr.class.meets(rules.carrying.with(rules.in_order));
            let cumulative = rules.cumulative.with(Class::ATOMIC);
            if instr.class.meets(Class::W) && (ordered || instr.class.meets(cumulative)) {
                mask |= own(instr);
            }
        }
        mask
    };
    let reads: Vec<u64> = p.cpus.iter().map(reads).collect();
    let follows: Vec<u64> = p.cpus.iter().map(follows).collect();
    let mut seen = reads.clone();
    for (mask, code) in seen.iter_mut().zip(&p.cpus) {
        *mask |= bits(code.writes).fold(0, |mask, i| mask | own(&code.instrs[i]));
    }
    loop {
        let mut changed = false;
        for cpu in 0..seen.len() {
            for other in 0..seen.len() {
                let more = seen[cpu] | seen[other];
                if reads[cpu] & follows[other] != 0 && more != seen[cpu] {
                    seen[cpu] = more;
                    changed = true;
                }
            }
        }
        if !changed {
            return seen;
        }
    }
}

/// The locations of an access; all, where the address is computed.
fn own(instr: &Instr) -> u64 {
    match instr.addr {
        Some(Address::Static(loc)) => bit(usize::from(loc)),
        Some(Address::Computed(_)) => u64::MAX,
        None => 0,
    }
}

/// For each instruction, what those touch that wait for it directly.
fn behind(code: &Code, may: &[Touch]) -> Vec<Touch> {
    let mut behind = vec![Touch::default(); may.len()];
    for (instr, touch) in code.instrs.iter().zip(may) {
        let waits = instr.waits.iter().chain([&instr.on_success]);
        let across = instr.across.iter().map(|across| across.performed);
        let waits = waits.map(Waits::all).chain(across);
        for j in bits(waits.fold(0, |mask, more| mask | more)) {
            behind[j] = behind[j].or(*touch);
        }
    }
    behind
}

/// The bit of a location.
#[must_use]
pub fn bit(loc: usize) -> u64 {
    1 << (loc % 64)
}

/// An access to a field looks at the object's freed flag as well.
fn object_flag(p: &Program, loc: usize) -> u64 {
    p.locs.get(loc).and_then(|l| l.object).map_or(0, |object| {
        bit(usize::from(p.objects[usize::from(object.0)].freed))
    })
}

/// An access to `at` that looks at the freed flags `flags`.
fn access(instr: &Instr, at: u64, flags: u64) -> Touch {
    match &instr.kind {
        Kind::Load { .. } => Touch {
            reads: at | flags,
            ..Touch::default()
        },
        Kind::Store { .. } => Touch {
            writes: at,
            reads: flags | if frees(&instr.kind) { at } else { 0 },
            ..Touch::default()
        },
        Kind::Atomic(_) => Touch {
            reads: at | flags,
            writes: at,
            ..Touch::default()
        },
        _ => Touch::default(),
    }
}

fn touch(p: &Program, instr: &Instr, reachable: u64) -> Touch {
    match &instr.kind {
        Kind::Load { .. } | Kind::Store { .. } | Kind::Atomic(_) => {
            let at = match &instr.addr {
                Some(Address::Static(loc)) => bit(usize::from(*loc)),
                Some(Address::Computed(ex)) => points_to(p, ex, reachable),
                None => 0,
            };
            let mut flags = 0;
            for loc in 0..p.locs.len() {
                if at & bit(loc) != 0 {
                    flags |= object_flag(p, loc);
                }
            }
            access(instr, at, flags)
        }
        Kind::Fence => Touch::default(),
        Kind::Lock(section) => {
            let domain = p.sections[usize::from(*section)].domain;
            Touch {
                sections: domain_bit(domain),
                ..Touch::default()
            }
        }
        Kind::RcuUnlock => Touch {
            sections: domain_bit(Domain::Rcu),
            ..Touch::default()
        },
        Kind::SrcuUnlock { domain, .. } => Touch {
            sections: domain_bit(*domain),
            ..Touch::default()
        },
        Kind::GracePeriod(domain) => Touch {
            graces: domain_bit(*domain),
            ..Touch::default()
        },
        Kind::Barrier(_) => {
            // It looks at the tokens, and at whether the workers are through.
            let mut reads = 0;
            for (loc, location) in p.locs.iter().enumerate() {
                let flag = p.objects.iter().any(|o| usize::from(o.freed) == loc);
                if flag || matches!(location.role, LocRole::Token(_) | LocRole::Wild) {
                    reads |= bit(loc);
                }
            }
            Touch {
                reads,
                ..Touch::default()
            }
        }
    }
}

fn domain_bit(domain: Domain) -> u64 {
    match domain {
        Domain::Rcu => 1 << 63,
        Domain::Srcu(loc) => 1 << (loc % 63),
    }
}

/// The locations (as bits) to which a computed address of the program can lead.
pub(crate) fn leads_to(p: &Program) -> impl Fn(&Ex) -> u64 {
    let reachable = reachable(p);
    move |ex| points_to(p, ex, reachable)
}

/// The locations that some pointer can lead to: those whose address stands
/// anywhere in the program or can be stored by it, and what a bad pointer leads to.
fn reachable(p: &Program) -> u64 {
    let known = |c: i64| p.pointee(c).map_or(0, bit);
    let mut mask = p
        .locs
        .iter()
        .fold(bit(p.wild()), |mask, l| mask | known(l.init));
    for instr in p.cpus.iter().flat_map(|code| &code.instrs) {
        let sums = match &instr.kind {
            Kind::Atomic(Atomic::Rmw(op)) => *op != RmwOp::Xchg,
            Kind::Atomic(Atomic::AddUnless(_)) => true,
            _ => false,
        };
        // Arithmetic in memory can make any address of any other.
        if sums && p.cpus.iter().any(|code| code.dynamic) {
            return u64::MAX;
        }
        if let Some(Address::Computed(ex)) = &instr.addr {
            let mut consts = Vec::new();
            constants(ex, &mut consts);
            mask = consts.iter().fold(mask, |mask, c| mask | known(*c));
        }
        if let Some(ex) = &instr.value {
            // A load gives what some other store has stored.
            mask |= points_to(p, ex, 0);
        }
    }
    mask
}

/// The locations that an address may be.
fn points_to(p: &Program, ex: &Ex, reachable: u64) -> u64 {
    match ex {
        Ex::Const(c) => bit(p.pointee(*c).unwrap_or(p.wild())),
        Ex::Load(_) => reachable,
        Ex::Node(node) => match node.as_ref() {
            Node::Select(candidates) => candidates.iter().fold(bit(p.wild()), |mask, (_, ex)| {
                mask | points_to(p, ex, reachable)
            }),
            Node::Field(_, name) => p
                .objects
                .iter()
                .flat_map(|o| &o.fields)
                .filter(|(field, _)| field == name)
                .fold(bit(p.wild()), |mask, (_, loc)| {
                    mask | bit(usize::from(*loc))
                }),
            Node::Once(value, _) => points_to(p, value, reachable),
            Node::Unary(litmus::UnOp::Not, _) => bit(p.wild()),
            Node::Binary(op, ..) if op.is_logical() => bit(p.wild()),
            // Arithmetic can make any address of any other.
            Node::Unary(..) | Node::Binary(..) | Node::AndNot(..) => u64::MAX,
        },
    }
}
