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
    use crate::{Answer, Outcomes, Reply};

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

    #[test]
    fn a_damaged_message_is_an_error_or_another() {
        let answer = Answer {
            id: 300,
            over: false,
            reply: Reply::Outcomes(Outcomes {
                elsewhere: vec!["0:r0=1; x=2;".to_owned()],
                ..Outcomes::default()
            }),
        };
        let mut bytes = answer.encode();
        assert_eq!(Answer::decode(&bytes), Ok(answer));
        for length in 0..bytes.len() {
            assert_eq!(Answer::decode(&bytes[..length]), Err(Bad::Short));
        }
        for at in 0..bytes.len() {
            for bit in 0..8 {
                bytes[at] ^= 1 << bit;
                if let Ok(other) = Answer::decode(&bytes) {
                    assert_eq!(Answer::decode(&other.encode()), Ok(other));
                }
                bytes[at] ^= 1 << bit;
            }
        }
    }
}
