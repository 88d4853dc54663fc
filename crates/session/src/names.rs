//! Names for people: CPUs, locations, values, instructions, lines.

use litmus::{Test, ThreadKind};
use machine::eval::eval;
use machine::program::{Address, Domain, Instr, Kind, LocRole, StoreRole};
use machine::value::{GARBAGE, Meaning};
use machine::{Program, SrcuFlavour, State};

use crate::listing::{Line, Listing};
use crate::view::CpuKind;

/// The value of what nothing was ever stored to.
pub const UNINITIALISED: &str = "not initialised";

/// A program with what is needed to speak of it.
#[derive(Clone, Copy)]
pub struct Names<'a> {
    /// The test, with its toggles.
    pub test: &'a Test,
    /// The program.
    pub p: &'a Program,
    /// Its lines.
    pub listing: &'a Listing,
}

impl<'a> Names<'a> {
    /// "vCPU 0", "P1", "the SRCU callback".
    pub fn cpu(&self, cpu: usize) -> String {
        let Some(code) = self.p.cpus.get(cpu) else {
            return format!("CPU {cpu}");
        };
        if code.worker.is_some() {
            let workers = || (0..self.p.cpus.len()).filter(|c| self.p.cpus[*c].worker.is_some());
            return match workers().position(|c| c == cpu) {
                Some(n) if workers().count() > 1 => format!("SRCU callback {}", n + 1),
                _ => "the SRCU callback".to_owned(),
            };
        }
        match self.test.threads.get(usize::from(code.thread)) {
            Some(thread) => thread.label.clone().unwrap_or_else(|| thread.name.clone()),
            None => format!("P{}", code.thread),
        }
    }

    /// "vCPU 0's".
    pub fn cpu_owns(&self, cpu: usize) -> String {
        format!("{}'s", self.cpu(cpu))
    }

    /// What a CPU stands for.
    #[must_use]
    pub fn cpu_kind(&self, cpu: usize) -> CpuKind {
        let code = self.p.cpus.get(cpu);
        if code.is_some_and(|c| c.worker.is_some()) {
            return CpuKind::Worker;
        }
        let thread = code.and_then(|c| self.test.threads.get(usize::from(c.thread)));
        match thread.map(|t| t.kind).unwrap_or_default() {
            ThreadKind::Cpu => CpuKind::Cpu,
            ThreadKind::Vcpu => CpuKind::Vcpu,
            ThreadKind::Vmm => CpuKind::Vmm,
            ThreadKind::Kernel => CpuKind::Kernel,
            ThreadKind::Rcu => CpuKind::Rcu,
        }
    }

    /// An instruction.
    #[must_use]
    pub fn instr(&self, cpu: usize, at: usize) -> Option<&'a Instr> {
        self.p.cpus.get(cpu)?.instrs.get(at)
    }

    /// The line of an instruction.
    pub fn line(&self, cpu: usize, at: usize) -> Option<&'a Line> {
        let instr = self.instr(cpu, at)?;
        let mut lines = self.listing.lines(cpu).iter();
        lines.find(|l| l.stmt == instr.stmt && l.parts.contains(&instr.part))
    }

    /// The number of an instruction's line; 0 where it has none.
    #[must_use]
    pub fn number(&self, cpu: usize, at: usize) -> u32 {
        self.line(cpu, at).map_or(0, |l| l.number)
    }

    /// The line of a branch.
    pub fn branch_number(&self, cpu: usize, branch: u8) -> u32 {
        let branch = self
            .p
            .cpus
            .get(cpu)
            .and_then(|c| c.branches.get(usize::from(branch)));
        branch
            .and_then(|b| self.listing.line(cpu, b.stmt))
            .map_or(0, |l| l.number)
    }

    /// "bus v1".
    pub fn object(&self, object: usize) -> String {
        let Some(info) = self.test.objects.get(object) else {
            return "an object".to_owned();
        };
        info.label
            .clone()
            .unwrap_or_else(|| self.test.var_name(info.var).to_owned())
    }

    /// The object whose address is that of a location.
    pub fn object_at(&self, loc: usize) -> Option<usize> {
        self.p
            .objects
            .iter()
            .position(|o| usize::from(o.loc) == loc)
    }

    /// The object that a value points to.
    pub fn points_to(&self, value: i64) -> Option<usize> {
        self.object_at(self.p.pointee(value)?)
    }

    /// "flag", "buses[MMIO]", "bus v1's dev_count".
    pub fn loc(&self, loc: usize) -> String {
        let Some(location) = self.p.locs.get(loc) else {
            return "memory".to_owned();
        };
        match location.role {
            LocRole::Freed(object) => {
                return format!("{}'s freed flag", self.object(usize::from(object.0)));
            }
            LocRole::Token(_) => return "callback queue".to_owned(),
            LocRole::Wild => return "nowhere".to_owned(),
            LocRole::Var(_) => {}
        }
        if let LocRole::Var(var) = location.role {
            if let Some(slot) = self.test.slots.iter().find(|s| s.var == var) {
                return short_slot(&slot.label);
            }
            for (number, object) in self.test.objects.iter().enumerate() {
                if object.freed == Some(var) {
                    return format!("{}'s freed flag", self.object(number));
                }
                if let Some((field, _)) = object.fields.iter().find(|(_, v)| *v == var)
                    && object.var != var
                {
                    return format!("{}'s {field}", self.object(number));
                }
                if object.var == var {
                    return format!("{}'s contents", self.object(number));
                }
            }
        }
        location.name.clone()
    }

    /// "1", "bus v1", "&x", "not initialised".
    pub fn value(&self, value: i64) -> String {
        if value == GARBAGE {
            return UNINITIALISED.to_owned();
        }
        match Meaning::of(value) {
            Meaning::Number(n) | Meaning::Cookie(_, n) => n.to_string(),
            Meaning::Pointer(loc, 0) => match self.object_at(usize::from(loc)) {
                Some(object) => self.object(object),
                None => format!("&{}", self.location_name(loc)),
            },
            Meaning::Pointer(loc, bytes) => match self.p.pointee(value) {
                Some(element) => format!("&{}", self.location_name(element as u16)),
                None => format!("&{} + {bytes}", self.location_name(loc)),
            },
            Meaning::Undefined => "undefined".to_owned(),
        }
    }

    fn location_name(&self, loc: u16) -> &str {
        let location = self.p.locs.get(usize::from(loc));
        location.map_or("", |location| location.name.as_str())
    }

    /// Where an access goes, as far as its CPU knows.
    pub fn location(&self, s: &State, cpu: usize, at: usize) -> Option<usize> {
        match self.instr(cpu, at)?.addr.as_ref()? {
            Address::Static(loc) => Some(usize::from(*loc)),
            Address::Computed(ex) => {
                let (value, _) = eval(self.p, s, cpu, ex)?;
                Some(self.p.pointee(value).unwrap_or(self.p.wild()))
            }
        }
    }

    /// What a store, or an atomic that has read, stores.
    pub fn stored(&self, s: &State, cpu: usize, at: usize) -> Option<i64> {
        let instr = self.instr(cpu, at)?;
        let (operand, _) = eval(self.p, s, cpu, instr.value.as_ref()?)?;
        let Kind::Atomic(atomic) = &instr.kind else {
            return Some(operand);
        };
        let old = s.vals.get(self.p.global(cpu, at)).copied()?;
        Some(machine::ready::atomic_result(atomic, old, operand))
    }

    /// A domain's name.
    pub fn domain(&self, domain: Domain) -> String {
        match domain {
            Domain::Rcu => "RCU".to_owned(),
            Domain::Srcu(loc) => self.loc(usize::from(loc)),
        }
    }

    /// The statement without its semicolon and assignment: "smp_mb()".
    fn call(&self, cpu: usize, at: usize) -> Option<String> {
        let text = self.line(cpu, at)?.text.trim_end_matches(';');
        let call = text.split_once(" = ").map_or(text, |(_, call)| call);
        (call.len() <= 60).then(|| call.to_owned())
    }

    /// "the load of flag", "the store to x", "smp_mb()".
    pub fn noun(&self, s: &State, cpu: usize, at: usize) -> String {
        let Some(instr) = self.instr(cpu, at) else {
            return "the line".to_owned();
        };
        let place = |word: &str| match self.location(s, cpu, at) {
            Some(loc) => format!(" {word} {}", self.loc(loc)),
            None => String::new(),
        };
        match &instr.kind {
            Kind::Load { wait: true } => "the start".to_owned(),
            Kind::Load { .. } => format!("the load{}", place("of")),
            Kind::Store {
                role: StoreRole::Plain,
            } => format!("the store{}", place("to")),
            Kind::Store {
                role: StoreRole::SpinUnlock,
            } => format!("the unlock{}", place("of")),
            Kind::Store {
                role: StoreRole::Free,
            } => "the free".to_owned(),
            Kind::Store {
                role: StoreRole::Queue(_),
            } => "call_srcu()".to_owned(),
            Kind::Atomic(machine::program::Atomic::SpinLock) => format!("the lock{}", place("of")),
            Kind::Atomic(_) => format!("the atomic{}", place("on")),
            Kind::GracePeriod(_) => "the grace period".to_owned(),
            Kind::Lock(section) => {
                let rcu = self.p.sections.get(usize::from(*section));
                let rcu = rcu.is_some_and(|x| x.domain == Domain::Rcu);
                if rcu {
                    "rcu_read_lock()"
                } else {
                    "srcu_read_lock()"
                }
                .to_owned()
            }
            Kind::RcuUnlock => "rcu_read_unlock()".to_owned(),
            Kind::SrcuUnlock { .. } => "srcu_read_unlock()".to_owned(),
            Kind::Barrier(_) => "srcu_barrier()".to_owned(),
            Kind::Fence => self
                .call(cpu, at)
                .unwrap_or_else(|| "the barrier".to_owned()),
        }
    }

    /// "smp_mb() on line 7".
    pub fn noun_on_line(&self, s: &State, cpu: usize, at: usize) -> String {
        format!("{} on line {}", self.noun(s, cpu, at), self.number(cpu, at))
    }
}

/// What a flavour of SRCU is called.
#[must_use]
pub fn flavour(flavour: SrcuFlavour) -> &'static str {
    match flavour {
        SrcuFlavour::Fast => "contract",
        SrcuFlavour::Tree => "Tree today",
    }
}

/// A program uses SRCU.
#[must_use]
pub fn uses_srcu(p: &Program) -> bool {
    let mut domains = domains(p).into_iter();
    domains.any(|domain| matches!(domain, Domain::Srcu(_)))
}

/// The domains of a program, RCU included, in the order of their sections.
pub fn domains(p: &Program) -> Vec<Domain> {
    let mut domains: Vec<Domain> = Vec::new();
    let mut add = |domain: Domain| {
        if !domains.contains(&domain) {
            domains.push(domain);
        }
    };
    p.sections.iter().for_each(|s| add(s.domain));
    for instr in p.cpus.iter().flat_map(|c| &c.instrs) {
        match instr.kind {
            Kind::GracePeriod(domain) | Kind::Barrier(domain) | Kind::SrcuUnlock { domain, .. } => {
                add(domain)
            }
            _ => {}
        }
    }
    domains
}

/// `kvm->buses[KVM_MMIO_BUS]` in a sentence: `buses[MMIO]`.
pub fn short_slot(label: &str) -> String {
    let label = label.rsplit_once("->").map_or(label, |(_, last)| last);
    match label.split_once('[') {
        Some((array, index)) => {
            let index = index.trim_end_matches(']');
            let index = index.strip_prefix("KVM_").unwrap_or(index);
            let index = index.strip_suffix("_BUS").unwrap_or(index);
            format!("{array}[{index}]")
        }
        None => label.to_owned(),
    }
}

/// A choice's name where there is little room: the first statement of several,
/// without what it is called with when that is long.
pub fn short_position(name: &str) -> String {
    const MOST: usize = 26;
    let statements = name.trim().trim_end_matches(';');
    let (first, more) = match statements.split_once(';') {
        Some((first, _)) => (first.trim(), " …"),
        None => (statements, ""),
    };
    if first.chars().count() <= MOST {
        return format!("{first}{more}");
    }
    match first.split_once('(') {
        Some((call, _)) => format!("{call}(…){more}"),
        None => {
            let cut: String = first.chars().take(MOST - 1).collect();
            format!("{cut}…")
        }
    }
}

/// "a", "a and b", "a, b and c".
pub fn list(items: &[String]) -> String {
    match items {
        [] => "nobody".to_owned(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

/// A sentence: with a full stop, and a capital where it begins with an ordinary
/// word; names like `vCPU 0`, `smp_mb()` and `x` stay as they are.
pub fn sentence(text: &str) -> String {
    let word: String = text
        .chars()
        .take_while(|c| !c.is_whitespace() && !matches!(c, '\'' | ':' | ','))
        .collect();
    let plain = word.len() >= 2 && word.bytes().all(|b| b.is_ascii_lowercase());
    let mut out = if plain {
        capital(text)
    } else {
        text.to_owned()
    };
    if !out.ends_with(['.', '!', '?']) {
        out.push('.');
    }
    out
}

/// With a capital letter; a text that does not begin with a letter of ASCII stays as it is.
pub fn capital(text: &str) -> String {
    let mut text = text.to_owned();
    if let Some(first) = text.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    text
}
