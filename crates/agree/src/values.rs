//! Random programs about values: numbers near the limits of an int, arithmetic of
//! every kind, atomics that run over, and pointers that are computed.

use crate::{Program, Random};

/// Numbers at which something runs over.
const NUMBERS: [&str; 12] = [
    "0",
    "1",
    "2",
    "-1",
    "7",
    "-2",
    "65536",
    "1431655765",
    "2147483647",
    "2147483646",
    "-2147483648",
    "-2147483647",
];

const OPERATORS: [&str; 13] = [
    "+", "-", "*", "/", "&", "|", "^", "==", "!=", "<", ">", "<=", ">=",
];

struct Maker {
    random: Random,
    lines: Vec<String>,
    /// How many registers hold numbers, and how many hold pointers.
    numbers: usize,
    pointers: usize,
    /// Whether pointers are computed with.
    computes: bool,
    depth: usize,
}

impl Maker {
    fn literal(&mut self) -> String {
        self.random.pick(&NUMBERS).to_owned()
    }

    /// A register or a literal.
    fn operand(&mut self) -> String {
        if self.numbers > 0 && !self.random.one_in(3) {
            format!("r{}", self.random.below(self.numbers))
        } else {
            self.literal()
        }
    }

    fn expression(&mut self, depth: usize) -> String {
        if depth == 0 || self.random.one_in(3) {
            return self.operand();
        }
        let operator = self.random.pick(&OPERATORS);
        let left = self.expression(depth - 1);
        // Only what a load has found may be 0: a literal 0 is refused.
        let right = match operator {
            "/" if !self.random.one_in(4) || self.numbers == 0 => {
                self.random.pick(&["2", "3", "65536"]).to_owned()
            }
            "/" => format!("r{}", self.random.below(self.numbers)),
            _ => self.expression(depth - 1),
        };
        format!("({left} {operator} {right})")
    }

    fn place(&mut self) -> String {
        if self.computes && self.random.one_in(3) {
            let base = self.pointer();
            let operand = self.operand();
            let r = self.random.below(self.numbers.max(1));
            return match self.random.below(4) {
                0 => base,
                1 => format!("({base} + {operand})"),
                _ if self.numbers == 0 => base,
                2 => format!("({base} + (r{r} ^ r{r}))"),
                _ => format!("(({base} + r{r}) - r{r})"),
            };
        }
        self.random.pick(&["x", "y"]).to_owned()
    }

    fn pointer(&mut self) -> String {
        if self.pointers > 0 && !self.random.one_in(4) {
            format!("s{}", self.random.below(self.pointers))
        } else {
            self.random.pick(&["x", "y"]).to_owned()
        }
    }

    fn number(&mut self, value: &str) {
        self.lines.push(format!("r{} = {value};", self.numbers));
        self.numbers += 1;
    }

    fn atomic(&mut self) {
        let (n, m) = (self.operand(), self.literal());
        let call = match self.random.below(12) {
            0 => format!("atomic_add_return({n}, a)"),
            1 => format!("atomic_fetch_sub_relaxed({n}, a)"),
            2 => format!("atomic_sub_return_release({n}, a)"),
            3 => format!("atomic_add_negative({n}, a)"),
            4 => format!("atomic_sub_and_test({n}, a)"),
            5 => "atomic_inc_and_test(a)".to_owned(),
            6 => format!("xchg_acquire(a, {n})"),
            7 => format!("cmpxchg(a, {m}, {n})"),
            8 => format!("atomic_add_unless(a, {n}, {m})"),
            9 => "atomic_inc_return(a)".to_owned(),
            10 => "atomic_read(a)".to_owned(),
            _ => {
                self.lines.push(format!("atomic_sub({n}, a);"));
                return;
            }
        };
        self.number(&call);
    }

    fn pointed(&mut self) {
        match self.random.below(4) {
            0 | 1 => {
                self.lines
                    .push(format!("s{} = READ_ONCE(*p);", self.pointers));
                self.pointers += 1;
            }
            2 => {
                let pointer = self.pointer();
                let value = if self.computes && self.random.one_in(3) {
                    format!("{pointer} + {}", self.operand())
                } else {
                    pointer
                };
                self.lines.push(format!("WRITE_ONCE(*p, {value});"));
            }
            _ => {
                let (a, b) = (self.pointer(), self.pointer());
                let value = match self.random.below(3) {
                    0 => format!("({a} == {b})"),
                    1 => format!("({a} != 0)"),
                    _ => format!("({a} == ({b} + {}))", self.operand()),
                };
                self.number(&value);
            }
        }
    }

    fn statement(&mut self) {
        match self.random.below(14) {
            0..=2 => {
                let place = self.place();
                self.number(&format!("READ_ONCE(*{place})"));
            }
            3..=5 => {
                let (place, value) = (self.place(), self.expression(2));
                self.lines.push(format!("WRITE_ONCE(*{place}, {value});"));
            }
            6 | 7 => {
                let value = self.expression(3);
                self.number(&value);
            }
            8 | 9 => self.atomic(),
            10 | 11 => self.pointed(),
            12 if self.depth < 2 => {
                let condition = self.expression(2);
                self.lines.push(format!("if ({condition}) {{"));
                self.depth += 1;
                let known = (self.numbers, self.pointers);
                self.statement();
                // What is assigned in an arm holds nothing behind it.
                let used = (self.numbers, self.pointers);
                self.depth -= 1;
                self.lines.push("}".to_owned());
                for r in known.0..used.0 {
                    self.lines.push(format!("r{r} = {};", r % 3));
                }
                for s in known.1..used.1 {
                    self.lines.push(format!("s{s} = x;"));
                }
            }
            _ => {
                let fence = self.random.pick(&["smp_mb();", "smp_rmb();", "smp_wmb();"]);
                self.lines.push(fence.to_owned());
            }
        }
    }
}

/// A program with one or two threads. Every second one computes with addresses.
#[must_use]
pub fn values(seed: u64) -> Program {
    let mut random = Random::new(seed ^ 0x0076_616c_7565);
    let number = |random: &mut Random| random.pick(&NUMBERS).to_owned();
    let init = vec![
        format!("x={};", number(&mut random)),
        format!("y={};", number(&mut random)),
        format!("a={};", number(&mut random)),
        format!("p={};", random.pick(&["x", "y", "x", "0"])),
    ];
    let mut threads = Vec::new();
    let mut locations: Vec<String> = ["x;", "y;", "a;", "p;"].map(str::to_owned).to_vec();
    for thread in 0..1 + random.below(2) {
        let mut maker = Maker {
            random: Random::new(random.below(usize::MAX) as u64),
            lines: Vec::new(),
            numbers: 0,
            pointers: 0,
            computes: seed % 2 == 1,
            depth: 0,
        };
        for _ in 0..2 + maker.random.below(4) {
            maker.statement();
        }
        let registers = (0..maker.numbers).map(|r| format!("{thread}:r{r};"));
        locations.extend(registers.chain((0..maker.pointers).map(|s| format!("{thread}:s{s};"))));
        threads.push(maker.lines);
    }
    Program {
        name: format!("values-{seed}"),
        init,
        params: "int *x, int *y, atomic_t *a, int **p".to_owned(),
        threads,
        locations,
        condition: format!("x={}", number(&mut random)),
        ..Program::default()
    }
}
