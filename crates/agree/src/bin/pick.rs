//! Picks, from random programs, the few that notice that a piece of LKMM is left
//! out, makes each small, and writes it to a folder.
//!
//! ```text
//! cargo run --profile native -p stalebus-agree --bin pick -- FOLDER [PROGRAMS]
//! ```
//!
//! Tests that the folder has already come first, so that nothing is picked twice.

use std::path::Path;

use agree::{Dialect, Program, cycle, shrink};
use lkmm::{Judgement, Model, judge, mutants};

/// Choices that judging one program may take.
const LIMIT: u64 = 200_000;

/// What a model says of a text, in full.
fn answer(text: &str, model: &'static Model) -> Option<Judgement> {
    let test = litmus::parse(text).test?;
    let judgement = judge(&test, model, LIMIT).ok()?;
    judgement.complete.then_some(judgement)
}

/// The mutant is noticed.
fn notices(text: &str, model: &'static Model, mutant: &'static Model) -> bool {
    let Some(ours) = answer(text, model) else {
        return false;
    };
    answer(text, mutant).is_none_or(|theirs| {
        (ours.positive, ours.negative, ours.states, ours.flags)
            != (
                theirs.positive,
                theirs.negative,
                theirs.states,
                theirs.flags,
            )
    })
}

/// Without what no thread uses.
fn tidy(program: &mut Program) {
    let used = |name: &str, program: &Program| {
        let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
        let texts = program.threads.iter().flatten().chain([&program.condition]);
        let pointed: Vec<&String> = program.init.iter().filter(|l| l.contains('&')).collect();
        texts
            .chain(pointed)
            .any(|text| text.split(|c| !is_word(c)).any(|word| word == name))
    };
    let name_of = |text: &str| {
        let text = text.split('=').next().unwrap_or("").trim();
        text.rsplit([' ', '*']).next().unwrap_or("").to_owned()
    };
    let params: Vec<String> = program
        .params
        .split(", ")
        .filter(|param| used(&name_of(param), program))
        .map(str::to_owned)
        .collect();
    let init: Vec<String> = program
        .init
        .iter()
        .filter(|line| {
            line.contains('&') || (used(&name_of(line), program) && !line.ends_with("= 0;"))
        })
        .cloned()
        .collect();
    (program.params, program.init) = (params.join(", "), init);
    let named = |t: usize, program: &Program| {
        program.condition.contains(&format!("{t}:"))
            || program
                .locations
                .iter()
                .any(|l| l.starts_with(&format!("{t}:")))
    };
    while program.threads.last().is_some_and(Vec::is_empty)
        && !named(program.threads.len() - 1, program)
    {
        program.threads.pop();
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let folder = arguments.next().ok_or("say which folder")?;
    let programs: u64 = arguments.next().map_or(Ok(6000), |n| n.parse())?;
    let model = Model::by_id("lkmm").ok_or("no such model")?;
    let mut alive: Vec<(String, &'static Model)> = mutants(model)
        .into_iter()
        .map(|mutant| (mutant.what, &*Box::leak(Box::new(mutant.model))))
        .collect();
    for entry in std::fs::read_dir(&folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|e| e == "litmus") {
            let text = std::fs::read_to_string(path)?;
            alive.retain(|(_, mutant)| !notices(&text, model, mutant));
        }
    }
    println!("{} mutants are not noticed yet", alive.len());
    let dialect = Dialect {
        atomics: true,
        locks: true,
        rcu: true,
        plain: true,
    };
    for seed in 0..programs {
        let program = cycle(seed, dialect);
        let text = program.text();
        let noticed: Vec<&(String, &'static Model)> = alive
            .iter()
            .filter(|(_, mutant)| notices(&text, model, mutant))
            .collect();
        if noticed.is_empty() {
            continue;
        }
        let mut small = shrink(&program, |text| {
            noticed
                .iter()
                .all(|(_, mutant)| notices(text, model, mutant))
        });
        tidy(&mut small);
        let whats: Vec<&str> = noticed.iter().map(|(what, _)| what.as_str()).collect();
        println!("{}: {}", small.name, whats.join("; "));
        let text = small.text();
        alive.retain(|(_, mutant)| !notices(&text, model, mutant));
        std::fs::write(
            Path::new(&folder).join(format!("{}.litmus", small.name)),
            text,
        )?;
    }
    for (what, _) in &alive {
        println!("not noticed: {what}");
    }
    Ok(())
}
