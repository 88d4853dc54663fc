//! Picks, from random programs, the few that notice that a piece of LKMM is left
//! out, makes each small, and writes it to a folder.
//!
//! ```text
//! cargo run --profile native -p stalebus-agree --bin pick -- FOLDER [PROGRAMS]
//! ```
//!
//! Tests that the folder has already come first, so that nothing is picked twice.

use std::path::Path;

use agree::{Dialect, cycle, shrink};
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
        small.tidy();
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
