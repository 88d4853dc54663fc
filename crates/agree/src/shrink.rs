//! Making a failing program small.

use crate::Program;

/// The smallest program, by leaving out lines, that still fails. `fails` gets
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
    for (t, lines) in program.threads.iter().enumerate() {
        if !lines.is_empty() {
            let mut without = program.clone();
            without.threads[t].clear();
            out.push(without);
        }
        for (at, line) in lines.iter().enumerate() {
            if line == "}" {
                continue;
            }
            let mut without = program.clone();
            if line.ends_with('{') {
                // The braces go, what is between them stays.
                if let Some(end) = lines.iter().skip(at).position(|l| l == "}") {
                    without.threads[t].remove(at + end);
                }
            }
            without.threads[t].remove(at);
            out.push(without);
        }
    }
    for at in 0..program.locations.len() {
        let mut without = program.clone();
        without.locations.remove(at);
        out.push(without);
    }
    out
}
