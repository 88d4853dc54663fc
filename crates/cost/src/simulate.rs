//! The time line: one updater, one domain.

use crate::domain::{Domain, Tick};
use crate::figures::bytes;
use crate::policy::{Hurry, Method};
use crate::{
    Event, MOST, Nanos, Operation, Policy, Retired, Task, TimeLine, Times, What, Workload,
};

/// All that happens with a policy.
#[must_use]
pub fn simulate(policy: Policy, workload: Workload, times: Times) -> TimeLine {
    let mut clock = Clock {
        times,
        workload,
        domain: Domain::new(times, workload.readers),
        line: TimeLine {
            policy,
            operations: Vec::new(),
            periods: Vec::new(),
            retired: Vec::new(),
            events: Vec::new(),
        },
    };
    let devices = (0..workload.registrations.min(MOST)).map(Task::Register);
    let mut now = 0_u64;
    for task in devices.chain(workload.later) {
        now = clock.operation(now.saturating_add(workload.pause), task);
    }
    clock.until(Nanos::MAX);
    clock.line.periods = clock.domain.periods;
    clock.line
}

/// The time line while it grows.
struct Clock {
    times: Times,
    workload: Workload,
    domain: Domain,
    line: TimeLine,
}

impl Clock {
    fn event(&mut self, at: Nanos, what: What) {
        self.line.events.push(Event { at, what });
    }

    /// An operation that is called at `now`. Gives when it returns.
    fn operation(&mut self, now: Nanos, task: Task) -> Nanos {
        self.until(now);
        let number = self.line.operations.len();
        self.event(now, What::Begin(number));
        self.line.operations.push(Operation {
            task,
            begins: now,
            returns: now,
            waited: 0,
        });
        let policy = self.line.policy;
        let devices = self.workload.registrations.min(MOST);
        let (work, method, retires) = match task {
            Task::Register(device) => {
                let method = policy.register(self.workload.vcpus);
                (self.times.work, method, Some(bytes(device)))
            }
            Task::Unregister => (self.times.work, policy.unregister(), Some(bytes(devices))),
            Task::CreateVcpu => (self.times.create_vcpu, Method::Wait(Hurry::Expedited), None),
            Task::SetMemory => (self.times.set_memory, Method::Wait(Hurry::Expedited), None),
        };
        let worked = now.saturating_add(work);
        self.until(worked);
        let period = self.domain.next();
        let (hurry, callback) = match method {
            Method::Wait(hurry) => (hurry, false),
            Method::Callback(hurry) => (hurry, true),
        };
        if let Some(bytes) = retires {
            // The array's place among its likes comes first: the grace period may start at once.
            self.event(worked, What::Retire(self.line.retired.len()));
            self.line.retired.push(Retired {
                by: number,
                at: worked,
                period,
                freed: Nanos::MAX,
                bytes,
                callback,
            });
        }
        if let Some(started) = self.domain.ask(worked, hurry) {
            self.event(worked, What::Start(started));
        }
        let returns = if callback { worked } else { self.over(period) };
        if let Some(operation) = self.line.operations.get_mut(number) {
            operation.returns = returns;
            operation.waited = returns - worked;
        }
        self.event(returns, What::Return(number));
        returns
    }

    /// Lets everything happen that the domain does up to a time.
    fn until(&mut self, now: Nanos) {
        while self.domain.due().is_some_and(|due| due <= now) {
            self.step();
        }
    }

    /// Lets time pass until a grace period is over. Gives when that is.
    fn over(&mut self, period: usize) -> Nanos {
        while let Some(due) = self.domain.due() {
            if self.step() == Some(period) {
                return due;
            }
        }
        self.domain.periods.get(period).map_or(0, |p| p.ends)
    }

    /// What the domain does next. Gives the grace period that has ended.
    fn step(&mut self) -> Option<usize> {
        let now = self.domain.due()?;
        match self.domain.step()? {
            Tick::Worker(period) => {
                self.event(now, What::Worker(period));
                None
            }
            Tick::End(period) => {
                self.ended(now, period);
                Some(period)
            }
        }
    }

    fn ended(&mut self, now: Nanos, period: usize) {
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
        if let Some(next) = self.domain.restart(now) {
            self.event(now, What::Start(next));
        }
    }
}
