//! Sentences of what followed a step of itself: branches, undone loads, failures.

use machine::Effect;

use super::Event;
use super::labels::object_name;
use crate::names::{Names, list};

/// What followed of itself.
pub(super) fn consequences(n: &Names, e: &Event) -> Vec<String> {
    let mut out = Vec::new();
    let mut undone: Vec<String> = Vec::new();
    let mut wrong_guess = false;
    for effect in e.effects {
        match effect {
            Effect::Resolved {
                branch,
                taken,
                mispredicted,
            } => {
                let line = n.branch_number(e.cpu(), *branch);
                let not = if *taken { "" } else { "not " };
                wrong_guess |= *mispredicted;
                let guess = if *mispredicted {
                    ": the guess was wrong"
                } else {
                    ""
                };
                out.push(format!("the branch on line {line} is {not}taken{guess}"));
            }
            Effect::Undone { at, .. } => {
                undone.push(n.noun_on_line(e.before, e.cpu(), usize::from(*at)));
            }
            Effect::UseAfterFree { object } => {
                out.push(format!(
                    "use after free: {} ⟦had been|is⟧ freed",
                    object_name(n, *object)
                ));
            }
            Effect::DoubleFree { object } => {
                out.push(format!(
                    "double free: {} ⟦had been|is⟧ freed already",
                    object_name(n, *object)
                ));
            }
            Effect::Uninitialised { loc } => {
                let loc = n.loc(usize::from(*loc));
                out.push(format!(
                    "uninitialised read: nobody ⟦had|has⟧ written {loc}"
                ));
            }
            Effect::Wild => out.push("the pointer leads nowhere".to_owned()),
            Effect::NotHeld { loc } => {
                let loc = n.loc(usize::from(*loc));
                out.push(format!("this CPU ⟦did|does⟧ not hold {loc}"));
            }
            Effect::UnmatchedUnlock => {
                out.push("no open section belongs to this unlock".to_owned());
            }
            _ => {}
        }
    }
    if !undone.is_empty() {
        let verb = if undone.len() == 1 { "is" } else { "are" };
        let why = if wrong_guess {
            ""
        } else {
            ", since it came too early"
        };
        out.push(format!("{} {verb} undone{why}", list(&undone)));
    }
    out
}
