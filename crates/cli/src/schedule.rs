//! A schedule for people: each step with its line and what it did, in the
//! sentences that the page says too.

use std::sync::Arc;

use litmus::{Span, Stmt, StmtKind};
use machine::{CpuModel, CpuName, Step, StepName};
use session::{Session, SessionError};

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
    /// What it did, in one sentence.
    pub did: String,
}

/// Plays the schedule and tells it, as far as it goes.
///
/// # Errors
/// When the test cannot run on the model.
pub fn tell(
    loaded: &Loaded,
    model: &'static CpuModel,
    steps: &[Step],
) -> Result<Vec<Told>, SessionError> {
    let lab = Session::new(loaded.test.name.clone(), Arc::new(loaded.test.clone()))?;
    let mut lab = lab.with_source(&loaded.source.text);
    lab.set(loaded.setting.clone(), model, loaded.flavour)?;
    // A schedule that the explorer found is possible; else it is told as far as it is.
    let _ = lab.play_schedule(steps);
    let told = lab.view().steps.into_iter().map(|step| {
        let (line, text) = line(loaded, step.name);
        Told {
            name: step.name.to_string(),
            cpu: cpu(loaded, step.name),
            line: step.number.unwrap_or(line),
            text,
            did: step.sentence,
        }
    });
    Ok(told.collect())
}

fn thread(name: StepName) -> (u8, &'static str) {
    match name.cpu {
        CpuName::Thread(thread) => (thread, ""),
        CpuName::Worker(thread, ..) => (thread, " callback"),
    }
}

fn cpu(loaded: &Loaded, name: StepName) -> String {
    let (thread, worker) = thread(name);
    let found = loaded.test.threads.get(usize::from(thread));
    match found.and_then(|t| t.label.as_deref()) {
        Some(label) => format!("P{thread}{worker} ({label})"),
        None => format!("P{thread}{worker}"),
    }
}

/// The line of a step, and its statement as it is in the setting: that of a
/// toggle which is off is not what the source says.
fn line(loaded: &Loaded, name: StepName) -> (u32, String) {
    let test = &loaded.resolved;
    let Some(code) = test.threads.get(usize::from(thread(name).0)) else {
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
