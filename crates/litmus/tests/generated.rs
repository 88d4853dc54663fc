//! Random tests: printing and reading them again loses nothing, settings are
//! numbered without gaps, and every export can be read.

mod common;

use common::{check_round_trip, good};
use litmus::{Setting, export_herd};
use proptest::prelude::*;

fn register() -> impl Strategy<Value = String> {
    (0..4_u8).prop_map(|n| format!("r{n}"))
}

fn variable() -> impl Strategy<Value = String> {
    prop::sample::select(vec!["x", "y", "p"]).prop_map(str::to_string)
}

fn expression() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        (-3..100_i32).prop_map(|n| n.to_string()),
        register(),
        variable(),
        variable().prop_map(|v| format!("*{v}")),
        variable().prop_map(|v| format!("&{v}")),
        variable().prop_map(|v| format!("READ_ONCE(*{v})")),
        variable().prop_map(|v| format!("smp_load_acquire({v})")),
        register().prop_map(|r| format!("rcu_dereference(*{r})")),
        variable().prop_map(|v| format!("xchg_release({v}, 2)")),
        variable().prop_map(|v| format!("{v}->n")),
        Just("(int)r1".to_string()),
        Just("*(int **)r2".to_string()),
        Just("atomic_inc_return_acquire(a)".to_string()),
        Just("cmpxchg(x, 0, r1)".to_string()),
        Just("srcu_read_lock(ss)".to_string()),
        Just("NULL".to_string()),
    ];
    leaf.prop_recursive(4, 24, 2, |inner| {
        let operator = prop::sample::select(vec![
            "+", "-", "*", "&", "|", "^", "==", "!=", "<", ">", "<=", ">=", "&&", "||",
        ]);
        prop_oneof![
            (inner.clone(), operator, inner.clone()).prop_map(|(a, o, b)| format!("{a} {o} {b}")),
            inner.clone().prop_map(|a| format!("{a} / r1")),
            inner.clone().prop_map(|a| format!("7 / (r0 + {a})")),
            inner.clone().prop_map(|a| format!("({a})")),
            inner.clone().prop_map(|a| format!("!({a})")),
            inner.clone().prop_map(|a| format!("-({a})")),
            inner.clone().prop_map(|a| format!("~ {a}")),
            inner.clone().prop_map(|a| format!("*({a})")),
            inner.prop_map(|a| format!("({a})->m->n")),
        ]
    })
}

fn statement() -> impl Strategy<Value = String> {
    let simple = prop_oneof![
        (register(), expression()).prop_map(|(r, e)| format!("{r} = {e};")),
        (register(), expression()).prop_map(|(r, e)| format!("int {r} = {e};")),
        (register(), register()).prop_map(|(a, b)| format!("int {a}, *{b};")),
        (register(), expression(), register())
            .prop_map(|(a, e, b)| format!("long {a} = {e}, {b};")),
        (variable(), expression()).prop_map(|(v, e)| format!("WRITE_ONCE(*{v}, {e});")),
        (variable(), expression()).prop_map(|(v, e)| format!("*{v} = {e};")),
        (register(), expression()).prop_map(|(r, e)| format!("{r}->n = {e};")),
        (variable(), expression()).prop_map(|(v, e)| format!("smp_store_release({v}, {e});")),
        (variable(), expression()).prop_map(|(v, e)| format!("smp_store_mb(*{v}, {e});")),
        prop::sample::select(vec![
            "smp_mb();",
            "smp_rmb();",
            "barrier();",
            "smp_mb__after_srcu_read_lock();",
            "rcu_read_lock();",
            "synchronize_rcu_expedited();",
            "synchronize_srcu(ss);",
            "call_srcu(ss, p);",
            "call_srcu(ss, &x->rcu, free_it);",
            "srcu_barrier(ss);",
            "srcu_read_unlock(ss, r0);",
            "kfree(x);",
            "atomic_inc(a);",
            "atomic_or(3, a);",
            "spin_lock(l);",
            "spin_unlock(l);",
            "r0 = spin_trylock(l);",
            "r1 = atomic_sub_and_test(2, a);",
            "r2 = atomic_add_unless(a, 1, 0);",
            "READ_ONCE(*x);",
            "(void)xchg(x, (int)r0);",
            "(void)(atomic_add_unless(a, 1, 0) == 0);",
            "__fence{MB};",
            "__atomic_op{NORETURN}(a, &~, 3);",
            "r0 = __load{ACQUIRE}(*x) + __xchg{ONCE}(x, 2);",
            "__store{srcu-unlock}(*ss, r0);",
            "continue = 1;",
            "r1 = continue;",
            ";",
        ])
        .prop_map(str::to_string),
    ];
    let directive = prop_oneof![
        8 => Just(""),
        1 => Just(" /*@ mode guest */"),
        1 => Just(" // why"),
        1 => Just("\n/* A word on\n * the next. */"),
        1 => Just(" /*@ in kvm_io_bus_read virt/kvm/kvm_main.c; mode host */"),
        1 => Just(" /*@ mode user */"),
        3 => Just(" /*@ TOGGLE \"switched\" */"),
        2 => Just(" /*@ TOGGLE off=\"if (r0) { smp_mb(); *x = 1; } else kfree(p);\" */"),
    ];
    let leaf = (simple, directive).prop_map(|(s, d)| {
        let switchable = s != ";" && !s.contains(", *r");
        let d = if d.contains("TOGGLE") && !switchable {
            ""
        } else {
            d
        };
        format!("{s}{d}\n")
    });
    leaf.prop_recursive(3, 12, 3, |inner| {
        let body = prop::collection::vec(inner, 0..3).prop_map(|b| b.concat());
        prop_oneof![
            (expression(), body.clone()).prop_map(|(c, b)| format!("if ({c}) {{\n{b}}}\n")),
            (expression(), body.clone(), body.clone())
                .prop_map(|(c, a, b)| format!("if ({c}) {{\n{a}}} else {{\n{b}}}\n")),
            (expression(), expression())
                .prop_map(|(c, d)| format!("if ({c}) r0 = 1; else if ({d}) r1 = 2;\n")),
            body.prop_map(|b| format!("{{\n{b}}}\n")),
        ]
    })
}

fn condition() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        (0..2_u8, register(), 0..3_i8).prop_map(|(t, r, n)| format!("{t}:{r}={n}")),
        (0..2_u8, register(), variable()).prop_map(|(t, r, v)| format!("{t}:{r}={v}")),
        (variable(), -1..3_i8).prop_map(|(v, n)| format!("[{v}]={n}")),
        (variable(), variable()).prop_map(|(v, w)| format!("{v}=*{w}")),
        (register(), register()).prop_map(|(r, s)| format!("0:{r}=P1:{s}")),
        Just("true".to_string()),
        Just("false".to_string()),
        Just("x!=1".to_string()),
    ];
    leaf.prop_recursive(5, 40, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 1..4).prop_map(|parts| parts.join(" /\\ ")),
            prop::collection::vec(inner.clone(), 1..4).prop_map(|parts| parts.join(" \\/ ")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a}) => ({b})")),
            inner.clone().prop_map(|a| format!("~({a})")),
            inner.prop_map(|a| format!("({a})")),
        ]
    })
}

const PARAMS: &str =
    "int *x, struct foo *y, int **p, atomic_t *a, spinlock_t *l, struct srcu_struct *ss";

prop_compose! {
    fn test_text()(
        first in prop::collection::vec(statement(), 0..6),
        second in prop::collection::vec(statement(), 0..6),
        exists in condition(),
        filter in prop::option::of(condition()),
        outcome in condition(),
        quantifier in prop::sample::select(vec!["exists", "~exists", "forall"]),
        init in prop::sample::select(vec!["", "x=1;", "int *p = &x; y=2;", "p=x; 0:r1=x; int z = 3; q;"]),
        header in any::<bool>(),
    ) -> String {
        let mut text = "C random\n".to_string();
        if header {
            text.push_str(&format!(
                "(* Result: Never\n * @title A test\n * @story one\n *\n * two\n * @omits three\n * @thread P0 \"VMM\" kind=vmm\n * @object x \"bus\" fields=n:x,m:x_m\n * @srcu \"srcu\" idx=y\n * @srcu_data P0 locks=p,a unlocks=l,ss\n * @outcome o bad : {outcome}\n * @verdict o yes=sc no=lkmm,arm\n * @exercise forbid o max=2\n * @hint h *)\n"
            ));
        }
        text.push_str(&format!("{{ {init} }}\n"));
        for (i, body) in [first, second].iter().enumerate() {
            text.push_str(&format!("P{i}({PARAMS})\n{{\n{}}}\n", body.concat()));
        }
        text.push_str("locations [x; 0:r0]\n");
        if let Some(filter) = filter {
            text.push_str(&format!("filter ({filter})\n"));
        }
        text.push_str(&format!("{quantifier} ({exists})\n"));
        // Every toggle needs a name of its own.
        let mut parts = text.split("TOGGLE");
        let mut named = parts.next().unwrap_or_default().to_string();
        for (i, part) in parts.enumerate() {
            let name = if i < 24 { format!("toggle t{i}") } else { "in f".to_string() };
            let part = if i < 24 { part } else { part.split_once("*/").map_or("", |(_, r)| r) };
            named.push_str(&name);
            if i >= 24 { named.push_str(" */"); }
            named.push_str(part);
        }
        named
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn printing_loses_nothing(source in test_text()) {
        check_round_trip(&source);
    }

    #[test]
    fn settings_and_exports(source in test_text()) {
        let test = good(&source);
        let mut seen = 0_usize;
        let mut last = None;
        for setting in Setting::all(&test).take(20) {
            seen += 1;
            prop_assert!(last.as_ref() < Some(&setting));
            let text = setting.to_off(&test);
            prop_assert_eq!(&Setting::parse_off(&test, &text).expect("its own form"), &setting);
            let resolved = test.with(&setting);
            prop_assert!(resolved.toggles.is_empty());
            if let Ok(export) = export_herd(&test, &setting) {
                check_round_trip(&export.text);
                prop_assert!(!export.text.contains('@'));
            }
            last = Some(setting);
        }
        let all: usize = test.toggles.iter().map(|t| t.positions.len()).take(5).product();
        prop_assert!(seen == all.min(20) || test.toggles.len() > 5);
    }
}
