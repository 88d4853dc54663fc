//! The script in another program: what of it is still possible, and where the
//! reader is then.

use machine::run::Fate;
use machine::{Run, StepKind, StepName};

use super::Session;

impl Session {
    /// Replays the script in the current program, and puts the cursor where the
    /// reader was, as far as the run goes.
    pub(super) fn replay(&mut self) {
        // Without store buffers nothing goes into one.
        let buffered = self.model.buffered;
        let known = |name: &&StepName| buffered || name.kind != StepKind::Enter;
        let schedule: Vec<StepName> = self.script.iter().filter(known).copied().collect();
        let replay = Run::replay(self.run.program(), &schedule);
        let mut fates = replay.fates.into_iter().map(|(_, fate)| fate);
        let fate = |name: &StepName| match known(&name) {
            true => fates.next().unwrap_or(Fate::Gone),
            false => Fate::Gone,
        };
        self.fates = self.script.iter().map(fate).collect();
        self.run = replay.run;
        self.at = self.place_of(self.wish);
    }

    /// How many steps of the run stand for the first `wish` of the script. Steps
    /// that the replay put in belong to the one behind them.
    pub(super) fn place_of(&self, wish: usize) -> usize {
        let done = |fate: &Fate| match fate {
            Fate::Done(at) => Some(*at),
            _ => None,
        };
        if wish == 0 {
            return 0;
        }
        if wish >= self.script.len() {
            return self.len();
        }
        let before = self.fates.get(..wish).unwrap_or_default();
        let place = before.iter().filter_map(done).map(|at| at + 1).max();
        place.unwrap_or(0).min(self.len())
    }

    /// The smallest number of steps of the script that leads to `at`.
    pub(super) fn wish_of(&self, at: usize) -> usize {
        if at == self.len() && !self.fates.iter().any(|f| !matches!(f, Fate::Done(_))) {
            return self.script.len();
        }
        self.fates
            .iter()
            .rposition(|fate| matches!(fate, Fate::Done(i) if *i < at))
            .map_or(0, |i| i + 1)
    }

    /// The script with the steps that the replay put in, and where the cursor is in it.
    pub(super) fn written_out(&self) -> (Vec<StepName>, usize) {
        let run = self.run.schedule();
        let mut out = Vec::new();
        let mut cursor = 0;
        let mut next = 0;
        let mut emit = |to: usize, out: &mut Vec<StepName>| {
            while next < to.min(run.len()) {
                out.extend(run.get(next));
                next += 1;
                if next <= self.at {
                    cursor = out.len();
                }
            }
        };
        for (name, fate) in self.script.iter().zip(&self.fates) {
            match fate {
                Fate::Done(at) => emit(at + 1, &mut out),
                Fate::Gone => out.push(*name),
                Fate::Impossible(_) | Fate::NotReached => {
                    emit(run.len(), &mut out);
                    out.push(*name);
                }
            }
        }
        emit(run.len(), &mut out);
        (out, cursor)
    }
}
