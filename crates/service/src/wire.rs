//! The compact form of messages: [`litmus::wire`], with their version. A choice's number never changes its meaning
//! within a [`VERSION`].

pub use litmus::wire::{Bad, Input, Wire};

/// The version of the form. Page and engine are built together; a cache that mixes two releases must not go unnoticed.
pub const VERSION: u8 = 1;

/// What page and engine send each other.
#[derive(Debug)]
pub struct Messages;

impl litmus::wire::Format for Messages {
    const VERSION: u8 = VERSION;
}

/// A whole message, with its version.
pub fn encode(value: &impl Wire<Messages>) -> Vec<u8> {
    litmus::wire::encode(value)
}

/// Reads a whole message.
///
/// # Errors
/// When it is none, or of another version.
pub fn decode<T: Wire<Messages>>(bytes: &[u8]) -> Result<T, Bad> {
    litmus::wire::decode(bytes)
}

/// A type whose fields are sent one after the other.
macro_rules! record {
    ($($of:tt)*) => { litmus::wire::record!($crate::wire::Messages, $($of)*); };
}

/// A choice: its number, then its fields.
macro_rules! choice {
    ($($of:tt)*) => { litmus::wire::choice!($crate::wire::Messages, $($of)*); };
}

pub(crate) use {choice, record};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_have_their_version() {
        let bytes = encode(&vec![Some("vCPU 0 → bus".to_owned()), None]);
        assert_eq!(bytes[0], VERSION);
        let back = decode::<Vec<Option<String>>>(&bytes);
        assert_eq!(back, Ok(vec![Some("vCPU 0 → bus".to_owned()), None]));
        let other = Bad::Version {
            found: VERSION + 1,
            known: VERSION,
        };
        assert_eq!(decode::<bool>(&[VERSION + 1, 0]), Err(other));
        assert_eq!(decode::<bool>(&[VERSION, 0, 0]), Err(Bad::Long));
    }
}
