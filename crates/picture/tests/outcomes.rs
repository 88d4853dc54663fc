//! The list of final states.

use picture::outcomes::{picture, sentence, sort};
use protocol::{FinalState, Outcomes, Schedule};

fn found(state: &str, name: &str, bad: bool, allowed: Option<bool>) -> FinalState {
    FinalState {
        state: state.to_owned(),
        name: name.to_owned(),
        bad,
        schedule: None,
        allowed,
    }
}

fn schedule(steps: usize) -> Option<Schedule> {
    let step = "0:0r".parse().expect("a step name");
    Some(Schedule {
        steps: vec![step; steps],
        shortest: true,
    })
}

#[test]
fn bad_ones_come_first_then_good_ones() {
    let mut rows = vec![
        found("x=0;", "", false, Some(true)),
        found("x=1;", "all is well", false, Some(true)),
        found("x=2;", "all is well; the bus is stale", true, Some(false)),
        found("x=3;", "", false, None),
    ];
    rows[0].schedule = schedule(9);
    rows[1].schedule = schedule(1);
    sort(&mut rows);
    let told: Vec<String> = rows
        .iter()
        .map(|row| {
            let (symbol, name, state) = (row.symbol(), &row.name, &row.state);
            format!(
                "{} {symbol} {name} {state} {}, {}",
                row.class(),
                row.lkmm().0,
                row.length()
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            "bad ! all is well; the bus is stale x=2; LKMM forbids it, searching a schedule…",
            "good ✓ all is well x=1; LKMM allows it, full schedule, 1 step",
            "plain ·  x=0; LKMM allows it, full schedule, 9 steps",
            "plain ·  x=3; not judged by LKMM, searching a schedule…",
        ]
    );
    let drawn = picture::table_svg(&picture(&rows, "A test", "Arm"));
    for text in [
        "A test: final states",
        "On Arm.",
        "the bus is stale",
        "x=3;",
        "· no name",
        "LKMM forbids it",
        "full schedule",
    ] {
        assert!(drawn.contains(text), "{text} in {drawn}");
    }
    assert_eq!(drawn.matches("class=\"cell-bad\"").count(), 1);
    let known = Outcomes {
        rows,
        complete: true,
        explored: 12_345,
        elsewhere: vec!["x=4;".to_owned()],
        ..Outcomes::default()
    };
    assert_eq!(
        sentence(&known, "Arm", None),
        "4 final states on Arm, and no other: every schedule was searched (12\u{202f}345 states of the machine, those on \
         the way to the shortest schedules included). LKMM forbids one of them. LKMM allows one more, which Arm does not reach:"
    );
    let known = Outcomes {
        rows: known.rows[1..2].to_vec(),
        complete: false,
        elsewhere: Vec::new(),
        more: 2,
        ..known
    };
    assert_eq!(
        sentence(&known, "Arm", Some("contract")),
        "3 final states on Arm (SRCU: contract) so far; the search was not complete (12\u{202f}345 states of the machine). The first 1 are shown."
    );
}
