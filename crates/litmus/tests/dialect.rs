//! What is read as herd7 reads it, and what is refused that herd7 or the kernel has not.

mod common;

use common::{body, check_round_trip, good};
use litmus::{Setting, Value, export_herd, parse};

/// Every diagnostic as `line:column severity message [help]`.
fn check(source: &str, expected: &[&str]) {
    let found: Vec<String> = parse(source)
        .diagnostics
        .iter()
        .map(|d| {
            let help = d
                .suggestion
                .as_ref()
                .map(|s| format!(" [{s}]"))
                .unwrap_or_default();
            let severity = format!("{:?}", d.severity).to_lowercase();
            format!("{}:{} {severity}: {}{help}", d.line, d.column, d.message)
        })
        .collect();
    assert_eq!(found, expected, "\n{source}");
}

#[test]
fn words_that_mean_nothing_here() {
    let jump = "a litmus test has no loops and no jumps: use `if` and `else`";
    for (text, message) in [
        ("goto out;", "`goto` is not supported"),
        ("out: smp_mb();", "labels are not supported"),
        ("switch (1) { }", "`switch` is not supported"),
        ("return 1;", "`return` is not supported"),
    ] {
        check(&body(text), &[&format!("4:1 error: {message} [{jump}]")]);
    }
    let wait = "to wait for a value, read it once, as in `r0 = READ_ONCE(*x);`, and write `filter (0:r0=1)` before `exists`: executions in which it was not seen do not count";
    for word in ["for", "do"] {
        let rest = if word == "for" { " (;;) { }" } else { " { }" };
        let expect =
            format!("4:1 error: `{word}` is not supported: a litmus test has no loops [{wait}]");
        check(&body(&format!("{word}{rest}")), &[&expect]);
    }
    for word in ["return", "break", "continue"] {
        check(
            &body(&format!("{word};")),
            &[&format!(
                "4:1 error: `{word};` does not jump [herd takes it for the value of a register; use `if` and `else`]"
            )],
        );
        // As a register's name it is one like others.
        check(&body(&format!("{word} = 1;\nWRITE_ONCE(*x, {word});")), &[]);
    }
    for word in [
        "enum", "static", "bool", "unsigned", "restrict", "auto", "default",
    ] {
        check(
            &body(&format!("int {word} = 1;\nWRITE_ONCE(*x, {word} + 1);")),
            &[],
        );
        check(&body(&format!("{word} = 1;\nr0 = ({word});")), &[]);
    }
    check(
        &body("while = 1;"),
        &["4:1 error: `while` is no name for a register"],
    );
    check(
        &body("smp_mb;"),
        &["4:1 error: `smp_mb` is not called [write `smp_mb()`]"],
    );
}

#[test]
fn primitives_that_no_kernel_has() {
    check(
        &body("r0 = atomic_xor_return_acquire(1, x);"),
        &[
            "4:6 error: the kernel has no `atomic_xor_return_acquire` [write `atomic_fetch_xor_acquire`, which gives the value before, or `atomic_xor`, which gives none]",
        ],
    );
    check(
        &body("r0 = lockless_dereference(*p);"),
        &[
            "4:6 error: the kernel has no `lockless_dereference` [write `READ_ONCE(*p)`, or `rcu_dereference(*p)` in an RCU section]",
        ],
    );
    check(
        &body("spin_unlock_wait(x);"),
        &[
            "4:1 error: the kernel has no `spin_unlock_wait` [write `spin_lock(l); spin_unlock(l);`, which waits as well]",
        ],
    );
    for op in ["and", "or", "xor", "andnot"] {
        for suffix in ["", "_acquire", "_release", "_relaxed"] {
            let text = parse(&body(&format!("r0 = atomic_{op}_return{suffix}(1, x);")));
            assert!(text.test.is_none(), "{op} {suffix}");
        }
    }
}

#[test]
fn tags() {
    for text in [
        "__fence{MB};",
        "__fence{after-unlock-lock};",
        "r0 = __load{ONCE}(*x) + __load{ACQUIRE}(*(*p));",
        "__store{RELEASE}(*x, 1);",
        "r0 = __xchg{MB}(x, 1) + __cmpxchg{RELEASE}(x, 1, 2);",
        "__atomic_op{NORETURN}(x, -, 1); __atomic_op(x, &~, 1);",
        "r0 = __atomic_op_return{MB}(x, |, 1) + __atomic_fetch_op{ONCE}(x, ^, 1);",
        "r0 = __atomic_add_unless{MB}(x, 1, 0); __lock(x); __unlock(x);",
        "r0 = __load{srcu-lock}(*ss); __store{srcu-unlock}(*ss, r0); __srcu{sync-srcu}(ss);",
    ] {
        check(&body(text), &[]);
    }
    check(
        &body("__fence{mb};"),
        &[
            "4:9 warning: the memory model has no tag `mb`: it orders nothing [write `{MB}`: herd tells capital letters from small ones]",
        ],
    );
    check(
        &body("r0 = __load{foo}(*x);"),
        &["4:13 warning: the memory model has no tag `foo`: this is a plain access"],
    );
    check(
        &body("__fence{ONCE};"),
        &["4:9 error: `{ONCE}` does not belong to this operation"],
    );
    check(
        &body("r0 = __xchg{MB}(x);"),
        &["4:18 error: expected `,`: `__xchg` takes 2 arguments, found `)`"],
    );
    check(
        &body("__fence{MB,MB};"),
        &["4:11 error: an operation has one tag"],
    );
}

#[test]
fn arrays() {
    let test = |init: &str, rest: &str| {
        format!("C t\n{{ {init} }}\nP0(int *x)\n{{\n\tWRITE_ONCE({rest}\n")
    };
    let array = "int x[2] = {1, 2};";
    check(
        &test(array, "*(x + 4), 3);\n}\nexists (x[1]=3 /\\ x[0]=1)"),
        &[],
    );
    check(
        &test(array, "*(x + 1), 3);\n}"),
        &[
            "5:15 error: this leads to no element of the array [an element has 4 bytes: `x + 4` is `x[1]`]",
        ],
    );
    check(
        &test(array, "*x, 3);\n}\nexists (x=3)"),
        &["7:9 error: `x` is an array: it equals no number [write `x[0]`]"],
    );
    check(
        &test(array, "*x, 3);\n}\nexists (x[2]=3)"),
        &["7:11 error: `x` has 2 elements"],
    );
    check(
        &test("int x[2] = {1};", "*x, 3);\n}"),
        &["2:16 error: expected `,`: the array has 2 elements, found `}`"],
    );
    check(
        &test("x[2];", "*x, 3);\n}"),
        &["2:3 error: an array has a type of known size [write `int x[2]`]"],
    );
}

/// The body of the exported thread, a statement a line, and what is noted.
fn exported(source: &str) -> (String, Vec<String>) {
    let test = good(source);
    let export = export_herd(&test, &Setting::all_on(&test)).expect("herd can say it");
    check_round_trip(&export.text);
    let thread = export.text.split("\nP0(").nth(1).expect("a thread");
    let body = thread.split("\n{\n").nth(1).expect("a body");
    let body = body.split("\n}").next().expect("its end");
    let lines: Vec<&str> = body.lines().map(str::trim).collect();
    (lines.join(" "), export.notes)
}

#[test]
fn what_herd_cannot_read_is_said_otherwise() {
    for (text, herds) in [
        ("r0 = !r1;", "r0 = r1 == 0;"),
        ("r0 = ~0 + -r1 - ~r1;", "r0 = -1 + (0 - r1) - (r1 ^ -1);"),
        ("r0 = r1 && !r2 || r3;", "r0 = r1 != 0 & r2 == 0 | r3 != 0;"),
        ("r0 = r1 == r2 < r3;", "r0 = r1 == (r2 < r3);"),
        ("r0 = **p;", "r0 = *(*p);"),
        ("r0 = READ_ONCE(**p);", "r0 = READ_ONCE(*(*p));"),
        ("WRITE_ONCE(*(x + r0), 1);", "WRITE_ONCE(*(x + r0), 1);"),
        (
            "r0 = xchg(x, 1) + xchg(x, READ_ONCE(*x));",
            "r0 = xchg(x, 1) + xchg(x, READ_ONCE(*x));",
        ),
        (
            "if (READ_ONCE(*x) && *x) { }",
            "if (READ_ONCE(*x) != 0 & *x != 0) { barrier(); }",
        ),
        (
            "WRITE_ONCE(*READ_ONCE(*p), *READ_ONCE(*p));",
            "WRITE_ONCE(*(READ_ONCE(*p)), *(READ_ONCE(*p)));",
        ),
        ("xchg(x, 1);", "(void)xchg(x, 1);"),
        ("__atomic_op{MB}(x, +, 1);", "__atomic_op{MB}(x, +, 1);"),
        ("r0 = (unsigned long)-1;", "r0 = -1;"),
    ] {
        let (body, notes) = exported(&body(text));
        assert_eq!(body, herds, "{text}");
        assert!(notes.is_empty(), "{notes:?}");
    }
}

#[test]
fn words_that_herd_keeps_get_other_names() {
    let source = "C t\n{ exists=1; }\nP0(int *exists, int *y) { P1 = READ_ONCE(*exists); lock = P1; r0 = lock; }\nexists (exists=1 /\\ 0:P1=1 /\\ 0:lock=1)";
    let (body, notes) = exported(source);
    assert_eq!(body, "P1_ = READ_ONCE(*exists_); lock_ = P1_; r0 = lock_;");
    assert_eq!(
        notes,
        [
            "the variable `exists` is written as `exists_`: herd reserves that word",
            "`0:P1` is written as `0:P1_`: herd reserves that word",
            "`0:lock` is written as `0:lock_`: herd reserves that word",
        ]
    );
}

#[test]
fn numbers_that_herd_has_not() {
    for source in [
        body("r0 = 2147483648;"),
        "C t\n{ x=4294967296; }\nP0(int *x) { r0 = *x; }".to_string(),
        "C t\n{}\nP0(int *x) { r0 = *x; }\nexists (x=-2147483649)".to_string(),
    ] {
        let parsed = parse(&source);
        // Who reads no such number cannot export one.
        let Some(test) = parsed.test else { continue };
        let error = export_herd(&test, &Setting::all_on(&test)).expect_err("too large");
        assert!(error.message.contains("32 bits"), "{error}");
    }
}

#[test]
fn herd_divides_by_numbers_only() {
    for (divisor, exact) in [("2", true), ("-1", true), ("READ_ONCE(*y)", false)] {
        let test = good(&format!(
            "C t\n{{}}\nP0(int *x, int *y) {{ int r0 = READ_ONCE(*x) / {divisor}; }}\nexists (0:r0=1)"
        ));
        let exported = export_herd(&test, &Setting::all_on(&test));
        assert_eq!(exported.is_ok(), exact, "{divisor}");
    }
}

#[test]
fn null_is_a_name_to_herd() {
    let test =
        good("C t\n{ p=NULL; }\nP0(int **p) { int *r0 = READ_ONCE(*p); }\nexists (0:r0=NULL)");
    let null = test
        .vars
        .iter()
        .position(|var| var.name == "NULL")
        .expect("a variable");
    assert!(matches!(test.vars[0].init, Value::Addr(var) if usize::from(var.0) == null));
    assert_eq!(test.format_condition(), "exists (0:r0=NULL)");
}

#[test]
fn names_end_where_herd_ends_them() {
    for (written, name) in [
        ("a.litmus", "a"),
        ("a.litmus.litmus", "a.litmus"),
        ("a@b.litmus", "a"),
        ("a(b)", "a"),
        ("a;b", "a"),
        ("MP+[x]/y.z_1-2", "MP+[x]/y.z_1-2"),
    ] {
        let source = format!("C {written}\n{{}}\nP0(int *x) {{ *x = 1; }}\n");
        assert_eq!(good(&source).name, name, "{written}");
        check_round_trip(&source);
    }
}

#[test]
fn values_are_shown_by_their_types() {
    let test = good(
        "C t\n{ atomic_t v = ATOMIC_INIT(-1); char c = -1; uint8_t b = 300; int n = -1; u = -1; }\nP0(atomic_t *u) { }\nlocations [v; c; b; n; u]",
    );
    let values: Vec<Value> = test.observed().iter().map(|_| Value::Int(-1)).collect();
    assert_eq!(
        test.format_state(&values),
        "[b]=255; [c]=-1; [n]=-1; [u]=-1; [v]=4294967295;"
    );
    let initial: Vec<Value> = test.vars.iter().map(|var| var.init).collect();
    assert_eq!(initial[1..3], [Value::Int(255), Value::Int(44)]);
    let mut states = vec![
        "[v]=0;".to_string(),
        "[v]=10;".to_string(),
        "[v]=4294967295;".to_string(),
        "[v]=9;".to_string(),
        "[v]=u;".to_string(),
        "[v]=S3;".to_string(),
    ];
    test.sort_states(&mut states);
    assert_eq!(
        states.join(" "),
        "[v]=S3; [v]=4294967295; [v]=0; [v]=9; [v]=10; [v]=u;"
    );
}

#[test]
fn a_lock_is_taken_once_in_an_expression() {
    let test = |line: &str| {
        format!("C t\n{{}}\nP0(spinlock_t *l, spinlock_t *k)\n{{\n\tint r0 = {line};\n}}\n")
    };
    let twice = |column: usize| {
        format!(
            "5:{column} error: the same lock twice in one expression: nothing says which comes first [give each a statement of its own]"
        )
    };
    for (line, column) in [
        ("spin_trylock(l) + spin_trylock(l)", 29),
        ("spin_is_locked(l) == spin_trylock(l)", 32),
        ("spin_trylock(l) + (2 - spin_is_locked(l))", 34),
        ("xchg(k, spin_trylock(l)) + spin_trylock(l)", 38),
    ] {
        check(&test(line), &[&twice(column)]);
    }
    for line in [
        "spin_trylock(l) + spin_trylock(k)",
        "spin_is_locked(l) + spin_is_locked(l)",
        "spin_is_locked(k) | spin_trylock(l)",
    ] {
        check(&test(line), &[]);
    }
    let apart = "spin_trylock(l); int r1 = spin_trylock(l)";
    check(&test(apart), &[]);
}
