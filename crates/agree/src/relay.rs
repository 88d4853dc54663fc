//! Random relays: a message goes from CPU to CPU by flags, past stores that nobody reads.
//!
//! The first CPU stores a message. Each CPU behind it waits for a flag, does a few things of
//! which no other CPU takes notice, and sends the next flag; the last one looks at the message.
//! Whether it must find it depends on what the links of the chain carry with them. Programs
//! made from critical cycles do not ask for that: each access of theirs is on the cycle.

use crate::{Dialect, Program, Random};

/// One CPU, line by line.
struct Cpu<'r> {
    random: &'r mut Random,
    dialect: Dialect,
    lines: Vec<String>,
    regs: usize,
    /// Lines that close what is open, the innermost last.
    open: Vec<String>,
}

impl Cpu<'_> {
    fn reg(&mut self) -> String {
        self.regs += 1;
        format!("r{}", self.regs - 1)
    }

    fn line(&mut self, text: impl Into<String>) {
        self.lines.push(text.into());
    }

    fn suffix(&mut self) -> &'static str {
        self.random
            .pick(&["", "_acquire", "_release", "_relaxed", "_relaxed"])
    }

    /// A load into a register; atomics take the flag away or add to it.
    fn receive(&mut self, place: &str, pointer: bool) -> String {
        let r = self.reg();
        if pointer {
            let value = self.random.pick(&["rcu_dereference", "smp_load_acquire"]);
            let place = if value == "rcu_dereference" {
                format!("*{place}")
            } else {
                place.to_owned()
            };
            self.line(format!("int *{r} = {value}({place});"));
            return r;
        }
        let suffix = self.suffix();
        let atomics = self.dialect.atomics;
        let value = match self.random.below(8) {
            0 => format!("smp_load_acquire({place})"),
            1 if atomics => format!("atomic_fetch_add{suffix}(2, {place})"),
            2 if atomics => format!("xchg{suffix}({place}, 3)"),
            3 if atomics => format!("cmpxchg{suffix}({place}, 1, 2)"),
            _ => format!("READ_ONCE(*{place})"),
        };
        self.line(format!("int {r} = {value};"));
        r
    }

    fn send(&mut self, place: &str, value: &str, pointer: bool) {
        let atomics = self.dialect.atomics && !pointer;
        let suffix = self.suffix();
        let text = match self.random.below(8) {
            0 | 1 => format!("smp_store_release({place}, {value});"),
            2 if atomics => format!("atomic_add({value}, {place});"),
            3 if atomics => {
                let r = self.reg();
                format!("int {r} = xchg{suffix}({place}, {value});")
            }
            4 if atomics => format!("smp_store_mb(*{place}, {value});"),
            _ => format!("WRITE_ONCE(*{place}, {value});"),
        };
        self.line(text);
    }

    /// A store to a place that no flag or message is in.
    fn aside(&mut self, place: &str, value: &str) {
        let atomics = self.dialect.atomics;
        let suffix = self.suffix();
        let text = match self.random.below(12) {
            0..=4 => format!("smp_store_release({place}, {value});"),
            5 | 6 if atomics => format!("atomic_inc({place});"),
            7 | 8 if atomics => {
                let r = self.reg();
                format!("int {r} = atomic_fetch_inc{suffix}({place});")
            }
            9 if atomics => {
                let r = self.reg();
                format!("int {r} = cmpxchg{suffix}({place}, 0, {value});")
            }
            10 if atomics => {
                let r = self.reg();
                format!("int {r} = xchg{suffix}({place}, {value});")
            }
            11 if atomics => format!("smp_store_mb(*{place}, {value});"),
            _ => format!("WRITE_ONCE(*{place}, {value});"),
        };
        self.line(text);
    }

    /// Something between receiving and sending.
    fn link(&mut self, value: &str) {
        let aside = ["u0", "u0", "u1"][self.random.below(3)];
        let mut choices = vec!["aside", "aside", "aside", "wmb", "wmb", "wmb", "mb", "rmb"];
        if self.dialect.atomics {
            choices.extend(["before", "after"]);
        }
        if self.dialect.locks {
            choices.extend(["lock", "lock", "handover", "locked"]);
        }
        if self.dialect.rcu {
            choices.extend(["section", "section", "srcu", "srcu", "grace"]);
        }
        match choices[self.random.below(choices.len())] {
            "aside" => self.aside(aside, value),
            "before" => {
                self.line("smp_mb__before_atomic();");
                self.line(format!("atomic_inc({aside});"));
            }
            "after" => {
                self.line(format!("atomic_inc({aside});"));
                self.line("smp_mb__after_atomic();");
            }
            "lock" if self.open.is_empty() => {
                self.line("spin_lock(l);");
                if self.random.one_in(4) {
                    self.line("smp_mb__after_spinlock();");
                }
                self.aside(aside, value);
                self.line("spin_unlock(l);");
            }
            "locked" if self.open.is_empty() => {
                self.line("spin_lock(l);");
                self.open.push("spin_unlock(l);".to_owned());
            }
            "handover" => match self.open.last().map(String::as_str) {
                Some("spin_unlock(l);") => {
                    self.line("spin_unlock(l);");
                    self.line("spin_lock(l);");
                    if self.random.one_in(3) {
                        self.line("smp_mb__after_unlock_lock();");
                    }
                }
                _ => self.line("smp_wmb();"),
            },
            "section" if self.open.is_empty() => {
                self.line("rcu_read_lock();");
                self.open.push("rcu_read_unlock();".to_owned());
            }
            "srcu" if self.open.is_empty() => {
                let r = self.reg();
                self.line(format!("int {r} = srcu_read_lock(s);"));
                self.open.push(format!("srcu_read_unlock(s, {r});"));
            }
            "grace" if self.open.is_empty() => {
                let wait = ["synchronize_rcu();", "synchronize_srcu(s);"];
                let wait = self.random.pick(&wait);
                self.line(wait);
            }
            "section" | "srcu" | "lock" | "locked" | "grace" => self.close(),
            "mb" => self.line("smp_mb();"),
            "rmb" => self.line("smp_rmb();"),
            _ => self.line("smp_wmb();"),
        }
    }

    /// Ends what is open.
    fn close(&mut self) {
        if let Some(line) = self.open.pop() {
            let srcu = line.starts_with("srcu");
            self.line(line);
            if srcu && self.random.one_in(3) {
                self.line("smp_mb__after_srcu_read_unlock();");
            }
        }
    }

    /// A fence that happens only if a condition holds: what is behind may go on a guess.
    fn fence_if(&mut self, condition: &str) {
        let fences = ["smp_rmb();", "smp_mb();", "smp_wmb();"];
        let fence = self.random.pick(&fences);
        self.line(format!("if ({condition}) {{"));
        self.line(fence);
        self.line("}");
    }

    /// The links between receiving and sending.
    fn links(&mut self, got: Option<&str>, most: usize) {
        // What is stored aside may depend on what was received.
        let value = match got {
            Some(r) if self.random.one_in(3) => r.to_owned(),
            _ => "1".to_owned(),
        };
        if let Some(r) = got
            && self.random.one_in(8)
        {
            self.fence_if(&format!("{r} == 1"));
        }
        if self.random.one_in(2) {
            let aside = self.random.pick(&["u0", "u1"]);
            self.aside(aside, &value);
            if self.random.one_in(4) {
                self.link(&value);
            }
            self.line("smp_wmb();");
        } else {
            for _ in 0..self.random.below(most + 1) {
                self.link(&value);
            }
        }
    }

    /// Between the last flag and the message.
    fn order(&mut self, got: &str) {
        match self.random.below(10) {
            0..=4 => self.line("smp_rmb();"),
            5 | 6 => self.line("smp_mb();"),
            7 => {
                self.line(format!("if ({got} == 1) {{"));
                self.line("smp_rmb();");
                self.line("}");
            }
            8 => self.link("1"),
            _ => {}
        }
    }
}

/// How the message goes.
struct Way {
    cpus: usize,
    /// The message itself is the first flag.
    direct: bool,
    /// The last flag is a pointer to the message.
    pointer: bool,
}

impl Way {
    fn flag(&self, hop: usize) -> String {
        match hop {
            0 if self.direct => "a".to_owned(),
            _ => format!("f{hop}"),
        }
    }

    fn points(&self, hop: usize) -> bool {
        self.pointer && hop + 2 == self.cpus
    }

    /// What is stored to a flag.
    fn value(&self, hop: usize, otherwise: &str) -> String {
        let value = if self.points(hop) { "a" } else { otherwise };
        value.to_owned()
    }

    /// The lines of CPU `at`, and its part of the condition.
    fn thread(&self, cpu: &mut Cpu<'_>, at: usize, condition: &mut Vec<String>) {
        if at == 0 {
            cpu.send("a", "1", false);
            if !self.direct {
                cpu.links(None, 2);
                cpu.send(&self.flag(0), &self.value(0, "1"), self.points(0));
            }
            return;
        }
        if cpu.random.one_in(8) {
            // What nobody has to read yet may make a later load wait, or be done again.
            let aside = cpu.random.pick(&["u0", "u1"]);
            let r = cpu.receive(aside, false);
            if cpu.random.one_in(2) {
                cpu.fence_if(&format!("{r} == 0"));
            }
        }
        let points = self.points(at - 1);
        let got = cpu.receive(&self.flag(at - 1), points);
        condition.push(format!("{at}:{got}={}", self.value(at - 1, "1")));
        if at + 1 == self.cpus {
            // With a pointer, the address is the order.
            if !points {
                cpu.order(&got);
            }
            let place = if points { got } else { "a".to_owned() };
            if cpu.random.one_in(8) {
                cpu.line(format!("WRITE_ONCE(*{place}, 4);"));
                condition.push("a=1".to_owned());
            } else {
                let q = cpu.receive(&place, false);
                condition.push(format!("{at}:{q}=0"));
            }
            return;
        }
        cpu.links((!points).then_some(&got), 3);
        let value = match points {
            false if cpu.random.one_in(5) => got,
            _ => "1".to_owned(),
        };
        cpu.send(&self.flag(at), &self.value(at, &value), self.points(at));
    }
}

/// The relay of a seed. It uses some of what the dialect allows, beside marked accesses and
/// fences; none of its accesses is plain.
#[must_use]
pub fn relay(seed: u64, allowed: Dialect) -> Program {
    let mut random = Random::new(seed ^ 0x0e1a_0000);
    let random = &mut random;
    let dialect = Dialect {
        atomics: allowed.atomics && random.one_in(2),
        locks: allowed.locks && random.one_in(3),
        rcu: allowed.rcu && random.one_in(3),
        plain: false,
    };
    let cpus = [2, 3, 3, 3, 3, 4][random.below(6)];
    let way = Way {
        cpus,
        direct: cpus > 2 && random.one_in(2),
        pointer: cpus > 2 && random.one_in(8),
    };
    let mut condition = Vec::new();
    let mut locations = Vec::new();
    let mut threads = Vec::new();
    for at in 0..cpus {
        let mut cpu = Cpu {
            random,
            dialect,
            lines: Vec::new(),
            regs: 0,
            open: Vec::new(),
        };
        way.thread(&mut cpu, at, &mut condition);
        while !cpu.open.is_empty() {
            cpu.close();
        }
        let regs = 0..cpu.regs;
        locations.extend(regs.map(|r| format!("{at}:r{r};")));
        threads.push(cpu.lines);
    }
    let mut init = Vec::new();
    let mut params = Vec::new();
    for name in ["a", "f0", "f1", "f2", "u0", "u1", "o"] {
        if way.pointer && name == way.flag(cpus - 2) {
            init.push(format!("int *{name} = &o;"));
            params.push(format!("int **{name}"));
        } else {
            init.push(format!("int {name} = 0;"));
            params.push(format!("int *{name}"));
        }
    }
    params.push("spinlock_t *l, struct srcu_struct *s".to_owned());
    Program {
        name: format!("relay-{seed}"),
        init,
        params: params.join(", "),
        threads,
        locations,
        condition: condition.join(" /\\ "),
        ..Program::default()
    }
}
