//! Random small programs, as litmus text: what fails can be pasted anywhere.

use std::fmt::Write;

/// A generator with a fixed sequence for each seed (xorshift).
pub struct Random(u64);

impl Random {
    pub fn new(seed: u64) -> Random {
        Random(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    pub fn below(&mut self, n: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) % n
    }

    fn pick<'a>(&mut self, of: &[&'a str]) -> &'a str {
        of[self.below(of.len() as u64) as usize]
    }
}

/// What a program may use.
#[derive(Clone, Copy)]
pub struct Dialect {
    pub atomics: bool,
    pub branches: bool,
    pub pointers: bool,
    pub rcu: bool,
}

const HEAD: &str = "int *x, int *y, int **p, spinlock_t *l, struct srcu_struct *s";

struct Thread<'r> {
    random: &'r mut Random,
    dialect: Dialect,
    body: String,
    regs: usize,
    /// Registers that hold a pointer, where they may be used.
    pointers: Vec<String>,
    /// All registers that hold a pointer.
    pointed: Vec<String>,
    section: Option<String>,
    locked: bool,
    left: u64,
}

impl Thread<'_> {
    fn reg(&mut self) -> String {
        self.regs += 1;
        format!("r{}", self.regs - 1)
    }

    fn value(&mut self) -> String {
        if self.regs > 0 && self.random.below(3) == 0 {
            let r = format!("r{}", self.random.below(self.regs as u64));
            if self.pointed.contains(&r) {
                "1".to_owned()
            } else {
                r
            }
        } else {
            (1 + self.random.below(2)).to_string()
        }
    }

    fn place(&mut self) -> String {
        if !self.pointers.is_empty() && self.random.below(3) == 0 {
            let at = self.random.below(self.pointers.len() as u64) as usize;
            return self.pointers[at].clone();
        }
        self.random.pick(&["x", "y"]).to_owned()
    }

    fn line(&mut self, indent: usize, text: &str) {
        let _ = writeln!(self.body, "{}{text}", "\t".repeat(indent));
    }

    fn statement(&mut self, indent: usize) {
        self.left = self.left.saturating_sub(1);
        let kind = self.random.below(22);
        match kind {
            0..=4 => {
                let (r, place) = (self.reg(), self.place());
                let call = if self.random.below(4) == 0 {
                    "smp_load_acquire(@)"
                } else {
                    "READ_ONCE(*@)"
                };
                let text = format!("int {r} = {};", call.replace('@', &place));
                self.line(indent, &text);
            }
            5..=9 => {
                let (place, value) = (self.place(), self.value());
                let text = if self.random.below(4) == 0 {
                    format!("smp_store_release({place}, {value});")
                } else {
                    format!("WRITE_ONCE(*{place}, {value});")
                };
                self.line(indent, &text);
            }
            10 | 11 => {
                let fence = self.random.pick(&["smp_mb();", "smp_rmb();", "smp_wmb();"]);
                self.line(indent, fence);
            }
            12 | 13 if self.dialect.atomics => self.atomic(indent),
            14 if self.dialect.atomics && self.section.is_none() && indent == 1 => {
                let text = if self.locked {
                    "spin_unlock(l);"
                } else {
                    "spin_lock(l);"
                };
                self.locked = !self.locked;
                self.line(indent, text);
            }
            15 | 16 if self.dialect.branches && self.regs > 0 && indent < 3 => {
                let cond = format!("r{}", self.random.below(self.regs as u64));
                let before = self.regs;
                let pointers = self.pointers.len();
                self.line(indent, &format!("if ({cond} == 1) {{"));
                self.statement(indent + 1);
                if self.random.below(2) == 0 {
                    self.line(indent, "} else {");
                    self.regs = before.max(self.regs);
                    self.statement(indent + 1);
                }
                self.line(indent, "}");
                self.pointers.truncate(pointers);
            }
            17 if self.dialect.pointers => {
                let r = self.reg();
                self.line(indent, &format!("int *{r} = READ_ONCE(*p);"));
                self.pointed.push(r.clone());
                self.pointers.push(r);
            }
            18 if self.dialect.pointers => {
                let (call, place) = (
                    self.random.pick(&["rcu_assign_pointer", "WRITE_ONCE"]),
                    self.random.pick(&["x", "y"]),
                );
                self.line(indent, &format!("{call}(*p, {place});"));
            }
            19 | 20 if self.dialect.rcu && indent == 1 => match self.section.take() {
                Some(cookie) => self.line(indent, &format!("srcu_read_unlock(s, {cookie});")),
                None => {
                    self.regs += 1;
                    let c = format!("c{}", self.regs);
                    self.line(indent, &format!("int {c} = srcu_read_lock(s);"));
                    self.section = Some(c);
                    self.regs -= 1;
                }
            },
            19 | 20 if self.dialect.rcu && self.section.is_none() => {
                let (r, place) = (self.reg(), self.place());
                self.regs += 1;
                let c = format!("c{}", self.regs);
                self.line(indent, &format!("int {c} = srcu_read_lock(s);"));
                self.line(indent, &format!("int {r} = READ_ONCE(*{place});"));
                self.line(indent, &format!("srcu_read_unlock(s, {c});"));
                self.regs -= 1;
            }
            21 if self.dialect.rcu && self.section.is_none() => {
                self.line(indent, "synchronize_srcu(s);");
            }
            _ => {
                let (r, place) = (self.reg(), self.place());
                self.line(indent, &format!("int {r} = READ_ONCE(*{place});"));
            }
        }
    }

    fn atomic(&mut self, indent: usize) {
        let (r, place, value) = (self.reg(), self.place(), self.value());
        let suffix = self.random.pick(&["", "_acquire", "_release", "_relaxed"]);
        // Sums could make any pointer of any other.
        let kinds = if self.dialect.pointers { 3 } else { 5 };
        let text = match self.random.below(kinds) {
            0 => format!(
                "int {r} = cmpxchg{suffix}({place}, {}, {value});",
                self.random.below(2)
            ),
            3 => format!("int {r} = atomic_fetch_add{suffix}({value}, {place});"),
            4 => format!(
                "int {r} = atomic_add_unless({place}, {value}, {});",
                self.random.below(2)
            ),
            _ => format!("int {r} = xchg{suffix}({place}, {value});"),
        };
        self.line(indent, &text);
    }
}

/// A body, with its number of registers.
fn body(random: &mut Random, dialect: Dialect, statements: u64) -> (String, usize) {
    let mut thread = Thread {
        random,
        dialect,
        body: String::new(),
        regs: 0,
        pointers: Vec::new(),
        pointed: Vec::new(),
        section: None,
        locked: false,
        left: statements,
    };
    while thread.left > 0 {
        thread.statement(1);
    }
    if let Some(cookie) = thread.section.take() {
        thread.line(1, &format!("srcu_read_unlock(s, {cookie});"));
    }
    if thread.locked {
        thread.line(1, "spin_unlock(l);");
    }
    (thread.body, thread.regs)
}

/// The program of a seed: 2 or 3 threads; every register and both variables are observed.
pub fn program(seed: u64, dialect: Dialect) -> String {
    let mut random = Random::new(seed);
    let threads = 2 + random.below(2);
    let mut text = format!("C random-{seed}\n\n{{ int x; int y; int *p=&x; }}\n");
    let mut observed = String::from("x; y;");
    for t in 0..threads {
        let statements = if threads == 2 {
            2 + random.below(3)
        } else {
            1 + random.below(3)
        };
        let (body, regs) = body(&mut random, dialect, statements);
        for r in 0..regs {
            let _ = write!(observed, " {t}:r{r};");
        }
        let _ = write!(text, "\nP{t}({HEAD})\n{{\n{body}}}\n");
    }
    let _ = write!(text, "\nlocations [{observed}]\nexists (x=1)\n");
    text
}

/// A program of which some threads are alike: the same, or the same with `x` and `y`
/// exchanged. Sometimes not all is observed, or one thread is another.
#[allow(dead_code, reason = "not every test is about them")]
pub fn twins(seed: u64, dialect: Dialect) -> String {
    let mut random = Random::new(seed ^ 0x7717);
    let threads = 2 + random.below(3);
    let statements = if threads < 4 { 1 + random.below(3) } else { 1 };
    let mirrored = random.below(2) == 0;
    let (same, regs) = body(&mut random, dialect, statements);
    let mut text = format!("C twins-{seed}\n\n{{ int x; int y; int *p=&x; }}\n");
    let mut observed = match random.below(3) {
        0 => String::from("x;"),
        1 => String::from("y; x;"),
        _ => String::new(),
    };
    let hidden = random.below(3 * threads);
    for t in 0..threads {
        let (body, regs) = if t == 2 && random.below(2) == 0 {
            body(&mut random, dialect, 1)
        } else if mirrored && t % 2 == 1 {
            (exchanged(&same), regs)
        } else {
            (same.clone(), regs)
        };
        for r in (0..regs).filter(|_| t != hidden) {
            let _ = write!(observed, " {t}:r{r};");
        }
        let _ = write!(text, "\nP{t}({HEAD})\n{{\n{body}}}\n");
    }
    let filter = match random.below(6) {
        0 if regs > 0 => "filter (0:r0=1)\n",
        1 if regs > 0 => "filter (0:r0=1 /\\ 1:r0=1)\n",
        _ => "",
    };
    if observed.is_empty() {
        observed.push_str("x;");
    }
    let _ = write!(text, "\nlocations [{observed}]\n{filter}exists (true)\n");
    text
}

/// With the variables `x` and `y` exchanged, wherever they stand alone.
#[allow(dead_code, reason = "see `twins`")]
fn exchanged(body: &str) -> String {
    let letters: Vec<char> = body.chars().collect();
    let alone = |at: usize| {
        let word = |c: Option<&char>| c.is_some_and(|c| c.is_alphanumeric() || *c == '_');
        !word(letters.get(at + 1)) && (at == 0 || !word(letters.get(at - 1)))
    };
    let exchange = |(at, c): (usize, &char)| match c {
        'x' if alone(at) => 'y',
        'y' if alone(at) => 'x',
        c => *c,
    };
    letters.iter().enumerate().map(exchange).collect()
}
