//! The operands of one expression have no program order between them under LKMM, and one from left to right on hardware.
//! The numbers are those of herd7 7.58.

use lkmm::{Model, judge, models};

const PUBLISH: &str = "WRITE_ONCE(*x, 1); smp_wmb(); WRITE_ONCE(*y, 1);";
const WATCH: &str = "r1 = READ_ONCE(*z); smp_rmb(); r2 = READ_ONCE(*x);";
const ECHO: &str = "r1 = READ_ONCE(*z); smp_mb(); WRITE_ONCE(*y, 1);";

fn counts(model: &'static Model, first: &str, second: &str, condition: &str) -> (u64, u64) {
    let source = format!(
        "C t\n{{}}\nP0(int *x, int *y, int *z) {{ int r0; {first} }}\nP1(int *x, int *y, int *z) {{ int r1; int r2; {second} }}\nexists ({condition})\n"
    );
    let test = litmus::parse(&source).test.expect(&source);
    let judgement = judge(&test, model, 10_000).expect("it is judged");
    (judgement.positive, judgement.negative)
}

#[test]
fn operands_have_no_order() {
    let store = "WRITE_ONCE(*x, 1);";
    let other = "WRITE_ONCE(*x, 5);";
    for (first, second, condition, positive, negative) in [
        (
            "r0 = (READ_ONCE(*x) == 0) + 2 * READ_ONCE(*x);",
            store,
            "0:r0=3",
            1,
            3,
        ),
        (
            "r0 = 2 * (READ_ONCE(*x) == 1) + (READ_ONCE(*x) == 0);",
            store,
            "0:r0=3",
            1,
            3,
        ),
        (
            "r0 = smp_load_acquire(y) + 2 * READ_ONCE(*x);",
            PUBLISH,
            "0:r0=1",
            1,
            3,
        ),
        (
            "if (smp_load_acquire(y) > READ_ONCE(*x)) { r0 = 1; }",
            PUBLISH,
            "0:r0=1",
            1,
            3,
        ),
        (
            "WRITE_ONCE(*x, READ_ONCE(*x) + READ_ONCE(*x));",
            store,
            "x=1",
            3,
            2,
        ),
        // Two atomics may both find the same store: only another CPU's store cannot come between.
        ("r0 = xchg(x, 1) - xchg(x, 2);", other, "x=1", 3, 7),
        // What is exchanged, what is expected and the limit have no order with the read.
        (
            "r0 = xchg(x, smp_load_acquire(y));",
            PUBLISH,
            "0:r0=0 /\\ x=1",
            1,
            2,
        ),
        (
            "r0 = cmpxchg(x, smp_load_acquire(y), 5);",
            PUBLISH,
            "0:r0=0 /\\ x=1",
            2,
            2,
        ),
        (
            "r0 = atomic_add_unless(x, 1, READ_ONCE(*y));",
            PUBLISH,
            "x=1",
            3,
            1,
        ),
    ] {
        let found = counts(&models::LKMM, first, second, condition);
        assert_eq!(found, (positive, negative), "{first}");
        let hardware = counts(&models::ARM, first, second, condition);
        assert!(hardware.0 + hardware.1 <= positive + negative, "{first}");
    }
}

#[test]
fn an_atomic_hands_on_its_read_and_not_its_write() {
    for (first, condition) in [
        ("WRITE_ONCE(*z, 1 + xchg(x, 1));", "1:r1=1 /\\ 1:r2=0"),
        (
            "WRITE_ONCE(*z, 1 + atomic_fetch_add(1, x));",
            "1:r1=1 /\\ 1:r2=0",
        ),
        (
            "WRITE_ONCE(*z, atomic_add_return(1, x));",
            "1:r1=1 /\\ 1:r2=0",
        ),
    ] {
        assert_eq!(
            counts(&models::LKMM, first, WATCH, condition),
            (1, 3),
            "{first}"
        );
    }
    let apart = "r0 = xchg(x, 1); WRITE_ONCE(*z, 1 + r0);";
    assert_eq!(
        counts(&models::LKMM, apart, WATCH, "1:r1=1 /\\ 1:r2=0").0,
        0
    );
}

#[test]
fn statements_follow_each_other() {
    let first = "r0 = smp_load_acquire(y); r0 = r0 + 2 * READ_ONCE(*x);";
    assert_eq!(counts(&models::LKMM, first, PUBLISH, "0:r0=1"), (0, 3));
    let first = "r0 = smp_load_acquire(y) + 2 * READ_ONCE(*x);";
    for hardware in [&models::SC, &models::TSO, &models::PSO, &models::ARM] {
        assert_eq!(
            counts(hardware, first, PUBLISH, "0:r0=1").0,
            0,
            "{}",
            hardware.id
        );
    }
}

#[test]
fn what_a_cmpxchg_expects_is_no_dependency_of_its_store() {
    let expected = "r0 = READ_ONCE(*y); cmpxchg_relaxed(z, r0 ^ 1, 1);";
    let stored = "r0 = READ_ONCE(*y); cmpxchg_relaxed(z, 0, r0);";
    let condition = "1:r1=1 /\\ 0:r0=1";
    assert_eq!(counts(&models::LKMM, expected, ECHO, condition), (1, 2));
    assert_eq!(counts(&models::LKMM, stored, ECHO, condition).0, 0);
    assert_eq!(counts(&models::ARM, expected, ECHO, condition).0, 0);
}
