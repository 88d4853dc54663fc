//! Which functions go where.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use walrus::ir::{TableCopy, TableFill, TableGrow, TableSet, Visitor, dfs_in_order};
use walrus::{DataId, ElementId, FunctionId, FunctionKind, GlobalId, Module, TableId};

use crate::later::known_as;
use crate::linked::{Linked, names};
use crate::places::{Outside, Places, Wanted};
use crate::{Later, need, table};

/// How a module is to be split. Functions and globals are known by their numbers in the module as it was read.
pub struct Split {
    /// Functions that come later.
    pub later: BTreeSet<usize>,
    /// Where functions are in the table.
    pub places: Places,
    /// Globals that the later half uses.
    pub shared_globals: BTreeSet<usize>,
}

/// What a function mentions.
#[derive(Default)]
struct Mentions {
    functions: Vec<FunctionId>,
    globals: Vec<GlobalId>,
    /// Tables that it writes to.
    written: Vec<TableId>,
    /// Whether it copies segments itself, or drops them.
    segments: bool,
}

impl<'a> Visitor<'a> for Mentions {
    fn visit_function_id(&mut self, id: &FunctionId) {
        self.functions.push(*id);
    }

    fn visit_global_id(&mut self, id: &GlobalId) {
        self.globals.push(*id);
    }

    fn visit_data_id(&mut self, _: &DataId) {
        self.segments = true;
    }

    fn visit_element_id(&mut self, _: &ElementId) {
        self.segments = true;
    }

    fn visit_table_set(&mut self, instruction: &TableSet) {
        self.written.push(instruction.table);
    }

    fn visit_table_grow(&mut self, instruction: &TableGrow) {
        self.written.push(instruction.table);
    }

    fn visit_table_fill(&mut self, instruction: &TableFill) {
        self.written.push(instruction.table);
    }

    fn visit_table_copy(&mut self, instruction: &TableCopy) {
        self.written.push(instruction.dst);
    }
}

/// Functions with the numbers of those that each mentions.
type Calls = Vec<Vec<usize>>;

/// These functions, and those that they reach, but for those that are left out and what only they reach.
fn reached(
    mut open: Vec<usize>,
    calls: &Calls,
    left_out: impl Fn(usize) -> bool,
) -> BTreeSet<usize> {
    let mut reached = BTreeSet::new();
    while let Some(function) = open.pop() {
        if !left_out(function) && reached.insert(function) {
            open.extend(&calls[function]);
        }
    }
    reached
}

impl Split {
    /// Decides. Without a linked module, the first half may know all places of the table.
    ///
    /// # Errors
    /// When the module has no table of functions or no [`crate::NEED`], or segments of an unknown form.
    pub fn new(module: &Module, later: &Later, linked: Option<&Linked>) -> Result<Self, String> {
        let (table, need) = (table(module)?, need(module)?);
        let ids: Vec<FunctionId> = module.funcs.iter().map(|function| function.id()).collect();
        let at: HashMap<FunctionId, usize> =
            ids.iter().enumerate().map(|(at, id)| (*id, at)).collect();
        let globals: HashMap<GlobalId, usize> = module
            .globals
            .iter()
            .enumerate()
            .map(|(at, global)| (global.id(), at))
            .collect();
        let named_later: Vec<bool> = module
            .funcs
            .iter()
            .map(|function| {
                let name = function.name.as_deref().map(known_as).unwrap_or_default();
                matches!(function.kind, FunctionKind::Local(_)) && later.has(&name)
            })
            .collect();
        let mut calls = Calls::new();
        let mut uses: Vec<Vec<GlobalId>> = Vec::new();
        for function in module.funcs.iter() {
            let mut found = Mentions::default();
            if let FunctionKind::Local(local) = &function.kind {
                dfs_in_order(&mut found, local, local.entry_block());
            }
            if found.segments {
                return Err("the module copies or drops a segment itself".to_owned());
            }
            if found.written.contains(&table) {
                return Err("the module writes to its table of functions".to_owned());
            }
            calls.push(found.functions.iter().map(|id| at[id]).collect());
            uses.push(found.globals);
        }

        let outside = Outside::of(module)?;
        // What asks for the later half cannot wait for it; and at the start the host has nothing of the first yet.
        let early = [Some(need), module.start].into_iter().flatten();
        let early = reached(early.map(|id| at[&id]).collect(), &calls, |_| false);
        let placed: BTreeMap<usize, usize> = outside
            .places
            .iter()
            .map(|(place, id)| (*place, at[id]))
            .collect();
        let named: Vec<usize> = outside.named.iter().map(|id| at[id]).collect();
        // Places that the first half does not know. It knows the more of them the more functions it has, so that it begins
        // with what is named otherwise.
        let mut unknown = linked.map(Linked::indices).unwrap_or_default();
        let (roots, first) = loop {
            let known = placed.iter().filter(|(place, _)| !unknown.contains(place));
            let roots: Vec<usize> = named
                .iter()
                .chain(known.map(|(_, at)| at))
                .copied()
                .collect();
            let first = reached(roots.clone(), &calls, |function| {
                named_later[function] && !early.contains(&function)
            });
            let before = unknown.len();
            if let Some(linked) = linked {
                let later = linked.later_indices(&names(module, |at| !first.contains(&at)));
                unknown.retain(|place| later.contains(place));
            }
            if unknown.len() == before {
                break (roots, first);
            }
        };
        let local = |at: &usize| matches!(module.funcs.get(ids[*at]).kind, FunctionKind::Local(_));
        let comes_later: BTreeSet<usize> = (0..ids.len())
            .filter(|at| local(at) && !first.contains(at))
            .collect();

        let mut waiting: BTreeSet<usize> = roots.into_iter().collect();
        for function in &first {
            waiting.extend(&calls[*function]);
        }
        waiting.retain(|at| comes_later.contains(at));

        let (mut shared_functions, mut shared_globals) = (BTreeSet::new(), BTreeSet::new());
        for function in &comes_later {
            shared_functions.extend(&calls[*function]);
            shared_globals.extend(uses[*function].iter().map(|id| globals[id]));
        }
        shared_functions.retain(|at| !comes_later.contains(at));

        let number = usize::try_from(module.tables.get(table).initial)
            .map_err(|_| "the table is too large")?;
        let wanted = Wanted {
            later: comes_later.clone(),
            stand_ins: waiting,
            shared: shared_functions,
            unknown,
        };
        Ok(Self {
            later: comes_later,
            places: Places::new(&placed, number, wanted),
            shared_globals,
        })
    }
}
