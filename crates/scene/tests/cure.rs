//! The sentence about the cheapest cure.

mod common;

use explore::MatrixRun;
use litmus::{Setting, ToggleId};
use machine::{CpuModel, SrcuFlavour};
use scene::cure;

fn column(id: &str) -> usize {
    let found = CpuModel::ALL.iter().position(|model| model.id == id);
    found.expect("the model is there")
}

#[test]
fn the_doorbell_on_every_model() {
    let test = common::test("doorbell");
    let mut run = MatrixRun::new(test.clone(), SrcuFlavour::Fast, 100_000).expect("few settings");
    let mut setting = Setting::default_of(&test);
    let half = {
        run.step().expect("it compiles");
        run.matrix().clone()
    };
    while run.step().expect("it compiles").is_some() {}
    let matrix = run.matrix();
    let stale = |matrix, model, setting: &Setting| {
        cure::cheapest(&test, matrix, 0, column(model), setting).expect("all is known")
    };
    assert_eq!(half.rows.len(), 1);
    assert_eq!(
        stale(matrix, "arm", &setting),
        "Cheapest cure on Arm: smp_mb__after_srcu_read_lock(), or synchronize_srcu alone."
    );
    assert_eq!(
        stale(matrix, "tso", &setting),
        "On x86-TSO no barrier is needed against it."
    );
    setting.set(ToggleId(0), 1);
    assert_eq!(
        stale(matrix, "arm", &setting),
        "On Arm no barrier is needed against it."
    );
    let text = cure::searched(
        matrix.rows.len(),
        matrix.models.len(),
        matrix.explored,
        12_400,
    );
    assert!(text.ends_with("searched in 12 ms."), "{text}");
    assert!(
        text.starts_with(&format!(
            "{} settings × {} models, ",
            matrix.rows.len(),
            CpuModel::ALL.len()
        )),
        "{text}"
    );
}

#[test]
fn what_is_not_known_is_not_said() {
    let test = common::test("doorbell");
    let mut run = MatrixRun::new(test.clone(), SrcuFlavour::Fast, 1).expect("few settings");
    while run.step().expect("it compiles").is_some() {}
    let setting = Setting::default_of(&test);
    assert_eq!(
        cure::cheapest(&test, run.matrix(), 0, column("arm"), &setting),
        None
    );
}

#[test]
fn large_numbers_have_gaps() {
    assert_eq!(cure::grouped(185), "185");
    assert_eq!(cure::grouped(1_234_567), "1\u{202f}234\u{202f}567");
}
