//! What prevents an outcome, in sentences.

mod common;

use std::sync::Arc;

use explore::{Matrix, MatrixCell, MatrixRun, Reachable};
use litmus::{Setting, Test};
use machine::{CpuModel, SrcuFlavour};
use picture::cure::{self, Asked, Barriers};
use protocol::Weakest;

struct Filled {
    test: Arc<Test>,
    text: String,
    matrix: Matrix,
}

impl Filled {
    /// The matrix with LKMM's column, of which each cell is searched with this limit.
    fn new(test: Arc<Test>, text: String, flavour: SrcuFlavour, limit: usize) -> Filled {
        let run = MatrixRun::new(test.clone(), flavour, limit);
        let mut run = run.expect("few settings");
        while run.step().expect("it compiles").is_some() {}
        let mut matrix = run.matrix().clone();
        for row in &mut matrix.rows {
            let resolved = test.with(&row.setting);
            let judged = lkmm::judge(&resolved, &lkmm::models::LKMM, 1_000_000);
            let judged = judged.expect("it can be judged");
            let cell = |count: &u64| match count {
                0 => Reachable::No,
                _ => Reachable::Yes,
            };
            row.cells.push(MatrixCell {
                goals: judged.outcomes.iter().map(cell).map(Some).collect(),
                explored: judged.steps,
                complete: judged.complete,
                beyond: None,
            });
        }
        Filled { test, text, matrix }
    }

    fn of(text: &str) -> Filled {
        let parsed = litmus::parse(text);
        let test = parsed
            .test
            .unwrap_or_else(|| panic!("{}", parsed.diagnostics[0]));
        Filled::new(Arc::new(test), text.to_owned(), SrcuFlavour::Fast, 100_000)
    }

    /// What is said of the first outcome on a model, with these toggles off; LKMM's part too.
    fn said(&self, model: &str, off: &str) -> String {
        let setting = Setting::parse_off(&self.test, off).expect("a setting");
        self.in_setting(model, &setting).expect("it is known")
    }

    fn in_setting(&self, model: &str, setting: &Setting) -> Option<String> {
        let barriers = Barriers::of(&self.test, Some(&self.text));
        let asked = Asked {
            barriers: &barriers,
            matrix: &self.matrix,
            outcome: 0,
            setting,
        };
        asked.sentence(column(model), Some(CpuModel::ALL.len()))
    }

    /// What the matrix says of a model.
    fn weakest(&self, model: &str) -> Weakest {
        let barriers = Barriers::of(&self.test, Some(&self.text));
        let column = column(model);
        let sets = self
            .matrix
            .minimal_sets(&barriers.strength, 0, column, None);
        let mut rows = 0..self.matrix.rows.len();
        let whole = rows.all(|row| self.matrix.cell(row, 0, column) != Reachable::Unknown);
        cure::weakest(&barriers, &sets, whole)
    }
}

/// LKMM's column is the last.
fn column(id: &str) -> usize {
    let found = CpuModel::ALL.iter().position(|model| model.id == id);
    found.unwrap_or(CpuModel::ALL.len())
}

fn doorbell(limit: usize) -> Filled {
    let (test, text) = (common::test("doorbell"), common::source("doorbell"));
    Filled::new(test, text, SrcuFlavour::Fast, limit)
}

#[test]
fn the_doorbell() {
    let filled = doorbell(100_000);
    let wait = "waiting with synchronize_srcu() in line 20 (VMM), which needs no barrier but costs a grace period.";
    // The callback stands as the scenario has it, and only the reader's barrier is missing.
    assert_eq!(
        filled.said("arm", "reader-mb"),
        format!("Missing on Arm: smp_mb__after_srcu_read_lock() in line 28 (vCPU 0), or {wait}")
    );
    // Nothing at all is on.
    assert_eq!(
        filled.said("arm", "wait:none,reader-mb"),
        format!(
            "Weakest barriers that prevent it on Arm: smp_mb__after_srcu_read_lock() in line 28 (vCPU 0), or {wait}"
        )
    );
    // Nothing is offered where it cannot happen.
    assert_eq!(
        filled.said("arm", ""),
        "On Arm this cannot happen with these barriers."
    );
    assert_eq!(
        filled.said("arm", "wait:synchronize_srcu,reader-mb"),
        "On Arm this cannot happen, even with no barrier: synchronize_srcu() in line 20 (VMM) prevents it, \
         at the price of a grace period."
    );
    // Portable code is told of where it needs more.
    assert_eq!(
        filled.said("tso", "reader-mb"),
        format!(
            "On x86-TSO this cannot happen, even with no barrier. Portable code (LKMM) needs \
             smp_mb__after_srcu_read_lock() in line 28 (vCPU 0), or {wait}"
        )
    );
    assert_eq!(
        filled.said("tso", ""),
        "On x86-TSO this cannot happen, even with no barrier."
    );
}

#[test]
fn lkmm_does_not_count_on_the_barriers_of_tree_srcu() {
    let (test, text) = (common::test("doorbell"), common::source("doorbell"));
    let filled = Filled::new(test, text, SrcuFlavour::Tree, 100_000);
    assert_eq!(
        filled.said("arm", "reader-mb"),
        "On Arm this cannot happen, even with no barrier. Portable code (LKMM) needs \
         smp_mb__after_srcu_read_lock() in line 28 (vCPU 0), or waiting with synchronize_srcu() in line 20 (VMM), \
         which needs no barrier but costs a grace period."
    );
    let waits = filled.said("arm", "wait:synchronize_srcu,reader-mb");
    assert!(
        !waits.contains("LKMM"),
        "the wait is enough for both: {waits}"
    );
}

/// Two CPUs that store, two that load in opposite order.
const WITNESSES: &str = "C iriw\n\n(* @outcome o bad : 2:a=1 /\\ 2:b=0 /\\ 3:b=1 /\\ 3:a=0 *)\n\n{}\n\n\
    P0(int *x) { WRITE_ONCE(*x, 1); }\n\nP1(int *y) { WRITE_ONCE(*y, 1); }\n\n\
    P2(int *x, int *y)\n{\n\tint a = READ_ONCE(*x);\n\tsmp_mb(); /*@ toggle first choices=smp_mb,smp_rmb,none */\n\
    \tint b = READ_ONCE(*y);\n}\n\n\
    P3(int *x, int *y)\n{\n\tint b = READ_ONCE(*y);\n\tsmp_mb(); /*@ toggle second choices=smp_mb,smp_rmb,none */\n\
    \tint a = READ_ONCE(*x);\n}\n\nexists (2:a=1)\n";

#[test]
fn the_weakest_position_of_a_choice_is_enough() {
    let filled = Filled::of(WITNESSES);
    assert_eq!(
        filled.said("arm", "first:none,second:none"),
        "Weakest barriers that prevent it on Arm: smp_rmb() in line 14 (P2) and smp_rmb() in line 21 (P3). \
         Portable code (LKMM) needs smp_mb() in line 14 (P2) and smp_mb() in line 21 (P3)."
    );
    assert_eq!(
        filled.said("arm", "first:smp_rmb,second:none"),
        "Missing on Arm: smp_rmb() in line 21 (P3). \
         Portable code (LKMM) needs smp_mb() in line 14 (P2) and smp_mb() in line 21 (P3)."
    );
    assert_eq!(
        filled.said("arm", "first:smp_rmb,second:smp_rmb"),
        "On Arm this cannot happen with these barriers. \
         Portable code (LKMM) also needs smp_mb() in line 14 (P2) and smp_mb() in line 21 (P3)."
    );
    assert_eq!(
        filled.said("power", "second:smp_rmb"),
        "Missing on POWER-like: smp_mb() in line 21 (P3)."
    );
    assert_eq!(
        filled.said("arm", ""),
        "On Arm this cannot happen with these barriers."
    );
    assert_eq!(
        filled.weakest("arm").text,
        "smp_rmb() in line 14 (P2) and smp_rmb() in line 21 (P3)."
    );
    assert_eq!(
        filled.weakest("sc").text,
        "It cannot happen, even with no barrier."
    );
    assert!(filled.weakest("lkmm").proven);
}

/// The positions of a toggle of store buffering's first CPU; the second has its barrier.
fn buffering(toggle: &str) -> Filled {
    Filled::of(&format!(
        "C sb\n\n(* @outcome o bad : 0:a=0 /\\ 1:b=0 *)\n\n{{}}\n\n\
         P0(int *x, int *y)\n{{\n\tWRITE_ONCE(*x, 1);\n\tsmp_mb(); /*@ toggle t {toggle} */\n\
         \tint a = READ_ONCE(*y);\n}}\n\n\
         P1(int *x, int *y)\n{{\n\tWRITE_ONCE(*y, 1);\n\tsmp_mb();\n\tint b = READ_ONCE(*x);\n}}\n\nexists (0:a=0)\n"
    ))
}

#[test]
fn what_none_of_them_prevents() {
    let filled = Filled::of(
        &buffering("")
            .text
            .replace("\tsmp_mb();\n", "\tsmp_rmb();\n"),
    );
    assert_eq!(
        filled.said("tso", ""),
        "On x86-TSO none of these barriers prevents it."
    );
    assert_eq!(
        filled.weakest("tso").text,
        "None of these barriers prevents it."
    );
    // The weakest position is a barrier as well.
    let filled = buffering("off=smp_wmb");
    assert_eq!(
        filled.said("sc", "t"),
        "On SC this cannot happen, even with the weakest of these barriers. \
         Portable code (LKMM) needs smp_mb() in line 10 (P0)."
    );
    assert_eq!(
        filled.said("tso", "t"),
        "Weakest barriers that prevent it on x86-TSO: smp_mb() in line 10 (P0)."
    );
}

#[test]
fn another_line_in_its_place() {
    // Neither position is stronger, and only one prevents it.
    let text = "C r\n\n(* @outcome o bad : 1:a=1 /\\ 1:b=0 *)\n\n{}\n\n\
        P0(int *x)\n{\n\tWRITE_ONCE(*x, 1);\n}\n\n\
        P1(int *x, int *y)\n{\n\tint a = READ_ONCE(*x);\n\
        \tint b = READ_ONCE(*x); /*@ toggle t choices=READ_ONCE,\"int b = READ_ONCE(*y);\",\"int b = 0;\" */\n}\n\n\
        exists (1:a=1)\n";
    let filled = Filled::of(text);
    assert_eq!(
        filled.said("sc", "t:1"),
        "On SC adding barriers here is not known to prevent it. These settings do: int b = READ_ONCE(*x) in line 15 (P1)."
    );
    assert_eq!(
        filled.said("sc", ""),
        "On SC this cannot happen, whatever is switched off."
    );
}

#[test]
fn sets_that_share_a_barrier() {
    let text = "C s\n\n(* @outcome o bad : 0:a=0 /\\ 1:b=0 *)\n\n{}\n\n\
        P0(int *x, int *y)\n{\n\tWRITE_ONCE(*x, 1);\n\tsmp_mb(); /*@ toggle a */\n\tsmp_mb(); /*@ toggle b */\n\
        \tint a = READ_ONCE(*y);\n}\n\n\
        P1(int *x, int *y)\n{\n\tWRITE_ONCE(*y, 1);\n\tsmp_mb(); /*@ toggle c choices=smp_mb,smp_wmb,none */\n\
        \tint b = READ_ONCE(*x);\n}\n\nexists (0:a=0)\n";
    let filled = Filled::of(text);
    assert_eq!(
        filled.weakest("arm").text,
        "smp_mb() in line 18 (P1), and with it either smp_mb() in line 10 (P0), or smp_mb() in line 11 (P0)."
    );
    assert_eq!(
        filled.said("arm", "a,b"),
        "Missing on Arm: smp_mb() in line 10 (P0), or smp_mb() in line 11 (P0)."
    );
}

#[test]
fn what_is_not_known_is_not_said() {
    let filled = doorbell(1);
    let setting = Setting::default_of(&filled.test);
    assert_eq!(filled.in_setting("arm", &setting), None);
    let weakest = filled.weakest("arm");
    assert_eq!(
        (weakest.text.as_str(), weakest.proven),
        ("Not known.", false)
    );
    // A setting is known to prevent it, one below is not known.
    let mut filled = doorbell(100_000);
    let arm = column("arm");
    for row in &mut filled.matrix.rows {
        if row.setting.0 == [2, 0] {
            row.cells[arm].goals[0] = Some(Reachable::Unknown);
        }
    }
    let weakest = filled.weakest("arm");
    assert!(!weakest.proven, "{}", weakest.proof);
    assert!(weakest.proof.starts_with("Not proven"), "{}", weakest.proof);
    let said = filled.said("arm", "wait:none,reader-mb");
    assert!(
        said.starts_with("What prevents it on Arm: ")
            && said.contains(" Not everything was searched: something weaker may do."),
        "{said}"
    );
    assert!(!said.contains("Weakest"), "{said}");
    // While rows are missing, nothing is called impossible to prevent.
    let mut filled = buffering("");
    filled.matrix.rows.remove(0);
    assert_eq!(
        filled.said("tso", "t"),
        "What prevents it on x86-TSO is not known: not everything was searched."
    );
}

#[test]
fn how_much_was_searched() {
    assert_eq!(
        cure::searched(24, 24, 7206, 12_400),
        "In all 24 combinations of barriers: 7\u{202f}206 states in 12 ms."
    );
    assert_eq!(
        cure::searched(3, 24, 10, 0),
        "In 3 of 24 combinations of barriers: 10 states in 1 ms."
    );
}

#[test]
fn large_numbers_have_gaps() {
    assert_eq!(session::text::grouped(185), "185");
    assert_eq!(session::text::grouped(1_234_567), "1\u{202f}234\u{202f}567");
}
