//! Prints all scenarios as JSON, for the page: by its id the text of each, and the test as bytes
//! ([`litmus::packed::unpack`]) in base64.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

fn main() {
    let packed = |lesson: &'static lessons::Lesson| {
        let test = STANDARD.encode(litmus::packed::pack(&lesson.test()));
        (lesson.id, [lesson.source.to_owned(), test])
    };
    let all: BTreeMap<_, _> = lessons::all().iter().map(packed).collect();
    match serde_json::to_string(&all) {
        Ok(text) => println!("{text}"),
        Err(error) => {
            eprintln!("error: the scenarios as JSON: {error}");
            std::process::exit(1);
        }
    }
}
