//! A progress bar on the standard error, when that is a terminal.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::output::say;

/// See the module. In a pipe it shows nothing.
#[derive(Debug)]
pub struct Progress(ProgressBar);

impl Progress {
    /// A bar of so many steps.
    pub fn bar(steps: usize) -> Progress {
        Progress::new(Some(steps), "{bar:30} {pos}/{len} {elapsed} {wide_msg}")
    }

    /// A sign of life where the end is not known.
    pub fn spinner() -> Progress {
        Progress::new(None, "{spinner} {elapsed} {wide_msg}")
    }

    fn new(steps: Option<usize>, template: &str) -> Progress {
        let length = steps.map(|n| n as u64);
        // indicatif draws nothing when the standard error is no terminal.
        let bar = ProgressBar::with_draw_target(length, ProgressDrawTarget::stderr());
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
        if !bar.is_hidden() {
            bar.enable_steady_tick(Duration::from_millis(200));
        }
        Progress(bar)
    }

    /// One step further.
    pub fn step(&self) {
        self.0.inc(1);
    }

    /// What is being done.
    pub fn message(&self, text: impl FnOnce() -> String) {
        if !self.0.is_hidden() {
            self.0.set_message(text());
        }
    }

    /// Does something that writes to the terminal, with the bar out of the way.
    pub fn aside<T>(&self, act: impl FnOnce() -> T) -> T {
        self.0.suspend(act)
    }

    /// Writes to the standard error.
    pub fn say(&self, text: &str) {
        if !text.is_empty() {
            self.aside(|| say(text));
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}
