//! Statements.

use super::{Kind, Maker, Tongue};

/// What a thread does next.
#[derive(Clone, Copy)]
enum Piece {
    Load,
    Store,
    Atomic,
    Compute,
    Fence,
    Branch,
    Pointer,
    Block,
    Locks,
    Rcu,
    Srcu,
}

const FETCHED: &[&str] = &["add", "sub", "and", "or", "xor", "andnot"];

impl Maker<'_> {
    /// Writes the next statement, or several that belong together.
    pub(super) fn piece(&mut self) {
        let theme = self.theme;
        let weight = |wanted: bool, weight: usize| if wanted { weight } else { 0 };
        let choices = [
            (8, Piece::Load),
            (8, Piece::Store),
            (weight(theme.atomics, 8), Piece::Atomic),
            (if theme.limits { 5 } else { 1 }, Piece::Compute),
            (4, Piece::Fence),
            (weight(theme.branches && self.depth < 2, 6), Piece::Branch),
            (weight(theme.pointers, 8), Piece::Pointer),
            (weight(self.depth < 2 && theme.careless, 1), Piece::Block),
            (weight(theme.locks && self.depth < 2, 7), Piece::Locks),
            (weight(theme.rcu && self.depth < 3, 7), Piece::Rcu),
            (weight(theme.srcu && self.depth < 3, 7), Piece::Srcu),
        ];
        match self.weighted(&choices) {
            Some(Piece::Load) => self.load(),
            Some(Piece::Atomic) => self.atomic(),
            Some(Piece::Compute) => self.compute(),
            Some(Piece::Fence) => self.fence(),
            Some(Piece::Branch) => self.branch(),
            Some(Piece::Pointer) => self.pointer(),
            Some(Piece::Block) => {
                self.line("{");
                self.inner();
                self.line("}");
            }
            Some(Piece::Locks) => self.locks(),
            Some(Piece::Rcu) => self.rcu(),
            Some(Piece::Srcu) => self.srcu(),
            Some(Piece::Store) | None => self.store(),
        }
    }

    /// One or two statements inside of something.
    pub(super) fn inner(&mut self) {
        self.depth += 1;
        let before = self.lines.len();
        self.piece();
        if self.left > 0 && self.random.one_in(2) {
            self.piece();
        }
        if self.lines.len() == before {
            self.store();
        }
        self.depth -= 1;
    }

    fn load(&mut self) {
        self.spend(1);
        let place = self.place();
        let value = match self.random.below(10) {
            0..2 => format!("smp_load_acquire({place})"),
            2 if self.theme.atomics => format!("atomic_read({place})"),
            3 if self.theme.atomics => format!("atomic_read_acquire({place})"),
            4 => format!("rcu_dereference(*{place})"),
            5..8 if self.theme.plain => format!("*{place}"),
            9 if self.theme.words => {
                let tag = self.random.pick(&["once", "acquire", "ONCE"]);
                format!("__load{{{tag}}}(*{place})")
            }
            8 if self.theme.tongue == Tongue::Own => format!("rcu_access_pointer(*{place})"),
            _ => format!("READ_ONCE(*{place})"),
        };
        if self.random.one_in(12) && !value.starts_with('*') {
            self.unused(&value);
        } else {
            self.assign(Kind::Number, &value);
        }
    }

    /// A value that nobody takes. herd7 wants to be told.
    fn unused(&mut self, value: &str) {
        match self.theme.tongue {
            Tongue::Shared => self.line(format!("(void){value};")),
            Tongue::Own => self.line(format!("{value};")),
        }
    }

    fn store(&mut self) {
        self.spend(1);
        let place = self.place();
        let value = self.data();
        let text = match self.random.below(12) {
            0..2 => format!("smp_store_release({place}, {value});"),
            2 => format!("smp_store_mb(*{place}, {value});"),
            3 if self.theme.atomics => format!("atomic_set({place}, {value});"),
            4 if self.theme.atomics => format!("atomic_set_release({place}, {value});"),
            5 => format!("rcu_assign_pointer(*{place}, {value});"),
            6..9 if self.theme.plain => format!("*{place} = {value};"),
            9 if self.theme.words => {
                let tag = self.random.pick(&["once", "release", "RELEASE"]);
                format!("__store{{{tag}}}(*{place}, {value});")
            }
            _ => format!("WRITE_ONCE(*{place}, {value});"),
        };
        self.line(text);
    }

    fn atomic(&mut self) {
        self.spend(2);
        let fenced = self.random.below(8);
        if fenced == 0 {
            self.line("smp_mb__before_atomic();");
        }
        let place = self.place();
        let text = self.atomic_text(&place);
        if text.ends_with(';') {
            self.line(text);
        } else {
            match self.random.below(8) {
                0 => self.unused(&text),
                _ => drop(self.assign(Kind::Number, &text)),
            }
        }
        if fenced == 1 {
            self.line("smp_mb__after_atomic();");
        }
    }

    /// Ends in `;` if it gives no value.
    fn atomic_text(&mut self, place: &str) -> String {
        let value = self.data();
        let suffix = self.suffix();
        let named = self.random.pick(&["", "atomic_"]);
        let op = self.random.pick(FETCHED);
        match self.random.below(16) {
            0..2 => format!("{named}xchg{suffix}({place}, {value})"),
            2..5 => {
                let old = match self.random.below(3) {
                    0 => self.data(),
                    n => (n - 1).to_string(),
                };
                format!("{named}cmpxchg{suffix}({place}, {old}, {value})")
            }
            5 => {
                let step = self.random.pick(&["inc", "dec"]);
                format!("atomic_{step}({place});")
            }
            6 => format!("atomic_{op}({value}, {place});"),
            7 => {
                let op = self.random.pick(&["add", "sub"]);
                format!("atomic_{op}_return{suffix}({value}, {place})")
            }
            8 => {
                let step = self.random.pick(&["inc", "dec"]);
                format!("atomic_{step}_return{suffix}({place})")
            }
            9 => {
                let step = self.random.pick(&["inc", "dec"]);
                format!("atomic_fetch_{step}{suffix}({place})")
            }
            10 if self.theme.words => {
                let by = self.random.pick(&["+", "-", "&", "|", "^", "&~"]);
                match self.random.below(3) {
                    0 => format!("__atomic_op{{noreturn}}({place}, {by}, {value});"),
                    1 => format!("__atomic_op_return{{acquire}}({place}, {by}, {value})"),
                    _ => format!("__atomic_fetch_op{{mb}}({place}, {by}, {value})"),
                }
            }
            11 if self.theme.words => format!("__xchg{{release}}({place}, {value})"),
            10..12 => format!("atomic_fetch_{op}{suffix}({value}, {place})"),
            12 if self.theme.tongue == Tongue::Own => {
                let unless = self.random.below(2);
                format!("atomic_fetch_add_unless({place}, {value}, {unless})")
            }
            13 if self.theme.tongue == Tongue::Own => {
                format!("xchg({place}, xchg(x, {value}))")
            }
            _ => self.test(place),
        }
    }

    fn compute(&mut self) {
        if self.random.one_in(2) {
            self.spend(1);
        }
        let value = self.number(0);
        self.assign(Kind::Number, &value);
    }

    fn fence(&mut self) {
        if self.random.one_in(2) {
            self.spend(1);
        }
        let fence = match self.random.below(14) {
            0..4 => "smp_mb",
            4..6 => "smp_rmb",
            6..8 => "smp_wmb",
            8 => "barrier",
            9 => "smp_mb__before_atomic",
            10 => "smp_mb__after_atomic",
            11 if self.theme.locks => "smp_mb__after_spinlock",
            12 if self.theme.locks => "smp_mb__after_unlock_lock",
            13 if self.theme.srcu => "smp_mb__after_srcu_read_unlock",
            _ => "smp_mb",
        };
        if self.theme.words && self.random.one_in(2) {
            let tag = self
                .random
                .pick(&["mb", "rmb", "wmb", "MB", "before-atomic"]);
            self.line(format!("__fence{{{tag}}};"));
        } else {
            self.line(format!("{fence}();"));
        }
    }

    fn branch(&mut self) {
        let question = self.question();
        self.spend(1);
        self.line(format!("if ({question}) {{"));
        self.inner();
        if self.left > 0 && self.random.one_in(6) {
            let question = self.question();
            self.line(format!("}} else if ({question}) {{"));
            self.inner();
        }
        if self.random.one_in(3) {
            self.line("} else {");
            self.inner();
        }
        self.line("}");
    }

    /// Reads or writes a pointer, and what it leads to.
    fn pointer(&mut self) {
        self.spend(1);
        let holder = match self.reg(Kind::Second) {
            Some(holder) if self.random.one_in(2) => holder,
            _ => self.random.pick(&["p", "p", "q"]).to_owned(),
        };
        let to = match self.reg(Kind::Pointer) {
            Some(pointer) if self.random.one_in(4) => pointer,
            _ if self.theme.arrays && self.random.one_in(2) => {
                self.random.pick(&["a", "a", "(a + 4)"]).to_owned()
            }
            _ => self.random.pick(self.numbers).to_owned(),
        };
        match self.random.below(14) {
            0..3 => self.follow(&format!("READ_ONCE(*{holder})")),
            3..6 => self.follow(&format!("rcu_dereference(*{holder})")),
            6 => self.follow(&format!("smp_load_acquire({holder})")),
            7 => self.line(format!("WRITE_ONCE(*{holder}, {to});")),
            8 | 9 => self.line(format!("rcu_assign_pointer(*{holder}, {to});")),
            10 => self.line(format!("smp_store_release({holder}, {to});")),
            // Without memory between.
            13 if self.random.one_in(2) => self.follow(&to),
            11 if self.theme.atomics => {
                let suffix = self.suffix();
                self.spend(1);
                self.follow(&format!("xchg{suffix}({holder}, {to})"));
            }
            12 if self.theme.atomics => {
                self.spend(1);
                let old = self.random.pick(self.numbers);
                self.follow(&format!("cmpxchg({holder}, {old}, {to})"));
            }
            _ => {
                self.spend(1);
                self.assign(Kind::Second, "READ_ONCE(*m)");
            }
        }
    }

    /// A pointer that was read, and an access through it. At times it is asked first whether it leads anywhere.
    fn follow(&mut self, value: &str) {
        let pointer = self.assign(Kind::Pointer, value);
        let asked = self.random.one_in(3);
        if asked {
            self.line(format!("if ({pointer}) {{"));
        }
        self.depth += usize::from(asked);
        match self.random.below(4) {
            0 if !asked => {}
            1 => {
                let value = self.data();
                self.line(format!("WRITE_ONCE(*{pointer}, {value});"));
            }
            _ => drop(self.assign(Kind::Number, &format!("READ_ONCE(*{pointer})"))),
        }
        self.depth -= usize::from(asked);
        if asked {
            self.line("}");
        }
        self.spend(1);
    }
}
