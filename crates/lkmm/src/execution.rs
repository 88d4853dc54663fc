//! One execution as plain data: what a drawing needs.

use litmus::Span;

use crate::algebra::{Base, Node};
use crate::relation::{Relation, bit, bits};
use crate::search::Search;
use crate::skeleton::NO_THREAD;
use crate::tags::{self, Tags};
use crate::value::{format, format_state};
use crate::words::CALLBACK;

/// An event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// The thread; `None` for an initial write. Threads behind those of the test are workers.
    pub thread: Option<usize>,
    /// For the worker of a callback: the thread and statement of its `call_srcu()`.
    pub worker_of: Option<(usize, u16)>,
    /// The statement, as steps and links count it.
    pub stmt: Option<u16>,
    /// Where it stands in the source.
    pub span: Span,
    /// The primitive as written, `smp_store_release`; empty for a plain access.
    pub primitive: String,
    /// What it is.
    pub tags: Tags,
    /// The variable that it accesses, the lock, the domain.
    pub location: Option<String>,
    /// What it reads or writes.
    pub value: Option<String>,
}

impl Event {
    /// It reads memory.
    #[must_use]
    pub fn reads(&self) -> bool {
        self.tags & tags::R != 0
    }

    /// It writes memory.
    #[must_use]
    pub fn writes(&self) -> bool {
        self.tags & tags::W != 0
    }

    /// The initial value of a location.
    #[must_use]
    pub fn initial(&self) -> bool {
        self.tags & tags::IW != 0
    }

    /// As herd7 writes it: `R[acquire]flag=1`, `F[mb]`. herd7 has no `call_srcu`: it is written as it is called, though
    /// the axioms take it for a release store.
    #[must_use]
    pub fn label(&self) -> String {
        let has = |tags: Tags| self.tags & tags != 0;
        let value = self.value.as_deref().unwrap_or("?");
        let location = self.location.as_deref().unwrap_or("");
        if self.writes() && self.primitive == CALLBACK && self.worker_of.is_none() {
            return format!("{CALLBACK}({value})");
        }
        for (tag, name) in [
            (tags::LKR, "LKR"),
            (tags::LKW, "LKW"),
            (tags::UL, "UL"),
            (tags::LF, "LF"),
            (tags::RL, "RL"),
            (tags::RU, "RU"),
        ] {
            if has(tag) {
                return format!("{name}({location})");
            }
        }
        for (tag, name) in [
            (tags::SRCU_LOCK, "srcu-lock"),
            (tags::SRCU_UNLOCK, "srcu-unlock"),
            (tags::SYNC_SRCU, "sync-srcu"),
        ] {
            if has(tag) {
                return format!("{name}({location})");
            }
        }
        let letter = match (has(tags::R), has(tags::W)) {
            (true, _) => "R",
            (_, true) => "W",
            _ => "F",
        };
        let mark = [
            (tags::IW, "init"),
            (tags::PLAIN, "plain"),
            (tags::NORETURN, "noreturn"),
            (tags::ACQUIRE, "acquire"),
            (tags::RELEASE, "release"),
            (tags::MB, "mb"),
            (tags::RMB, "rmb"),
            (tags::WMB, "wmb"),
            (tags::BEFORE_ATOMIC, "before-atomic"),
            (tags::AFTER_ATOMIC, "after-atomic"),
            (tags::AFTER_SPINLOCK, "after-spinlock"),
            (tags::AFTER_UNLOCK_LOCK, "after-unlock-lock"),
            (tags::AFTER_SRCU_READ_UNLOCK, "after-srcu-read-unlock"),
            (tags::COMPILER, "barrier"),
            (tags::RCU_LOCK, "rcu-lock"),
            (tags::RCU_UNLOCK, "rcu-unlock"),
            (tags::SYNC_RCU, "sync-rcu"),
        ]
        .into_iter()
        .find(|(tag, _)| has(*tag))
        .map_or("once", |(_, name)| name);
        if letter == "F" {
            return format!("F[{mark}]");
        }
        format!("{letter}[{mark}]{location}={value}")
    }
}

/// An edge of a drawing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Edge {
    /// From this event.
    pub from: usize,
    /// To this one.
    pub to: usize,
}

/// A relation of an execution.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Relations {
    /// Its name in the model: `rf`, `po`, `hb`.
    pub name: String,
    /// Its edges. Those of `po` and `co` are the immediate ones.
    pub edges: Vec<Edge>,
}

/// A whole execution.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Execution {
    /// Initial writes first, then thread by thread in program order.
    pub events: Vec<Event>,
    /// `po`, `rf`, `co`, `fr`, `addr`, `data`, `ctrl`, `rmw`, `rcu-rscs`, then what the model names, where not empty.
    pub relations: Vec<Relations>,
    /// The final values of what the test observes, as herd7 prints them.
    pub state: String,
}

impl Execution {
    /// The edges of a relation; none when it is empty or unknown.
    #[must_use]
    pub fn edges(&self, name: &str) -> &[Edge] {
        self.relations
            .iter()
            .find(|relation| relation.name == name)
            .map_or(&[], |relation| &relation.edges)
    }
}

/// The relations that are drawn as they are, before those that a model defines.
pub const BASE: [(&str, Base); 9] = [
    ("po", Base::Po),
    ("rf", Base::Rf),
    ("co", Base::Co),
    ("fr", Base::Fr),
    ("addr", Base::Addr),
    ("data", Base::Data),
    ("ctrl", Base::Ctrl),
    ("rmw", Base::Rmw),
    ("rcu-rscs", Base::RcuRscs),
];

/// Takes the candidate at hand out of a search.
pub(crate) fn take(search: &mut Search) -> Option<Execution> {
    let candidate = search.candidate()?;
    let values = candidate.values();
    let test = candidate.test;
    let var_name = |var: u16| {
        test.vars.get(usize::from(var)).map_or_else(
            || {
                let index = usize::from(var) - test.vars.len();
                let what = if index.is_multiple_of(2) {
                    "queued"
                } else {
                    "run"
                };
                format!("callback {} {what}", index / 2 + 1)
            },
            |var| var.name.clone(),
        )
    };
    let mut events = Vec::new();
    for id in 0..candidate.skeleton.n {
        let tags = candidate.skeleton.tags[id];
        let thread = candidate.skeleton.thread[id];
        let thread = (thread != NO_THREAD).then_some(usize::from(thread));
        let path_event = values.path_event(id).map(|(_, event)| event);
        let loc = candidate.locs[id];
        let location = (loc != crate::skeleton::UNKNOWN).then(|| {
            if usize::from(loc) < candidate.threads.vars {
                var_name(loc)
            } else {
                "nowhere".to_owned()
            }
        });
        let value = if candidate.skeleton.sections & bit(id) != 0 {
            None
        } else if tags & tags::R != 0 {
            values.found_by(id)
        } else if tags & tags::W != 0 {
            values.stored(id)
        } else {
            None
        };
        events.push(Event {
            thread,
            worker_of: thread.and_then(|t| {
                let worker = t.checked_sub(test.threads.len())?;
                candidate.threads.workers.get(worker).copied()
            }),
            stmt: path_event.map(|e| e.stmt),
            span: path_event.map(|e| e.span).unwrap_or_default(),
            primitive: path_event.map(|e| e.name.clone()).unwrap_or_default(),
            tags,
            location,
            value: value.map(|v| format(test, v)),
        });
    }
    let observed = test.observed();
    let values: Vec<i64> = observed.iter().map(|t| candidate.term(*t)).collect();
    let state = format_state(test, &observed, &values);
    let sections = candidate.skeleton.sections;
    let evaluator = search.evaluator();
    let mut relations: Vec<Relations> = Vec::new();
    for (name, base) in BASE {
        let mut relation = evaluator.base(base).clone();
        if matches!(base, Base::Rf | Base::Co | Base::Fr) {
            // A step of a reason says so where it matters what a section finds.
            for section in bits(sections) {
                *relation.row_mut(section) &= !sections;
            }
        }
        let immediate = matches!(base, Base::Po | Base::Co);
        relations.push(Relations {
            name: name.to_owned(),
            edges: edges(&relation, immediate),
        });
    }
    let graph = evaluator.graph();
    for (id, name) in graph.names.iter().enumerate() {
        let Some(name) = name else { continue };
        // Dependencies are drawn as they stand in the program, not as they are carried through memory.
        let drawn = BASE.iter().any(|(known, _)| known == name);
        if drawn || matches!(graph.nodes[id], Node::Base(_)) || graph.is_set(id) {
            continue;
        }
        let relation = evaluator.relation(id);
        if relation.is_empty() {
            continue;
        }
        let edges = edges(relation, false);
        // A later definition of a name hides the earlier one.
        relations.retain(|known| known.name != *name);
        relations.push(Relations {
            name: name.clone(),
            edges,
        });
    }
    relations.retain(|r| !r.edges.is_empty());
    Some(Execution {
        events,
        relations,
        state,
    })
}

fn edges(relation: &Relation, immediate: bool) -> Vec<Edge> {
    relation
        .pairs()
        .filter(|(from, to)| {
            !immediate || !bits(relation.row(*from)).any(|mid| mid != *to && relation.has(mid, *to))
        })
        .map(|(from, to)| Edge { from, to })
        .collect()
}
