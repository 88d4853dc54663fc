//! Verdicts: what a finished search says of a test's conditions.

use std::sync::Arc;

use litmus::{Cond, Quantifier, Test};
pub use litmus::{Reachable, Verdict};
use machine::{CompileError, CpuModel, Program, SrcuFlavour, compile};

use crate::outcome::Outcome;
use crate::search::{Deadlock, Progress, Search};

/// States that a search visits at most, unless told otherwise. At some 300,000 a
/// second and thread and 60 bytes each this is half a minute and 600 megabytes.
pub const DEFAULT_LIMIT: usize = 10_000_000;

/// Everything that a search of one program says.
#[derive(Clone, Debug)]
pub struct Report {
    /// The model.
    pub model: &'static CpuModel,
    /// The final states that pass the filter, in herd7's format, sorted, each once.
    pub states: Vec<String>,
    /// How many of the outcomes that pass the filter satisfy the condition.
    pub positive: usize,
    /// How many do not.
    pub negative: usize,
    /// The verdict on the condition.
    pub verdict: Verdict,
    /// The condition holds as quantified (`exists`: some; `~exists`: none; `forall`: all).
    pub holds: bool,
    /// For each named outcome of the test.
    pub outcomes: Vec<Reachable>,
    /// Some schedule uses a freed object, or frees one twice.
    pub use_after_free: bool,
    /// Some schedule reads what nothing initialised.
    pub uninitialised: bool,
    /// Some schedule loads through a pointer that leads to no variable. It has no final state.
    pub bad_pointer: bool,
    /// Some schedule computes what has no result. It has no final state.
    pub undefined: bool,
    /// Deadlocks.
    pub deadlocks: Vec<Deadlock>,
    /// Every schedule has been accounted for.
    pub complete: bool,
    /// States visited.
    pub explored: usize,
}

impl Report {
    /// What went wrong in some schedule, by name.
    #[must_use]
    pub fn flags(&self) -> Vec<&'static str> {
        let mut flags = Vec::new();
        if self.use_after_free {
            flags.push("use-after-free");
        }
        if self.uninitialised {
            flags.push("uninitialised-read");
        }
        if self.bad_pointer {
            flags.push("bad-pointer");
        }
        if self.undefined {
            flags.push("undefined-arithmetic");
        }
        if !self.deadlocks.is_empty() {
            flags.push("deadlock");
        }
        flags
    }
}

/// Searches a test (its toggles resolved) on one model, to the end or the limit.
///
/// # Errors
/// When the test cannot run on the machine.
pub fn check(
    test: &Test,
    model: &'static CpuModel,
    flavour: SrcuFlavour,
    limit: usize,
) -> Result<Report, CompileError> {
    let mut search = start(test, model, flavour, limit)?;
    let progress = search.finish();
    Ok(report(test, &search, progress))
}

/// Begins the search that [`check`] runs. Natively it has every core, if it turns
/// out large ([`Search::set_jobs`]).
///
/// # Errors
/// When the test cannot run on the machine.
pub fn start(
    test: &Test,
    model: &'static CpuModel,
    flavour: SrcuFlavour,
    limit: usize,
) -> Result<Search, CompileError> {
    let mut search = Search::new(Arc::new(compile(test, model, flavour)?), limit);
    if let Some(filter) = &test.filter {
        search.set_filter(filter);
    }
    search.set_jobs(cores());
    Ok(search)
}

#[cfg(not(target_arch = "wasm32"))]
fn cores() -> usize {
    use std::sync::OnceLock;
    // To ask takes longer than most searches.
    static CORES: OnceLock<usize> = OnceLock::new();
    *CORES.get_or_init(|| std::thread::available_parallelism().map_or(1, usize::from))
}

#[cfg(target_arch = "wasm32")]
fn cores() -> usize {
    1
}

/// What a search says so far.
#[must_use]
pub fn report(test: &Test, search: &Search, progress: Progress) -> Report {
    let p = search.program();
    let complete = progress == Progress::Complete;
    let kept: Vec<&Outcome> = search.outcomes().filter(|o| o.kept(p, test)).collect();
    let outcomes: Vec<&Outcome> = kept.iter().copied().filter(|o| !o.broken()).collect();
    let cond = test.condition.as_ref().map_or(&Cond::True, |c| &c.cond);
    let positive = outcomes.iter().filter(|o| o.satisfies(p, cond)).count();
    let negative = outcomes.len() - positive;
    let verdict = match (positive, negative) {
        (0, _) => Verdict::Never,
        (_, 0) => Verdict::Always,
        _ => Verdict::Sometimes,
    };
    let holds = match test.condition.as_ref().map(|c| c.quantifier) {
        Some(Quantifier::Exists) => positive > 0,
        Some(Quantifier::NotExists) => positive == 0,
        Some(Quantifier::Forall) | None => negative == 0,
    };
    let observed = test.observed();
    let mut states: Vec<String> = outcomes
        .iter()
        .map(|o| {
            let values: Vec<_> = observed.iter().map(|term| o.get(p, *term)).collect();
            test.format_state(&values)
        })
        .collect();
    states.sort();
    states.dedup();
    Report {
        model: p.model,
        states,
        positive,
        negative,
        verdict,
        holds,
        outcomes: test
            .outcomes
            .iter()
            .map(|o| reachable(p, &outcomes, &o.cond, complete))
            .collect(),
        use_after_free: kept.iter().any(|o| o.use_after_free),
        uninitialised: kept.iter().any(|o| o.uninitialised),
        bad_pointer: kept.iter().any(|o| o.bad_pointer),
        undefined: kept.iter().any(|o| o.undefined),
        deadlocks: search.deadlocks().copied().collect(),
        complete,
        explored: search.explored(),
    }
}

fn reachable(p: &Program, outcomes: &[&Outcome], cond: &Cond, complete: bool) -> Reachable {
    if outcomes.iter().any(|o| o.satisfies(p, cond)) {
        Reachable::Yes
    } else if complete {
        Reachable::No
    } else {
        Reachable::Unknown
    }
}
