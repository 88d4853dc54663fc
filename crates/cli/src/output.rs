//! The standard output, which somebody may close, and the standard error.

use std::borrow::Cow;
use std::io::{ErrorKind, IsTerminal as _, Write as _};
use std::ops::ControlFlow;

use crate::status::Status;

/// The standard output. A closed pipe ends the work quietly: who closed it has
/// seen enough.
#[derive(Debug, Default)]
pub struct Output {
    closed: bool,
    failed: bool,
}

impl Output {
    /// Writes a piece for people and flushes it. `Break` when nobody reads any more. What a file holds for the terminal
    /// to obey does not get there.
    pub fn write(&mut self, text: &str) -> ControlFlow<()> {
        self.write_exactly(&harmless(text))
    }

    /// The same for the text of a test: to a file or a pipe as it is, to the letter.
    pub fn write_test(&mut self, text: &str) -> ControlFlow<()> {
        if std::io::stdout().is_terminal() {
            self.write(text)
        } else {
            self.write_exactly(text)
        }
    }

    fn write_exactly(&mut self, text: &str) -> ControlFlow<()> {
        if self.closed {
            return ControlFlow::Break(());
        }
        if text.is_empty() {
            return ControlFlow::Continue(());
        }
        let mut stdout = std::io::stdout().lock();
        match stdout
            .write_all(text.as_bytes())
            .and_then(|()| stdout.flush())
        {
            Ok(()) => ControlFlow::Continue(()),
            Err(error) => {
                self.closed = true;
                if error.kind() != ErrorKind::BrokenPipe {
                    self.failed = true;
                    say(&format!(
                        "error: the standard output cannot be written: {error}\n"
                    ));
                }
                ControlFlow::Break(())
            }
        }
    }

    /// Whether what was to be written was written, as far as somebody read it.
    pub fn status(&self) -> Status {
        if self.failed {
            Status::Failed
        } else {
            Status::Fine
        }
    }
}

/// Writes to the standard error. When that is closed there is nobody to tell.
pub fn say(text: &str) {
    let _ = std::io::stderr()
        .lock()
        .write_all(harmless(text).as_bytes());
}

/// A text without what a terminal would obey, its own ends of lines and tabs excepted.
pub fn harmless(text: &str) -> Cow<'_, str> {
    let shown = |c: char| match c {
        '\n' | '\t' => c,
        c => litmus::visible(c),
    };
    if text.chars().all(|c| shown(c) == c) {
        Cow::Borrowed(text)
    } else {
        Cow::Owned(text.chars().map(shown).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::harmless;

    #[test]
    fn nothing_obeys_a_file() {
        assert_eq!(harmless("a\tb\n"), "a\tb\n");
        assert_eq!(
            harmless("\u{1b}[2J\u{9b}31m\r\u{202e}é"),
            "␛[2J\u{fffd}31m␍\u{fffd}é"
        );
    }
}
