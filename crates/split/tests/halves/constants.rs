//! Which constants travel with the later half.

use proptest::prelude::*;
use split::{Halves, Later, data, linked, split};
use walrus::{ConstExpr, DataKind, Module, ir::Value};
use wasmi::Val;

use crate::linked::{Function, Linked, Pointer, Relocation, Segment, Symbol};
use crate::running::{Running, halved, module, same_calls};

const START: u32 = 0x400;

fn segment(name: &'static str, address: u32, bytes: &[u8]) -> Segment {
    Segment {
        name,
        address,
        bytes: bytes.to_vec(),
    }
}

fn symbol(segment: usize, offset: u32, size: u32) -> Symbol {
    Symbol {
        segment,
        offset,
        size,
    }
}

fn function(name: &str, reads: &[(usize, u32, bool)]) -> Function {
    Function {
        name: name.to_owned(),
        reads: reads.to_vec(),
        ..Function::default()
    }
}

/// Bytes of which none is 0: 1, 2 and so on.
fn counted(length: u8) -> Vec<u8> {
    (1..=length).collect()
}

/// The active segments of a half, with their addresses.
fn segments(half: &[u8]) -> Segments {
    let module = Module::from_buffer(half).expect("a half can be read");
    let one = |data: &walrus::Data| match data.kind {
        DataKind::Active {
            offset: ConstExpr::Value(Value::I32(at)),
            ..
        } => (at.cast_unsigned(), data.value.clone()),
        _ => panic!("a segment is not active"),
    };
    module.data.iter().map(one).collect()
}

/// Splits a module, calls all its functions in both halves, and gives the halves back.
fn halves(linked: &Linked) -> Halves {
    let (bound, notes) = (linked.bound(), linked.linked());
    let names = linked
        .functions
        .iter()
        .map(|function| function.name.as_str());
    // Those of the first half come first: they must not need the later one's constants.
    let (later, first): (Vec<_>, Vec<_>) = names.partition(|name| name.starts_with("late"));
    let calls: Vec<(&str, &[Val])> = [first.clone(), later, first]
        .concat()
        .into_iter()
        .map(|name| (name, &[] as &[Val]))
        .collect();
    same_calls(&bound, Some(&notes), LIST, &calls);
    halved(&bound, Some(&notes), LIST)
}

const LIST: &str = "late\nlate_2";

#[test]
fn what_only_later_functions_mention_goes_later() {
    let linked = Linked {
        segments: vec![segment(".rodata", START, &counted(120))],
        symbols: vec![symbol(0, 0, 40), symbol(0, 40, 40), symbol(0, 80, 40)],
        functions: vec![
            function("now", &[(0, 3, false), (1, 1, false)]),
            function("late", &[(1, 2, false), (2, 39, false)]),
        ],
        ..Linked::default()
    };
    let halves = halves(&linked);
    assert_eq!(halves.data, 40);
    let (kept, gone) = (counted(120)[..80].to_vec(), counted(120)[80..].to_vec());
    let first = [kept, vec![0; 40]].concat();
    assert_eq!(segments(&halves.first), [(START, first)]);
    assert_eq!(segments(&halves.later), [(START + 80, gone)]);
}

#[test]
fn without_a_linked_module_all_constants_stay() {
    let linked = Linked {
        segments: vec![segment(".rodata", START, &counted(40))],
        symbols: vec![symbol(0, 0, 40)],
        functions: vec![function("late", &[(0, 2, false)])],
        ..Linked::default()
    };
    let halves = halved(&linked.bound(), None, LIST);
    assert_eq!((halves.data, segments(&halves.later)), (0, Vec::new()));
    assert_eq!(segments(&halves.first), [(START, counted(40))]);
}

#[test]
fn what_somebody_writes_to_stays() {
    let linked = Linked {
        segments: vec![
            segment(".rodata", START, &counted(30)),
            segment(".data", START + 32, &counted(30)),
        ],
        symbols: vec![symbol(0, 0, 30), symbol(1, 0, 30)],
        functions: vec![function("late", &[(0, 2, false), (1, 2, false)])],
        ..Linked::default()
    };
    let halves = halves(&linked);
    assert_eq!(segments(&halves.later), [(START, counted(30))]);
    let first = [(START, vec![0; 30]), (START + 32, counted(30))];
    assert_eq!(segments(&halves.first), first);
}

#[test]
fn constants_are_reached_through_others() {
    // 0 has the address of 1, and that the one of 2. 3 has the one of 4, and is not mentioned by any function.
    let symbols = (0..5).map(|at| symbol(0, 32 * at, 32)).collect();
    let pointer = |from: u32, symbol| Pointer {
        segment: 0,
        offset: 32 * from + 8,
        symbol,
    };
    let mut linked = Linked {
        segments: vec![segment(".rodata", START, &counted(160))],
        symbols,
        pointers: vec![pointer(0, 1), pointer(1, 2), pointer(3, 4)],
        functions: vec![
            function("late", &[(0, 8, true), (4, 1, false)]),
            function("now", &[(3, 8, true)]),
        ],
        ..Linked::default()
    };
    let whole = halves(&linked);
    assert_eq!(whole.data, 96);
    assert_eq!(segments(&whole.later)[0].0, START);

    // Somebody of the first half needs the middle, and with it the last.
    linked.functions.push(function("also", &[(1, 0, false)]));
    assert_eq!(halves(&linked).data, 32);

    // Nobody mentions 3: then it is mentioned in a way that is not seen, and 4 through it.
    linked.functions.remove(1);
    assert_eq!(halves(&linked).data, 32);
    // Without 3, only the later function can have the address of 4.
    linked.pointers.pop();
    assert_eq!(halves(&linked).data, 64);
}

#[test]
fn an_address_outside_of_all_symbols_counts() {
    let mut linked = Linked {
        segments: vec![
            segment(".rodata", START, &counted(60)),
            segment(".data", START + 64, &counted(20)),
        ],
        symbols: vec![symbol(0, 0, 60), symbol(1, 0, 8)],
        pointers: vec![Pointer {
            segment: 1,
            offset: 8,
            symbol: 0,
        }],
        functions: vec![function("late", &[(0, 2, false)])],
        ..Linked::default()
    };
    assert_eq!(halves(&linked).data, 0);
    linked.pointers.clear();
    assert_eq!(halves(&linked).data, 60);
}

#[test]
fn symbols_can_lie_in_one_another() {
    let linked = Linked {
        segments: vec![segment(".rodata", START, &counted(100))],
        // The second is the end of the first; the fourth has the third in it.
        symbols: vec![
            symbol(0, 0, 50),
            symbol(0, 30, 20),
            symbol(0, 60, 10),
            symbol(0, 50, 50),
        ],
        functions: vec![
            function("late", &[(0, 29, false), (2, 9, false)]),
            function("now", &[(1, 0, false), (3, 49, false)]),
        ],
        ..Linked::default()
    };
    let halves = halves(&linked);
    assert_eq!(segments(&halves.later), [(START, counted(30))]);
}

#[test]
fn names_of_both_halves_are_in_the_first() {
    let linked = Linked {
        segments: vec![segment(".rodata", START, &counted(90))],
        symbols: vec![symbol(0, 0, 30), symbol(0, 30, 30), symbol(0, 60, 30)],
        functions: vec![
            function("late", &[(0, 0, false)]),
            function("late_2", &[(1, 0, false)]),
        ],
        ..Linked::default()
    };
    let bound = Module::from_buffer(&linked.bound()).expect("it can be read");
    let linked = linked.linked();
    let linked = linked::Linked::read(&linked, &bound).expect("it is linked");
    let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    let later = |first: &[&str], later: &[&str]| {
        let ranges = data::later(&linked, &[names(first), names(later)]);
        let ranges = ranges.into_iter();
        ranges
            .map(|range| (range.start, range.end))
            .collect::<Vec<_>>()
    };
    let (start, one, both) = (START as usize, START as usize + 30, START as usize + 60);
    assert_eq!(later(&[], &["late", "late_2"]), [(start, both)]);
    assert_eq!(later(&["late_2"], &["late", "late_2"]), [(start, one)]);
    // A function of no known name may be anybody's.
    assert_eq!(later(&[], &["late_2"]), [(one, both)]);
    assert_eq!(later(&[], &[]), []);
}

#[test]
fn places_in_sources_are_for_who_panics() {
    let mut linked = Linked {
        segments: vec![segment(".rodata", START, &counted(56))],
        // A place, the name that it has, and one that is like a place but for its name.
        symbols: vec![
            symbol(0, 0, 16),
            symbol(0, 16, 8),
            symbol(0, 24, 16),
            symbol(0, 40, 16),
        ],
        pointers: [(0, 1), (24, 3)]
            .map(|(offset, symbol)| Pointer {
                segment: 0,
                offset,
                symbol,
            })
            .to_vec(),
        functions: vec![
            function("now", &[(0, 0, false), (2, 0, false)]),
            function("core::panicking::panic_fmt", &[]),
        ],
        ..Linked::default()
    };
    let bytes = &mut linked.segments[0].bytes;
    bytes[4..8].copy_from_slice(&8_u32.to_le_bytes());
    bytes[16..24].copy_from_slice(b"src/a.rs");
    bytes[28..32].copy_from_slice(&8_u32.to_le_bytes());
    let later = |linked: &Linked, list: &str| {
        let halves = halved(&linked.bound(), Some(&linked.linked()), list);
        let gone = segments(&halves.later).into_iter();
        gone.map(|(at, bytes)| (at - START, bytes.len()))
            .collect::<Vec<_>>()
    };
    assert_eq!(later(&linked, "core::panicking"), [(0, 24)]);
    // Who panics is in the first half: then all places are.
    assert_eq!(later(&linked, "late"), []);
    // Somebody reads the name, or what is at its end goes beyond the data.
    linked.functions[0].reads.push((1, 0, false));
    assert_eq!(later(&linked, "core::panicking"), [(0, 16)]);
    linked.functions[0].reads.pop();
    // What is shorter is no place.
    linked.symbols[0].size = 12;
    assert_eq!(later(&linked, "core::panicking"), []);
    linked.symbols[0].size = 16;
    linked.segments[0].bytes[4..8].copy_from_slice(&u32::MAX.to_le_bytes());
    assert_eq!(later(&linked, "core::panicking"), []);
}

type Segments = Vec<(u32, Vec<u8>)>;

/// Parts constants of a module with these segments, and gives the segments of both halves.
fn parted(text: &str, ranges: &[(usize, usize)]) -> (usize, [Segments; 2]) {
    let ranges: Vec<_> = ranges.iter().map(|(from, to)| *from..*to).collect();
    let bytes = module(&format!("(module (memory 1) {text})"));
    let read = || Module::from_buffer(&bytes).expect("the module can be read");
    let (mut first, mut later) = (read(), read());
    let moved = data::part(&mut first, &mut later, &ranges).expect("the segments are active");
    (
        moved,
        [&mut first, &mut later].map(|half| segments(&half.emit_wasm())),
    )
}

#[test]
fn near_pieces_are_one() {
    let text = format!(r#"(data (i32.const 100) "{}")"#, "x".repeat(60));
    let x = |many: usize| vec![b'x'; many];
    // 15 bytes are between the first two, and 16 between the others.
    let (moved, [first, later]) = parted(&text, &[(100, 105), (120, 125), (141, 144)]);
    assert_eq!(moved, 13);
    assert_eq!(later, [(100, x(25)), (141, x(3))]);
    let zeros = |many: usize| vec![0; many];
    let kept = [zeros(5), x(15), zeros(5), x(16), zeros(3), x(16)].concat();
    assert_eq!(first, [(100, kept)]);
}

#[test]
fn ranges_can_be_anywhere() {
    let text = r#"(data (i32.const 10) "abcdef") (data (i32.const 20) "ghij")"#;
    let whole = vec![(10, b"abcdef".to_vec()), (20, b"ghij".to_vec())];
    for ranges in [&[][..], &[(0, 10), (16, 20), (24, 90)], &[(12, 12)]] {
        let (moved, [first, later]) = parted(text, ranges);
        assert_eq!((moved, first, later), (0, whole.clone(), Vec::new()));
    }
    // One goes over both segments and beyond; they come in any order, and one over another.
    let (moved, [first, later]) = parted(text, &[(15, 40), (9, 12), (11, 13)]);
    assert_eq!(moved, 3 + 1 + 4);
    assert_eq!(first, [(10, b"\0\0\0de\0".to_vec()), (20, vec![0; 4])]);
    assert_eq!(later, [(10, b"abcdef".to_vec()), (20, b"ghij".to_vec())]);
}

#[test]
fn addresses_go_up_to_the_end() {
    let text = r#"(data (i32.const 0xfffffffc) "abc")"#;
    let (moved, [_, later]) = parted(text, &[(0xffff_fffd, 0xffff_ffff)]);
    assert_eq!((moved, later), (2, vec![(0xffff_fffd, b"bc".to_vec())]));
}

/// What is said of a linked module that goes with a good bound one.
fn said(linked: &[u8]) -> String {
    let bound = Linked::default().bound();
    match split(&bound, Some(linked), &Later::parse(LIST)) {
        Ok(_) => panic!("it was split"),
        Err(error) => error,
    }
}

#[test]
fn bad_notes_are_said() {
    let cannot = "the linked module cannot be read: ";
    assert!(said(b"garbage").starts_with(cannot));
    assert!(said(b"").starts_with(cannot));
    assert_eq!(
        said(&Linked::default().bound()),
        format!("{cannot}it has no relocations")
    );
    for (text, error) in [
        (
            r#"(memory 1) (data "a")"#,
            "it has a data segment that is not active",
        ),
        (
            r#"(import "host" "at" (global $at i32)) (memory 1) (data (global.get $at) "a")"#,
            "it has a data segment without a fixed address",
        ),
    ] {
        let error = format!("{cannot}{error}");
        assert_eq!(said(&module(&format!("(module {text})"))), error);
    }

    let good = Linked {
        segments: vec![segment(".rodata", START, &counted(10))],
        symbols: vec![symbol(0, 0, 10)],
        functions: vec![function("late", &[(0, 1, false)])],
        ..Linked::default()
    };
    let spoilt = |spoil: &dyn Fn(&mut Linked)| {
        let mut linked = good.clone();
        spoil(&mut linked);
        said(&linked.linked())
    };
    let relocation = |offset, index| Relocation {
        kind: 5,
        offset,
        index,
    };
    assert_eq!(
        spoilt(&|linked| linked.more.push(relocation(0, 99))),
        format!("{cannot}a relocation is to a symbol that there is not")
    );
    assert_eq!(
        spoilt(&|linked| linked.more.push(relocation(9999, 0))),
        format!("{cannot}a relocation is outside of its section")
    );
    assert_eq!(
        spoilt(&|linked| linked.symbols[0].size = 11),
        format!("{cannot}`symbol0` goes beyond its segment")
    );
    assert_eq!(
        spoilt(&|linked| linked.symbols[0].offset = u32::MAX - START),
        format!("{cannot}`symbol0` goes beyond its segment")
    );
    let mut elsewhere = good.clone();
    elsewhere.symbols.push(symbol(0, 0, 1));
    let mut bytes = elsewhere.linked();
    // The second symbol's segment, behind its name.
    let name = bytes.windows(7).rposition(|window| window == b"symbol1");
    bytes[name.expect("it has a name") + 7] = 3;
    assert_eq!(
        said(&bytes),
        format!("{cannot}`symbol1` is in a segment that there is not")
    );
    let mut nowhere = good.linked();
    let name = nowhere
        .windows(10)
        .position(|window| window == b"reloc.CODE");
    nowhere[name.expect("it has relocations") + 10] = 99;
    assert_eq!(
        said(&nowhere),
        format!("{cannot}relocations concern a section that there is not")
    );
}

#[test]
fn notes_of_another_build_are_refused() {
    let now = Linked {
        segments: vec![segment(".rodata", START, &counted(40))],
        symbols: vec![symbol(0, 0, 40)],
        functions: vec![function("late", &[(0, 1, false)])],
        ..Linked::default()
    };
    let spoils: [fn(&mut Linked); 4] = [
        |before| before.segments[0].address += 16,
        |before| before.segments[0].bytes[39] = 0,
        |before| before.segments[0].bytes.push(1),
        |before| before.segments.push(segment(".data", 0x500, b"a")),
    ];
    for spoil in spoils {
        let mut before = now.clone();
        spoil(&mut before);
        let said = split(&now.bound(), Some(&before.linked()), &Later::parse(LIST)).err();
        let expected = "the linked module has other data than the module";
        assert_eq!(said.as_deref(), Some(expected));
    }
    assert!(split(&now.bound(), Some(&now.linked()), &Later::parse(LIST)).is_ok());
}

/// Modules with constants by chance.
fn by_chance() -> impl Strategy<Value = Linked> {
    let at = any::<prop::sample::Index>;
    let place = (any::<bool>(), 0..150_u32, 1..40_u32);
    let symbols = prop::collection::vec(place, 1..10);
    let pointers = prop::collection::vec((any::<bool>(), 0..46_u32, at()), 0..8);
    let reads = prop::collection::vec((at(), any::<u32>(), any::<bool>()), 0..5);
    let functions = prop::collection::vec((any::<bool>(), reads), 1..6);
    (symbols, pointers, functions).prop_map(|(symbols, pointers, functions)| {
        let length = 190_u8;
        let symbols: Vec<Symbol> = symbols
            .into_iter()
            .map(|(constant, offset, size)| symbol(usize::from(!constant), offset, size))
            .collect();
        // They do not lie over one another.
        let mut pointers: Vec<Pointer> = pointers
            .into_iter()
            .map(|(constant, fourth, to)| Pointer {
                segment: usize::from(!constant),
                offset: 4 * fourth,
                symbol: to.index(symbols.len()),
            })
            .collect();
        pointers.sort_by_key(|pointer| (pointer.segment, pointer.offset));
        pointers.dedup_by_key(|pointer| (pointer.segment, pointer.offset));
        // Their order in the file says nothing.
        pointers.reverse();
        let read = |(at, byte, through): (prop::sample::Index, u32, bool)| {
            let at = at.index(symbols.len());
            let symbol = &symbols[at];
            let inside = |pointer: &&Pointer| {
                pointer.segment == symbol.segment
                    && pointer.offset >= symbol.offset
                    && pointer.offset + 4 <= symbol.offset + symbol.size
            };
            // A function reads through an address where there is one.
            match pointers.iter().find(inside).filter(|_| through) {
                Some(pointer) => (at, pointer.offset - symbol.offset, true),
                None => (at, byte % symbol.size, false),
            }
        };
        let functions = functions
            .into_iter()
            .enumerate()
            .map(|(at, (later, reads))| Function {
                name: format!("{}::{at}", if later { "late" } else { "now" }),
                reads: reads.into_iter().map(read).collect(),
                ..Function::default()
            })
            .collect();
        Linked {
            segments: vec![
                segment(".rodata", START, &counted(length)),
                segment(".data", START + 256, &counted(length)),
            ],
            symbols,
            pointers,
            functions,
            ..Linked::default()
        }
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nobody_misses_a_constant(linked in by_chance()) {
        let halves = halves(&linked);
        // What is in the later half is the whole's, and what is gone from the first is in it.
        let whole = Running::whole(&linked.bound()).memory();
        let mut both = Running::first(&halves).memory();
        for (address, bytes) in segments(&halves.later) {
            let address = address as usize;
            prop_assert_eq!(&whole[address..address + bytes.len()], &bytes[..]);
            both[address..address + bytes.len()].copy_from_slice(&bytes);
        }
        prop_assert!(both == whole);
    }
}
