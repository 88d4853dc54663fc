//! The figures that others have measured (FACTS §9) come out of the model, as near as it can be asked.

use cost::{Case, FIGURES, Nanos, Origin, Policy, TimeLine, Times, simulate};

const MICRO: Nanos = 1_000;
const MILLI: Nanos = 1_000_000;

fn line(policy: Policy, case: Case, hz: u64) -> TimeLine {
    simulate(policy, case.workload(20), Times::at(hz))
}

fn later(policy: Policy, case: Case, hz: u64) -> Nanos {
    let line = line(policy, case, hz);
    line.later().expect("something comes later").latency()
}

/// The wait of the next operation, with the first callback right behind a tick and right before one.
fn range(policy: Policy, case: Case, hz: u64) -> (Nanos, Nanos) {
    let at = |into_tick| {
        let times = Times {
            into_tick,
            ..Times::at(hz)
        };
        let line = simulate(policy, case.workload(1), times);
        line.later().expect("something comes later").waited
    };
    // The callback is queued when the work is done.
    let before = Times::at(hz).jiffy - Times::at(hz).work - 1;
    (at(before), at(0))
}

#[test]
fn a_registration_in_firecracker_on_arm() {
    for (policy, least, most) in [
        (Policy::Wait, 15 * MICRO, 23 * MICRO),
        (Policy::Callback, MICRO, 6 * MICRO),
    ] {
        let line = line(policy, Case::FirecrackerArm, 100);
        for op in line.registrations() {
            assert!((least..=most).contains(&op.latency()), "{policy:?}: {op:?}");
        }
    }
}

#[test]
fn the_first_vcpu_on_x86() {
    let case = Case::FirecrackerX86;
    assert_eq!(later(Policy::Wait, case, 100), 137 * MICRO);
    // Measured: 25.182 ms. The model has one timer and no load: it gives two ticks.
    let now = later(Policy::Callback, case, 100);
    assert!((19 * MILLI..=26 * MILLI).contains(&now), "{now}");
    // Measured at HZ=1000: about 1 ms, between one tick and two.
    let (least, most) = range(Policy::Callback, case, 1000);
    assert!((900 * MICRO..1_100 * MICRO).contains(&least), "{least}");
    assert!((1_800 * MICRO..2_100 * MICRO).contains(&most), "{most}");
}

#[test]
fn a_memory_slot_on_arm() {
    let case = Case::FirecrackerArm;
    assert_eq!(later(Policy::Wait, case, 100), 16 * MICRO);
    // Measured: 21.0 ms.
    let now = later(Policy::Callback, case, 100);
    assert!((19 * MILLI..=21 * MILLI).contains(&now), "{now}");
    let (least, most) = range(Policy::Callback, case, 100);
    assert!((9_900 * MICRO..10_100 * MICRO).contains(&least), "{least}");
    assert!((19_900 * MICRO..20_100 * MICRO).contains(&most), "{most}");
}

/// About a quarter, however many devices there are.
#[test]
fn waiting_in_crosvm() {
    for registrations in [5, 20, 50, 200] {
        let workload = Case::Crosvm.workload(registrations);
        let before = simulate(Policy::Wait, workload, Times::at(100));
        let share = before.waited() as f64 / before.span() as f64;
        assert!((0.23..0.27).contains(&share), "{registrations}: {share}");
        for op in before.registrations() {
            assert!((MILLI..5 * MILLI).contains(&op.waited), "{op:?}");
        }
        let now = simulate(Policy::Callback, workload, Times::at(100));
        assert_eq!(now.waited(), 0);
    }
}

/// What each proposal brings back to where it was before the series, and what it does not.
#[test]
fn the_proposals() {
    let (arm, x86) = (Case::FirecrackerArm, Case::FirecrackerX86);
    // Slow: more than half a tick. As before: within one more grace period.
    let slow = |policy, case| later(policy, case, 100) > 5 * MILLI;
    let back = |policy, case| {
        let now = later(policy, case, 100);
        now <= later(Policy::Wait, case, 100) + 2 * Times::at(100).period
    };
    assert!(slow(Policy::Callback, arm) && slow(Policy::Callback, x86));
    // (a) waits where a vCPU exists: Arm is back, and its registrations wait again.
    assert!(back(Policy::WaitIfVcpus, arm) && slow(Policy::WaitIfVcpus, x86));
    assert!(line(Policy::WaitIfVcpus, arm, 100).waited() > 0);
    assert!(line(Policy::WaitIfVcpus, Case::Crosvm, 100).waited() > 20 * MILLI);
    // (b) cures x86, not Arm.
    assert!(back(Policy::WaitIfNone, x86) && slow(Policy::WaitIfNone, arm));
    assert_eq!(line(Policy::WaitIfNone, Case::Crosvm, 100).waited(), 0);
    // (c) cures both, and no registration waits.
    for case in [arm, x86] {
        assert!(back(Policy::ExpeditedCallback, case));
        assert_eq!(line(Policy::ExpeditedCallback, case, 100).waited(), 0);
    }
    // (d) does nothing for either; a removal does not wait.
    assert!(slow(Policy::UnregisterToo, arm) && slow(Policy::UnregisterToo, x86));
    let removal = |policy| {
        let line = line(policy, Case::Crosvm, 100);
        line.later().expect("a device is taken away").waited
    };
    assert_eq!(removal(Policy::UnregisterToo), 0);
    assert!(removal(Policy::Callback) > MILLI && removal(Policy::Wait) > MILLI);
}

/// `synchronize_srcu()` is as fast as an expedited one, if the domain has rested for 25 µs.
#[test]
fn the_hold_off() {
    let mut workload = Case::FirecrackerArm.workload(3);
    let waits = |workload| -> Vec<Nanos> {
        let line = simulate(Policy::Synchronize, workload, Times::at(100));
        line.registrations().map(|op| op.waited).collect()
    };
    workload.pause = 22 * MICRO;
    let times = Times::at(100);
    assert!(waits(workload).iter().all(|waited| *waited == times.period));
    // One after the other: the second finds a domain that has just been busy.
    workload.pause = 0;
    let waited = waits(workload);
    assert_eq!(waited[0], times.period);
    assert!(
        waited[1] > 10 * MILLI && waited[2] > 10 * MILLI,
        "{waited:?}"
    );
}

#[test]
fn callbacks_share_the_next_grace_period() {
    let line = simulate(
        Policy::Callback,
        Case::FirecrackerArm.workload(40),
        Times::at(100),
    );
    // The first callback's, and one for all others and for the wait.
    assert!(line.periods.iter().map(|p| p.expedited).eq([false, true]));
    assert!(line.retired[1..].iter().all(|r| r.period == 1));
    let (arrays, bytes) = line.peak();
    assert_eq!(arrays, 40);
    assert_eq!(bytes, (0..40).map(|n| 24 + 24 * n).sum::<usize>());
}

/// Each figure of FACTS §9 is there, with the workload that it belongs to and a source that can be found.
#[test]
fn the_figures_have_sources() {
    let said = |case: Option<Case>, value: &str| {
        let found = FIGURES
            .iter()
            .find(|f| f.case == case && f.value.contains(value));
        found.unwrap_or_else(|| panic!("{case:?} has no {value}"))
    };
    for (case, value, date) in [
        (Some(Case::Crosvm), "about 25 %", "June 2025"),
        (Some(Case::FirecrackerArm), "15–23 µs", "February 2026"),
        (Some(Case::FirecrackerArm), "1–6 µs", "February 2026"),
        (Some(Case::FirecrackerArm), "21.0 ms", "February 2026"),
        (Some(Case::FirecrackerX86), "25.182 ms", "February 2026"),
        (Some(Case::FirecrackerX86), "31 µs", "February 2026"),
        (Some(Case::FirecrackerX86), "about 1 ms", "February 2026"),
        (None, "about 20 ms", "March 2026"),
        (None, "197 ms", "July 2026"),
    ] {
        let Origin::Source {
            date: when,
            list,
            title,
        } = said(case, value).origin
        else {
            panic!("{value} has no source");
        };
        assert_eq!(when, date, "{value}");
        assert!(!list.is_empty() && !title.is_empty());
    }
    // What is drawn as measured is among them.
    for case in Case::ALL {
        for (what, least, most) in case.measured() {
            let value = what.strip_prefix("measured: ").expect("it says so");
            assert!(said(Some(case), value).value.contains(value));
            assert!(least <= most);
        }
    }
    // No address: nothing leads to another host.
    for figure in FIGURES {
        assert!(!figure.origin.text().contains("://"));
    }
}
