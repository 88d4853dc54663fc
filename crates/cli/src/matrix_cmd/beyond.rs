//! Cells in which no schedule has the outcome, but the axioms of the CPU allow it: they say yes, and why is noted.

use explore::verdict::check;
use explore::{Matrix, Reachable};
use litmus::Test;
use machine::{CpuModel, SrcuFlavour, compile};
use protocol::Model;
use protocol::json::ByAxioms;

use crate::axioms::{Axioms, beside};
use crate::files::Source;

/// What the axioms say beside the machine, in a setting and on a CPU.
#[derive(Debug)]
pub struct Beside {
    /// The row of the matrix.
    pub row: usize,
    /// Its column.
    pub column: usize,
    model: &'static CpuModel,
    off: String,
    axioms: Axioms,
    /// By outcome: the cell says what they say.
    outcomes: Vec<bool>,
}

impl Beside {
    /// The cell of this outcome says what the axioms say.
    pub fn about(&self, outcome: usize) -> bool {
        self.outcomes.get(outcome) == Some(&true)
    }
}

/// Asks the axioms where they may allow more, and lets the cells say so: the smallest sets of barriers follow from them.
pub fn ask(matrix: &mut Matrix, test: &Test, flavour: SrcuFlavour, limit: usize) -> Vec<Beside> {
    let mut found = Vec::new();
    for (row, cells) in matrix.rows.iter_mut().enumerate() {
        let resolved = test.with(&cells.setting);
        for (column, model) in matrix.models.iter().copied().enumerate() {
            let Some(cell) = cells.cells.get_mut(column) else {
                continue;
            };
            if !cell.goals.contains(&Some(Reachable::No)) {
                continue;
            }
            let Some(axioms) = axioms(&resolved, model, flavour, limit) else {
                continue;
            };
            let mut outcomes = Vec::new();
            for (at, reachable) in cell.goals.iter_mut().enumerate() {
                let allowed = axioms.outcome(at);
                let open = *reachable == Some(Reachable::No) && allowed != Reachable::No;
                outcomes.push(open);
                if open {
                    *reachable = Some(allowed);
                }
            }
            found.push(Beside {
                row,
                column,
                model,
                off: cells.setting.to_off(test),
                axioms,
                outcomes,
            });
        }
    }
    found
}

fn axioms(
    resolved: &Test,
    model: &'static CpuModel,
    flavour: SrcuFlavour,
    limit: usize,
) -> Option<Axioms> {
    let p = compile(resolved, model, flavour).ok()?;
    if picture::beyond::places(&p).is_empty() {
        return None;
    }
    let report = check(resolved, model, flavour, limit).ok()?;
    beside(resolved, &p, &report, limit as u64, || false).flatten()
}

/// A note for each such cell of an outcome.
pub fn text(beyond: &[Beside], source: &Source, outcome: usize) -> String {
    let notes = beyond.iter().filter(|beside| beside.about(outcome));
    let note = |beside: &Beside| {
        let off = match beside.off.as_str() {
            "" => "(nothing)",
            off => off,
        };
        format!(
            "* {}, off: {off}. {}\n",
            beside.model.name,
            beside.axioms.sentences(source)
        )
    };
    notes.map(note).collect()
}

/// The same as JSON.
pub fn json(beyond: &[Beside], source: &Source, outcome: usize) -> Vec<ByAxioms> {
    let notes = beyond.iter().filter(|beside| beside.about(outcome));
    let note = |beside: &Beside| ByAxioms {
        model: Model::Cpu(beside.model),
        off: beside.off.clone(),
        note: beside.axioms.sentences(source),
    };
    notes.map(note).collect()
}
