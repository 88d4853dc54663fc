//! What the halves do, in modules made for one question each.

use wasmi::Val;

use crate::running::{Running, halved, is_valid, module, same};

const I: fn(i32) -> Val = Val::I32;

/// What every module of the page has.
const HEAD: &str = r#"
    (import "host" "load" (func $load))
    (import "host" "tell" (func $tell (param i32)))
    (func $need_later (export "need_later") call $load)"#;

fn text(rest: &str) -> String {
    format!("(module {HEAD} {rest})")
}

/// The names of a module's own functions, sorted. Those without one are left out.
fn functions(half: &[u8]) -> Vec<String> {
    let module = walrus::Module::from_buffer(half).expect("a half can be read");
    let names = module.funcs.iter_local().map(|(id, _)| id);
    let mut names: Vec<String> = names
        .filter_map(|id| module.funcs.get(id).name.clone())
        .collect();
    names.sort_unstable();
    names
}

#[test]
fn each_function_is_where_it_belongs() {
    let text = text(
        r#"
        (table 1 funcref)
        (func $now_both (param i32) (result i32) local.get 0 i32.const 1 i32.add)
        (func $helper (param i32) (result i32) local.get 0 call $now_both i32.const 3 i32.mul)
        (func $deeper (param i32) (result i32) local.get 0 call $helper i32.const 5 i32.sub)
        (func $late (param i32) (result i32) local.get 0 call $deeper call $now_both)
        (func (export "now") (param i32) (result i32) local.get 0 call $now_both)
        (func (export "run") (param i32) (result i32) local.get 0 call $late)"#,
    );
    let halves = halved(&module(&text), None, "late");
    // In the first half `late` is a stand-in; what only it reaches has gone with it.
    assert_eq!(
        functions(&halves.first),
        ["late", "need_later", "now_both"].map(str::to_owned)
    );
    assert_eq!(
        functions(&halves.later),
        ["deeper", "helper", "late"].map(str::to_owned)
    );
    assert_eq!(halves.functions, [4, 3, 1]);

    let calls: &[(&str, &[Val])] = &[("now", &[I(4)]), ("run", &[I(4)]), ("now", &[I(5)])];
    let running = same(&text, "late", calls);
    assert_eq!(running.store.data().asked, 1);
}

#[test]
fn nothing_is_fetched_that_nobody_calls() {
    let text = text(
        r#"
        (table 1 funcref)
        (func $late (result i32) i32.const 2)
        (func (export "now") (result i32) i32.const 1)
        (func (export "run") (result i32) call $late)"#,
    );
    let mut running = Running::halves(&halved(&module(&text), None, "late"));
    for _ in 0..3 {
        assert_eq!(running.call("now", &[]), Ok("[I32(1)]".to_owned()));
    }
    assert_eq!(
        (running.store.data().asked, running.has_later()),
        (0, false)
    );
    for _ in 0..3 {
        assert_eq!(running.call("run", &[]), Ok("[I32(2)]".to_owned()));
    }
    assert_eq!((running.store.data().asked, running.has_later()), (1, true));
}

#[test]
fn a_half_that_does_not_come_is_asked_for_again() {
    let text = text(
        r#"
        (table 1 funcref)
        (func $late (export "late") (result i32) i32.const 2)"#,
    );
    let mut running = Running::first(&halved(&module(&text), None, "late"));
    for asked in 1..4 {
        assert!(running.call("late", &[]).is_err());
        assert_eq!(running.store.data().asked, asked);
    }
}

#[test]
fn places_of_the_table_are_kept() {
    let text = text(
        r#"
        (type $t (func (param i32) (result i32)))
        (table (export "table") 6 6 funcref)
        (elem (i32.const 1) $now $late_a $late_b)
        (elem (i32.const 5) $late_a)
        (func $now (type $t) local.get 0 i32.const 10 i32.add)
        (func $late_a (type $t) local.get 0 i32.const 20 i32.add)
        (func $late_b (type $t) local.get 0 i32.const 1 call_indirect (type $t) i32.const 40 i32.add)
        (func (export "run") (param i32 i32) (result i32) local.get 0 local.get 1 call_indirect (type $t))"#,
    );
    // Of these, nothing is in 0 and 4.
    let args = [1, 0, 4, 2, 3, 5, 2, 1].map(|place| [I(100), I(place)]);
    let calls: Vec<(&str, &[Val])> = args.iter().map(|args| ("run", &args[..])).collect();
    same(&text, "late_a\nlate_b", &calls);

    // The host calls through the table, too.
    let mut whole = Running::whole(&module(&text));
    let mut halves = Running::halves(&halved(&module(&text), None, "late_a\nlate_b"));
    for round in 0..2 {
        for place in 0..6 {
            let expected = whole.call_place(place, &[I(1)]);
            assert_eq!(
                halves.call_place(place, &[I(1)]),
                expected,
                "{round} {place}"
            );
        }
    }
    assert_eq!(halves.store.data().asked, 1);
}

#[test]
fn the_last_segment_of_a_place_counts() {
    let text = text(
        r#"
        (type $t (func (result i32)))
        (table (export "table") 3 funcref)
        (elem (i32.const 0) $late $late $now)
        (elem (i32.const 1) $now $late)
        (func $now (type $t) i32.const 10)
        (func $late (type $t) i32.const 20)"#,
    );
    let mut whole = Running::whole(&module(&text));
    let mut halves = Running::halves(&halved(&module(&text), None, "late"));
    for place in [1, 0, 1, 2] {
        let expected = whole.call_place(place, &[]);
        assert_eq!(halves.call_place(place, &[]), expected, "{place}");
    }
}

#[test]
fn globals_and_memory_are_one() {
    let text = text(
        r#"
        (table 1 funcref)
        (memory (export "memory") 1 3)
        (global $count (mut i32) (i32.const 5))
        (global $step i32 (i32.const 3))
        (global $only_now (mut i64) (i64.const 9))
        (func $late_step (result i32)
            global.get $count global.get $step i32.add global.set $count
            i32.const 8 global.get $count i32.store
            global.get $count)
        (func $late_grow (result i32) i32.const 1 memory.grow)
        (func (export "now_step") (result i32)
            global.get $only_now i64.const 1 i64.add global.set $only_now
            global.get $count i32.const 2 i32.mul global.set $count
            i32.const 8 i32.load global.get $only_now i32.wrap_i64 i32.add)
        (func (export "size") (result i32) memory.size)
        (func (export "step") (result i32) call $late_step call $tell global.get $count)
        (func (export "grow") (result i32) call $late_grow)"#,
    );
    let names = [
        "now_step", "step", "now_step", "step", "grow", "size", "grow", "grow", "step",
    ];
    let calls: Vec<(&str, &[Val])> = names.iter().map(|name| (*name, &[] as &[Val])).collect();
    same(&text, "late_step\nlate_grow", &calls);
}

#[test]
fn what_is_imported_is_imported_once() {
    let text = format!(
        r#"(module
        (import "host" "memory" (memory $memory 1 4))
        (import "host" "count" (global $count (mut i32)))
        (import "host" "seven" (global $seven i32))
        {HEAD}
        (export "memory" (memory $memory))
        (table 0 funcref)
        (global $own (mut i32) (global.get $seven))
        (func $late (param i32) (result i32)
            local.get 0 global.get $count i32.store8
            global.get $count global.get $own i32.add global.set $count
            local.get 0 call $tell
            local.get 0 i32.load8_u)
        (func (export "now") (result i32) global.get $count global.get $own i32.add)
        (func (export "run") (param i32) (result i32) local.get 0 call $late))"#
    );
    let calls: &[(&str, &[Val])] = &[
        ("now", &[]),
        ("run", &[I(3)]),
        ("now", &[]),
        ("run", &[I(4)]),
    ];
    same(&text, "late", calls);
}

#[test]
fn stand_ins_pass_everything_on() {
    let text = text(
        r#"
        (table 1 funcref)
        (func $late_none)
        (func $late_mixed (param i32 i64 f32 f64) (result f64 i64 i32 f32)
            local.get 3 local.get 1 local.get 0 local.get 2)
        (func $late_trap (param i32) (result i32) i32.const 1 local.get 0 i32.div_s)
        (func $late_ref (param funcref externref) (result i32)
            local.get 0 ref.is_null local.get 1 ref.is_null i32.const 1 i32.shl i32.or)
        (func (export "none") call $late_none)
        (func (export "mixed") (param i32 i64 f32 f64) (result f64 i64 i32 f32)
            local.get 0 local.get 1 local.get 2 local.get 3 call $late_mixed)
        (func (export "trap") (param i32) (result i32) local.get 0 call $late_trap)
        (func (export "refs") (result i32) ref.func $need_later ref.null extern call $late_ref)"#,
    );
    let mixed = [
        I(-3),
        Val::I64(i64::MIN + 1),
        Val::from(1.5_f32),
        Val::from(-0.1_f64),
    ];
    let calls: &[(&str, &[Val])] = &[
        ("none", &[]),
        ("mixed", &mixed),
        ("trap", &[I(0)]),
        ("trap", &[I(1)]),
        ("refs", &[]),
        ("mixed", &mixed),
    ];
    same(&text, "late_none\nlate_mixed\nlate_trap\nlate_ref", calls);
}

#[test]
fn recursion_goes_through_both_halves() {
    let text = text(
        r#"
        (table 1 funcref)
        (func $late_odd (param i32) (result i32)
            local.get 0 i32.eqz if (result i32) i32.const 0 else local.get 0 i32.const 1 i32.sub call $even end)
        (func $even (export "even") (param i32) (result i32)
            local.get 0 call $tell
            local.get 0 i32.eqz if (result i32) i32.const 1 else local.get 0 i32.const 1 i32.sub call $late_odd end)"#,
    );
    let calls: &[(&str, &[Val])] = &[("even", &[I(0)]), ("even", &[I(9)]), ("even", &[I(20)])];
    same(&text, "late_odd", calls);
}

#[test]
fn references_to_functions_lead_to_the_same() {
    let text = text(
        r#"
        (type $t (func (result i32)))
        (table $table (export "table") 2 funcref)
        (table $others 4 externref)
        (elem (i32.const 0) $late_a)
        (elem declare func $late_b $late_d $now)
        (global $kept funcref (ref.func $late_kept))
        (func $late_a (type $t) i32.const 1)
        (func $late_b (type $t) i32.const 2 call $late_c i32.add)
        (func $late_c (type $t) i32.const 3)
        (func $late_d (type $t) i32.const 5)
        (func $late_kept (type $t) i32.const 6 call $late_c i32.add)
        (func $now (type $t) i32.const 4)
        (func $late_refers (result i32) ref.func $late_b ref.is_null ref.func $late_d ref.is_null i32.or)
        (func (export "refers") (result i32) ref.func $late_b ref.is_null ref.func $now ref.is_null i32.or)
        (func (export "late_refers") (result i32) call $late_refers)
        (func (export "keeps") (result i32) global.get $kept ref.is_null)
        (func (export "kept") (result funcref) global.get $kept)
        (func (export "others") (param i32) (result i32) local.get 0 table.get $others ref.is_null)
        (func (export "late_others") (param i32) (result i32) local.get 0 table.get $others ref.is_null)"#,
    );
    let list = "late_a\nlate_b\nlate_c\nlate_d\nlate_kept\nlate_refers\nlate_others";
    let calls: &[(&str, &[Val])] = &[
        ("refers", &[]),
        ("keeps", &[]),
        ("others", &[I(3)]),
        ("late_others", &[I(3)]),
        ("late_refers", &[]),
        ("late_others", &[I(4)]),
    ];
    same(&text, list, calls);
    // A global's function is a stand-in, and what it reaches is not here; nor is what is only declared.
    let halves = halved(&module(&text), None, list);
    let first = functions(&halves.first);
    let has = |name: &str| first.contains(&name.to_owned());
    assert_eq!(
        ["late_kept", "late_c", "late_d"].map(has),
        [true, false, false]
    );
    let mut running = Running::halves(&halves);
    for asked in [0, 1, 1] {
        assert_eq!(running.store.data().asked, asked);
        assert_eq!(running.call_result("kept"), Ok("[I32(9)]".to_owned()));
    }
}

#[test]
fn what_fetches_the_later_half_is_early() {
    let text = r#"(module
        (import "host" "load" (func $load))
        (import "host" "tell" (func $tell (param i32)))
        (table 1 funcref)
        (func $late_ready call $load)
        (func $late_need (export "need_later") call $late_ready)
        (func $late_ten (result i32) i32.const 10)
        (func $late_start call $late_ten call $tell)
        (start $late_start)
        (func $late_run (export "late_run") (result i32) call $late_ten i32.const 1 i32.add))"#;
    let list = "late_ready\nlate_need\nlate_start\nlate_ten\nlate_run";
    let calls: &[(&str, &[Val])] = &[("late_run", &[]), ("late_run", &[])];
    let running = same(text, list, calls);
    assert_eq!(running.store.data().told, [10]);
    let halves = halved(&module(text), None, list);
    assert_eq!(functions(&halves.later), ["late_run".to_owned()]);
}

#[test]
fn exports_can_be_later() {
    let text = text(
        r#"
        (table 1 funcref)
        (func $late (export "one") (export "two") (param i32) (result i32) local.get 0 i32.const 7 i32.mul)
        (func (export "now") (result i32) i32.const 6 call $late)"#,
    );
    let calls: &[(&str, &[Val])] = &[("two", &[I(6)]), ("one", &[I(5)]), ("now", &[])];
    same(&text, "late", calls);
}

#[test]
fn a_later_import_is_the_hosts() {
    let text = text(
        r#"
        (table 1 funcref)
        (func $late (param i32) local.get 0 call $tell)
        (func (export "run") (param i32) local.get 0 call $late)"#,
    );
    // Imports are no functions of ours: a path that names one moves nothing.
    let running = same(
        &text,
        "late\ntell\nload",
        &[("run", &[I(3)]), ("run", &[I(4)])],
    );
    assert_eq!(running.store.data().told, [3, 4]);
}

#[test]
fn a_list_of_nothing_splits_off_nothing() {
    let text = text(
        r#"
        (table 2 funcref)
        (memory (export "memory") 1)
        (data (i32.const 4) "abc")
        (func (export "run") (result i32) i32.const 5 i32.load8_u)"#,
    );
    for list in ["", "# run", "nobody", "not late"] {
        let halves = halved(&module(&text), None, list);
        assert_eq!(halves.functions, [2, 0, 0], "{list}");
        assert_eq!(halves.data, 0);
        same(&text, list, &[("run", &[])]);
    }
}

#[test]
fn paths_that_nothing_mentions_are_said() {
    let text = text("(table 1 funcref) (func $crate::late::one (export \"run\"))");
    let halves = halved(
        &module(&text),
        None,
        "crate::late\nnobody\nnot crate::late::two # gone",
    );
    assert_eq!(halves.unused, ["nobody", "crate::late::two"]);
}

#[test]
fn a_valid_half_is_told_from_another() {
    // The helper of these tests can fail.
    assert!(is_valid(b"\0asm").is_err());
    let endless = module("(module (memory i64 1))");
    assert!(is_valid(&endless).is_err());
}
