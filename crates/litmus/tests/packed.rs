//! A packed test comes back as it was; damaged bytes are an error or another test, never a panic.

mod common;

use std::path::{Path, PathBuf};

use litmus::packed::{Bad, pack, unpack};
use litmus::{Cond, Expr, OpKind, Order, StmtKind, Test, limits, parse};
use proptest::prelude::*;

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).expect("a text file")
}

/// The litmus files of a folder of this repository.
fn files(folder: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let entries = std::fs::read_dir(folder).expect("a folder");
    let mut paths: Vec<PathBuf> = entries
        .map(|entry| entry.expect("a file").path())
        .filter(|path| path.extension().is_some_and(|e| e == "litmus"))
        .collect();
    paths.sort();
    assert!(!paths.is_empty());
    paths
}

fn check(source: &str) {
    let test = common::good(source);
    let back = unpack(&pack(&test)).unwrap_or_else(|bad| panic!("{bad}\n{source}"));
    assert!(back == test, "\n{source}");
}

fn scenario() -> Test {
    common::good(include_str!("seeds/scenario.litmus"))
}

#[test]
fn seeds_scenarios_and_templates_come_back() {
    for folder in ["tests/seeds", "../../scenarios", "../lessons/templates"] {
        for path in files(folder) {
            check(&read(&path));
        }
    }
}

#[test]
#[ignore = "needs STALEBUS_ORACLE"]
fn corpus_comes_back_with_oracle() {
    for path in common::corpus() {
        check(&read(&path));
    }
}

/// What the files above do not have.
#[test]
fn rare_forms_come_back() {
    for body in [
        "WRITE_ONCE(*x, -2147483648); r0 = 2147483647;",
        "r0 = ~*x ^ !1; r1 = -r0 | 2; r2 = *x < 1 || r0 >= 2;",
        "r0 = atomic_add_negative(1, a); r1 = atomic_dec_and_test(a); atomic_andnot(1, a);",
        "r0 = atomic_fetch_add_unless(a, 1, 2); r1 = cmpxchg_acquire(x, 0, 1);",
        "r0 = spin_trylock(s); r1 = spin_is_locked(s); smp_store_mb(*x, 1); barrier();",
        "r0 = srcu_down_read(d); srcu_up_read(d, r0); synchronize_srcu_expedited(d);",
        "r0 = &x; r1 = READ_ONCE(r0->n); { ; } if (r1) { kfree(r0); } else { srcu_barrier(d); }",
    ] {
        check(&format!("C t\n{{}}\nP0(int *x) {{ {body} }}"));
    }
    for condition in [
        "~exists (not 0:r1=0:r2 \\/ false)",
        "forall (true => x=-1)",
        "filter (x=&x)\nexists (0:r1!=1)",
    ] {
        check(&format!("C t\n{{}}\nP0(int *x) {{ }}\n{condition}"));
    }
}

/// The deepest statements that the parser takes are not too deep.
#[test]
fn deep_statements_come_back() {
    fn deepest(body: impl Fn(usize) -> String) -> usize {
        let text = |n: usize| format!("C t\n{{}}\nP0(int *x) {{ {} }}", body(n));
        let taken = |n: &usize| parse(&text(*n)).test.is_some();
        let n = (1..600).rev().find(taken).expect("the parser takes one");
        check(&text(n));
        n
    }
    let most = limits::EXPRESSION_OPERATORS;
    let sum = |n: usize| format!("r0 = {} r0;", "r0 +".repeat(n));
    assert_eq!(deepest(sum), most);
    let fields = |n: usize| format!("r0 = x{};", "->n".repeat(n));
    assert_eq!(deepest(fields), most);
    let blocks = |n: usize| {
        let (open, close) = ("if (r0) {".repeat(n), "}".repeat(n));
        format!("{open} {} {close}", fields(most))
    };
    assert!(deepest(blocks) > limits::STATEMENT_NESTING / 2);
    deepest(|n| format!("r0 = {} r0;", "- ".repeat(n)));
    deepest(|n| format!("r0 = {} x;", "*".repeat(n)));
    deepest(|n| format!("r0 = {}x{};", "READ_ONCE(".repeat(n), ")".repeat(n)));
}

#[test]
fn what_is_too_deep_is_an_error() {
    let nest = |depth| {
        let cond = (0..depth).fold(Cond::True, |cond, _| Cond::Not(Box::new(cond)));
        let mut test = common::good("C t\n{}\nP0() {}");
        test.filter = Some(cond);
        test
    };
    let deepest = nest(limits::DATA_NESTING);
    assert_eq!(unpack(&pack(&deepest)), Ok(deepest));
    let deeper = pack(&nest(limits::DATA_NESTING + 1));
    assert_eq!(unpack(&deeper), Err(Bad::Deep));
    assert_eq!(unpack(&pack(&nest(50_000))), Err(Bad::Deep));
}

/// Depth is what is limited, not the number of conditions.
#[test]
fn many_conditions_side_by_side_come_back() {
    fn tree(depth: usize) -> Cond {
        match depth {
            0 => Cond::False,
            _ => Cond::Or(Box::new(tree(depth - 1)), Box::new(tree(depth - 1))),
        }
    }
    let mut test = common::good("C t\n{}\nP0() {}");
    test.filter = Some(tree(10));
    assert_eq!(unpack(&pack(&test)), Ok(test));
}

/// The types that take the most stack.
#[test]
fn what_is_too_deep_is_an_error_in_statements() {
    let source = "C t\n{}\nP0(int *x) { { r0 = READ_ONCE(x->n); } }";
    let mut test = common::good(source);
    let StmtKind::Block(body) = &test.threads[0].body[0].kind else {
        panic!("a block")
    };
    let StmtKind::Assign {
        value: Expr::Op(op),
        dst,
        declares,
    } = body[0].kind.clone()
    else {
        panic!("an assignment")
    };
    let expr = (0..limits::DATA_NESTING).fold(Expr::Int(0), |base, _| {
        let mut op = op.clone();
        let base = Box::new(base);
        let field = "n".to_owned();
        op.kind = OpKind::Load {
            addr: Expr::Field { base, field },
            order: Order::Once,
        };
        Expr::Op(op)
    });
    let assign = StmtKind::Assign {
        dst,
        value: expr,
        declares,
    };
    let mut stmt = body[0].clone();
    let blocks = (0..=limits::DATA_NESTING).fold(StmtKind::Empty, |kind, _| {
        let mut inner = stmt.clone();
        inner.kind = kind;
        StmtKind::Block(vec![inner])
    });
    for kind in [assign, blocks] {
        stmt.kind = kind;
        test.threads[0].body[0] = stmt.clone();
        assert_eq!(unpack(&pack(&test)).err(), Some(Bad::Deep));
    }
}

#[test]
fn a_model_that_there_is_not_is_an_error() {
    let mut test = scenario();
    let claim = test.verdicts.first_mut().expect("a claim");
    claim.yes = vec!["vax"];
    assert_eq!(unpack(&pack(&test)), Err(Bad::Value));
}

#[test]
fn every_prefix_is_an_error() {
    let bytes = pack(&scenario());
    for length in 0..bytes.len() {
        assert_eq!(unpack(&bytes[..length]), Err(Bad::Short), "{length} bytes");
    }
    let mut longer = bytes;
    longer.push(0);
    assert_eq!(unpack(&longer), Err(Bad::Long));
}

/// Every bit of every byte the other way: an error, or a test that can be packed again.
#[test]
fn every_wrong_bit_is_survived() {
    let mut bytes = pack(&scenario());
    let known = bytes[0];
    for at in 0..bytes.len() {
        for bit in 0..8 {
            bytes[at] ^= 1 << bit;
            match unpack(&bytes) {
                Ok(test) => assert_eq!(unpack(&pack(&test)), Ok(test)),
                Err(bad) if at == 0 => {
                    let found = bytes[0];
                    assert_eq!(bad, Bad::Version { found, known });
                }
                Err(_) => {}
            }
            bytes[at] ^= 1 << bit;
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn random_bytes_are_survived(tail in prop::collection::vec(any::<u8>(), 0..400)) {
        let mut bytes = pack(&scenario());
        bytes.truncate(1);
        bytes.extend(tail);
        if let Ok(test) = unpack(&bytes) {
            prop_assert_eq!(unpack(&pack(&test)), Ok(test));
        }
    }

    #[test]
    fn damaged_bytes_are_survived(
        damage in prop::collection::vec((0..3_u8, any::<prop::sample::Index>(), any::<prop::sample::Index>(), any::<u8>()), 1..6),
    ) {
        let mut bytes = pack(&scenario());
        for (kind, a, b, byte) in damage {
            let (a, b) = (a.index(bytes.len()), b.index(bytes.len()));
            match kind {
                0 => { bytes.drain(a.min(b)..a.max(b).min(a.min(b) + 100)); }
                1 => { let part = bytes[a.min(b)..a.max(b)].to_vec(); bytes.splice(b..b, part); }
                _ => bytes[a] = byte,
            }
        }
        if let Ok(test) = unpack(&bytes) {
            prop_assert_eq!(unpack(&pack(&test)), Ok(test));
        }
    }
}
