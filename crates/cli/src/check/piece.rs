//! What is printed for one test and one model.

use std::time::{Duration, Instant};

use explore::verdict::{report, start};
use explore::{Progress, Report};
use litmus::{Setting, Test};
use machine::{CpuModel, SrcuFlavour};

use crate::args::CheckArgs;
use crate::claim::{self, Judgement};
use crate::herd_format;
use crate::json::{Object, seconds};
use crate::load::Loaded;
use crate::ordered::Stop;
use crate::status::Status;
use crate::verdict_word::word;

/// States between two looks at [`Stop`].
const SLICE: usize = 1 << 14;

/// See the module.
#[derive(Debug, Default)]
pub struct Piece {
    /// For the standard error.
    pub messages: String,
    /// For the standard output.
    pub text: String,
    /// How it went.
    pub status: Status,
}

/// Searches, judges and formats.
pub fn piece(args: &CheckArgs, loaded: &Loaded, model: &'static CpuModel, stop: &Stop) -> Piece {
    let begun = Instant::now();
    let test = &loaded.resolved;
    let mut search = match start(test, model, loaded.flavour, args.limit.states) {
        Ok(search) => search,
        Err(error) => {
            let message = format!("{} ({})", error.message, model.name);
            return Piece {
                messages: loaded.source.error_at(error.span, &message),
                text: String::new(),
                status: Status::Failed,
            };
        }
    };
    let progress = loop {
        match search.run(SLICE) {
            Progress::Running if stop.asked() => return Piece::default(),
            Progress::Running => {}
            done => break done,
        }
    };
    let report = report(test, &search, progress);
    drop(search);
    let time = begun.elapsed();
    let judged = judged(loaded, &report);
    let text = if args.json {
        json(&loaded.source.name, test, &report, time) + "\n"
    } else {
        text(loaded, &report, time, judged)
    };
    let (messages, status) = match judged {
        Some(Judgement::Contradicted) => (contradiction(loaded, &report), Status::Contradicted),
        _ => (String::new(), Status::Fine),
    };
    Piece {
        messages,
        text,
        status,
    }
}

/// A claim is about the file as written.
fn judged(loaded: &Loaded, report: &Report) -> Option<Judgement> {
    let claim = loaded.test.expected.as_ref()?;
    (loaded.setting == Setting::all_on(&loaded.test)).then(|| claim::judge(claim, report))
}

fn text(loaded: &Loaded, report: &Report, time: Duration, judged: Option<Judgement>) -> String {
    let test = &loaded.resolved;
    let mut out = herd_format::block(test, report, &setting(loaded), time);
    if let (Some(judged), Some(claim)) = (judged, &test.expected) {
        let words = claim::words(claim);
        out.push_str(&format!(
            "Claim {} {words}: {}\n",
            test.name,
            judged.words()
        ));
    }
    out.push('\n');
    out
}

/// What differs from the file as written, under SRCU-fast.
fn setting(loaded: &Loaded) -> String {
    let mut text = String::new();
    if loaded.flavour != SrcuFlavour::Fast {
        text.push_str(&format!(", SRCU {}", loaded.flavour.id()));
    }
    let off = loaded.setting.to_off(&loaded.test);
    if !off.is_empty() {
        text.push_str(&format!(", off: {off}"));
    }
    text
}

fn json(file: &str, test: &Test, report: &Report, time: Duration) -> String {
    Object::new()
        .text("file", file)
        .text("test", &test.name)
        .text("model", report.model.id)
        .text("verdict", word(report))
        .number("positive", report.positive)
        .number("negative", report.negative)
        .texts("states", &report.states)
        .texts("flags", report.flags())
        .truth("complete", report.complete)
        .number("explored", report.explored)
        .raw("seconds", &seconds(time))
        .end()
}

fn contradiction(loaded: &Loaded, report: &Report) -> String {
    let Some(claim) = &loaded.test.expected else {
        return String::new();
    };
    let (line, column, _) = loaded.source.place(claim.span);
    let found = match claim.verdict {
        litmus::ExpectedVerdict::Never => "the condition holds in",
        litmus::ExpectedVerdict::Always => "the condition does not hold in",
        _ => "the test ends in",
    };
    let count = match claim.verdict {
        litmus::ExpectedVerdict::Never => report.positive,
        litmus::ExpectedVerdict::Always => report.negative,
        _ => report.positive + report.negative,
    };
    let states = if count == 1 { "state" } else { "states" };
    format!(
        "mismatch: {}:{line}:{column}: `Result: {}`, but on {} {found} {count} final {states} ({})\n",
        loaded.source.name,
        claim::words(claim),
        report.model.name,
        word(report),
    )
}
