//! The time line: one updater, one domain.

use crate::figures::bytes;
use crate::{
    Event, MOST, Nanos, Operation, Period, Policy, Retired, Task, TimeLine, Times, What, Workload,
};

/// All that happens with a policy.
#[must_use]
pub fn simulate(policy: Policy, workload: Workload, times: Times) -> TimeLine {
    let mut clock = Clock {
        times,
        line: TimeLine {
            policy,
            operations: Vec::new(),
            periods: Vec::new(),
            retired: Vec::new(),
            events: Vec::new(),
        },
        running: None,
        asked: None,
    };
    let mut now = 0;
    for number in 0..workload.registrations.min(MOST) {
        now = clock.register(now, number).saturating_add(workload.pause);
    }
    if policy == Policy::CallbackThenWait {
        clock.wait_only(now);
    }
    clock.until(Nanos::MAX);
    clock.line
}

/// The time line while it grows.
struct Clock {
    times: Times,
    line: TimeLine,
    /// The grace period that runs.
    running: Option<usize>,
    /// Requests that came while it ran share the next: whether that is to be expedited.
    asked: Option<bool>,
}

impl Clock {
    fn event(&mut self, at: Nanos, what: What) {
        self.line.events.push(Event { at, what });
    }

    /// A registration that is called at `now`. Gives when it returns.
    fn register(&mut self, now: Nanos, number: usize) -> Nanos {
        let operation = self.begin(now, Task::Register(number));
        let published = now.saturating_add(self.times.work);
        self.until(published);
        let callback = self.line.policy != Policy::Wait;
        let array = self.line.retired.len();
        self.event(published, What::Retire(array));
        // The array's place among its likes comes first: the grace period may start at once.
        let period = self.next_period();
        self.line.retired.push(Retired {
            by: number,
            at: published,
            period,
            freed: Nanos::MAX,
            bytes: bytes(number),
            callback,
        });
        self.ask(published, !callback);
        let returns = if callback {
            published
        } else {
            self.over(period)
        };
        self.finish(operation, published, returns)
    }

    /// An operation that waits for an expedited grace period.
    fn wait_only(&mut self, now: Nanos) {
        let operation = self.begin(now, Task::Wait);
        let period = self.next_period();
        self.ask(now, true);
        let returns = self.over(period);
        self.finish(operation, now, returns);
    }

    fn begin(&mut self, now: Nanos, task: Task) -> usize {
        self.until(now);
        let operation = self.line.operations.len();
        self.event(now, What::Begin(operation));
        self.line.operations.push(Operation {
            task,
            begins: now,
            returns: now,
            waited: 0,
        });
        operation
    }

    fn finish(&mut self, operation: usize, waits_from: Nanos, returns: Nanos) -> Nanos {
        if let Some(operation) = self.line.operations.get_mut(operation) {
            operation.returns = returns;
            operation.waited = returns - waits_from;
        }
        self.event(returns, What::Return(operation));
        returns
    }

    /// The grace period that a request made now will get: a full one, so never the one that runs.
    fn next_period(&self) -> usize {
        self.line.periods.len()
    }

    /// Asks for a grace period.
    fn ask(&mut self, now: Nanos, expedited: bool) {
        if self.running.is_some() {
            self.asked = Some(expedited || self.asked == Some(true));
        } else {
            self.start(now, expedited);
        }
    }

    fn start(&mut self, now: Nanos, expedited: bool) {
        let length = if expedited {
            self.times.expedited
        } else {
            self.times.normal
        };
        let period = self.line.periods.len();
        self.line.periods.push(Period {
            expedited,
            starts: now,
            ends: now.saturating_add(length),
        });
        self.running = Some(period);
        self.event(now, What::Start(period));
    }

    /// Lets everything happen that the domain does up to a time.
    fn until(&mut self, now: Nanos) {
        while let Some((period, ends)) = self.ending()
            && ends <= now
        {
            self.end(period, ends);
        }
    }

    fn ending(&self) -> Option<(usize, Nanos)> {
        let period = self.running?;
        Some((period, self.line.periods.get(period)?.ends))
    }

    fn end(&mut self, period: usize, now: Nanos) {
        self.running = None;
        self.event(now, What::End(period));
        let freed: Vec<usize> = (0..self.line.retired.len())
            .rev()
            .take_while(|n| self.line.retired[*n].period >= period)
            .filter(|n| self.line.retired[*n].period == period)
            .collect();
        for array in freed.into_iter().rev() {
            self.line.retired[array].freed = now;
            self.event(now, What::Free(array));
        }
        if let Some(expedited) = self.asked.take() {
            self.start(now, expedited);
        }
    }

    /// Lets time pass until a grace period is over. Gives when that is.
    fn over(&mut self, period: usize) -> Nanos {
        while let Some((running, ends)) = self.ending() {
            self.end(running, ends);
            if running == period {
                return ends;
            }
        }
        self.line.periods.get(period).map_or(0, |p| p.ends)
    }
}
