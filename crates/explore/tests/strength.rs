//! How strong the positions of a toggle are.

use explore::{Means, Strength};
use litmus::Test;

/// A test whose one toggle stands behind a statement of P1, which has loaded `r`.
fn toggled(statement: &str, toggle: &str) -> Test {
    let source = format!(
        "C t\n{{ int *p = &x; }}\nP0(int *x) {{ WRITE_ONCE(*x, 1); }}\n\
         P1(int *x, int *y, int **p, struct srcu_struct *s, struct srcu_struct *s2) {{\n\
         \tint r = READ_ONCE(*x);\n\tint r1 = 0;\n\t{statement} /*@ toggle t {toggle} */\n}}\nexists (1:r=1)\n"
    );
    let parsed = litmus::parse(&source);
    let Some(test) = parsed.test else {
        panic!("{}\n{source}", parsed.diagnostics[0]);
    };
    test
}

/// The chains of the toggle, by the names of its positions.
fn chains(statement: &str, toggle: &str) -> Vec<String> {
    let test = toggled(statement, toggle);
    let name = |at: u8| test.toggles[0].positions[usize::from(at)].name.clone();
    let chains = Strength::of(&test).chains(0).into_iter();
    chains
        .map(|chain| {
            chain
                .into_iter()
                .map(name)
                .collect::<Vec<String>>()
                .join(" > ")
        })
        .collect()
}

#[test]
fn barriers() {
    assert_eq!(
        chains("smp_mb();", "choices=none,smp_wmb,smp_mb,smp_rmb"),
        ["smp_mb > smp_wmb > none", "smp_mb > smp_rmb > none"]
    );
    assert_eq!(
        chains("smp_mb();", "choices=smp_mb,smp_rmb,barrier,none"),
        ["smp_mb > smp_rmb > barrier > none"]
    );
    assert_eq!(
        chains(
            "smp_mb();",
            "choices=smp_mb,smp_mb__after_srcu_read_lock,smp_wmb,none"
        ),
        [
            "smp_mb > smp_mb__after_srcu_read_lock > none",
            "smp_mb > smp_wmb > none"
        ]
    );
    // The order of a switch follows from what it is, whatever is written first.
    assert_eq!(chains("smp_rmb();", "off=smp_mb"), ["off > on"]);
    assert_eq!(chains("smp_rmb();", ""), ["on > off"]);
    assert_eq!(chains("smp_rmb();", "off=smp_wmb"), ["on > off"]);
}

#[test]
fn accesses() {
    assert_eq!(
        chains("smp_store_release(y, 1);", "off=WRITE_ONCE"),
        ["on > off"]
    );
    assert_eq!(
        chains("WRITE_ONCE(*y, 1);", "off=\"smp_store_release(y, 1);\""),
        ["off > on"]
    );
    assert_eq!(
        chains(
            "smp_store_release(y, 1);",
            "choices=\"*y = 1;\",\"WRITE_ONCE(*y, 1);\",smp_store_release,\"smp_mb(); WRITE_ONCE(*y, 1);\",\
             \"smp_wmb(); WRITE_ONCE(*y, 1);\""
        ),
        [
            "smp_mb(); WRITE_ONCE(*y, 1); > smp_store_release > WRITE_ONCE(*y, 1); > *y = 1;",
            "smp_mb(); WRITE_ONCE(*y, 1); > smp_wmb(); WRITE_ONCE(*y, 1); > WRITE_ONCE(*y, 1); > *y = 1;",
        ]
    );
    assert_eq!(
        chains(
            "r1 = READ_ONCE(*y);",
            "choices=READ_ONCE,smp_load_acquire,rcu_dereference,\"r1 = READ_ONCE(*y); smp_rmb();\",\
             \"r1 = READ_ONCE(*y); smp_mb();\""
        ),
        [
            "r1 = READ_ONCE(*y); smp_mb(); > smp_load_acquire > rcu_dereference > READ_ONCE",
            "r1 = READ_ONCE(*y); smp_mb(); > r1 = READ_ONCE(*y); smp_rmb(); > rcu_dereference > READ_ONCE",
        ]
    );
    assert_eq!(
        chains(
            "r1 = xchg(y, 1);",
            "choices=xchg,xchg_acquire,xchg_release,xchg_relaxed"
        ),
        [
            "xchg > xchg_acquire > xchg_relaxed",
            "xchg > xchg_release > xchg_relaxed"
        ]
    );
    assert_eq!(
        chains(
            "smp_store_mb(*y, 1);",
            "choices=smp_store_mb,\"WRITE_ONCE(*y, 1);\""
        ),
        ["smp_store_mb > WRITE_ONCE(*y, 1);"]
    );
}

#[test]
fn dependencies() {
    assert_eq!(
        chains(
            "smp_store_release(y, 1);",
            "choices=\"smp_store_release(y, 1);\",\"if (r) { WRITE_ONCE(*y, 1); }\",\"WRITE_ONCE(*y, 1);\""
        ),
        ["smp_store_release(y, 1); > if (r) { WRITE_ONCE(*y, 1); } > WRITE_ONCE(*y, 1);"]
    );
    assert_eq!(
        chains(
            "WRITE_ONCE(*y, 1);",
            "choices=\"WRITE_ONCE(*y, 1);\",\"if (r) { WRITE_ONCE(*y, 1); }\",\"WRITE_ONCE(*y, r);\""
        ),
        [
            "if (r) { WRITE_ONCE(*y, 1); } > WRITE_ONCE(*y, 1);",
            "WRITE_ONCE(*y, r); > WRITE_ONCE(*y, 1);",
        ]
    );
}

#[test]
fn waits() {
    assert_eq!(
        chains(
            "call_srcu(s, p);",
            "choices=call_srcu,synchronize_srcu,none,\"synchronize_srcu(s2); kfree(p);\""
        ),
        [
            "synchronize_srcu > call_srcu > none",
            "synchronize_srcu(s2); kfree(p); > none"
        ]
    );
    assert_eq!(
        chains("synchronize_rcu();", "choices=synchronize_rcu,smp_mb,none"),
        ["synchronize_rcu > smp_mb > none"]
    );
    let test = toggled(
        "call_srcu(s, p);",
        "choices=call_srcu,synchronize_srcu,none",
    );
    let strength = Strength::of(&test);
    let means = [0, 1, 2].map(|at| strength.means(0, at));
    assert_eq!(means, [Means::Callback, Means::GracePeriod, Means::Access]);
    let test = toggled("srcu_barrier(s);", "");
    assert_eq!(Strength::of(&test).means(0, 0), Means::Callbacks);
}

#[test]
fn what_is_no_barrier() {
    // Other accesses: a switch is stronger when it is on, choices cannot be compared.
    assert_eq!(
        chains("r1 = READ_ONCE(*y);", "off=\"r1 = r;\""),
        ["on > off"]
    );
    assert_eq!(
        chains(
            "r1 = READ_ONCE(*y);",
            "choices=READ_ONCE,\"r1 = r;\",\"r1 = READ_ONCE(*x);\""
        ),
        ["READ_ONCE", "r1 = r;", "r1 = READ_ONCE(*x);"]
    );
    let test = toggled("r1 = READ_ONCE(*y);", "off=\"r1 = r;\"");
    assert_eq!(Strength::of(&test).means(0, 0), Means::Change);
    // Another value is another access.
    assert_eq!(
        chains(
            "smp_store_release(y, 1);",
            "choices=smp_store_release,\"WRITE_ONCE(*y, 2);\",\"*y = 3;\""
        ),
        ["smp_store_release", "WRITE_ONCE(*y, 2);", "*y = 3;"]
    );
}

#[test]
fn barriers_on_are_counted() {
    let source = "C t\n{}\nP0(int *x, int *y, struct srcu_struct *s) {\n\
        \tsmp_mb(); /*@ toggle a choices=smp_mb,smp_rmb,none */\n\
        \tsmp_store_release(x, 1); /*@ toggle b off=WRITE_ONCE */\n\
        \tsynchronize_srcu(s); /*@ toggle c */\n}\nexists (x=1)\n";
    let test = litmus::parse(source).test.expect("a test");
    let strength = Strength::of(&test);
    let on = |positions: [u8; 3]| strength.barriers_on(&litmus::Setting(positions.to_vec()));
    assert_eq!(on([0, 0, 0]), 2, "a wait is no barrier");
    assert_eq!(on([1, 0, 1]), 2);
    assert_eq!(on([2, 0, 0]), 1);
    assert_eq!(on([2, 1, 1]), 0);
}
