//! The judgement of the Linux-kernel memory model, to its end or to a limit.

use std::sync::Arc;

use litmus::Test;
use lkmm::models::LKMM;
use lkmm::{Counting, Judge, JudgeError, Judgement};

/// Choices between two questions whether to go on.
const SLICE: u64 = 1 << 16;

/// Judges a test in a setting. `None` when `stop` says so.
///
/// # Errors
/// When the test is none that the axioms can judge.
pub fn lkmm_judge(
    test: &Test,
    limit: u64,
    counting: Counting,
    stop: impl Fn() -> bool,
) -> Result<Option<Judgement>, JudgeError> {
    let mut judge = Judge::counting(Arc::new(test.clone()), &LKMM, counting)?;
    let mut left = limit;
    loop {
        let slice = left.min(SLICE);
        let done = judge.run(slice)?;
        left -= slice;
        if done || left == 0 {
            return Ok(Some(judge.judgement()));
        }
        if stop() {
            return Ok(None);
        }
    }
}
