//! Functions that are alike stand next to one another.

use split::order;
use walrus::{ExportItem, Module};
use wasmi::Val;

use crate::running::{Running, is_valid, module};

/// Functions of two kinds in turn, and one that calls each.
fn mixed(number: i32) -> Vec<u8> {
    let (mut functions, mut calls) = (String::new(), String::new());
    for at in 0..number {
        functions += &format!(
            "(func $a{at} (export \"a{at}\") (result i32)
                i32.const 7 i32.const {at} i32.mul i32.const 3 i32.xor i32.const 5 i32.rotl)
            (func $b{at} (export \"b{at}\") (result i32)
                i32.const 1 i32.eqz if nop end i32.const {at} i32.clz i32.ctz i32.popcnt i32.const 9 i32.sub)\n"
        );
        calls += &format!("call $a{at} i32.add call $b{at} i32.sub ");
    }
    module(&format!(
        "(module {functions} (func (export \"all\") (result i32) i32.const 0 {calls}))"
    ))
}

/// The exported functions in the order in which they stand in the module.
fn names(bytes: &[u8]) -> Vec<String> {
    let module = Module::from_buffer(bytes).expect("it can be read");
    let mut names: Vec<(usize, String)> = module
        .exports
        .iter()
        .filter_map(|export| match export.item {
            ExportItem::Function(id) => Some((id.index(), export.name.clone())),
            _ => None,
        })
        .collect();
    names.sort();
    names.into_iter().map(|(_, name)| name).collect()
}

#[test]
fn what_is_alike_comes_together() {
    let mixed = mixed(6);
    let kinds = |module: &[u8]| -> Vec<char> {
        let mut kinds: Vec<char> = names(module)
            .iter()
            .filter_map(|name| name.chars().next())
            .collect();
        kinds.dedup();
        kinds
    };
    assert_eq!(kinds(&mixed).len(), 13);
    let ordered = order::alike(&mixed).expect("it can be read");
    assert_eq!(kinds(&ordered).len(), 3, "{:?}", names(&ordered));
    assert_eq!(order::alike(&mixed), Ok(ordered), "always the same order");
}

#[test]
fn it_does_the_same() {
    let mixed = mixed(9);
    let ordered = order::alike(&mixed).expect("it can be read");
    assert_eq!(is_valid(&ordered), Ok(()));
    let (mut before, mut after) = (Running::whole(&mixed), Running::whole(&ordered));
    for name in names(&mixed) {
        let expected = before.call(&name, &[]);
        assert!(expected.is_ok());
        assert_eq!(after.call(&name, &[] as &[Val]), expected, "{name}");
    }
}

#[test]
fn what_is_no_module_is_refused() {
    for (bytes, said) in [
        (&b"no module"[..], "the module cannot be put in order: "),
        (&mixed(3)[..60], "the module cannot be put in order: "),
    ] {
        let error = order::alike(bytes).expect_err("it is not whole");
        assert!(error.starts_with(said), "{error}");
    }
    let empty = module("(module)");
    assert_eq!(order::alike(&empty), Ok(empty));
}
