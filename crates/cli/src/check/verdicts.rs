//! `@verdict` lines against what a model says, each in its own setting.

use explore::Reachable;
use litmus::{Setting, Test, VerdictClaim};
use lkmm::{Counting, Judgement};
use machine::SrcuFlavour;
use protocol::json::Claim;

use super::piece::{judgement, search};
use crate::args::SettingArgs;
use crate::load::{Failure, Loaded};
use crate::model::Model;
use crate::ordered::Stop;

/// A claim, and what a model says of it in one flavour of SRCU.
#[derive(Clone, Debug)]
pub struct Compared<'l> {
    claim: &'l VerdictClaim,
    /// `None` where the flavour makes no difference.
    flavour: Option<SrcuFlavour>,
    claimed: bool,
    found: Found,
}

/// Whether a named outcome can happen, and who says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Found {
    /// By the model itself.
    model: Reachable,
    /// Where the machine does not reach it: what the axioms of the CPU say, if they do not say the same.
    axioms: Option<Reachable>,
}

impl Found {
    fn plain(model: Reachable) -> Found {
        Found {
            model,
            axioms: None,
        }
    }

    /// What the machine has found, beside what the axioms say.
    fn beside(model: Reachable, axioms: Option<Reachable>) -> Found {
        let open = |axioms: &Reachable| model == Reachable::No && *axioms != Reachable::No;
        Found {
            model,
            axioms: axioms.filter(open),
        }
    }

    /// What both say.
    fn agreed(self) -> Reachable {
        match self.axioms {
            None => self.model,
            Some(_) => Reachable::Unknown,
        }
    }
}

/// The claims that are about this model and what was asked for, in their order: each
/// claim without `--off`, else those about that setting; each flavour that a claim
/// speaks of and `--srcu` does not exclude. `None` when nobody wants to know any more.
pub fn compare<'l>(
    loaded: &'l Loaded,
    args: &SettingArgs,
    model: Model,
    limit: usize,
    stop: &Stop,
) -> Result<Option<Vec<Compared<'l>>>, Failure> {
    let mut searched: Vec<(Setting, Option<SrcuFlavour>, Vec<Found>)> = Vec::new();
    let mut compared = Vec::new();
    for claim in &loaded.test.verdicts {
        let setting = claim.setting(&loaded.test);
        let Some(claimed) = claim.says(model.id()) else {
            continue;
        };
        if args.off.is_some() && setting != loaded.setting {
            continue;
        }
        let resolved = loaded.test.with(&setting);
        for flavour in flavours(&resolved, claim, args, model) {
            let known =
                |(s, f, _): &&(Setting, Option<SrcuFlavour>, _)| *s == setting && *f == flavour;
            let all = match searched.iter().find(known) {
                Some((_, _, all)) => all.clone(),
                None => {
                    let Some(all) = reachable(loaded, &resolved, model, flavour, limit, stop)?
                    else {
                        return Ok(None);
                    };
                    searched.push((setting.clone(), flavour, all.clone()));
                    all
                }
            };
            compared.push(Compared {
                claim,
                flavour,
                claimed,
                found: all
                    .get(claim.outcome)
                    .copied()
                    .unwrap_or(Found::plain(Reachable::Unknown)),
            });
        }
    }
    Ok(Some(compared))
}

/// LKMM knows one SRCU, and a test without sections has none.
fn flavours(
    resolved: &Test,
    claim: &VerdictClaim,
    args: &SettingArgs,
    model: Model,
) -> Vec<Option<SrcuFlavour>> {
    let Model::Cpu(cpu) = model else {
        return vec![None];
    };
    let asked = args.srcu.asked();
    let mut flavours: Vec<SrcuFlavour> = [SrcuFlavour::Tree, SrcuFlavour::Fast]
        .into_iter()
        .filter(|f| claim.srcu.as_deref().is_none_or(|named| named == f.id()))
        .filter(|f| asked.is_none_or(|asked| asked == *f))
        .collect();
    // What does not compile is reported by the search.
    let sections = machine::compile(resolved, cpu, SrcuFlavour::Fast).map(|p| p.sections.len());
    if matches!(sections, Ok(0)) {
        flavours.truncate(1);
        return flavours.into_iter().map(|_| None).collect();
    }
    flavours.into_iter().map(Some).collect()
}

/// For each named outcome.
fn reachable(
    loaded: &Loaded,
    resolved: &Test,
    model: Model,
    flavour: Option<SrcuFlavour>,
    limit: usize,
    stop: &Stop,
) -> Result<Option<Vec<Found>>, Failure> {
    match model {
        Model::Cpu(cpu) => {
            let flavour = flavour.unwrap_or_default();
            let report = search(loaded, resolved, cpu, flavour, limit, stop)?;
            Ok(report.map(|(report, axioms)| {
                let both = |(at, found)| {
                    Found::beside(found, axioms.as_ref().map(|axioms| axioms.outcome(at)))
                };
                report.outcomes.into_iter().enumerate().map(both).collect()
            }))
        }
        Model::Lkmm => {
            let judgement = judgement(loaded, resolved, limit, Counting::AsOne, stop)?;
            Ok(judgement.map(|j| executions(&j)))
        }
    }
}

fn executions(judgement: &Judgement) -> Vec<Found> {
    let verdict = |executions: &u64| match executions {
        1.. => Reachable::Yes,
        0 if judgement.complete => Reachable::No,
        0 => Reachable::Unknown,
    };
    let found = |executions| Found::plain(verdict(executions));
    judgement.outcomes.iter().map(found).collect()
}

impl Compared<'_> {
    /// The model says the opposite.
    pub fn contradicted(&self) -> bool {
        match self.found.agreed() {
            Reachable::Yes => !self.claimed,
            Reachable::No => self.claimed,
            Reachable::Unknown => false,
        }
    }

    /// A limit was reached before the model could say.
    pub fn undecided(&self) -> bool {
        self.found.model == Reachable::Unknown || self.found.axioms == Some(Reachable::Unknown)
    }

    /// The line of the text format, without its end.
    pub fn line(&self, test: &Test) -> String {
        let judged = match (self.found.axioms, self.found.model) {
            (Some(Reachable::Yes), _) => {
                "not decided, no schedule has it, but the axioms of the CPU allow it"
            }
            (Some(_), _) => {
                "not decided, no schedule has it, but the axioms of the CPU may allow it"
            }
            (None, Reachable::Unknown) => "not decided, the search is not complete",
            _ if self.contradicted() => "contradicted",
            _ => "agrees",
        };
        let said = yes_or_no(self.claimed);
        format!("Verdict {} {} {said}: {judged}", test.name, self.what(test))
    }

    /// `stale off=reader-mb srcu=fast`
    fn what(&self, test: &Test) -> String {
        let mut text = self.outcome(test).to_string();
        let off = self.claim.setting(test).to_off(test);
        if !off.is_empty() {
            text.push_str(&format!(" off={off}"));
        }
        if let Some(flavour) = self.flavour {
            text.push_str(&format!(" srcu={}", flavour.id()));
        }
        text
    }

    fn outcome<'t>(&self, test: &'t Test) -> &'t str {
        let outcome = test.outcomes.get(self.claim.outcome);
        outcome.map_or("", |outcome| outcome.name.as_str())
    }

    /// What is wrong and where, a line for the standard error.
    pub fn mismatch(&self, loaded: &Loaded, model: Model) -> String {
        let (line, column, _) = loaded.source.place(self.claim.span);
        let found = match self.found.agreed() {
            Reachable::Yes => "can happen",
            Reachable::No | Reachable::Unknown => "cannot happen",
        };
        format!(
            "mismatch: {}:{line}:{column}: `@verdict` says {}, but on {} `{}` {found}\n",
            loaded.source.name,
            yes_or_no(self.claimed),
            model.name(),
            self.what(&loaded.test),
        )
    }

    /// For the list under `verdicts`.
    pub fn json(&self, test: &Test) -> Claim {
        let claimed = match self.claimed {
            true => Reachable::Yes,
            false => Reachable::No,
        };
        Claim {
            outcome: self.outcome(test).to_owned(),
            off: self.claim.setting(test).to_off(test),
            srcu: self.flavour.map_or("", SrcuFlavour::id).to_owned(),
            claimed,
            found: self.found.model,
            axioms: self.found.axioms,
        }
    }
}

fn yes_or_no(can: bool) -> &'static str {
    if can { "yes" } else { "no" }
}
