//! Damaged modules: an error or valid halves, and never a panic.

use proptest::prelude::*;
use split::{Later, split};

use crate::linked::{Entry, Function, Linked, Pointer, Segment, Symbol};
use crate::running::{is_valid, module};

const LIST: &str = "late";

/// A module with something of everything.
const RICH: &str = r#"(module
    (import "host" "load" (func $load))
    (import "host" "tell" (func $tell (param i32)))
    (import "host" "count" (global $count (mut i32)))
    (type $t (func (param i32) (result i32)))
    (table $table (export "table") 4 8 funcref)
    (table $others 2 externref)
    (memory (export "memory") 1 2)
    (global $own (mut f64) (f64.const 1.5))
    (global $kept funcref (ref.func $late))
    (elem (i32.const 1) $now $late)
    (elem declare func $start)
    (data (i32.const 16) "some text")
    (data (i32.const 64) "more of it")
    (func $need_later (export "need_later") call $load)
    (func $now (export "now") (type $t) (local i64 i64)
        block (result i32) local.get 0 i32.const 3 i32.and
        block block block local.get 0 br_table 0 1 2 end end end end
        local.get 0 i32.const 1 i32.and call_indirect (type $t))
    (func $late (export "late") (type $t)
        local.get 0 if (result i32) local.get 0 call $deeper else global.get $count end)
    (func $deeper (param i32) (result i32)
        loop local.get 0 i32.const 1 i32.sub local.tee 0 br_if 0 end
        global.get $own f64.const 2 f64.mul global.set $own
        ref.func $start drop
        i32.const 16 i32.load8_u offset=3)
    (func $start i32.const 3 call $tell i32.const 0 table.get $others drop)
    (start $start))"#;

fn linked() -> Linked {
    let reads = |reads: &[(usize, u32, bool)]| reads.to_vec();
    Linked {
        segments: vec![
            Segment {
                name: ".rodata",
                address: 0x400,
                bytes: (1..90).collect(),
            },
            Segment {
                name: ".data",
                address: 0x500,
                bytes: (1..40).collect(),
            },
        ],
        symbols: [(0, 0, 40), (0, 40, 40), (1, 0, 30)]
            .map(|(segment, offset, size)| Symbol {
                segment,
                offset,
                size,
            })
            .to_vec(),
        pointers: vec![Pointer {
            segment: 0,
            offset: 8,
            symbol: 1,
        }],
        functions: vec![
            Function {
                name: "late".to_owned(),
                reads: reads(&[(0, 8, true), (1, 3, false)]),
                ..Function::default()
            },
            Function {
                name: "now".to_owned(),
                reads: reads(&[(2, 3, false)]),
                calls: vec![1],
                ..Function::default()
            },
        ],
        table: vec![0],
        entries: vec![Entry {
            segment: 0,
            offset: 12,
            place: 1,
        }],
        ..Linked::default()
    }
}

/// Splits, and looks at what comes of it. Returns whether it was split.
fn survive(bound: &[u8], linked: Option<&[u8]>) -> bool {
    match split(bound, linked, &Later::parse(LIST)) {
        Ok(halves) => {
            assert_eq!(is_valid(&halves.first), Ok(()));
            assert_eq!(is_valid(&halves.later), Ok(()));
            true
        }
        Err(error) => {
            assert!(!error.is_empty());
            false
        }
    }
}

#[test]
fn modules_that_end_too_early() {
    let rich = module(RICH);
    assert!(survive(&rich, None));
    let whole = (0..rich.len()).filter(|end| survive(&rich[..*end], None));
    // Without names at its end a module is one, too; elsewhere something is missing.
    assert!(whole.count() <= 2);

    let (bound, notes) = (linked().bound(), linked().linked());
    assert!(survive(&bound, Some(&notes)));
    for end in 0..notes.len() {
        survive(&bound, Some(&notes[..end]));
        survive(&notes[..end], Some(&notes));
    }
}

/// Damage: bytes changed, taken out, or put in.
fn damaged(bytes: &[u8], damage: &[(u8, prop::sample::Index, u8)]) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    for (kind, at, byte) in damage {
        let at = at.index(bytes.len());
        match kind {
            0 => bytes[at] = *byte,
            1 => bytes[at] ^= 1 << (byte % 8),
            2 => drop(bytes.remove(at)),
            _ => bytes.insert(at, *byte),
        }
    }
    bytes
}

fn damage() -> impl Strategy<Value = Vec<(u8, prop::sample::Index, u8)>> {
    // Most often of the kinds that leave the lengths right.
    let kind = prop_oneof![4 => 0..2_u8, 1 => 2..4_u8];
    prop::collection::vec((kind, any::<prop::sample::Index>(), any::<u8>()), 1..4)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn damaged_modules(damage in damage()) {
        survive(&damaged(&module(RICH), &damage), None);
    }

    #[test]
    fn damaged_notes(damage in damage(), both in any::<bool>()) {
        let notes = damaged(&linked().linked(), &damage);
        let bound = if both { notes.clone() } else { linked().bound() };
        survive(&bound, Some(&notes));
    }

    #[test]
    fn garbage(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        prop_assert!(!survive(&bytes, None));
        prop_assert!(!survive(&linked().bound(), Some(&bytes)));
        let headed = [b"\0asm\x01\0\0\0", &bytes[..]].concat();
        survive(&headed, None);
        survive(&linked().bound(), Some(&headed));
    }
}
