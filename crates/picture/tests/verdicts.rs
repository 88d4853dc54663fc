//! The verdicts as a picture.

mod common;

use common::{check, test};
use litmus::Setting;
use picture::verdicts::picture;
use picture::{Theme, standalone_svg, table_svg};
use protocol::{Beside, Goal, GoalVerdicts, Says, Verdict};

fn verdicts(goal: Goal, says: [Says; 3]) -> GoalVerdicts {
    let [sc, arm, lkmm] = says.map(|says| Verdict { says, why: None });
    GoalVerdicts {
        goal,
        models: vec![sc, arm],
        lkmm,
        question: None,
        notes: Vec::new(),
        beside: Beside::default(),
    }
}

#[test]
fn every_answer_stands_in_its_column() {
    let test = test("doorbell");
    let good = Goal::Condition;
    assert!(Goal::Outcome(0).bad(&test) && !good.bad(&test));
    let verdicts = [
        verdicts(Goal::Outcome(0), [Says::No, Says::Yes, Says::Unfinished]),
        verdicts(good, [Says::Yes, Says::Yes, Says::NotJudged]),
    ];
    let notes = ["Stopped after 12 states: not finished.".to_owned()];
    let setting = Setting::default_of(&test);
    let table = picture(
        "The missed doorbell",
        &test,
        &setting,
        &["SC", "Arm"],
        &verdicts,
        &notes,
    );
    assert_eq!(table.heads.len(), 4);
    assert!(table.rows.iter().all(|row| row.cells.len() == 4));
    let svg = table_svg(&table);
    check("verdicts.svg", &svg);
    assert_eq!(svg.matches("class=\"cell-bad\"").count(), 1);
    // What is bad is told by colour as well.
    for theme in [Theme::Light, Theme::Dark] {
        assert!(standalone_svg(&svg, theme).contains(".cell-bad{fill:#"));
    }
    for text in [
        "With",
        "not finished",
        "not judged",
        "Stopped after 12 states",
    ] {
        assert!(svg.contains(text), "{text} in {svg}");
    }
}
