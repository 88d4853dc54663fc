//! The list of final states.

use machine::StepName;
use protocol::{FinalState, Goal, Schedule};
use picture::outcomes::{Summary, picture, rows, sentence};

const TEST: &str = "C t
(*
 * @outcome well \"all is well\" : x=1
 * @outcome stale bad \"the bus is stale\" : x=2
 *)
{}
P0(int *x) { WRITE_ONCE(*x, 1); }
exists (x=1)
";

fn found(state: &str, goals: &[Goal], allowed: Option<bool>, steps: Option<usize>) -> FinalState {
    let step: StepName = "0:0d".parse().expect("a step name");
    FinalState {
        state: state.to_owned(),
        goals: goals.to_vec(),
        allowed,
        schedule: steps.map(|steps| Schedule {
            steps: vec![step; steps],
            shortest: true,
        }),
    }
}

#[test]
fn bad_ones_come_first_then_good_ones() {
    let test = litmus::parse(TEST).test.expect("a test");
    let (well, stale) = (Goal::Outcome(0), Goal::Outcome(1));
    let all = [
        // The test has named outcomes, so that its condition is no name.
        found("x=0;", &[Goal::Condition], Some(true), Some(9)),
        found("x=1;", &[well], Some(true), Some(1)),
        found("x=2;", &[well, stale], Some(false), None),
        found("x=3;", &[], None, None),
    ];
    let rows = rows(&test, &all);
    let told: Vec<String> = rows
        .iter()
        .map(|row| {
            let (symbol, name, state) = (row.symbol, &row.name, &row.state);
            format!(
                "{} {symbol} {name} {state} {}, {}",
                row.index, row.lkmm, row.schedule
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            "2 ! all is well; the bus is stale x=2; LKMM forbids it, searching a schedule…",
            "1 ✓ all is well x=1; LKMM allows it, full schedule, 1 step",
            "0 ·  x=0; LKMM allows it, full schedule, 9 steps",
            "3 ·  x=3; not judged by LKMM, searching a schedule…",
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
    let summary = Summary {
        model: "Arm".to_owned(),
        srcu: None,
        complete: true,
        explored: 12_345,
        elsewhere: 1,
        more: 0,
    };
    assert_eq!(
        sentence(&all, &summary),
        "4 final states on Arm, and no other: every schedule was searched (12\u{202f}345 states of the machine, those on \
         the way to the shortest schedules included). LKMM forbids one of them. LKMM allows one more, which Arm does not reach:"
    );
    let summary = Summary {
        srcu: Some("contract"),
        complete: false,
        elsewhere: 0,
        more: 2,
        ..summary
    };
    assert_eq!(
        sentence(&all[..1], &summary),
        "3 final states on Arm (SRCU: contract) so far; the search was not complete (12\u{202f}345 states of the machine). The first 1 are shown."
    );
}
