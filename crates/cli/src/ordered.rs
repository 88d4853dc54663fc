//! Work on several threads, results in order.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// How many units for each thread may be ahead of the oldest that is not done:
/// results that wait for it take memory.
const AHEAD: usize = 32;

/// Tells work that nobody wants its result any more.
#[derive(Debug, Default)]
pub struct Stop(AtomicBool);

impl Stop {
    /// Whether to give up.
    pub fn asked(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

struct Shared<T> {
    /// The next unit that nobody works on.
    next: usize,
    /// How many results have been handed over.
    handed: usize,
    /// Results that wait for an earlier one.
    waiting: BTreeMap<usize, T>,
    /// Threads that still work.
    workers: usize,
}

struct Board<T> {
    shared: Mutex<Shared<T>>,
    changed: Condvar,
    stop: Stop,
}

impl<T> Board<T> {
    /// A thread that panicked has left nothing half done here: each change is one statement.
    fn lock(&self) -> MutexGuard<'_, Shared<T>> {
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wait<'a>(&self, guard: MutexGuard<'a, Shared<T>>) -> MutexGuard<'a, Shared<T>> {
        self.changed
            .wait(guard)
            .unwrap_or_else(PoisonError::into_inner)
    }
}

/// Counts a worker out, also when it panics: nobody waits for it then.
struct Worker<'b, T>(&'b Board<T>);

impl<T> Drop for Worker<'_, T> {
    fn drop(&mut self) {
        self.0.lock().workers -= 1;
        self.0.changed.notify_all();
    }
}

/// Does units `0..count` on `jobs` threads and hands each result to `each`, in
/// order, as soon as all before it have been handed over. `each` runs on the
/// calling thread; when it breaks, the rest is left undone.
pub fn in_order<T: Send>(
    count: usize,
    jobs: usize,
    work: impl Fn(usize, &Stop) -> T + Sync,
    mut each: impl FnMut(usize, T) -> ControlFlow<()>,
) {
    let jobs = jobs.clamp(1, count.max(1));
    let board = Board {
        shared: Mutex::new(Shared {
            next: 0,
            handed: 0,
            waiting: BTreeMap::new(),
            workers: jobs,
        }),
        changed: Condvar::new(),
        stop: Stop::default(),
    };
    let worker = || {
        let _counted = Worker(&board);
        loop {
            let mut shared = board.lock();
            while !board.stop.asked() && shared.next >= shared.handed + jobs * AHEAD {
                shared = board.wait(shared);
            }
            let unit = shared.next;
            if board.stop.asked() || unit >= count {
                return;
            }
            shared.next += 1;
            drop(shared);
            let result = work(unit, &board.stop);
            board.lock().waiting.insert(unit, result);
            board.changed.notify_all();
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..jobs {
            scope.spawn(worker);
        }
        for unit in 0..count {
            let mut shared = board.lock();
            let result = loop {
                if let Some(result) = shared.waiting.remove(&unit) {
                    break Some(result);
                }
                if shared.workers == 0 {
                    break None;
                }
                shared = board.wait(shared);
            };
            shared.handed = unit + 1;
            drop(shared);
            board.changed.notify_all();
            let Some(result) = result else { break };
            if each(unit, result).is_break() {
                break;
            }
        }
        board.stop.0.store(true, Ordering::Relaxed);
        // Under the lock: no worker is between its look at the flag and its wait.
        drop(board.lock());
        board.changed.notify_all();
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_come_in_order() {
        for jobs in [1, 2, 7, 1000] {
            for count in [0, 1, 5, 500] {
                let mut seen = Vec::new();
                let work = |unit: usize, _: &Stop| {
                    if unit.is_multiple_of(3) {
                        std::thread::yield_now();
                    }
                    unit * 2
                };
                in_order(count, jobs, work, |unit, result| {
                    assert_eq!(result, unit * 2);
                    seen.push(unit);
                    ControlFlow::Continue(())
                });
                assert_eq!(seen, (0..count).collect::<Vec<_>>());
            }
        }
    }

    #[test]
    fn breaking_ends_it() {
        let mut seen = 0;
        in_order(
            10_000,
            3,
            |unit, _| unit,
            |_, _| {
                seen += 1;
                if seen == 5 {
                    ControlFlow::Break(())
                } else {
                    ControlFlow::Continue(())
                }
            },
        );
        assert_eq!(seen, 5);
    }
}
