//! A line of JSON, as a terminal may show it.

use std::io;

use serde::Serialize;
use serde_json::Serializer;
use serde_json::ser::{CharEscape, Formatter};

/// A value on one line, without its end.
pub fn json(value: &impl Serialize) -> String {
    let mut line = Vec::new();
    let mut serializer = Serializer::with_formatter(&mut line, Shown);
    // Writing to memory fails only where a key is no string, and no type has such a key.
    let written = value.serialize(&mut serializer);
    debug_assert!(written.is_ok(), "{written:?}");
    String::from_utf8(line).unwrap_or_default()
}

/// Escapes what a terminal would obey, and what turns the direction of the text; a number that is no whole one is a
/// time in seconds, and is written to the microsecond.
struct Shown;

impl Formatter for Shown {
    fn write_string_fragment<W>(&mut self, writer: &mut W, fragment: &str) -> io::Result<()>
    where
        W: ?Sized + io::Write,
    {
        for c in fragment.chars() {
            if litmus::visible(c) == c {
                write!(writer, "{c}")?;
            } else {
                write!(writer, "\\u{:04x}", u32::from(c))?;
            }
        }
        Ok(())
    }

    fn write_char_escape<W>(&mut self, writer: &mut W, escape: CharEscape) -> io::Result<()>
    where
        W: ?Sized + io::Write,
    {
        let code = match escape {
            CharEscape::Quote => return writer.write_all(b"\\\""),
            CharEscape::ReverseSolidus => return writer.write_all(b"\\\\"),
            CharEscape::Solidus => return writer.write_all(b"/"),
            CharEscape::LineFeed => return writer.write_all(b"\\n"),
            CharEscape::Tab => return writer.write_all(b"\\t"),
            // Of the rest each has the same form.
            CharEscape::Backspace => 0x08,
            CharEscape::FormFeed => 0x0c,
            CharEscape::CarriageReturn => 0x0d,
            CharEscape::AsciiControl(byte) => byte,
        };
        write!(writer, "\\u{code:04x}")
    }

    fn write_f64<W>(&mut self, writer: &mut W, value: f64) -> io::Result<()>
    where
        W: ?Sized + io::Write,
    {
        write!(writer, "{value:.6}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_survive() {
        for text in [
            "",
            "a\"b\\c",
            "\u{0}\u{1f}\u{7f}\u{85}\t\r\n",
            "é\u{1f600}\u{2028}",
        ] {
            let line = json(&text);
            assert!(line.chars().all(|c| litmus::visible(c) == c), "{line}");
            let read: String = serde_json::from_str(&line).expect("JSON");
            assert_eq!(read, text);
        }
    }

    #[test]
    fn escapes_have_one_form() {
        let escaped = r#""\"\\/\n\t\u000d\u0008\u000c\u0001\u202e""#;
        assert_eq!(json(&"\"\\/\n\t\r\u{8}\u{c}\u{1}\u{202e}"), escaped);
    }

    #[test]
    fn times_have_microseconds() {
        assert_eq!(json(&[0.0, 1.25]), "[0.000000,1.250000]");
    }
}
