//! `stalebus-split`: the library's functions for the files of a build.

use std::env;
use std::fs;
use std::process::ExitCode;

use split::{Later, order, profile, split};

const USAGE: &str = "usage: stalebus-split halves BOUND LINKED LATER.txt COLD.txt FIRST.wasm SECOND.wasm NAMES.txt
       stalebus-split alike MODULE ALIKE.wasm
       stalebus-split noting BOUND NOTING.wasm
       stalebus-split cold BOUND LATER.txt RAN.txt COLD.txt

BOUND is the module that wasm-bindgen has bound, LINKED the same as the linker has left it. NAMES.txt says by which short names
FIRST.wasm asks for what it imports.";

fn main() -> ExitCode {
    let words: Vec<String> = env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let said = match words.as_slice() {
        ["halves", bound, linked, later, cold, first, second, names] => {
            halves([bound, linked, later, cold], [first, second, names])
        }
        ["alike", module, alike] => put_in_order(module, alike),
        ["noting", bound, noting] => note(bound, noting),
        ["cold", bound, later, ran, cold] => name_cold(bound, later, ran, cold),
        _ => {
            eprintln!("{USAGE}");
            return ExitCode::from(2);
        }
    };
    match said {
        Ok(said) => {
            println!("{said}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn halves(from: [&str; 4], to: [&str; 3]) -> Result<String, String> {
    let [bound, linked, list, cold] = from;
    let later = Later::parse(&text(list)?).with_profile(&text(cold)?);
    let halves = split(&bytes(bound)?, Some(&bytes(linked)?), &later)?;
    for path in &halves.unused {
        eprintln!("{list}: no function has `{path}` in its name");
    }
    let [now, then, stand_ins] = halves.functions;
    write(to[0], &halves.first)?;
    write(to[1], &halves.later)?;
    let names = halves.names.iter();
    let names: String = names
        .map(|(long, short)| format!("{long} {short}\n"))
        .collect();
    write(to[2], names.as_bytes())?;
    Ok(format!(
        "{now} functions for the first view, {then} later, {stand_ins} stand-ins, {} bytes of constants later",
        halves.data
    ))
}

fn put_in_order(module: &str, alike: &str) -> Result<String, String> {
    write(alike, &order::alike(&bytes(module)?)?)?;
    Ok(format!(
        "{alike} has functions that are alike next to one another"
    ))
}

fn note(bound: &str, noting: &str) -> Result<String, String> {
    write(noting, &profile::noting(&bytes(bound)?)?)?;
    Ok(format!("{noting} notes what it runs"))
}

fn name_cold(bound: &str, later: &str, ran: &str, cold: &str) -> Result<String, String> {
    let ran = text(ran)?
        .split_whitespace()
        .map(|number| {
            number
                .parse()
                .map_err(|_| format!("{ran}: \"{number}\" is no number"))
        })
        .collect::<Result<_, String>>()?;
    let told = profile::told(&bytes(bound)?, &Later::parse(&text(later)?), &ran)?;
    write(cold, told.as_bytes())?;
    Ok(format!("{cold}: {} functions", told.lines().count()))
}

fn bytes(path: &str) -> Result<Vec<u8>, String> {
    fs::read(path).map_err(|error| format!("{path}: {error}"))
}

fn text(path: &str) -> Result<String, String> {
    fs::read_to_string(path).map_err(|error| format!("{path}: {error}"))
}

fn write(path: &str, content: &[u8]) -> Result<(), String> {
    fs::write(path, content).map_err(|error| format!("{path}: {error}"))
}
