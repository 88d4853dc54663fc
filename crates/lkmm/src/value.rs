//! Values as they go through registers and memory. A number is an int of 32
//! bits. An address is a variable and how many bytes beside it one is: at 0 is the
//! variable, elsewhere perhaps another element of the array that it is the first of.

use std::cmp::Ordering;

use litmus::{BinOp, Term, Test, UnOp, Value, VarId};

/// The addresses of variable 0 lie from here to [`STRIDE`] further on, then come those of variable 1.
const POINTER: i64 = 1 << 48;
const STRIDE: i64 = 1 << 32;
/// Values out of thin air: nothing says what they are.
const SYMBOL: i64 = 1 << 50;
/// The value of an operation that has none: a division by 0, or a product of an
/// address. An execution that uses it is none.
pub(crate) const UNDEFINED: i64 = 1 << 51;

/// The variable, and the distance from it. Distances are ints like any other.
fn place(value: i64) -> Option<(u16, i32)> {
    let above = value.checked_sub(POINTER)?;
    let var = u16::try_from(above.div_euclid(STRIDE)).ok()?;
    Some((var, above.rem_euclid(STRIDE) as u32 as i32))
}

fn address(var: u16, distance: i32) -> i64 {
    POINTER + i64::from(var) * STRIDE + i64::from(distance as u32)
}

/// The number that stands for a value. The address of an element is counted from the first.
pub(crate) fn encode(test: &Test, value: Value) -> i64 {
    match value {
        Value::Int(n) => n,
        Value::Addr(var) => match test.element(var) {
            Some((array, index)) => {
                let first = array.elements.first().unwrap_or(&var);
                address(first.0, index as i32 * i32::from(array.stride))
            }
            None => address(var.0, 0),
        },
        Value::Beside(var, distance) => address(var.0, distance as i32),
    }
}

/// The variable that a value points to, of `vars` there are.
pub(crate) fn pointee(test: &Test, value: i64, vars: usize) -> Option<VarId> {
    let var = match place(value)? {
        (var, 0) => VarId(var),
        (first, bytes) => element(test, VarId(first), bytes)?,
    };
    (usize::from(var.0) < vars).then_some(var)
}

/// The element so many bytes behind the first of an array.
fn element(test: &Test, first: VarId, bytes: i32) -> Option<VarId> {
    let mut arrays = test.arrays.iter();
    let array = arrays.find(|array| array.elements.first() == Some(&first))?;
    let (bytes, stride) = (usize::try_from(bytes).ok()?, usize::from(array.stride));
    let index = bytes.checked_div(stride).filter(|_| bytes % stride == 0)?;
    array.elements.get(index).copied()
}

/// It is an address, of a variable or beside one.
pub(crate) fn is_address(value: i64) -> bool {
    place(value).is_some()
}

/// A value out of thin air, by its name.
pub(crate) fn symbol(name: usize) -> i64 {
    SYMBOL + name as i64
}

/// Nothing says what this value is.
pub(crate) fn is_symbol(value: i64) -> bool {
    (SYMBOL..SYMBOL + 4096).contains(&value)
}

/// The value for a condition of the test.
pub(crate) fn decode(test: &Test, value: i64) -> Value {
    match place(value) {
        Some((var, 0)) => Value::Addr(VarId(var)),
        Some((var, distance)) => match element(test, VarId(var), distance) {
            Some(element) => Value::Addr(element),
            None => Value::Beside(VarId(var), i64::from(distance)),
        },
        None => Value::Int(value),
    }
}

/// A value as herd prints it. What comes out of thin air is an `S` and a number.
pub(crate) fn format(test: &Test, value: i64) -> String {
    if is_symbol(value) {
        return format!("S{}", value - SYMBOL);
    }
    litmus::format_value(test, decode(test, value))
}

/// A final state as herd prints it.
pub(crate) fn format_state(test: &Test, observed: &[Term], values: &[i64]) -> String {
    let shown = |(term, value): (&Term, &i64)| {
        let value = if is_symbol(*value) {
            format(test, *value)
        } else {
            test.format_final(*term, decode(test, *value))
        };
        (*term, value)
    };
    test.format_values(observed.iter().zip(values).map(shown))
}

pub(crate) fn unary(op: UnOp, a: i64) -> i64 {
    let truth = i64::from(a == 0);
    match (i32::try_from(a), op) {
        _ if a == UNDEFINED => UNDEFINED,
        (_, UnOp::Not) => truth,
        (Ok(a), UnOp::Neg) => i64::from(0_i32.wrapping_sub(a)),
        (Ok(a), UnOp::BitNot) => i64::from(!a),
        (Err(_), _) => UNDEFINED,
    }
}

/// Both operands of `&&` and `||` are computed.
pub(crate) fn binary(op: BinOp, a: i64, b: i64) -> i64 {
    if a == UNDEFINED || b == UNDEFINED {
        return UNDEFINED;
    }
    match op {
        BinOp::And => return i64::from(a != 0 && b != 0),
        BinOp::Or => return i64::from(a != 0 || b != 0),
        BinOp::Eq => return i64::from(a == b),
        BinOp::Ne => return i64::from(a != b),
        _ => {}
    }
    let result = match (place(a), place(b)) {
        (None, None) => return numbers(op, a as i32, b as i32),
        (Some(a), Some(b)) => addresses(op, a, b),
        (Some((var, distance)), None) => from_address(op, (var, distance), b as i32),
        (None, Some((var, distance))) => to_address(op, a as i32, (var, distance)),
    };
    result.unwrap_or(UNDEFINED)
}

fn numbers(op: BinOp, a: i32, b: i32) -> i64 {
    i64::from(match op {
        BinOp::Add => a.wrapping_add(b),
        BinOp::Sub => a.wrapping_sub(b),
        BinOp::Mul => a.wrapping_mul(b),
        BinOp::Div => match a.checked_div(b) {
            Some(quotient) => quotient,
            // The one quotient that is too large comes back to where it was.
            None if b != 0 => a,
            None => return UNDEFINED,
        },
        BinOp::BitAnd => a & b,
        BinOp::BitOr => a | b,
        BinOp::BitXor => a ^ b,
        _ => return ordered(op, a.cmp(&b)),
    })
}

fn ordered(op: BinOp, order: Ordering) -> i64 {
    i64::from(match op {
        BinOp::Lt => order.is_lt(),
        BinOp::Gt => order.is_gt(),
        BinOp::Le => order.is_le(),
        _ => order.is_ge(),
    })
}

/// Where variables are from each other nothing says.
fn addresses(op: BinOp, a: (u16, i32), b: (u16, i32)) -> Option<i64> {
    let equal = a == b;
    match op {
        BinOp::BitXor => equal.then_some(0),
        BinOp::BitAnd | BinOp::BitOr => equal.then(|| address(a.0, a.1)),
        BinOp::Add | BinOp::Mul | BinOp::Div => None,
        _ if a.0 != b.0 => None,
        BinOp::Sub => Some(i64::from(a.1.wrapping_sub(b.1))),
        _ => Some(ordered(op, a.1.cmp(&b.1))),
    }
}

/// An address, then a number. All that is known of its bits is that it is above 0.
fn from_address(op: BinOp, (var, distance): (u16, i32), n: i32) -> Option<i64> {
    let same = Some(address(var, distance));
    match op {
        BinOp::Add => Some(address(var, distance.wrapping_add(n))),
        BinOp::Sub => Some(address(var, distance.wrapping_sub(n))),
        BinOp::BitOr | BinOp::BitXor if n == 0 => same,
        BinOp::Mul | BinOp::Div if n == 1 => same,
        BinOp::BitAnd if n == -1 => same,
        BinOp::BitAnd | BinOp::Mul if n == 0 => Some(0),
        BinOp::Lt | BinOp::Le | BinOp::Gt | BinOp::Ge if n <= 0 => {
            Some(ordered(op, Ordering::Greater))
        }
        _ => None,
    }
}

/// A number, then an address.
fn to_address(op: BinOp, n: i32, to: (u16, i32)) -> Option<i64> {
    match op {
        BinOp::Sub | BinOp::Div => None,
        BinOp::Lt | BinOp::Le | BinOp::Gt | BinOp::Ge => {
            (n <= 0).then(|| ordered(op, Ordering::Less))
        }
        _ => from_address(op, to, n),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_int_has_32_bits() {
        let (min, max) = (i64::from(i32::MIN), i64::from(i32::MAX));
        for (op, a, b, result) in [
            (BinOp::Add, max, 1, min),
            (BinOp::Sub, min, 1, max),
            (BinOp::Mul, 65536, 65536, 0),
            (BinOp::Div, min, -1, min),
            (BinOp::Div, -7, 2, -3),
            (BinOp::Div, 7, 0, UNDEFINED),
            (BinOp::Gt, min, max, 0),
        ] {
            assert_eq!(binary(op, a, b), result, "{op:?} {a} {b}");
        }
        assert_eq!(unary(UnOp::Neg, min), min);
        assert_eq!(unary(UnOp::BitNot, min), max);
    }

    #[test]
    fn an_address_leads_to_its_variable_alone() {
        let test = &test("x = 0;");
        let x = encode(test, Value::Addr(VarId(3)));
        for distance in [1, -1, i64::from(i32::MAX), i64::from(i32::MIN)] {
            let beside = binary(BinOp::Add, x, distance);
            assert_eq!(pointee(test, beside, 100), None);
            assert_eq!(decode(test, beside), Value::Beside(VarId(3), distance));
            assert_eq!(binary(BinOp::Sub, beside, distance), x);
            assert_eq!(binary(BinOp::Sub, beside, x), distance);
        }
        assert_eq!(pointee(test, binary(BinOp::Add, x, 0), 4), Some(VarId(3)));
        assert_eq!(pointee(test, x, 3), None);
        assert_eq!(binary(BinOp::BitXor, x, x), 0);
        assert_eq!(binary(BinOp::Gt, x, 0), 1);
        assert_eq!(binary(BinOp::Ge, 0, x), 0);
        assert_eq!(binary(BinOp::Mul, x, 2), UNDEFINED);
        assert_eq!(binary(BinOp::Sub, 1, x), UNDEFINED);
        assert_eq!(unary(UnOp::Neg, x), UNDEFINED);
        assert_eq!(unary(UnOp::Not, x), 0);
    }

    fn test(init: &str) -> Test {
        let text = format!("C t\n{{ {init} }}\nP0(int *x) {{ int r0; }}\nexists (true)");
        litmus::parse(&text).test.expect("a test")
    }

    #[test]
    fn arithmetic_leads_from_element_to_element() {
        let test = &test("int x[3] = {1, 2, 3};");
        let address = |element: u16| encode(test, Value::Addr(VarId(element)));
        for (bytes, found) in [
            (0, Some(0)),
            (4, Some(1)),
            (8, Some(2)),
            (12, None),
            (6, None),
            (-4, None),
        ] {
            let found = found.map(VarId);
            let there = binary(BinOp::Add, address(0), bytes);
            assert_eq!(pointee(test, there, 3), found, "{bytes}");
            let there = binary(BinOp::Add, address(2), bytes - 8);
            assert_eq!(pointee(test, there, 3), found, "{bytes}");
            let value = found.map_or(Value::Beside(VarId(0), bytes), Value::Addr);
            assert_eq!(decode(test, there), value);
        }
        assert_eq!(binary(BinOp::Sub, address(2), address(0)), 8);
        assert_eq!(binary(BinOp::Lt, address(0), address(2)), 1);
    }
}
