//! Values: the machine and the axioms, which have an arithmetic each, agree on numbers
//! near the limits of an int and on computed pointers; and on what stands for a number
//! that is none, cookies and locks.
//!
//! `STALEBUS_PROGRAMS` says how many programs, `STALEBUS_SEED` where to begin.

use std::collections::BTreeSet;

use agree::{shrink, values};
use explore::verdict::check;
use litmus::{Test, parse};
use lkmm::{Model, judge};
use machine::{CpuModel, SrcuFlavour};

const LIMIT: usize = 400_000;
/// What leaves a run without a final state.
const FAULTS: [&str; 2] = ["bad-pointer", "undefined-arithmetic"];

/// What one implementation says of a test.
#[derive(Debug, PartialEq, Eq)]
struct Answer {
    states: BTreeSet<String>,
    faults: BTreeSet<String>,
}

impl Answer {
    fn new(states: Vec<String>, flags: impl IntoIterator<Item = String>) -> Answer {
        let fault = |flag: &String| FAULTS.contains(&flag.as_str());
        Answer {
            states: states.into_iter().collect(),
            faults: flags.into_iter().filter(fault).collect(),
        }
    }
}

fn read(text: &str) -> Option<Test> {
    parse(text).test
}

fn machine(test: &Test, model: &'static CpuModel, flavour: SrcuFlavour) -> Option<Answer> {
    let report = check(test, model, flavour, LIMIT).ok()?;
    let flags = report
        .flags()
        .into_iter()
        .map(str::to_owned)
        .collect::<Vec<_>>();
    report.complete.then(|| Answer::new(report.states, flags))
}

fn axioms(test: &Test, model: &str) -> Option<Answer> {
    let judgement = judge(test, Model::by_id(model)?, LIMIT as u64).ok()?;
    judgement
        .complete
        .then(|| Answer::new(judgement.states, judgement.flags))
}

fn number(variable: &str, otherwise: u64) -> u64 {
    let value = std::env::var(variable).ok();
    value
        .and_then(|text| text.parse().ok())
        .unwrap_or(otherwise)
}

/// What is wrong with a program on a model.
fn wrong(text: &str, model: &'static CpuModel) -> Option<String> {
    let test = read(text)?;
    let run = machine(&test, model, SrcuFlavour::Fast)?;
    let lkmm = axioms(&test, "lkmm")?;
    if !run.states.is_subset(&lkmm.states) {
        return Some(format!(
            "{}: LKMM has only {:?}, not {:?}",
            model.id, lkmm.states, run.states
        ));
    }
    if !run.faults.is_subset(&lkmm.faults) {
        return Some(format!(
            "{}: LKMM has the faults {:?}, not {:?}",
            model.id, lkmm.faults, run.faults
        ));
    }
    if model.speculates {
        return None;
    }
    let own = axioms(&test, model.id)?;
    let good = own.faults.is_empty();
    if own.faults != run.faults || good && own.states != run.states {
        return Some(format!(
            "{}: the axioms say {own:?}, the machine {run:?}",
            model.id
        ));
    }
    None
}

#[test]
fn machine_and_axioms_have_the_same_arithmetic() {
    let from = number("STALEBUS_SEED", 0);
    let programs = number("STALEBUS_PROGRAMS", 1500);
    let (mut faulty, mut wrapped) = (0, 0);
    for seed in from..from + programs {
        let program = values(seed);
        let text = program.text();
        let Some(test) = read(&text) else {
            panic!("{}\n{text}", parse(&text).diagnostics[0]);
        };
        if let Some(answer) = axioms(&test, "lkmm") {
            faulty += u64::from(!answer.faults.is_empty());
            wrapped += u64::from(answer.states.iter().any(|s| s.contains("=-21474836")));
            for state in &answer.states {
                numbers_are_ints(state);
            }
        }
        for model in CpuModel::ALL {
            if wrong(&text, model).is_some() {
                let small = shrink(&program, |text| wrong(text, model).is_some()).text();
                panic!("{}\n{small}", wrong(&small, model).unwrap_or_default());
            }
        }
    }
    // The programs are about what they are said to be about.
    assert!(faulty * 20 > programs, "{faulty} of {programs} are faulty");
    assert!(faulty * 2 < programs, "{faulty} of {programs} are faulty");
    assert!(
        wrapped * 20 > programs,
        "{wrapped} of {programs} come to the limits"
    );
}

fn numbers_are_ints(state: &str) {
    for part in state.split(';').filter_map(|part| part.split_once('=')) {
        let value = part.1;
        if value.starts_with(|c: char| c.is_ascii_digit() || c == '-') {
            assert!(value.parse::<i32>().is_ok(), "{state}");
        }
    }
}

/// A lock starts free, whatever number the test starts it with, and every CPU stays
/// inside LKMM.
#[test]
fn a_lock_starts_free() {
    let programs: [(&[&str], &str, &[&str]); 8] = [
        (
            &["spin_lock(s); WRITE_ONCE(*x, 1); spin_unlock(s);"],
            "x;",
            &["[x]=1;"],
        ),
        (&["r0 = spin_trylock(s);"], "0:r0;", &["0:r0=1; [x]=0;"]),
        (&["r0 = spin_is_locked(s);"], "0:r0;", &["0:r0=0; [x]=0;"]),
        (
            &["spin_unlock(s); spin_lock(s); WRITE_ONCE(*x, 1); spin_unlock(s);"],
            "x;",
            &["[x]=1;"],
        ),
        (
            &[
                "spin_unlock(s);",
                "spin_lock(s); r0 = READ_ONCE(*x); spin_unlock(s);",
            ],
            "1:r0;",
            &["1:r0=0; [x]=0;"],
        ),
        (
            &["r0 = spin_trylock(s);", "r0 = spin_trylock(s);"],
            "0:r0; 1:r0;",
            &["0:r0=0; 1:r0=1; [x]=0;", "0:r0=1; 1:r0=0; [x]=0;"],
        ),
        (&["spin_lock(s);"], "s;", &["[s]=?; [x]=0;"]),
        (
            &["spin_lock(s); spin_unlock(s);", "r0 = spin_is_locked(s);"],
            "1:r0; s;",
            &["1:r0=0; [s]=?; [x]=0;", "1:r0=1; [s]=?; [x]=0;"],
        ),
    ];
    for start in ["0", "1", "2", "-1", "2147483647"] {
        for declared in ["", "spinlock_t "] {
            for (threads, observed, states) in &programs {
                let bodies: String = threads
                    .iter()
                    .enumerate()
                    .map(|(at, body)| format!("P{at}(spinlock_t *s, int *x) {{ {body} }}\n"))
                    .collect();
                let text = format!(
                    "C locks\n{{ {declared}s = {start}; x=0; }}\n{bodies}locations [{observed}]\nexists (x=1)\n"
                );
                let test = read(&text).unwrap_or_else(|| panic!("{text}"));
                let states: BTreeSet<String> =
                    states.iter().map(|s| s.replace('?', start)).collect();
                let lkmm = axioms(&test, "lkmm").expect("it can be judged");
                assert_eq!(lkmm.states, states, "LKMM\n{text}");
                for model in CpuModel::ALL {
                    let run = machine(&test, model, SrcuFlavour::Fast).expect("it runs");
                    assert_eq!(run.states, states, "{}\n{text}", model.id);
                }
            }
        }
    }
}

/// What LKMM takes for a variable and a lock at once, no CPU runs.
#[test]
fn a_lock_is_no_variable() {
    for access in [
        "r0 = READ_ONCE(*s);",
        "WRITE_ONCE(*s, 1);",
        "r0 = xchg(s, 1);",
    ] {
        let text = format!(
            "C locks\n{{ s = 1; }}\nP0(spinlock_t *s) {{ spin_lock(s); spin_unlock(s); }}\nP1(spinlock_t *s) {{ {access} }}\n"
        );
        let test = read(&text).unwrap_or_else(|| panic!("{text}"));
        for model in CpuModel::ALL {
            let error = check(&test, model, SrcuFlavour::Fast, LIMIT).expect_err("no CPU runs it");
            assert!(error.message.contains("`s` is a lock"), "{error}");
        }
    }
}

/// A cookie stays one through arithmetic and through memory, and is a number.
#[test]
fn cookies() {
    let program = |start: &str, unlock: &str| {
        let text = format!(
            "C cookies\n{{ s={start}; }}\n\
             P0(struct srcu_struct *s, int *x, int *y) {{\n\
             r0 = READ_ONCE(*y); c = srcu_read_lock(s); r1 = READ_ONCE(*x); WRITE_ONCE(*y, c); d = READ_ONCE(*y);\n\
             srcu_read_unlock(s, {unlock}); r2 = READ_ONCE(*x); }}\n\
             P1(struct srcu_struct *s, int *x, int *y) {{ WRITE_ONCE(*x, 1); synchronize_srcu(s); WRITE_ONCE(*x, 2); }}\n\
             locations [0:c; 0:r1; 0:r2;]\nexists (0:c={start})\n"
        );
        read(&text).unwrap_or_else(|| panic!("{text}"))
    };
    for start in ["0", "3"] {
        for flavour in [SrcuFlavour::Fast, SrcuFlavour::Tree] {
            for model in CpuModel::ALL {
                let plain = machine(&program(start, "c"), model, flavour).expect("it runs");
                assert!(
                    plain
                        .states
                        .iter()
                        .all(|s| s.starts_with(&format!("0:c={start};")))
                );
                for unlock in [
                    "c + 0",
                    "c - 0",
                    "0 + c",
                    "c * 1",
                    "c | 0",
                    "c ^ 0",
                    "c & -1",
                    "c / 1",
                    "c + (r0 ^ r0)",
                    "(c + r1) - r1",
                    "d",
                    "d + 0",
                ] {
                    let test = program(start, unlock);
                    let run = machine(&test, model, flavour).expect("it runs");
                    assert_eq!(run, plain, "{} {unlock}", model.id);
                    let lkmm =
                        judge(&test, &lkmm::models::LKMM, LIMIT as u64).expect("it can be judged");
                    assert!(lkmm.flags.is_empty(), "{unlock}: {:?}", lkmm.flags);
                    let allowed: BTreeSet<String> = lkmm.states.into_iter().collect();
                    assert!(run.states.is_subset(&allowed), "{} {unlock}", model.id);
                }
            }
        }
    }
}

/// `*(y - 1)` is no variable, and no variable is stored to beside another.
#[test]
fn nothing_is_beside_a_variable() {
    for (place, faults) in [
        ("(y - 1)", true),
        ("(x + 1)", true),
        ("(y + 2147483647)", true),
        ("((y - 1) + 1)", false),
        ("(y + (r0 ^ r0))", false),
        ("((y + r0) - r0)", false),
    ] {
        let params = "int *w, int *x, int *y, int *z";
        let text = |body: &str| {
            format!(
                "C beside\n{{ w=3; x=4; y=5; z=6; }}\nP0({params}) {{ r0 = READ_ONCE(*w); {body} }}\nlocations [w; x; y; z; 0:r1;]\nexists (y=9)\n"
            )
        };
        let store = text(&format!("WRITE_ONCE(*{place}, 9);"));
        let load = text(&format!("r1 = READ_ONCE(*{place});"));
        let y = if faults { 5 } else { 9 };
        let stored = format!("0:r1=0; [w]=3; [x]=4; [y]={y}; [z]=6;");
        let loaded = "0:r1=5; [w]=3; [x]=4; [y]=5; [z]=6;".to_owned();
        let both = |text: &str| {
            let test = read(text).unwrap_or_else(|| panic!("{text}"));
            let run = |model: &&'static CpuModel| machine(&test, model, SrcuFlavour::Fast);
            let mut answers: Vec<Answer> = CpuModel::ALL.iter().filter_map(run).collect();
            answers.extend(axioms(&test, "lkmm"));
            assert_eq!(answers.len(), CpuModel::ALL.len() + 1, "{text}");
            answers
        };
        for answer in both(&store) {
            assert_eq!(answer, Answer::new(vec![stored.clone()], []), "{store}");
        }
        for answer in both(&load) {
            let expected = if faults {
                Answer::new(Vec::new(), ["bad-pointer".to_owned()])
            } else {
                Answer::new(vec![loaded.clone()], [])
            };
            assert_eq!(answer, expected, "{load}");
        }
    }
}

/// A program of one thread or two, with what herd7 7.58 says of it: how many executions
/// satisfy the condition and how many do not, and the final states.
type Known = (
    &'static str,
    &'static [&'static str],
    &'static str,
    (u64, u64),
    &'static [&'static str],
);

const KNOWN: &[Known] = &[
    // Numbers.
    (
        "x=2147483647;",
        &["WRITE_ONCE(*x, READ_ONCE(*x) + 1);"],
        "x=-2147483648",
        (1, 0),
        &["[x]=-2147483648;"],
    ),
    (
        "x=65536;",
        &["r0 = READ_ONCE(*x); WRITE_ONCE(*x, r0 * r0);"],
        "x=0",
        (1, 0),
        &["[x]=0;"],
    ),
    (
        "x=2147483647;",
        &["r0 = atomic_add_negative(1, x);"],
        "0:r0=1",
        (1, 0),
        &["0:r0=1;"],
    ),
    (
        "x=-2147483648;",
        &["r0 = READ_ONCE(*x) / -1;"],
        "0:r0=-2147483648",
        (1, 0),
        &["0:r0=-2147483648;"],
    ),
    (
        "x=-7;",
        &["r0 = READ_ONCE(*x) / 2;"],
        "0:r0=-3",
        (1, 0),
        &["0:r0=-3;"],
    ),
    (
        "x=0xffffffff;",
        &["r0 = READ_ONCE(*x);"],
        "0:r0=0xffffffff",
        (1, 0),
        &["0:r0=-1;"],
    ),
    (
        "x=2147483647;",
        &["r0 = READ_ONCE(*x); r1 = (r0 + 1 < r0);"],
        "0:r1=1",
        (1, 0),
        &["0:r1=1;"],
    ),
    (
        "x=1;",
        &[
            "r0 = READ_ONCE(*x); r1 = 7; if (r0) r1 = 5 / r0;",
            "WRITE_ONCE(*x, 2);",
        ],
        "0:r1=2",
        (1, 1),
        &["0:r1=2;", "0:r1=5;"],
    ),
    // Addresses.
    (
        "x=0;",
        &["WRITE_ONCE(*(y - 1), 2);"],
        "x=2",
        (0, 1),
        &["[x]=0;"],
    ),
    (
        "x=0;",
        &[
            "r0 = READ_ONCE(*x); WRITE_ONCE(*(y + r0), 2);",
            "WRITE_ONCE(*x, 1);",
        ],
        "y=2",
        (1, 1),
        &["[y]=0;", "[y]=2;"],
    ),
    (
        "p=0;",
        &[
            "r0 = READ_ONCE(*p); WRITE_ONCE(*r0, 1);",
            "smp_store_release(p, x);",
        ],
        "x=1",
        (1, 1),
        &["[x]=0;", "[x]=1;"],
    ),
    (
        "x=0;",
        &["WRITE_ONCE(*(x + 4), 2);", "WRITE_ONCE(*(x + 4), 3);"],
        "x=0",
        (2, 0),
        &["[x]=0;"],
    ),
    (
        "p=0;",
        &[
            "r0 = READ_ONCE(*p); r1 = 7; if (r0) { r1 = READ_ONCE(*r0); }",
            "WRITE_ONCE(*p, x);",
        ],
        "0:r1=7",
        (1, 1),
        &["0:r1=0;", "0:r1=7;"],
    ),
    (
        "p=&x;",
        &["r0 = READ_ONCE(*p) + 1; r0 = r0 - 3;"],
        "0:r0=x",
        (0, 1),
        &["0:r0=x+-2;"],
    ),
    (
        "p=&x;",
        &["r0 = READ_ONCE(*p); r1 = (r0 + 1 == y);"],
        "0:r1=0",
        (1, 0),
        &["0:r1=0;"],
    ),
    (
        "p=&x;",
        &["r0 = READ_ONCE(*p); r1 = (r0 > 0);"],
        "0:r1=1",
        (1, 0),
        &["0:r1=1;"],
    ),
    (
        "p=&x;",
        &["atomic_add(4, p); r0 = atomic_sub_return(4, p);"],
        "p=x",
        (1, 0),
        &["[p]=x;"],
    ),
    (
        "p=&x;",
        &["r0 = cmpxchg(p, x, y); r1 = cmpxchg(p, 0, 5);"],
        "p=y",
        (1, 0),
        &["[p]=y;"],
    ),
];

fn known((init, threads, condition, ..): &Known) -> String {
    let params = "int *x, int *y, int **p";
    let threads = threads.iter().enumerate();
    let bodies: String = threads
        .map(|(at, body)| format!("P{at}({params}) {{ {body} }}\n"))
        .collect();
    format!("C known\n{{ {init} }}\n{bodies}exists ({condition})\n")
}

#[test]
fn as_herd7_says() {
    for program in KNOWN {
        let text = known(program);
        let test = read(&text).unwrap_or_else(|| panic!("{}\n{text}", parse(&text).diagnostics[0]));
        let lkmm = judge(&test, &lkmm::models::LKMM, LIMIT as u64).expect("it can be judged");
        let (.., counts, states) = program;
        assert_eq!((lkmm.positive, lkmm.negative), *counts, "{text}");
        assert_eq!(lkmm.states, *states, "{text}");
        assert!(lkmm.flags.is_empty(), "{:?}\n{text}", lkmm.flags);
        for model in CpuModel::ALL {
            let run = machine(&test, model, SrcuFlavour::Fast).expect("it runs");
            assert!(run.faults.is_empty(), "{:?}\n{text}", run.faults);
            assert!(
                run.states.is_subset(&lkmm.states.iter().cloned().collect()),
                "{text}"
            );
        }
    }
}

/// What has no final state says so, and only where it can happen.
#[test]
fn faults() {
    let message = |reader: &str| {
        format!(
            "C message\n{{ x=1; }}\n\
             P0(int *x, int **p, int *flag) {{ WRITE_ONCE(*p, x); smp_store_release(flag, 1); }}\n\
             P1(int *x, int **p, int *flag) {{ {reader} }}\nexists (1:r2=1)\n"
        )
    };
    let kept = message(
        "r0 = smp_load_acquire(flag); if (r0) { r1 = READ_ONCE(*p); r2 = READ_ONCE(*r1); }",
    );
    let lost =
        message("r0 = READ_ONCE(*flag); if (r0) { r1 = READ_ONCE(*p); r2 = READ_ONCE(*r1); }");
    let one = |init: &str, body: &str| {
        format!("C one\n{{ {init} }}\nP0(int *x, int *y, int **p) {{ {body} }}\nexists (0:r1=0)\n")
    };
    for (text, arm, sc) in [
        (kept, "", ""),
        (lost, "bad-pointer", ""),
        (
            one("p=0;", "r0 = READ_ONCE(*p); r1 = READ_ONCE(*r0);"),
            "bad-pointer",
            "bad-pointer",
        ),
        (
            one("p=5;", "r0 = READ_ONCE(*p); r1 = xchg(r0, 1);"),
            "bad-pointer",
            "bad-pointer",
        ),
        (
            one("x=0;", "r0 = READ_ONCE(*x); r1 = 5 / r0;"),
            "undefined-arithmetic",
            "undefined-arithmetic",
        ),
        (
            one("x=0;", "r0 = READ_ONCE(*x); WRITE_ONCE(*y, 5 / r0);"),
            "undefined-arithmetic",
            "undefined-arithmetic",
        ),
        (
            one("x=0;", "r0 = READ_ONCE(*x); if (5 / r0) WRITE_ONCE(*y, 1);"),
            "undefined-arithmetic",
            "undefined-arithmetic",
        ),
        (
            one("p=&x;", "r0 = READ_ONCE(*p); r1 = r0 * 2;"),
            "undefined-arithmetic",
            "undefined-arithmetic",
        ),
        (
            one("p=&x;", "r0 = READ_ONCE(*p); r1 = y - r0;"),
            "undefined-arithmetic",
            "undefined-arithmetic",
        ),
        (
            one("p=&x;", "r0 = READ_ONCE(*p); r1 = (y < r0);"),
            "undefined-arithmetic",
            "undefined-arithmetic",
        ),
        (
            one("p=&x;", "r0 = READ_ONCE(*p); r1 = cmpxchg(p, 1 - r0, 3);"),
            "undefined-arithmetic",
            "undefined-arithmetic",
        ),
        (
            one("p=&x;", "r1 = x * 2;"),
            "undefined-arithmetic",
            "undefined-arithmetic",
        ),
    ] {
        let test = read(&text).unwrap_or_else(|| panic!("{}\n{text}", parse(&text).diagnostics[0]));
        let faults = |fault: &str| -> BTreeSet<String> {
            Some(fault)
                .filter(|f| !f.is_empty())
                .map(str::to_owned)
                .into_iter()
                .collect()
        };
        let lkmm = axioms(&test, "lkmm").expect("it can be judged");
        assert_eq!(lkmm.faults, faults(arm), "LKMM\n{text}");
        for (model, expected) in [(&machine::model::ARM, arm), (&machine::model::SC, sc)] {
            let run = machine(&test, model, SrcuFlavour::Fast).expect("it runs");
            assert_eq!(run.faults, faults(expected), "{}\n{text}", model.id);
            assert_eq!(
                run,
                axioms(&test, model.id).expect("it can be judged"),
                "{}\n{text}",
                model.id
            );
        }
    }
}

/// To LKMM an unlock stores its number, and a later lock returns it. The machine refuses that where it would show.
#[test]
fn a_lock_that_returns_what_an_unlock_stored_is_refused() {
    let with = |start: &str, first: &str, second: &str, seen: &str| {
        let text = format!(
            "C stored\n{{ s={start}; }}\nP0(struct srcu_struct *s, int *x, int *y) {{ {first} }}\n\
             P1(struct srcu_struct *s, int *x, int *y) {{ {second} }}\nexists ({seen})\n"
        );
        read(&text).unwrap_or_else(|| panic!("{text}"))
    };
    let section = "c = srcu_read_lock(s); srcu_read_unlock(s, c);";
    let own = "srcu_read_unlock(s, 3); c = srcu_read_lock(s);";
    let other = "x = READ_ONCE(*x); srcu_up_read(s, x);";
    let handed = "c = srcu_down_read(s); WRITE_ONCE(*x, c); d = READ_ONCE(*y); WRITE_ONCE(*x, d);";
    let looks = "c = srcu_read_lock(s); if (c == 0) { WRITE_ONCE(*y, 5); } srcu_read_unlock(s, c);";
    let refused = [
        ("0", own, "", "0:c=3"),
        ("0", "srcu_up_read(s, 3);", section, "1:c=3"),
        ("0", "srcu_up_read(s, 3);", looks, "y=0"),
        (
            "0",
            "c = srcu_read_lock(s); srcu_read_unlock(s, c + 1);",
            section,
            "1:c=1",
        ),
        ("3", "srcu_up_read(s, 0);", section, "1:c=0"),
        (
            "0",
            other,
            "c = srcu_read_lock(s); WRITE_ONCE(*x, 2);",
            "1:c=2",
        ),
        ("0", "srcu_up_read(s, 3);", "", "s=3"),
        ("3", other, section, "1:c=0"),
    ];
    let accepted = [
        // It gives what the domain starts with.
        ("3", own, "", "0:c=3"),
        (
            "0",
            "c = srcu_read_lock(s); srcu_read_unlock(s, c + 0);",
            section,
            "1:c=0",
        ),
        ("0", handed, other, "0:c=0"),
        ("0", section, "", "s=0"),
        // No lock comes behind, or nobody looks at its cookie.
        (
            "0",
            "c = srcu_read_lock(s); srcu_read_unlock(s, 3);",
            "",
            "0:c=3",
        ),
        ("0", "srcu_up_read(s, 3);", section, "x=0"),
    ];
    for model in CpuModel::ALL {
        for (start, first, second, seen) in refused {
            let test = with(start, first, second, seen);
            let error = machine::compile(&test, model, SrcuFlavour::Fast).expect_err(first);
            assert!(error.message.contains("another number than"), "{error}");
            assert!(error.span.start > 0, "it says where");
        }
        for (start, first, second, seen) in accepted {
            let test = with(start, first, second, seen);
            let run = machine(&test, model, SrcuFlavour::Fast).expect(first);
            let lkmm = axioms(&test, "lkmm").expect("small");
            assert!(run.states.is_subset(&lkmm.states), "{} {first}", model.id);
        }
    }
}

/// The states of a test of two threads on a model, and LKMM's.
fn beside_lkmm(text: &str, model: &'static CpuModel) -> [BTreeSet<String>; 2] {
    let test = read(text).unwrap_or_else(|| panic!("{}\n{text}", parse(text).diagnostics[0]));
    let run = machine(&test, model, SrcuFlavour::Fast).expect("it runs");
    let lkmm = axioms(&test, "lkmm").expect("it can be judged");
    [run.states, lkmm.states]
}

/// What depends on a fetched value waits for the operand, under LKMM and on every CPU; what depends on whether something was
/// added, for the limit. An exchange hands on what it has found at once. The states are herd7's.
#[test]
fn a_fetched_value_depends_on_the_operand() {
    for (call, waits) in [
        ("atomic_fetch_add_relaxed(r0, v)", true),
        ("atomic_fetch_andnot_relaxed(r0, v)", true),
        ("atomic_fetch_xor_relaxed(r0, v)", true),
        ("atomic_add_unless(v, 1, r0 - 1)", true),
        ("xchg_relaxed(v, r0)", false),
    ] {
        let ways = [
            format!("r1 = {call}; WRITE_ONCE(*y, (r1 & 0) + 1);"),
            format!("r1 = {call}; WRITE_ONCE(*(y + (r1 & 0)), 1);"),
            format!("r1 = {call}; if (r1 == r1) {{ WRITE_ONCE(*y, 1); }}"),
            format!(
                "r1 = {call}; r2 = atomic_fetch_or_relaxed(r1, u); WRITE_ONCE(*y, (r2 & 0) + 1);"
            ),
        ];
        for way in ways {
            let params = "int *x, int *y, atomic_t *u, atomic_t *v";
            let text = format!(
                "C t\n{{}}\nP0({params}) {{ int r0; int r1; int r2; r0 = READ_ONCE(*x); {way} }}\n\
                 P1({params}) {{ int r0; r0 = READ_ONCE(*y); smp_mb(); WRITE_ONCE(*x, 1); }}\n\
                 exists (0:r0=1 /\\ 1:r0=1)\n"
            );
            let bad = "0:r0=1; 1:r0=1;";
            let mut reached = false;
            for model in CpuModel::ALL {
                let [run, lkmm] = beside_lkmm(&text, model);
                assert_eq!(!lkmm.contains(bad), waits, "{text}");
                assert!(run.is_subset(&lkmm), "{}\n{text}", model.id);
                reached |= run.contains(bad);
            }
            assert_eq!(!reached, waits, "{text}");
        }
    }
}

/// An unlock of a lock that another CPU holds, or nobody, frees no lock. The states are herd7's.
#[test]
fn only_the_holder_unlocks() {
    let mark = "r9 = 0;";
    for (first, second, states) in [
        (
            "spin_unlock(l);",
            "spin_lock(l); r0 = spin_trylock(l);",
            &["1:r0=0;"][..],
        ),
        (
            mark,
            "spin_lock(l); spin_unlock(l); spin_unlock(l); r0 = spin_trylock(l);",
            &["1:r0=1;"],
        ),
        (
            "spin_unlock(l);",
            "spin_lock(l); r0 = 2 * spin_is_locked(l) + spin_is_locked(l);",
            &["1:r0=3;"],
        ),
        (
            "r8 = spin_trylock(l); spin_unlock(l); r9 = spin_is_locked(l);",
            "spin_lock(l); r0 = spin_trylock(l); spin_unlock(l);",
            &["1:r0=0;"],
        ),
        (
            "spin_lock(l); spin_unlock(l); spin_unlock(l);",
            "r0 = spin_trylock(l); if (r0) { r0 = 2 + spin_is_locked(l); }",
            &["1:r0=0;", "1:r0=3;"],
        ),
        (
            "spin_unlock(l); r9 = spin_is_locked(l);",
            "r0 = spin_trylock(l); spin_unlock(l);",
            &["1:r0=1;"],
        ),
    ] {
        let text = format!(
            "C t\n{{}}\nP0(spinlock_t *l) {{ int r8; int r9; {first} }}\nP1(spinlock_t *l) {{ int r0; {second} }}\nexists (1:r0=1)\n"
        );
        let states: BTreeSet<String> = states.iter().map(|s| (*s).to_owned()).collect();
        for model in CpuModel::ALL {
            let [run, lkmm] = beside_lkmm(&text, model);
            assert_eq!(lkmm, states, "{text}");
            assert_eq!(run, states, "{}\n{text}", model.id);
        }
    }
}

/// An address and a number lead to the element that is so many bytes on, wherever they come from. The states are herd7's.
#[test]
fn a_register_leads_from_element_to_element() {
    for (body, state) in [
        ("int *r = x; r0 = READ_ONCE(*(r + 4));", "0:r0=2;"),
        (
            "int *r = READ_ONCE(*p); r0 = READ_ONCE(*(r + 8));",
            "0:r0=3;",
        ),
        ("int *r = x + 8; r0 = READ_ONCE(*(r - 4));", "0:r0=2;"),
        (
            "int *r = READ_ONCE(*p); int *q = x + 4; r0 = (q == r + 4);",
            "0:r0=1;",
        ),
        (
            "int *q = x + 4; WRITE_ONCE(*p, q + 4); int *r = READ_ONCE(*p); r0 = READ_ONCE(*r);",
            "0:r0=3;",
        ),
        (
            "int r1 = READ_ONCE(*x); r0 = READ_ONCE(*(x + 4 * r1));",
            "0:r0=2;",
        ),
        (
            "int *r = x; WRITE_ONCE(*(x + 8), 7); r0 = READ_ONCE(*(r + 8));",
            "0:r0=7;",
        ),
        (
            "int *r = x; WRITE_ONCE(*(r + 8), 7); r0 = READ_ONCE(*(x + 8));",
            "0:r0=7;",
        ),
        (
            "int *r = x; WRITE_ONCE(*(r + 1), 7); r0 = READ_ONCE(*x);",
            "0:r0=1;",
        ),
        (
            "int *r = x; WRITE_ONCE(*(r + 12), 7); r0 = READ_ONCE(*(r + 8));",
            "0:r0=3;",
        ),
    ] {
        let text = format!(
            "C t\n{{ int x[3] = {{1, 2, 3}}; int *p = x; }}\nP0(int *x, int **p) {{ int r0; {body} }}\nexists (0:r0=1)\n"
        );
        let states = BTreeSet::from([state.to_owned()]);
        for model in CpuModel::ALL {
            let [run, lkmm] = beside_lkmm(&text, model);
            assert_eq!(lkmm, states, "{text}");
            assert_eq!(run, states, "{}\n{text}", model.id);
        }
    }
}
