//! Which functions the first view runs, by trying it: a module that notes what it runs, and the list of what it did not.

use std::collections::BTreeSet;

use walrus::ir::Value;
use walrus::{ConstExpr, FunctionKind, ValType};

use crate::later::{Later, known_as};
use crate::{parse, shorten};

/// What the names of the notes begin with; the number of a function follows. A note is an exported global: 1 when its
/// function has been run.
pub const NOTE: &str = "ran ";

/// The module, with a note for each of its functions, and with the short names of the first half for what it imports.
///
/// # Errors
/// When it is no valid module.
pub fn noting(bound: &[u8]) -> Result<Vec<u8>, String> {
    let mut module = parse(bound)?;
    shorten(&mut module);
    let ids: Vec<_> = module.funcs.iter().map(|function| function.id()).collect();
    for (at, id) in ids.into_iter().enumerate() {
        let note =
            module
                .globals
                .add_local(ValType::I32, true, false, ConstExpr::Value(Value::I32(0)));
        let FunctionKind::Local(function) = &mut module.funcs.get_mut(id).kind else {
            continue;
        };
        module.exports.add(&format!("{NOTE}{at}"), note);
        let mut body = function.builder_mut().func_body();
        body.const_at(0, Value::I32(1)).global_set_at(1, note);
    }
    Ok(module.emit_wasm())
}

/// What follows from the notes, for [`Later::with_profile`]: the names of functions that were not run, a line each, without
/// those that the list has anyway; and behind `not ` those that the list has although they were run. `ran` are the numbers of
/// the notes that were 1.
///
/// Functions can share a name: then all of them must be of no use.
///
/// # Errors
/// When it is no valid module.
pub fn told(bound: &[u8], later: &Later, ran: &BTreeSet<usize>) -> Result<String, String> {
    let module = parse(bound)?;
    let (mut used, mut unused) = (BTreeSet::new(), BTreeSet::new());
    for (at, function) in module.funcs.iter().enumerate() {
        let Some(name) = function.name.as_deref().map(known_as) else {
            continue;
        };
        let imported = !matches!(function.kind, FunctionKind::Local(_));
        if imported || ran.contains(&at) {
            used.insert(name);
        } else if !later.has(&name) {
            unused.insert(name);
        }
    }
    let mut text = String::new();
    for name in used.iter().filter(|name| later.has(name)) {
        text.push_str(&format!("not {name}\n"));
    }
    for name in unused.difference(&used) {
        text.push_str(name);
        text.push('\n');
    }
    Ok(text)
}
