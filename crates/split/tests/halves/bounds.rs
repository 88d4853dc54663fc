//! Modules that cannot be split, and what is said of them.

use split::{Later, split};

use crate::running::module;

const NEED: &str = r#"(func $need (export "need_later"))"#;
const TABLE: &str = "(table 1 funcref)";

fn refused(bound: &[u8]) -> String {
    match split(bound, None, &Later::parse("late")) {
        Ok(_) => panic!("it was split"),
        Err(error) => error,
    }
}

/// What is said of a module of a text.
fn said(rest: &str) -> String {
    refused(&module(&format!("(module {rest})")))
}

#[test]
fn what_is_no_module() {
    for bytes in [
        &b""[..],
        b"garbage",
        b"\0asm",
        b"\0asm\x02\0\0\0",
        b"\0asm\x01\0\0\0\x0d\0",
    ] {
        let error = refused(bytes);
        assert!(
            error.starts_with("the module is not valid: "),
            "{bytes:?}: {error}"
        );
    }
    let component = module("(module)");
    let component = [&component[..4], b"\x0d\0\x01\0"].concat();
    assert!(refused(&component).starts_with("the module "));
}

#[test]
fn what_is_not_of_the_pages_browsers() {
    for rest in [
        "(memory i64 1)",
        "(tag)",
        "(type (struct))",
        "(memory 1) (memory 1)",
        "(func $f return_call $f)",
        "(table i64 1 funcref)",
    ] {
        let error = said(&format!("{NEED} {rest}"));
        assert!(
            error.starts_with("the module is not valid: "),
            "{rest}: {error}"
        );
    }
}

#[test]
fn what_a_module_must_have() {
    assert_eq!(said(TABLE), "the module exports no function `need_later`");
    assert_eq!(
        said(&format!(r#"{TABLE} (memory (export "need_later") 1)"#)),
        "the module exports no function `need_later`"
    );
    for types in ["(param i32)", "(result i32) i32.const 1"] {
        assert_eq!(
            said(&format!(r#"{TABLE} (func (export "need_later") {types})"#)),
            "`need_later` takes or returns something"
        );
    }
    let none = "the module has no table of functions, or several";
    assert_eq!(said(NEED), none);
    assert_eq!(said(&format!("{NEED} (table 1 externref)")), none);
    assert_eq!(said(&format!("{NEED} {TABLE} {TABLE}")), none);
    assert_eq!(
        said(&format!(r#"(import "host" "t" (table 1 funcref)) {NEED}"#)),
        "the module imports its table of functions"
    );
}

#[test]
fn what_cannot_be_split() {
    for (rest, error) in [
        (
            "(elem func $need)",
            "the module has an element segment that is not active",
        ),
        (
            "(elem (table 0) (i32.const 0) funcref (ref.func $need))",
            "the module has an element segment of another form",
        ),
        (
            r#"(import "host" "at" (global $at i32)) (elem (global.get $at) $need)"#,
            "the module has an element segment of another form",
        ),
        (
            "(elem (i32.const 0) $need) (func elem.drop 0)",
            "the module copies or drops a segment itself",
        ),
        (
            r#"(memory 1) (data (i32.const 0) "a") (func data.drop 0)"#,
            "the module copies or drops a segment itself",
        ),
        (
            r#"(memory 1) (data "a")"#,
            "the module has a data segment that is not active",
        ),
        (
            r#"(import "host" "at" (global $at i32)) (memory 1) (data (global.get $at) "a")"#,
            "the module has a data segment without a fixed address",
        ),
        (
            r#"(func (export "places"))"#,
            "the module exports `places` itself",
        ),
        (
            r#"(func (export "here"))"#,
            "the module exports `here` itself",
        ),
    ] {
        // Imports come first.
        assert_eq!(said(&format!("{rest} {TABLE} {NEED}")), error, "{rest}");
    }
    for write in [
        "i32.const 0 ref.null func table.set",
        "ref.null func i32.const 1 table.grow drop",
        "i32.const 0 ref.null func i32.const 1 table.fill",
        "i32.const 0 i32.const 0 i32.const 0 table.copy",
    ] {
        assert_eq!(
            said(&format!("{TABLE} {NEED} (func {write})")),
            "the module writes to its table of functions",
            "{write}"
        );
    }
    // Other tables are its own affair.
    let externs = "(table $e 1 externref) (func i32.const 0 ref.null extern table.set $e)";
    let module = module(&format!("(module {TABLE} {externs} {NEED})"));
    assert!(split(&module, None, &Later::parse("")).is_ok());
}

#[test]
fn a_table_that_is_full() {
    let error = said(&format!(
        "{NEED} (table 0xffffffff funcref) (func $late (export \"late\"))"
    ));
    assert_eq!(error, "4294967295 is no index of a table");
    // There is room for more than it said it would want.
    let narrow = format!("{NEED} (table 2 2 funcref) (func $late (export \"late\"))");
    let module = module(&format!("(module {narrow})"));
    assert!(split(&module, None, &Later::parse("late")).is_ok());
}
