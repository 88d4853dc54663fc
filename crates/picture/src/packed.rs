//! A test of the reader's own in a link: deflate, then base64url.
//!
//! The first byte says how the rest is packed. `1` is raw deflate (RFC 1951) of the text in UTF-8. A number that is
//! not known is refused, so that a later way of packing can be added beside this one.

use std::fmt;

use litmus::limits::SOURCE_BYTES;
use miniz_oxide::deflate::compress_to_vec;
use miniz_oxide::inflate::{TINFLStatus, decompress_to_vec_with_limit};

/// The way of packing that is written.
const DEFLATE: u8 = 1;

/// Most characters of `z=`. Browsers take more, but those who pass a link on may not.
pub const MAX_PACKED: usize = 32 * 1024;

/// Why a packed test cannot be had, or a text not be packed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PackError {
    /// The text is longer than a test may be.
    TooLong,
    /// Packed, it is longer than a link should be.
    TooLongForALink,
    /// It is no base64url.
    NotBase64,
    /// It was packed in a way that is not known here.
    Unknown(u8),
    /// The data is damaged or cut off.
    Damaged,
    /// What was packed is no text.
    NotText,
}

impl fmt::Display for PackError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kib = SOURCE_BYTES / 1024;
        match self {
            PackError::TooLong => write!(f, "the test is longer than {kib} KiB"),
            PackError::TooLongForALink => {
                f.write_str("the test is too long for a link; pass it on as a file")
            }
            PackError::NotBase64 => {
                f.write_str("the test in this link is damaged: it is no base64url")
            }
            PackError::Unknown(way) => {
                write!(
                    f,
                    "the test in this link was packed by another version of this page (way {way})"
                )
            }
            PackError::Damaged => f.write_str("the test in this link is damaged or cut off"),
            PackError::NotText => f.write_str("what this link carries is no text"),
        }
    }
}

impl std::error::Error for PackError {}

/// Packs a text for `z=`.
///
/// # Errors
/// When it is too long.
pub fn pack(text: &str) -> Result<String, PackError> {
    if text.len() > SOURCE_BYTES {
        return Err(PackError::TooLong);
    }
    let mut bytes = vec![DEFLATE];
    bytes.extend(compress_to_vec(text.as_bytes(), 9));
    let packed = to_base64(&bytes);
    if packed.len() > MAX_PACKED {
        return Err(PackError::TooLongForALink);
    }
    Ok(packed)
}

/// The text of a `z=`. What is unpacked never takes more than [`SOURCE_BYTES`], whatever the data says.
///
/// # Errors
/// When it is damaged, too long, or packed in another way.
pub fn unpack(packed: &str) -> Result<String, PackError> {
    if packed.len() > MAX_PACKED {
        return Err(PackError::TooLongForALink);
    }
    let bytes = from_base64(packed).ok_or(PackError::NotBase64)?;
    let (way, data) = bytes.split_first().ok_or(PackError::Damaged)?;
    if *way != DEFLATE {
        return Err(PackError::Unknown(*way));
    }
    let text =
        decompress_to_vec_with_limit(data, SOURCE_BYTES).map_err(|error| match error.status {
            TINFLStatus::HasMoreOutput => PackError::TooLong,
            _ => PackError::Damaged,
        })?;
    String::from_utf8(text).map_err(|_| PackError::NotText)
}

const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// RFC 4648, section 5, without padding.
fn to_base64(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len() * 4 / 3 + 3);
    for group in bytes.chunks(3) {
        let byte = |at: usize| u32::from(group.get(at).copied().unwrap_or(0));
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        for digit in 0..=group.len() {
            let at = bits >> (18 - 6 * digit) & 63;
            out.push(char::from(DIGITS[at as usize]));
        }
    }
    out
}

/// Padding may be there or not.
fn from_base64(text: &str) -> Option<Vec<u8>> {
    let text = text.trim_end_matches('=').as_bytes();
    if text.len() % 4 == 1 {
        return None;
    }
    let mut out = Vec::with_capacity(text.len() * 3 / 4);
    for group in text.chunks(4) {
        let mut bits = 0_u32;
        for at in 0..4 {
            let digit = match group.get(at) {
                Some(digit) => DIGITS.iter().position(|other| other == digit)?,
                None => 0,
            };
            bits = bits << 6 | u32::try_from(digit).ok()?;
        }
        let [_, bytes @ ..] = bits.to_be_bytes();
        out.extend(bytes.iter().take(group.len().saturating_sub(1)));
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64url() {
        // RFC 4648, section 10, without padding; and the two digits that differ from plain base64.
        for (bytes, text) in [
            (&b""[..], ""),
            (b"f", "Zg"),
            (b"fo", "Zm8"),
            (b"foo", "Zm9v"),
            (b"foob", "Zm9vYg"),
            (b"fooba", "Zm9vYmE"),
            (b"foobar", "Zm9vYmFy"),
            (b"\xfb\xff", "-_8"),
        ] {
            assert_eq!(to_base64(bytes), text);
            assert_eq!(from_base64(text).as_deref(), Some(bytes));
        }
        assert_eq!(from_base64("Zg==").as_deref(), Some(&b"f"[..]));
        assert_eq!(from_base64("Zm9vY"), None);
        assert_eq!(from_base64("Zm+v"), None);
    }

    #[test]
    fn a_small_link_cannot_become_a_large_text() {
        let mut bytes = vec![DEFLATE];
        bytes.extend(compress_to_vec(&vec![b' '; 20_000_000], 9));
        let bomb = to_base64(&bytes);
        assert!(bomb.len() < MAX_PACKED, "{}", bomb.len());
        assert_eq!(unpack(&bomb), Err(PackError::TooLong));
    }

    #[test]
    fn what_is_no_text_is_refused() {
        let mut bytes = vec![DEFLATE];
        bytes.extend(compress_to_vec(b"\xff\xfe", 9));
        assert_eq!(unpack(&to_base64(&bytes)), Err(PackError::NotText));
        assert_eq!(unpack(&to_base64(&[7, 0])), Err(PackError::Unknown(7)));
        assert_eq!(unpack(""), Err(PackError::Damaged));
        assert_eq!(unpack("!"), Err(PackError::NotBase64));
    }
}
