//! What is said of steps: values that nobody has replaced yet, callbacks, sections, barriers.

mod common;

use common::{scenario, scenarios, steps};
use machine::CpuModel;
use picture::{snapshot, transcript};

/// The sentence of the last step.
fn after(name: &str, names: &str) -> String {
    let mut lab = scenario(name);
    steps(&mut lab, names);
    lab.view().sentence
}

#[test]
fn the_first_load_gets_the_initial_value() {
    let first = after("message-passing", "1:1r");
    assert_eq!(
        first,
        "vCPU 1 loaded dist before it loaded ready, and got 0, the initial value."
    );
}

#[test]
fn a_value_is_old_only_when_there_is_another() {
    // The other one waits in a store buffer.
    let buffered = after("message-passing", "0:0b 1:1r");
    assert!(buffered.ends_with("and still got 0."), "{buffered}");
    // It is in memory, and this is it.
    let newest = after("message-passing", "0:0b 0:0d 1:1r");
    assert!(newest.ends_with("and got 1."), "{newest}");
}

/// Nobody has stored anything: no load of any scenario can be late.
#[test]
fn at_the_first_step_nothing_is_still_there() {
    for name in scenarios() {
        for model in CpuModel::ALL {
            let mut lab = scenario(&name);
            lab.set_model(model).expect("it compiles");
            let view = lab.view();
            let offers = view.cpus.iter().flat_map(|cpu| &cpu.bands);
            let offers = offers.flat_map(|b| &b.lines).flat_map(|l| &l.offers);
            for offer in offers {
                let text = &offer.preview;
                assert!(!text.contains("still"), "{name}, {}: {text}", model.id);
            }
        }
    }
}

#[test]
fn call_srcu_queues_a_callback() {
    let mut lab = scenario("missed-doorbell");
    steps(&mut lab, "0:0b 0:0d 0:1b 0:2b");
    let called = "VMM called call_srcu() for bus v1; the callback is not queued yet (modelled as one release store).";
    assert_eq!(lab.view().sentence, called);
    assert!(snapshot(&common::hardware(&lab)).contains("[called, not queued yet]"));
    steps(&mut lab, "0:1d 0:2d");
    let queued =
        "VMM's call_srcu() queued the callback that frees bus v1 (modelled as one release store).";
    assert_eq!(lab.view().sentence, queued);
    let told = transcript(&lab.view());
    assert!(told.contains(called) && told.contains(queued), "{told}");
    // On SC there is no buffer.
    let mut lab = scenario("missed-doorbell");
    lab.set_model(&machine::model::SC).expect("it compiles");
    steps(&mut lab, "0:0d 0:1d 0:2d");
    assert_eq!(lab.view().sentence, queued);
}

#[test]
fn sections_and_barriers_are_called_by_their_names() {
    assert_eq!(
        after("missed-doorbell", "1:1l"),
        "vCPU 0 entered an SRCU read-side critical section."
    );
    // Two domains: which one is said.
    let mut lab = scenario("freed-bus");
    let setting =
        litmus::Setting::parse_off(lab.test(), "wait:3").expect("there is such a position");
    lab.set(setting, lab.model(), lab.flavour())
        .expect("it compiles");
    steps(&mut lab, "1:0l");
    assert_eq!(
        lab.view().sentence,
        "vCPU 0 entered an SRCU read-side critical section of srcu."
    );
    let mut lab = scenario("store-buffering");
    let setting = litmus::Setting::all_on(lab.test());
    lab.set(setting, &machine::model::SC, lab.flavour())
        .expect("it compiles");
    steps(&mut lab, "0:0d 0:1f");
    assert_eq!(
        lab.view().sentence,
        "vCPU 0 (reader) executed smp_mb(): all its earlier accesses are complete."
    );
}
