//! The compact form of messages: numbers in groups of seven bits, texts and lists with their length in front, choices
//! by a number that never changes its meaning within a [`VERSION`].

use std::fmt;

/// The version of the form. Page and engine are built together; a cache that mixes two releases must not go unnoticed.
pub const VERSION: u8 = 1;

/// Bytes that are no message of this version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bad {
    /// It ends too early.
    Short,
    /// It goes on behind its end.
    Long,
    /// It has another version: this one.
    Version(u8),
    /// A choice, a number or a text that there is not.
    Value,
}

impl fmt::Display for Bad {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Bad::Short => f.write_str("the message ends too early"),
            Bad::Long => f.write_str("the message does not end where it should"),
            Bad::Version(version) => {
                write!(f, "the message has version {version}, not {VERSION}")
            }
            Bad::Value => f.write_str("the message holds what it cannot mean"),
        }
    }
}

impl std::error::Error for Bad {}

/// Bytes that are being read.
#[derive(Debug)]
pub struct Input<'a>(pub(crate) &'a [u8]);

impl Input<'_> {
    fn byte(&mut self) -> Result<u8, Bad> {
        let (first, rest) = self.0.split_first().ok_or(Bad::Short)?;
        self.0 = rest;
        Ok(*first)
    }
}

/// What can be sent.
pub trait Wire: Sized {
    /// Writes it.
    fn put(&self, out: &mut Vec<u8>);

    /// Reads it.
    ///
    /// # Errors
    /// When the bytes are no such thing.
    fn take(input: &mut Input<'_>) -> Result<Self, Bad>;
}

/// A whole message, with its version.
pub fn encode(value: &impl Wire) -> Vec<u8> {
    let mut out = vec![VERSION];
    value.put(&mut out);
    out
}

/// Reads a whole message.
///
/// # Errors
/// When it is none, or of another version.
pub fn decode<T: Wire>(bytes: &[u8]) -> Result<T, Bad> {
    let mut input = Input(bytes);
    match input.byte()? {
        VERSION => {}
        other => return Err(Bad::Version(other)),
    }
    let value = T::take(&mut input)?;
    if input.0.is_empty() {
        Ok(value)
    } else {
        Err(Bad::Long)
    }
}

impl Wire for u64 {
    fn put(&self, out: &mut Vec<u8>) {
        let mut rest = *self;
        while rest >= 0x80 {
            out.push(rest as u8 | 0x80);
            rest >>= 7;
        }
        out.push(rest as u8);
    }

    fn take(input: &mut Input<'_>) -> Result<u64, Bad> {
        let mut value = 0;
        for shift in (0..64).step_by(7) {
            let byte = input.byte()?;
            value |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Ok(value);
            }
        }
        Err(Bad::Value)
    }
}

macro_rules! number {
    ($($name:ty),*) => { $(
        impl Wire for $name {
            fn put(&self, out: &mut Vec<u8>) {
                (*self as u64).put(out);
            }

            fn take(input: &mut Input<'_>) -> Result<$name, Bad> {
                u64::take(input)?.try_into().map_err(|_| Bad::Value)
            }
        }
    )* };
}

number!(u8, u16, u32, usize);

impl Wire for bool {
    fn put(&self, out: &mut Vec<u8>) {
        out.push(u8::from(*self));
    }

    fn take(input: &mut Input<'_>) -> Result<bool, Bad> {
        match input.byte()? {
            0 => Ok(false),
            1 => Ok(true),
            _ => Err(Bad::Value),
        }
    }
}

impl Wire for String {
    fn put(&self, out: &mut Vec<u8>) {
        self.len().put(out);
        out.extend_from_slice(self.as_bytes());
    }

    fn take(input: &mut Input<'_>) -> Result<String, Bad> {
        let length = usize::take(input)?;
        let (text, rest) = input.0.split_at_checked(length).ok_or(Bad::Short)?;
        input.0 = rest;
        String::from_utf8(text.to_vec()).map_err(|_| Bad::Value)
    }
}

impl<T: Wire> Wire for Vec<T> {
    fn put(&self, out: &mut Vec<u8>) {
        self.len().put(out);
        for item in self {
            item.put(out);
        }
    }

    fn take(input: &mut Input<'_>) -> Result<Vec<T>, Bad> {
        let length = usize::take(input)?;
        // Each item takes a byte at least: a length that lies costs no memory.
        if length > input.0.len() {
            return Err(Bad::Short);
        }
        (0..length).map(|_| T::take(input)).collect()
    }
}

impl<T: Wire> Wire for Box<T> {
    fn put(&self, out: &mut Vec<u8>) {
        (**self).put(out);
    }

    fn take(input: &mut Input<'_>) -> Result<Box<T>, Bad> {
        T::take(input).map(Box::new)
    }
}

impl<T: Wire> Wire for Option<T> {
    fn put(&self, out: &mut Vec<u8>) {
        self.is_some().put(out);
        if let Some(value) = self {
            value.put(out);
        }
    }

    fn take(input: &mut Input<'_>) -> Result<Option<T>, Bad> {
        bool::take(input)?.then(|| T::take(input)).transpose()
    }
}

impl<A: Wire, B: Wire> Wire for (A, B) {
    fn put(&self, out: &mut Vec<u8>) {
        self.0.put(out);
        self.1.put(out);
    }

    fn take(input: &mut Input<'_>) -> Result<(A, B), Bad> {
        Ok((A::take(input)?, B::take(input)?))
    }
}

/// A type whose fields are sent one after the other.
macro_rules! record {
    ($name:ty { $($field:ident),* $(,)? }) => {
        impl $crate::wire::Wire for $name {
            fn put(&self, out: &mut Vec<u8>) {
                $(self.$field.put(out);)*
            }

            fn take(input: &mut $crate::wire::Input<'_>) -> Result<Self, $crate::wire::Bad> {
                Ok(Self { $($field: $crate::wire::Wire::take(input)?,)* })
            }
        }
    };
}

/// A choice: its number, then its fields.
macro_rules! choice {
    ($name:ty { $($tag:literal => $variant:ident $(($($x:ident),*))? $({ $($f:ident),* })?),* $(,)? }) => {
        impl $crate::wire::Wire for $name {
            fn put(&self, out: &mut Vec<u8>) {
                match self {
                    $(Self::$variant $(($($x),*))? $({ $($f),* })? => {
                        out.push($tag);
                        $($($x.put(out);)*)?
                        $($($f.put(out);)*)?
                    })*
                }
            }

            fn take(input: &mut $crate::wire::Input<'_>) -> Result<Self, $crate::wire::Bad> {
                Ok(match u8::take(input)? {
                    $($tag => {
                        $($(let $x = $crate::wire::Wire::take(input)?;)*)?
                        $($(let $f = $crate::wire::Wire::take(input)?;)*)?
                        Self::$variant $(($($x),*))? $({ $($f),* })?
                    })*
                    _ => return Err($crate::wire::Bad::Value),
                })
            }
        }
    };
}

pub(crate) use {choice, record};

#[cfg(test)]
mod tests {
    use super::*;

    fn there_and_back<T: Wire + PartialEq + fmt::Debug>(value: T) -> usize {
        let bytes = encode(&value);
        assert_eq!(decode::<T>(&bytes), Ok(value));
        for short in 0..bytes.len() {
            assert!(decode::<T>(&bytes[..short]).is_err());
        }
        bytes.len()
    }

    #[test]
    fn values_come_back() {
        assert_eq!(there_and_back(0_u64), 2);
        assert_eq!(there_and_back(127_u64), 2);
        assert_eq!(there_and_back(128_u64), 3);
        there_and_back(u64::MAX);
        there_and_back(("vCPU 0 → bus".to_owned(), vec![Some(true), None]));
        there_and_back(vec![1_usize, 1_000_000]);
    }

    #[test]
    fn what_is_no_message_is_an_error() {
        assert_eq!(decode::<bool>(&[]), Err(Bad::Short));
        assert_eq!(
            decode::<bool>(&[VERSION + 1, 0]),
            Err(Bad::Version(VERSION + 1))
        );
        assert_eq!(decode::<bool>(&[VERSION, 0, 0]), Err(Bad::Long));
        assert_eq!(decode::<bool>(&[VERSION, 2]), Err(Bad::Value));
        assert_eq!(decode::<u8>(&[VERSION, 0x80, 2]), Err(Bad::Value));
        // A list that claims more than there is.
        assert_eq!(
            decode::<Vec<u8>>(&[VERSION, 0xff, 0xff, 0xff, 0x7f, 1]),
            Err(Bad::Short)
        );
        assert_eq!(decode::<String>(&[VERSION, 1, 0xff]), Err(Bad::Value));
        let endless = [
            VERSION, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1,
        ];
        assert_eq!(decode::<u64>(&endless), Err(Bad::Value));
    }
}
