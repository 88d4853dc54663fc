//! What crosses a boundary by itself: models by their id, flavours by their name, step names by their parts.

use machine::{CpuModel, SrcuFlavour, StepName};

fn there_and_back(name: &str) {
    let step: StepName = name.parse().expect("a step name");
    let text = serde_json::to_string(&step).expect("a step name can be written");
    let back: StepName = serde_json::from_str(&text).expect("what was written");
    assert_eq!(back, step);
    assert_eq!(back.to_string(), name);
}

#[test]
fn step_names_come_back() {
    for name in ["0:3r", "1:12~1d", "w2-5~1:4x", "0:3s2", "0:3sw1-7", "0:3o"] {
        there_and_back(name);
    }
}

#[test]
fn a_model_is_its_id() {
    for model in CpuModel::ALL {
        let text = serde_json::to_string(model).expect("a model can be written");
        assert_eq!(text, format!("\"{}\"", model.id));
        let back: &'static CpuModel = serde_json::from_str(&text).expect("what was written");
        assert!(std::ptr::eq(back, model));
    }
    let unknown = serde_json::from_str::<&'static CpuModel>("\"vax\"").expect_err("no model");
    let message = unknown.to_string();
    assert!(message.contains("there is no CPU model “vax”"), "{message}");
}

#[test]
fn a_flavour_is_its_id() {
    for flavour in [SrcuFlavour::Fast, SrcuFlavour::Tree] {
        let text = serde_json::to_string(&flavour).expect("a flavour can be written");
        assert_eq!(text, format!("\"{}\"", flavour.id()));
        assert_eq!(
            serde_json::from_str::<SrcuFlavour>(&text).ok(),
            Some(flavour)
        );
    }
}
