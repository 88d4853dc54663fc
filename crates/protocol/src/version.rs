//! How a message becomes bytes: the version of the form, the identity of the build, and the message as postcard.

use std::fmt;

use serde::Serialize;
use serde::de::DeserializeOwned;

/// The version of the form: the first byte of a message.
const FORM: u8 = 2;

/// The identity of this build: a hash of the sources that say what a message means. Page and engine are built
/// together; where a cache mixes two builds, each knows the other by this.
pub const BUILD: u64 = match u64::from_str_radix(env!("STALEBUS_BUILD"), 16) {
    Ok(build) => build,
    Err(_) => panic!("the build script writes a number"),
};

/// What stands before every message.
const HEAD: [u8; 9] = {
    let [a, b, c, d, e, f, g, h] = BUILD.to_le_bytes();
    [FORM, a, b, c, d, e, f, g, h]
};

/// Bytes that are no message of this build.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DecodeError {
    /// They come from another build, whose types may be others.
    OtherBuild,
    /// They come from this build, but are damaged.
    Damaged(postcard::Error),
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            DecodeError::OtherBuild => f.write_str("the message is from another build"),
            DecodeError::Damaged(error) => write!(f, "the message is damaged: {error}"),
        }
    }
}

impl std::error::Error for DecodeError {}

/// A whole message.
pub(crate) fn encode(message: &impl Serialize) -> Vec<u8> {
    // Only a sequence of unknown length could fail, and no message has one.
    postcard::to_extend(message, HEAD.to_vec()).unwrap_or_default()
}

/// Reads a whole message. It never panics, and takes memory in proportion to the bytes: no message contains itself.
pub(crate) fn decode<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, DecodeError> {
    let (head, rest) = bytes
        .split_at_checked(HEAD.len())
        .ok_or(DecodeError::OtherBuild)?;
    if head != HEAD {
        return Err(DecodeError::OtherBuild);
    }
    match postcard::take_from_bytes(rest) {
        Ok((message, [])) => Ok(message),
        // Bytes behind the end.
        Ok(_) => Err(DecodeError::Damaged(
            postcard::Error::DeserializeBadEncoding,
        )),
        Err(error) => Err(DecodeError::Damaged(error)),
    }
}
