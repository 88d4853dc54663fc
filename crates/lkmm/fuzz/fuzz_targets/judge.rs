//! Any text that parses is judged by every model, and asked why.
#![no_main]

use libfuzzer_sys::fuzz_target;
use litmus::{Cond, Setting};
use lkmm::{TestNames, judge, why};

fuzz_target!(|data: &[u8]| {
    let Ok(source) = std::str::from_utf8(data) else { return };
    let Some(test) = litmus::parse(source).test else { return };
    let names = TestNames::new(&test, Some(source));
    for setting in Setting::all(&test).take(3) {
        let test = test.with(&setting);
        let cond = test.condition.as_ref().map_or(Cond::True, |c| c.cond.clone());
        for model in lkmm::models::ALL {
            let _ = judge(&test, model, 2_000);
            let _ = why(&test, model, &cond, &names, 1_000);
            let _ = why(&test, model, &Cond::False, &names, 300);
        }
    }
});
