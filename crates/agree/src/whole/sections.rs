//! Locks, sections and grace periods.

use super::{Kind, Maker};

impl Maker<'_> {
    pub(super) fn locks(&mut self) {
        self.spend(1);
        let lock = self.random.pick(&["l", "l", "l", "k"]);
        match self.random.below(9) {
            0 => {
                self.assign(Kind::Number, &format!("spin_is_locked({lock})"));
            }
            // Both in one expression, in no order.
            8 => {
                let calls = ["spin_trylock", "spin_is_locked"];
                let (a, b) = (self.random.pick(&calls), self.random.pick(&calls));
                // One that takes the lock stands in no expression with another of that lock.
                let asks = a == "spin_is_locked" && b == a;
                let other = match lock {
                    "l" if asks && self.random.one_in(2) => "l",
                    "l" => "k",
                    _ => "l",
                };
                let by = self.random.pick(&["+", "-", "|", "=="]);
                self.assign(Kind::Number, &format!("{a}({lock}) {by} {b}({other})"));
                self.spend(1);
            }
            1 | 2 => {
                let asked = if self.random.one_in(2) {
                    format!("spin_trylock({lock})")
                } else {
                    self.assign(Kind::Number, &format!("spin_trylock({lock})"))
                };
                self.line(format!("if ({asked}) {{"));
                self.inner();
                self.line(format!("spin_unlock({lock});"));
                self.line("}");
            }
            3 if self.theme.careless => {
                let text = self.random.pick(&["spin_lock", "spin_unlock"]);
                self.line(format!("{text}({lock});"));
            }
            _ => {
                self.line(format!("spin_lock({lock});"));
                let fence = ["smp_mb__after_spinlock();", "smp_mb__after_unlock_lock();"];
                if self.random.one_in(4) {
                    let fence = self.random.pick(&fence);
                    self.line(fence);
                }
                self.inner();
                self.line(format!("spin_unlock({lock});"));
            }
        }
    }

    pub(super) fn rcu(&mut self) {
        self.spend(1);
        match self.random.below(8) {
            0..2 => self.line("synchronize_rcu();"),
            2 => self.line("synchronize_rcu_expedited();"),
            3 if self.theme.careless => {
                let text = self
                    .random
                    .pick(&["rcu_read_lock();", "rcu_read_unlock();"]);
                self.line(text);
            }
            _ => {
                self.line("rcu_read_lock();");
                self.inner();
                self.line("rcu_read_unlock();");
            }
        }
    }

    pub(super) fn srcu(&mut self) {
        self.spend(1);
        let domain = self.random.pick(&["s", "s", "s", "t"]);
        let careless = self.theme.careless;
        match self.random.below(10) {
            0..2 => self.line(format!("synchronize_srcu({domain});")),
            2 => self.line(format!("synchronize_srcu_expedited({domain});")),
            3 => {
                // Another thread may end it.
                let cookie = self.assign(Kind::Number, &format!("srcu_down_read({domain})"));
                let place = self.place();
                self.line(format!("WRITE_ONCE(*{place}, {cookie});"));
                self.spend(1);
            }
            4 => {
                let place = self.place();
                let cookie = self.assign(Kind::Number, &format!("READ_ONCE(*{place})"));
                self.line(format!("srcu_up_read({domain}, {cookie});"));
                self.spend(1);
            }
            5 if careless => {
                let cookie = self.data();
                self.line(format!("srcu_read_unlock({domain}, {cookie});"));
            }
            6 if careless => {
                self.assign(Kind::Number, &format!("srcu_read_lock({domain})"));
            }
            _ => self.section(domain),
        }
    }

    fn section(&mut self, domain: &str) {
        let (lock, unlock) = if self.random.one_in(5) {
            ("srcu_down_read", "srcu_up_read")
        } else {
            ("srcu_read_lock", "srcu_read_unlock")
        };
        let cookie = self.assign(Kind::Number, &format!("{lock}({domain})"));
        self.inner();
        let given = match self.random.below(12) {
            0 => format!("{cookie} + 0"),
            1 => format!("{cookie} | 0"),
            2 => format!("0 + {cookie}"),
            3 if self.theme.careless => format!("{cookie} + 1"),
            _ => cookie,
        };
        self.line(format!("{unlock}({domain}, {given});"));
        if self.random.one_in(6) {
            self.line("smp_mb__after_srcu_read_unlock();");
        }
    }
}
