//! Any text: no panic; what can be read can be printed, read again and exported.
#![no_main]

use libfuzzer_sys::fuzz_target;
use litmus::{Setting, export_herd, parse, print};

fuzz_target!(|source: &str| {
    let Some(test) = parse(source).test else {
        return;
    };
    let printed = print(&test);
    let again = parse(&printed).test.expect("what is printed can be read");
    assert_eq!(print(&again), printed);
    for setting in Setting::all(&test).take(4) {
        let _ = export_herd(&test, &setting);
    }
});
