//! Damaged and hostile texts: an answer soon, never a panic.

use litmus::{Setting, export_herd, parse, print};
use proptest::prelude::*;
use std::time::{Duration, Instant};

const SEEDS: &[&str] = &[
    include_str!("seeds/scenario.litmus"),
    include_str!("seeds/plain.litmus"),
    include_str!("seeds/header.litmus"),
];

/// Reads a text, and does with the test whatever can be done with one.
fn survive(source: &str) {
    let start = Instant::now();
    let parsed = parse(source);
    for diagnostic in &parsed.diagnostics {
        assert!(diagnostic.to_string().len() < 10_000);
    }
    assert!(parsed.diagnostics.len() <= litmus::limits::DIAGNOSTICS);
    if let Some(test) = parsed.test {
        let printed = print(&test);
        assert!(printed.len() < 64 * source.len() + 4096);
        for setting in Setting::all(&test).take(2) {
            let _ = export_herd(&test, &setting);
        }
        let _ = test.format_state(&[]);
    }
    let limit = Duration::from_secs(5);
    assert!(start.elapsed() < limit, "too slow: {} bytes", source.len());
}

/// Bytes become text as a page would read them.
fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn damaged_texts(
        seed in prop::sample::select(SEEDS.to_vec()),
        damage in prop::collection::vec((0..6_u8, any::<prop::sample::Index>(), any::<prop::sample::Index>(), any::<u8>()), 1..8),
        insert in prop::sample::select(vec![
            "(*", "*)", "/*", "*/", "{", "}", "(", ")", "\"", ";", "/*@", "@", "\u{e9}\u{1f600}", "99999999999999999999999",
            "-9223372036854775808", "if (", "else", "P1(", "exists", "~", "=>", "toggle", ",", ":", "->", "\0", "&", "*",
        ]),
    ) {
        let mut bytes = seed.as_bytes().to_vec();
        for (kind, a, b, byte) in damage {
            if bytes.is_empty() {
                break;
            }
            let (a, b) = (a.index(bytes.len()), b.index(bytes.len()));
            let (low, high) = (a.min(b), a.max(b).min(a.min(b) + 200));
            match kind {
                0 => { bytes.drain(low..high); }
                1 => { let part = bytes[low..high].to_vec(); bytes.splice(b..b, part); }
                2 => bytes.swap(a, b),
                3 => bytes[a] = byte,
                4 => { bytes.splice(a..a, insert.bytes()); }
                _ => bytes.truncate(a),
            }
        }
        survive(&text(&bytes));
    }

    #[test]
    fn random_bytes(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        survive(&text(&bytes));
        let mut whole = b"C t\n{}\nP0(int *x) {".to_vec();
        whole.extend(bytes);
        survive(&text(&whole));
    }
}

#[test]
fn deep_and_long() {
    let n = 20_000;
    let body = |inner: &str| format!("C t\n{{}}\nP0(int *x) {{ {inner} }}\nexists (x=1)");
    let pieces = [
        "(",
        ")",
        "{",
        "}",
        "if (1) ",
        "if (1) {",
        "else ",
        "!",
        "~",
        "-",
        "*",
        "&",
        "(int)",
        "*(int*)",
        "x->",
        "a+",
        "a,",
        "READ_ONCE(",
        "READ_ONCE(*",
        "xchg(x,",
        "int r",
        "int *",
        "r0=",
        "(*",
        "*)",
        "/*",
        "/*@ toggle a */",
        "//",
        "\"",
        "\u{e9}",
        "smp_mb();",
        "{ } ",
        ";",
        "foo(",
        "1",
        "0x",
        "\\/",
        "/\\",
        "1:",
        "*x",
        "(*x",
    ];
    for piece in pieces {
        let many = piece.repeat(n / piece.len());
        survive(&many);
        survive(&format!("C {many}"));
        survive(&format!("C t\n{many}"));
        survive(&format!("C t\n{{ {many} }}\nP0() {{}}"));
        survive(&format!("C t\n{{}} P0({many}) {{}}"));
        survive(&body(&many));
        survive(&body(&format!("r0 = {many}")));
        survive(&body(&format!("smp_mb(); /*@ {many} */")));
        survive(&body(&format!("smp_mb(); /*@ toggle a off=\"{many}\" */")));
        survive(&format!("C t\n{{}}\nP0(int *x) {{ }}\nexists {many}"));
        survive(&format!("C t\n{{}}\nP0(int *x) {{ }}\nlocations [{many}"));
        survive(&format!(
            "C t\n(* @outcome a : {many} *)\n{{}}\nP0(int *x) {{ }}"
        ));
        survive(&format!("C t\n(* @{many} *)\n{{}}\nP0(int *x) {{ }}"));
        survive(&format!(
            "C t\n(*\n@story {many} *)\n{{}}\nP0(int *x) {{ }}"
        ));
    }
    survive(&"(*".repeat(200_000));
    survive(&"x".repeat(300_000));
    survive(&"a ".repeat(130_000));
    survive(&"@a\n".repeat(80_000));
    survive(&format!(
        "C t\n(*\n{}*)\n{{}}\nP0() {{}}",
        "@titel a\n".repeat(25_000)
    ));
}

#[test]
fn long_conditions_are_no_deep_trees() {
    let atoms = |n: usize| vec!["0:r0=1"; n].join(" /\\ ");
    let text = |n| {
        format!(
            "C t\n{{}}\nP0(int *x) {{ r0 = *x; }}\nexists ({})",
            atoms(n)
        )
    };
    assert!(parse(&text(4096)).test.is_some());
    survive(&text(4096));
    assert!(parse(&text(4097)).test.is_none());
}
