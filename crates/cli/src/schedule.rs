//! A schedule for people: each step with its line and what it did.

use std::sync::Arc;

use explore::outcome::decode;
use litmus::{Span, Stmt, StmtKind, Test, format_value};
use machine::{CpuName, Effect, Program, Run, Step, StepKind};

use crate::load::Loaded;

/// A step, told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// Its name, as in links.
    pub name: String,
    /// The CPU, `P0`, with the name that the scenario gives it.
    pub cpu: String,
    /// The line of the source, from 1.
    pub line: u32,
    /// What stands there.
    pub text: String,
    /// What it did.
    pub did: String,
}

/// Runs the schedule and tells it, as far as it goes.
pub fn tell(loaded: &Loaded, p: &Arc<Program>, steps: &[Step]) -> Vec<Told> {
    let mut run = Run::new(Arc::clone(p));
    let mut told = Vec::with_capacity(steps.len());
    for step in steps {
        let Ok(done) = run.step(*step) else { break };
        let did = sentence(p, &loaded.resolved, *step, &done.effects);
        let (line, text) = line(loaded, p, *step);
        told.push(Told {
            name: p.name(*step).to_string(),
            cpu: cpu(&loaded.test, p, *step),
            line,
            text,
            did,
        });
    }
    told
}

fn cpu(test: &Test, p: &Program, step: Step) -> String {
    let (thread, worker) = match p.name(step).cpu {
        CpuName::Thread(thread) => (thread, ""),
        CpuName::Worker(thread, _) => (thread, " callback"),
    };
    let label = test
        .threads
        .get(usize::from(thread))
        .and_then(|t| t.label.as_deref());
    match label {
        Some(label) => format!("P{thread}{worker} ({label})"),
        None => format!("P{thread}{worker}"),
    }
}

/// The line of a step, and its statement as it is in the setting: that of a
/// toggle which is off is not what the source says.
fn line(loaded: &Loaded, p: &Program, step: Step) -> (u32, String) {
    let name = p.name(step);
    let thread = match name.cpu {
        CpuName::Thread(thread) | CpuName::Worker(thread, _) => thread,
    };
    let test = &loaded.resolved;
    let Some(code) = test.threads.get(usize::from(thread)) else {
        return (0, String::new());
    };
    let mut found = Vec::new();
    statements(&code.body, name.stmt, &mut found);
    let at = found.first().map_or(Span::default(), |stmt| stmt.span);
    let (line, ..) = loaded.source.place(at);
    let texts: Vec<String> = found
        .iter()
        .map(|stmt| match &stmt.kind {
            // Of an `if` the arms have lines of their own.
            StmtKind::If { .. } => head(&loaded.source.text, stmt.span),
            kind => code.format_stmt(test, kind),
        })
        .collect();
    (line, texts.join(" "))
}

fn statements<'t>(body: &'t [Stmt], id: u16, found: &mut Vec<&'t Stmt>) {
    for stmt in body {
        if stmt.id == id {
            found.push(stmt);
        }
        match &stmt.kind {
            StmtKind::If { then, els, .. } => {
                statements(then, id, found);
                statements(els, id, found);
            }
            StmtKind::Block(body) => statements(body, id, found),
            _ => {}
        }
    }
}

fn head(source: &str, span: Span) -> String {
    let text = source
        .get(span.start as usize..span.end as usize)
        .unwrap_or_default();
    let line = text.lines().next().unwrap_or_default();
    line.trim_end().trim_end_matches('{').trim_end().to_string()
}

/// What a step did, in a clause or several.
fn sentence(p: &Program, test: &Test, step: Step, effects: &[Effect]) -> String {
    let mut clauses: Vec<String> = Vec::new();
    match step.kind {
        StepKind::Fence => clauses.push("the barrier is done".to_string()),
        StepKind::Lock if !entered(effects) => clauses.push("the lock is done".to_string()),
        StepKind::Unlock if !left(effects) => clauses.push("the unlock is done".to_string()),
        StepKind::End => clauses.push("the grace period ends".to_string()),
        StepKind::Wait => clauses.push("all callbacks have run".to_string()),
        StepKind::PredictTaken => clauses.push("predicts that the branch is taken".to_string()),
        StepKind::PredictNot => clauses.push("predicts that the branch is not taken".to_string()),
        _ => {}
    }
    clauses.extend(effects.iter().map(|effect| clause(p, test, *effect)));
    clauses.join("; ")
}

fn entered(effects: &[Effect]) -> bool {
    effects
        .iter()
        .any(|effect| matches!(effect, Effect::Entered { .. }))
}

fn left(effects: &[Effect]) -> bool {
    effects
        .iter()
        .any(|effect| matches!(effect, Effect::Left { .. } | Effect::UnmatchedUnlock))
}

fn clause(p: &Program, test: &Test, effect: Effect) -> String {
    let loc = |at: u16| {
        p.locs
            .get(usize::from(at))
            .map_or("memory", |l| l.name.as_str())
    };
    let value = |v: i64| format_value(test, decode(v));
    let object = |id: litmus::ObjectId| {
        let object = test.objects.get(usize::from(id.0));
        object.map_or("the object".to_string(), |o| {
            o.label
                .clone()
                .unwrap_or_else(|| test.var_name(o.var).to_string())
        })
    };
    match effect {
        Effect::Got {
            loc: at,
            value: v,
            forwarded: true,
            ..
        } => {
            format!("reads {}={} from its own store buffer", loc(at), value(v))
        }
        Effect::Got {
            loc: at, value: v, ..
        } => format!("reads {}={}", loc(at), value(v)),
        Effect::Buffered { loc: at, value: v } => {
            format!("puts {}={} into the store buffer", loc(at), value(v))
        }
        Effect::Stored {
            loc: at,
            value: v,
            before,
        } => {
            format!(
                "{}={} reaches memory, which had {}",
                loc(at),
                value(v),
                value(before)
            )
        }
        Effect::Failed => "stores nothing".to_string(),
        Effect::Resolved {
            taken,
            mispredicted,
            ..
        } => format!(
            "the branch is {}{}",
            if taken { "taken" } else { "not taken" },
            if mispredicted {
                ", against the prediction"
            } else {
                ""
            }
        ),
        Effect::Undone { .. } => "a later line has to be done again".to_string(),
        Effect::Entered { .. } => "enters the read-side section".to_string(),
        Effect::Left { .. } => "leaves the read-side section".to_string(),
        Effect::UnmatchedUnlock => "leaves a section that is not open".to_string(),
        Effect::Started { sections: 0 } => {
            "the grace period starts, with no reader to wait for".to_string()
        }
        Effect::Started { sections } => match sections.count_ones() {
            1 => "the grace period starts, and waits for 1 reader".to_string(),
            n => format!("the grace period starts, and waits for {n} readers"),
        },
        Effect::UseAfterFree { object: id } => format!("uses {} after it was freed", object(id)),
        Effect::DoubleFree { object: id } => format!("frees {} a second time", object(id)),
        Effect::Uninitialised { loc: at } => format!("{} was never initialised", loc(at)),
        Effect::Wild => "the pointer leads nowhere".to_string(),
    }
}
