//! The SRCU domain: which grace period runs, and what was asked for meanwhile.
//!
//! A normal grace period starts when it is asked for, and its worker begins when a timer fires, one to two ticks later.
//! An expedited request that comes meanwhile does not shorten the timer (our inference from srcutree.c of 7.1-rc); it
//! gets the next grace period, as every request does that comes while one runs. The worker of that one begins at once.

use crate::policy::Hurry;
use crate::{Nanos, Period, Sections, Times};

/// See the module.
pub(crate) struct Domain {
    times: Times,
    readers: Option<Sections>,
    /// All grace periods, in order.
    pub periods: Vec<Period>,
    /// The last one runs.
    running: bool,
    /// Its worker has begun.
    looks: bool,
    /// Requests that came while it ran share the next: whether that is to be expedited.
    asked: Option<bool>,
}

/// What a domain does of itself.
pub(crate) enum Tick {
    /// A worker begins.
    Worker(usize),
    /// A grace period ends.
    End(usize),
}

impl Domain {
    pub fn new(times: Times, readers: Option<Sections>) -> Domain {
        Domain {
            times,
            readers,
            periods: Vec::new(),
            running: false,
            looks: false,
            asked: None,
        }
    }

    /// The grace period that a request made now will get: a full one, so never the one that runs.
    pub fn next(&self) -> usize {
        self.periods.len()
    }

    /// Asks for a grace period. Gives the one that starts at once, if any does.
    pub fn ask(&mut self, now: Nanos, hurry: Hurry) -> Option<usize> {
        let expedited = match hurry {
            Hurry::Expedited => true,
            Hurry::Normal => false,
            Hurry::IfIdle => self.idle(now),
        };
        if self.running {
            self.asked = Some(expedited || self.asked == Some(true));
            return None;
        }
        let worker = if expedited {
            now
        } else {
            self.times.timer(now)
        };
        Some(self.start(now, worker, expedited))
    }

    /// Nobody asks for anything, and nobody has for longer than the hold-off.
    fn idle(&self, now: Nanos) -> bool {
        let rested = |last: &Period| now.saturating_sub(last.ends) > self.times.hold_off;
        !self.running && self.periods.last().is_none_or(rested)
    }

    fn start(&mut self, now: Nanos, worker: Nanos, expedited: bool) -> usize {
        let alone = self.readers.map_or(worker, |readers| readers.left(worker));
        self.periods.push(Period {
            expedited,
            starts: now,
            worker,
            ends: alone.saturating_add(self.times.period),
        });
        self.running = true;
        self.looks = worker == now;
        self.periods.len() - 1
    }

    /// When something happens next of itself.
    pub fn due(&self) -> Option<Nanos> {
        let period = self.periods.last().filter(|_| self.running)?;
        Some(if self.looks {
            period.ends
        } else {
            period.worker
        })
    }

    /// Lets it happen.
    pub fn step(&mut self) -> Option<Tick> {
        let number = self.periods.len().checked_sub(1).filter(|_| self.running)?;
        if self.looks {
            self.running = false;
            return Some(Tick::End(number));
        }
        self.looks = true;
        Some(Tick::Worker(number))
    }

    /// Starts the next grace period where one was asked for meanwhile. Its worker begins at once.
    pub fn restart(&mut self, now: Nanos) -> Option<usize> {
        let expedited = self.asked.take()?;
        Some(self.start(now, now, expedited))
    }
}
