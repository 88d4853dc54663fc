//! The generator.

use crate::{Program, Random};

/// What programs may use.
#[derive(Clone, Copy, Debug, Default)]
pub struct Dialect {
    /// Atomics.
    pub atomics: bool,
    /// Spinlocks.
    pub locks: bool,
    /// RCU and SRCU.
    pub rcu: bool,
    /// Plain accesses.
    pub plain: bool,
}

/// How the cycle goes from one CPU to the next.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Meeting {
    ReadsFrom,
    FromReads,
    Coherence,
}

/// What stands between the two accesses of a CPU.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Between {
    Nothing,
    Fence(&'static str),
    Address,
    Data,
    DataThroughMemory,
    Control,
    Inc(&'static str),
    Handover,
    HandoverFence,
    Locked,
    LockFence,
    Section,
    SectionEnd,
    SrcuSection,
    SrcuEnd(bool),
    SrcuThroughMemory,
}

struct Maker<'r> {
    random: &'r mut Random,
    dialect: Dialect,
    lines: Vec<String>,
    regs: usize,
}

impl Maker<'_> {
    fn reg(&mut self) -> String {
        self.regs += 1;
        format!("r{}", self.regs - 1)
    }

    fn line(&mut self, text: impl Into<String>) {
        self.lines.push(text.into());
    }

    fn suffix(&mut self) -> &'static str {
        self.random.pick(&["", "_acquire", "_release", "_relaxed"])
    }

    /// A load into a register.
    fn load(&mut self, place: &str, pointer: bool) -> String {
        let r = self.reg();
        let declared = if pointer {
            format!("int *{r}")
        } else {
            format!("int {r}")
        };
        let kind = self.random.below(if pointer { 4 } else { 10 });
        let suffix = self.suffix();
        let value = match kind {
            0 | 1 => format!("smp_load_acquire({place})"),
            4 | 5 if self.dialect.plain => format!("*{place}"),
            6 if self.dialect.atomics => format!("atomic_fetch_add{suffix}(2, {place})"),
            7 if self.dialect.atomics => {
                format!("cmpxchg{suffix}({place}, {}, 4)", self.random.below(2))
            }
            8 if self.dialect.atomics => format!("xchg{suffix}({place}, 3)"),
            _ if pointer => format!("rcu_dereference(*{place})"),
            _ => format!("READ_ONCE(*{place})"),
        };
        self.line(format!("{declared} = {value};"));
        r
    }

    /// A store.
    fn store(&mut self, place: &str, value: &str, pointer: bool) {
        let kind = self.random.below(if pointer { 4 } else { 12 });
        let suffix = self.suffix();
        let text = match kind {
            0 | 1 if pointer => format!("rcu_assign_pointer(*{place}, {value});"),
            0..=2 => format!("smp_store_release({place}, {value});"),
            4 | 5 if self.dialect.plain => format!("*{place} = {value};"),
            6 if self.dialect.atomics => format!("smp_store_mb(*{place}, {value});"),
            7 if self.dialect.atomics => {
                let r = self.reg();
                format!("int {r} = xchg{suffix}({place}, {value});")
            }
            8 if self.dialect.atomics => {
                let r = self.reg();
                format!("int {r} = cmpxchg{suffix}({place}, 0, {value});")
            }
            9 if self.dialect.atomics => format!("atomic_add({value}, {place});"),
            _ => format!("WRITE_ONCE(*{place}, {value});"),
        };
        self.line(text);
    }

    /// What may stand between two accesses.
    fn between(&mut self, loads: bool, stores: bool) -> Between {
        let mut choices = vec![
            Between::Nothing,
            Between::Fence("smp_mb"),
            Between::Fence("smp_mb"),
            Between::Fence("smp_rmb"),
            Between::Fence("smp_wmb"),
        ];
        if loads {
            choices.push(Between::Control);
            if stores {
                choices.extend([Between::Data, Between::DataThroughMemory, Between::Control]);
            }
            choices.extend([Between::Address, Between::Address]);
        }
        if self.dialect.atomics {
            choices.extend([
                Between::Inc("smp_mb__before_atomic"),
                Between::Inc("smp_mb__after_atomic"),
                Between::Inc(""),
            ]);
        }
        if self.dialect.locks {
            choices.extend([
                Between::Handover,
                Between::HandoverFence,
                Between::Locked,
                Between::LockFence,
            ]);
        }
        if self.dialect.rcu {
            choices.extend([
                Between::Fence("synchronize_rcu"),
                Between::Fence("synchronize_rcu"),
                Between::Fence("synchronize_srcu"),
                Between::Section,
                Between::Section,
                Between::SectionEnd,
                Between::SrcuSection,
                Between::SrcuSection,
                Between::SrcuEnd(true),
                Between::SrcuEnd(false),
                Between::SrcuThroughMemory,
            ]);
        }
        choices[self.random.below(choices.len())]
    }
}

/// The program of a seed.
#[must_use]
pub fn cycle(seed: u64, dialect: Dialect) -> Program {
    let mut random = Random::new(seed);
    let threads = if random.one_in(12) {
        1
    } else {
        2 + random.below(3).min(random.below(3))
    };
    // With one CPU, or at times, all accesses go to few locations.
    let places = if random.one_in(6) {
        1 + random.below(threads)
    } else {
        threads
    };
    let name = |at: usize| ["x", "y", "z", "w"][at % places];
    // The meeting at location `at`: between CPU `at - 1` and CPU `at`.
    let meetings: Vec<Meeting> = (0..threads)
        .map(|_| match random.below(6) {
            0 | 1 => Meeting::FromReads,
            2 => Meeting::Coherence,
            _ => Meeting::ReadsFrom,
        })
        .collect();
    let mut links = Vec::new();
    for at in 0..threads {
        let loads = meetings[at] == Meeting::ReadsFrom;
        let stores = meetings[(at + 1) % threads] != Meeting::FromReads;
        let mut maker = Maker {
            random: &mut random,
            dialect,
            lines: Vec::new(),
            regs: 0,
        };
        let between = maker.between(loads, stores);
        // A pointer location is one that only its two CPUs use.
        let fits = between != Between::Address || (places == threads && threads > 1);
        links.push(if fits { between } else { Between::Nothing });
    }
    let pointer = |at: usize| links[at] == Between::Address;
    let mut condition = Vec::new();
    let mut locations = Vec::new();
    let mut bodies = Vec::new();
    for at in 0..threads {
        let next = (at + 1) % threads;
        let (here, there) = (name(at), name(next));
        let mut maker = Maker {
            random: &mut random,
            dialect,
            lines: Vec::new(),
            regs: 0,
        };
        let between = links[at];
        match between {
            Between::Section | Between::SectionEnd => maker.line("rcu_read_lock();"),
            Between::SrcuSection | Between::SrcuEnd(_) | Between::SrcuThroughMemory => {
                maker.line("int c = srcu_read_lock(s);");
                if between == Between::SrcuThroughMemory {
                    maker.line(format!("*t{at} = c;"));
                }
            }
            Between::Handover | Between::HandoverFence | Between::Locked => {
                maker.line("spin_lock(l);")
            }
            _ => {}
        }
        // The first access.
        let mut first = None;
        if meetings[at] == Meeting::ReadsFrom {
            let r = maker.load(here, pointer(at));
            let expected = if pointer(at) {
                there.to_owned()
            } else {
                "1".to_owned()
            };
            condition.push(format!("{at}:{r}={expected}"));
            first = Some(r);
        } else {
            let value = if meetings[at] == Meeting::Coherence {
                condition.push(format!("{here}=2"));
                "2"
            } else {
                "1"
            };
            maker.store(here, value, false);
        }
        let mut value = "1".to_owned();
        let mut place = there.to_owned();
        let mut close = None;
        let mut close_block = false;
        match between {
            Between::Nothing => {}
            Between::Fence("synchronize_srcu") => maker.line("synchronize_srcu(s);"),
            Between::Fence(fence) => maker.line(format!("{fence}();")),
            Between::Address => place = first.clone().unwrap_or(place),
            Between::Data => {
                let r = first.clone().unwrap_or_default();
                value = if maker.random.one_in(2) {
                    r
                } else {
                    format!("1 + ({r} ^ {r})")
                };
            }
            Between::DataThroughMemory => {
                let r = first.clone().unwrap_or_default();
                let plain = maker.random.one_in(2) && dialect.plain;
                let (store, load) = if plain {
                    (format!("*t{at} = {r};"), format!("*t{at}"))
                } else {
                    (
                        format!("WRITE_ONCE(*t{at}, {r});"),
                        format!("READ_ONCE(*t{at})"),
                    )
                };
                maker.line(store);
                let q = maker.reg();
                maker.line(format!("int {q} = {load};"));
                value = q;
            }
            Between::Control => {
                let r = first.clone().unwrap_or_default();
                maker.line(format!("if ({r} == 1) {{"));
                close_block = maker.random.below(4) != 0;
                if !close_block {
                    maker.line("}");
                }
            }
            Between::Inc(fence) => {
                let suffix = maker.suffix();
                let inc = match maker.random.below(3) {
                    0 => format!("atomic_inc(a{at});"),
                    1 => {
                        let r = maker.reg();
                        format!("int {r} = xchg{suffix}(a{at}, 1);")
                    }
                    _ => {
                        let r = maker.reg();
                        format!(
                            "int {r} = cmpxchg{suffix}(a{at}, {}, 1);",
                            maker.random.below(2)
                        )
                    }
                };
                if fence == "smp_mb__before_atomic" {
                    maker.line(format!("{fence}();"));
                }
                maker.line(inc);
                if fence == "smp_mb__after_atomic" {
                    maker.line(format!("{fence}();"));
                }
            }
            Between::Handover | Between::HandoverFence => {
                maker.line("spin_unlock(l);");
                let lock = maker.random.pick(&["l", "k"]);
                maker.line(format!("spin_lock({lock});"));
                if between == Between::HandoverFence {
                    maker.line("smp_mb__after_unlock_lock();");
                }
                close = Some(format!("spin_unlock({lock});"));
            }
            Between::Locked => close = Some("spin_unlock(l);".to_owned()),
            Between::LockFence => {
                maker.line("spin_lock(l);");
                maker.line("smp_mb__after_spinlock();");
                close = Some("spin_unlock(l);".to_owned());
            }
            Between::Section => close = Some("rcu_read_unlock();".to_owned()),
            Between::SectionEnd => maker.line("rcu_read_unlock();"),
            Between::SrcuSection => close = Some("srcu_read_unlock(s, c);".to_owned()),
            Between::SrcuEnd(fence) => {
                maker.line("srcu_read_unlock(s, c);");
                if fence {
                    maker.line("smp_mb__after_srcu_read_unlock();");
                }
            }
            Between::SrcuThroughMemory => {
                maker.line(format!("int d = *t{at};"));
                close = Some("srcu_read_unlock(s, d);".to_owned());
            }
        }
        // The second access.
        if pointer(next) {
            value = name(next + 1).to_owned();
        }
        if meetings[next] == Meeting::FromReads {
            let r = maker.load(&place, pointer(next));
            if !pointer(next) {
                condition.push(format!("{at}:{r}=0"));
            }
        } else {
            maker.store(&place, &value, pointer(next));
        }
        if close_block {
            maker.line("}");
        }
        if let Some(close) = close {
            maker.line(close);
        }
        // Something that belongs to no cycle, at times.
        if maker.random.one_in(5) {
            let place = maker.random.pick(&["x", "y"]);
            let pointed = (0..threads).any(|at| pointer(at) && name(at) == place);
            if !pointed {
                if maker.random.one_in(2) {
                    maker.load(place, false);
                } else {
                    maker.store(place, "1", false);
                }
            }
        }
        for r in 0..maker.regs {
            locations.push(format!("{at}:r{r};"));
        }
        bodies.push(maker.lines);
    }
    let mut init: Vec<String> = Vec::new();
    let mut params: Vec<String> = Vec::new();
    for at in 0..4 {
        let variable = ["x", "y", "z", "w"][at];
        let pointed = (0..threads).any(|t| pointer(t) && name(t) == variable);
        if pointed {
            init.push(format!("int *{variable} = &o;"));
            params.push(format!("int **{variable}"));
        } else {
            init.push(format!("int {variable} = 0;"));
            params.push(format!("int *{variable}"));
        }
        if at < places {
            locations.push(format!("{variable};"));
        }
    }
    for at in 0..4 {
        init.push(format!("int t{at} = 0;"));
        init.push(format!("int a{at} = 0;"));
        params.push(format!("int *t{at}"));
        params.push(format!("int *a{at}"));
    }
    init.push("int o = 0;".to_owned());
    params.push("spinlock_t *l, spinlock_t *k, struct srcu_struct *s".to_owned());
    if condition.is_empty() {
        condition.push("x=1".to_owned());
    }
    Program {
        name: format!("cycle-{seed}"),
        init,
        params: params.join(", "),
        threads: bodies,
        locations,
        condition: condition.join(" /\\ "),
        ..Program::default()
    }
}
