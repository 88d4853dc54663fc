//! The verdicts as a picture.

mod common;

use common::{check, test};
use litmus::Setting;
use picture::verdicts::{Answer, Verdict, picture};
use picture::{Theme, standalone_svg, table_svg};

fn answer(mark: &'static str, word: &'static str) -> Answer {
    Answer {
        mark,
        word,
        bad: false,
    }
}

#[test]
fn every_answer_stands_in_its_column() {
    let test = test("doorbell");
    let bad = Answer {
        bad: true,
        ..answer("●", "yes")
    };
    let verdicts = [
        Verdict {
            label: "the guest saw the flag, and KVM used the old bus".to_owned(),
            answers: vec![answer("○", "no"), bad, answer("?", "not finished")],
        },
        Verdict {
            label: "all is well".to_owned(),
            answers: vec![
                answer("●", "yes"),
                answer("●", "yes"),
                answer("–", "not judged"),
            ],
        },
    ];
    let notes = vec!["Stopped after 12 states: not finished.".to_owned()];
    let setting = Setting::default_of(&test);
    let table = picture(
        "The missed doorbell",
        &test,
        &setting,
        &["SC", "Arm", "LKMM"],
        &verdicts,
        notes,
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
