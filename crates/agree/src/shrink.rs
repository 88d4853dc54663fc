//! Making a failing program small.

use crate::Program;

/// The smallest program, by leaving out lines and what else can go, that still fails. `fails` gets
/// litmus text; text that does not parse must not count as failing.
pub fn shrink(program: &Program, fails: impl Fn(&str) -> bool) -> Program {
    let mut best = program.clone();
    loop {
        let Some(smaller) = candidates(&best).into_iter().find(|p| fails(&p.text())) else {
            return best;
        };
        best = smaller;
    }
}

/// Every program with one thing less.
fn candidates(program: &Program) -> Vec<Program> {
    let mut out = Vec::new();
    let last = program.threads.len().saturating_sub(1);
    if last > 0 && !program.names_thread(last) {
        let mut without = program.clone();
        without.threads.pop();
        out.push(without);
    }
    for (t, lines) in program.threads.iter().enumerate() {
        let mut with = |lines: Vec<String>| {
            let mut smaller = program.clone();
            smaller.threads[t] = lines;
            out.push(smaller);
        };
        if !lines.is_empty() {
            with(Vec::new());
        }
        for (at, line) in lines.iter().enumerate() {
            if line.starts_with('}') {
                continue;
            }
            if line.ends_with('{') {
                fewer_blocks(lines, at).into_iter().for_each(&mut with);
            } else {
                with(without(lines, at, at + 1));
            }
        }
    }
    for at in 0..program.locations.len() {
        let mut without = program.clone();
        without.locations.remove(at);
        out.push(without);
    }
    for at in 0..program.init.len() {
        let mut without = program.clone();
        without.init.remove(at);
        out.push(without);
    }
    if !program.filter.is_empty() {
        let filter = String::new();
        out.push(Program {
            filter,
            ..program.clone()
        });
    }
    if !matches!(program.quantifier.as_str(), "" | "exists") {
        let quantifier = String::new();
        out.push(Program {
            quantifier,
            ..program.clone()
        });
    }
    for condition in simpler(&program.condition) {
        out.push(Program {
            condition,
            ..program.clone()
        });
    }
    out
}

/// The lines without those from `from` to before `to`.
fn without(lines: &[String], from: usize, to: usize) -> Vec<String> {
    let (before, rest) = lines.split_at(from);
    [before, rest.get(to - from..).unwrap_or_default()].concat()
}

/// Without the block at `at`, with one of its arms in its place, without its second arm.
fn fewer_blocks(lines: &[String], at: usize) -> Vec<Vec<String>> {
    let (mut depth, mut middle, mut end) = (0usize, None, lines.len());
    for (n, line) in lines.iter().enumerate().skip(at) {
        if line.starts_with('}') {
            depth = depth.saturating_sub(1);
            if depth == 0 && line == "}" {
                end = n;
                break;
            }
            if depth == 0 {
                middle = Some(n);
            }
        }
        depth += usize::from(line.ends_with('{'));
    }
    let after = (end + 1).min(lines.len());
    let arm = |from: usize, to: usize| [&lines[..at], &lines[from..to], &lines[after..]].concat();
    let mut out = vec![without(lines, at, after)];
    out.push(arm(at + 1, middle.unwrap_or(end)));
    if let Some(middle) = middle {
        out.push(arm(middle + 1, end));
        out.push(without(lines, middle, end));
    }
    out
}

/// The pieces of a condition, if any part of it is joined to another, and the one that always holds.
fn simpler(condition: &str) -> Vec<String> {
    let mut out = Vec::new();
    if condition != "true" {
        out.push("true".to_owned());
    }
    for joint in [" /\\ ", " \\/ ", " => "] {
        let parts: Vec<&str> = condition.split(joint).collect();
        if parts.len() > 1 {
            for at in 0..parts.len() {
                let mut fewer = parts.clone();
                fewer.remove(at);
                out.push(fewer.join(joint));
            }
        }
    }
    out
}
