//! The few options that the commands take.

/// The options of one command line, taken out one by one; what is left over is an error.
pub struct Args {
    command: &'static str,
    words: Vec<String>,
}

impl Args {
    /// The words after the name of the command.
    pub fn new(command: &'static str, words: &[String]) -> Self {
        Self {
            command,
            words: words.to_vec(),
        }
    }

    /// Whether `--name` was given.
    pub fn flag(&mut self, name: &str) -> bool {
        let before = self.words.len();
        self.words.retain(|word| word != name);
        self.words.len() < before
    }

    /// The value of `--name value` or `--name=value`.
    ///
    /// # Errors
    /// When the name stands there without a value.
    pub fn value(&mut self, name: &str) -> Result<Option<String>, String> {
        let joined = format!("{name}=");
        for at in 0..self.words.len() {
            if let Some(value) = self.words[at].strip_prefix(&joined) {
                let value = value.to_owned();
                self.words.remove(at);
                return Ok(Some(value));
            }
            if self.words[at] == name {
                self.words.remove(at);
                if at < self.words.len() && !self.words[at].starts_with("--") {
                    return Ok(Some(self.words.remove(at)));
                }
                return Err(self.wrong(&format!("{name} needs a value")));
            }
        }
        Ok(None)
    }

    /// A value that lists several, parted by commas; empty when the option was not given.
    ///
    /// # Errors
    /// When the name stands there without a value.
    pub fn list(&mut self, name: &str) -> Result<Vec<String>, String> {
        let value = self.value(name)?.unwrap_or_default();
        Ok(value
            .split(',')
            .filter(|part| !part.is_empty())
            .map(str::to_owned)
            .collect())
    }

    /// Ends the reading.
    ///
    /// # Errors
    /// When a word was not understood.
    pub fn finish(self) -> Result<(), String> {
        match self.words.first() {
            None => Ok(()),
            Some(word) => Err(self.wrong(&format!("`{word}` is not understood"))),
        }
    }

    /// A message about this command line.
    pub fn wrong(&self, what: &str) -> String {
        let command = self.command;
        format!("cargo xtask {command}: {what}; see `cargo xtask {command} --help`")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn args(line: &str) -> Args {
        let words: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
        Args::new("serve", &words)
    }

    #[test]
    fn values_in_both_spellings() {
        for line in ["--port 9000", "--port=9000"] {
            let mut args = args(line);
            assert_eq!(args.value("--port").unwrap().as_deref(), Some("9000"));
            args.finish().unwrap();
        }
    }

    #[test]
    fn a_missing_value_and_an_unknown_word_are_errors() {
        assert!(
            args("--port")
                .value("--port")
                .unwrap_err()
                .contains("needs a value")
        );
        assert!(args("--port --release").value("--port").is_err());
        assert!(args("--prot 1").finish().unwrap_err().contains("`--prot`"));
    }

    #[test]
    fn lists() {
        assert_eq!(args("--only a,b").list("--only").unwrap(), ["a", "b"]);
        assert!(args("").list("--only").unwrap().is_empty());
    }
}
