//! Values as the machine computes with them. A number is an int of 32 bits; what
//! lies above that range is set apart, so that pointers and cookies go through
//! registers, comparisons and false dependencies (`r ^ r`) like any number.

use litmus::{BinOp, Test, UnOp, Value};

/// Above the number (or offset) a value says which location or section it is of.
const PART: u32 = 32;
/// And above that, what it is.
const KIND: u32 = 48;
const POINTER: i64 = 1 << 8;
const COOKIE: i64 = 1 << 9;

/// What memory holds where nothing was ever stored: a field of a heap object
/// that the test does not initialise. A load that finds it gets 0 and is an
/// uninitialised read.
pub const GARBAGE: i64 = i64::MIN;

/// What an operation gives that has no result: a division by 0, or a product of
/// an address. A run that uses it is no execution.
pub const UNDEFINED: i64 = i64::MIN + 1;

/// What a value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Meaning {
    /// A number.
    Number(i32),
    /// An address, so many bytes from the location: at 0 the location is there, elsewhere perhaps
    /// another element of the array that it is the first of.
    Pointer(u16, i32),
    /// The cookie of a section: a number for all but an unlock.
    Cookie(u16, i32),
    /// See [`UNDEFINED`].
    Undefined,
}

impl Meaning {
    /// What a value is. Nothing else computes with garbage: it is undefined.
    #[must_use]
    pub fn of(value: i64) -> Meaning {
        let (part, low) = ((value >> PART) as u16, value as i32);
        match value >> KIND {
            POINTER => Meaning::Pointer(part, low),
            COOKIE => Meaning::Cookie(part, low),
            _ => match i32::try_from(value) {
                Ok(number) => Meaning::Number(number),
                Err(_) => Meaning::Undefined,
            },
        }
    }

    /// The value that means it.
    #[must_use]
    pub fn value(self) -> i64 {
        let apart = |kind: i64, part: u16, low: i32| {
            kind << KIND | i64::from(part) << PART | i64::from(low.cast_unsigned())
        };
        match self {
            Meaning::Number(n) => i64::from(n),
            Meaning::Pointer(loc, offset) => apart(POINTER, loc, offset),
            Meaning::Cookie(section, n) => apart(COOKIE, section, n),
            Meaning::Undefined => UNDEFINED,
        }
    }
}

/// The address of a location that is no further element of an array.
#[must_use]
pub fn address(loc: u16) -> i64 {
    Meaning::Pointer(loc, 0).value()
}

/// Where the elements of arrays lie: an address is counted from the first.
#[derive(Clone, Debug, Default)]
pub struct Arrays(Vec<Array>);

#[derive(Clone, Debug)]
struct Array {
    elements: Vec<u16>,
    stride: u8,
}

impl Arrays {
    /// Those of a test.
    #[must_use]
    pub fn of(test: &Test) -> Arrays {
        let array = |array: &litmus::Array| Array {
            elements: array.elements.iter().map(|var| var.0).collect(),
            stride: array.stride,
        };
        Arrays(test.arrays.iter().map(array).collect())
    }

    /// The address of a location.
    #[must_use]
    pub fn address(&self, loc: u16) -> i64 {
        let mut arrays = self.0.iter();
        let found = arrays.find_map(|array| {
            let index = array.elements.iter().position(|other| *other == loc)?;
            let bytes = index as i32 * i32::from(array.stride);
            Some(Meaning::Pointer(*array.elements.first()?, bytes).value())
        });
        found.unwrap_or_else(|| address(loc))
    }

    /// The location that a value points to, of `locations` there are.
    #[must_use]
    pub fn pointee(&self, value: i64, locations: usize) -> Option<usize> {
        let loc = match Meaning::of(value) {
            Meaning::Pointer(loc, 0) => loc,
            Meaning::Pointer(first, bytes) => self.element(first, bytes)?,
            _ => return None,
        };
        Some(usize::from(loc)).filter(|loc| *loc < locations)
    }

    /// The element so many bytes behind the first.
    fn element(&self, first: u16, bytes: i32) -> Option<u16> {
        let mut arrays = self.0.iter();
        let array = arrays.find(|array| array.elements.first() == Some(&first))?;
        let (bytes, stride) = (usize::try_from(bytes).ok()?, usize::from(array.stride));
        let index = bytes.checked_div(stride).filter(|_| bytes % stride == 0)?;
        array.elements.get(index).copied()
    }

    /// A value of a test as the machine holds it.
    #[must_use]
    pub fn encode(&self, value: Value) -> i64 {
        match value {
            Value::Int(n) => n,
            Value::Addr(var) => self.address(var.0),
            Value::Beside(var, bytes) => Meaning::Pointer(var.0, bytes as i32).value(),
        }
    }
}

/// The section that a cookie belongs to, of `sections` there are.
#[must_use]
pub fn cookie_section(value: i64, sections: usize) -> Option<usize> {
    match Meaning::of(value) {
        Meaning::Cookie(section, _) => Some(usize::from(section)).filter(|s| *s < sections),
        _ => None,
    }
}

/// What comparing sees: a cookie is its number.
#[must_use]
pub fn number(value: i64) -> i64 {
    match Meaning::of(value) {
        Meaning::Cookie(_, n) => i64::from(n),
        _ => value,
    }
}

/// A unary operation.
#[must_use]
pub fn unary(op: UnOp, a: i64) -> i64 {
    let on_number = |n: i32| match op {
        UnOp::Not => i32::from(n == 0),
        UnOp::Neg => n.wrapping_neg(),
        UnOp::BitNot => !n,
    };
    match (Meaning::of(a), op) {
        (Meaning::Number(n), _) => Meaning::Number(on_number(n)),
        (Meaning::Cookie(section, n), _) => Meaning::Cookie(section, on_number(n)),
        (Meaning::Pointer(..), UnOp::Not) => Meaning::Number(0),
        (Meaning::Pointer(..) | Meaning::Undefined, _) => Meaning::Undefined,
    }
    .value()
}

/// A binary operation. Both operands of `&&` and `||` are computed.
#[must_use]
pub fn binary(op: BinOp, a: i64, b: i64) -> i64 {
    use Meaning::{Cookie, Number, Pointer, Undefined};
    match (Meaning::of(a), Meaning::of(b)) {
        (Number(a), Number(b)) => on_numbers(op, a, b),
        (Undefined, _) | (_, Undefined) => Undefined,
        // What is computed from a cookie is one, as the axioms have it: the unlock
        // that gets it depends on the lock.
        (Cookie(section, a), Number(b) | Cookie(_, b)) | (Number(a), Cookie(section, b)) => {
            match on_numbers(op, a, b) {
                Number(n) => Cookie(section, n),
                other => other,
            }
        }
        (Pointer(l, a), Pointer(m, b)) => on_pointers(op, (l, a), (m, b)),
        (Pointer(loc, offset), Number(n) | Cookie(_, n)) => on_pointer(op, loc, offset, n),
        (Number(n) | Cookie(_, n), Pointer(loc, offset)) => match op {
            BinOp::Sub | BinOp::Div => Undefined,
            _ => on_pointer(mirrored(op), loc, offset, n),
        },
    }
    .value()
}

fn on_numbers(op: BinOp, a: i32, b: i32) -> Meaning {
    Meaning::Number(match op {
        BinOp::Add => a.wrapping_add(b),
        BinOp::Sub => a.wrapping_sub(b),
        BinOp::Mul => a.wrapping_mul(b),
        BinOp::Div if b == 0 => return Meaning::Undefined,
        BinOp::Div => a.wrapping_div(b),
        BinOp::BitAnd => a & b,
        BinOp::BitOr => a | b,
        BinOp::BitXor => a ^ b,
        BinOp::And => i32::from(a != 0 && b != 0),
        BinOp::Or => i32::from(a != 0 || b != 0),
        _ => i32::from(compares(op, a, b)),
    })
}

fn compares<T: Ord>(op: BinOp, a: T, b: T) -> bool {
    match op {
        BinOp::Eq => a == b,
        BinOp::Ne => a != b,
        BinOp::Lt => a < b,
        BinOp::Gt => a > b,
        BinOp::Le => a <= b,
        BinOp::Ge => a >= b,
        _ => false,
    }
}

/// The operation with its operands exchanged.
fn mirrored(op: BinOp) -> BinOp {
    match op {
        BinOp::Lt => BinOp::Gt,
        BinOp::Gt => BinOp::Lt,
        BinOp::Le => BinOp::Ge,
        BinOp::Ge => BinOp::Le,
        other => other,
    }
}

/// Of two addresses. Nothing says where one location is from another.
fn on_pointers(op: BinOp, a: (u16, i32), b: (u16, i32)) -> Meaning {
    let number = |truth: bool| Meaning::Number(i32::from(truth));
    match op {
        BinOp::And | BinOp::Or => number(true),
        BinOp::Eq | BinOp::Ne => number(compares(op, a, b)),
        _ if a.0 != b.0 => Meaning::Undefined,
        BinOp::Sub => Meaning::Number(a.1.wrapping_sub(b.1)),
        BinOp::Lt | BinOp::Gt | BinOp::Le | BinOp::Ge => number(compares(op, a.1, b.1)),
        BinOp::BitXor if a == b => Meaning::Number(0),
        BinOp::BitAnd | BinOp::BitOr if a == b => Meaning::Pointer(a.0, a.1),
        _ => Meaning::Undefined,
    }
}

/// Of an address and a number. An address is above 0; nothing else is known of
/// its bits.
fn on_pointer(op: BinOp, loc: u16, offset: i32, n: i32) -> Meaning {
    let same = Meaning::Pointer(loc, offset);
    let number = |truth: bool| Meaning::Number(i32::from(truth));
    match (op, n) {
        (BinOp::Add, _) => Meaning::Pointer(loc, offset.wrapping_add(n)),
        (BinOp::Sub, _) => Meaning::Pointer(loc, offset.wrapping_sub(n)),
        (BinOp::Eq, _) => number(false),
        (BinOp::Ne | BinOp::Or, _) => number(true),
        (BinOp::And, _) => number(n != 0),
        (BinOp::Lt | BinOp::Le, ..=0) => number(false),
        (BinOp::Gt | BinOp::Ge, ..=0) => number(true),
        (BinOp::BitOr | BinOp::BitXor, 0) | (BinOp::Mul | BinOp::Div, 1) | (BinOp::BitAnd, -1) => {
            same
        }
        (BinOp::Mul | BinOp::BitAnd, 0) => Meaning::Number(0),
        _ => Meaning::Undefined,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [BinOp; 15] = [
        BinOp::Add,
        BinOp::Sub,
        BinOp::Mul,
        BinOp::Div,
        BinOp::BitAnd,
        BinOp::BitOr,
        BinOp::BitXor,
        BinOp::Eq,
        BinOp::Ne,
        BinOp::Lt,
        BinOp::Gt,
        BinOp::Le,
        BinOp::Ge,
        BinOp::And,
        BinOp::Or,
    ];

    #[test]
    fn an_int_has_32_bits() {
        let (min, max) = (i64::from(i32::MIN), i64::from(i32::MAX));
        for (op, a, b, result) in [
            (BinOp::Add, max, 1, min),
            (BinOp::Sub, min, 1, max),
            (BinOp::Mul, 65536, 65536, 0),
            (BinOp::Mul, 1_431_655_765, 3, -1),
            (BinOp::Div, min, -1, min),
            (BinOp::Div, -7, 2, -3),
            (BinOp::Div, 7, -2, -3),
            (BinOp::Div, 7, 0, UNDEFINED),
            (BinOp::Lt, min, max, 1),
            (BinOp::BitXor, min, -1, max),
        ] {
            assert_eq!(binary(op, a, b), result, "{op:?} {a} {b}");
        }
        assert_eq!(unary(UnOp::Neg, min), min);
        assert_eq!(unary(UnOp::BitNot, max), min);
        assert_eq!(unary(UnOp::Not, min), 0);
        for op in ALL {
            for (a, b) in [(max, max), (min, min), (min, max), (max, -1), (min, -1)] {
                assert!((min..=max).contains(&binary(op, a, b)), "{op:?} {a} {b}");
            }
        }
    }

    #[test]
    fn arithmetic_leaves_a_variable_for_nothing_or_for_itself() {
        let x = address(3);
        for (op, n) in [
            (BinOp::Add, 0),
            (BinOp::Sub, 0),
            (BinOp::BitOr, 0),
            (BinOp::BitXor, 0),
            (BinOp::Mul, 1),
            (BinOp::Div, 1),
        ] {
            assert_eq!(binary(op, x, n), x, "{op:?}");
        }
        let beside = binary(BinOp::Add, x, 1);
        assert_eq!(binary(BinOp::Sub, beside, 1), x);
        let arrays = Arrays::default();
        for offset in [1, 4, -1, i64::from(i32::MAX), i64::from(i32::MIN)] {
            assert_eq!(arrays.pointee(binary(BinOp::Add, x, offset), 100), None);
            assert_eq!(arrays.pointee(binary(BinOp::Sub, x, offset), 100), None);
        }
        assert_eq!(binary(BinOp::BitXor, x, x), 0);
        assert_eq!(binary(BinOp::Sub, beside, x), 1);
        assert_eq!(binary(BinOp::Eq, beside, address(4)), 0);
        for (op, a, b) in [
            (BinOp::Mul, x, 2),
            (BinOp::Add, x, x),
            (BinOp::Sub, 0, x),
            (BinOp::Sub, x, address(4)),
            (BinOp::Lt, x, address(4)),
            (BinOp::BitAnd, x, 7),
            (BinOp::Div, 4, x),
            (BinOp::Add, UNDEFINED, 1),
        ] {
            assert_eq!(binary(op, a, b), UNDEFINED, "{op:?}");
        }
    }

    #[test]
    fn arithmetic_leads_from_element_to_element() {
        let array = Array {
            elements: vec![3, 7, 8],
            stride: 4,
        };
        let arrays = Arrays(vec![array]);
        let (first, last) = (arrays.address(3), arrays.address(8));
        for (bytes, found) in [
            (0, Some(3)),
            (4, Some(7)),
            (8, Some(8)),
            (12, None),
            (6, None),
            (-4, None),
        ] {
            let there = binary(BinOp::Add, first, bytes);
            assert_eq!(arrays.pointee(there, 9), found, "{bytes}");
            let there = binary(BinOp::Add, last, bytes - 8);
            assert_eq!(arrays.pointee(there, 9), found, "{bytes}");
        }
        assert_eq!(arrays.pointee(last, 8), None);
        assert_eq!(binary(BinOp::Sub, last, first), 8);
        assert_eq!(binary(BinOp::Lt, first, last), 1);
    }

    #[test]
    fn a_cookie_stays_one_through_arithmetic() {
        let c = Meaning::Cookie(5, 0).value();
        for op in ALL {
            let sum = binary(op, c, 1);
            assert_eq!(cookie_section(sum, 6), Some(5), "{op:?}");
            assert_eq!(number(sum), binary(op, 0, 1), "{op:?}");
        }
        assert_eq!(binary(BinOp::Add, c, 0), c);
        assert_eq!(cookie_section(unary(UnOp::Neg, c), 6), Some(5));
    }

    #[test]
    fn meanings_come_back() {
        for low in [0, 1, -1, i32::MIN, i32::MAX] {
            for meaning in [
                Meaning::Number(low),
                Meaning::Pointer(0, low),
                Meaning::Pointer(u16::MAX, low),
                Meaning::Cookie(63, low),
                Meaning::Undefined,
            ] {
                assert_eq!(Meaning::of(meaning.value()), meaning);
            }
        }
    }
}
