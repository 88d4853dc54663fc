//! A sign of life on the standard error: a progress bar on a terminal, elsewhere one line when it takes longer than a
//! second.

use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::output::{harmless, say};

/// How long work may take before it is spoken of where there is no bar.
const SLOW: Duration = Duration::from_secs(1);

/// See the module.
#[derive(Debug)]
pub struct Progress {
    bar: ProgressBar,
    slow: Option<Slow>,
}

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
        let slow = bar.is_hidden().then(Slow::new);
        if slow.is_none() {
            bar.enable_steady_tick(Duration::from_millis(200));
        }
        Progress { bar, slow }
    }

    /// One step further.
    pub fn step(&self) {
        self.bar.inc(1);
    }

    /// What is being done.
    pub fn message(&self, text: impl FnOnce() -> String) {
        match &self.slow {
            Some(slow) => slow.doing(text),
            None => self.bar.set_message(harmless(&text()).into_owned()),
        }
    }

    /// Does something that writes to the terminal, with the bar out of the way.
    pub fn aside<T>(&self, act: impl FnOnce() -> T) -> T {
        self.bar.suspend(act)
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
        self.bar.finish_and_clear();
    }
}

/// Says once that it takes long.
#[derive(Debug)]
struct Slow {
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Debug, Default)]
struct Shared {
    work: Mutex<Work>,
    over: Condvar,
}

#[derive(Debug, Default)]
struct Work {
    doing: String,
    over: bool,
    said: bool,
}

impl Slow {
    fn new() -> Slow {
        let shared = Arc::new(Shared::default());
        let its = Arc::clone(&shared);
        let wait = move || {
            let work = its.work.lock().unwrap_or_else(PoisonError::into_inner);
            let waited = its.over.wait_timeout_while(work, SLOW, |work| !work.over);
            let (mut work, _) = waited.unwrap_or_else(PoisonError::into_inner);
            if !work.over {
                let what = if work.doing.is_empty() { "" } else { ": " };
                say(&format!("note: still at work{what}{}\n", work.doing));
                work.said = true;
            }
        };
        // Without a thread nothing is said.
        let thread = std::thread::Builder::new().spawn(wait).ok();
        Slow { shared, thread }
    }

    fn doing(&self, text: impl FnOnce() -> String) {
        let work = self.shared.work.lock();
        let mut work = work.unwrap_or_else(PoisonError::into_inner);
        if !work.said {
            work.doing = text();
        }
    }
}

impl Drop for Slow {
    fn drop(&mut self) {
        let work = self.shared.work.lock();
        work.unwrap_or_else(PoisonError::into_inner).over = true;
        self.shared.over.notify_all();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}
