//! What is printed for one test and one model.

use std::time::{Duration, Instant};

use explore::verdict::{report, start};
use explore::{Progress, Report};
use litmus::{Setting, Span, Test};
use lkmm::{Counting, Judgement};
use machine::{CpuModel, SrcuFlavour};
use protocol::json;

use super::verdicts::{self, Compared};
use crate::answer::Answer;
use crate::args::CheckArgs;
use crate::axioms::{self, Axioms, lkmm_judge};
use crate::claim;
use crate::herd_format;
use crate::load::{Failure, Loaded};
use crate::model::Model;
use crate::ordered::Stop;
use crate::status::Status;
use crate::why::{self, Speaker, Told};

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

/// Searches or judges, compares and formats.
pub fn piece(args: &CheckArgs, loaded: &Loaded, model: Model, stop: &Stop) -> Piece {
    let begun = Instant::now();
    let limit = args.limit.states;
    let answer = match model {
        Model::Cpu(cpu) => by_machine(loaded, cpu, limit, stop),
        Model::Lkmm => by_axioms(loaded, limit, stop),
    };
    let answer = match answer {
        Ok(Some(answer)) => answer,
        Ok(None) => return Piece::default(),
        Err(failure) => return failed(failure),
    };
    let time = begun.elapsed();
    let told = match (&args.why, model) {
        (Some(name), Model::Lkmm) => match reasons(loaded, name, limit, stop) {
            Ok(Some(told)) => told,
            Ok(None) => return Piece::default(),
            Err(failure) => return failed(failure),
        },
        _ => Vec::new(),
    };
    let judged = judged(loaded, &answer);
    let compared = match verdicts::compare(loaded, &args.setting, model, limit, stop) {
        Ok(Some(compared)) => compared,
        Ok(None) => return Piece::default(),
        Err(failure) => return failed(failure),
    };
    let text = if args.json {
        let told = args.why.is_some().then_some(told.as_slice());
        json(loaded, &answer, time, told, &compared) + "\n"
    } else if args.dot {
        graphs(loaded, &told)
    } else {
        text(loaded, &answer, time, judged, &compared, &told)
    };
    let mut messages = match judged {
        Some(claim::Judgement::Contradicted) => contradiction(loaded, &answer),
        _ => String::new(),
    };
    for wrong in compared.iter().filter(|c| c.contradicted()) {
        messages.push_str(&wrong.mismatch(loaded, model));
    }
    let open = |told: &Told| told.why.is_none();
    let unknown = answer.verdict() == "Unknown"
        || answer.axioms.as_ref().is_some_and(Axioms::unknown)
        || compared.iter().any(Compared::undecided)
        || told.iter().any(open);
    let status = match (messages.is_empty(), unknown) {
        (false, _) => Status::Contradicted,
        (true, true) => Status::Unknown,
        (true, false) => Status::Fine,
    };
    Piece {
        messages,
        text,
        status,
    }
}

fn failed(Failure(messages): Failure) -> Piece {
    Piece {
        messages,
        text: String::new(),
        status: Status::Failed,
    }
}

/// What a CPU can do; nothing when nobody wants to know any more.
fn by_machine(
    loaded: &Loaded,
    cpu: &'static CpuModel,
    limit: usize,
    stop: &Stop,
) -> Result<Option<Answer>, Failure> {
    let test = &loaded.resolved;
    let found = search(loaded, test, cpu, loaded.flavour, limit, stop)?;
    Ok(found.map(|(report, axioms)| Answer::of_machine(test, report, axioms)))
}

/// The same of the file's test in any setting, with what the CPU's axioms say if that is not the same.
pub fn search(
    loaded: &Loaded,
    test: &Test,
    cpu: &'static CpuModel,
    flavour: SrcuFlavour,
    limit: usize,
    stop: &Stop,
) -> Result<Option<(Report, Option<Axioms>)>, Failure> {
    let mut search = start(test, cpu, flavour, limit)
        .map_err(|error| failure(loaded, error.span, &error.message, cpu.name))?;
    let progress = loop {
        match search.run(SLICE) {
            Progress::Running if stop.asked() => return Ok(None),
            Progress::Running => {}
            done => break done,
        }
    };
    let report = report(test, &search, progress);
    let axioms = axioms::beside(test, search.program(), &report, limit as u64, || {
        stop.asked()
    });
    Ok(axioms.map(|axioms| (report, axioms)))
}

/// What LKMM allows; nothing when nobody wants to know any more.
fn by_axioms(loaded: &Loaded, limit: usize, stop: &Stop) -> Result<Option<Answer>, Failure> {
    let test = &loaded.resolved;
    let judgement = judgement(loaded, test, limit, Counting::All, stop)?;
    Ok(judgement.map(|judgement| Answer::of_axioms(test, judgement)))
}

/// The same of the file's test in any setting.
pub fn judgement(
    loaded: &Loaded,
    test: &Test,
    limit: usize,
    counting: Counting,
    stop: &Stop,
) -> Result<Option<Judgement>, Failure> {
    lkmm_judge(test, limit as u64, counting, || stop.asked())
        .map_err(|error| failure(loaded, error.span, &error.message, Model::Lkmm.name()))
}

/// Why LKMM says so; nothing when nobody wants to know any more.
fn reasons(
    loaded: &Loaded,
    name: &str,
    limit: usize,
    stop: &Stop,
) -> Result<Option<Vec<Told>>, Failure> {
    let goals = why::goals(loaded, name)
        .map_err(|message| Failure(format!("error: {}: --why: {message}\n", loaded.source.name)))?;
    why::ask(loaded, &goals, limit as u64, || stop.asked())
        .map_err(|error| failure(loaded, error.span, &error.message, Model::Lkmm.name()))
}

fn graphs(loaded: &Loaded, told: &[Told]) -> String {
    let speaker = Speaker::new(loaded);
    let graph = |told: &Told| why::dot::dot(&speaker, &loaded.test.name, told);
    told.iter().filter_map(graph).collect()
}

fn failure(loaded: &Loaded, span: Span, message: &str, model: &str) -> Failure {
    Failure(
        loaded
            .source
            .error_at(span, &format!("{message} ({model})")),
    )
}

/// A claim is about the file as written.
fn judged(loaded: &Loaded, answer: &Answer) -> Option<claim::Judgement> {
    let claim = loaded.test.expected.as_ref()?;
    (loaded.setting == Setting::all_on(&loaded.test)).then(|| claim::judge(claim, answer))
}

fn text(
    loaded: &Loaded,
    answer: &Answer,
    time: Duration,
    judged: Option<claim::Judgement>,
    compared: &[Compared<'_>],
    told: &[Told],
) -> String {
    let test = &loaded.resolved;
    let mut out = herd_format::block(
        test,
        &loaded.source,
        answer,
        &setting(loaded, answer.model),
        time,
    );
    if let (Some(judged), Some(claim)) = (judged, &test.expected) {
        let words = claim::words(claim);
        out.push_str(&format!(
            "Claim {} {words}: {}\n",
            test.name,
            judged.words()
        ));
    }
    for compared in compared {
        out.push_str(&compared.line(&loaded.test));
        out.push('\n');
    }
    let speaker = Speaker::new(loaded);
    for told in told {
        out.push_str(&why::text::text(&speaker, told));
    }
    out.push('\n');
    out
}

/// What differs from the file as written, under SRCU-fast. LKMM knows one SRCU only.
fn setting(loaded: &Loaded, model: Model) -> String {
    let mut text = String::new();
    if loaded.flavour != SrcuFlavour::Fast && model != Model::Lkmm {
        text.push_str(&format!(", SRCU {}", loaded.flavour.id()));
    }
    let off = loaded.setting.to_off(&loaded.test);
    if !off.is_empty() {
        text.push_str(&format!(", off: {off}"));
    }
    text
}

fn json(
    loaded: &Loaded,
    answer: &Answer,
    time: Duration,
    told: Option<&[Told]>,
    compared: &[Compared<'_>],
) -> String {
    let axioms = answer.axioms.as_ref();
    let why = told.map(|told| {
        let speaker = Speaker::new(loaded);
        told.iter()
            .map(|told| why::json::json(&speaker, told))
            .collect()
    });
    crate::line::json(&json::Check {
        file: loaded.source.name.clone(),
        test: loaded.test.name.clone(),
        model: answer.model,
        verdict: answer.verdict().to_owned(),
        axioms: axioms.map(|axioms| axioms.verdict().to_owned()),
        axioms_states: axioms.map(|axioms| axioms.states().to_vec()),
        note: axioms.map(|axioms| axioms.sentences(&loaded.source)),
        positive: answer.positive,
        negative: answer.negative,
        states: answer.states.clone(),
        flags: answer.flags.clone(),
        complete: answer.complete,
        explored: answer.explored,
        seconds: time.as_secs_f64(),
        verdicts: compared.iter().map(|c| c.json(&loaded.test)).collect(),
        why,
    })
}

fn contradiction(loaded: &Loaded, answer: &Answer) -> String {
    let Some(claim) = &loaded.test.expected else {
        return String::new();
    };
    let (line, column, _) = loaded.source.place(claim.span);
    format!(
        "mismatch: {}:{line}:{column}: `Result: {}`, but {}\n",
        loaded.source.name,
        claim::words(claim),
        claim::instead(claim, answer),
    )
}
