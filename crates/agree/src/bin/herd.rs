//! Compares what we say of random programs of the whole dialect with what herd7 says of them, and makes small what
//! differs.
//!
//! ```text
//! STALEBUS_HERD7='herd7 -I FOLDER -conf linux-kernel.cfg' \
//!   cargo run --profile native -p stalebus-agree --bin herd -- [--programs 1000] [--seed 0] [--seconds 5] \
//!   [--own] [--without locks,srcu]
//! ```
//!
//! Each program goes to herd7 as it is, as `fmt` prints it and as `export --herd` writes it. With `--own` programs
//! also use what only we read, and go as exported alone. What they can be `--without` stands in [`agree::THEMES`].

use std::collections::BTreeMap;
use std::time::Duration;

use agree::differ::{Difference, Form, Outcome, compare};
use agree::herd7::{Herd7, VARIABLE};
use agree::{Program, THEMES, Tongue, shrink, whole};

/// Tests in one call of herd7.
const BATCH: u64 = 20;

struct Arguments {
    programs: u64,
    seed: u64,
    seconds: u64,
    tongue: Tongue,
    without: Vec<&'static str>,
}

fn arguments() -> Result<Arguments, String> {
    let mut read = Arguments {
        programs: 1000,
        seed: 0,
        seconds: 5,
        tongue: Tongue::Shared,
        without: Vec::new(),
    };
    let mut words = std::env::args().skip(1);
    while let Some(word) = words.next() {
        let mut value = || words.next().unwrap_or_default();
        let mut number = || {
            let value = value();
            let number = value.parse::<u64>();
            number.map_err(|error| format!("{word}: {error}: `{value}`"))
        };
        match word.as_str() {
            "--programs" => read.programs = number()?,
            "--seed" => read.seed = number()?,
            "--seconds" => read.seconds = number()?,
            "--own" => read.tongue = Tongue::Own,
            "--without" => {
                for name in value().split(',') {
                    let known = THEMES.iter().find(|theme| **theme == name);
                    let known = known.ok_or_else(|| format!("`{name}` is none of {THEMES:?}"))?;
                    read.without.push(known);
                }
            }
            _ => return Err(format!("what is `{word}`?")),
        }
    }
    Ok(read)
}

/// All that differs in one way.
struct Class {
    count: u64,
    first: Program,
    difference: Difference,
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments = arguments()?;
    let herd7 = Herd7::from_environment(Duration::from_secs(arguments.seconds))?;
    let herd7 = herd7.ok_or_else(|| format!("{VARIABLE} names no command"))?;
    let forms: &[Form] = match arguments.tongue {
        Tongue::Shared => &Form::ALL,
        Tongue::Own => &[Form::Exported],
    };
    let (mut same, mut left_out) = (0u64, BTreeMap::<&str, u64>::new());
    let mut classes: BTreeMap<(Form, String), Class> = BTreeMap::new();
    let end = arguments.seed + arguments.programs;
    let mut from = arguments.seed;
    while from < end {
        let to = end.min(from + BATCH);
        let programs: Vec<Program> = (from..to)
            .map(|seed| whole(seed, arguments.tongue, &arguments.without))
            .collect();
        let texts: Vec<String> = programs.iter().map(Program::text).collect();
        for form in forms {
            let outcomes = compare(&herd7, &texts, *form)?;
            for (program, outcome) in programs.iter().zip(outcomes) {
                match outcome {
                    Outcome::Same => same += 1,
                    Outcome::LeftOut(why) => *left_out.entry(why).or_default() += 1,
                    Outcome::Differs(difference) => {
                        let key = (*form, difference.kind.clone());
                        classes
                            .entry(key)
                            .and_modify(|class| class.count += 1)
                            .or_insert_with(|| Class {
                                count: 1,
                                first: program.clone(),
                                difference: *difference,
                            });
                    }
                }
            }
        }
        from = to;
    }
    let differ: u64 = classes.values().map(|class| class.count).sum();
    println!("{same} same, {differ} differ in {} ways", classes.len());
    for (why, count) in &left_out {
        println!("{count} left out: {why}");
    }
    for ((form, kind), class) in &classes {
        println!("\n== {} {form}: {kind} ({})", class.count, class.first.name);
        let small = small(&herd7, class);
        print(&small);
    }
    if differ > 0 {
        std::process::exit(1);
    }
    Ok(())
}

/// The first difference of a class, made small.
fn small(herd7: &Herd7, class: &Class) -> Difference {
    let again = |text: &str| -> Option<Difference> {
        let texts = [text.to_owned()];
        let outcomes = compare(herd7, &texts, class.difference.form).ok()?;
        match outcomes.into_iter().next()? {
            Outcome::Differs(found) if found.kind == class.difference.kind => Some(*found),
            _ => None,
        }
    };
    let mut program = shrink(&class.first, |text| again(text).is_some());
    let untidy = program.clone();
    program.tidy();
    let found = again(&program.text()).or_else(|| again(&untidy.text()));
    found.unwrap_or_else(|| class.difference.clone())
}

fn print(difference: &Difference) {
    println!("{}", difference.text.trim_end());
    println!("-- we say\n{}", difference.ours.trim_end());
    println!("-- herd7 says\n{}", difference.theirs.trim_end());
}
