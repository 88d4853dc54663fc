//! Executions as pictures and in words.

mod common;

use std::sync::Arc;

use common::{check, source, test};
use litmus::{Setting, ToggleId};
use lkmm::{Execution, Link, Question, Why};
use scene::Graph;
use scene::axioms::AxiomNames;

/// Why LKMM allows or forbids the condition of a test under a setting.
fn asked(name: &str, setting: &Setting) -> (Why, AxiomNames) {
    let test = test(name);
    let names = AxiomNames::new(&test, setting, Some(&source(name)));
    let resolved = Arc::new(test.with(setting));
    let cond = resolved
        .condition
        .as_ref()
        .expect("it has a condition")
        .cond
        .clone();
    let mut question = Question::new(resolved, &lkmm::models::LKMM, cond);
    let why = question.run(&names, 10_000_000).expect("it can be judged");
    (why.expect("it is answered"), names)
}

fn picture(file: &str, execution: &Execution, cycle: &[Link], names: &AxiomNames) -> Graph {
    let graph = scene::graph::of_execution(execution, cycle, names);
    let usual = |name: &str| {
        let mut relations = graph.relations.iter();
        relations.any(|relation| relation.name == name && relation.usual)
    };
    check(&format!("{file}.svg"), &scene::graph_svg(&graph, &usual));
    let mut text = scene::graph::event_texts(&graph).join("\n");
    text.push_str("\n\n");
    text.push_str(&scene::graph::edge_texts(&graph, &usual).join("\n"));
    text.push('\n');
    check(&format!("{file}.txt"), &text);
    graph
}

fn forbidden(name: &str, setting: &Setting) -> Graph {
    let (why, names) = asked(name, setting);
    let Why::Forbidden(explanation) = why else {
        panic!("{name} is not forbidden: {why:?}");
    };
    picture(
        &format!("graph-{name}-forbidden"),
        &explanation.execution,
        &explanation.cycle,
        &names,
    )
}

fn allowed(name: &str, setting: &Setting) -> Graph {
    let (why, names) = asked(name, setting);
    let Why::Allowed(execution) = why else {
        panic!("{name} is not allowed: {why:?}");
    };
    picture(&format!("graph-{name}-allowed"), &execution, &[], &names)
}

#[test]
fn the_doorbell() {
    let test = test("doorbell");
    let mut setting = Setting::default_of(&test);
    let graph = allowed("doorbell", &setting);
    assert_eq!(
        graph.columns,
        ["VMM", "vCPU 0"],
        "a callback that has not run is left out"
    );
    assert!(graph.cycle.is_empty());
    setting.set(ToggleId(1), 0);
    let graph = forbidden("doorbell", &setting);
    // Each link leads to the next, the last one to the first.
    for (at, edge) in graph.cycle.iter().enumerate() {
        assert_eq!(edge.to, graph.cycle[(at + 1) % graph.cycle.len()].from);
    }
    // Lines are those of the page.
    let flag = graph
        .nodes
        .iter()
        .find(|node| node.label == "R[once]flag=1");
    let flag = flag.expect("the load of the flag");
    assert_eq!(
        (flag.line, flag.line_id.as_deref()),
        (Some(26), Some("1:0"))
    );
}

#[test]
fn three_threads() {
    forbidden("wrc", &Setting::all_on(&test("wrc")));
}

/// The boxes of the events and the labels of the edges: left, top, right, bottom.
fn frames(svg: &str) -> (Vec<[f64; 4]>, Vec<[f64; 4]>) {
    let number = |line: &str, name: &str| -> f64 {
        let (_, rest) = line.split_once(&format!(" {name}=\"")).expect(name);
        let (value, _) = rest.split_once('"').expect("it is quoted");
        value.parse().expect("a number")
    };
    let boxes = svg.lines().filter(|line| line.contains("class=\"box\""));
    let boxes = boxes.map(|line| {
        let (x, y) = (number(line, "x"), number(line, "y"));
        [x, y, x + number(line, "width"), y + number(line, "height")]
    });
    let labels = svg
        .lines()
        .filter(|line| line.contains("<text class=\"edge-label"));
    let labels = labels.map(|line| {
        let (x, y) = (number(line, "x"), number(line, "y"));
        let (_, text) = line.split_once('>').expect("it has a text");
        let text = text.trim_end_matches("</text>").chars();
        // Widths of an 11-pixel sans font.
        let width: f64 = text
            .map(|c| if "rftil".contains(c) { 3.9 } else { 6.4 })
            .sum();
        [x, y - 8.0, x + width, y]
    });
    (boxes.collect(), labels.collect())
}

fn meet(a: &[f64; 4], b: &[f64; 4]) -> bool {
    a[0] < b[2] && b[0] < a[2] && a[1] < b[3] && b[1] < a[3]
}

#[test]
fn six_cpus_of_twelve_events_can_be_read() {
    let graph = forbidden("six", &Setting::all_on(&test("six")));
    assert_eq!(graph.columns.len(), 6);
    assert!(graph.nodes.iter().filter(|node| !node.initial).count() >= 66);
    let usual = |name: &str| {
        let mut relations = graph.relations.iter();
        relations.any(|relation| relation.name == name && relation.usual)
    };
    let svg = scene::graph_svg(&graph, &usual);
    let (boxes, labels) = frames(&svg);
    for (at, one) in boxes.iter().enumerate() {
        assert!(
            !boxes[at + 1..].iter().any(|other| meet(one, other)),
            "{one:?}"
        );
    }
    let hidden = labels.iter().enumerate().filter(|(at, label)| {
        boxes
            .iter()
            .chain(&labels[at + 1..])
            .any(|other| meet(label, other))
    });
    let hidden = hidden.count();
    assert_eq!(hidden, 0, "of {} labels are covered", labels.len());
}

#[test]
fn a_relation_is_drawn_when_it_is_shown() {
    let test = test("doorbell");
    let (why, names) = asked("doorbell", &Setting::default_of(&test));
    let Why::Allowed(execution) = why else {
        panic!("it is allowed");
    };
    let graph = scene::graph::of_execution(&execution, &[], &names);
    for relation in &graph.relations {
        let alone = scene::graph_svg(&graph, &|name| name == relation.name);
        assert_eq!(
            alone.matches("<g class=\"edge ").count(),
            relation.edges.len(),
            "{}",
            relation.name
        );
        assert!(alone.contains(relation.family.class()), "{}", relation.name);
    }
    let none = scene::graph_svg(&graph, &|_| false);
    assert!(!none.contains("class=\"edge "));
    assert_eq!(none.matches("data-event=").count(), graph.nodes.len());
    assert!(
        graph.relations.iter().any(|relation| !relation.usual),
        "the model has derived some"
    );
}
