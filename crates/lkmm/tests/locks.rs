//! Locks that are also accessed as variables: a read is judged, a store is refused.

use lkmm::{judge, models::LKMM};

fn beside_a_section(access: &str) -> Result<(u64, Vec<String>), String> {
    let source = format!(
        "C t\n{{}}\nP0(spinlock_t *l, int *x)\n{{\n\tspin_lock(l);\n\tWRITE_ONCE(*x, 1);\n\tspin_unlock(l);\n}}\n\
         P1(spinlock_t *l, int *x)\n{{\n\t{access}\n}}\nexists (x=1)\n"
    );
    let test = litmus::parse(&source).test.expect("it parses");
    match judge(&test, &LKMM, 10_000) {
        Ok(judgement) => Ok((judgement.positive, judgement.flags)),
        Err(error) => Err(error.message),
    }
}

#[test]
fn a_read_of_a_lock_raises_a_flag() {
    let (executions, flags) = beside_a_section("int r = READ_ONCE(*l);").expect("it is judged");
    assert!(executions > 0);
    assert_eq!(flags, ["mixed-lock-accesses"]);
}

#[test]
fn a_store_to_a_lock_is_refused() {
    for (access, name) in [
        ("WRITE_ONCE(*l, 1);", "WRITE_ONCE"),
        ("int r = xchg(l, 0);", "xchg"),
        ("atomic_inc(l);", "atomic_inc"),
        ("smp_store_release(l, 0);", "smp_store_release"),
    ] {
        let message = beside_a_section(access).expect_err(access);
        assert_eq!(
            message,
            format!("`l` is a lock: {name}() cannot store to it as to a variable")
        );
    }
}

/// Not even from another CPU's unlock that ends no section. The numbers are herd7's.
#[test]
fn whoever_holds_a_lock_finds_it_locked() {
    let source = "C t\n{}\nP0(spinlock_t *l) { spin_unlock(l); }\n\
                  P1(spinlock_t *l) { int r0; spin_lock(l); r0 = spin_is_locked(l); }\nexists (1:r0=1)\n";
    let test = litmus::parse(source).test.expect("it parses");
    let judgement = judge(&test, &LKMM, 10_000).expect("it is judged");
    assert_eq!((judgement.positive, judgement.negative), (1, 0));
}

/// Of its own unlocks a CPU that asks finds the last, also if that ends no section. The numbers are herd7's.
#[test]
fn an_own_unlock_hides_those_before_it() {
    for (body, executions) in [
        ("spin_lock(l); spin_unlock(l); r0 = spin_is_locked(l);", 1),
        (
            "spin_lock(l); spin_unlock(l); spin_unlock(l); r0 = spin_is_locked(l);",
            1,
        ),
        ("spin_unlock(l); spin_unlock(l); r0 = spin_is_locked(l);", 2),
    ] {
        let source =
            format!("C t\n{{}}\nP0(spinlock_t *l) {{ int r0; {body} }}\nexists (0:r0=0)\n");
        let test = litmus::parse(&source).test.expect("it parses");
        let judgement = judge(&test, &LKMM, 10_000).expect("it is judged");
        assert_eq!(
            (judgement.positive, judgement.negative),
            (executions, 0),
            "{body}"
        );
    }
}
