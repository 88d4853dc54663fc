//! JSON, written by hand: the schemas are small and fixed, and the order of the
//! keys is part of them.

/// Builds one object.
#[derive(Debug)]
pub struct Object(String);

impl Object {
    /// An empty one.
    pub fn new() -> Object {
        Object("{".to_string())
    }

    /// A member whose value is JSON already.
    pub fn raw(mut self, key: &str, value: &str) -> Object {
        if self.0.len() > 1 {
            self.0.push(',');
        }
        self.0.push_str(&string(key));
        self.0.push(':');
        self.0.push_str(value);
        self
    }

    /// A string.
    pub fn text(self, key: &str, value: &str) -> Object {
        self.raw(key, &string(value))
    }

    /// A number.
    pub fn number(self, key: &str, value: u64) -> Object {
        self.raw(key, &value.to_string())
    }

    /// A truth value.
    pub fn truth(self, key: &str, value: bool) -> Object {
        self.raw(key, if value { "true" } else { "false" })
    }

    /// A list of strings.
    pub fn texts<T: AsRef<str>>(self, key: &str, values: impl IntoIterator<Item = T>) -> Object {
        self.raw(
            key,
            &list(values.into_iter().map(|value| string(value.as_ref()))),
        )
    }

    /// The finished object.
    pub fn end(mut self) -> String {
        self.0.push('}');
        self.0
    }
}

/// A list of values that are JSON already.
pub fn list(values: impl IntoIterator<Item = String>) -> String {
    let values: Vec<String> = values.into_iter().collect();
    format!("[{}]", values.join(","))
}

/// A string with everything escaped that must be.
pub fn string(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            // Also what is no control character to Unicode, but turns the text around on a screen.
            c if litmus::visible(c) != c => out.push_str(&format!("\\u{:04x}", u32::from(c))),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// Seconds, to the microsecond.
pub fn seconds(time: std::time::Duration) -> String {
    format!("{:.6}", time.as_secs_f64())
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
            let read: String = serde_json::from_str(&string(text)).expect("JSON");
            assert_eq!(read, text);
        }
    }
}
