//! What holds of every time line, and the figures of the sources.

use cost::{MOST, Nanos, Policy, Task, TimeLine, Times, What, Workload, simulate};
use proptest::prelude::*;

fn said(policy: Policy, registrations: usize) -> TimeLine {
    let workload = Workload {
        registrations,
        pause: 0,
    };
    simulate(policy, workload, Times::SAID)
}

#[test]
fn the_figures_of_the_series() {
    for (policy, least, most) in [
        (Policy::Wait, 15_000, 23_000),
        (Policy::Callback, 1_000, 6_000),
    ] {
        let line = said(policy, 50);
        assert_eq!(line.registrations().count(), 50);
        for op in line.registrations() {
            assert!((least..=most).contains(&op.latency()), "{policy:?}: {op:?}");
        }
    }
}

#[test]
fn the_price() {
    let line = said(Policy::CallbackThenWait, 10);
    let wait = line.later_wait().expect("it waits").latency();
    // The rest of the normal grace period that the first callback began, then its own.
    assert_eq!(wait, 20_000_000 + 3_500 - 10 * 3_500 + 15_500);
    assert!(line.periods.iter().map(|p| p.expedited).eq([false, true]));
    // Nothing was queued: nothing to wait for but its own.
    let alone = said(Policy::CallbackThenWait, 0);
    assert_eq!(alone.later_wait().expect("it waits").latency(), 15_500);
}

#[test]
fn callbacks_share_the_next_grace_period() {
    let line = said(Policy::Callback, 40);
    // The first callback's, and one for all others.
    assert_eq!(line.periods.len(), 2);
    assert!(line.retired[1..].iter().all(|r| r.period == 1));
    let (arrays, bytes) = line.peak();
    assert_eq!(arrays, 40);
    assert_eq!(bytes, (0..40).map(|n| 24 + 24 * n).sum::<usize>());
    assert_eq!(said(Policy::Wait, 40).peak(), (1, 24 + 24 * 39));
}

#[test]
fn no_more_than_kvm_allows() {
    assert_eq!(said(Policy::Wait, MOST + 7).operations.len(), MOST);
}

fn any_policy() -> impl Strategy<Value = Policy> {
    prop::sample::select(Policy::ALL.to_vec())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_time_line(
        policy in any_policy(),
        registrations in 0_usize..60,
        pause in 0_u64..50_000,
        work in 0_u64..10_000,
        expedited in 1_u64..40_000,
        normal in 1_u64..2_000_000,
    ) {
        let times = Times { work, expedited, normal };
        let workload = Workload { registrations, pause };
        let line = simulate(policy, workload, times);
        prop_assert_eq!(&line, &simulate(policy, workload, times));
        prop_assert_eq!(line.registrations().count(), registrations);

        // One grace period at a time, each as long as its kind.
        for pair in line.periods.windows(2) {
            prop_assert!(pair[0].ends <= pair[1].starts);
        }
        for period in &line.periods {
            let length = if period.expedited { expedited } else { normal };
            prop_assert_eq!(period.ends - period.starts, length);
        }

        // An array is freed at the end of a full grace period that started when it was retired, or later.
        prop_assert_eq!(line.retired.len(), registrations);
        for array in &line.retired {
            let period = line.periods[array.period];
            prop_assert!(period.starts >= array.at);
            prop_assert_eq!(array.freed, period.ends);
            prop_assert_eq!(array.callback, policy != Policy::Wait);
        }

        // A callback's grace period is in no registration's latency; a wait's is, whole.
        for op in line.registrations() {
            prop_assert_eq!(op.latency(), work + op.waited);
            match policy {
                Policy::Wait => prop_assert!(op.waited >= expedited),
                _ => prop_assert_eq!(op.waited, 0),
            }
        }
        prop_assert_eq!(line.total(), work * registrations as Nanos + line.waited());
        if let Some(wait) = line.later_wait() {
            prop_assert!(wait.waited >= expedited);
            prop_assert!(wait.waited <= normal.max(expedited) + expedited);
            prop_assert_eq!(wait.latency(), wait.waited);
        }
        prop_assert_eq!(line.later_wait().is_some(), policy == Policy::CallbackThenWait);

        // One operation after the other.
        for pair in line.operations.windows(2) {
            prop_assert_eq!(pair[0].returns + pause, pair[1].begins);
        }

        // In order, everything once, causes before effects.
        for pair in line.events.windows(2) {
            prop_assert!(pair[0].at <= pair[1].at);
        }
        let place = |what: What| line.events.iter().position(|e| e.what == what);
        for (n, array) in line.retired.iter().enumerate() {
            prop_assert!(place(What::Retire(n)) < place(What::Start(array.period)) || line.periods[array.period].starts > array.at);
            prop_assert!(place(What::Start(array.period)) < place(What::End(array.period)));
            prop_assert!(place(What::End(array.period)) < place(What::Free(n)));
        }
        for (n, op) in line.operations.iter().enumerate() {
            prop_assert!(place(What::Begin(n)) < place(What::Return(n)));
            if let (Task::Register(by), Policy::Wait) = (op.task, policy) {
                prop_assert!(place(What::Free(by)) < place(What::Return(n)));
            }
        }
        let count = 2 * line.operations.len() + 2 * line.retired.len() + 2 * line.periods.len();
        prop_assert_eq!(line.events.len(), count);
        let (arrays, _) = line.peak();
        prop_assert!(arrays <= registrations && (policy != Policy::Wait || arrays <= 1));
    }
}
