//! The programs: lines with their marks, offers and reasons; store buffers.

use machine::eval::{Taken, taken};
use machine::masks::bits;
use machine::model::Class;
use machine::program::{Code, Kind, Mask, StoreRole};
use machine::state::BranchState;
use machine::{Effect, Reason, Step, StepKind};

use super::{Moment, foresight, instruction};
use crate::listing::{Line, LineKind};
use crate::reason;
use crate::sentence::{self, Event};
use crate::view::{Band, BufferEntry, CpuKind, CpuView, LineView, Mark, Mode, Offer, ToggleView};

/// All programs.
pub(super) fn cpus(moment: &Moment, toggles: &[ToggleView]) -> Vec<CpuView> {
    let mut index = 0;
    let p = moment.names.p;
    (0..p.cpus.len())
        .map(|cpu| Cpu::new(moment, cpu).view(toggles, &mut index))
        .collect()
}

struct Cpu<'a> {
    moment: &'a Moment<'a>,
    cpu: usize,
    code: &'a Code,
    /// The next event of each instruction, and why it may not happen.
    reasons: Vec<(Step, Reason)>,
    /// Undone and not done again.
    undone: Mask,
    /// Done before an earlier line.
    early: Mask,
}

impl<'a> Cpu<'a> {
    fn new(moment: &'a Moment<'a>, cpu: usize) -> Self {
        let mut reasons = Vec::new();
        moment.names.p.look(moment.state, cpu, |step, plan| {
            if let Err(reason) = plan {
                reasons.push((step, reason));
            }
        });
        let mut undone = 0;
        let mut early = 0;
        let run = moment.session.run();
        let steps = run.done().get(..moment.session.at()).unwrap_or_default();
        for (number, done) in steps.iter().enumerate() {
            if usize::from(done.step.cpu) != cpu {
                continue;
            }
            let event = Event {
                step: done.step,
                effects: &done.effects,
                before: run.state_at(number),
                after: run.state_at(number + 1),
            };
            if event.overtaken(&moment.names).is_some() {
                early |= 1 << done.step.at;
            }
            for effect in &done.effects {
                if let Effect::Undone { at, .. } = effect {
                    undone |= 1 << at;
                    early &= !(1 << at);
                }
            }
        }
        let begun = moment.state.cpus.get(cpu).map_or(0, |c| c.begun);
        Cpu {
            moment,
            cpu,
            code: &moment.names.p.cpus[cpu],
            reasons,
            undone: undone & !begun,
            early,
        }
    }

    fn view(&self, toggles: &[ToggleView], index: &mut usize) -> CpuView {
        let n = &self.moment.names;
        let kind = n.cpu_kind(self.cpu);
        let thread = self
            .moment
            .session
            .test()
            .threads
            .get(usize::from(self.code.thread));
        let name = n.cpu(self.cpu).trim_start_matches("the ").to_owned();
        let plain = thread.map_or("", |t| t.name.as_str());
        let detail = match kind {
            CpuKind::Worker => "kworker",
            _ if name == plain => "",
            _ => plain,
        };
        let c = self
            .moment
            .state
            .cpus
            .get(self.cpu)
            .copied()
            .unwrap_or_default();
        let all = machine::masks::range(0, self.code.instrs.len());
        CpuView {
            id: cpu_id(n.p.cpu_name(self.cpu)),
            name,
            detail: detail.to_owned(),
            kind,
            bands: self.bands(toggles, index),
            has_buffer: n.p.model.buffered,
            buffer: self.buffer(),
            buffer_room: n.p.buffer_room(self.cpu),
            over: all & !(c.done | c.skipped) == 0,
        }
    }

    fn bands(&self, toggles: &[ToggleView], index: &mut usize) -> Vec<Band> {
        let mut bands: Vec<Band> = Vec::new();
        for line in self.moment.names.listing.lines(self.cpu) {
            let mode = line.mode.map(|mode| match mode {
                litmus::Mode::Guest => Mode::Guest,
                litmus::Mode::Host => Mode::Host,
                litmus::Mode::User => Mode::User,
            });
            let function = line.place.as_ref().map(|p| p.function.clone());
            let file = line.place.as_ref().and_then(|p| p.file.clone());
            let view = self.line(line, toggles, index);
            match bands.last_mut() {
                Some(band) if band.mode == mode && band.function == function => {
                    band.lines.push(view);
                }
                _ => bands.push(Band {
                    mode,
                    function,
                    file,
                    lines: vec![view],
                }),
            }
        }
        bands
    }

    /// The instructions of a line.
    fn instrs(&self, line: &Line) -> Vec<usize> {
        if line.off || line.kind == LineKind::Else {
            return Vec::new();
        }
        let of = |i: &usize| {
            let instr = &self.code.instrs[*i];
            instr.stmt == line.stmt && line.parts.contains(&instr.part)
        };
        (0..self.code.instrs.len()).filter(of).collect()
    }

    fn branch(&self, line: &Line) -> Option<u8> {
        if line.off || line.kind != LineKind::If {
            return None;
        }
        self.code
            .branches
            .iter()
            .position(|b| b.stmt == line.stmt)
            .map(|b| b as u8)
    }

    fn line(&self, line: &Line, toggles: &[ToggleView], index: &mut usize) -> LineView {
        let instrs = self.instrs(line);
        let branch = self.branch(line);
        let here = |step: &&Step| {
            usize::from(step.cpu) == self.cpu
                && match instruction(**step) {
                    Some(at) => instrs.contains(&at),
                    None => branch == Some(step.at),
                }
        };
        let steps: Vec<Step> = self.moment.offers.iter().filter(here).copied().collect();
        let mark = self.mark(line, &instrs, branch, !steps.is_empty());
        let reason = self.reason(&instrs, mark);
        let state_text = self.state_text(mark, &instrs, branch, reason.as_deref());
        let offers = steps
            .into_iter()
            .map(|step| self.offer(step, index))
            .collect();
        LineView {
            stmt: line.stmt,
            number: line.number,
            text: line.text.clone(),
            indent: line.indent,
            mark,
            state_text,
            offers,
            reason,
            toggle: line
                .toggle
                .filter(|_| line.kind != LineKind::Else)
                .and_then(|id| toggles.iter().find(|t| t.id == id).cloned()),
        }
    }

    fn mark(&self, line: &Line, instrs: &[usize], branch: Option<u8>, offered: bool) -> Mark {
        if line.off {
            return Mark::Off;
        }
        let s = self.moment.state;
        let Some(c) = s.cpus.get(self.cpu) else {
            return Mark::Silent;
        };
        let of = |mask: Mask| instrs.iter().filter(|i| mask & (1 << **i) != 0).count();
        if let Some(branch) = branch
            && of(!(c.done | c.skipped)) == 0
        {
            let arms = &self.code.branches[usize::from(branch)].arms;
            return match s.branch(self.cpu, branch) {
                _ if matches!(taken(s, self.cpu, arms), Taken::No(0)) => Mark::NotTaken,
                BranchState::Resolved(_) => Mark::Done,
                BranchState::Predicted(_) => Mark::Speculative,
                BranchState::Open if offered => Mark::Ready,
                BranchState::Open => Mark::Waiting,
            };
        }
        if instrs.is_empty() {
            return Mark::Silent;
        }
        if of(c.freed | c.garbage | c.bad) > 0 {
            return Mark::Bad;
        }
        if of(c.skipped) == instrs.len() {
            return Mark::NotTaken;
        }
        if of(c.begun) == 0 {
            return match (of(self.undone) > 0, offered) {
                (true, _) => Mark::Undone,
                (_, true) => Mark::Ready,
                _ => Mark::Waiting,
            };
        }
        let guess = |i: &usize| s.guess(self.moment.names.p.global(self.cpu, *i)) != 0;
        if instrs.iter().any(|i| c.begun & (1 << i) != 0 && guess(i)) {
            return Mark::Speculative;
        }
        if of(c.done | c.skipped) < instrs.len() {
            let last = instrs
                .iter()
                .rev()
                .find(|i| c.begun & !c.done & (1 << **i) != 0);
            return match last.map(|i| &self.code.instrs[*i].kind) {
                Some(Kind::Store { .. }) => Mark::Buffered,
                _ => Mark::Running,
            };
        }
        if instrs.iter().any(|i| self.early & (1 << i) != 0) {
            Mark::Early
        } else {
            Mark::Done
        }
    }

    /// Why the line's next event may not happen.
    fn reason(&self, instrs: &[usize], mark: Mark) -> Option<String> {
        if matches!(mark, Mark::Off | Mark::NotTaken | Mark::Silent) {
            return None;
        }
        let (step, reason) = self.reasons.iter().find(|(step, reason)| {
            instruction(*step).is_some_and(|at| instrs.contains(&at)) && *reason != Reason::Done
        })?;
        Some(self.clause(*step, *reason))
    }

    fn clause(&self, step: Step, reason: Reason) -> String {
        let moment = self.moment;
        reason::clause(
            &moment.names,
            moment.state,
            self.cpu,
            instruction(step),
            reason,
        )
    }

    fn state_text(
        &self,
        mark: Mark,
        instrs: &[usize],
        branch: Option<u8>,
        reason: Option<&str>,
    ) -> String {
        match mark {
            Mark::Silent => String::new(),
            Mark::Off => "switched off".to_owned(),
            Mark::NotTaken => "not taken".to_owned(),
            Mark::Ready => "now".to_owned(),
            Mark::Undone => "undone".to_owned(),
            Mark::Waiting => match (reason, branch) {
                (Some(reason), _) => reason.to_owned(),
                (None, Some(_)) => "not decided yet".to_owned(),
                (None, None) => "waits".to_owned(),
            },
            Mark::Buffered if instrs.iter().any(|at| self.queues(*at)) => {
                "called, not queued yet".to_owned()
            }
            Mark::Buffered => "in the store buffer".to_owned(),
            Mark::Running => reason.map_or_else(|| "may end now".to_owned(), str::to_owned),
            Mark::Done | Mark::Early | Mark::Speculative | Mark::Bad => {
                let text = match branch.map(|b| self.moment.state.branch(self.cpu, b)) {
                    Some(BranchState::Resolved(true)) => "taken".to_owned(),
                    Some(BranchState::Resolved(false)) => "not taken".to_owned(),
                    Some(BranchState::Predicted(true)) => "guess: taken".to_owned(),
                    Some(BranchState::Predicted(false)) => "guess: not taken".to_owned(),
                    _ => self.result(instrs),
                };
                match mark {
                    Mark::Early => format!("early: {text}"),
                    Mark::Speculative if branch.is_none() => format!("guess: {text}"),
                    Mark::Bad => self.bad(instrs),
                    _ => text,
                }
            }
        }
    }

    /// Whether an instruction is a `call_srcu()`.
    fn queues(&self, at: usize) -> bool {
        let role = self.code.instrs.get(at).map(|instr| &instr.kind);
        matches!(
            role,
            Some(Kind::Store {
                role: StoreRole::Queue(_)
            })
        )
    }

    fn bad(&self, instrs: &[usize]) -> String {
        let c = self
            .moment
            .state
            .cpus
            .get(self.cpu)
            .copied()
            .unwrap_or_default();
        let freed = instrs.iter().any(|i| c.freed & (1 << i) != 0);
        let double = instrs.iter().any(|i| {
            matches!(
                self.code.instrs[*i].kind,
                Kind::Store {
                    role: StoreRole::Free
                }
            )
        });
        match (freed, double) {
            (true, true) => "double free".to_owned(),
            (true, false) => "use after free".to_owned(),
            (false, _) if instrs.iter().any(|i| c.bad & (1 << i) != 0) => "bad pointer".to_owned(),
            (false, _) => "uninitialised read".to_owned(),
        }
    }

    /// What a line that is done has done.
    fn result(&self, instrs: &[usize]) -> String {
        let n = &self.moment.names;
        let s = self.moment.state;
        let c = s.cpus.get(self.cpu).copied().unwrap_or_default();
        let Some(&at) = instrs.iter().rev().find(|i| c.begun & (1 << **i) != 0) else {
            return "done".to_owned();
        };
        let value = s.vals.get(n.p.global(self.cpu, at)).copied().unwrap_or(0);
        match &self.code.instrs[at].kind {
            Kind::Load { wait: true } => "queued".to_owned(),
            Kind::Load { .. } => format!("read {}", n.value(value)),
            Kind::Atomic(machine::program::Atomic::SpinLock) => "taken".to_owned(),
            Kind::Atomic(_) if c.failed & (1 << at) != 0 => {
                format!("read {}, stored nothing", n.value(value))
            }
            Kind::Atomic(_) => format!("read {}", n.value(value)),
            Kind::Store {
                role: StoreRole::Free,
            } => "freed".to_owned(),
            Kind::Store {
                role: StoreRole::Queue(_),
            } => "queued".to_owned(),
            Kind::Store {
                role: StoreRole::SpinUnlock,
            } => "given back".to_owned(),
            Kind::Store { .. } => "in memory".to_owned(),
            Kind::Lock(section) if s.inside & (1 << section) != 0 => "inside".to_owned(),
            Kind::Lock(_) => "done".to_owned(),
            Kind::RcuUnlock | Kind::SrcuUnlock { .. } => "outside".to_owned(),
            Kind::GracePeriod(_) => "over".to_owned(),
            Kind::Fence | Kind::Barrier(_) => "done".to_owned(),
        }
    }

    fn offer(&self, step: Step, index: &mut usize) -> Offer {
        *index += 1;
        let n = &self.moment.names;
        let (preview, foresight) = foresight::foresight(self.moment, step);
        Offer {
            step: n.p.name(step),
            label: sentence::offer(n, self.moment.state, step),
            action: sentence::action(n, step),
            preview,
            foresight,
            index: *index,
        }
    }

    /// Stores that have left the program and not reached memory, in program order.
    fn buffer(&self) -> Vec<BufferEntry> {
        let n = &self.moment.names;
        let s = self.moment.state;
        let Some(c) = s.cpus.get(self.cpu) else {
            return Vec::new();
        };
        let waiting = self.code.writes & c.begun & !c.done & !c.failed & !self.code.split;
        let mut entries = Vec::new();
        for at in bits(waiting) {
            let instr = &self.code.instrs[at];
            if instr.class.meets(Class::ATOMIC) {
                continue;
            }
            let drain = Step {
                cpu: self.cpu as u8,
                at: at as u8,
                kind: StepKind::Drain,
            };
            let reason = self.reasons.iter().find(|(step, _)| *step == drain);
            let place = n.location(s, self.cpu, at);
            entries.push(BufferEntry {
                loc: match instr.kind {
                    Kind::Store {
                        role: StoreRole::Queue(_),
                    } => "call_srcu()".to_owned(),
                    _ => place.map(|loc| n.loc(loc)).unwrap_or_default(),
                },
                value: n
                    .stored(s, self.cpu, at)
                    .map(|v| n.value(v))
                    .unwrap_or_default(),
                stmt: instr.stmt,
                number: n.number(self.cpu, at),
                drain: n.p.name(drain),
                step: reason.is_none().then(|| n.p.name(drain)),
                reason: reason.map(|(step, reason)| self.clause(*step, *reason)),
            });
        }
        entries
    }
}

/// The name of a CPU in the page, as in the names of its steps.
pub(super) fn cpu_id(name: machine::CpuName) -> String {
    match name {
        machine::CpuName::Thread(t) => t.to_string(),
        machine::CpuName::Worker(t, stmt, 0) => format!("w{t}-{stmt}"),
        machine::CpuName::Worker(t, stmt, part) => format!("w{t}-{stmt}~{part}"),
    }
}
