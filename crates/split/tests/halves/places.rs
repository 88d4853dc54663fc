//! Which places of the table the first half needs.

use wasmi::Val;

use crate::linked::{Entry, Function, Linked, Segment, Symbol};
use crate::running::{halved, same_calls};

/// A function, the places that it calls, and the symbols with an index in them through which it calls others.
fn function(name: &str, calls: &[u32], through: &[(usize, u32)]) -> Function {
    Function {
        name: name.to_owned(),
        calls: calls.to_vec(),
        through: through.to_vec(),
        ..Function::default()
    }
}

/// A module with these functions, of which the first two are in places 1 and 2, and cannot be had otherwise. Its constants have
/// places of the table at some offsets.
fn linked(functions: Vec<Function>, entries: &[(u32, u32)]) -> Linked {
    let mut functions = functions;
    for (at, function) in (0..).zip(&mut functions[..2]) {
        function.hidden = true;
        // Something that is not the same for both.
        function.reads = vec![(1, at, false)];
    }
    let entries = entries.iter().map(|(offset, place)| Entry {
        segment: 0,
        offset: *offset,
        place: *place,
    });
    Linked {
        segments: vec![Segment {
            name: ".rodata",
            address: 0x400,
            bytes: (1..=96).collect(),
        }],
        // The last third is nobody's.
        symbols: [0, 32]
            .map(|offset| Symbol {
                segment: 0,
                offset,
                size: 32,
            })
            .to_vec(),
        functions,
        table: vec![0, 1],
        entries: entries.collect(),
        ..Linked::default()
    }
}

/// A module whose table has two functions of the later half.
fn with_two(others: &[Function], entries: &[(u32, u32)]) -> Linked {
    let two = ["late::one", "late::two"].map(|name| function(name, &[], &[]));
    linked([&two[..], others].concat(), entries)
}

/// Splits a module, calls all its exports in both halves, and says how many functions the first half has, and how many
/// stand-ins.
fn parted(linked: &Linked) -> (usize, usize) {
    let (bound, notes) = (linked.bound(), linked.linked());
    let exported = linked.functions.iter().filter(|function| !function.hidden);
    let names: Vec<&str> = exported.map(|function| function.name.as_str()).collect();
    let calls: Vec<(&str, &[Val])> = [&names[..], &names]
        .concat()
        .into_iter()
        .map(|name| (name, &[] as &[Val]))
        .collect();
    same_calls(&bound, Some(&notes), "late", &calls);
    let [first, _, stand_ins] = halved(&bound, Some(&notes), "late").functions;
    // Without the import, and the function that asks for the later half.
    (first - 1, stand_ins)
}

#[test]
fn what_only_later_functions_call_has_no_stand_in() {
    // The one that is exported has a stand-in in any case.
    let calls = |first: &[u32], later: &[u32]| {
        let others = [
            function("now", first, &[]),
            function("late::runs", later, &[]),
        ];
        parted(&with_two(&others, &[]))
    };
    assert_eq!(calls(&[], &[1, 2]), (1, 1));
    assert_eq!(calls(&[2], &[1, 2]), (1, 2));
    assert_eq!(calls(&[2, 1], &[1]), (1, 3));
    // A place that nobody mentions is known in a way that is not seen.
    assert_eq!(calls(&[], &[1]), (1, 2));
    assert_eq!(calls(&[], &[]), (1, 3));
}

#[test]
fn constants_mention_places() {
    let entries = [(4, 1), (8, 2)];
    let through = |first: &[(usize, u32)], later: &[(usize, u32)]| {
        let others = [
            function("now", &[], first),
            function("late::runs", &[], later),
        ];
        parted(&with_two(&others, &entries))
    };
    assert_eq!(through(&[], &[(0, 4), (0, 8)]), (1, 1));
    // Who knows one of a symbol may know all.
    assert_eq!(through(&[(0, 8)], &[(0, 4)]), (1, 3));
    // Nobody is seen to mention the symbol.
    assert_eq!(through(&[], &[]), (1, 3));
    // What is of no symbol is anybody's.
    let others = [
        function("now", &[], &[]),
        function("late::runs", &[1, 2], &[]),
    ];
    assert_eq!(parted(&with_two(&others, &[(72, 2)])), (1, 2));
}

#[test]
fn the_first_half_knows_what_its_functions_know() {
    // The first of the table is of the first half if that calls it; it calls the second.
    let functions = |first: &[u32], later: &[u32]| {
        vec![
            function("between", &[2], &[]),
            function("late::two", &[], &[]),
            function("now", first, &[]),
            function("late::runs", later, &[]),
        ]
    };
    assert_eq!(parted(&linked(functions(&[1], &[]), &[])), (2, 2));
    assert_eq!(parted(&linked(functions(&[1], &[2]), &[])), (2, 2));
    // Nobody but the later half calls it: then it is of that.
    assert_eq!(parted(&linked(functions(&[], &[1]), &[])), (1, 1));
}

#[test]
fn without_a_linked_module_all_places_have_something() {
    let others = [function("late::runs", &[1, 2], &[])];
    let linked = with_two(&others, &[]);
    let halves = halved(&linked.bound(), None, "late");
    assert_eq!(halves.functions, [1, 3, 3]);
}
