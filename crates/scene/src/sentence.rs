//! What a step did, in one sentence (and a second one for what followed of itself).

use litmus::ObjectId;
use machine::model::Class;
use machine::program::{Atomic, Kind, LocRole, StoreRole};
use machine::value::GARBAGE;
use machine::{Effect, State, Step, StepKind};

use crate::names::{Names, list, sentence};
use crate::reason::readers;

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
                n.overtaken(self.after, self.cpu(), self.at())
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

/// A few words for the timeline.
pub(crate) fn label(n: &Names, s: &State, step: Step, effects: &[Effect]) -> String {
    let (cpu, at) = (usize::from(step.cpu), usize::from(step.at));
    let value = effects.iter().find_map(|e| match e {
        Effect::Got { value, .. } if n.points_to(*value).is_none() => {
            Some(format!(": {}", n.value(*value)))
        }
        Effect::Buffered { value, .. } | Effect::Stored { value, .. } => {
            Some(format!(" = {}", n.value(*value)))
        }
        _ => None,
    });
    let value = value.unwrap_or_default();
    let pointer = effects.iter().find_map(|e| match e {
        Effect::Got { value, .. } => n.points_to(*value),
        _ => None,
    });
    let loc = n
        .location(s, cpu, at)
        .map(|loc| n.loc(loc))
        .unwrap_or_default();
    let loc = loc.trim_end_matches("'s contents");
    let kind = n.instr(cpu, at).map(|i| &i.kind);
    match (step.kind, kind) {
        (StepKind::PredictTaken, _) => "guess: taken".to_owned(),
        (StepKind::PredictNot, _) => "guess: not taken".to_owned(),
        (StepKind::PredictFail, _) => "guess: it fails".to_owned(),
        (_, Some(Kind::Load { wait: true })) => "callback".to_owned(),
        (StepKind::Start, _) => "grace period".to_owned(),
        (StepKind::End, _) => "ends".to_owned(),
        (StepKind::Lock, _) => "enter".to_owned(),
        (StepKind::Unlock, _) => "leave".to_owned(),
        (
            _,
            Some(Kind::Store {
                role: StoreRole::Free,
            }),
        ) => "kfree".to_owned(),
        (
            _,
            Some(Kind::Store {
                role: StoreRole::Queue(_),
            }),
        ) => "call_srcu".to_owned(),
        (
            _,
            Some(Kind::Store {
                role: StoreRole::SpinUnlock,
            }),
        ) => format!("unlock {loc}"),
        (_, Some(Kind::Atomic(Atomic::SpinLock))) => format!("lock {loc}"),
        (_, Some(Kind::Load { .. } | Kind::Store { .. } | Kind::Atomic(_))) => match pointer {
            Some(object) => format!("reads {}", n.object(object)),
            None => format!("{loc}{value}"),
        },
        _ => n.noun(s, cpu, at).trim_start_matches("the ").to_owned(),
    }
}

/// What a button says: "load flag", "drain to memory".
pub(crate) fn offer(n: &Names, s: &State, step: Step) -> String {
    let (cpu, at) = (usize::from(step.cpu), usize::from(step.at));
    let loc = n
        .location(s, cpu, at)
        .map(|loc| format!(" {}", n.loc(loc)))
        .unwrap_or_default();
    let kind = n.instr(cpu, at).map(|i| &i.kind);
    match (step.kind, kind) {
        (StepKind::Read, Some(Kind::Load { wait: true })) => "start the callback".to_owned(),
        (StepKind::Read, Some(Kind::Atomic(_))) => format!("read{loc}"),
        (StepKind::Read, _) => format!("load{loc}"),
        (StepKind::Enter, _) => "put into the store buffer".to_owned(),
        (StepKind::Drain, Some(Kind::Atomic(_))) => format!("write{loc}"),
        (StepKind::Drain, _) if n.p.model.buffered => "drain to memory".to_owned(),
        (StepKind::Drain, _) => format!("store{loc}"),
        (StepKind::Atomic, Some(Kind::Atomic(Atomic::SpinLock))) => format!("take{loc}"),
        (StepKind::Atomic, _) => format!("read and write{loc}"),
        (StepKind::Fence, _) => "finish the barrier".to_owned(),
        (StepKind::Lock, _) => "enter the section".to_owned(),
        (StepKind::Unlock, _) => "leave the section".to_owned(),
        (StepKind::Start, _) => "start the grace period".to_owned(),
        (StepKind::End, _) => "end the grace period".to_owned(),
        (StepKind::Wait, _) => "stop waiting".to_owned(),
        (StepKind::PredictTaken, _) => "guess: taken".to_owned(),
        (StepKind::PredictNot, _) => "guess: not taken".to_owned(),
        (StepKind::PredictFail, _) => "guess: it fails".to_owned(),
    }
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
            format!(
                "{cpu} ⟦entered|enters⟧ a read-side section of {}",
                section_domain(n, e)
            )
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
            format!("{whose} grace period ⟦ended|ends⟧: every section that it waited for is over")
        }
        (StepKind::Wait, _) => {
            format!("{cpu} ⟦stopped|stops⟧ waiting: every callback that was queued has run")
        }
    }
}

fn load(n: &Names, e: &Event, cpu: &str) -> String {
    let Some((loc, value, forwarded)) = e.got() else {
        return format!("{cpu} did a load");
    };
    let name = n.loc(loc);
    let value = match value {
        GARBAGE => "garbage".to_owned(),
        value => n.value(value),
    };
    if forwarded {
        return format!(
            "{cpu} ⟦loaded|loads⟧ {name} from its own store buffer and ⟦got|gets⟧ {value}"
        );
    }
    // Nobody has stored there yet, though somebody may.
    let changed = e.after.mem.get(loc) != n.p.locs.get(loc).map(|l| &l.init);
    let got = if changed {
        "⟦got|gets⟧"
    } else {
        "still ⟦got|gets⟧"
    };
    let Some(j) = e.overtaken(n) else {
        return match pending_store(n, e, loc) {
            Some(pending) => {
                format!("{cpu} ⟦loaded|loads⟧ {name} and ⟦got|gets⟧ {value}: {pending}")
            }
            None => format!("{cpu} ⟦loaded|loads⟧ {name} and got {value}"),
        };
    };
    format!(
        "{cpu} ⟦loaded|loads⟧ {name} before {}, and {got} {value}",
        passed(n, e, j)
    )
}

/// "it loaded flag", "its store to x reached memory".
fn passed(n: &Names, e: &Event, j: usize) -> String {
    let place = n.location(e.after, e.cpu(), j).map(|loc| n.loc(loc));
    match (n.instr(e.cpu(), j).map(|i| &i.kind), place) {
        (Some(Kind::Load { .. }), Some(place)) => format!("it ⟦loaded|loads⟧ {place}"),
        (Some(Kind::Store { .. }), Some(place)) => match e.step.kind {
            StepKind::Read | StepKind::Atomic => {
                format!("its store to {place} ⟦reached|reaches⟧ memory")
            }
            _ => format!("its store to {place}"),
        },
        (Some(Kind::Atomic(_)), Some(place)) => format!("its atomic on {place} ⟦was|is⟧ done"),
        _ => format!("{} ⟦was|is⟧ done", n.noun_on_line(e.after, e.cpu(), j)),
    }
}

/// Another CPU's store of that location that is still in its buffer.
fn pending_store(n: &Names, e: &Event, loc: usize) -> Option<String> {
    for (cpu, code) in n.p.cpus.iter().enumerate() {
        let c = e.after.cpus.get(cpu)?;
        if cpu == e.cpu() {
            continue;
        }
        let buffered = code.writes & c.begun & !c.done & !c.failed & !code.split;
        for i in machine::masks::bits(buffered) {
            if n.location(e.after, cpu, i) == Some(loc) {
                let value = n.value(n.stored(e.after, cpu, i)?);
                return Some(format!(
                    "{value} is still in {} store buffer",
                    n.cpu_owns(cpu)
                ));
            }
        }
    }
    None
}

fn enter(n: &Names, e: &Event, cpu: &str, kind: Option<&Kind>) -> String {
    let buffered = e.effects.iter().find_map(|e| match e {
        Effect::Buffered { loc, value } => Some((usize::from(*loc), *value)),
        _ => None,
    });
    let Some((loc, value)) = buffered else {
        return format!("{cpu} ⟦put|puts⟧ a store into its buffer");
    };
    match kind {
        Some(Kind::Store {
            role: StoreRole::Queue(_),
        }) => {
            format!(
                "{cpu} ⟦put|puts⟧ call_srcu() for {} into its store buffer",
                n.value(value)
            )
        }
        Some(Kind::Store {
            role: StoreRole::Free,
        }) => {
            format!(
                "{cpu} ⟦put|puts⟧ the free of {} into its store buffer",
                freed(n, loc)
            )
        }
        Some(Kind::Store {
            role: StoreRole::SpinUnlock,
        }) => {
            format!(
                "{cpu} ⟦put|puts⟧ the unlock of {} into its store buffer",
                n.loc(loc)
            )
        }
        _ => format!(
            "{cpu} ⟦put|puts⟧ {} = {} into its store buffer",
            n.loc(loc),
            n.value(value)
        ),
    }
}

fn drain(n: &Names, e: &Event, cpu: &str, kind: Option<&Kind>) -> String {
    let Some((loc, value, _)) = e.stored() else {
        return format!("{cpu} stored a value");
    };
    let name = n.loc(loc);
    let text = match kind {
        Some(Kind::Store {
            role: StoreRole::Queue(_),
        }) => {
            return format!(
                "{cpu} ⟦queued|queues⟧ the callback that frees {}",
                n.value(value)
            );
        }
        Some(Kind::Store {
            role: StoreRole::Free,
        }) => {
            return format!("{cpu} ⟦freed|frees⟧ {}", freed(n, loc));
        }
        Some(Kind::Store {
            role: StoreRole::SpinUnlock,
        }) => format!("{cpu} ⟦gave|gives⟧ {name} back"),
        Some(Kind::Atomic(Atomic::SpinLock | Atomic::SpinTrylock)) => {
            format!("{cpu} ⟦took|takes⟧ {name}")
        }
        Some(Kind::Atomic(_)) => {
            format!(
                "{cpu} ⟦wrote|writes⟧ {name} = {}; the atomic is done",
                n.value(value)
            )
        }
        _ if !n.p.model.buffered => format!("{cpu} ⟦stored|stores⟧ {name} = {}", n.value(value)),
        _ => format!(
            "{cpu} ⟦drained|drains⟧ {name} = {} to memory",
            n.value(value)
        ),
    };
    match e.overtaken(n) {
        Some(j) => format!("{text} before {}", passed(n, e, j)),
        None => text,
    }
}

/// The object whose freed flag a location is.
fn freed(n: &Names, loc: usize) -> String {
    let object = n.p.objects.iter().position(|o| usize::from(o.freed) == loc);
    object.map_or_else(|| "nothing".to_owned(), |object| n.object(object))
}

fn atomic_text(n: &Names, e: &Event, cpu: &str, atomic: &Atomic) -> String {
    let Some((loc, value, _)) = e.got() else {
        return format!("{cpu} did an atomic");
    };
    let name = n.loc(loc);
    let lock = matches!(atomic, Atomic::SpinLock | Atomic::SpinTrylock);
    if e.effects.contains(&Effect::Failed) {
        return if lock {
            format!("{cpu} ⟦found|finds⟧ {name} taken and ⟦did|does⟧ not wait")
        } else {
            format!(
                "{cpu} ⟦found|finds⟧ {name} = {} and ⟦stored|stores⟧ nothing",
                n.value(value)
            )
        };
    }
    match (lock, e.stored()) {
        (true, Some(_)) => format!("{cpu} ⟦took|takes⟧ {name}"),
        (true, None) => format!("{cpu} ⟦found|finds⟧ {name} free, and nobody else may take it now"),
        (_, Some((_, new, _))) => {
            format!(
                "{cpu} ⟦changed|changes⟧ {name} from {} to {} at once",
                n.value(value),
                n.value(new)
            )
        }
        (_, None) => format!(
            "{cpu} ⟦read|reads⟧ {name} and ⟦got|gets⟧ {}; nobody else may write it before this atomic does",
            n.value(value)
        ),
    }
}

fn fence(n: &Names, e: &Event, cpu: &str) -> String {
    let noun = n.noun(e.after, e.cpu(), e.at());
    let class = n.instr(e.cpu(), e.at()).map_or(Class(0), |i| i.class);
    let means = if class.meets(Class::RMB) {
        "the loads before it are done, those after it may begin"
    } else if class.meets(Class::WMB) {
        "the stores after it stay behind those before it"
    } else {
        "everything before it is done"
    };
    format!("{cpu} ⟦finished|finishes⟧ {noun}: {means}")
}

fn section_domain(n: &Names, e: &Event) -> String {
    let section = e.effects.iter().find_map(|e| match e {
        Effect::Entered { section } | Effect::Left { section } => Some(usize::from(*section)),
        _ => None,
    });
    let domain = section.and_then(|s| n.p.sections.get(s)).map(|s| s.domain);
    domain.map_or_else(|| "SRCU".to_owned(), |domain| n.domain(domain))
}

fn unlock(n: &Names, e: &Event, cpu: &str) -> String {
    let left = e.effects.iter().find_map(|e| match e {
        Effect::Left { section } => Some(*section),
        _ => None,
    });
    let Some(left) = left else {
        return match n.instr(e.cpu(), e.at()).map(|i| &i.kind) {
            Some(Kind::RcuUnlock(None)) => format!("{cpu} ⟦left|leaves⟧ an inner section"),
            _ => format!("{cpu} ⟦left|leaves⟧ a section that is not open"),
        };
    };
    let mut text = format!(
        "{cpu} ⟦left|leaves⟧ its read-side section of {}",
        section_domain(n, e)
    );
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

/// What followed of itself.
fn consequences(n: &Names, e: &Event) -> Vec<String> {
    let mut out = Vec::new();
    let mut undone: Vec<String> = Vec::new();
    let mut wrong_guess = false;
    for effect in e.effects {
        match effect {
            Effect::Resolved {
                branch,
                taken,
                mispredicted,
            } => {
                let line = n.branch_number(e.cpu(), *branch);
                let not = if *taken { "" } else { "not " };
                wrong_guess |= *mispredicted;
                let guess = if *mispredicted {
                    ": the guess was wrong"
                } else {
                    ""
                };
                out.push(format!("the branch on line {line} is {not}taken{guess}"));
            }
            Effect::Undone { at, .. } => {
                undone.push(n.noun_on_line(e.before, e.cpu(), usize::from(*at)));
            }
            Effect::UseAfterFree { object } => {
                out.push(format!(
                    "use after free: {} ⟦had been|is⟧ freed",
                    object_name(n, *object)
                ));
            }
            Effect::DoubleFree { object } => {
                out.push(format!(
                    "double free: {} ⟦had been|is⟧ freed already",
                    object_name(n, *object)
                ));
            }
            Effect::Uninitialised { loc } => {
                let loc = n.loc(usize::from(*loc));
                out.push(format!(
                    "uninitialised read: nobody ⟦had|has⟧ written {loc}"
                ));
            }
            Effect::Wild => out.push("the pointer leads nowhere".to_owned()),
            Effect::UnmatchedUnlock => {
                let inner = matches!(
                    n.instr(e.cpu(), e.at()).map(|i| &i.kind),
                    Some(Kind::RcuUnlock(None))
                );
                if !inner {
                    out.push("no open section belongs to this unlock".to_owned());
                }
            }
            _ => {}
        }
    }
    if !undone.is_empty() {
        let verb = if undone.len() == 1 { "is" } else { "are" };
        let why = if wrong_guess {
            ""
        } else {
            ", since it came too early"
        };
        out.push(format!("{} {verb} undone{why}", list(&undone)));
    }
    out
}

fn object_name(n: &Names, object: ObjectId) -> String {
    n.object(usize::from(object.0))
}

/// An effect in a few words, for lists; none for what is no news.
pub(crate) fn effect(n: &Names, cpu: usize, s: &State, e: &Effect) -> String {
    let is = |loc: u16, value: i64| format!("{} = {}", n.loc(usize::from(loc)), n.value(value));
    match e {
        Effect::Got {
            loc,
            value,
            forwarded: false,
            ..
        } => format!("read {}", is(*loc, *value)),
        Effect::Got { loc, value, .. } => format!("forwarded {}", is(*loc, *value)),
        Effect::Buffered { loc, value } => format!("buffered {}", is(*loc, *value)),
        Effect::Stored { loc, value, .. }
            if matches!(
                n.p.locs.get(usize::from(*loc)).map(|l| l.role),
                Some(LocRole::Token(_))
            ) =>
        {
            format!("queued the free of {}", n.value(*value))
        }
        Effect::Stored { loc, value, .. } => format!("stored {}", is(*loc, *value)),
        Effect::Failed => "stored nothing".to_owned(),
        Effect::Resolved {
            branch,
            taken,
            mispredicted,
        } => format!(
            "branch on line {} {}taken{}",
            n.branch_number(cpu, *branch),
            if *taken { "" } else { "not " },
            if *mispredicted { ", guess wrong" } else { "" }
        ),
        Effect::Undone { at, .. } => {
            format!("undone: {}", n.noun_on_line(s, cpu, usize::from(*at)))
        }
        Effect::Entered { .. } => "entered the section".to_owned(),
        Effect::Left { .. } => "left the section".to_owned(),
        Effect::UnmatchedUnlock => "no open section belongs to this unlock".to_owned(),
        Effect::Started { sections } => {
            format!("grace period waits for {}", list(&readers(n, *sections)))
        }
        Effect::UseAfterFree { object } => format!("use after free of {}", object_name(n, *object)),
        Effect::DoubleFree { object } => format!("double free of {}", object_name(n, *object)),
        Effect::Uninitialised { loc } => format!("{} not initialised", n.loc(usize::from(*loc))),
        Effect::Wild => "the pointer leads nowhere".to_owned(),
    }
}
