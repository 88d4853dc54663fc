//! Why a line cannot happen now, in one clause that names the line and the rule.

use machine::masks::bits;
use machine::model::{Class, Why};
use machine::program::Kind;
use machine::{Reason, State};

use crate::names::{Names, list};

/// The clause: "waits for smp_rmb() on line 7". `at` is the instruction that
/// waits, when it is one (and not a prediction).
pub(crate) fn clause(n: &Names, s: &State, cpu: usize, at: Option<usize>, r: Reason) -> String {
    let on_line = |on: u8| n.noun_on_line(s, cpu, usize::from(on));
    let line = |on: u8| n.number(cpu, usize::from(on));
    let named = |on: Option<u8>, what: &str| match on {
        Some(on) => format!("{what} the value that line {} has not loaded yet", line(on)),
        None => format!("{what} a value that is not known yet"),
    };
    match r {
        Reason::Rule { why, on } => rule(n, s, cpu, at, why, on),
        Reason::Address { on } => named(on, "its address needs"),
        Reason::Data { on } => named(on, "needs"),
        Reason::Branch { branch } => {
            format!(
                "the branch on line {} is not decided yet",
                n.branch_number(cpu, branch)
            )
        }
        Reason::AddressOf { on } => {
            format!(
                "the address of {} is not known: it could be the same location",
                on_line(on)
            )
        }
        Reason::Forward { on } => {
            format!("would read {}, whose value is not known yet", on_line(on))
        }
        Reason::LockHeld { loc } => match holder(n, s, loc) {
            Some(holder) => format!("{holder} holds {}", n.loc(usize::from(loc))),
            None => format!("{} is held", n.loc(usize::from(loc))),
        },
        Reason::Reserved { cpu } => {
            format!(
                "{} is in the middle of an atomic there",
                n.cpu(usize::from(cpu))
            )
        }
        Reason::Readers { sections } => {
            format!("the grace period waits for {}", list(&readers(n, sections)))
        }
        Reason::Callback { worker } => {
            format!("waits until {} has run", n.cpu(usize::from(worker)))
        }
        Reason::NotQueued => "no callback is queued yet".to_owned(),
        Reason::WouldSucceed => {
            "was taken to fail, and would succeed now: it waits until it fails".to_owned()
        }
        Reason::Spread { store } => format!(
            "waits until {}, which its CPU has seen, has reached every CPU that may read it",
            sent(n, s, store)
        ),
        Reason::Behind { store } => {
            format!("reaches that CPU only after {}", sent(n, s, store))
        }
        Reason::NotNewest { loc } => format!(
            "an atomic needs the newest {}, which has not reached its CPU yet",
            n.loc(usize::from(loc))
        ),
        Reason::NotTaken { branch } => {
            format!(
                "the branch on line {} goes the other way",
                n.branch_number(cpu, branch)
            )
        }
        Reason::Done => "it has happened already".to_owned(),
    }
}

/// A store on its way between CPUs: "x = 1 of vCPU 0".
fn sent(n: &Names, s: &State, store: machine::state::Source) -> String {
    let cpu =
        n.p.base
            .partition_point(|first| *first <= usize::from(store));
    let whose = n.cpu(cpu.saturating_sub(1));
    match s.underway.iter().find(|u| u.writer == store) {
        Some(u) => format!(
            "{} = {} of {whose}",
            n.loc(usize::from(u.loc)),
            n.value(u.value)
        ),
        None => format!("a store of {whose}"),
    }
}

/// The names of the CPUs that are inside these sections, each once.
pub fn readers(n: &Names, sections: u64) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for section in bits(sections) {
        let Some(section) = n.p.sections.get(section) else {
            continue;
        };
        let name = n.cpu(usize::from(section.cpu));
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

/// The CPU whose spinlock it is: the one that has taken it and not given it back.
fn holder(n: &Names, s: &State, loc: u16) -> Option<String> {
    let loc = usize::from(loc);
    for (cpu, code) in n.p.cpus.iter().enumerate() {
        let c = s.cpus.get(cpu)?;
        let touches = |i: usize| n.location(s, cpu, i) == Some(loc);
        let over = c.done & !c.failed;
        let last = bits(over).filter(|i| touches(*i)).max();
        if last.is_some_and(|i| matches!(code.instrs[i].kind, Kind::Atomic(_))) {
            return Some(n.cpu(cpu));
        }
    }
    None
}

/// The barrier that a rule of the model names, itself or between the two: the
/// instruction of the same CPU.
pub(crate) fn barrier(n: &Names, cpu: usize, at: Option<usize>, reason: Reason) -> Option<usize> {
    let Reason::Rule { why, on } = reason else {
        return None;
    };
    let on = usize::from(on);
    let code = n.p.cpus.get(cpu)?;
    let is = |i: usize, class: Class| code.instrs.get(i).is_some_and(|x| x.class.meets(class));
    let between = |class: Class| (on..=at.unwrap_or(on)).find(|i| is(*i, class));
    match why {
        Why::WriteBarrier => between(Class::WMB),
        Why::SectionBarrier => between(Class::SECTION_MB),
        Why::Fence | Why::FullBarrier | Why::ProgramOrder => {
            if is(on, Class::FENCE) {
                Some(on)
            } else {
                at.filter(|at| is(*at, Class::FENCE))
            }
        }
        Why::Release => at,
        Why::Acquire | Why::ReleaseThenAcquire | Why::AfterAtomic => Some(on),
        Why::SectionEntry | Why::GracePeriod => Some(on),
        Why::SameLocation | Why::Fifo | Why::SectionExit => None,
    }
}

fn rule(n: &Names, s: &State, cpu: usize, at: Option<usize>, why: Why, on: u8) -> String {
    let on = usize::from(on);
    let what = n.noun_on_line(s, cpu, on);
    let line = n.number(cpu, on);
    let by = barrier(n, cpu, at, Reason::Rule { why, on: on as u8 });
    let own = |class: Class| {
        at.and_then(|at| n.instr(cpu, at))
            .is_some_and(|i| i.class.meets(class))
    };
    let waits_for_callbacks = matches!(
        at.and_then(|at| n.instr(cpu, at)).map(|i| &i.kind),
        Some(Kind::Barrier(_))
    );
    let awaited = n.instr(cpu, on).map(|i| &i.kind);
    match why {
        _ if matches!(awaited, Some(Kind::Load { wait: true })) => {
            "waits until the callback starts".to_owned()
        }
        Why::FullBarrier if waits_for_callbacks => format!("waits for {what}"),
        Why::FullBarrier if own(Class::GRACE_PERIOD) => {
            format!("waits for {what}: a grace period starts after everything before it")
        }
        Why::ProgramOrder if by == Some(on) => format!("waits for {what}"),
        Why::ProgramOrder => format!("waits for {what}, which comes first in program order"),
        Why::Fence => format!("waits for {what}"),
        Why::FullBarrier if own(Class::ATOMIC) => {
            format!("waits for {what}: an atomic is a full barrier here")
        }
        Why::FullBarrier => format!("waits for {what}, as a full barrier does"),
        Why::Acquire => format!("waits for {what}, which is an acquire"),
        Why::Release => format!("waits for {what}: a release comes after everything before it"),
        Why::ReleaseThenAcquire => {
            format!("waits for {what}: an acquire load does not pass a release store")
        }
        Why::SameLocation => format!("waits for {what}: the same location"),
        Why::Fifo => format!("the buffer is first-in, first-out: line {line} drains first"),
        Why::WriteBarrier => match by {
            Some(by) if Some(by) != at => {
                format!("{} keeps it behind line {line}", n.noun_on_line(s, cpu, by))
            }
            _ => format!("waits for {what}"),
        },
        Why::AfterAtomic => format!("waits for {what}, which is a full barrier"),
        Why::SectionEntry => format!("waits for {what}"),
        Why::SectionExit => format!("the section ends only when line {line} is done"),
        Why::GracePeriod => format!("waits for the end of {what}"),
        Why::SectionBarrier => match by {
            Some(by) => format!(
                "the full barrier in {} keeps it behind line {line}",
                n.noun_on_line(s, cpu, by)
            ),
            None => format!("waits for {what}"),
        },
    }
}
