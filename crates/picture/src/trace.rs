//! The trace of a session as JSON, for other tools: `docs/trace.md` says what each member means.
//!
//! These types are the boundary: what the engine or the page call things may change, the schema may not. A member may be
//! added in version 1; none is taken away or means something else.

use std::fmt::Write as _;

use session::Session;
use session::view::{FinalView, OutcomeView, StepFate, StepView, View};

/// The version of the schema.
pub const VERSION: u32 = 1;

/// The trace of a session: its test, setting and model, every step of the schedule with its sentence, and the end.
#[must_use]
pub fn trace_json(lab: &Session, view: &View) -> String {
    let test = lab.test();
    let link = lab.link();
    let mut out = Json::default();
    out.open('{');
    out.text("schema", "stale-bus-trace");
    out.number("version", VERSION as usize);
    out.key("test");
    out.open('{');
    out.text("name", &test.name);
    out.text("title", &view.title);
    out.maybe("scenario", Some(lab.id()).filter(|id| !id.is_empty()));
    out.maybe("source", lab.source());
    out.close('}');
    out.text("cpu", lab.model().id);
    out.text("srcu", lab.flavour().id());
    out.list("off", link.off.iter().flatten(), |out, item| {
        out.string(item)
    });
    out.list("steps", view.steps.iter().enumerate(), |out, (at, step)| {
        one_step(out, view, at, step)
    });
    out.number("at", view.at);
    match &view.finished {
        Some(end) => finished(&mut out, end),
        None => out.maybe("end", None),
    }
    out.close('}');
    out.out.push('\n');
    out.out
}

fn one_step(out: &mut Json, view: &View, at: usize, step: &StepView) {
    out.open('{');
    out.number("number", at + 1);
    out.text("step", &step.name.to_string());
    let cpu = step.cpu.and_then(|cpu| view.cpus.get(cpu));
    out.maybe("cpu", cpu.map(|cpu| cpu.name.as_str()));
    match step.number {
        Some(line) => out.number("line", line as usize),
        None => out.maybe("line", None),
    }
    out.text("sentence", &step.sentence);
    let (fate, why) = match &step.fate {
        StepFate::Done => ("done", None),
        StepFate::Future => ("future", None),
        StepFate::Impossible(why) => ("impossible", Some(why.as_str())),
        StepFate::SwitchedOff => ("switched-off", None),
        StepFate::NotReached => ("not-reached", None),
    };
    out.text("fate", fate);
    out.maybe("why", why);
    out.truth("early", step.early);
    out.truth("bad", step.bad);
    match step.reads_from {
        Some(from) => out.number("readsFrom", from + 1),
        None => out.maybe("readsFrom", None),
    }
    out.close('}');
}

fn finished(out: &mut Json, end: &FinalView) {
    out.key("end");
    out.open('{');
    out.text("sentence", &end.sentence);
    out.text("state", &end.state);
    out.list("outcomes", end.outcomes.iter(), |out, one| {
        outcome(out, one)
    });
    match &end.condition {
        Some(condition) => out.truth("condition", condition.holds),
        None => out.maybe("condition", None),
    }
    out.maybe("deadlock", end.deadlock.as_deref());
    out.truth("useAfterFree", end.use_after_free);
    out.truth("uninitialised", end.uninitialised);
    out.truth("filteredOut", end.filtered_out);
    out.close('}');
}

fn outcome(out: &mut Json, outcome: &OutcomeView) {
    out.open('{');
    out.text("name", &outcome.name);
    out.text("label", &outcome.label);
    out.truth("bad", outcome.bad);
    out.truth("holds", outcome.holds);
    out.close('}');
}

/// JSON while it is written, indented by two spaces a level.
#[derive(Default)]
struct Json {
    out: String,
    depth: usize,
}

impl Json {
    fn open(&mut self, bracket: char) {
        self.out.push(bracket);
        self.depth += 1;
    }

    fn close(&mut self, bracket: char) {
        self.depth = self.depth.saturating_sub(1);
        if !self.out.ends_with(['{', '[']) {
            self.line();
        }
        self.out.push(bracket);
    }

    fn line(&mut self) {
        self.out.push('\n');
        self.out.push_str(&"  ".repeat(self.depth));
    }

    /// Before each member or element.
    fn next(&mut self) {
        if !self.out.ends_with(['{', '[']) {
            self.out.push(',');
        }
        self.line();
    }

    fn key(&mut self, key: &str) {
        self.next();
        self.string(key);
        self.out.push_str(": ");
    }

    fn text(&mut self, key: &str, value: &str) {
        self.key(key);
        self.string(value);
    }

    fn maybe(&mut self, key: &str, value: Option<&str>) {
        match value {
            Some(value) => self.text(key, value),
            None => {
                self.key(key);
                self.out.push_str("null");
            }
        }
    }

    fn number(&mut self, key: &str, value: usize) {
        self.key(key);
        self.out.push_str(&value.to_string());
    }

    fn truth(&mut self, key: &str, value: bool) {
        self.key(key);
        self.out.push_str(if value { "true" } else { "false" });
    }

    fn list<T>(
        &mut self,
        key: &str,
        items: impl Iterator<Item = T>,
        mut write: impl FnMut(&mut Json, T),
    ) {
        self.key(key);
        self.open('[');
        for item in items {
            self.next();
            write(self, item);
        }
        self.close(']');
    }

    fn string(&mut self, text: &str) {
        self.out.push('"');
        for c in text.chars() {
            match c {
                '"' => self.out.push_str("\\\""),
                '\\' => self.out.push_str("\\\\"),
                '\n' => self.out.push_str("\\n"),
                '\t' => self.out.push_str("\\t"),
                c if c < ' ' => {
                    // Writing to a string does not fail.
                    let _ = write!(self.out, "\\u{:04x}", u32::from(c));
                }
                c => self.out.push(c),
            }
        }
        self.out.push('"');
    }
}
