//! Modules by chance: functions that call one another, some of them later.

use std::fmt::Write;

use proptest::prelude::*;
use wasmi::Val;

use crate::running::{module, same_calls};

/// What a function does with its argument and its result so far.
#[derive(Clone, Debug)]
enum Step {
    /// Takes a number into account.
    Number(i32),
    /// Calls a function with a higher number, directly or by its place in the table.
    Call(prop::sample::Index, bool),
    /// Changes the global, and takes it into account.
    Global(prop::sample::Index),
    /// Writes to memory, and reads what is elsewhere in it.
    Memory(u8, u8),
    /// Tells the host.
    Tell,
}

#[derive(Clone, Debug)]
struct Function {
    steps: Vec<Step>,
    later: bool,
    exported: bool,
    placed: bool,
}

fn step() -> impl Strategy<Value = Step> {
    let index = any::<prop::sample::Index>;
    prop_oneof![
        any::<i32>().prop_map(Step::Number),
        (index(), any::<bool>()).prop_map(|(to, indirect)| Step::Call(to, indirect)),
        (index(), any::<bool>()).prop_map(|(to, indirect)| Step::Call(to, indirect)),
        index().prop_map(Step::Global),
        (any::<u8>(), any::<u8>()).prop_map(|(to, from)| Step::Memory(to, from)),
        Just(Step::Tell),
    ]
}

fn function() -> impl Strategy<Value = Function> {
    let steps = prop::collection::vec(step(), 0..5);
    let parts = (steps, any::<bool>(), any::<bool>(), any::<bool>());
    parts.prop_map(|(steps, later, exported, placed)| Function {
        steps,
        later,
        exported,
        placed,
    })
}

const GLOBALS: usize = 3;

/// A function has the type `(i32) -> (i32)`, and calls none with a number below its own.
fn text(functions: &[Function]) -> String {
    let mut text = r#"(module
        (type $t (func (param i32) (result i32)))
        (import "host" "load" (func $load))
        (import "host" "tell" (func $tell (param i32)))
        (func $need_later (export "need_later") call $load)
        (memory (export "memory") 1)
        (data (i32.const 3) "some bytes of text")
        "#
    .to_owned();
    for global in 0..GLOBALS {
        let _ = writeln!(text, "(global $g{global} (mut i32) (i32.const {global}))");
    }
    let _ = writeln!(text, "(table {} funcref)", functions.len());
    for (at, function) in functions.iter().enumerate() {
        let name = format!("${}::f{at}", if function.later { "late" } else { "now" });
        if function.placed {
            let _ = writeln!(text, "(elem (i32.const {at}) {name})");
        }
        let export = if function.exported || at == 0 {
            format!("(export \"e{at}\")")
        } else {
            String::new()
        };
        let _ = writeln!(text, "(func {name} {export} (type $t)");
        for step in &function.steps {
            let mix = "local.get 0 i32.const 31 i32.mul i32.add local.set 0";
            let _ = match step {
                Step::Number(number) => writeln!(text, "i32.const {number} {mix}"),
                Step::Call(_, _) if at + 1 == functions.len() => Ok(()),
                Step::Call(to, indirect) => {
                    let to = at + 1 + to.index(functions.len() - at - 1);
                    if *indirect && functions[to].placed {
                        writeln!(
                            text,
                            "local.get 0 i32.const {to} call_indirect (type $t) {mix}"
                        )
                    } else {
                        let path = if functions[to].later { "late" } else { "now" };
                        writeln!(text, "local.get 0 call ${path}::f{to} {mix}")
                    }
                }
                Step::Global(global) => {
                    let global = global.index(GLOBALS);
                    writeln!(
                        text,
                        "global.get $g{global} local.get 0 i32.add global.set $g{global} global.get $g{global} {mix}"
                    )
                }
                Step::Memory(to, from) => writeln!(
                    text,
                    "i32.const {to} local.get 0 i32.store8 i32.const {from} i32.load8_u {mix}"
                ),
                Step::Tell => writeln!(text, "local.get 0 call $tell"),
            };
        }
        text.push_str("local.get 0)\n");
    }
    text.push(')');
    text
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn halves_do_what_the_whole_does(
        functions in prop::collection::vec(function(), 1..12),
        calls in prop::collection::vec((any::<prop::sample::Index>(), any::<i32>()), 1..8),
    ) {
        let exports: Vec<String> = functions
            .iter()
            .enumerate()
            .filter(|(at, function)| function.exported || *at == 0)
            .map(|(at, _)| format!("e{at}"))
            .collect();
        let args: Vec<(&str, [Val; 1])> = calls
            .iter()
            .map(|(which, arg)| (which.get(&exports).as_str(), [Val::I32(*arg)]))
            .collect();
        let calls: Vec<(&str, &[Val])> = args.iter().map(|(name, args)| (*name, &args[..])).collect();
        same_calls(&module(&text(&functions)), None, "late", &calls);
    }
}
