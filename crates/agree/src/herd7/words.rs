//! A command line as words.

/// The words of a command line, as a shell splits them: blanks part words; quotes and backslashes keep what they guard.
/// Nothing is expanded.
///
/// # Errors
/// When a quote is not closed, or a backslash stands last.
pub fn words(line: &str) -> Result<Vec<String>, String> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut chars = line.chars();
    while let Some(c) = chars.next() {
        match c {
            c if c.is_whitespace() => words.extend(word.take()),
            '\'' | '"' => {
                let word = word.get_or_insert_default();
                loop {
                    match chars.next() {
                        None => return Err(format!("a {c} is not closed")),
                        Some(end) if end == c => break,
                        Some('\\') if c == '"' => match chars.next() {
                            Some(guarded @ ('"' | '\\' | '$' | '`')) => word.push(guarded),
                            Some(other) => word.extend(['\\', other]),
                            None => return Err("a \" is not closed".to_owned()),
                        },
                        Some(inner) => word.push(inner),
                    }
                }
            }
            '\\' => match chars.next() {
                Some(guarded) => word.get_or_insert_default().push(guarded),
                None => return Err("a \\ stands last".to_owned()),
            },
            c => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    Ok(words)
}

#[cfg(test)]
mod tests {
    use super::words;

    #[test]
    fn as_a_shell_splits_them() {
        for (line, expected) in [
            (
                "herd7 -conf linux-kernel.cfg",
                &["herd7", "-conf", "linux-kernel.cfg"][..],
            ),
            ("  a\t b\n", &["a", "b"]),
            ("'a b' \"c d\"", &["a b", "c d"]),
            ("a\\ b", &["a b"]),
            ("-I'/x y'/z", &["-I/x y/z"]),
            (r#""a\"b\\c\d""#, &[r#"a"b\c\d"#]),
            (r"'a\b'", &[r"a\b"]),
            ("'' a", &["", "a"]),
            ("", &[]),
        ] {
            assert_eq!(
                words(line),
                Ok(expected.iter().map(|w| (*w).to_owned()).collect())
            );
        }
        for line in ["'a", "\"a", "a\\", "\"a\\"] {
            assert!(words(line).is_err(), "{line}");
        }
    }
}
