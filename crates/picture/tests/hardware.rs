//! The hardware's picture: everything keeps its place, nothing overflows, Tree SRCU is told as it is.

mod common;

use std::collections::BTreeMap;

use common::{check, scenario, scenarios, steps};
use machine::{CpuModel, StepKind};
use picture::hardware::{GraceState, ReaderState, ScanResult, SectionState, TreeView};
use picture::{HardwareOptions, hardware_svg, hardware_words};
use session::Session;

/// A step of the offered ones, by a number that says which.
fn walk(lab: &mut Session, choose: &mut dyn FnMut(usize) -> usize) -> bool {
    let offers = lab.program().steps(lab.state());
    if offers.is_empty() {
        return false;
    }
    let step = lab.program().name(offers[choose(offers.len())]);
    lab.step(step).expect("it is offered");
    true
}

/// Numbers that look random and are the same every time.
fn dice(seed: u64) -> impl FnMut(usize) -> usize {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    move |below| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state % below.max(1) as u64) as usize
    }
}

fn attribute<'a>(tag: &'a str, name: &str) -> &'a str {
    let (_, rest) = tag.split_once(&format!(" {name}=\"")).expect(name);
    rest.split_once('"').expect("it is quoted").0
}

/// What does not move: the picture's size, every box, the place of every value of memory.
fn places(hardware: &picture::Hardware) -> BTreeMap<String, String> {
    let svg = hardware_svg(hardware, HardwareOptions::default());
    let mut places = BTreeMap::new();
    let keys: Vec<&str> = svg
        .lines()
        .filter(|line| line.contains(" data-key="))
        .map(|line| attribute(line, "data-key"))
        .collect();
    let different: std::collections::BTreeSet<&str> = keys.iter().copied().collect();
    assert_eq!(keys.len(), different.len(), "a key stands twice: {keys:?}");
    for line in svg.lines() {
        if line.starts_with("<svg") {
            let size = format!("{}x{}", attribute(line, "width"), attribute(line, "height"));
            places.insert("size".to_owned(), size);
        }
        if line.starts_with("<g ") && line.contains("data-key=\"m:") {
            let at = format!(
                "{},{}",
                attribute(line, "data-x"),
                attribute(line, "data-y")
            );
            places.insert(attribute(line, "data-key").to_owned(), at);
        }
        if line.starts_with("<rect") && !line.contains("chip-box") && !line.contains("hollow-part")
        {
            let class = attribute(line, "class")
                .split(' ')
                .next()
                .unwrap_or_default();
            let at = ["x", "y", "width", "height"].map(|name| attribute(line, name));
            places.insert(format!("{class} {}", at.join(" ")), String::new());
        }
    }
    places
}

#[test]
fn nothing_jumps() {
    for name in scenarios() {
        for model in CpuModel::ALL {
            let mut lab = scenario(&name);
            lab.set_model(model).expect("it compiles");
            let before = places(&common::hardware(&lab));
            for seed in 0..2 {
                lab.reset();
                let mut choose = dice(seed);
                while walk(&mut lab, &mut choose) {
                    let view = lab.view();
                    assert_eq!(
                        before,
                        places(&common::hardware(&lab)),
                        "{name} on {}",
                        model.id
                    );
                    for cpu in &view.cpus {
                        assert!(cpu.buffer.len() <= cpu.buffer_room, "{name}: {}", cpu.name);
                    }
                }
            }
        }
    }
}

/// As many stores as the room is for are in the buffer in some run, where nothing stands between them.
#[test]
fn the_room_is_no_larger_than_needed() {
    for (name, cpu, room) in [
        ("missed-doorbell", 0, 4),
        ("tree-srcu", 0, 1),
        ("tree-srcu", 1, 2),
        ("store-buffering", 0, 1),
    ] {
        let mut lab = scenario(name);
        lab.set_model(&machine::model::TSO).expect("it compiles");
        let setting = litmus::Setting::all_on(lab.test());
        for (toggle, position) in (0_u16..).zip(&setting.0) {
            lab.set_position(litmus::ToggleId(toggle), *position)
                .expect("it compiles");
        }
        let mut most = 0;
        for seed in 0..40 {
            lab.reset();
            let mut choose = dice(seed);
            // Drains come last, so buffers fill.
            loop {
                let offers = lab.program().steps(lab.state());
                let fill: Vec<_> = offers
                    .iter()
                    .filter(|step| step.kind != StepKind::Drain || usize::from(step.cpu) != cpu)
                    .collect();
                let Some(step) = (match fill.as_slice() {
                    [] => offers.first(),
                    some => Some(some[choose(some.len())]),
                }) else {
                    break;
                };
                let step = lab.program().name(*step);
                lab.step(step).expect("it is offered");
                most = most.max(lab.view().cpus[cpu].buffer.len());
            }
        }
        let view = lab.view();
        assert_eq!(
            (view.cpus[cpu].buffer_room, most),
            (room, room),
            "{name}, CPU {cpu}"
        );
    }
}

/// Plays until the line of a thread is done, that thread's steps alone.
fn run_cpu(lab: &mut Session, cpu: u8, count: usize) {
    for _ in 0..count {
        let offers = lab.program().steps(lab.state());
        let step = offers
            .iter()
            .find(|step| step.cpu == cpu)
            .expect("it can go on");
        let name = lab.program().name(*step);
        lab.step(name).expect("it is offered");
    }
}

fn tree(lab: &Session) -> TreeView {
    common::hardware(lab).srcu.tree.expect("Tree SRCU is drawn")
}

#[test]
fn the_reader_that_no_scan_can_see() {
    // x86-TSO, B is only smp_rmb(): the lock count waits in the buffer while the reader looks.
    let mut lab = scenario("tree-srcu");
    let reader = |lab: &Session| {
        let tree = tree(lab);
        (tree.readers[0].state, tree.readers[0].text.clone())
    };
    assert_eq!(reader(&lab).0, ReaderState::Outside);
    run_cpu(&mut lab, 0, 1);
    assert_eq!(
        reader(&lab),
        (
            ReaderState::Fetched,
            "has fetched rank 0, not counted in".to_owned()
        )
    );
    run_cpu(&mut lab, 0, 1);
    let (state, text) = reader(&lab);
    assert_eq!(state, ReaderState::Unseen, "{text}");
    assert_eq!(
        tree(&lab).readers[0].ranks[0].lock.pending.as_deref(),
        Some("1")
    );
    assert_eq!(tree(&lab).readers[0].ranks[0].lock.cell.value, "0");
    let drain = lab.view().cpus[0].buffer[0].drain;
    lab.step(drain).expect("it drains");
    assert_eq!(
        reader(&lab),
        (ReaderState::Inside, "inside, counted in rank 0".to_owned())
    );
    let lock = tree(&lab).readers[0].ranks[0].lock.clone();
    assert_eq!((lock.pending, lock.cell.value.as_str()), (None, "1"));
    assert!(lock.cell.written.expect("it was written").fresh);
}

#[test]
fn sums_as_they_are_formed() {
    let mut lab = scenario("tree-two-readers");
    lab.set_model(&machine::model::SC).expect("it compiles");
    // vCPU 0 counts itself in and stays; vCPU 1 comes and goes.
    run_cpu(&mut lab, 0, 2);
    let mut seen = Vec::new();
    let mut results = Vec::new();
    loop {
        let offers = lab.program().steps(lab.state());
        let Some(step) = offers.iter().find(|step| step.cpu == 2) else {
            break;
        };
        let name = lab.program().name(*step);
        lab.step(name).expect("it is offered");
        let tree = tree(&lab);
        let period = &tree.periods[0];
        let text = period.text.clone();
        if seen.last() != Some(&text) {
            seen.push(text);
        }
        results.push(
            period
                .scans
                .iter()
                .map(|scan| scan.result)
                .collect::<Vec<_>>(),
        );
        if period.scans[1].result == ScanResult::Differ {
            let sum = &period.scans[1].locks;
            assert_eq!(sum.total, Some(1));
            let parts: Vec<Option<i64>> = sum.parts.iter().map(|part| part.value).collect();
            assert_eq!(parts, [Some(1), Some(0)]);
        }
    }
    use ScanResult::{Differ, Equal, Open};
    assert_eq!(results.first(), Some(&vec![Open, Open]));
    assert!(results.contains(&vec![Equal, Open]));
    assert_eq!(results.last(), Some(&vec![Equal, Differ]));
    let differs = "SCAN2 has seen somebody: the kernel tries again, and this run does not count";
    let expected = [
        "not started".to_owned(),
        "start done".to_owned(),
        "SCAN1 of rank 1".to_owned(),
        "SCAN1 of rank 1 done".to_owned(),
        "flip done".to_owned(),
        "SCAN2 of rank 0".to_owned(),
        format!("SCAN2 of rank 0 done; {differs}"),
        format!("end done; {differs}"),
        format!("over, the callbacks have run; {differs}"),
    ];
    assert_eq!(seen, expected);
}

#[test]
fn what_is_left_out() {
    let mut lab = scenario("tree-scans");
    let tree = tree(&lab);
    assert_eq!(
        tree.periods.len(),
        2,
        "an earlier grace period and this one"
    );
    let results: Vec<Vec<ScanResult>> = tree
        .periods
        .iter()
        .map(|period| period.scans.iter().map(|scan| scan.result).collect())
        .collect();
    assert_eq!(
        results,
        [
            vec![ScanResult::Open],
            vec![ScanResult::LeftOut, ScanResult::Open]
        ]
    );
    assert_eq!(tree.current, Some(1));
    let flip = lab
        .test()
        .toggles
        .iter()
        .position(|t| t.name == "flip")
        .expect("a toggle");
    lab.set_position(litmus::ToggleId(flip as u16), 1)
        .expect("it compiles");
    let phases = self::tree(&lab).periods[1].phases.clone();
    let states: Vec<String> = phases
        .iter()
        .map(|p| format!("{} {}", p.name, p.state.text()))
        .collect();
    assert_eq!(
        states,
        [
            "start not yet",
            "SCAN1 left out",
            "flip left out",
            "SCAN2 not yet",
            "end not yet",
            "callbacks not yet"
        ]
    );
}

/// Without its barriers a later phase may begin before an earlier one is done.
#[test]
fn a_phase_that_is_early() {
    let mut lab = scenario("tree-srcu");
    lab.set_model(&machine::model::ARM).expect("it compiles");
    for name in ["start", "a1", "a2", "d", "e"] {
        let toggle = lab
            .test()
            .toggles
            .iter()
            .position(|t| t.name == name)
            .expect(name);
        lab.set_position(litmus::ToggleId(toggle as u16), 1)
            .expect("it compiles");
    }
    let offers = lab.program().steps(lab.state());
    let last = offers
        .iter()
        .rfind(|step| step.cpu == 1 && step.kind == StepKind::Read);
    let name = lab.program().name(*last.expect("a load"));
    lab.step(name).expect("it is offered");
    let period = tree(&lab).periods[0].clone();
    let early: Vec<&str> = period
        .phases
        .iter()
        .filter(|p| p.early)
        .map(|p| p.name)
        .collect();
    assert_eq!(early, ["SCAN2"]);
    assert_eq!(
        period.text,
        "SCAN2 of rank 0, though an earlier part is not done"
    );
}

#[test]
fn sections_and_grace_periods_by_name() {
    let mut lab = common::lab("uaf");
    lab.set_position(litmus::ToggleId(0), 0)
        .expect("it compiles");
    let start = common::hardware(&lab).srcu.domains[0].clone();
    assert_eq!(start.sections.len(), 1);
    assert_eq!(start.sections[0].state, SectionState::Outside);
    assert_eq!(start.grace_periods[0].state, GraceState::NotStarted);
    steps(&mut lab, "1:0l 0:0b 0:0d 0:1g");
    let domain = common::hardware(&lab).srcu.domains[0].clone();
    assert_eq!(domain.grace_periods[0].sections, [0]);
    assert!(domain.sections[0].awaited && domain.sections[0].state == SectionState::Inside);
    let line = domain.sections[0].number;
    assert!(
        domain.grace_periods[0]
            .short
            .ends_with(&format!(", line {line}"))
    );
    let words = hardware_words(&common::hardware(&lab)).join("\n");
    assert!(words.contains(&format!("since line {line}")), "{words}");
}

/// Every value that moves comes from a place that was in the picture before the step, or is a store
/// that reached memory without a buffer.
#[test]
fn what_moves_comes_from_somewhere() {
    let mut moves = BTreeMap::new();
    for name in ["missed-doorbell", "tree-srcu", "freed-bus"] {
        let mut lab = scenario(name);
        for seed in 0..5 {
            lab.reset();
            let mut choose = dice(seed);
            loop {
                let before = hardware_svg(&common::hardware(&lab), HardwareOptions::default());
                if !walk(&mut lab, &mut choose) {
                    break;
                }
                let after = hardware_svg(&common::hardware(&lab), HardwareOptions::default());
                for line in after.lines().filter(|line| line.contains(" data-from=")) {
                    let from = attribute(line, "data-from");
                    let known = before.contains(&format!("data-key=\"{from}\""));
                    let kind = from.split(':').next().unwrap_or_default().to_owned();
                    assert!(known, "{name}: {line}\n{before}");
                    *moves.entry(kind).or_insert(0) += 1;
                }
            }
        }
    }
    assert!(moves["b"] > 20 && moves["m"] > 5, "{moves:?}");
}

#[test]
fn pictures() {
    let mut lab = scenario("tree-srcu");
    // The reader is inside and cannot be seen, the first scan is over.
    run_cpu(&mut lab, 0, 2);
    run_cpu(&mut lab, 1, 4);
    let options = HardwareOptions {
        width: 300,
        compact: false,
    };
    check(
        "tree-scan1-hardware.svg",
        &hardware_svg(&common::hardware(&lab), options),
    );
    check(
        "tree-scan1-hardware.txt",
        &hardware_words(&common::hardware(&lab)).join("\n"),
    );
    run_cpu(&mut lab, 1, 5);
    check(
        "tree-scan2-hardware.svg",
        &hardware_svg(&common::hardware(&lab), options),
    );
    check(
        "tree-scan2-hardware.txt",
        &hardware_words(&common::hardware(&lab)).join("\n"),
    );
    let compact = HardwareOptions {
        width: 260,
        compact: true,
    };
    let mut lab = common::lab("doorbell");
    steps(&mut lab, "0:0b 0:0d 0:1b 0:2b 0:3b 1:1l 1:3r");
    check(
        "doorbell-compact-hardware.svg",
        &hardware_svg(&common::hardware(&lab), compact),
    );
    check(
        "doorbell-hardware.txt",
        &hardware_words(&common::hardware(&lab)).join("\n"),
    );
}

/// In the page, a bus object is as wide as this leaves it.
#[test]
fn a_narrow_object_says_what_matters_whole() {
    let mut lab = scenario("missed-doorbell");
    let options = HardwareOptions {
        width: 295,
        ..HardwareOptions::default()
    };
    let start = hardware_svg(&common::hardware(&lab), options);
    assert!(
        start.contains(">garbage<") && !start.contains(">not init"),
        "{start}"
    );
    let room = HardwareOptions {
        width: 500,
        ..options
    };
    let wide = hardware_svg(&common::hardware(&lab), room);
    assert!(wide.contains(">not initialised<"), "{wide}");
    steps(
        &mut lab,
        "0:0b 0:0d 0:1b 0:2b 0:3b 1:1l 1:3r 0:1d 0:2d 0:3d 1:0r 1:4r 1:5r 1:6u w0-2:2r w0-2:2~1g",
    );
    while walk(&mut lab, &mut |_| 0) {}
    let end = hardware_svg(&common::hardware(&lab), options);
    let line = end.split("freed, line ").nth(1);
    assert!(
        line.is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit())),
        "{end}"
    );
    assert!(!end.contains('…'), "{end}");
}
