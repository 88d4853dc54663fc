//! A compact form of plain data: numbers in groups of seven bits, texts and lists with their length in front, choices
//! by a number. It says nothing of types or names, so both sides have to be built together; a [`Format`] has a version
//! for the case that they were not.
//!
//! Data may come from anywhere: reading does not panic, the stack that it takes is bounded
//! ([`limits::DATA_NESTING`]), and so is the memory, by a multiple of the bytes read.

use std::fmt;

use crate::limits;

/// A set of types with their form.
pub trait Format {
    /// The first byte of the data. A new one whenever the form of a type changes.
    const VERSION: u8;
}

/// Bytes that are not the data that they should be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bad {
    /// They end too early.
    Short,
    /// They go on behind the end.
    Long,
    /// They are of another version.
    Version {
        /// Theirs.
        found: u8,
        /// The one that can be read.
        known: u8,
    },
    /// A choice, a number or a text that there is not.
    Value,
    /// Boxes and lists inside of each other, more than [`limits::DATA_NESTING`].
    Deep,
}

impl fmt::Display for Bad {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Bad::Short => f.write_str("the data ends too early"),
            Bad::Long => f.write_str("the data does not end where it should"),
            Bad::Version { found, known } => {
                write!(f, "the data has version {found}, not {known}")
            }
            Bad::Value => f.write_str("the data holds what it cannot mean"),
            Bad::Deep => f.write_str("the data is nested too deeply"),
        }
    }
}

impl std::error::Error for Bad {}

/// Bytes that are being read.
///
/// What cannot be read makes the input [`fail`](Input::fail): nothing is left of it, what is read from there on is 0
/// or empty, and the value that comes of it is thrown away in the end. Were every `take` to return an error,
/// the code that drops what had been read before it would be the most of a reader's code.
#[derive(Debug)]
pub struct Input<'a> {
    rest: &'a [u8],
    bad: Option<Bad>,
    /// How many boxes and lists may still be opened inside of those that are open.
    nesting: usize,
}

// What does not depend on a type is here and not in the implementations of `Wire`, which are compiled for each type.
impl<'a> Input<'a> {
    /// Says what is wrong, if nothing has been so far. There is nothing more to read then.
    #[cold]
    pub fn fail(&mut self, bad: Bad) {
        self.bad.get_or_insert(bad);
        self.rest = &[];
    }

    /// The next byte.
    pub fn byte(&mut self) -> u8 {
        let Some((first, rest)) = self.rest.split_first() else {
            self.fail(Bad::Short);
            return 0;
        };
        self.rest = rest;
        *first
    }

    /// A number that [`put_number`] has written, of at most `most`.
    pub fn number(&mut self, most: u64) -> u64 {
        let mut value = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.byte();
            value |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                if value <= most {
                    return value;
                }
                break;
            }
        }
        self.fail(Bad::Value);
        0
    }

    /// The length of what follows. Each item takes a byte at least, so one that lies is found out before it costs memory.
    fn length(&mut self) -> usize {
        let length = self.number(u64::MAX);
        if length > self.rest.len() as u64 {
            self.fail(Bad::Short);
            return 0;
        }
        length as usize
    }

    fn bytes(&mut self) -> &'a [u8] {
        let length = self.length();
        let (bytes, rest) = self.rest.split_at_checked(length).unwrap_or_default();
        self.rest = rest;
        bytes
    }

    /// Opens a box or a list; [`Input::leave`] closes it.
    fn enter(&mut self) {
        if self.nesting == 0 {
            self.fail(Bad::Deep);
        }
        // What is read of nothing opens boxes that end at once, so it may well go below.
        self.nesting = self.nesting.wrapping_sub(1);
    }

    fn leave(&mut self) {
        self.nesting = self.nesting.wrapping_add(1);
    }
}

/// What has a form in the format `F`.
pub trait Wire<F>: Sized {
    /// Writes it: a byte at least.
    fn put(&self, out: &mut Vec<u8>);

    /// Reads it. When the bytes are no such thing, the input [fails](Input::fail), and this is any value.
    fn take(input: &mut Input<'_>) -> Self;
}

/// The whole data, with its version.
pub fn encode<F: Format>(value: &impl Wire<F>) -> Vec<u8> {
    let mut out = vec![F::VERSION];
    value.put(&mut out);
    out
}

/// Reads the whole data.
///
/// # Errors
/// When it is none, or of another version.
pub fn decode<F: Format, T: Wire<F>>(bytes: &[u8]) -> Result<T, Bad> {
    let mut input = Input {
        rest: bytes,
        bad: None,
        nesting: limits::DATA_NESTING,
    };
    let found = input.byte();
    if found != F::VERSION && input.bad.is_none() {
        let known = F::VERSION;
        input.fail(Bad::Version { found, known });
    }
    let value = T::take(&mut input);
    if !input.rest.is_empty() {
        input.fail(Bad::Long);
    }
    match input.bad {
        None => Ok(value),
        Some(bad) => Err(bad),
    }
}

/// Writes a number: the smaller, the fewer bytes.
pub fn put_number(mut rest: u64, out: &mut Vec<u8>) {
    while rest >= 0x80 {
        out.push(rest as u8 | 0x80);
        rest >>= 7;
    }
    out.push(rest as u8);
}

macro_rules! number {
    ($($name:ty),*) => { $(
        impl<F> Wire<F> for $name {
            fn put(&self, out: &mut Vec<u8>) {
                put_number(*self as u64, out);
            }

            fn take(input: &mut Input<'_>) -> $name {
                input.number(<$name>::MAX as u64) as $name
            }
        }
    )* };
}

number!(u8, u16, u32, u64, usize);

/// The sign in the lowest bit, so that small negative numbers are short as well.
impl<F> Wire<F> for i64 {
    fn put(&self, out: &mut Vec<u8>) {
        put_number((self << 1 ^ self >> 63) as u64, out);
    }

    fn take(input: &mut Input<'_>) -> i64 {
        let bits = input.number(u64::MAX);
        (bits >> 1) as i64 ^ -((bits & 1) as i64)
    }
}

impl<F> Wire<F> for bool {
    fn put(&self, out: &mut Vec<u8>) {
        out.push(u8::from(*self));
    }

    fn take(input: &mut Input<'_>) -> bool {
        input.number(1) == 1
    }
}

impl<F> Wire<F> for String {
    fn put(&self, out: &mut Vec<u8>) {
        put_number(self.len() as u64, out);
        out.extend_from_slice(self.as_bytes());
    }

    fn take(input: &mut Input<'_>) -> String {
        match std::str::from_utf8(input.bytes()) {
            Ok(text) => text.to_owned(),
            Err(_) => {
                input.fail(Bad::Value);
                String::new()
            }
        }
    }
}

impl<F, T: Wire<F>> Wire<F> for Vec<T> {
    fn put(&self, out: &mut Vec<u8>) {
        put_number(self.len() as u64, out);
        for item in self {
            item.put(out);
        }
    }

    fn take(input: &mut Input<'_>) -> Vec<T> {
        let mut length = input.length();
        input.enter();
        let mut items = Vec::new();
        while length > 0 && input.bad.is_none() {
            items.push(T::take(input));
            length -= 1;
        }
        input.leave();
        items
    }
}

impl<F, T: Wire<F>> Wire<F> for Box<T> {
    fn put(&self, out: &mut Vec<u8>) {
        (**self).put(out);
    }

    fn take(input: &mut Input<'_>) -> Box<T> {
        input.enter();
        let value = Box::new(T::take(input));
        input.leave();
        value
    }
}

impl<F, T: Wire<F>> Wire<F> for Option<T> {
    fn put(&self, out: &mut Vec<u8>) {
        out.push(u8::from(self.is_some()));
        if let Some(value) = self {
            value.put(out);
        }
    }

    fn take(input: &mut Input<'_>) -> Option<T> {
        match input.number(1) {
            0 => None,
            _ => Some(T::take(input)),
        }
    }
}

impl<F, T: Wire<F>> Wire<F> for [T; 2] {
    fn put(&self, out: &mut Vec<u8>) {
        self[0].put(out);
        self[1].put(out);
    }

    fn take(input: &mut Input<'_>) -> [T; 2] {
        [T::take(input), T::take(input)]
    }
}

impl<F, A: Wire<F>, B: Wire<F>> Wire<F> for (A, B) {
    fn put(&self, out: &mut Vec<u8>) {
        self.0.put(out);
        self.1.put(out);
    }

    fn take(input: &mut Input<'_>) -> (A, B) {
        (A::take(input), B::take(input))
    }
}

impl<F, A: Wire<F>, B: Wire<F>, C: Wire<F>> Wire<F> for (A, B, C) {
    fn put(&self, out: &mut Vec<u8>) {
        self.0.put(out);
        self.1.put(out);
        self.2.put(out);
    }

    fn take(input: &mut Input<'_>) -> (A, B, C) {
        (A::take(input), B::take(input), C::take(input))
    }
}

/// `record!(Format, Type { field, … })`: the fields one after the other, those of a tuple by number. A field that is
/// left out is an error of the compiler.
#[doc(hidden)]
#[macro_export]
macro_rules! wire_record {
    ($format:ty, $name:ty { $($field:tt),* $(,)? }) => {
        impl $crate::wire::Wire<$format> for $name {
            fn put(&self, out: &mut Vec<u8>) {
                let Self { $($field: _),* } = self;
                $($crate::wire::Wire::<$format>::put(&self.$field, out);)*
            }

            fn take(input: &mut $crate::wire::Input<'_>) -> Self {
                Self { $($field: $crate::wire::Wire::<$format>::take(input),)* }
            }
        }
    };
}

/// `choice!(Format, Type { 0 => Variant, 1 => Tuple(a, b), 2 => Struct { field }, … })`: the number, then the fields.
/// A variant or field that is left out is an error of the compiler.
///
/// The first is what a failed input reads as: it must be 0, and hold the type itself in a list or an option at most,
/// not in a box, which would have no end.
#[doc(hidden)]
#[macro_export]
macro_rules! wire_choice {
    ($format:ty, $name:ty {
        0 => $first:ident $(($($fx:ident),*))? $({ $($ff:ident),* })?
        $(, $tag:literal => $variant:ident $(($($x:ident),*))? $({ $($f:ident),* })?)* $(,)?
    }) => {
        impl $crate::wire::Wire<$format> for $name {
            fn put(&self, out: &mut Vec<u8>) {
                match self {
                    Self::$first $(($($fx),*))? $({ $($ff),* })? => {
                        out.push(0);
                        $($($crate::wire::Wire::<$format>::put($fx, out);)*)?
                        $($($crate::wire::Wire::<$format>::put($ff, out);)*)?
                    }
                    $(Self::$variant $(($($x),*))? $({ $($f),* })? => {
                        out.push($tag);
                        $($($crate::wire::Wire::<$format>::put($x, out);)*)?
                        $($($crate::wire::Wire::<$format>::put($f, out);)*)?
                    })*
                }
            }

            fn take(input: &mut $crate::wire::Input<'_>) -> Self {
                match input.byte() {
                    $($tag => {
                        $($(let $x = $crate::wire::Wire::<$format>::take(input);)*)?
                        $($(let $f = $crate::wire::Wire::<$format>::take(input);)*)?
                        Self::$variant $(($($x),*))? $({ $($f),* })?
                    })*
                    first => {
                        if first != 0 {
                            input.fail($crate::wire::Bad::Value);
                        }
                        $($(let $fx = $crate::wire::Wire::<$format>::take(input);)*)?
                        $($(let $ff = $crate::wire::Wire::<$format>::take(input);)*)?
                        Self::$first $(($($fx),*))? $({ $($ff),* })?
                    }
                }
            }
        }
    };
}

#[doc(inline)]
pub use crate::{wire_choice as choice, wire_record as record};

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, PartialEq)]
    struct Tests;

    impl Format for Tests {
        const VERSION: u8 = 3;
    }

    fn there_and_back<T: Wire<Tests> + PartialEq + fmt::Debug>(value: T) -> usize {
        let bytes = encode(&value);
        assert_eq!(decode::<Tests, T>(&bytes), Ok(value));
        for short in 0..bytes.len() {
            assert!(decode::<Tests, T>(&bytes[..short]).is_err());
        }
        bytes.len()
    }

    fn bad<T: Wire<Tests>>(bytes: &[u8]) -> Option<Bad> {
        decode::<Tests, T>(bytes).err()
    }

    #[test]
    fn values_come_back() {
        assert_eq!(there_and_back(0_u64), 2);
        assert_eq!(there_and_back(127_u64), 2);
        assert_eq!(there_and_back(128_u64), 3);
        there_and_back(u64::MAX);
        there_and_back(("vCPU 0 → bus".to_owned(), vec![Some(true), None]));
        there_and_back(vec![1_usize, 1_000_000]);
        there_and_back((1_u8, [2_u16, 65535], Box::new(3_u32)));
    }

    #[test]
    fn signs_come_back() {
        assert_eq!(there_and_back(-1_i64), 2);
        assert_eq!(there_and_back(63_i64), 2);
        assert_eq!(there_and_back(-64_i64), 2);
        assert_eq!(there_and_back(64_i64), 3);
        there_and_back(i64::MAX);
        there_and_back(i64::MIN);
    }

    #[test]
    fn what_is_no_data_is_an_error() {
        assert_eq!(bad::<bool>(&[]), Some(Bad::Short));
        let version = Bad::Version { found: 4, known: 3 };
        assert_eq!(bad::<bool>(&[4, 0]), Some(version));
        assert_eq!(version.to_string(), "the data has version 4, not 3");
        assert_eq!(bad::<bool>(&[3, 0, 0]), Some(Bad::Long));
        assert_eq!(bad::<bool>(&[3, 2]), Some(Bad::Value));
        assert_eq!(bad::<Option<bool>>(&[3, 2, 0]), Some(Bad::Value));
        assert_eq!(bad::<u8>(&[3, 0x80, 2]), Some(Bad::Value));
        // A list and a text that claim more than there is.
        let lie = [3, 0xff, 0xff, 0xff, 0x7f, 1];
        assert_eq!(bad::<Vec<u8>>(&lie), Some(Bad::Short));
        assert_eq!(bad::<String>(&lie), Some(Bad::Short));
        assert_eq!(bad::<String>(&[3, 1, 0xff]), Some(Bad::Value));
        let endless = [
            3, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1,
        ];
        assert_eq!(bad::<u64>(&endless), Some(Bad::Value));
    }

    /// A list of lists of lists ….
    #[derive(Debug, PartialEq)]
    struct Nest(Vec<Nest>);

    record!(Tests, Nest { 0 });

    #[test]
    fn depth_has_a_limit_and_length_has_not() {
        let nest = |depth: usize| {
            let lists = (1..depth).fold(Vec::new(), |inner, _| vec![Nest(inner)]);
            encode(&Nest(lists))
        };
        assert!(decode::<Tests, Nest>(&nest(limits::DATA_NESTING)).is_ok());
        let too_deep = nest(limits::DATA_NESTING + 1);
        assert_eq!(bad::<Nest>(&too_deep), Some(Bad::Deep));
        // Lists side by side are closed again.
        there_and_back(
            (0..2 * limits::DATA_NESTING)
                .map(|_| vec![1_u8])
                .collect::<Vec<_>>(),
        );
    }
}
