//! The graph of a run: what it says, and that it can be read.

mod common;

use std::fmt::Write as _;
use std::sync::Arc;

use common::{check, lab, steps};
use machine::CpuModel;
use scene::graph::{Node, NodeState};
use scene::{Graph, Lab, RunGraph};

const STALE: &str = "0:0b 0:0d 0:1b 0:2b 0:3b 1:1l 1:3r 0:1d 0:2d 0:3d 1:0r";

fn usual(graph: &Graph) -> impl Fn(&str) -> bool + use<> {
    let usual = graph.relations.iter().filter(|relation| relation.usual);
    let names: Vec<String> = usual.map(|relation| relation.name.clone()).collect();
    move |name: &str| names.iter().any(|usual| usual == name)
}

/// The picture and everything in words.
fn picture(file: &str, lab: &Lab) -> RunGraph {
    let found = RunGraph::of(lab);
    let shown = usual(&found.graph);
    check(
        &format!("{file}.svg"),
        &scene::graph_svg(&found.graph, &shown),
    );
    let mut text = format!("{}\n\n", found.sentence);
    for link in &found.links {
        let _ = writeln!(
            text,
            "{} {}: {} {:?}",
            link.place, link.name, link.text, link.lines
        );
    }
    let _ = writeln!(
        text,
        "\n{}",
        scene::graph::event_texts(&found.graph).join("\n")
    );
    let _ = writeln!(
        text,
        "\n{}",
        scene::graph::edge_texts(&found.graph, &|_| true).join("\n")
    );
    check(&format!("{file}.txt"), &text);
    found
}

fn node<'a>(found: &'a RunGraph, label: &str) -> &'a Node {
    let mut nodes = found.graph.nodes.iter();
    nodes
        .find(|node| node.label == label && !node.initial)
        .unwrap_or_else(|| {
            panic!(
                "no {label} among {:?}",
                scene::graph::event_texts(&found.graph)
            )
        })
}

#[test]
fn the_stale_read() {
    let mut lab = lab("doorbell");
    let nothing = RunGraph::of(&lab);
    assert!(nothing.graph.nodes.is_empty() && !nothing.has_cycle());
    assert!(nothing.sentence.starts_with("Nothing has happened"));
    steps(&mut lab, STALE);
    let found = picture("run-stale", &lab);
    assert!(found.has_cycle());
    // Each edge leads to the next, the last one to the first.
    for (at, edge) in found.graph.cycle.iter().enumerate() {
        let next = &found.graph.cycle[(at + 1) % found.graph.cycle.len()];
        assert_eq!(edge.to, next.from);
    }
    // The cycle closes with the load of the flag, and not before.
    let len = lab.len();
    lab.goto(len - 1);
    let before = RunGraph::of(&lab);
    assert!(!before.has_cycle(), "{}", before.sentence);
    assert_eq!(node(&before, "R flag=1").state, NodeState::ToCome);
    // A letter stays with its event, and an event where it is.
    for (now, then) in found.graph.nodes.iter().zip(&before.graph.nodes) {
        assert_eq!(
            (&now.letter, now.row, now.column),
            (&then.letter, then.row, then.column)
        );
    }
    // Where an event leads, it has taken effect.
    let position = node(&found, "W[release] buses[MMIO]=bus v2").position;
    lab.goto(position.expect("it is an event of the run"));
    let there = RunGraph::of(&lab);
    let state = |found: &RunGraph| node(found, "W[release] buses[MMIO]=bus v2").state;
    assert_eq!(state(&there), NodeState::Done);
    lab.back();
    assert_eq!(state(&RunGraph::of(&lab)), NodeState::Buffered);
}

#[test]
fn no_cycle_on_sc() {
    let mut lab = lab("sb");
    lab.set_model(&machine::model::SC).expect("it compiles");
    lab.set_position(litmus::ToggleId(0), 1)
        .expect("it compiles");
    play(&mut lab, 1);
    let found = picture("run-sb-sc", &lab);
    assert!(!found.has_cycle());
    assert!(
        found.sentence.starts_with("No cycle: "),
        "{}",
        found.sentence
    );
}

#[test]
fn store_buffers_make_a_cycle() {
    let mut lab = lab("sb");
    lab.set_model(&machine::model::TSO).expect("it compiles");
    lab.set_position(litmus::ToggleId(0), 1)
        .expect("it compiles");
    steps(&mut lab, "0:1b 0:3r 1:1b 1:2r 1:3r");
    // Memory has not taken the stores, so nothing has replaced anything.
    assert!(!RunGraph::of(&lab).has_cycle());
    play(&mut lab, 1);
    assert!(picture("run-sb-tso", &lab).has_cycle());
}

#[test]
fn a_guess_is_marked() {
    let mut lab = lab("guess");
    steps(&mut lab, "0:1t 0:2r");
    let found = RunGraph::of(&lab);
    let guessed = found.graph.nodes.iter();
    assert!(
        guessed
            .clone()
            .any(|node| node.state == NodeState::Speculative)
    );
    steps(&mut lab, "0:0r");
    let undone = RunGraph::of(&lab);
    let mut nodes = undone.graph.nodes.iter();
    assert!(nodes.all(|node| node.state != NodeState::Speculative));
}

/// Does steps to the end: of those that may happen, as a fixed sequence of numbers says.
fn play(lab: &mut Lab, seed: usize) {
    let mut random = seed.wrapping_mul(0x9e37_79b9) | 1;
    for _ in 0..600 {
        let steps = lab.program().steps(lab.state());
        if steps.is_empty() {
            return;
        }
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        let step = lab.program().name(steps[(random >> 11) % steps.len()]);
        lab.step(step).expect("it was offered");
    }
}

/// A program of so many CPUs with so many lines each.
fn random_program(seed: usize, cpus: usize, lines: usize) -> String {
    let mut random = seed.wrapping_mul(0x51_7cc1) | 1;
    let mut below = |n: usize| {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        (random >> 11) % n
    };
    let vars = ["x", "y", "buses", "ready"];
    let mut text = String::from("C random\n\n{}\n");
    for cpu in 0..cpus {
        let _ = write!(
            text,
            "\nP{cpu}(int *x, int *y, int *buses, int *ready, struct srcu_struct *s)\n{{\n"
        );
        let mut open = None;
        for line in 0..lines {
            let var = vars[below(vars.len())];
            let statement = match below(9) {
                0..=2 => format!("int r{line} = READ_ONCE(*{var});"),
                3 | 4 => format!("WRITE_ONCE(*{var}, {});", 1 + below(9)),
                5 => format!("int r{line} = smp_load_acquire({var});"),
                6 => format!("smp_store_release({var}, {});", 10 + below(90)),
                7 if below(2) == 0 => format!("int r{line} = xchg_relaxed({var}, {});", below(5)),
                7 => ["smp_mb();", "smp_wmb();", "smp_rmb();"][below(3)].to_owned(),
                _ => match open.take() {
                    Some(lock) => format!("srcu_read_unlock(s, i{lock});"),
                    None => {
                        open = Some(line);
                        format!("int i{line} = srcu_read_lock(s);")
                    }
                },
            };
            let _ = writeln!(text, "\t{statement}");
        }
        if let Some(lock) = open {
            let _ = writeln!(text, "\tsrcu_read_unlock(s, i{lock});");
        }
        text.push_str("}\n");
    }
    text.push_str("\nexists (x=1)\n");
    text
}

type Frame = [f64; 4];

fn attribute(line: &str, name: &str) -> f64 {
    let (_, rest) = line.split_once(&format!(" {name}=\"")).expect(name);
    let (value, _) = rest.split_once('"').expect("it is quoted");
    value.parse().expect("a number")
}

fn meet(a: &Frame, b: &Frame) -> bool {
    a[0] < b[2] && b[0] < a[2] && a[1] < b[3] && b[1] < a[3]
}

/// That nothing covers anything and all is within the picture.
fn readable(svg: &str, edges: usize, about: &dyn Fn() -> String) {
    let head = svg.lines().next().expect("a first line");
    let (width, height) = (attribute(head, "width"), attribute(head, "height"));
    let mut boxes: Vec<Frame> = Vec::new();
    let mut labels: Vec<Frame> = Vec::new();
    for line in svg.lines() {
        if line.contains("class=\"box\"") {
            let (x, y) = (attribute(line, "x"), attribute(line, "y"));
            boxes.push([
                x,
                y,
                x + attribute(line, "width"),
                y + attribute(line, "height"),
            ]);
        } else if line.starts_with("<text class=\"edge-label")
            || line.starts_with("<text class=\"heading\"")
        {
            let (x, y) = (attribute(line, "x"), attribute(line, "y"));
            let (_, text) = line.split_once('>').expect("it has a text");
            let text = text.trim_end_matches("</text>").chars();
            // Widths of an 11-pixel sans font.
            let width: f64 = text
                .map(|c| if "rftil ".contains(c) { 3.9 } else { 6.4 })
                .sum();
            labels.push([x, y - 8.0, x + width, y + 1.0]);
        } else if line.starts_with("<path class=\"line\"") {
            let (_, d) = line.split_once(" d=\"").expect("it has a way");
            let numbers = d.split(|c: char| !c.is_ascii_digit() && c != '.' && c != '-');
            let numbers: Vec<f64> = numbers.filter_map(|n| n.parse().ok()).collect();
            for point in numbers.chunks(2) {
                // The control points of a curve lie farther out than the curve.
                let inside = point[0] >= -30.0 && point[0] <= width + 30.0;
                assert!(
                    inside && point[1] >= 0.0 && point[1] <= height,
                    "{point:?} in {}",
                    about()
                );
            }
        }
    }
    let named = svg.matches("<text class=\"edge-label").count();
    assert_eq!(named, edges, "every edge has its label: {}", about());
    for frame in boxes.iter().chain(&labels) {
        let inside =
            frame[0] >= 0.0 && frame[1] >= 0.0 && frame[2] <= width + 1.0 && frame[3] <= height;
        assert!(inside, "{frame:?} in {width} x {height}: {}", about());
    }
    for (at, frame) in boxes.iter().enumerate() {
        assert!(
            !boxes[at + 1..].iter().any(|other| meet(frame, other)),
            "{}",
            about()
        );
    }
    for (at, label) in labels.iter().enumerate() {
        let mut others = boxes.iter().chain(&labels[at + 1..]);
        assert!(
            !others.any(|other| meet(label, other)),
            "{label:?}: {}",
            about()
        );
    }
}

#[test]
fn random_runs_can_be_read() {
    let (mut cycles, mut largest, mut edges_drawn) = (0, 0, 0);
    for seed in 0..160 {
        let (cpus, lines) = match seed % 8 {
            0 => (6, 12),
            1 => (6, 6),
            2 => (4, 12),
            other => (2 + other % 3, 3 + seed % 7),
        };
        let source = random_program(seed, cpus, lines);
        let parsed = litmus::parse(&source);
        let test = parsed
            .test
            .unwrap_or_else(|| panic!("{}\n{source}", parsed.diagnostics[0]));
        let mut lab = Lab::new("random".to_owned(), Arc::new(test)).expect("it compiles");
        lab.set_model(CpuModel::ALL[seed % CpuModel::ALL.len()])
            .expect("it compiles");
        play(&mut lab, seed + 3);
        for at in [lab.len(), lab.len() / 2] {
            lab.goto(at);
            let found = RunGraph::of(&lab);
            let all = |_: &str| true;
            let few = usual(&found.graph);
            let choices: [&dyn Fn(&str) -> bool; 2] = [&few, &all];
            for shown in choices {
                let svg = scene::graph_svg(&found.graph, shown);
                let edges = svg.matches("<g class=\"edge ").count();
                readable(&svg, edges, &|| format!("seed {seed} at {at}\n{source}"));
                edges_drawn += edges;
            }
            cycles += usize::from(found.has_cycle());
            largest = largest.max(found.graph.nodes.len());
        }
    }
    assert!(cycles > 10, "{cycles} cycles");
    assert!(largest >= 72, "{largest} events");
    assert!(edges_drawn > 10_000, "{edges_drawn} edges");
}

#[test]
fn each_event_of_a_run_is_a_button() {
    let mut lab = lab("doorbell");
    steps(&mut lab, STALE);
    let found = RunGraph::of(&lab);
    let svg = scene::graph_controls_svg(&found.graph, &usual(&found.graph));
    let events = found
        .graph
        .nodes
        .iter()
        .filter(|node| !node.initial)
        .count();
    assert_eq!(svg.matches("role=\"button\"").count(), events);
    assert_eq!(svg.matches(" data-position=").count(), events);
    assert!(
        !svg.contains("role=\"img\""),
        "what has buttons is no image"
    );
}
