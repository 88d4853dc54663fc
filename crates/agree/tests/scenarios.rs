//! The built-in scenarios, in every setting: what a CPU of ours can do, LKMM allows.

use explore::verdict::{DEFAULT_LIMIT, Reachable, check};
use litmus::Setting;
use lkmm::{Model, judge};
use machine::{CpuModel, SrcuFlavour};

#[test]
fn machine_lies_inside_lkmm() {
    let lkmm = Model::by_id("lkmm").expect("LKMM");
    let mut wrong = Vec::new();
    let (mut settings, mut more) = (0, 0);
    for lesson in lessons::all() {
        let test = lesson.test();
        for setting in Setting::all(&test) {
            settings += 1;
            let resolved = test.with(&setting);
            let judgement = judge(&resolved, lkmm, 1_000_000).expect("it can be judged");
            assert!(judgement.complete, "{}", lesson.id);
            let mut reached = vec![false; test.outcomes.len()];
            for model in CpuModel::ALL {
                for flavour in [SrcuFlavour::Tree, SrcuFlavour::Fast] {
                    let report = check(&resolved, model, flavour, DEFAULT_LIMIT).expect("it runs");
                    assert!(report.complete, "{} {}", lesson.id, model.id);
                    for (at, outcome) in test.outcomes.iter().enumerate() {
                        if report.outcomes[at] == Reachable::Yes {
                            reached[at] = true;
                            if judgement.outcomes[at] == 0 {
                                wrong.push(format!(
                                    "{} {:?} {}: {} is outside LKMM",
                                    lesson.id, setting.0, model.id, outcome.name
                                ));
                            }
                        }
                    }
                }
            }
            more += judgement
                .outcomes
                .iter()
                .zip(&reached)
                .filter(|(count, reached)| **count > 0 && !**reached)
                .count();
        }
    }
    eprintln!("{settings} settings; {more} outcomes that LKMM alone allows");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
