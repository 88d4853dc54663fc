//! Tree SRCU from inside: what the engine has done of the lines that `@srcu`, `@srcu_data` and
//! `phase` name.

use litmus::{GpPhase, SrcuData, SrcuTree, Stmt, StmtKind, VarId};
use machine::program::{Address, Code, Kind};
use machine::state::CpuState;

use super::Drawn;
use crate::hardware::{
    CounterView, CountersView, PartView, PeriodView, PhaseState, PhaseView, ReaderState,
    ReaderView, ScanResult, ScanView, SumView, TreeView,
};

/// "SCAN1".
fn phase_name(phase: GpPhase) -> &'static str {
    match phase {
        GpPhase::Start => "start",
        GpPhase::Scan1 => "SCAN1",
        GpPhase::Flip => "flip",
        GpPhase::Scan2 => "SCAN2",
        GpPhase::End => "end",
        GpPhase::Callbacks => "callbacks",
    }
}

pub(super) fn tree(h: &Drawn) -> Option<TreeView> {
    let test = h.moment.session.test();
    let tree = test.srcu.as_ref()?;
    let idx = h.cell(test.var_name(tree.idx).to_owned(), usize::from(tree.idx.0));
    let current = usize::try_from(h.mem(usize::from(tree.idx.0))).ok();
    let readers = tree.cpus.iter().map(|data| reader(h, tree, data));
    Some(TreeView {
        label: tree.label.clone().unwrap_or_else(|| "SRCU".to_owned()),
        idx,
        current: current.filter(|rank| *rank < 2),
        readers: readers.collect(),
        periods: periods(h, tree),
    })
}

/// The variable that an instruction is known to access.
fn var_of(code: &Code, at: usize) -> Option<VarId> {
    match code.instrs.get(at)?.addr.as_ref()? {
        Address::Static(loc) => Some(VarId(*loc)),
        Address::Computed(_) => None,
    }
}

fn is_store(code: &Code, at: usize) -> bool {
    let kind = code.instrs.get(at).map(|instr| &instr.kind);
    matches!(kind, Some(Kind::Store { .. } | Kind::Atomic(_)))
}

fn is_load(code: &Code, at: usize) -> bool {
    let kind = code.instrs.get(at).map(|instr| &instr.kind);
    matches!(kind, Some(Kind::Load { .. }))
}

fn reader(h: &Drawn, tree: &SrcuTree, data: &SrcuData) -> ReaderView {
    let names = &h.moment.names;
    let cpu = usize::from(data.thread);
    let counter = |var: VarId| CounterView {
        cell: h.cell(
            h.moment.session.test().var_name(var).to_owned(),
            usize::from(var.0),
        ),
        pending: pending(h, cpu, var),
    };
    let ranks = [0, 1].map(|rank: usize| CountersView {
        lock: counter(data.locks[rank]),
        unlock: counter(data.unlocks[rank]),
    });
    let (state, text) = whereabouts(h, tree, data);
    ReaderView {
        cpu,
        name: names.cpu(cpu),
        ranks,
        state,
        text,
    }
}

/// What waits in the buffer of a CPU for a variable: the youngest store.
fn pending(h: &Drawn, cpu: usize, var: VarId) -> Option<String> {
    let names = &h.moment.names;
    let (code, c) = (names.p.cpus.get(cpu)?, h.moment.state.cpus.get(cpu)?);
    let waits = |at: &usize| {
        matches!(code.instrs[*at].kind, Kind::Store { .. })
            && var_of(code, *at) == Some(var)
            && c.begun & !c.done & (1 << at) != 0
    };
    let at = (0..code.instrs.len()).rev().find(waits)?;
    let value = names.stored(h.moment.state, cpu, at)?;
    Some(names.value(value))
}

/// Where a reader is, by the stores to its counters that it has done.
fn whereabouts(h: &Drawn, tree: &SrcuTree, data: &SrcuData) -> (ReaderState, String) {
    let names = &h.moment.names;
    let cpu = usize::from(data.thread);
    let outside = |text: &str| (ReaderState::Outside, text.to_owned());
    let (Some(code), Some(c)) = (names.p.cpus.get(cpu), h.moment.state.cpus.get(cpu)) else {
        return outside("not begun");
    };
    let mut found = outside("not begun");
    // What is furthest in program order says where it is.
    for at in 0..code.instrs.len() {
        let bit = 1 << at;
        let (begun, done) = (c.begun & bit != 0, c.done & bit != 0);
        if !begun {
            continue;
        }
        let Some(var) = var_of(code, at) else {
            continue;
        };
        let rank = |vars: [VarId; 2]| vars.iter().position(|v| *v == var);
        if var == tree.idx && is_load(code, at) {
            let value = h.moment.state.vals.get(names.p.global(cpu, at)).copied();
            let value = value.unwrap_or(0);
            found = (
                ReaderState::Fetched,
                format!("has fetched rank {value}, not counted in"),
            );
        } else if let Some(rank) = rank(data.locks).filter(|_| is_store(code, at)) {
            found = if done {
                (
                    ReaderState::Inside,
                    format!("inside, counted in rank {rank}"),
                )
            } else {
                (
                    ReaderState::Unseen,
                    format!("inside; its count in rank {rank} is in the buffer"),
                )
            };
        } else if let Some(rank) = rank(data.unlocks).filter(|_| is_store(code, at)) {
            found = if done {
                outside(&format!("out, counted in rank {rank}"))
            } else {
                (
                    ReaderState::Leaving,
                    format!("leaving; its unlock in rank {rank} is in the buffer"),
                )
            };
        }
    }
    found
}

/// A phase with its instructions.
struct Part {
    phase: GpPhase,
    instrs: Vec<usize>,
}

/// The grace periods, from the lines' phases: going back to an earlier phase begins the next.
fn periods(h: &Drawn, tree: &SrcuTree) -> Vec<PeriodView> {
    let test = h.moment.session.test();
    let threads = test.threads.iter().enumerate();
    let mut views = Vec::new();
    for (cpu, thread) in threads {
        let mut phases: Vec<(u16, GpPhase)> = Vec::new();
        collect(&thread.body, &mut phases);
        let Some(code) = h.moment.names.p.cpus.get(cpu) else {
            continue;
        };
        let mut periods: Vec<Vec<Part>> = Vec::new();
        for (stmt, phase) in phases {
            let last = periods.last().and_then(|period| period.last());
            match last.map(|part| part.phase.cmp(&phase)) {
                None | Some(std::cmp::Ordering::Greater) => periods.push(Vec::new()),
                _ => {}
            }
            let Some(period) = periods.last_mut() else {
                continue;
            };
            if period.last().is_none_or(|part| part.phase != phase) {
                period.push(Part {
                    phase,
                    instrs: Vec::new(),
                });
            }
            if let Some(part) = period.last_mut() {
                let of = code.instrs.iter().enumerate();
                let of = of.filter(|(_, instr)| instr.stmt == stmt).map(|(at, _)| at);
                part.instrs.extend(of);
            }
        }
        let period = periods.iter().map(|parts| period(h, tree, cpu, parts));
        views.extend(period);
    }
    views
}

fn collect(body: &[Stmt], out: &mut Vec<(u16, GpPhase)>) {
    for stmt in body {
        match &stmt.kind {
            StmtKind::If { then, els, .. } => {
                collect(then, out);
                collect(els, out);
            }
            StmtKind::Block(body) => collect(body, out),
            _ => out.extend(stmt.phase.map(|phase| (stmt.id, phase))),
        }
    }
}

fn period(h: &Drawn, tree: &SrcuTree, cpu: usize, parts: &[Part]) -> PeriodView {
    let p = h.moment.names.p;
    let c = h.moment.state.cpus.get(cpu).copied().unwrap_or_default();
    let code = &p.cpus[cpu];
    let mut phases: Vec<PhaseView> = Vec::new();
    let mut scans = Vec::new();
    for part in parts {
        let state = phase_state(code, c, tree, part);
        let begun = matches!(state, PhaseState::Running | PhaseState::Done);
        let pending =
            |earlier: &PhaseView| matches!(earlier.state, PhaseState::NotYet | PhaseState::Running);
        phases.push(PhaseView {
            phase: part.phase,
            name: phase_name(part.phase),
            state,
            early: begun && phases.iter().any(pending),
        });
        if matches!(part.phase, GpPhase::Scan1 | GpPhase::Scan2) {
            scans.push(scan(h, tree, cpu, part, state));
        }
    }
    let text = period_text(&phases, &scans);
    PeriodView {
        phases,
        scans,
        text,
    }
}

/// What of a phase says how far it is: the loads of a scan, the store to the index, a barrier,
/// what is done in the end.
fn phase_state(code: &Code, c: CpuState, tree: &SrcuTree, part: &Part) -> PhaseState {
    let counts = |at: usize| {
        let var = var_of(code, at);
        tree.cpus.iter().any(|d| d.vars().any(|v| Some(v) == var))
    };
    let speaks = |at: usize| match part.phase {
        GpPhase::Start | GpPhase::End => matches!(code.instrs[at].kind, Kind::Fence),
        GpPhase::Scan1 | GpPhase::Scan2 => is_load(code, at) && counts(at),
        GpPhase::Flip => is_store(code, at) && var_of(code, at) == Some(tree.idx),
        GpPhase::Callbacks => is_store(code, at),
    };
    let mask = part
        .instrs
        .iter()
        .filter(|at| speaks(**at))
        .fold(0_u64, |mask, at| mask | 1 << at)
        & !c.skipped;
    match mask {
        0 => PhaseState::LeftOut,
        _ if c.begun & mask == 0 => PhaseState::NotYet,
        _ if c.done & mask == mask => PhaseState::Done,
        _ => PhaseState::Running,
    }
}

fn scan(h: &Drawn, tree: &SrcuTree, cpu: usize, part: &Part, state: PhaseState) -> ScanView {
    let code = &h.moment.names.p.cpus[cpu];
    let skipped = h.moment.state.cpus.get(cpu).map_or(0, |c| c.skipped);
    let mut view = ScanView {
        name: phase_name(part.phase),
        rank: None,
        unlocks: SumView::default(),
        locks: SumView::default(),
        locks_first: false,
        result: ScanResult::Open,
    };
    let mut first: Option<bool> = None;
    for at in &part.instrs {
        if !is_load(code, *at) {
            continue;
        }
        let Some(var) = var_of(code, *at) else {
            continue;
        };
        let counted = tree.cpus.iter().find_map(|data| {
            let lock = data.locks.iter().position(|v| *v == var);
            let unlock = data.unlocks.iter().position(|v| *v == var);
            lock.map(|rank| (true, rank))
                .or(unlock.map(|rank| (false, rank)))
        });
        let Some((lock, rank)) = counted else {
            continue;
        };
        view.rank.get_or_insert(rank);
        if skipped & (1 << at) != 0 {
            continue;
        }
        first.get_or_insert(lock);
        let sum = if lock {
            &mut view.locks
        } else {
            &mut view.unlocks
        };
        let name = h.moment.session.test().var_name(var).to_owned();
        // Of two arms that are both open the first speaks for both.
        if !sum.parts.iter().any(|part| part.name == name) {
            sum.parts.push(value_read(h, cpu, *at, name));
        }
    }
    view.locks_first = first == Some(true);
    for sum in [&mut view.unlocks, &mut view.locks] {
        let parts = sum.parts.iter().map(|part| part.value);
        sum.total = parts
            .collect::<Option<Vec<i64>>>()
            .filter(|parts| !parts.is_empty())
            .map(|parts| {
                parts
                    .iter()
                    .fold(0_i64, |sum, part| sum.wrapping_add(*part))
            });
    }
    view.result = match (state, view.unlocks.total, view.locks.total) {
        (PhaseState::LeftOut, ..) => ScanResult::LeftOut,
        (_, Some(unlocks), Some(locks)) if unlocks == locks => ScanResult::Equal,
        (_, Some(_), Some(_)) => ScanResult::Differ,
        _ => ScanResult::Open,
    };
    view
}

fn value_read(h: &Drawn, cpu: usize, at: usize, name: String) -> PartView {
    let names = &h.moment.names;
    let done = h.moment.state.cpus.get(cpu).map_or(0, |c| c.done);
    let value = (done & (1 << at) != 0)
        .then(|| h.moment.state.vals.get(names.p.global(cpu, at)).copied())
        .flatten();
    let fresh = value.is_some() && h.just_read() == Some((cpu, at));
    let step = machine::Step {
        cpu: u8::try_from(cpu).unwrap_or(u8::MAX),
        at: u8::try_from(at).unwrap_or(u8::MAX),
        kind: machine::StepKind::Read,
    };
    PartView {
        name,
        value,
        fresh: fresh.then(|| names.p.name(step)),
    }
}

/// Where a grace period is.
fn period_text(phases: &[PhaseView], scans: &[ScanView]) -> String {
    let named = |phase: &PhaseView| {
        let scan = scans.iter().find(|scan| scan.name == phase.name);
        match scan.and_then(|scan| scan.rank) {
            Some(rank) => format!("{} of rank {rank}", phase.name),
            None => phase.name.to_owned(),
        }
    };
    let begun = |phase: &&PhaseView| matches!(phase.state, PhaseState::Running | PhaseState::Done);
    let Some(last) = phases.iter().rfind(begun) else {
        return "not started".to_owned();
    };
    let mut text = match (last.state, last.phase) {
        (PhaseState::Done, GpPhase::Callbacks) => "over, the callbacks have run".to_owned(),
        (PhaseState::Done, _) => format!("{} done", named(last)),
        _ => named(last),
    };
    if last.early {
        text.push_str(", though an earlier part is not done");
    }
    let seen = scans.iter().find(|s| s.result == ScanResult::Differ);
    if let Some(seen) = seen {
        text.push_str(&format!(
            "; {} has seen somebody: the kernel tries again, and this run does not count",
            seen.name
        ));
    }
    text
}
