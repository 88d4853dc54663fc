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

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments = arguments()?;
    let herd7 = Herd7::from_environment(Duration::from_secs(arguments.seconds))?;
    let herd7 = herd7.ok_or_else(|| format!("{VARIABLE} names no command"))?;
    let forms: &[Form] = match arguments.tongue {
        Tongue::Shared => &Form::ALL,
        Tongue::Own => &[Form::Exported],
    };
    let (mut same, mut left_out) = (0u64, BTreeMap::<&str, u64>::new());
    let mut classes: BTreeMap<(Form, String), u64> = BTreeMap::new();
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
                        let count = classes.entry((*form, difference.kind.clone()));
                        let count = count.or_insert(0);
                        *count += 1;
                        if *count == 1 {
                            println!("\n== {form}: {} ({})", difference.kind, program.name);
                            print(&small(&herd7, program, *difference));
                        }
                    }
                }
            }
        }
        from = to;
    }
    let differ: u64 = classes.values().sum();
    println!("\n{same} same, {differ} differ in {} ways", classes.len());
    for ((form, kind), count) in &classes {
        println!("{count} differ {form}: {kind}");
    }
    for (why, count) in &left_out {
        println!("{count} left out: {why}");
    }
    if differ > 0 {
        std::process::exit(1);
    }
    Ok(())
}

/// The same difference in a program that is as small as can be.
fn small(herd7: &Herd7, program: &Program, difference: Difference) -> Difference {
    let again = |text: &str| -> Option<Difference> {
        let texts = [text.to_owned()];
        let outcomes = compare(herd7, &texts, difference.form).ok()?;
        match outcomes.into_iter().next()? {
            Outcome::Differs(found) if found.kind == difference.kind => Some(*found),
            _ => None,
        }
    };
    let untidy = shrink(program, |text| again(text).is_some());
    let mut tidy = untidy.clone();
    tidy.tidy();
    let found = again(&tidy.text()).or_else(|| again(&untidy.text()));
    found.unwrap_or(difference)
}

fn print(difference: &Difference) {
    println!("{}", difference.text.trim_end());
    println!("-- we say\n{}", difference.ours.trim_end());
    println!("-- herd7 says\n{}", difference.theirs.trim_end());
}
