//! What the steps of a run did, by instruction.

use machine::state::INITIAL;
use machine::{Effect, Run, StepKind};

/// What a read found.
#[derive(Clone, Copy)]
pub(super) struct Read {
    pub step: usize,
    pub loc: usize,
    pub value: i64,
    /// The instruction that stored it; none for the initial value.
    pub source: Option<usize>,
}

/// What a store stores.
#[derive(Clone, Copy)]
pub(super) struct Write {
    pub step: usize,
    pub loc: usize,
    pub value: i64,
}

/// By instruction of the whole program.
pub(super) struct Trace {
    /// The first step of the instruction that has not been undone.
    pub began: Vec<Option<usize>>,
    /// The last that did more than spread what memory had taken.
    pub ended: Vec<Option<usize>>,
    /// Memory has taken its store.
    stored: Vec<bool>,
    pub got: Vec<Option<Read>>,
    pub wrote: Vec<Option<Write>>,
    /// By location: the instructions whose stores memory has taken, in that order.
    pub order: Vec<Vec<usize>>,
}

impl Trace {
    pub fn of(run: &Run, steps: usize) -> Trace {
        let p = run.program();
        let mut trace = Trace {
            began: vec![None; p.instrs],
            ended: vec![None; p.instrs],
            stored: vec![false; p.instrs],
            got: vec![None; p.instrs],
            wrote: vec![None; p.instrs],
            order: vec![Vec::new(); p.locs.len()],
        };
        for (number, done) in run.done().iter().enumerate().take(steps) {
            let cpu = usize::from(done.step.cpu);
            let predicts = matches!(
                done.step.kind,
                StepKind::PredictTaken
                    | StepKind::PredictNot
                    | StepKind::PredictFail
                    | StepKind::Reach(_)
            );
            if !predicts {
                let g = p.global(cpu, usize::from(done.step.at));
                trace.began[g].get_or_insert(number);
                if !trace.stored[g] {
                    trace.ended[g] = Some(number);
                }
            }
            for effect in &done.effects {
                let g = p.global(cpu, usize::from(done.step.at));
                trace.effect(run, number, cpu, g, effect);
            }
        }
        trace
    }

    /// Some load has found what this instruction stores.
    pub fn is_read(&self, g: usize) -> bool {
        self.got.iter().flatten().any(|read| read.source == Some(g))
    }

    fn effect(&mut self, run: &Run, number: usize, cpu: usize, g: usize, effect: &Effect) {
        let (p, step) = (run.program(), number);
        match *effect {
            Effect::Got {
                loc,
                value,
                source,
                forwarded,
            } => {
                let loc = usize::from(loc);
                // What is in no store buffer yet has made no step of its own.
                let source = if forwarded {
                    (source != INITIAL).then_some(usize::from(source))
                } else {
                    let writer = run.writer_of(step).and_then(|step| run.done().get(step));
                    writer
                        .map(|done| p.global(usize::from(done.step.cpu), usize::from(done.step.at)))
                };
                if let Some(store) = source.filter(|_| forwarded) {
                    self.began[store].get_or_insert(step);
                    self.wrote[store].get_or_insert(Write { step, loc, value });
                }
                self.got[g] = Some(Read {
                    step,
                    loc,
                    value,
                    source,
                });
            }
            Effect::Buffered { loc, value } => {
                let loc = usize::from(loc);
                self.wrote[g] = Some(Write { step, loc, value });
            }
            Effect::Stored { loc, value, .. } => {
                let loc = usize::from(loc);
                let step = self.wrote[g].map_or(step, |write| write.step);
                self.wrote[g] = Some(Write { step, loc, value });
                // What a bad pointer leads to is no memory.
                self.ended[g] = Some(number);
                self.stored[g] = true;
                if loc != p.wild() {
                    self.order[loc].push(g);
                }
            }
            Effect::Undone { at, .. } => {
                let g = p.global(cpu, usize::from(at));
                self.began[g] = None;
                self.ended[g] = None;
                self.got[g] = None;
                self.wrote[g] = None;
            }
            _ => {}
        }
    }
}
