//! Leaving a schedule, and taking it up again.

use machine::StepName;
use machine::run::Fate;

use super::Session;
use super::forks::{Fork, Forks, Place, Track};

impl Session {
    /// Takes up a schedule that was left, as far as it is possible now; the present one is left. False when there is
    /// none with this number.
    pub fn take_up(&mut self, fork: u32) -> bool {
        let left = (self.script.clone(), self.track());
        let Some(fork) = self.forks.take(fork) else {
            return false;
        };
        self.wish = fork.script.len();
        self.script = fork.script;
        self.replay();
        let lost = |fate: &Fate| matches!(fate, Fate::Impossible(_) | Fate::NotReached);
        self.switched = self.fates.iter().any(lost);
        let (script, track) = left;
        self.forks.leave(script, track, &self.names());
        true
    }

    /// The script and what it is, if another one loses something of it.
    pub(super) fn leaving(&self) -> Option<(Vec<StepName>, Track)> {
        (self.names().len() > self.at).then(|| (self.script.clone(), self.track()))
    }

    /// The script and what it is, where another one begins anew.
    pub(super) fn left_whole(&self) -> Option<(Vec<StepName>, Track)> {
        (!self.script.is_empty()).then(|| (self.script.clone(), self.track()))
    }

    /// What the present schedule is.
    pub(crate) fn track(&self) -> Track {
        let mut end = self.bare();
        end.at = end.len();
        let (sentence, bad) = crate::build::last(&end);
        Track {
            steps: self.names(),
            done: self.len(),
            sentence,
            bad,
        }
    }

    /// The steps of the present schedule: the run's, then those that are struck out.
    pub(crate) fn names(&self) -> Vec<StepName> {
        let lost = self.script.iter().zip(&self.fates);
        let lost = lost.filter(|(_, fate)| matches!(fate, Fate::Impossible(_) | Fate::NotReached));
        let mut names = self.run.schedule();
        names.extend(lost.map(|(name, _)| *name));
        names
    }

    /// The program is another: what every schedule is in it.
    pub(super) fn retrack(&mut self) {
        let bare = self.bare();
        self.forks.retrack(|script| {
            let mut session = bare.clone();
            session.script = script.to_vec();
            session.wish = script.len();
            session.replay();
            session.track()
        });
    }

    /// The schedules that were left, the last one first, each with its place below the present one.
    pub(crate) fn left(&self) -> Vec<(&Fork, Place)> {
        let places = self.forks.places(&self.names());
        self.forks.kept().iter().zip(places).collect()
    }

    /// The session without what it has left.
    fn bare(&self) -> Session {
        Session {
            id: self.id.clone(),
            test: self.test.clone(),
            resolved: self.resolved.clone(),
            source: self.source.clone(),
            setting: self.setting.clone(),
            model: self.model,
            flavour: self.flavour,
            script: self.script.clone(),
            wish: self.wish,
            fates: self.fates.clone(),
            run: self.run.clone(),
            at: self.at,
            switched: self.switched,
            forks: Forks::default(),
        }
    }
}
