//! What a step did, in one sentence (and a second one for what followed of itself).

mod access;
mod after;
mod labels;

use machine::model::Class;
use machine::program::{Domain, Kind};
use machine::{Effect, State, Step, StepKind};

use crate::names::{Names, list, sentence};
use crate::reason::readers;
use access::{atomic_text, drain, enter, load};
use after::consequences;
pub(crate) use labels::{action, effect, label, offer};

/// A step with the states before and after it.
pub(crate) struct Event<'a> {
    pub step: Step,
    pub effects: &'a [Effect],
    pub before: &'a State,
    pub after: &'a State,
}

impl Event<'_> {
    fn cpu(&self) -> usize {
        usize::from(self.step.cpu)
    }

    fn at(&self) -> usize {
        usize::from(self.step.at)
    }

    fn got(&self) -> Option<(usize, i64, bool)> {
        self.effects.iter().find_map(|e| match e {
            Effect::Got {
                loc,
                value,
                forwarded,
                ..
            } => Some((usize::from(*loc), *value, *forwarded)),
            _ => None,
        })
    }

    fn stored(&self) -> Option<(usize, i64, i64)> {
        self.effects.iter().find_map(|e| match e {
            Effect::Stored { loc, value, before } => Some((usize::from(*loc), *value, *before)),
            _ => None,
        })
    }

    /// The earlier instruction that this step has overtaken.
    pub fn overtaken(&self, n: &Names) -> Option<usize> {
        match self.step.kind {
            StepKind::Read | StepKind::Drain | StepKind::Atomic => {
                n.p.overtaken(self.after, self.cpu(), self.at())
            }
            _ => None,
        }
    }
}

/// Something went wrong in the step.
pub(crate) fn is_bad(effects: &[Effect]) -> bool {
    effects.iter().any(|e| {
        matches!(
            e,
            Effect::UseAfterFree { .. }
                | Effect::DoubleFree { .. }
                | Effect::Uninitialised { .. }
                | Effect::Wild
                | Effect::UnmatchedUnlock
                | Effect::NotHeld { .. }
        )
    })
}

/// What it did.
pub(crate) fn of_step(n: &Names, e: &Event) -> String {
    in_tense(&both(n, e), false)
}

/// What it would do: the same in the present tense.
pub(crate) fn preview(n: &Names, e: &Event) -> String {
    in_tense(&both(n, e), true)
}

/// Takes one of the two words of each `⟦loaded|loads⟧`.
fn in_tense(text: &str, present: bool) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('⟦') {
        out.push_str(before);
        let Some((words, tail)) = after.split_once('⟧') else {
            rest = after;
            break;
        };
        let (past, now) = words.split_once('|').unwrap_or((words, words));
        out.push_str(if present { now } else { past });
        rest = tail;
    }
    out.push_str(rest);
    out
}

/// The sentences, with both tenses of each verb.
fn both(n: &Names, e: &Event) -> String {
    let mut text = sentence(&what(n, e));
    for more in consequences(n, e) {
        text.push(' ');
        text.push_str(&sentence(&more));
    }
    text
}

fn what(n: &Names, e: &Event) -> String {
    let cpu = n.cpu(e.cpu());
    let kind = n.instr(e.cpu(), e.at()).map(|i| &i.kind);
    match (e.step.kind, kind) {
        (StepKind::PredictTaken | StepKind::PredictNot, _) => {
            let line = n.branch_number(e.cpu(), e.step.at);
            let not = if e.step.kind == StepKind::PredictNot {
                "not "
            } else {
                ""
            };
            format!(
                "{cpu} ⟦guessed|guesses⟧ that the branch on line {line} is {not}taken and goes on"
            )
        }
        (StepKind::PredictFail, _) => {
            let what = n.noun_on_line(e.after, e.cpu(), e.at());
            format!("{cpu} goes on as if {what} failed and ordered nothing: it must fail now")
        }
        (StepKind::Read, Some(Kind::Load { wait: true })) => {
            let object = e
                .got()
                .map(|(_, value, _)| n.value(value))
                .unwrap_or_default();
            format!("{cpu} ⟦started|starts⟧: it frees {object} after a grace period")
        }
        (StepKind::Read | StepKind::Atomic, Some(Kind::Atomic(atomic))) => {
            atomic_text(n, e, &cpu, atomic)
        }
        (StepKind::Read | StepKind::Atomic, _) => load(n, e, &cpu),
        (StepKind::Enter, kind) => enter(n, e, &cpu, kind),
        (StepKind::Drain, kind) => drain(n, e, &cpu, kind),
        (StepKind::Fence, _) => fence(n, e, &cpu),
        (StepKind::Lock, _) => {
            format!("{cpu} ⟦entered|enters⟧ an {}", section(n, e))
        }
        (StepKind::Unlock, _) => unlock(n, e, &cpu),
        (StepKind::Start, _) => {
            let sections = e.effects.iter().find_map(|e| match e {
                Effect::Started { sections } => Some(*sections),
                _ => None,
            });
            let whose = n.cpu_owns(e.cpu());
            match readers(n, sections.unwrap_or(0)).as_slice() {
                [] => format!("{whose} grace period ⟦started|starts⟧: nobody is inside a section"),
                names => format!(
                    "{whose} grace period ⟦started|starts⟧: it waits for {}",
                    list(names)
                ),
            }
        }
        (StepKind::End, _) => {
            let whose = n.cpu_owns(e.cpu());
            format!("{whose} grace period ⟦ended|ends⟧")
        }
        (StepKind::Reach(to), _) => {
            let what = e.effects.iter().find_map(|effect| match effect {
                Effect::Reached { loc, value, .. } => Some(format!(
                    "{} = {}",
                    n.loc(usize::from(*loc)),
                    n.value(*value)
                )),
                _ => None,
            });
            format!(
                "{} store {} ⟦reached|reaches⟧ {}",
                n.cpu_owns(e.cpu()),
                what.unwrap_or_default(),
                n.cpu(usize::from(to))
            )
        }
        (StepKind::Wait, _) => {
            format!("{cpu} ⟦stopped|stops⟧ waiting: every callback that was queued has run")
        }
    }
}

fn fence(n: &Names, e: &Event, cpu: &str) -> String {
    let noun = n.noun(e.after, e.cpu(), e.at());
    let class = n.instr(e.cpu(), e.at()).map_or(Class(0), |i| i.class);
    let means = if class.meets(Class::RMB) {
        "its earlier loads are complete, and later ones may begin"
    } else if class.meets(Class::WMB) {
        "its later stores stay behind its earlier ones"
    } else {
        "all its earlier accesses are complete"
    };
    format!("{cpu} ⟦executed|executes⟧ {noun}: {means}")
}

/// "SRCU read-side critical section", with its domain where the test has several.
fn section(n: &Names, e: &Event) -> String {
    let section = e.effects.iter().find_map(|e| match e {
        Effect::Entered { section } | Effect::Left { section } => Some(usize::from(*section)),
        _ => None,
    });
    let domain = section.and_then(|s| n.p.sections.get(s)).map(|s| s.domain);
    match domain {
        Some(Domain::Rcu) => "RCU read-side critical section".to_owned(),
        Some(Domain::Srcu(_)) if several_domains(n) => {
            let domain = domain.map(|domain| n.domain(domain)).unwrap_or_default();
            format!("SRCU read-side critical section of {domain}")
        }
        _ => "SRCU read-side critical section".to_owned(),
    }
}

/// Whether readers or grace periods are of more than one SRCU domain.
fn several_domains(n: &Names) -> bool {
    let waits = n.p.cpus.iter().flat_map(|code| &code.instrs);
    let waits = waits.filter_map(|instr| match instr.kind {
        Kind::GracePeriod(domain) | Kind::Barrier(domain) => Some(domain),
        _ => None,
    });
    let mut domains = n.p.sections.iter().map(|s| s.domain).chain(waits);
    let mut srcu = domains.by_ref().filter(|domain| *domain != Domain::Rcu);
    let first = srcu.next();
    srcu.any(|domain| Some(domain) != first)
}

fn unlock(n: &Names, e: &Event, cpu: &str) -> String {
    let left = e.effects.iter().find_map(|e| match e {
        Effect::Left { section } => Some(*section),
        _ => None,
    });
    let Some(left) = left else {
        return format!("{cpu} ⟦left|leaves⟧ a section that is not open");
    };
    let mut text = format!("{cpu} ⟦left|leaves⟧ its {}", section(n, e));
    for (other, code) in n.p.cpus.iter().enumerate() {
        for (i, instr) in code.instrs.iter().enumerate() {
            let g = n.p.global(other, i);
            let waited = |s: &State| s.vals.get(g).copied().unwrap_or(0) as u64 & s.inside;
            if matches!(instr.kind, Kind::GracePeriod(_))
                && waited(e.before) & (1 << left) != 0
                && waited(e.after) == 0
            {
                text = format!("{text}: {} grace period may end", n.cpu_owns(other));
            }
        }
    }
    text
}
