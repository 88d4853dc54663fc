//! The pictures and reasons in docs/lkmm.md are those that the programs beside it give.
//!
//! `STALEBUS_BLESS=1 cargo test -p stalebus-picture --test pictures` makes them anew.

use std::fmt::Write;
use std::path::PathBuf;
use std::sync::Arc;

use litmus::Setting;
use lkmm::{Question, TestNames, Why};
use picture::Theme;
use picture::axioms::AxiomNames;

fn docs() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../docs")
}

/// The text that stands for a program, and its picture.
fn answer(name: &str) -> (String, String) {
    let path = docs().join("lkmm").join(format!("{name}.litmus"));
    let source = std::fs::read_to_string(path).expect("the program");
    let test = litmus::parse(&source).test.expect("it parses");
    let setting = Setting::default_of(&test);
    let names = AxiomNames::new(&test, &setting, None);
    let condition = test.condition.clone().expect("it has a condition");
    let mut question = Question::new(
        Arc::new(test.with(&setting)),
        &lkmm::models::LKMM,
        condition.cond,
    );
    // Without lines: the chapter shows programs without numbers.
    let plain = TestNames::new(&test, None);
    let why = question.run(&plain, 1_000_000).expect("it can be judged");
    let mut text = String::from("\n```c\n");
    let body = source.split_once("{}\n").map_or("", |(_, body)| body);
    text.push_str(body.trim());
    text.push_str("\n```\n\n");
    let (execution, cycle) = match why.expect("it is answered") {
        Why::Allowed(execution) => {
            let _ = writeln!(text, "![An execution that LKMM allows](lkmm/{name}.svg)\n");
            let _ = writeln!(text, "Allowed: `{}`.", execution.state);
            (execution, Vec::new())
        }
        Why::Forbidden(why) => {
            let _ = writeln!(text, "![The execution and its circle](lkmm/{name}.svg)\n");
            let _ = writeln!(text, "Forbidden by *{}*: {}\n", why.axiom, why.rule);
            for (at, link) in why.cycle.iter().enumerate() {
                let _ = writeln!(text, "{}. `{}`: {}", at + 1, link.relation, link.text);
            }
            let _ = writeln!(text, "\n{}", why.conclusion);
            (Box::new(why.execution), why.cycle)
        }
        Why::NoSuchValues => panic!("{name}: nothing to draw"),
    };
    let graph = picture::graph::of_execution(&execution, &cycle, &names);
    let usual = |name: &str| {
        let mut relations = graph.relations.iter();
        relations.any(|relation| relation.name == name && relation.usual)
    };
    let svg = picture::standalone_svg(&picture::graph_svg(&graph, &usual), Theme::Light);
    (text, svg)
}

#[test]
fn the_chapter_shows_what_the_engine_says() {
    let bless = std::env::var_os("STALEBUS_BLESS").is_some();
    let path = docs().join("lkmm.md");
    let chapter = std::fs::read_to_string(&path).expect("the chapter");
    let mut made = String::new();
    let mut rest = chapter.as_str();
    let mut programs = 0;
    while let Some((before, after)) = rest.split_once("<!-- why: ") {
        let (name, after) = after.split_once(" -->\n").expect("a name");
        let (_, after) = after.split_once("<!-- end -->").expect("an end");
        let (text, svg) = answer(name);
        let _ = write!(made, "{before}<!-- why: {name} -->\n{text}\n<!-- end -->");
        let picture = docs().join("lkmm").join(format!("{name}.svg"));
        if bless {
            std::fs::write(&picture, &svg).expect("the picture");
        }
        let shown = std::fs::read_to_string(&picture).expect("the picture");
        assert!(shown == svg, "{name}.svg is not what the engine draws");
        rest = after;
        programs += 1;
    }
    made.push_str(rest);
    if bless {
        std::fs::write(&path, &made).expect("the chapter");
    } else {
        assert_eq!(made, chapter, "docs/lkmm.md is not what the engine says");
    }
    let files = std::fs::read_dir(docs().join("lkmm")).expect("the programs");
    let litmus = files.filter(|file| {
        let path = file.as_ref().expect("a file").path();
        path.extension().is_some_and(|e| e == "litmus")
    });
    assert_eq!(litmus.count(), programs, "each program is shown");
}
