//! Any text that parses runs on every model: a walk chosen by the text's own
//! bytes, and a search of a few thousand states.
#![no_main]

use std::sync::Arc;

use libfuzzer_sys::fuzz_target;
use litmus::Setting;
use machine::{CpuModel, Run, SrcuFlavour, compile};

fuzz_target!(|data: &[u8]| {
    let Ok(source) = std::str::from_utf8(data) else { return };
    let Some(test) = litmus::parse(source).test else { return };
    for setting in Setting::all(&test).take(3) {
        let test = test.with(&setting);
        for model in CpuModel::ALL {
            let Ok(p) = compile(&test, model, SrcuFlavour::Tree) else { continue };
            let p = Arc::new(p);
            let mut run = Run::new(Arc::clone(&p));
            for byte in data.iter().take(200) {
                let steps = p.steps(run.state());
                if steps.is_empty() {
                    break;
                }
                run.step(steps[usize::from(*byte) % steps.len()]).expect("offered");
            }
            let _ = Run::replay(&p, &run.schedule());
            let mut search = explore::Search::new(p, 2_000);
            // Batches and threads: small programs do not come to them otherwise.
            search.set_small(512);
            search.set_jobs(2);
            search.finish();
            for outcome in search.outcomes() {
                search.schedule(outcome).expect("found");
            }
        }
    }
});
