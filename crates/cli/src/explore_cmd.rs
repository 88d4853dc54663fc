//! `stalebus explore`: the outcomes of one test, and how to get the bad ones.

use std::sync::Arc;
use std::time::{Duration, Instant};

use explore::verdict::{report, start};
use explore::{Found, Reachable, Report, Search, WitnessSearch};
use litmus::Test;
use machine::Outcome;
use machine::{CpuModel, Program, Step};
use protocol::{Model, json};
use session::SessionError;

use crate::args::ExploreArgs;
use crate::axioms::{Axioms, beside as beside_machine};
use crate::files::Input;
use crate::goals::{Goal, Kind, asked, deadlock_words};
use crate::load::{Failure, Loaded, load};
use crate::model::CpuName;
use crate::output::{Output, say};
use crate::progress::Progress;
use crate::schedule::{Told, tell};
use crate::status::Status;

/// States between two signs of life.
const SLICE: usize = 1 << 14;

const NO_SCHEDULES: &str = "\
error: LKMM judges whole executions by their relations and has no schedules to explore
  = help: `stalebus check --model lkmm` gives its verdict
";

/// What is known of a goal.
struct Answer {
    goal: Goal,
    reached: Reached,
}

enum Reached {
    /// By this schedule.
    Yes {
        steps: Vec<Told>,
        end: String,
        shortest: bool,
    },
    /// By none.
    No,
    /// By none, and the axioms of the CPU allow it, or may: [`Reachable::Unknown`].
    NoSchedule(Reachable),
    /// By none that the search has come to.
    Unknown,
}

/// Runs the command.
pub fn run(args: &ExploreArgs, output: &mut Output) -> Status {
    if args.model == Some(CpuName::Lkmm) {
        say(NO_SCHEDULES);
        return Status::Failed;
    }
    let loaded = match load(&Input::one(&args.file), &args.setting) {
        Ok(loaded) => loaded,
        Err(Failure(messages)) => {
            say(&messages);
            return Status::Failed;
        }
    };
    say(&loaded.warnings);
    let model = model(args, &loaded.test);
    let begun = Instant::now();
    let limit = args.limit.states;
    let mut search = match start(&loaded.resolved, model, loaded.flavour, limit) {
        Ok(search) => search,
        Err(error) => {
            say(&loaded.source.error_at(error.span, &error.message));
            return Status::Failed;
        }
    };
    let progress = Progress::spinner();
    let mut told = false;
    let done = loop {
        match search.run(SLICE) {
            explore::Progress::Running => {
                if !told {
                    told = true;
                    progress.say(&forecast(&search, limit));
                }
                progress.message(|| format!("{} states", search.explored()));
            }
            done => break done,
        }
    };
    let report = report(&loaded.resolved, &search, done);
    let goals = match asked(&loaded.test, &report, args.outcome.as_deref()) {
        Ok(goals) => goals,
        Err(message) => {
            progress.say(&format!(
                "error: {}: --outcome: {message}\n",
                loaded.source.name
            ));
            return Status::Failed;
        }
    };
    let axioms = axioms(&loaded, &search, &report, &goals, limit);
    let answers: Result<Vec<Answer>, SessionError> = goals
        .into_iter()
        .enumerate()
        .map(|(at, goal)| {
            progress.message(|| format!("the shortest schedule to {}", goal.name));
            let reached = match reach(&loaded, &search, &report, &goal, limit)? {
                Reached::No => beside(axioms.as_ref().map(|axioms| axioms.outcome(at)), &goal),
                reached => reached,
            };
            Ok(Answer { goal, reached })
        })
        .collect();
    drop(progress);
    let answers = match answers {
        Ok(answers) => answers,
        Err(error) => {
            say(&loaded.source.error_at(error.span, &error.message));
            return Status::Failed;
        }
    };
    let text = if args.json {
        json(&loaded, &report, &answers, axioms.as_ref(), begun.elapsed()) + "\n"
    } else {
        text(&loaded, &report, &answers, axioms.as_ref())
    };
    let _ = output.write(&text);
    let open = |answer: &Answer| {
        matches!(
            answer.reached,
            Reached::Unknown | Reached::NoSchedule(Reachable::Unknown)
        )
    };
    if answers.iter().any(open) || (answers.is_empty() && !report.complete) {
        Status::Unknown
    } else {
        Status::Fine
    }
}

/// What the axioms of the CPU say of the goals, if they may say more than the machine.
fn axioms(
    loaded: &Loaded,
    search: &Search,
    report: &Report,
    goals: &[Goal],
    limit: usize,
) -> Option<Axioms> {
    let p = search.program();
    let mut test = loaded.resolved.clone();
    test.outcomes = goals.iter().map(Goal::as_outcome).collect();
    let reached = |goal: &Goal| {
        let mut outcomes = search.outcomes();
        match outcomes.any(|outcome| goal.accepts(p, &loaded.resolved, outcome)) {
            true => Reachable::Yes,
            false => Reachable::No,
        }
    };
    let report = Report {
        outcomes: goals.iter().map(reached).collect(),
        ..report.clone()
    };
    beside_machine(&test, p, &report, limit as u64, || false).flatten()
}

/// What is known of a goal that the machine does not reach.
fn beside(axioms: Option<Reachable>, goal: &Goal) -> Reached {
    match axioms {
        Some(allowed) if allowed != Reachable::No && matches!(goal.kind, Kind::State(_)) => {
            Reached::NoSchedule(allowed)
        }
        _ => Reached::No,
    }
}

/// Probes for the estimate of a long search.
const PROBES: usize = 200;

/// What to expect of a search that has not ended in its first slice.
fn forecast(search: &Search, limit: usize) -> String {
    let estimate = explore::estimate(search.program(), PROBES, 1);
    format!(
        "note: a long search: about {:.0e} schedules by {} random probes, of up to {} steps; \
         many share their states; it ends at {limit} states (--limit)\n",
        estimate.schedules, estimate.probes, estimate.depth
    )
}

fn model(args: &ExploreArgs, test: &Test) -> &'static CpuModel {
    let opened = test.meta.default.cpu.as_deref().and_then(CpuModel::by_id);
    args.model
        .and_then(CpuName::cpu)
        .or(opened)
        .unwrap_or(&machine::model::ARM)
}

fn reach(
    loaded: &Loaded,
    search: &Search,
    report: &Report,
    goal: &Goal,
    limit: usize,
) -> Result<Reached, SessionError> {
    let found = match goal.kind {
        Kind::Deadlock => search.deadlocks().next().and_then(|deadlock| {
            let steps = search.deadlock_schedule(deadlock)?;
            Some((steps, deadlock_words(search.program(), *deadlock), false))
        }),
        _ => schedule(&loaded.resolved, search, goal, limit).map(|(steps, outcome, shortest)| {
            let end = state(search.program(), &loaded.resolved, &outcome);
            (steps, end, shortest)
        }),
    };
    Ok(match found {
        Some((steps, end, shortest)) => Reached::Yes {
            steps: tell(loaded, report.model, &steps)?,
            end,
            shortest,
        },
        None if report.complete => Reached::No,
        None => Reached::Unknown,
    })
}

/// The shortest schedule, or some schedule when the shortest takes too long to find.
fn schedule(
    test: &Test,
    search: &Search,
    goal: &Goal,
    limit: usize,
) -> Option<(Vec<Step>, Outcome, bool)> {
    let p = search.program();
    let some = search
        .outcomes()
        .find(|outcome| goal.accepts(p, test, outcome))?;
    let mut shortest = WitnessSearch::new(Arc::clone(p), limit);
    loop {
        match shortest.run(SLICE, &|outcome| goal.accepts(p, test, outcome)) {
            Found::Running => {}
            Found::Witness(witness) => return Some((witness.steps, witness.outcome, true)),
            Found::None | Found::Limited => break,
        }
    }
    search
        .schedule(some)
        .map(|steps| (steps, some.clone(), false))
}

/// A final state in herd7's format.
fn state(p: &Program, test: &Test, outcome: &Outcome) -> String {
    let values: Vec<_> = test
        .observed()
        .into_iter()
        .map(|term| outcome.get(p, term))
        .collect();
    test.format_state(&values)
}

fn text(loaded: &Loaded, report: &Report, answers: &[Answer], axioms: Option<&Axioms>) -> String {
    let test = &loaded.test;
    let off = loaded.setting.to_off(test);
    let off = if off.is_empty() {
        "nothing".to_string()
    } else {
        off
    };
    let mut out = format!(
        "{} on {}, SRCU {}, off: {off}\n",
        test.meta.title.as_ref().unwrap_or(&test.name),
        report.model.name,
        loaded.flavour.id(),
    );
    out.push_str(&if report.complete {
        format!("{} states explored: every schedule\n", report.explored)
    } else {
        format!(
            "Warning: search incomplete after {} states; what was not found may still happen\n",
            report.explored
        )
    });
    out.push_str(&format!("\nFinal states: {}\n", report.states.len()));
    for state in &report.states {
        out.push_str(&format!("  {state}\n"));
    }
    if let Some(axioms) = axioms {
        out.push_str(&format!("Note: {}\n", axioms.sentences(&loaded.source)));
    }
    for answer in answers {
        out.push('\n');
        out.push_str(&answer_text(answer));
    }
    out
}

fn answer_text(answer: &Answer) -> String {
    let Answer { goal, reached } = answer;
    let label = if goal.label.is_empty() {
        String::new()
    } else {
        format!(" ({})", goal.label)
    };
    let verdict = match reached {
        Reached::Yes { .. } => "can happen",
        Reached::No => "cannot happen",
        Reached::NoSchedule(Reachable::Yes) => {
            "no schedule of the machine has it, but the axioms of the CPU allow it"
        }
        Reached::NoSchedule(_) => {
            "no schedule of the machine has it; whether the axioms of the CPU allow it is not known"
        }
        Reached::Unknown => "not found, but the search is incomplete",
    };
    let mut out = format!("{}{label}: {verdict}\n", goal.name);
    let Reached::Yes {
        steps,
        end,
        shortest,
    } = reached
    else {
        return out;
    };
    let kind = if *shortest {
        "The shortest schedule"
    } else {
        "A schedule"
    };
    out.push_str(&format!("{kind}, {} steps:\n", steps.len()));
    let cpu = steps
        .iter()
        .map(|step| step.cpu.chars().count())
        .max()
        .unwrap_or(0);
    let text = steps
        .iter()
        .map(|step| step.text.chars().count())
        .max()
        .unwrap_or(0)
        .min(60);
    let name = steps.iter().map(|step| step.name.len()).max().unwrap_or(0);
    for (number, step) in (1..).zip(steps) {
        let line = format!(
            "{number:>4}. {:<name$}  {:<cpu$}  line {:<4} {:<text$}  {}",
            step.name, step.cpu, step.line, step.text, step.did
        );
        out.push_str(line.trim_end());
        out.push('\n');
    }
    out.push_str(&format!("      ends with {end}\n"));
    out
}

fn json(
    loaded: &Loaded,
    report: &Report,
    answers: &[Answer],
    axioms: Option<&Axioms>,
    time: Duration,
) -> String {
    crate::line::json(&json::Explore {
        file: loaded.source.name.clone(),
        test: loaded.test.name.clone(),
        model: Model::Cpu(report.model),
        srcu: loaded.flavour,
        off: loaded.setting.to_off(&loaded.test),
        states: report.states.clone(),
        flags: report.flags().into_iter().map(str::to_owned).collect(),
        axioms_states: axioms.map(|axioms| axioms.states().to_vec()),
        note: axioms.map(|axioms| axioms.sentences(&loaded.source)),
        outcomes: answers.iter().map(reached).collect(),
        complete: report.complete,
        explored: report.explored as u64,
        seconds: time.as_secs_f64(),
    })
}

fn reached(answer: &Answer) -> json::Reached {
    let Answer { goal, reached } = answer;
    let (reachable, axioms, by) = match reached {
        Reached::No => (Reachable::No, None, None),
        Reached::NoSchedule(axioms) => (Reachable::No, Some(*axioms), None),
        Reached::Unknown => (Reachable::Unknown, None, None),
        Reached::Yes {
            steps,
            end,
            shortest,
        } => {
            let by = json::Schedule {
                shortest: *shortest,
                end: end.clone(),
                schedule: steps.iter().map(step).collect(),
            };
            (Reachable::Yes, None, Some(by))
        }
    };
    json::Reached {
        name: goal.name.clone(),
        bad: goal.bad,
        label: goal.label.clone(),
        reachable,
        axioms,
        by,
    }
}

fn step(step: &Told) -> json::Step {
    json::Step {
        step: step.name.clone(),
        cpu: step.cpu.clone(),
        line: step.line,
        text: step.text.clone(),
        did: step.did.clone(),
    }
}
