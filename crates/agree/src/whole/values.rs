//! Numbers, conditions of branches, and places.

use super::{Kind, Maker, Tongue};

/// Numbers at which 32 bits end, and some that meet them by arithmetic.
pub(super) const LIMITS: &[&str] = &[
    "2147483647",
    "-2147483648",
    "2147483646",
    "-2147483647",
    "65536",
    "65535",
    "1073741824",
    "-1",
];

impl Maker<'_> {
    /// A number as it stands in a program.
    pub(super) fn constant(&mut self) -> &'static str {
        if self.theme.limits && self.random.one_in(2) {
            return self.random.pick(LIMITS);
        }
        self.random
            .pick(&["0", "1", "1", "1", "2", "2", "3", "4", "-1"])
    }

    /// A value to be stored: mostly a plain number, so that states stay few.
    pub(super) fn data(&mut self) -> String {
        let reg = self.reg(Kind::Number);
        match (self.random.below(8), reg) {
            (0..3, Some(r)) => r,
            (3, Some(r)) => match self.random.below(4) {
                0 => format!("{r} + {}", self.constant()),
                1 => format!("1 + ({r} ^ {r})"),
                2 => format!("({r} & 0) + 1"),
                _ => format!("1 + {r} - {r}"),
            },
            (4, _) => self.number(0),
            _ => self.constant().to_owned(),
        }
    }

    /// An expression.
    pub(super) fn number(&mut self, depth: usize) -> String {
        let deep = depth > 1 || (depth > 0 && !self.theme.limits);
        match self.random.below(if deep { 5 } else { 12 }) {
            0..2 => self.constant().to_owned(),
            2 if self.left > 1 && self.random.one_in(4) => {
                self.spend(1);
                let place = self.place();
                format!("READ_ONCE(*{place})")
            }
            2..5 => match self.reg(Kind::Number) {
                Some(reg) => reg,
                None => self.constant().to_owned(),
            },
            5 if self.theme.tongue == Tongue::Own => {
                let op = self.random.pick(&["!", "~", "-"]);
                format!("{op}({})", self.number(depth + 1))
            }
            6 => {
                let by = self.random.pick(&["1", "2", "3", "-1", "-2"]);
                format!("({}) / {by}", self.number(depth + 1))
            }
            7 => {
                let by = self
                    .random
                    .pick(&["==", "!=", "<", ">", "<=", ">=", "==", "!="]);
                let (a, b) = (self.number(depth + 1), self.number(depth + 1));
                format!("({a}) {by} ({b})")
            }
            8 if self.theme.tongue == Tongue::Own => {
                let by = self.random.pick(&["&&", "||"]);
                let (a, b) = (self.number(depth + 1), self.number(depth + 1));
                format!("({a}) {by} ({b})")
            }
            _ => {
                let by = self.random.pick(&["+", "-", "*", "&", "|", "^", "+", "-"]);
                let (a, b) = (self.number(depth + 1), self.number(depth + 1));
                // Some without parentheses, for the precedence.
                if self.random.one_in(4) && !a.contains("==") {
                    format!("{a} {by} ({b})")
                } else {
                    format!("({a}) {by} ({b})")
                }
            }
        }
    }

    /// What an `if` asks.
    pub(super) fn question(&mut self) -> String {
        let place = self.place();
        let pointer = self.reg(Kind::Pointer);
        match self.random.below(16) {
            0 if self.left > 1 => {
                self.spend(1);
                format!("READ_ONCE(*{place}) == {}", self.constant())
            }
            1 if self.left > 1 && self.theme.atomics => {
                self.spend(2);
                self.test(&place)
            }
            2 if self.left > 1 && self.theme.atomics => {
                self.spend(2);
                format!("cmpxchg({place}, 0, 1) == 0")
            }
            3..5 => self.number(0),
            5 if self.theme.tongue == Tongue::Own => {
                format!("!({}) && {}", self.number(1), self.number(1))
            }
            6..8 if pointer.is_some() => {
                let pointer = pointer.unwrap_or_default();
                let other = self.random.pick(self.numbers);
                let questions = [
                    pointer.clone(),
                    format!("{pointer} == 0"),
                    format!("{pointer} == {other}"),
                    format!("{pointer} != {other}"),
                ];
                questions[self.random.below(4)].clone()
            }
            _ => match self.reg(Kind::Number) {
                Some(reg) => {
                    let by = self
                        .random
                        .pick(&["==", "==", "==", "!=", "<", ">", "<=", ">="]);
                    format!("{reg} {by} {}", self.constant())
                }
                None => self.number(0),
            },
        }
    }

    /// An atomic that says yes or no.
    pub(super) fn test(&mut self, place: &str) -> String {
        let value = self.constant();
        let suffix = self.suffix();
        match self.random.below(6) {
            0 => format!("atomic_dec_and_test({place})"),
            1 => format!("atomic_inc_and_test({place})"),
            2 => format!("atomic_sub_and_test({value}, {place})"),
            3 => format!("atomic_add_negative{suffix}({value}, {place})"),
            4 if self.theme.tongue == Tongue::Own => format!("atomic_inc_not_zero({place})"),
            _ => format!(
                "atomic_add_unless({place}, {value}, {})",
                self.random.below(3)
            ),
        }
    }

    pub(super) fn suffix(&mut self) -> &'static str {
        self.random
            .pick(&["", "", "_acquire", "_release", "_relaxed"])
    }

    /// The address of a number, as a pointer.
    pub(super) fn place(&mut self) -> String {
        let name = self.random.pick(self.numbers).to_owned();
        let reg = self.reg(Kind::Number);
        let pointer = self.reg(Kind::Pointer);
        match (self.random.below(12), reg, pointer) {
            (0..2, _, Some(pointer)) if self.theme.arrays => {
                let by = self.random.pick(&["+ 4", "+ 4", "- 4", "+ 1", "+ 8"]);
                format!("({pointer} {by})")
            }
            (0..5, _, Some(pointer)) => pointer,
            (5, Some(reg), _) if self.theme.pointers => {
                let offset = match self.random.below(8) {
                    0 => reg,
                    1 => format!("({reg} & 0)"),
                    2 => format!("({reg} - {reg})"),
                    3 if self.theme.careless => "1".to_owned(),
                    _ => format!("({reg} ^ {reg})"),
                };
                let by = self.random.pick(&["+", "+", "+", "-"]);
                format!("({name} {by} {offset})")
            }
            (6, _, _) if self.theme.pointers && self.random.one_in(3) => "(*p)".to_owned(),
            (7..9, _, _) if self.theme.atomics => "v".to_owned(),
            (9..11, _, _) if self.theme.arrays => {
                // An element is as many bytes behind the one before as its type has.
                let place = self.random.pick(&["a", "(a + 4)", "(a + 0)", "(a + 4)"]);
                match self.reg(Kind::Number) {
                    Some(reg) if self.random.one_in(2) => match self.random.below(3) {
                        0 => format!("(a + 4 * {reg})"),
                        1 => format!("(a + ({reg} & 4))"),
                        _ => format!("({place} + ({reg} ^ {reg}))"),
                    },
                    _ => place.to_owned(),
                }
            }
            _ => name,
        }
    }
}
