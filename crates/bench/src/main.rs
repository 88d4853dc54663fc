//! The figures that the documentation quotes, each with its target. Ratios are
//! of one run on one machine. Figures of herd7 are cited, not measured here. Exits 1
//! when a target is missed. `--quick` leaves out what takes longest.

mod axioms;
mod programs;
mod stateright_model;

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use explore::verdict::{report, start};
use explore::{DEFAULT_LIMIT, MatrixRun, Progress, Search};
use litmus::Test;
use machine::Outcome;
use machine::{CpuModel, SrcuFlavour, compile};

/// Counts what is missed.
struct Board {
    missed: usize,
}

impl Board {
    fn say(&mut self, what: &str, time: Duration, target: Duration, detail: &str) {
        let verdict = if time <= target { "ok" } else { "MISSED" };
        self.missed += usize::from(time > target);
        println!(
            "  {what:<34} {:>9.2?}  target {target:>6.0?}  {verdict:<6} {detail}",
            time
        );
    }
}

fn parse(source: &str) -> Option<Test> {
    let parsed = litmus::parse(source);
    for diagnostic in &parsed.diagnostics {
        eprintln!("{diagnostic}");
    }
    parsed.test
}

fn main() {
    let mut board = Board { missed: 0 };
    let quick = std::env::args().any(|word| word == "--quick");
    let jobs = std::thread::available_parallelism().map_or(1, usize::from);
    rate();
    threads(jobs);
    locks(&mut board);
    mission(&mut board, jobs);
    if !quick {
        side_by_side(&mut board);
    }
    axioms::large(&mut board, quick);
    match std::env::var_os("STALEBUS_ORACLE") {
        Some(folder) => {
            oracle(&mut board, Path::new(&folder));
            axioms::corpus(&mut board, Path::new(&folder));
        }
        None => println!("\nThe corpus: skipped, STALEBUS_ORACLE is not set"),
    }
    if board.missed > 0 {
        println!("\n{} targets missed", board.missed);
        std::process::exit(1);
    }
    println!("\nEvery target is met.");
}

/// States that the measurement of speed stops at.
const ENOUGH: usize = 1_000_000;

fn search(
    test: &Test,
    model: &'static CpuModel,
    limit: usize,
    jobs: usize,
) -> Option<(Search, Progress, Duration)> {
    let begun = Instant::now();
    let mut search = explore::verdict::start(test, model, SrcuFlavour::Fast, limit).ok()?;
    search.set_jobs(jobs);
    let progress = search.finish();
    Some((search, progress, begun.elapsed()))
}

fn rate() {
    println!("States a second, one thread, and memory");
    let cases = [
        (
            "4 CPUs x 6, first loads observed",
            programs::store_load(4, 3, false),
        ),
        (
            "4 CPUs x 6, every load observed",
            programs::store_load(4, 3, true),
        ),
    ];
    for (name, source) in cases {
        let Some(test) = parse(&source) else { continue };
        for model in CpuModel::ALL {
            let Some((search, progress, time)) = search(&test, model, ENOUGH, 1) else {
                continue;
            };
            println!(
                "  {name:<34} {:<8} {:>9} states {:>9.2?} {:>10.0} states/s {:>7.1} MB {:>6} outcomes{}",
                model.name,
                search.explored(),
                time,
                search.explored() as f64 / time.as_secs_f64(),
                search.memory() as f64 / 1e6,
                search.outcomes().count(),
                if progress == Progress::Complete {
                    ""
                } else {
                    ", stopped there"
                },
            );
        }
    }
}

/// One large search on one thread and on all: the best of three of each.
fn threads(jobs: usize) {
    println!("\nOne search, 1 thread and {jobs}");
    let cases = [
        ("4 CPUs x 6", programs::store_load(4, 3, true)),
        (
            "5 CPUs, cmpxchg",
            programs::emulated_lock(5, "cmpxchg", false),
        ),
    ];
    for (name, source) in cases {
        let Some(test) = parse(&source) else { continue };
        let best = |jobs| {
            let runs = (0..3).filter_map(|_| search(&test, &machine::model::ARM, ENOUGH, jobs));
            runs.map(|(search, _, time)| (time, search.explored()))
                .min()
        };
        if let (Some((one, states)), Some((all, same))) = (best(1), best(jobs)) {
            assert_eq!(states, same, "as many states with any number of threads");
            println!(
                "  {name:<34} Arm {states:>9} states {one:>9.2?} {all:>9.2?}  {:.2} times as fast",
                one.as_secs_f64() / all.as_secs_f64()
            );
        }
    }
}

fn locks(board: &mut Board) {
    println!("\nA lock emulated by one atomic, all four models together, one thread");
    for (cpus, target) in [(4, Duration::from_millis(100)), (5, Duration::from_secs(2))] {
        for atomic in ["cmpxchg", "xchg"] {
            for filter in [true, false] {
                let Some(test) = parse(&programs::emulated_lock(cpus, atomic, filter)) else {
                    continue;
                };
                let mut states = 0;
                let mut slowest = Duration::ZERO;
                for model in CpuModel::ALL {
                    if let Some((search, progress, time)) = search(&test, model, DEFAULT_LIMIT, 1) {
                        assert_eq!(progress, Progress::Complete);
                        states += search.explored();
                        slowest += time;
                    }
                }
                let what = format!(
                    "{cpus} CPUs, {atomic}, {}",
                    if filter { "filter" } else { "no filter" }
                );
                board.say(&what, slowest, target, &format!("{states} states"));
            }
        }
    }
}

fn mission(board: &mut Board, jobs: usize) {
    println!("\nEvery toggle setting of a scenario on all four models, {jobs} threads");
    for lesson in lessons::all() {
        let test = lesson.test();
        let begun = Instant::now();
        let Ok(run) = MatrixRun::new(&*test, SrcuFlavour::Fast, DEFAULT_LIMIT) else {
            continue;
        };
        let settings = run.total();
        let Ok(matrix) = explore::matrix::matrix(run, jobs) else {
            continue;
        };
        let time = begun.elapsed();
        let detail = format!("{settings} settings, {} states", matrix.explored);
        board.say(lesson.id, time, Duration::from_millis(100), &detail);
    }
}

/// The same machine in stateright: at least three times as fast to the same
/// outcomes, and never more states.
fn side_by_side(board: &mut Board) {
    println!("\nThe same machine in stateright 0.31, one thread, unreduced");
    let mut cases: Vec<(String, Test)> = lessons::all()
        .iter()
        .map(|l| {
            (
                l.id.to_owned(),
                l.test().with(&litmus::Setting::default_of(&l.test())),
            )
        })
        .collect();
    for (name, source) in [
        ("3 CPUs x 4", programs::store_load(3, 2, true)),
        (
            "3 CPUs, cmpxchg",
            programs::emulated_lock(3, "cmpxchg", false),
        ),
    ] {
        if let Some(test) = parse(&source) {
            cases.push((name.to_owned(), test));
        }
    }
    for (name, test) in cases {
        for model in CpuModel::ALL {
            let Ok(program) = compile(&test, model, SrcuFlavour::Fast) else {
                continue;
            };
            let program = Arc::new(program);
            // The best of three of each: such short runs are mostly noise.
            let mut theirs = stateright_model::search(&program);
            for _ in 0..2 {
                theirs.time = theirs.time.min(stateright_model::search(&program).time);
            }
            let mut best = Duration::MAX;
            let mut states = 0;
            let mut outcomes: BTreeSet<Outcome> = BTreeSet::new();
            for _ in 0..3 {
                let begun = Instant::now();
                let mut ours = Search::new(Arc::clone(&program), DEFAULT_LIMIT);
                assert_eq!(ours.finish(), Progress::Complete);
                best = best.min(begun.elapsed());
                states = ours.explored();
                outcomes = ours.outcomes().cloned().collect();
            }
            let same = values(&outcomes) == values(&theirs.outcomes);
            let ratio = theirs.time.as_secs_f64() / best.as_secs_f64();
            let ok = ratio >= 3.0 && states <= theirs.states && same;
            board.missed += usize::from(!ok);
            println!(
                "  {name:<18} {:<8} ours {:>7} states {:>9.2?}   stateright {:>8} states {:>9.2?}   {:>7.1} times as fast  {}",
                model.name,
                states,
                best,
                theirs.states,
                theirs.time,
                ratio,
                if ok { "ok" } else { "MISSED" },
            );
        }
    }
}

fn values(outcomes: &BTreeSet<Outcome>) -> BTreeSet<&[litmus::Value]> {
    outcomes.iter().map(|o| o.values.as_slice()).collect()
}

fn oracle(board: &mut Board, folder: &Path) {
    println!("\nThe corpus, one thread, each test on each model");
    let mut files: Vec<_> = std::fs::read_dir(folder.join("tests"))
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|e| e == "litmus"))
        .collect();
    files.sort();
    let mut times = Vec::new();
    let mut states = 0;
    for path in &files {
        let Ok(source) = std::fs::read_to_string(path) else {
            continue;
        };
        let Some(test) = parse(&source) else { continue };
        for model in CpuModel::ALL {
            let begun = Instant::now();
            let Ok(mut search) = start(&test, model, SrcuFlavour::Fast, DEFAULT_LIMIT) else {
                continue;
            };
            search.set_jobs(1);
            let progress = search.finish();
            let report = report(&test, &search, progress);
            states += report.explored;
            times.push((begun.elapsed(), test.name.clone()));
        }
    }
    times.sort();
    let total: Duration = times.iter().map(|(time, _)| *time).sum();
    let at = |part: f64| times[((times.len() - 1) as f64 * part) as usize].0;
    if let Some((slowest, name)) = times.last() {
        println!(
            "  {} tests on 4 models: {total:.2?}, {states} states, median {:.2?}, p99 {:.2?}",
            files.len(),
            at(0.5),
            at(0.99),
        );
        board.say("slowest", *slowest, Duration::from_secs(1), name);
    }
}
