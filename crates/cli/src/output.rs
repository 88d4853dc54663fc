//! The standard output, which somebody may close, and the standard error.

use std::io::{ErrorKind, Write as _};
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
    /// Writes a piece and flushes it. `Break` when nobody reads any more.
    pub fn write(&mut self, text: &str) -> ControlFlow<()> {
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
    let _ = std::io::stderr().lock().write_all(text.as_bytes());
}
