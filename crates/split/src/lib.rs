//! Splits a WebAssembly module in two: the functions that the first view may run, and those that may come later.
//!
//! The page stands as soon as the first half has arrived. In it, each later function that the first half mentions is a
//! *stand-in*: it asks the host for the later half, unless that is there, and then calls the function through the table,
//! where the later half puts it when it is instantiated. So a function that comes too late is slow once, and never wrong.
//!
//! Which functions are later is said by paths of modules ([`Later`]): what has such a path in its name, and what only such
//! functions reach. The other half of the work is data: constants that only later functions mention travel with them
//! ([`data`]).
//!
//! The later half imports everything that it shares from the first: memory, tables and globals under the module name [`FIRST`],
//! for which the host gives it the exports of the first half as they are, and functions under [`PLACES`].

#![forbid(unsafe_code)]

pub mod data;
mod graph;
mod later;
pub mod linked;
pub mod order;
mod places;
pub mod profile;

use std::collections::{BTreeMap, HashSet};
use std::iter::Enumerate;
use std::vec::IntoIter;

use walrus::ir::Value;
use walrus::{
    ConstExpr, ElementItems, ElementKind, ExportItem, FunctionBuilder, FunctionId, FunctionKind,
    GlobalKind, ImportId, ImportKind, ImportedFunction, Module, ModuleConfig, TableId, ValType,
};
use wasmparser::{Validator, WasmFeatures};

pub use graph::Split;
pub use later::Later;
use linked::Linked;

/// The name under which the later half knows the first.
pub const FIRST: &str = "first";

/// The first half's table of functions, by its export. The later half knows functions of the first by their places in it: it
/// imports them under this name, each by its place as a decimal number.
pub const PLACES: &str = "places";

/// The export of the module that a stand-in calls as long as the later half is not there: it must see to it that it is when
/// it returns. It takes nothing and returns nothing, and what it calls stays in the first half.
pub const NEED: &str = "need_later";

/// The first half's global that the later half sets to 1 when it starts: stand-ins ask no more.
const HERE: &str = "here";

/// How the names begin that wasm-bindgen makes of types.
const BY_TYPES: &str = "wasm_bindgen_";

/// What stands before the name of an export in wasm-bindgen's glue.
pub const OWN: &str = "wasm.";

/// Both halves.
pub struct Halves {
    /// What the first view needs.
    pub first: Vec<u8>,
    /// What may come later.
    pub later: Vec<u8>,
    /// How many functions are in the first half, in the later one, and stand-ins.
    pub functions: [usize; 3],
    /// How many bytes of constants travel with the later half.
    pub data: usize,
    /// The long names of what the module imports from the host, and the short ones that the first half has for them. With [`OWN`]
    /// before them, those of exports.
    pub names: Vec<(String, String)>,
    /// Paths of the list that no function has in its name.
    pub unused: Vec<String>,
}

/// Splits a module that wasm-bindgen has bound. `linked` is the same module as the linker has left it, with relocations:
/// it says which function mentions which constants. Without it all constants stay in the first half.
///
/// # Errors
/// When one of them is no valid module of WebAssembly 2.0, or they are not the same; when the module lacks [`NEED`] or a table of functions of its own;
/// and when it does what cannot be split: data or elements that it copies itself, a table of functions that it writes to.
pub fn split(bound: &[u8], linked: Option<&[u8]>, later: &Later) -> Result<Halves, String> {
    let first = parse(bound)?;
    let linked = linked.map(|linked| Linked::read(linked, &first));
    let linked = linked.transpose()?;
    let split = Split::new(&first, later, linked.as_ref())?;
    let names = linked::names(&first, |at| split.later.contains(&at));
    let ranges = linked.map(|linked| data::later(&linked, &names));
    let ranges = ranges.unwrap_or_default();
    let functions = [
        first.funcs.iter_local().count() - split.later.len(),
        split.later.len(),
        split.places.stand_ins.len(),
    ];
    let unused = unused(&first, later);
    let (mut first, mut second) = (first, parse(bound)?);
    let data = data::part(&mut first, &mut second, &ranges)?;
    let names = shorten(&mut first);
    keep_first(&mut first, &split)?;
    keep_later(&mut second, &split)?;
    Ok(Halves {
        first: first.emit_wasm(),
        later: second.emit_wasm(),
        functions,
        data,
        names,
        unused,
    })
}

/// Paths of the list that no function of the module has in its name.
fn unused(module: &Module, list: &Later) -> Vec<String> {
    let names: Vec<String> = module
        .funcs
        .iter()
        .filter_map(|function| function.name.as_deref().map(later::known_as))
        .collect();
    let unused = list.unused(names.iter().map(String::as_str));
    unused.into_iter().map(str::to_owned).collect()
}

fn parse(module: &[u8]) -> Result<Module, String> {
    // Walrus takes more than we know how to split, and does not check all that it takes.
    Validator::new_with_features(WasmFeatures::WASM2)
        .validate_all(module)
        .map_err(|error| format!("the module is not valid: {error}"))?;
    let mut config = ModuleConfig::new();
    config.generate_producers_section(false);
    let mut module = config
        .parse(module)
        .map_err(|error| format!("the module cannot be read: {error}"))?;
    // The linker's notes are out of date.
    let notes: Vec<_> = module.customs.iter().map(|(id, _)| id).collect();
    for id in notes {
        module.customs.delete(id);
    }
    Ok(module)
}

/// The table through which functions are called.
fn table(module: &Module) -> Result<TableId, String> {
    let table = module
        .tables
        .main_function_table()
        .ok()
        .flatten()
        .ok_or("the module has no table of functions, or several")?;
    if module.tables.get(table).import.is_some() {
        // Whoever gives it may have put something where the new places would be.
        return Err("the module imports its table of functions".to_owned());
    }
    Ok(table)
}

/// The function that asks for the later half.
fn need(module: &Module) -> Result<FunctionId, String> {
    let need = module
        .exports
        .get_func(NEED)
        .map_err(|_| format!("the module exports no function `{NEED}`"))?;
    match module.types.params_results(module.funcs.get(need).ty()) {
        ([], []) => Ok(need),
        _ => Err(format!("`{NEED}` takes or returns something")),
    }
}

fn name_of(kind: char, at: usize) -> String {
    format!("{kind}{}", short(at))
}

/// A number as a short name: digits and letters, of which the last tells most.
fn short(mut number: usize) -> String {
    const LETTERS: &[u8; 52] = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
    let mut name = String::new();
    loop {
        name.push(char::from(LETTERS[number % LETTERS.len()]));
        number /= LETTERS.len();
        if number == 0 {
            return name;
        }
        number -= 1;
    }
}

/// Gives short names to what a module imports, to those whom it imports from, and to those exports that wasm-bindgen has named
/// by types. Which these were is the answer: an export with [`OWN`] before it.
pub(crate) fn shorten(module: &mut Module) -> Vec<(String, String)> {
    let mut names: BTreeMap<String, String> = BTreeMap::new();
    let mut short_name = |long: &mut String| {
        let next = short(names.len());
        let short = names.entry(long.clone()).or_insert(next);
        long.clone_from(short);
    };
    for import in module.imports.iter_mut() {
        short_name(&mut import.module);
        short_name(&mut import.name);
    }
    let exports = module.exports.iter_mut();
    let by_types = exports.filter(|export| export.name.starts_with(BY_TYPES));
    for (at, export) in by_types.enumerate() {
        let name = name_of('w', at);
        names.insert(format!("{OWN}{}", export.name), format!("{OWN}{name}"));
        export.name = name;
    }
    names.into_iter().collect()
}

/// Makes a module the first half.
fn keep_first(module: &mut Module, split: &Split) -> Result<(), String> {
    let need = need(module)?;
    let table = table(module)?;
    let here = module
        .globals
        .add_local(ValType::I32, true, false, ConstExpr::Value(Value::I32(0)));
    let ids: Vec<FunctionId> = module.funcs.iter().map(|function| function.id()).collect();
    let mut ensure = FunctionBuilder::new(&mut module.types, &[], &[]);
    ensure.func_body().global_get(here).if_else(
        None,
        |_| {},
        |missing| {
            missing.call(need);
        },
    );
    let ensure = ensure.finish(Vec::new(), &mut module.funcs);
    for (at, place) in &split.places.stand_ins {
        let id = ids[*at];
        let ty = module.funcs.get(id).ty();
        let (params, results) = module.types.params_results(ty);
        let (params, results) = (params.to_vec(), results.to_vec());
        let mut builder = FunctionBuilder::new(&mut module.types, &params, &results);
        let args: Vec<_> = params.iter().map(|ty| module.locals.add(*ty)).collect();
        let mut body = builder.func_body();
        body.call(ensure);
        for arg in &args {
            body.local_get(*arg);
        }
        body.i32_const(index(*place)?);
        body.call_indirect(ty, table);
        module.funcs.get_mut(id).kind = FunctionKind::Local(builder.local_func(args));
    }
    let slots = module.tables.get_mut(table);
    slots.initial = split.places.number as u64;
    slots.maximum = slots.maximum.map(|most| most.max(slots.initial));

    let nothing = nothing(module);
    let later: HashSet<FunctionId> = split.later.iter().map(|at| ids[*at]).collect();
    for element in module.elements.iter_mut() {
        let (
            ElementKind::Active {
                offset: ConstExpr::Value(Value::I32(start)),
                ..
            },
            ElementItems::Functions(functions),
        ) = (&element.kind, &mut element.items)
        else {
            continue;
        };
        for (place, id) in (start.cast_unsigned() as usize..).zip(functions) {
            if later.contains(id) && split.places.unknown.contains(&place) {
                *id = nothing;
            }
        }
    }
    let (from, added) = &split.places.added;
    if !added.is_empty() {
        place(
            module,
            table,
            *from,
            added.iter().map(|at| ids[*at]).collect(),
        )?;
    }

    // These say that functions are referred to, and some that no function here does any more. What is wanted of them comes
    // anew when the module is written.
    let declared: Vec<_> = module
        .elements
        .iter()
        .filter(|element| matches!(element.kind, ElementKind::Declared))
        .map(|element| element.id())
        .collect();
    for id in declared {
        module.elements.delete(id);
    }

    let mut exports: Vec<(String, ExportItem)> = vec![
        (HERE.to_owned(), here.into()),
        (PLACES.to_owned(), table.into()),
    ];
    for (at, id) in ids_of(module.globals.iter().map(|global| global.id())) {
        if split.shared_globals.contains(&at) {
            exports.push((name_of('g', at), id.into()));
        }
    }
    for (at, id) in ids_of(module.tables.iter().map(|table| table.id())) {
        if id != table {
            exports.push((name_of('t', at), id.into()));
        }
    }
    for (at, id) in ids_of(module.memories.iter().map(|memory| memory.id())) {
        exports.push((name_of('m', at), id.into()));
    }
    for (name, item) in exports {
        if module.exports.iter().any(|export| export.name == name) {
            return Err(format!("the module exports `{name}` itself"));
        }
        module.exports.add(&name, item);
    }
    walrus::passes::gc::run(module);
    Ok(())
}

/// Makes a module the later half.
fn keep_later(module: &mut Module, split: &Split) -> Result<(), String> {
    let table = table(module)?;
    let ids: Vec<FunctionId> = module.funcs.iter().map(|function| function.id()).collect();
    let exports: Vec<_> = module.exports.iter().map(|export| export.id()).collect();
    for id in exports {
        module.exports.delete(id);
    }

    let old: Vec<_> = module.elements.iter().map(|element| element.id()).collect();
    for id in old {
        module.elements.delete(id);
    }
    for (_, id) in ids_of(module.tables.iter().map(|table| table.id())) {
        module.tables.get_mut(id).elem_segments.clear();
    }
    for (from, run) in &split.places.later {
        place(
            module,
            table,
            *from,
            run.iter().map(|at| ids[*at]).collect(),
        )?;
    }

    for (at, place) in &split.places.shared {
        let id = ids[*at];
        let function = module.funcs.get(id);
        let (ty, old) = match &function.kind {
            FunctionKind::Import(imported) => (imported.ty, Some(imported.import)),
            _ => (function.ty(), None),
        };
        let import = import(module, old, PLACES, &place.to_string(), id.into());
        module.funcs.get_mut(id).kind = FunctionKind::Import(ImportedFunction { ty, import });
    }
    for (at, id) in ids_of(module.globals.iter().map(|global| global.id())) {
        let old = match module.globals.get(id).kind {
            GlobalKind::Import(import) => Some(import),
            GlobalKind::Local(_) => None,
        };
        let import = import(module, old, FIRST, &name_of('g', at), id.into());
        module.globals.get_mut(id).kind = GlobalKind::Import(import);
    }
    let (here, _) = module.add_import_global(FIRST, HERE, ValType::I32, true, false);
    let mut start = FunctionBuilder::new(&mut module.types, &[], &[]);
    start.func_body().i32_const(1).global_set(here);
    module.start = Some(start.finish(Vec::new(), &mut module.funcs));

    for (at, id) in ids_of(module.tables.iter().map(|table| table.id())) {
        let name = if id == table {
            PLACES.to_owned()
        } else {
            name_of('t', at)
        };
        let old = module.tables.get(id).import;
        let import = import(module, old, FIRST, &name, id.into());
        let table = module.tables.get_mut(id);
        table.import = Some(import);
        // The first half's is larger, or as large as it has become.
        table.initial = 0;
        table.maximum = None;
    }
    for (at, id) in ids_of(module.memories.iter().map(|memory| memory.id())) {
        let old = module.memories.get(id).import;
        let import = import(module, old, FIRST, &name_of('m', at), id.into());
        module.memories.get_mut(id).import = Some(import);
    }
    walrus::passes::gc::run(module);
    Ok(())
}

/// A function for places of the table where none is yet: of a type that no other has, so that a call there fails as one of
/// nothing does. A place without a function would take more room.
fn nothing(module: &mut Module) -> FunctionId {
    let mut params = vec![ValType::F64, ValType::F32];
    let taken = |params: &[ValType]| {
        let mut types = module.types.iter();
        types.any(|ty| ty.params() == params && ty.results().is_empty())
    };
    while taken(&params) {
        params.push(ValType::F32);
    }
    let mut builder = FunctionBuilder::new(&mut module.types, &params, &[]);
    let args = params.iter().map(|ty| module.locals.add(*ty)).collect();
    builder.func_body().unreachable();
    builder.finish(args, &mut module.funcs)
}

/// Puts functions into a table, from a place on.
fn place(
    module: &mut Module,
    table: TableId,
    from: usize,
    functions: Vec<FunctionId>,
) -> Result<(), String> {
    let offset = ConstExpr::Value(Value::I32(index(from)?));
    let kind = ElementKind::Active { table, offset };
    let id = module
        .elements
        .add(kind, ElementItems::Functions(functions));
    module.tables.get_mut(table).elem_segments.insert(id);
    Ok(())
}

/// An import from the first half, in the place of the old one if there is one.
fn import(
    module: &mut Module,
    old: Option<ImportId>,
    from: &str,
    name: &str,
    kind: ImportKind,
) -> ImportId {
    let Some(id) = old else {
        return module.imports.add(from, name, kind);
    };
    let import = module.imports.get_mut(id);
    from.clone_into(&mut import.module);
    name.clone_into(&mut import.name);
    id
}

/// Things with the number that they have in the module.
fn ids_of<T>(ids: impl Iterator<Item = T>) -> Enumerate<IntoIter<T>> {
    ids.collect::<Vec<_>>().into_iter().enumerate()
}

fn index(at: usize) -> Result<i32, String> {
    i32::try_from(at).map_err(|_| format!("{at} is no index of a table"))
}
