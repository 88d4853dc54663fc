//! Workloads that somebody has measured.
//!
//! Their figures must not be mixed: in one nobody is inside a read-side section, in the other somebody nearly always is.

use crate::{MOST, Nanos, Task};

/// See the module.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Case {
    /// vCPUs are created, then devices are registered, then a memory slot is added. No reader is inside.
    FirecrackerArm,
    /// Devices are registered, then the first vCPU is created. No reader is inside.
    FirecrackerX86,
    /// Devices are registered while vCPUs run.
    Crosvm,
}

/// Read-side sections of a vCPU, one after the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Sections {
    /// How long each is.
    pub length: Nanos,
    /// From one to the next.
    pub gap: Nanos,
}

impl Sections {
    /// When a reader who is inside at a time leaves; the time itself when nobody is inside.
    pub(crate) fn left(&self, at: Nanos) -> Nanos {
        let into = at % self.length.saturating_add(self.gap).max(1);
        if into < self.length {
            at.saturating_add(self.length - into)
        } else {
            at
        }
    }
}

/// What there is to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Workload {
    /// How many devices are registered; [`MOST`] at most.
    pub registrations: usize,
    /// Before each operation: from the return of the one before to its beginning.
    pub pause: Nanos,
    /// vCPUs exist already.
    pub vcpus: bool,
    /// What they are inside of.
    pub readers: Option<Sections>,
    /// What comes after the registrations.
    pub later: Option<Task>,
}

impl Case {
    /// All of them.
    pub const ALL: [Case; 3] = [Case::FirecrackerArm, Case::FirecrackerX86, Case::Crosvm];

    /// "Firecracker on Arm".
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Case::FirecrackerArm => "Firecracker on Arm",
            Case::FirecrackerX86 => "Firecracker on x86",
            Case::Crosvm => "crosvm on arm64",
        }
    }

    /// What happens in it, in a sentence.
    #[must_use]
    pub fn about(self) -> &'static str {
        match self {
            Case::FirecrackerArm => {
                "vCPUs are created first, then devices are registered, then a memory slot is added. No reader is inside."
            }
            Case::FirecrackerX86 => {
                "Devices are registered before the first vCPU is created; creating it changes a memory slot. No reader is inside."
            }
            Case::Crosvm => {
                "Devices are registered while vCPUs run, nearly always inside a read-side section; later one is taken away."
            }
        }
    }

    /// It, with so many registrations.
    #[must_use]
    pub fn workload(self, registrations: usize) -> Workload {
        let registrations = registrations.min(MOST);
        match self {
            Case::FirecrackerArm => Workload {
                registrations,
                pause: 0,
                vcpus: true,
                readers: None,
                later: Some(Task::SetMemory),
            },
            Case::FirecrackerX86 => Workload {
                registrations,
                pause: 0,
                vcpus: false,
                readers: None,
                later: Some(Task::CreateVcpu),
            },
            // Chosen: FIGURES says so.
            Case::Crosvm => Workload {
                registrations,
                pause: 6_150_000,
                vcpus: true,
                readers: Some(Sections {
                    length: 4_000_000,
                    gap: 100_000,
                }),
                later: Some(Task::Unregister),
            },
        }
    }

    /// What was measured and can be drawn beside what is computed: what, least, most.
    #[must_use]
    pub fn measured(self) -> &'static [(&'static str, Nanos, Nanos)] {
        match self {
            Case::FirecrackerArm => &[
                ("measured: 15–23 µs", 15_000, 23_000),
                ("measured: 1–6 µs", 1_000, 6_000),
                ("measured: 21.0 ms", 21_000_000, 21_000_000),
            ],
            Case::FirecrackerX86 => &[
                ("measured: 0.137 ms", 137_000, 137_000),
                ("measured: 25.182 ms", 25_182_000, 25_182_000),
            ],
            Case::Crosvm => &[],
        }
    }
}
