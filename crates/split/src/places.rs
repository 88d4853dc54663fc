//! The table through which functions are called: who names a place of it, and what comes where when both halves are there.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use walrus::ir::Value;
use walrus::{ConstExpr, ElementItems, ElementKind, ExportItem, FunctionId, GlobalKind, Module};

/// Which functions both halves put into the table. Functions are known by their numbers in the module as it was read.
pub struct Places {
    /// How many places the table has.
    pub number: usize,
    /// Places that are of no use before the later half is there.
    pub unknown: BTreeSet<usize>,
    /// Functions of the later half that have a stand-in in the first, each with the place where it will be.
    pub stand_ins: BTreeMap<usize, usize>,
    /// Functions of the first half that the later half calls, each with its place.
    pub shared: BTreeMap<usize, usize>,
    /// Those of them that had no place before, and the first of their places.
    pub added: (usize, Vec<usize>),
    /// Runs of functions that the later half puts into the table, each with the place of the first.
    pub later: Vec<(usize, Vec<usize>)>,
}

/// What is to have a place.
pub struct Wanted {
    /// Functions that come later.
    pub later: BTreeSet<usize>,
    /// Those of them that the first half mentions.
    pub stand_ins: BTreeSet<usize>,
    /// Functions of the first half that the later one mentions.
    pub shared: BTreeSet<usize>,
    /// Places that only the later half mentions.
    pub unknown: BTreeSet<usize>,
}

impl Places {
    /// Gives out places. `now` is what the table has in its places before, whose number is `number`.
    pub fn new(now: &BTreeMap<usize, usize>, number: usize, wanted: Wanted) -> Self {
        let of: HashMap<usize, usize> = now.iter().map(|(place, at)| (*at, *place)).collect();
        let mut later: BTreeMap<usize, usize> = now.clone();
        later.retain(|_, at| wanted.later.contains(at));

        let mut number = number;
        let mut new = || {
            number += 1;
            number - 1
        };
        let mut stand_ins = BTreeMap::new();
        for at in wanted.stand_ins {
            // In a place that somebody may call before, the stand-in itself is.
            let own = of.get(&at).filter(|place| wanted.unknown.contains(place));
            let place = own.copied().unwrap_or_else(&mut new);
            stand_ins.insert(at, place);
            later.insert(place, at);
        }
        let (mut shared, mut added) = (BTreeMap::new(), Vec::new());
        for at in wanted.shared {
            let place = of.get(&at).copied().unwrap_or_else(|| {
                added.push(at);
                new()
            });
            shared.insert(at, place);
        }

        let mut runs: Vec<(usize, Vec<usize>)> = Vec::new();
        for (place, function) in later {
            match runs.last_mut() {
                Some((start, run)) if *start + run.len() == place => run.push(function),
                _ => runs.push((place, vec![function])),
            }
        }
        Self {
            number,
            unknown: wanted.unknown,
            stand_ins,
            shared,
            added: (number - added.len(), added),
            later: runs,
        }
    }
}

/// Functions that a module names from outside of functions.
pub struct Outside {
    /// By exports, the start, and globals.
    pub named: BTreeSet<FunctionId>,
    /// By the places of its table.
    pub places: BTreeMap<usize, FunctionId>,
}

impl Outside {
    pub fn of(module: &Module) -> Result<Self, String> {
        let exported = module
            .exports
            .iter()
            .filter_map(|export| match export.item {
                ExportItem::Function(id) => Some(id),
                _ => None,
            });
        let in_globals = module
            .globals
            .iter()
            .filter_map(|global| match global.kind {
                GlobalKind::Local(ConstExpr::RefFunc(id)) => Some(id),
                _ => None,
            });
        let named = exported.chain(module.start).chain(in_globals).collect();
        let mut places = BTreeMap::new();
        for element in module.elements.iter() {
            let offset = match &element.kind {
                ElementKind::Active { offset, .. } => offset,
                // It puts nothing anywhere.
                ElementKind::Declared => continue,
                ElementKind::Passive => {
                    return Err("the module has an element segment that is not active".to_owned());
                }
            };
            let (ConstExpr::Value(Value::I32(start)), ElementItems::Functions(functions)) =
                (offset, &element.items)
            else {
                // wasm-bindgen's table of references to objects of JavaScript has no functions in it.
                return Err("the module has an element segment of another form".to_owned());
            };
            let start = start.cast_unsigned() as usize;
            // One segment may lie over another; what comes last is in the place.
            places.extend(
                functions
                    .iter()
                    .enumerate()
                    .map(|(at, id)| (start + at, *id)),
            );
        }
        Ok(Self { named, places })
    }
}
