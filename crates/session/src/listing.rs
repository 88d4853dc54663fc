//! The lines of a program as a page shows them: those of the test with its
//! toggles in place, so that a line stays where it is when it is switched off.

use litmus::{Mode, Place, Setting, Span, Stmt, StmtKind, Test, Thread, ToggleId};
use machine::Program;

/// What a line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LineKind {
    /// A statement that may hold memory operations.
    Statement,
    /// The condition of an `if`.
    If,
    /// `else`.
    Else,
}

/// A line of a thread or worker.
#[derive(Clone, Debug)]
pub struct Line {
    /// The number of the statement in its thread.
    pub stmt: u16,
    /// The instructions of the statement that belong to the line, by `Instr::part`.
    pub parts: std::ops::RangeInclusive<u8>,
    /// In the source if that is known, else among the lines, from 1.
    pub number: u32,
    /// The statement in one line, without directives.
    pub text: String,
    /// How deep it stands in `if` and `{ }`.
    pub indent: u8,
    /// Guest mode, host mode or user space.
    pub mode: Option<Mode>,
    /// The kernel function that it stands for.
    pub place: Option<Place>,
    /// The switch in the line.
    pub toggle: Option<ToggleId>,
    /// The switch is off, and leaves nothing here.
    pub off: bool,
    /// What the line is.
    pub kind: LineKind,
}

/// The lines of every CPU of a program.
#[derive(Clone, Debug, Default)]
pub struct Listing {
    /// By CPU.
    pub cpus: Vec<Vec<Line>>,
}

impl Listing {
    /// The lines of a program: its threads, then its workers.
    #[must_use]
    pub fn new(test: &Test, setting: &Setting, source: Option<&str>, p: &Program) -> Listing {
        let Listing { mut cpus } = Listing::of_threads(test, setting, source);
        for code in p.cpus.get(cpus.len()..).unwrap_or_default() {
            let call = cpus.get(usize::from(code.thread)).and_then(|lines| {
                lines
                    .iter()
                    .find(|l| Some(l.stmt) == code.worker.map(|(stmt, _)| stmt))
            });
            let number = call.map_or(0, |l| l.number);
            let stmt = code.worker.map_or(0, |(stmt, _)| stmt);
            let freed = call
                .and_then(|l| freed_argument(&l.text))
                .unwrap_or("object");
            let texts = [
                "wait for a grace period".to_owned(),
                format!("kfree({freed});"),
            ];
            let parts = [0..=1, 2..=u8::MAX];
            let lines = texts.into_iter().zip(parts).map(|(text, parts)| Line {
                stmt,
                parts,
                number,
                text,
                indent: 0,
                mode: None,
                place: None,
                toggle: None,
                off: false,
                kind: LineKind::Statement,
            });
            cpus.push(lines.collect());
        }
        Listing { cpus }
    }

    /// The lines of the threads alone: they depend on no machine.
    pub fn of_threads(test: &Test, setting: &Setting, source: Option<&str>) -> Listing {
        let mut lister = Lister {
            test,
            setting,
            source,
            starts: source.map(line_starts).unwrap_or_default(),
            shown: 0,
            thread: None,
            lines: Vec::new(),
        };
        let mut cpus: Vec<Vec<Line>> = Vec::new();
        for thread in &test.threads {
            lister.thread = Some(thread);
            lister.body(&thread.body, 0, false);
            cpus.push(std::mem::take(&mut lister.lines));
        }
        Listing { cpus }
    }

    /// The lines of a CPU.
    pub fn lines(&self, cpu: usize) -> &[Line] {
        self.cpus.get(cpu).map_or(&[], Vec::as_slice)
    }

    /// The line of a statement of a CPU.
    pub fn line(&self, cpu: usize, stmt: u16) -> Option<&Line> {
        self.lines(cpu).iter().find(|l| l.stmt == stmt)
    }
}

/// The second argument of `call_srcu(s, p)`.
fn freed_argument(text: &str) -> Option<&str> {
    let (_, arguments) = text.split_once("call_srcu(")?;
    let second = arguments.split(',').nth(1)?;
    Some(second.trim_end_matches([';', ')', ' ']).trim())
}

/// The kernel function of a statement. An `if` without one is in that of the first line of its arms.
fn place_of(stmt: &Stmt) -> Option<Place> {
    let (then, els): (&[Stmt], &[Stmt]) = match &stmt.kind {
        StmtKind::If { then, els, .. } => (then, els),
        StmtKind::Block(body) => (body, &[]),
        _ => (&[], &[]),
    };
    let inner = || then.iter().chain(els).find_map(place_of);
    stmt.place.clone().or_else(inner)
}

fn line_starts(source: &str) -> Vec<usize> {
    let breaks = source
        .bytes()
        .enumerate()
        .filter(|(_, b)| *b == b'\n')
        .map(|(i, _)| i + 1);
    std::iter::once(0).chain(breaks).collect()
}

struct Lister<'a> {
    test: &'a Test,
    setting: &'a Setting,
    source: Option<&'a str>,
    starts: Vec<usize>,
    shown: u32,
    thread: Option<&'a Thread>,
    lines: Vec<Line>,
}

impl Lister<'_> {
    fn number(&mut self, at: u32) -> u32 {
        self.shown += 1;
        if self.starts.is_empty() {
            return self.shown;
        }
        self.starts.partition_point(|start| *start <= at as usize) as u32
    }

    fn format(&self, kind: &StmtKind) -> String {
        self.thread
            .map(|t| t.format_stmt(self.test, kind))
            .unwrap_or_default()
    }

    fn body(&mut self, body: &[Stmt], indent: u8, off: bool) {
        for stmt in body {
            self.stmt(stmt, indent, off);
        }
    }

    fn stmt(&mut self, stmt: &Stmt, indent: u8, off: bool) {
        let chosen = stmt.toggle.and_then(|id| {
            let toggle = self.test.toggles.get(usize::from(id.0))?;
            let position = self.setting.get(id);
            if position == 0 {
                None
            } else {
                toggle.positions.get(usize::from(position))
            }
        });
        let off = off || chosen.is_some_and(|c| c.stmts.is_empty());
        if let Some(chosen) = chosen
            && !off
        {
            let texts: Vec<String> = chosen.stmts.iter().map(|kind| self.format(kind)).collect();
            self.push(stmt, texts.join(" "), indent, false, LineKind::Statement);
            return;
        }
        match &stmt.kind {
            StmtKind::Declare { .. } | StmtKind::Empty => {}
            StmtKind::Block(body) => self.body(body, indent, off),
            StmtKind::If { cond, then, els } => {
                let head = StmtKind::If {
                    cond: cond.clone(),
                    then: Vec::new(),
                    els: Vec::new(),
                };
                let text = self.format(&head);
                let text = text.trim_end_matches(['{', '}', ' ']).to_owned();
                self.push(stmt, text, indent, off, LineKind::If);
                let deeper = indent.saturating_add(1);
                self.body(then, deeper, off);
                if !els.is_empty() {
                    let at = self.else_at(then, els, stmt.span);
                    let number = self.number(at);
                    self.lines.push(Line {
                        stmt: stmt.id,
                        parts: 0..=0,
                        number,
                        text: "else".to_owned(),
                        indent,
                        mode: stmt.mode,
                        place: els.iter().find_map(place_of).or_else(|| place_of(stmt)),
                        toggle: None,
                        off,
                        kind: LineKind::Else,
                    });
                    self.body(els, deeper, off);
                }
            }
            simple => {
                let text = self.format(simple);
                self.push(stmt, text, indent, off, LineKind::Statement);
            }
        }
    }

    fn push(&mut self, stmt: &Stmt, text: String, indent: u8, off: bool, kind: LineKind) {
        let number = self.number(stmt.span.start);
        self.lines.push(Line {
            stmt: stmt.id,
            parts: 0..=u8::MAX,
            number,
            text,
            indent,
            mode: stmt.mode,
            place: place_of(stmt),
            toggle: stmt.toggle,
            off,
            kind,
        });
    }

    /// Where the word `else` stands.
    fn else_at(&self, then: &[Stmt], els: &[Stmt], whole: Span) -> u32 {
        let from = then.last().map_or(whole.start, |s| s.span.end);
        let to = els.first().map_or(whole.end, |s| s.span.start);
        self.source
            .and_then(|s| s.get(from as usize..to as usize))
            .and_then(|between| between.rfind("else"))
            .map_or(to, |at| from + at as u32)
    }
}
