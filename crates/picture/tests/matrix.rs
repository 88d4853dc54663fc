//! The barrier matrix as a table, as text and as sentences.

mod common;

use std::sync::Arc;

use common::{check, source, test};
use explore::{Beyond, Matrix, MatrixCell, MatrixRow, MinimalSet, Reachable, Strength};
use litmus::{Setting, Test};
use machine::{CpuModel, SrcuFlavour};
use picture::matrix::{Source, csv, plain, shown, table};
use protocol::{CellAnswer, MatrixTable, Model, TableRow};

struct Filled {
    test: Arc<Test>,
    text: String,
    columns: Vec<Model>,
    rows: Vec<MatrixRow>,
    sets: Vec<Vec<MinimalSet>>,
}

/// All models of which the results stay as they are.
const MODELS: [&str; 4] = ["sc", "tso", "pso", "arm"];

impl Filled {
    /// The first named outcome of a test in every setting, each cell searched with this limit.
    fn new(test: Arc<Test>, text: String, limit: usize) -> Filled {
        let rows: Vec<MatrixRow> = Setting::all(&test)
            .map(|setting| {
                let resolved = test.with(&setting);
                let cells = MODELS.map(|id| {
                    let model = CpuModel::by_id(id).expect("it is there");
                    let report = explore::check(&resolved, model, SrcuFlavour::Fast, limit);
                    let report = report.expect("it compiles");
                    MatrixCell {
                        beyond: None,
                        goals: vec![Some(report.outcomes[0])],
                        explored: report.explored as u64,
                        complete: report.complete,
                    }
                });
                let judged = lkmm::judge(&resolved, &lkmm::models::LKMM, 1_000_000);
                let judged = judged.expect("it can be judged");
                let lkmm = MatrixCell {
                    beyond: None,
                    goals: vec![Some(if judged.outcomes[0] > 0 {
                        Reachable::Yes
                    } else {
                        Reachable::No
                    })],
                    explored: judged.steps,
                    complete: judged.complete,
                };
                MatrixRow {
                    setting,
                    cells: cells.into_iter().chain([lkmm]).collect(),
                }
            })
            .collect();
        let mut filled = Filled {
            columns: MODELS
                .iter()
                .filter_map(|id| CpuModel::by_id(id).map(Model::Cpu))
                .chain([Model::Lkmm])
                .collect(),
            sets: Vec::new(),
            test,
            text,
            rows,
        };
        filled.find_sets();
        filled
    }

    fn find_sets(&mut self) {
        let matrix = Matrix {
            models: Vec::new(),
            rows: self.rows.clone(),
            explored: 0,
        };
        let strength = Strength::of(&self.test);
        self.sets = (0..self.columns.len())
            .map(|column| matrix.minimal_sets(&strength, 0, column, None))
            .collect();
    }

    fn source<'a>(&'a self, setting: &'a Setting) -> Source<'a> {
        Source {
            test: &self.test,
            text: Some(&self.text),
            goal: 0,
            outcome: "the outcome",
            setting,
            model: "arm",
            columns: &self.columns,
            rows: &self.rows,
            total: self.rows.len(),
            sets: Some(&self.sets),
            flavour: SrcuFlavour::Fast,
        }
    }
}

fn doorbell() -> Filled {
    Filled::new(test("doorbell"), source("doorbell"), 100_000)
}

/// A message that is passed with a barrier on either side, and one that does nothing.
fn passing() -> Filled {
    let text = "C mp\n\n(* @outcome stale bad \"the data is old\" : 1:r0=1 /\\ 1:r1=0 *)\n\n{}\n\n\
        P0(int *x, int *y)\n{\n\tWRITE_ONCE(*x, 1);\n\tsmp_wmb(); /*@ toggle w */\n\tWRITE_ONCE(*y, 1);\n}\n\n\
        P1(int *x, int *y)\n{\n\tint r0 = READ_ONCE(*y);\n\tsmp_rmb(); /*@ toggle r */\n\tint r1 = READ_ONCE(*x);\n\
        \tsmp_mb(); /*@ toggle idle */\n}\n\nexists (1:r0=1 /\\ 1:r1=0)\n";
    let parsed = litmus::parse(text);
    let test = parsed
        .test
        .unwrap_or_else(|| panic!("{}", parsed.diagnostics[0]));
    Filled::new(Arc::new(test), text.to_owned(), 100_000)
}

#[test]
fn the_doorbell() {
    let filled = doorbell();
    let setting = Setting::default_of(&filled.test);
    let table = table(&filled.source(&setting));
    check("matrix-doorbell.txt", &plain(&table));
    check("matrix-doorbell.csv", &csv(&table));
    let drawn = picture::table_svg(&picture::matrix::picture(&table, "The doorbell"));
    check("matrix-doorbell.svg", &drawn);
    // Every cell of every row stands in it, and the present one is marked, once.
    let words = drawn.matches(">● ").count() + drawn.matches(">○ ").count();
    let cells = table.rows.iter().map(|row| row.cells.len()).sum::<usize>();
    assert_eq!(words, cells);
    assert_eq!(drawn.matches("class=\"rank current\"").count(), 1);
    // By the number of barriers that are on, the present one marked, once.
    let on: Vec<u32> = table.rows.iter().map(|row| row.on).collect();
    assert!(on.is_sorted(), "{on:?}");
    let here: Vec<&TableRow> = table.rows.iter().filter(|row| row.here).collect();
    assert_eq!(here.len(), 1);
    assert_eq!(here[0].setting, setting);
    let cells = table.rows.iter().flat_map(|row| &row.cells);
    assert_eq!(cells.filter(|cell| cell.here).count(), 1);
    assert_eq!(shown(&table, &setting, 100), table);
}

#[test]
fn what_is_needed_on_each_model() {
    let filled = passing();
    let setting = Setting::all_on(&filled.test);
    let table = table(&filled.source(&setting));
    check("matrix-passing.txt", &plain(&table));
    let sets: Vec<String> = table
        .sets
        .iter()
        .map(|sets| format!("{}: {}", sets.models, sets.weakest.text))
        .collect();
    assert_eq!(
        sets,
        [
            "SC and x86-TSO: It cannot happen, even with no barrier.",
            "PSO: smp_wmb() in line 10 (P0).",
            "Arm and LKMM: smp_wmb() in line 10 (P0) and smp_rmb() in line 17 (P1).",
        ]
    );
    assert!(table.sets.iter().all(|sets| sets.weakest.proven));
    // A star is for the weakest that prevent it, where something is needed.
    let starred = |table: &MatrixTable| -> Vec<(Vec<u8>, String)> {
        let rows = table.rows.iter().filter(|row| !row.weakest_on.is_empty());
        rows.map(|row| (row.setting.0.clone(), row.weakest_on.clone()))
            .collect()
    };
    assert_eq!(
        starred(&table),
        [
            (vec![0, 1, 1], "PSO".to_owned()),
            (vec![0, 0, 1], "Arm and LKMM".to_owned())
        ]
    );
}

#[test]
fn a_choice_counts_where_a_weaker_one_is_there() {
    let text = "C e\n\n(* @outcome o bad \"both old\" : 0:r0=0 /\\ 1:r1=0 *)\n\n{}\n\n\
        P0(int *x, int *y)\n{\n\tWRITE_ONCE(*x, 1);\n\tsmp_mb(); /*@ toggle a */\n\
        \tint r0 = READ_ONCE(*y);\n}\n\n\
        P1(int *x, int *y)\n{\n\tWRITE_ONCE(*y, 1);\n\tsmp_mb(); /*@ toggle c choices=smp_mb,smp_wmb,none */\n\
        \tint r1 = READ_ONCE(*x);\n}\n\nexists (0:r0=0)\n";
    let parsed = litmus::parse(text);
    let test = parsed
        .test
        .unwrap_or_else(|| panic!("{}", parsed.diagnostics[0]));
    let filled = Filled::new(Arc::new(test), text.to_owned(), 100_000);
    let setting = Setting::all_on(&filled.test);
    let table = table(&filled.source(&setting));
    let on = |row: &TableRow| {
        let marks: Vec<&str> = row.marks.iter().map(|mark| mark.text.as_str()).collect();
        (row.on, marks.join(" "))
    };
    let rows: Vec<(u32, String)> = table.rows.iter().map(on).collect();
    let expected = [
        (0, "off none"),
        (1, "on none"),
        (1, "off smp_mb"),
        (1, "off smp_wmb"),
        (2, "on smp_mb"),
        (2, "on smp_wmb"),
    ];
    assert_eq!(rows, expected.map(|(on, marks)| (on, marks.to_owned())));
    assert_eq!(table.heads[1].order, "smp_mb > smp_wmb > none");
    assert_eq!(table.srcu, None);
    let stars: Vec<&str> = table
        .rows
        .iter()
        .map(|row| row.weakest_on.as_str())
        .collect();
    assert_eq!(
        stars,
        ["", "", "", "", "x86-TSO, PSO, Arm and LKMM", ""],
        "the weaker barrier is not enough, and without any it happens"
    );
}

#[test]
fn what_is_not_known_is_not_impossible() {
    let filled = Filled::new(test("doorbell"), source("doorbell"), 3);
    let setting = Setting::default_of(&filled.test);
    let table = table(&filled.source(&setting));
    let cells = table.rows.iter().flat_map(|row| &row.cells[..4]);
    assert!(
        cells
            .clone()
            .all(|cell| cell.answer != CellAnswer::Impossible)
    );
    assert!(cells.clone().any(|cell| cell.answer == CellAnswer::Open));
    let weakest = || table.sets.iter().map(|sets| &sets.weakest);
    assert!(weakest().any(|weakest| !weakest.proven));
    for weakest in weakest().filter(|weakest| !weakest.proven) {
        assert!(weakest.proof.starts_with("Not proven"), "{}", weakest.proof);
    }
    // While rows are missing nothing is said of the weakest barriers.
    let half = Source {
        rows: &filled.rows[..2],
        sets: None,
        ..filled.source(&setting)
    };
    let table = picture::matrix::table(&half);
    assert!(table.sets.is_empty());
    assert!(table.note.starts_with("2 of "), "{}", table.note);
}

#[test]
fn a_long_table_shows_what_matters() {
    let filled = passing();
    for setting in Setting::all(&filled.test) {
        let whole = table(&filled.source(&setting));
        let some = shown(&whole, &setting, 5);
        assert_eq!((some.rows.len(), whole.rows.len()), (5, 8));
        assert!(some.note.contains(" 5 are shown: "), "{}", some.note);
        assert!(!whole.note.contains("shown"), "{}", whole.note);
        assert!(some.rows.iter().any(|row| row.here));
        let weakest = whole.rows.iter().filter(|row| !row.weakest_on.is_empty());
        assert!(weakest.into_iter().all(|row| some.rows.contains(row)));
        let order: Vec<&TableRow> = whole
            .rows
            .iter()
            .filter(|row| some.rows.contains(row))
            .collect();
        assert!(
            order.into_iter().eq(&some.rows),
            "in the order of the whole"
        );
    }
}

#[test]
fn a_field_with_a_comma_stands_in_quotes() {
    let filled = doorbell();
    let setting = Setting::default_of(&filled.test);
    let mut table = table(&filled.source(&setting));
    table.heads[0].name = "a \"b\", c".to_owned();
    let text = csv(&table);
    assert!(text.starts_with("\"a \"\"b\"\", c\","), "{text}");
    let lines: Vec<&str> = text.split("\r\n").collect();
    assert_eq!(lines.len(), table.rows.len() + 2);
    let fields = |line: &str| line.matches(',').count();
    assert!(
        lines[1..lines.len() - 1]
            .iter()
            .all(|line| fields(line) + 1 == fields(lines[0]))
    );
}

#[test]
fn what_the_axioms_allow_all_the_same_is_noted() {
    let mut filled = passing();
    let arm = MODELS.iter().position(|id| *id == "arm").unwrap();
    let note = "The axioms of Arm allow more.";
    let mut noted = 0;
    for row in &mut filled.rows {
        let cell = &mut row.cells[arm];
        if cell.goals[0] == Some(Reachable::No) {
            cell.goals[0] = Some(Reachable::Unknown);
            cell.beyond = Some(Beyond {
                goals: vec![true],
                note: note.to_owned(),
            });
            noted += 1;
        }
    }
    assert!(noted > 0);
    filled.find_sets();
    let setting = Setting::all_on(&filled.test);
    let table = table(&filled.source(&setting));
    assert_eq!(table.notes, ["Note 1, Arm: The axioms of Arm allow more."]);
    let cells = table.rows.iter().flat_map(|row| &row.cells);
    let told: Vec<_> = cells.filter(|cell| cell.note.is_some()).collect();
    assert_eq!(told.len(), noted);
    for cell in told {
        assert_eq!((cell.answer, cell.note), (CellAnswer::Open, Some(0)));
        assert_eq!((cell.symbol(), &*cell.word), ("○", "no schedule"));
        assert!(
            cell.label
                .ends_with("searched. The axioms of Arm allow more"),
            "{}",
            cell.label
        );
    }
    let text = plain(&table);
    assert!(text.contains(", note 1)"), "{text}");
    assert!(
        text.contains("\nNote 1, Arm: The axioms of Arm allow more.\n"),
        "{text}"
    );
    let sets = table
        .sets
        .iter()
        .find(|sets| sets.here)
        .expect("Arm has a sentence");
    assert!(!sets.weakest.proven && sets.models == "Arm");
}
