//! Values as they go through registers and memory: numbers, in which three
//! ranges are set apart.

use litmus::{BinOp, Term, Test, UnOp, Value, VarId};

/// The address of variable 0; variable `v` is at `POINTER + v`.
const POINTER: i64 = 1 << 40;
/// The cookie of an SRCU section; to arithmetic it is 0.
const COOKIE: i64 = 1 << 41;
/// A value out of thin air: nothing says what it is.
const SYMBOL: i64 = 1 << 42;

/// The number that stands for a value.
pub(crate) fn encode(value: Value) -> i64 {
    match value {
        Value::Int(n) => n,
        Value::Addr(var) => POINTER + i64::from(var.0),
    }
}

/// The variable that a value points to, of `vars` there are.
pub(crate) fn pointee(value: i64, vars: usize) -> Option<VarId> {
    let index = u16::try_from(value.checked_sub(POINTER)?).ok()?;
    (usize::from(index) < vars).then_some(VarId(index))
}

/// The cookie of the lock with this number.
pub(crate) fn cookie(lock: usize) -> i64 {
    COOKIE + lock as i64
}

/// A value out of thin air, by its name.
pub(crate) fn symbol(name: usize) -> i64 {
    SYMBOL + name as i64
}

/// What computing and comparing see: a cookie is the number 0.
fn number(value: i64) -> i64 {
    if (COOKIE..SYMBOL).contains(&value) {
        0
    } else {
        value
    }
}

/// Nothing says what this value is.
pub(crate) fn is_symbol(value: i64) -> bool {
    (SYMBOL..SYMBOL + 4096).contains(&value)
}

/// The value for a condition of the test.
pub(crate) fn decode(value: i64, vars: usize) -> Value {
    match pointee(value, vars) {
        Some(var) => Value::Addr(var),
        None => Value::Int(number(value)),
    }
}

/// A value as herd prints it. What comes out of thin air is an `S` and a number.
pub(crate) fn format(test: &Test, value: i64) -> String {
    if is_symbol(value) {
        return format!("S{}", value - SYMBOL);
    }
    litmus::format_value(test, decode(value, test.vars.len()))
}

/// A final state as herd prints it.
pub(crate) fn format_state(test: &Test, observed: &[Term], values: &[i64]) -> String {
    let shown = |(term, value): (&Term, &i64)| {
        let value = if is_symbol(*value) {
            format(test, *value)
        } else {
            test.format_final(*term, decode(*value, test.vars.len()))
        };
        (*term, value)
    };
    test.format_values(observed.iter().zip(values).map(shown))
}

pub(crate) fn unary(op: UnOp, a: i64) -> i64 {
    let a = number(a);
    match op {
        UnOp::Not => i64::from(a == 0),
        UnOp::Neg => a.wrapping_neg(),
        UnOp::BitNot => !a,
    }
}

/// Both operands of `&&` and `||` are computed, as in herd.
pub(crate) fn binary(op: BinOp, a: i64, b: i64) -> i64 {
    let (a, b) = (number(a), number(b));
    match op {
        BinOp::Add => a.wrapping_add(b),
        BinOp::Sub => a.wrapping_sub(b),
        BinOp::Mul => a.wrapping_mul(b),
        BinOp::BitAnd => a & b,
        BinOp::BitOr => a | b,
        BinOp::BitXor => a ^ b,
        BinOp::Eq => i64::from(a == b),
        BinOp::Ne => i64::from(a != b),
        BinOp::Lt => i64::from(a < b),
        BinOp::Gt => i64::from(a > b),
        BinOp::Le => i64::from(a <= b),
        BinOp::Ge => i64::from(a >= b),
        BinOp::And => i64::from(a != 0 && b != 0),
        BinOp::Or => i64::from(a != 0 || b != 0),
    }
}
