//! What stands above the lines of the programs: kernel functions and modes, in every scenario.

mod common;

use common::{lab, scenario, scenarios};
use session::view::{Band, Mode, View};

fn opened(look: impl Fn(&str, &View)) {
    for name in scenarios() {
        look(&name, &scenario(&name).view());
    }
}

fn text(band: &Band) -> String {
    let lines = band.lines.iter().map(|line| line.text.as_str());
    lines.collect::<Vec<_>>().join(" ")
}

/// Where a thread runs kernel functions, what stands between two of them is in one too, or in the guest: nothing is
/// labelled "host mode" in the middle of a function, and nothing is left without a label.
#[test]
fn no_line_of_a_kernel_thread_is_without_a_function() {
    let mut bare = Vec::new();
    for name in scenarios() {
        for cpu in &scenario(&name).view().cpus {
            let kernel = cpu.bands.iter().any(|band| band.function.is_some());
            let unnamed = |band: &&Band| {
                band.function.is_none() && !matches!(band.mode, Some(Mode::Guest | Mode::User))
            };
            let bands = cpu.bands.iter().filter(|_| kernel).filter(unnamed);
            bare.extend(bands.map(|band| format!("{name}, {}: {}", cpu.name, text(band))));
        }
    }
    assert_eq!(bare, SETTINGS);
}

/// Lines that stand for nothing in the kernel: what a switch sets, what one CPU has counted so far, what an observer notes,
/// and whoever uses the freed memory next.
const SETTINGS: [&str; 5] = [
    "tree-scans, Grace periods: int first = 0; int second = 1;",
    "tree-srcu, Grace period: WRITE_ONCE(*data, 2);",
    "tree-two-readers, Grace period: int unlocks_first = 1;",
    "tree-two-sections, vCPU 0 (reader): int locks0 = 0; int locks1 = 0; int unlocks0 = 0; int unlocks1 = 0;",
    "wait-or-callback, vCPU 0: int told = READ_ONCE(*returned);",
];

/// One function is one band: nothing of another function or mode comes between lines of it, unless it calls that.
#[test]
fn neighbours_differ() {
    opened(|id, view| {
        for cpu in &view.cpus {
            for pair in cpu.bands.windows(2) {
                assert!(
                    (pair[0].mode, &pair[0].function) != (pair[1].mode, &pair[1].function)
                        && pair[0].head() != pair[1].head(),
                    "{id}, {}: {:?}",
                    cpu.name,
                    pair[0].head()
                );
            }
        }
    });
}

/// The reader's lock of Tree SRCU is one function, branches and all.
#[test]
fn a_branch_stands_in_the_function_of_its_arms() {
    opened(|id, view| {
        if id != "tree-srcu" {
            return;
        }
        let heads: Vec<_> = view.cpus[0].bands.iter().filter_map(Band::head).collect();
        assert_eq!(
            heads,
            [
                "__srcu_read_lock()",
                "kvm_get_bus_srcu()",
                "kvm_io_bus_write()",
                "__srcu_read_unlock()"
            ]
        );
    });
}

#[test]
fn user_space_has_a_label() {
    opened(|id, view| {
        if id == "missed-doorbell" {
            let last = view.cpus[0].bands.last().and_then(Band::head);
            assert_eq!(last.as_deref(), Some("user space"));
        }
    });
    // A test without directives has no labels.
    let plain = lab("sb").view();
    assert!(
        plain
            .cpus
            .iter()
            .flat_map(|cpu| &cpu.bands)
            .all(|band| band.head().is_none())
    );
}
