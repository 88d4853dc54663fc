//! Every verdict of every scenario, printed: `cargo test -p stalebus-lessons --test tables -- --nocapture`.
//! What is asserted is that a page can afford to ask.

mod common;

use std::time::Instant;

use litmus::Setting;

#[test]
fn every_setting() {
    for lesson in lessons::all() {
        let test = lesson.test();
        let settings: Vec<Setting> = Setting::all(&test).collect();
        assert!(
            settings.len() <= 192,
            "{}: {} settings",
            lesson.id,
            settings.len()
        );
        for (name, flavour) in common::FLAVOURS {
            let begun = Instant::now();
            let mut lines = Vec::new();
            for setting in &settings {
                for (index, outcome) in test.outcomes.iter().enumerate() {
                    if outcome.bad {
                        let verdicts = common::verdicts(&test, setting, index, flavour);
                        let off = setting.to_off(&test);
                        lines.push(format!("  {:8} {} off={off}", outcome.name, row(verdicts)));
                    }
                }
            }
            println!(
                "{} srcu={name}: {} settings, {:?}",
                lesson.id,
                settings.len(),
                begun.elapsed()
            );
            println!("           sc        tso       pso       arm       power");
            println!("{}", lines.join("\n"));
        }
    }
}

fn row(verdicts: [bool; 5]) -> String {
    verdicts
        .map(|v| if v { "Sometimes" } else { "Never    " })
        .join(" ")
}
