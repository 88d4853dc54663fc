//! SRCU's witness counts: `srcu_read_lock()` reads the domain and `srcu_read_unlock()` writes it, so that executions
//! differ in who reads what, and in the order of the writes. herd7 counts each.
//!
//! `STALEBUS_PROGRAMS` says how many random programs, `STALEBUS_SEED` where to begin.

use std::sync::Arc;

use lkmm::models::LKMM;
use lkmm::{Counting, Judge, Judgement, TestNames, Why, why};

/// Choices that a test may take.
const LIMIT: u64 = 20_000_000;

struct Case {
    name: &'static str,
    text: &'static str,
    positive: u64,
    negative: u64,
    states: &'static [&'static str],
    flags: &'static [&'static str],
}

/// Programs with what herd7 says of them.
const CASES: &[Case] = &[
    Case {
        name: "three-readers",
        text: r"
{}
P0(struct srcu_struct *s) { int c = srcu_read_lock(s); srcu_read_unlock(s, c); }
P1(struct srcu_struct *s) { int c = srcu_read_lock(s); srcu_read_unlock(s, c); }
P2(struct srcu_struct *s) { int c = srcu_read_lock(s); srcu_read_unlock(s, c); }
forall (true)
",
        positive: 36,
        negative: 0,
        states: &[""],
        flags: &[],
    },
    Case {
        name: "four-readers",
        text: r"
{}
P0(struct srcu_struct *s) { int c = srcu_read_lock(s); srcu_read_unlock(s, c); }
P1(struct srcu_struct *s) { int c = srcu_read_lock(s); srcu_read_unlock(s, c); }
P2(struct srcu_struct *s) { int c = srcu_read_lock(s); srcu_read_unlock(s, c); }
P3(struct srcu_struct *s) { int c = srcu_read_lock(s); srcu_read_unlock(s, c); }
forall (true)
",
        positive: 576,
        negative: 0,
        states: &[""],
        flags: &[],
    },
    Case {
        name: "two-by-two",
        text: r"
{}
P0(struct srcu_struct *s) { int c = srcu_read_lock(s); srcu_read_unlock(s, c); int d = srcu_read_lock(s); srcu_read_unlock(s, d); }
P1(struct srcu_struct *s) { int c = srcu_read_lock(s); srcu_read_unlock(s, c); int d = srcu_read_lock(s); srcu_read_unlock(s, d); }
forall (true)
",
        positive: 34,
        negative: 0,
        states: &[""],
        flags: &[],
    },
    Case {
        name: "nested",
        text: r"
{}
P0(int *x, struct srcu_struct *s) { int c = srcu_read_lock(s); int d = srcu_read_lock(s); WRITE_ONCE(*x, 1); srcu_read_unlock(s, d); srcu_read_unlock(s, c); }
P1(int *x, struct srcu_struct *s) { int c = srcu_read_lock(s); int r = READ_ONCE(*x); srcu_read_unlock(s, c); }
exists (1:r=1)
",
        positive: 8,
        negative: 8,
        states: &["1:r=0;", "1:r=1;"],
        flags: &[],
    },
    Case {
        name: "never-left",
        text: r"
{}
P0(struct srcu_struct *s) { int c = srcu_read_lock(s); srcu_read_unlock(s, c); }
P1(struct srcu_struct *s) { int c = srcu_read_lock(s); int d = srcu_read_lock(s); }
forall (true)
",
        positive: 3,
        negative: 0,
        states: &[""],
        flags: &["unmatched-srcu-lock"],
    },
    Case {
        name: "in-a-branch",
        text: r"
{}
P0(int *x, struct srcu_struct *s) { int c = srcu_read_lock(s); if (c) WRITE_ONCE(*x, 1); srcu_read_unlock(s, c); }
P1(int *x, struct srcu_struct *s) { int c = srcu_read_lock(s); WRITE_ONCE(*x, c); int r = READ_ONCE(*x); srcu_read_unlock(s, c); }
exists (1:r=0)
",
        positive: 4,
        negative: 0,
        states: &["1:r=0;"],
        flags: &[],
    },
    Case {
        name: "message",
        text: r"
{}
P0(int *x, struct srcu_struct *s) { WRITE_ONCE(*x, 1); smp_mb(); int c = srcu_read_lock(s); srcu_read_unlock(s, c); }
P1(int *x, struct srcu_struct *s) { int c = srcu_read_lock(s); srcu_read_unlock(s, c); smp_mb(); int r = READ_ONCE(*x); }
exists (1:r=0)
",
        positive: 1,
        negative: 4,
        states: &["1:r=0;", "1:r=1;"],
        flags: &[],
    },
    Case {
        name: "updater-reads",
        text: r"
{}
P0(int *x, int *y, struct srcu_struct *s) { int c = srcu_read_lock(s); int r = READ_ONCE(*x); srcu_read_unlock(s, c); }
P1(int *x, int *y, struct srcu_struct *s) { int c = srcu_read_lock(s); srcu_read_unlock(s, c); synchronize_srcu(s); WRITE_ONCE(*x, 1); int d = srcu_read_lock(s); srcu_read_unlock(s, d); }
exists (0:r=1)
",
        positive: 4,
        negative: 9,
        states: &["0:r=0;", "0:r=1;"],
        flags: &[],
    },
    Case {
        name: "racy-order",
        text: r"
{}
P0(int *x, struct srcu_struct *s) { *x = 1; smp_mb(); int c = srcu_read_lock(s); srcu_read_unlock(s, c); smp_mb__after_srcu_read_unlock(); }
P1(int *x, struct srcu_struct *s) { int c = srcu_read_lock(s); srcu_read_unlock(s, c); smp_mb__after_srcu_read_unlock(); *x = 2; }
exists (x=1)
",
        positive: 3,
        negative: 4,
        states: &["[x]=1;", "[x]=2;"],
        flags: &["data-race"],
    },
    Case {
        name: "fence-beside-two-domains",
        text: r"
{}
P0(int *x, struct srcu_struct *s, struct srcu_struct *t) { int c = srcu_read_lock(s); srcu_read_unlock(s, c); smp_mb(); int d = srcu_read_lock(t); srcu_read_unlock(t, d); }
P1(int *x, struct srcu_struct *s, struct srcu_struct *t) { int d = srcu_read_lock(t); srcu_read_unlock(t, d); smp_mb(); int c = srcu_read_lock(s); srcu_read_unlock(s, c); }
forall (true)
",
        positive: 7,
        negative: 0,
        states: &[""],
        flags: &[],
    },
    Case {
        name: "through-a-section",
        text: r"
{}
P0(int *x, int *y, struct srcu_struct *s) { int r = READ_ONCE(*x); smp_rmb(); int c = srcu_read_lock(s); srcu_read_unlock(s, c); smp_wmb(); WRITE_ONCE(*y, 1); }
P1(int *x, int *y) { int r = READ_ONCE(*y); smp_mb(); WRITE_ONCE(*x, 1); }
exists (0:r=1 /\ 1:r=1)
",
        positive: 0,
        negative: 3,
        states: &["0:r=0; 1:r=0;", "0:r=0; 1:r=1;", "0:r=1; 1:r=0;"],
        flags: &[],
    },
    Case {
        name: "cookie-tells",
        text: r"
{}
P0(int *y, struct srcu_struct *s) { int c = srcu_read_lock(s); srcu_read_unlock(s, c); smp_mb(); int d = srcu_read_lock(s); WRITE_ONCE(*y, d); }
P1(int *y, struct srcu_struct *s) { int r = READ_ONCE(*y); smp_rmb(); int e = srcu_read_lock(s); }
forall (true)
",
        positive: 3,
        negative: 0,
        states: &[""],
        flags: &["unmatched-srcu-lock"],
    },
    Case {
        name: "other-cookie",
        text: r"
{}
P0(struct srcu_struct *s) { int c = srcu_read_lock(s); srcu_read_unlock(s, 5); }
P1(struct srcu_struct *s) { int c = srcu_read_lock(s); srcu_read_unlock(s, c); }
exists (1:c=5)
",
        positive: 1,
        negative: 3,
        states: &["1:c=0;", "1:c=5;"],
        flags: &["unmatched-srcu-lock", "unmatched-srcu-unlock"],
    },
    Case {
        name: "begins-with-three",
        text: r"
{ s=3; }
P0(struct srcu_struct *s) { int c = srcu_read_lock(s); srcu_read_unlock(s, c); }
P1(struct srcu_struct *s) { int c = srcu_read_lock(s); srcu_read_unlock(s, c); }
exists (0:c=3 /\ 1:c=3)
",
        positive: 4,
        negative: 0,
        states: &["0:c=3; 1:c=3;"],
        flags: &[],
    },
];

fn counted(test: &Arc<litmus::Test>, counting: Counting) -> Option<Judgement> {
    let mut judge = Judge::counting(Arc::clone(test), &LKMM, counting).expect("it can be judged");
    let done = judge.run(LIMIT).expect("it can be judged");
    done.then(|| judge.judgement())
}

fn parsed(text: &str) -> Arc<litmus::Test> {
    let parsed = litmus::parse(text);
    let test = parsed.test;
    Arc::new(test.unwrap_or_else(|| panic!("{}\n{text}", parsed.diagnostics[0])))
}

/// A small program on one line for each thread, as a test.
fn case(case: &Case) -> Arc<litmus::Test> {
    parsed(&format!("C {}\n{}", case.name, case.text.trim_start()))
}

#[test]
fn counts_are_herds() {
    for known in CASES {
        let test = case(known);
        for counting in [Counting::All, Counting::OneByOne] {
            let ours = counted(&test, counting).expect("it comes to an end");
            let name = known.name;
            assert_eq!(
                (ours.positive, ours.negative),
                (known.positive, known.negative),
                "{name} {counting:?}"
            );
            assert_eq!(ours.states, known.states, "{name} {counting:?}");
            assert_eq!(ours.flags, known.flags, "{name} {counting:?}");
        }
    }
}

/// Readers that meet nothing but one another: one candidate is looked at, and the rest is a factor.
#[test]
fn bare_readers_are_a_factor() {
    let reader =
        "(struct srcu_struct *s)\n{\n\tint c = srcu_read_lock(s);\n\tsrcu_read_unlock(s, c);\n}\n";
    for (readers, executions) in [
        (2, 4),
        (3, 36),
        (4, 576),
        (5, 14_400),
        (6, 518_400),
        (12, 229_442_532_802_560_000),
    ] {
        let threads: String = (0..readers).map(|p| format!("P{p}{reader}")).collect();
        let test = parsed(&format!("C readers\n{{}}\n{threads}forall (true)\n"));
        let ours = counted(&test, Counting::All).expect("it comes to an end");
        assert_eq!((ours.positive, ours.negative), (executions, 0));
        assert_eq!(ours.evaluated, 1);
    }
}

/// Fences on one side of a domain open no way around it.
#[test]
fn one_fence_changes_no_factor() {
    let test = parsed(
        "C fence\n{}
P0(int *x, struct srcu_struct *s)\n{\n\tWRITE_ONCE(*x, 1);\n\tsmp_mb();\n\tint c = srcu_read_lock(s);\n\tsrcu_read_unlock(s, c);\n}
P1(int *x, struct srcu_struct *s)\n{\n\tint c = srcu_read_lock(s);\n\tsrcu_read_unlock(s, c);\n\tint r = READ_ONCE(*x);\n}
exists (1:r=0)\n",
    );
    let ours = counted(&test, Counting::All).expect("it comes to an end");
    assert_eq!((ours.positive, ours.negative), (4, 4));
    assert_eq!(ours.evaluated, 2);
}

/// Who asks for verdicts alone pays for no more than that.
#[test]
fn verdicts_need_no_counts() {
    for known in CASES {
        let test = case(known);
        let ours = counted(&test, Counting::AsOne).expect("it comes to an end");
        let name = known.name;
        assert_eq!(ours.positive > 0, known.positive > 0, "{name}");
        assert_eq!(ours.negative > 0, known.negative > 0, "{name}");
        assert_eq!(ours.states, known.states, "{name}");
        assert_eq!(ours.flags, known.flags, "{name}");
    }
}

/// Where order leads through a section, the reason says so.
#[test]
fn reasons_lead_through_sections() {
    let through = CASES.iter().find(|c| c.name == "through-a-section");
    let test = case(through.expect("it is there"));
    let outcome = test.condition.as_ref().expect("a condition").cond.clone();
    let names = TestNames::new(&test, None);
    let answer = why(&test, &LKMM, &outcome, &names, LIMIT).expect("it can be judged");
    let Some(Why::Forbidden(explanation)) = answer else {
        panic!("{answer:?}");
    };
    let texts: Vec<&str> = explanation.cycle.iter().map(|l| l.text.as_str()).collect();
    let cookie = "The cookie of P0's srcu_read_unlock() comes from P0's srcu_read_lock(), so it cannot come first.";
    assert!(texts.contains(&cookie), "{texts:?}");
}

/// What is shown has the sections, but neither what they read nor the order of their ends.
#[test]
fn pictures_leave_out_what_sections_read() {
    let test = case(
        CASES
            .iter()
            .find(|c| c.name == "nested")
            .expect("it is there"),
    );
    let outcome = test.condition.as_ref().expect("a condition").cond.clone();
    let names = TestNames::new(&test, None);
    let answer = why(&test, &LKMM, &outcome, &names, LIMIT).expect("it can be judged");
    let Some(Why::Allowed(execution)) = answer else {
        panic!("{answer:?}");
    };
    let section = |at: usize| execution.events[at].label().starts_with("srcu-");
    for name in ["rf", "co", "fr"] {
        let edges = execution.edges(name);
        assert!(
            edges.iter().all(|e| !section(e.from) && !section(e.to)),
            "{name}: {edges:?}"
        );
    }
    assert!(!execution.edges("srcu-rscs").is_empty());
}

/// Numbers for random programs, the same everywhere.
struct Random(u64);

impl Random {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) % n as u64) as usize
    }

    fn one<'a>(&mut self, of: &[&'a str]) -> &'a str {
        of[self.below(of.len())]
    }
}

/// A statement that is no section.
fn access(random: &mut Random, regs: &mut Vec<String>, body: &mut Vec<String>) {
    let var = random.one(&["x", "y"]);
    let reg = format!("r{}", regs.len() + body.len());
    match random.below(12) {
        0..3 => {
            body.push(format!("int {reg} = READ_ONCE(*{var});"));
            regs.push(reg);
        }
        3..6 => body.push(format!("WRITE_ONCE(*{var}, {});", 1 + random.below(2))),
        6 => {
            body.push(format!("int {reg} = *{var};"));
            regs.push(reg);
        }
        7 => body.push(format!("*{var} = 1;")),
        8 => {
            body.push(format!("int {reg} = smp_load_acquire({var});"));
            regs.push(reg);
        }
        9 => body.push(format!("smp_store_release({var}, 1);")),
        10 => match regs.last() {
            Some(reg) => body.push(format!("if ({reg}) {{ WRITE_ONCE(*{var}, {reg}); }}")),
            None => body.push("smp_mb();".to_owned()),
        },
        _ => body.push(
            random
                .one(&[
                    "smp_mb();",
                    "smp_rmb();",
                    "smp_wmb();",
                    "smp_mb__after_srcu_read_unlock();",
                    "synchronize_srcu(s);",
                    "synchronize_rcu();",
                ])
                .to_owned(),
        ),
    }
}

/// A random program with up to four sections, of one or two domains.
fn program(random: &mut Random) -> String {
    let domains = random.one(&["s", "st"]);
    let domains: Vec<&str> = domains.split("").filter(|d| !d.is_empty()).collect();
    let threads = 1 + random.below(3);
    let mut left = 2 + random.below(3);
    let mut text = "C random\n{}\n".to_owned();
    let mut observed = Vec::new();
    for thread in 0..threads {
        let (mut regs, mut body, mut open) = (Vec::new(), Vec::new(), Vec::new());
        for _ in 0..1 + random.below(3) {
            if left > 0 && random.below(3) > 0 {
                left -= 1;
                let domain = random.one(&domains);
                let cookie = format!("c{}", body.len());
                body.push(format!("int {cookie} = srcu_read_lock({domain});"));
                open.push((domain, cookie));
                if random.below(2) == 0 {
                    access(random, &mut regs, &mut body);
                }
                if random.below(5) == 0 {
                    body.push(format!("WRITE_ONCE(*y, {});", open[0].1));
                }
            } else {
                access(random, &mut regs, &mut body);
            }
            if !open.is_empty() && random.below(3) > 0 {
                let (domain, cookie) = open.remove(random.below(open.len()));
                let value = match (random.below(12), regs.last()) {
                    (0, Some(reg)) => reg.clone(),
                    (1, _) => format!("{cookie} + 0"),
                    (2, _) => "1".to_owned(),
                    _ => cookie,
                };
                body.push(format!("srcu_read_unlock({domain}, {value});"));
            }
        }
        for (domain, cookie) in open {
            if random.below(5) > 0 {
                body.push(format!("srcu_read_unlock({domain}, {cookie});"));
            }
        }
        text.push_str(&format!(
            "P{thread}(int *x, int *y, struct srcu_struct *s, struct srcu_struct *t)\n{{\n\t{}\n}}\n",
            body.join("\n\t")
        ));
        observed.extend(regs.iter().map(|reg| format!("{thread}:{reg}=0")));
    }
    observed.push("x=1".to_owned());
    observed.truncate(3);
    text.push_str(&format!("exists ({})\n", observed.join(" /\\ ")));
    text
}

fn number(variable: &str, otherwise: u64) -> u64 {
    let text = std::env::var(variable).ok();
    text.and_then(|text| text.parse().ok()).unwrap_or(otherwise)
}

/// A factor comes to what building each execution comes to.
#[test]
fn factors_equal_enumeration() {
    let mut random = Random(number("STALEBUS_SEED", 1));
    let (mut compared, mut factored, mut chosen) = (0, 0, 0);
    for _ in 0..number("STALEBUS_PROGRAMS", 300) {
        let text = program(&mut random);
        let test = parsed(&text);
        let Some(each) = counted(&test, Counting::OneByOne) else {
            continue;
        };
        let all = counted(&test, Counting::All).expect("it takes no longer");
        let one = counted(&test, Counting::AsOne).expect("it takes no longer");
        let counts = |j: &Judgement| (j.positive, j.negative);
        assert_eq!(counts(&all), counts(&each), "{text}");
        for other in [&all, &one] {
            assert_eq!(other.states, each.states, "{text}");
            assert_eq!(other.flags, each.flags, "{text}");
            assert_eq!(other.verdict, each.verdict, "{text}");
        }
        assert!(one.positive <= all.positive && one.negative <= all.negative);
        compared += 1;
        factored += usize::from(all.evaluated < each.evaluated);
        chosen += usize::from(one.evaluated < all.evaluated);
    }
    eprintln!("{compared} compared, {factored} with a factor, {chosen} with a choice that matters");
    assert!(compared > 0 && factored > 0 && chosen > 0);
}
