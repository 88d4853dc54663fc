//! A module that notes what it runs, and what follows from the notes.

use std::collections::BTreeSet;

use split::{Later, profile, split};
use wasmi::Val;

use crate::running::{Running, is_valid, module};

const TEXT: &str = r#"(module
    (import "host" "seven" (global $unused i32))
    (import "host" "load" (func $load))
    (import "host" "tell" (func $tell (param i32)))
    (table 1 funcref)
    (func $need_later (export "need_later") call $load)
    (func $a::used (export "run") (param i32) (result i32)
        local.get 0 if (result i32) local.get 0 call $a::deeper else i32.const 0 call $b::cold end)
    (func $a::deeper (param i32) (result i32) local.get 0 i32.const 1 i32.add)
    (func $b::cold (param i32) (result i32) local.get 0 call $tell i32.const 5)
    (func $b::listed)
    (func $c::twice (export "twice") (result i32) i32.const 2)
    (func $c::twice.1 (result i32) i32.const 3)
    (func $"d::apart[0123456789abcdef].7"))"#;

/// The numbers of functions that have been run.
fn ran(running: &Running) -> BTreeSet<usize> {
    let noted = |at: &usize| running.global(&format!("{}{at}", profile::NOTE)) == Some(1);
    (0..20).filter(noted).collect()
}

#[test]
fn what_is_run_is_noted() {
    let noting = profile::noting(&module(TEXT)).expect("the module is valid");
    assert_eq!(is_valid(&noting), Ok(()));
    // It has the names of the first half.
    let halves = split(&module(TEXT), None, &Later::parse("b")).expect("the module can be split");
    let (mut whole, mut notes) = (
        Running::whole(&module(TEXT)),
        Running::start(&noting, &halves.names),
    );
    assert_eq!(ran(&notes), BTreeSet::new());
    for (name, args, expected) in [
        ("twice", &[][..], &[7][..]),
        ("run", &[Val::I32(4)][..], &[3, 4, 7][..]),
        ("twice", &[][..], &[3, 4, 7][..]),
        ("run", &[Val::I32(0)][..], &[3, 4, 5, 7][..]),
    ] {
        assert_eq!(notes.call(name, args), whole.call(name, args));
        assert_eq!(ran(&notes), expected.iter().copied().collect());
    }
    assert!(profile::noting(b"garbage").is_err());
}

#[test]
fn what_is_not_run_is_cold() {
    let list = "b::listed";
    let told = |ran: &[usize]| {
        let ran = ran.iter().copied().collect();
        profile::told(&module(TEXT), &Later::parse(list), &ran).expect("the module is valid")
    };

    // Both that are called `c::twice` must be of no use; marks and numbers are no part of a name. Imports are the host's.
    assert_eq!(told(&[2, 3, 4, 7]), "b::cold\nd::apart\n");
    assert_eq!(told(&[2, 3, 4, 8]), "b::cold\nd::apart\n");
    assert_eq!(told(&[2, 3, 4]), "b::cold\nc::twice\nd::apart\n");
    assert_eq!(told(&(0..10).collect::<Vec<_>>()), "not b::listed\n");
    let nothing = BTreeSet::new();
    // The list has it, and it was run.
    assert_eq!(told(&[2, 3, 4, 6, 7]), "not b::listed\nb::cold\nd::apart\n");
    assert!(profile::told(b"garbage", &Later::parse(list), &nothing).is_err());
}

#[test]
fn cold_functions_are_later() {
    let halves = |cold: &str| {
        let list = Later::parse("not b::cold").with_profile(cold);
        let halves = split(&module(TEXT), None, &list).expect("the module can be split");
        assert_eq!(is_valid(&halves.later), Ok(()));
        halves
    };
    // `b::listed` and two more are called by nobody.
    assert_eq!(halves("").functions, [5, 3, 0]);
    // A cold function is a whole name, and not a part of one.
    assert_eq!(halves("b\nb::col\ncold\n").functions, [5, 3, 0]);
    let halves = halves("b::cold\nc::twice\n");
    assert_eq!(halves.functions, [3, 5, 2]);
    let mut running = Running::halves(&halves);
    assert_eq!(
        running.call("run", &[Val::I32(1)]),
        Ok("[I32(2)]".to_owned())
    );
    assert!(!running.has_later());
    assert_eq!(
        running.call("run", &[Val::I32(0)]),
        Ok("[I32(5)]".to_owned())
    );
    assert_eq!(running.call("twice", &[]), Ok("[I32(2)]".to_owned()));
    assert_eq!(
        (running.store.data().asked, running.store.data().told.len()),
        (1, 1)
    );
}

#[test]
fn imports_have_short_names() {
    let halves = split(&module(TEXT), None, &Later::parse("a")).expect("the module can be split");
    let names: Vec<(&str, &str)> = halves
        .names
        .iter()
        .map(|(long, short)| (long.as_str(), short.as_str()))
        .collect();
    // One that nothing uses has a name, too.
    assert_eq!(
        names,
        [("host", "a"), ("load", "c"), ("seven", "b"), ("tell", "d")]
    );

    // More than there are letters, and one of them twice.
    let imports: String = (0..120)
        .map(|at| format!("(import \"host\" \"import{}\" (func $i{at}))", at % 119))
        .collect();
    let calls: String = (0..120).map(|at| format!("call $i{at} ")).collect();
    let text =
        format!("(module {imports} (table 1 funcref) (func (export \"need_later\") {calls}))");
    let halves = split(&module(&text), None, &Later::parse("")).expect("the module can be split");
    assert_eq!(is_valid(&halves.first), Ok(()));
    let short: BTreeSet<&String> = halves.names.iter().map(|(_, short)| short).collect();
    assert_eq!((halves.names.len(), short.len()), (120, 120));
    assert!(short.iter().all(|short| short.len() <= 2));
}
