//! Programs with stores and loads behind branches and atomics: what the axioms of a CPU that speculates let go first,
//! and the machine does not always.

use crate::{Program, Random};

/// What may stand in an arm; `$r` and `$s` are registers, `$v` is a variable.
const ARM: [&str; 12] = [
    "smp_mb();",
    "smp_rmb();",
    "smp_wmb();",
    "$r = 1;",
    "$r = 2;",
    "$r = READ_ONCE(*$v);",
    "$r = smp_load_acquire($v);",
    "WRITE_ONCE(*$v, 1);",
    "$r = cmpxchg_acquire($v, 0, 1);",
    "$r = cmpxchg_relaxed($v, 1, 2);",
    "$r = xchg_relaxed($v, 2);",
    "$r = cmpxchg($v, 1, 2);",
];

/// What may stand behind it.
const BEHIND: [&str; 9] = [
    "WRITE_ONCE(*$v, 1);",
    "WRITE_ONCE(*$v, 1);",
    "WRITE_ONCE(*$v, $r);",
    "WRITE_ONCE(*$v, $s);",
    "smp_store_release($v, 1);",
    "$r = READ_ONCE(*$v);",
    "$s = READ_ONCE(*$v);",
    "$r = cmpxchg_relaxed($v, 1, 2);",
    "$r = xchg_relaxed($v, 2);",
];

/// Two threads. In each a load, a branch on it, and accesses behind, to three variables in turn; or an atomic and loads
/// of its location.
#[must_use]
pub fn joins(seed: u64) -> Program {
    let mut random = Random::new(seed ^ 0x1013_5000);
    let mut variables = ["x", "y"];
    let threads = (0..2).map(|_| {
        variables.reverse();
        thread(&mut random, variables)
    });
    Program {
        name: format!("joins-{seed}"),
        init: Vec::new(),
        params: "int *x, int *y, int *z".to_owned(),
        threads: threads.collect(),
        locations: [
            "0:r0;", "0:r1;", "0:r2;", "1:r0;", "1:r1;", "1:r2;", "x;", "y;",
        ]
        .map(str::to_owned)
        .into(),
        condition: r"0:r0=1 /\ 1:r0=1".to_owned(),
        ..Program::default()
    }
}

fn thread(random: &mut Random, [from, to]: [&str; 2]) -> Vec<String> {
    let mut out = Vec::new();
    let filled = |random: &mut Random, text: &str| {
        let variable = match random.below(4) {
            0 => from,
            1 => "z",
            _ => to,
        };
        text.replace("$r", "r1")
            .replace("$s", "r2")
            .replace("$v", variable)
    };
    out.push("int r1 = 0;".to_owned());
    out.push("int r2 = 0;".to_owned());
    let first = match random.below(4) {
        0 => format!("int r0 = cmpxchg_relaxed({from}, 1, 2);"),
        _ => format!("int r0 = READ_ONCE(*{from});"),
    };
    out.push(first);
    if random.below(4) > 0 {
        out.push("if (r0) {".to_owned());
        let line = random.pick(&ARM).to_owned();
        out.push(filled(random, &line));
        if random.one_in(3) {
            let line = random.pick(&ARM).to_owned();
            out.push("} else {".to_owned());
            out.push(filled(random, &line));
        }
        out.push("}".to_owned());
    }
    for _ in 0..1 + random.below(2) {
        let line = random.pick(&BEHIND).to_owned();
        out.push(filled(random, &line));
    }
    out.push(format!("WRITE_ONCE(*{to}, 1);"));
    out
}
