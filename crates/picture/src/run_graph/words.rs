//! The cycle of a run in words.

use explore::execution::{Edge, Event, EventKind, Execution, Relation};
use machine::State;
use machine::program::{Atomic, Kind};

use session::Session;
use session::names::{Names, sentence};

pub(super) struct Words<'a> {
    pub names: &'a Names<'a>,
    pub state: &'a State,
    pub now: &'a Execution,
}

impl Words<'_> {
    /// "the load of flag on line 7".
    fn noun(&self, event: &Event) -> String {
        let (n, cpu, at) = (self.names, event.cpu, event.instr);
        let half = match (n.instr(cpu, at).map(|instr| &instr.kind), event.kind) {
            (Some(Kind::Atomic(Atomic::SpinLock)), _) | (None, _) => None,
            (Some(Kind::Atomic(_)), EventKind::Read) => Some("the atomic's load of"),
            (Some(Kind::Atomic(_)), _) => Some("the atomic's store to"),
            _ => None,
        };
        match (half, event.loc) {
            (Some(half), Some(loc)) => {
                format!("{half} {} on line {}", n.loc(loc), n.number(cpu, at))
            }
            _ => n.noun_on_line(self.state, cpu, at),
        }
    }

    /// "vCPU 0's load of flag on line 7".
    fn whose(&self, event: &Event) -> String {
        let noun = self.noun(event);
        let noun = noun.strip_prefix("the ").unwrap_or(&noun);
        format!("{} {noun}", self.names.cpu_owns(event.cpu))
    }

    fn value(&self, event: &Event) -> String {
        let value = event.value.map(|value| self.names.value(value));
        value.unwrap_or_default()
    }

    /// An edge of the cycle.
    pub fn link(&self, edge: &Edge) -> String {
        let events = &self.now.events;
        let (Some(from), Some(to)) = (events.get(edge.from), events.get(edge.to)) else {
            return String::new();
        };
        let text = match edge.relation {
            Relation::Po => format!(
                "{} comes before {} in its program",
                self.whose(from),
                self.noun(to)
            ),
            Relation::Rf => format!(
                "{} finds {}, which {} has stored",
                self.whose(to),
                self.value(to),
                self.whose(from)
            ),
            Relation::Co => format!("memory took {} before {}", self.whose(from), self.whose(to)),
            Relation::Fr => format!(
                "{} found {}, so it came before {}, which replaced that",
                self.whose(from),
                self.value(from),
                self.whose(to)
            ),
        };
        sentence(&text)
    }

    /// What the graph shows.
    pub fn sentence(
        &self,
        lab: &Session,
        cycle: &[Edge],
        letter: &dyn Fn(usize) -> String,
    ) -> String {
        if self.now.events.is_empty() {
            return "Nothing has happened yet. Each step adds its event here.".to_owned();
        }
        let over = lab.program().is_final(lab.state());
        let Some(first) = cycle.first() else {
            return if over {
                "No cycle: some order of these accesses, one at a time and each CPU's in program order, \
                 gives the same values."
            } else {
                "No cycle so far: some order of these accesses, one at a time and each CPU's in program order, \
                 gives the same values."
            }
            .to_owned();
        };
        let parts = cycle.iter().map(|edge| {
            let (a, b) = (letter(edge.from), letter(edge.to));
            match edge.relation {
                Relation::Po => format!("{a} is before {b} in the program"),
                Relation::Rf => format!("{b} reads {a}"),
                Relation::Co => format!("memory took {a} before {b}"),
                Relation::Fr => format!("{a} read what {b} replaces"),
            }
        });
        let parts: Vec<String> = parts.collect();
        let guess = |edge: &Edge| {
            let event = self.now.events.get(edge.from);
            event.is_some_and(|event| event.speculative)
        };
        let doubt = if cycle.iter().any(guess) {
            " One of these loads rests on a guess and may be undone."
        } else {
            ""
        };
        format!(
            "Not sequentially consistent: {}, and so back to {}. No order of these accesses, one at a time, \
             has all of it.{doubt}",
            parts.join(", "),
            letter(first.from)
        )
    }
}
