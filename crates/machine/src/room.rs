//! How many stores can be in a store buffer at once.

use crate::model::Class;
use crate::program::{Code, Instr, Kind, Program};

impl Program {
    /// Most stores that a CPU's store buffer holds in any run; 0 on a model without.
    #[must_use]
    pub fn buffer_room(&self, cpu: usize) -> usize {
        if !self.model.buffered {
            return 0;
        }
        self.cpus.get(cpu).map_or(0, |code| {
            let all: Vec<usize> = (0..code.instrs.len()).collect();
            most(code, &all, 0).most
        })
    }
}

/// What a stretch of a program can leave in the buffer.
#[derive(Clone, Copy, Default)]
struct Stores {
    /// Most at any time.
    most: usize,
    /// Since the last full barrier, at the end.
    open: usize,
    /// There is a full barrier in it: nothing from before outlives it.
    barred: bool,
}

/// Of two arms only one is taken; a full barrier waits until the buffer is empty.
fn most(code: &Code, instrs: &[usize], depth: usize) -> Stores {
    let mut stores = Stores::default();
    let mut rest = instrs;
    while let Some((&first, tail)) = rest.split_first() {
        let Some(instr) = code.instrs.get(first) else {
            break;
        };
        match instr.arms.get(depth) {
            None => {
                stores = one(stores, instr);
                rest = tail;
            }
            Some(arm) => {
                let branch = arm.branch;
                let of = |at: &usize| code.instrs.get(*at).and_then(|i| i.arms.get(depth));
                let end = rest
                    .iter()
                    .position(|at| of(at).is_none_or(|other| other.branch != branch));
                let (group, tail) = rest.split_at(end.unwrap_or(rest.len()));
                let arms = [true, false].map(|then| {
                    let side = group.iter().copied();
                    let side: Vec<usize> = side
                        .filter(|at| of(at).is_some_and(|arm| arm.then == then))
                        .collect();
                    most(code, &side, depth + 1)
                });
                stores = arms.into_iter().fold(stores, |whole, arm| {
                    let before = stores.open;
                    Stores {
                        most: whole.most.max(before + arm.most),
                        open: whole
                            .open
                            .max(arm.open + if arm.barred { 0 } else { before }),
                        barred: whole.barred,
                    }
                });
                rest = tail;
            }
        }
    }
    stores
}

fn one(stores: Stores, instr: &Instr) -> Stores {
    let buffered = matches!(instr.kind, Kind::Store { .. });
    let full = instr.class.meets(Class::MB.with(Class::GRACE_PERIOD));
    let open = if full { 0 } else { stores.open } + usize::from(buffered);
    Stores {
        most: stores.most.max(open),
        open,
        barred: stores.barred || full,
    }
}
