//! What holds of every time line.

use cost::{
    MOST, Nanos, Policy, Sections, Task, TimeLine, Times, What, Workload, case::Case, simulate,
};
use proptest::prelude::*;

#[test]
fn no_more_than_kvm_allows() {
    let workload = Workload {
        registrations: MOST + 7,
        ..Case::FirecrackerArm.workload(1)
    };
    let line = simulate(Policy::Wait, workload, Times::at(100));
    assert_eq!(line.registrations().count(), MOST);
}

fn later() -> impl Strategy<Value = Option<Task>> {
    let tasks = [Task::CreateVcpu, Task::SetMemory, Task::Unregister];
    prop::option::of(prop::sample::select(tasks.to_vec()))
}

prop_compose! {
    fn workloads()(
        registrations in 0_usize..40,
        pause in 0_u64..60_000,
        vcpus in any::<bool>(),
        readers in prop::option::of((1_u64..90_000, 0_u64..40_000)),
        later in later(),
    ) -> Workload {
        let readers = readers.map(|(length, gap)| Sections { length, gap });
        Workload { registrations, pause, vcpus, readers, later }
    }
}

prop_compose! {
    fn times()(
        work in 0_u64..10_000,
        period in 1_u64..40_000,
        jiffy in 1_u64..2_000_000,
        into_tick in 0_u64..2_000_000,
        hold_off in 0_u64..60_000,
    ) -> Times {
        Times { work, create_vcpu: 2 * work, set_memory: work / 2, period, jiffy, into_tick, hold_off }
    }
}

/// When a reader who was inside at a time has left.
fn left(readers: Option<Sections>, at: Nanos) -> Nanos {
    let Some(Sections { length, gap }) = readers else {
        return at;
    };
    let round = at / (length + gap) * (length + gap);
    at.max(if at < round + length {
        round + length
    } else {
        at
    })
}

fn check_periods(line: &TimeLine, workload: Workload, times: Times) -> Result<(), TestCaseError> {
    for pair in line.periods.windows(2) {
        prop_assert!(pair[0].ends <= pair[1].starts);
    }
    for (n, period) in line.periods.iter().enumerate() {
        // One that follows another at once, or was asked for in a hurry, is not delayed.
        let follows = n > 0 && line.periods[n - 1].ends == period.starts;
        let delay = period.worker - period.starts;
        if period.expedited {
            prop_assert_eq!(delay, 0);
        } else if !follows {
            prop_assert!(delay > times.jiffy && delay <= 2 * times.jiffy, "{delay}");
            prop_assert_eq!((period.worker + times.into_tick) % times.jiffy, 0);
        }
        // Whoever is inside when it starts, or when its worker begins, is waited for.
        let alone = left(workload.readers, period.worker);
        prop_assert_eq!(period.ends, alone + times.period);
        prop_assert!(period.ends >= left(workload.readers, period.starts));
    }
    Ok(())
}

fn check_events(line: &TimeLine) -> Result<(), TestCaseError> {
    for pair in line.events.windows(2) {
        prop_assert!(pair[0].at <= pair[1].at);
    }
    let place = |what: What| line.events.iter().position(|e| e.what == what);
    for (n, array) in line.retired.iter().enumerate() {
        let period = line.periods[array.period];
        prop_assert!(
            place(What::Retire(n)) < place(What::Start(array.period)) || period.starts > array.at
        );
        prop_assert!(place(What::Start(array.period)) < place(What::End(array.period)));
        prop_assert!(place(What::End(array.period)) < place(What::Free(n)));
        prop_assert!(place(What::Begin(array.by)) < place(What::Retire(n)));
        if !array.callback {
            prop_assert!(place(What::Free(n)) < place(What::Return(array.by)));
        }
    }
    let mut delayed = 0;
    for (n, period) in line.periods.iter().enumerate() {
        let worker = place(What::Worker(n));
        prop_assert_eq!(worker.is_some(), period.worker > period.starts);
        if worker.is_some() {
            delayed += 1;
            prop_assert!(place(What::Start(n)) < worker && worker < place(What::End(n)));
        }
    }
    let count = 2 * (line.operations.len() + line.retired.len() + line.periods.len()) + delayed;
    prop_assert_eq!(line.events.len(), count);
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_time_line(
        policy in prop::sample::select(Policy::ALL.to_vec()),
        workload in workloads(),
        times in times(),
    ) {
        let line = simulate(policy, workload, times);
        prop_assert_eq!(&line, &simulate(policy, workload, times));
        prop_assert_eq!(line.registrations().count(), workload.registrations);
        prop_assert_eq!(line.later().map(|op| op.task), workload.later);
        check_periods(&line, workload, times)?;
        check_events(&line)?;

        // An array is freed at the end of a full grace period that started when it was retired, or later.
        for array in &line.retired {
            let period = line.periods[array.period];
            prop_assert!(period.starts >= array.at);
            prop_assert_eq!(array.freed, period.ends);
        }

        // A callback's grace period is in no latency; a wait's is, whole.
        for op in &line.operations {
            let work = match op.task {
                Task::Register(_) | Task::Unregister => times.work,
                Task::CreateVcpu => times.create_vcpu,
                Task::SetMemory => times.set_memory,
            };
            prop_assert_eq!(op.latency(), work + op.waited);
            prop_assert!(op.waited == 0 || op.waited >= times.period);
        }
        prop_assert_eq!(line.total(), times.work * workload.registrations as Nanos + line.waited());
        let waits = match policy {
            Policy::Wait | Policy::Synchronize => true,
            Policy::WaitIfVcpus => workload.vcpus,
            Policy::WaitIfNone => !workload.vcpus,
            _ => false,
        };
        for op in line.registrations() {
            prop_assert_eq!(op.waited > 0, waits);
        }

        // One operation after the other.
        for pair in line.operations.windows(2) {
            prop_assert_eq!(pair[0].returns + workload.pause, pair[1].begins);
        }
        let (arrays, _) = line.peak();
        prop_assert!(arrays <= line.retired.len());
        prop_assert!(policy != Policy::Wait || arrays <= 1);
    }
}
