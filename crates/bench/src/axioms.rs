//! What the axioms take: the corpus, chains of RCU, and locks that are emulated.

use std::collections::BTreeSet;
use std::path::Path;
use std::time::{Duration, Instant};

use litmus::Test;
use lkmm::{Judgement, Model, judge};

use crate::{Board, parse, programs};

/// Choices that a judgement may take: far more than any of these needs.
const ENOUGH: u64 = 100_000_000;

/// Judges a test. The time is that of all: control paths, executions, states.
fn time(test: &Test, model: &str) -> Option<(Judgement, Duration)> {
    let model = Model::by_id(model)?;
    let begun = Instant::now();
    let judgement = judge(test, model, ENOUGH).ok()?;
    judgement.complete.then(|| (judgement, begun.elapsed()))
}

fn row(board: &mut Board, what: &str, source: &str, target: Duration, cited: &str) {
    let Some(test) = parse(source) else { return };
    let Some((judgement, time)) = time(&test, "lkmm") else {
        return;
    };
    let executions = judgement.positive + judgement.negative;
    let each = time.as_secs_f64() * 1e6 / judgement.evaluated.max(1) as f64;
    let detail = format!(
        "{:<6} {executions} executions of {} looked at, {each:.1} µs each{cited}",
        judgement.verdict.name(),
        judgement.evaluated,
    );
    board.say(what, time, target, &detail);
}

/// Programs that are large for axioms. `quick` leaves out the largest.
pub fn large(board: &mut Board, quick: bool) {
    println!("\nLKMM's axioms, one thread: RCU in chains of many CPUs");
    for (cpus, graces) in [(7, 4), (8, 4), (8, 5)] {
        let what = format!("{cpus} CPUs, {graces} grace periods");
        let source = programs::rcu_chain(cpus, graces);
        let cited = "; herd7 (cited): > 20 s";
        row(board, &what, &source, Duration::from_secs(1), cited);
    }
    println!("\nLKMM's axioms, one thread: a lock emulated by one atomic");
    for cpus in [4, 5] {
        for atomic in ["cmpxchg", "xchg"] {
            for filter in [true, false] {
                let stress = cpus == 5 && !filter;
                if stress && quick {
                    continue;
                }
                let what = format!(
                    "{cpus} CPUs, {atomic}, {}",
                    if filter { "filter" } else { "exists only" }
                );
                let source = programs::emulated_lock(cpus, atomic, filter);
                let cited = if cpus == 4 {
                    "; herd7 (cited): 26 to over 60 s"
                } else {
                    ""
                };
                let target = Duration::from_secs(if stress { 60 } else { 1 });
                row(board, &what, &source, target, cited);
            }
        }
    }
    println!(
        "  What limits it: each execution is looked at; with every CPU added there are 60 to 90 times as many."
    );
}

/// The tests and models that the corpus has a line for.
fn lines(folder: &Path) -> Vec<(String, String)> {
    let text = std::fs::read_to_string(folder.join("expected.jsonl")).unwrap_or_default();
    let field = |line: &str, name: &str| {
        let (_, rest) = line.split_once(&format!("\"{name}\":\""))?;
        rest.split_once('"').map(|(value, _)| value.to_owned())
    };
    let line = |line: &str| Some((field(line, "file")?, field(line, "model")?));
    text.lines().filter_map(line).collect()
}

/// The corpus, by LKMM and by the axioms of the models of hardware.
pub fn corpus(board: &mut Board, folder: &Path) {
    println!("\nThe corpus by axioms, one thread");
    let lines = lines(folder);
    let models: BTreeSet<&str> = lines.iter().map(|(_, model)| model.as_str()).collect();
    let hardware: Vec<&str> = models.iter().copied().filter(|m| *m != "lkmm").collect();
    let groups = [("LKMM", vec!["lkmm"]), ("the models of hardware", hardware)];
    for (name, models) in groups {
        let mut times = Vec::new();
        let mut many = Vec::new();
        for (file, model) in lines.iter().filter(|(_, m)| models.contains(&m.as_str())) {
            let source = std::fs::read_to_string(folder.join(file)).unwrap_or_default();
            let Some(test) = parse(&source) else { continue };
            if let Some((_, time)) = time(&test, model) {
                times.push((time, format!("{} {model}", test.name)));
                if model == "lkmm" && test.threads.len() >= 7 {
                    many.push((time, test.name.clone()));
                }
            }
        }
        distribution(board, name, &mut times);
        distribution(board, "of these, 7 and more CPUs", &mut many);
    }
    println!(
        "  herd7 7.58 (cited), on other tests of the same collection: at least 12 ms a process, median 88 ms, p99 4.5 s"
    );
}

fn distribution(board: &mut Board, name: &str, times: &mut [(Duration, String)]) {
    times.sort();
    let Some((slowest, which)) = times.last() else {
        return;
    };
    let total: Duration = times.iter().map(|(time, _)| *time).sum();
    let at = |part: f64| times[((times.len() - 1) as f64 * part) as usize].0;
    println!(
        "  {name}: {} tests in {total:.2?}, {:.0} a second, median {:.1?}, p90 {:.1?}, p99 {:.1?}",
        times.len(),
        times.len() as f64 / total.as_secs_f64(),
        at(0.5),
        at(0.9),
        at(0.99),
    );
    board.say("slowest", *slowest, Duration::from_secs(1), which);
}
