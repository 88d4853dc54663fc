//! What is said about wrong texts, to the letter.

mod common;

use common::body;
use litmus::parse;

/// Every diagnostic as `line:column severity message [help]`.
fn check(source: &str, expected: &[&str]) {
    let found: Vec<String> = parse(source)
        .diagnostics
        .iter()
        .map(|d| {
            let help = d
                .suggestion
                .as_ref()
                .map(|s| format!(" [{s}]"))
                .unwrap_or_default();
            let severity = format!("{:?}", d.severity).to_lowercase();
            format!("{}:{} {severity}: {}{help}", d.line, d.column, d.message)
        })
        .collect();
    assert_eq!(found, expected, "\n{source}");
}

/// The columns of a terminal that the carets stand under, in a body for P0.
fn marked(text: &str) -> String {
    let source = body(text);
    let parsed = parse(&source);
    let shown = parsed.diagnostics[0].to_string();
    let lines: Vec<&str> = shown.lines().collect();
    let at = lines.iter().position(|l| l.contains('^')).expect("carets");
    let wide = |c: char| usize::from(matches!(c, '界' | '😀'));
    let none = |c: char| usize::from(c == '\u{301}');
    let mut under = String::new();
    let mut column = 0;
    for c in lines[at - 1].chars() {
        if lines[at].chars().nth(column) == Some('^') {
            under.push(c);
        }
        column += 1 + wide(c) - none(c);
    }
    under
}

#[test]
fn carets_stand_under_their_place() {
    let far = "WRITE_ONCE(*x, 1); ".repeat(60);
    for before in [
        "",
        "\t",
        "/* 界😀 */ ",
        "/* e\u{301} */ ",
        "\t/* 界 */\t",
        &far,
    ] {
        for after in ["", "; /* 界 */", &format!("; {far}")] {
            assert_eq!(marked(&format!("{before}smp_bm(){after}")), "smp_bm");
        }
    }
    // Of a long line the part around the place is shown.
    let source = body(&format!("{far}smp_bm(); {far}"));
    let shown = parse(&source).diagnostics[0].to_string();
    let line = shown.lines().nth(3).expect("the line");
    assert!(line.starts_with("4 | …") && line.ends_with('…'), "{line}");
    assert!(line.chars().count() <= "4 | ……".len() + 100, "{line}");
}

#[test]
fn nothing_that_a_terminal_obeys_is_shown() {
    let source = body("smp_bm(); /* \u{1b}[2J \u{9b} \u{202e} */ smp_\u{7}mb(); \r");
    for diagnostic in parse(&source).diagnostics {
        let shown = diagnostic.with_file("a\u{1b}[1m\n.litmus").to_string();
        let bad = shown
            .chars()
            .find(|c| c.is_control() && *c != '\n' || *c == '\u{202e}');
        assert_eq!(bad, None, "{shown:?}");
    }
}

#[test]
fn what_is_no_text_is_said_once() {
    for text in [
        "\0",
        "C a\n{}\n\0\0",
        &"\u{fffd}".repeat(40),
        &"\u{1}\u{2}".repeat(9),
    ] {
        let parsed = parse(text);
        assert!(parsed.test.is_none());
        let messages: Vec<_> = parsed.diagnostics.iter().map(|d| &d.message).collect();
        assert_eq!(messages, ["this is not text"]);
    }
    // A slip is told where it is.
    let parsed = parse(&body("smp_mb\u{1}();"));
    assert!(parsed.diagnostics[0].message != "this is not text");
}

/// What is not kept is counted.
#[test]
fn no_message_is_forgotten() {
    for count in [1, 64, 65, 200] {
        let parsed = parse(&body(&"smp_bm(); ".repeat(count)));
        let kept = count.min(litmus::limits::DIAGNOSTICS);
        assert_eq!(
            (parsed.diagnostics.len(), parsed.more),
            (kept, count - kept)
        );
    }
}

/// Header lines from line 3 on, over a test with toggles and outcomes.
fn header(text: &str) -> String {
    format!(
        "C t\n(*\n{text}\n@outcome stale : 0:r0=1 *)\n{{ x=1; }}\nP0(int *x, struct srcu_struct *ss) {{ r0 = READ_ONCE(*x); /*@ toggle reader */ synchronize_srcu(ss); /*@ toggle wait choices=synchronize_srcu,synchronize_rcu,none */ }}"
    )
}

#[test]
fn rendering() {
    let source = "C t\n{}\nP0(int *x)\n{\n\tr0 = READ_ONC(*x);\n\tsmp_bm()\n}\nexist (0:r0=1)\n";
    let shown: Vec<String> = parse(source)
        .diagnostics
        .iter()
        .map(|d| d.with_file("a.litmus").to_string())
        .collect();
    assert_eq!(
        shown.join("\n\n"),
        "\
error: there is no primitive `READ_ONC`
 --> a.litmus:5:7
  |
5 |     r0 = READ_ONC(*x);
  |          ^^^^^^^^
  = help: did you mean `READ_ONCE`?

error: there is no primitive `smp_bm`
 --> a.litmus:6:2
  |
6 |     smp_bm()
  |     ^^^^^^
  = help: did you mean `smp_mb`?

error: expected a thread, `exists`, `forall`, `filter` or `locations`, found `exist`
 --> a.litmus:8:1
  |
8 | exist (0:r0=1)
  | ^^^^^
  = help: did you mean `exists`?"
    );
    let first = &parse("").diagnostics[0];
    assert_eq!(
        first.to_string(),
        "error: the test is empty\n --> 1:1\n  |\n1 | \n  | ^"
    );
}

#[test]
fn layout() {
    check("", &["1:1 error: the test is empty"]);
    check(
        "C\n{}\nP0(){}",
        &["1:1 error: the test has no name [a name is of letters, digits and `_ / . - + [ ]`]"],
    );
    check(
        "AArch64 t\n{}\nP0() {}",
        &[
            "1:1 error: the first line does not say `C name` [only tests in the kernel's C dialect can be read]",
        ],
    );
    check(
        "C t\n",
        &[
            "2:1 error: expected the init block `{ … }`, found the end of the text [write `{}` when every variable starts at 0]",
        ],
    );
    check(
        "C t\n{}\n",
        &["3:1 error: the test has no threads [write `P0(int *x) { … }`]"],
    );
    check(
        "C t\n{ x=1;",
        &[
            "2:1 error: this `{` is never closed",
            "2:7 error: the test has no threads [write `P0(int *x) { … }`]",
        ],
    );
    check(
        "C t\n{}\nP0() {\nsmp_mb();",
        &["3:6 error: this `{` is never closed"],
    );
    check(
        "C t\n{}\nP0() {\nif (1) {\nsmp_mb();\n}\nP1() { smp_mb(); }",
        &["3:6 error: this `{` is never closed"],
    );
    check(
        "C t\n{}\nP0() { } }\nP1() {}",
        &["3:10 error: this `}` closes nothing"],
    );
    check(
        "C t\n{}\nP0() { /* }",
        &[
            "3:6 error: this `{` is never closed",
            "3:8 error: this comment is never closed",
        ],
    );
    check(
        "C t\n(* (* *)\n{}\nP0() {}",
        &[
            "2:1 error: this comment is never closed",
            "4:8 error: expected the init block `{ … }`, found the end of the text [write `{}` when every variable starts at 0]",
        ],
    );
    check(
        "C t\n{}\nP1() {}",
        &[
            "3:1 error: expected thread `P0`, found `P1` [threads are called P0, P1, P2 … in this order]",
        ],
    );
    check(
        "C t\n{}\nP0(int x) {}",
        &["3:4 error: a parameter is a pointer to a shared variable [write `int *x`]"],
    );
    check(
        "C t\n{ 0:a[3]; }\nP0() {}",
        &["2:6 error: a register is no array"],
    );
    check(
        "C t\n{ 3:r0=1; }\nP0() {}",
        &["2:5 error: there is no thread 3 [the only thread is 0]"],
    );
}

#[test]
fn statements() {
    check(&body("r0 = 1;\nr1 = r0;"), &[]);
    check(
        &body("r0 = x"),
        &["4:6 error: expected `;` after this, found `}`"],
    );
    check(
        &body("r0 = smp_mb();"),
        &["4:6 error: `smp_mb` gives no value"],
    );
    check(
        &body("WRITE_ONCE(*x);"),
        &[
            "4:1 error: `WRITE_ONCE` takes 2 arguments, but 1 is given [it is called as `WRITE_ONCE(*x, value)`]",
        ],
    );
    check(
        &body("call_srcu(ss);"),
        &[
            "4:1 error: `call_srcu` takes 2 or 3 arguments, but 1 is given [it is called as `call_srcu(srcu, pointer, callback)`]",
        ],
    );
    check(
        &body("r0 = 0; r1 = READ_ONCE(r0);"),
        &[
            "4:24 error: the first argument of `READ_ONCE` is no place in memory [write `*r0` for what it points to]",
        ],
    );
    check(
        &body("x = 1;"),
        &[
            "4:1 warning: this changes where `x` leads, not what is stored there [to store into it, write `*x = …`]",
        ],
    );
    check(
        &body("while (1) smp_mb();"),
        &[
            "4:1 error: `while` is not supported: a litmus test has no loops [to wait for a value, read it once, as in `r0 = READ_ONCE(*x);`, and write `filter (0:r0=1)` before `exists`: executions in which it was not seen do not count]",
        ],
    );
    check(
        &body("r0 = 4; r0 += 1;"),
        &["4:12 error: the operator `+=` is not supported [write it out, as in `r0 = r0 + 1`]"],
    );
    check(
        &body("r0 = 1 % 2;"),
        &[
            "4:8 error: the operator `%` is not supported [the dialect has + - * / & | ^ ~ ! && || and comparisons]",
        ],
    );
    check(&body("r0 = 1 / 0;"), &["4:10 error: division by 0"]);
    check(&body("r0 = 0xzz;"), &["4:6 error: this is not a number"]);
    check(
        &body("r0 = $;\nr1 = é;"),
        &[
            "4:6 error: unexpected character `$`",
            "4:7 error: expected an expression, found `;`",
            "5:6 error: unexpected character `é`",
            "5:7 error: expected an expression, found `;`",
        ],
    );
    check(
        &body("r0 = 3; r0;"),
        &["4:9 warning: this statement has no effect"],
    );
    check(
        &body("else smp_mb();"),
        &["4:1 error: this `else` has no `if`"],
    );
    check(
        &body("r0 = 1; r1 = &r0;"),
        &["4:15 error: `r0` is a register: it has no address"],
    );
    check(
        &body("WRITE_ONCE(*x, rr1); rr2 = 1;"),
        &[
            "4:16 warning: `rr1` is a register of P0 that is never assigned: it is 0 [did you mean `rr2`?]",
        ],
    );
    check(
        "C t\n{ flag=1; }\nP0(int *x) { r0 = flag; }",
        &[
            "3:19 warning: `flag` is a register of P0 that is never assigned: it is 0 [to use the shared variable, add `int *flag` to the parameters]",
        ],
    );
    // Several errors in one run.
    check(
        &body("foo();\nsmp_mb(1);\nr0 = ;\nsmp_mb();\nbarrier(;"),
        &[
            "4:1 error: there is no primitive `foo`",
            "5:1 error: `smp_mb` takes 0 arguments, but 1 is given [it is called as `smp_mb()`]",
            "6:6 error: expected an expression, found `;`",
            "8:9 error: expected an expression, found `;`",
        ],
    );
}

#[test]
fn conditions() {
    let test =
        |cond: &str| format!("C t\n{{}}\nP0(int *flag) {{ r0 = READ_ONCE(*flag); }}\n{cond}");
    check(&test("exists (0:r0=1 /\\ flag=1);"), &[]);
    check(
        &test("exists (0:r0=1 /\\ flg=1)"),
        &[
            "4:19 warning: only the condition names the variable `flg`: it is 0 [did you mean `flag`?]",
        ],
    );
    check(
        &test("exists (r0=1)"),
        &[
            "4:9 warning: only the condition names the variable `r0`: it is 0 [the register is written `0:r0`]",
        ],
    );
    check(
        &test("exists (0:r1=1)"),
        &["4:11 warning: P0 has no register `r1`: it is 0 [did you mean `r0`?]"],
    );
    check(
        &test("exists (1:r0=1)"),
        &["4:9 error: there is no thread 1 [the only thread is 0]"],
    );
    check(
        &test("exists (0:r0=1"),
        &["4:15 error: expected `)`, `/\\` or `\\/`, found the end of the text"],
    );
    check(
        &test("exists (0:r0)"),
        &["4:13 error: expected `=` and a value, found `)`"],
    );
    check(
        &test("exists (flag=1)\nexists (flag=2)"),
        &["5:1 error: there is a condition already"],
    );
    check(
        &test("exists (flag=1))"),
        &["4:16 error: expected `/\\`, `\\/` or the end, found `)`"],
    );
    check(&test("(* Result: Never *)\nexists (*flag=1)"), &[]);
}

#[test]
fn header_directives() {
    check(&header("@title t"), &[]);
    check(
        &header("@titel t"),
        &["3:2 error: there is no directive `@titel` [did you mean `@title`?]"],
    );
    check(
        &header("@author me"),
        &["3:2 error: there is no directive `@author`"],
    );
    check(&header("@example.org is a place"), &[]);
    check(
        &header("@title a\n@title b"),
        &["4:2 error: there is a `@title` already"],
    );
    check(&header("@title"), &["3:2 error: `@title` has no text"]);
    check(
        &header("@thread P2 \"x\""),
        &["3:9 error: there is no thread `P2` [did you mean `P0`?]"],
    );
    check(
        &header("@thread P0 kind=vcpus"),
        &["3:17 error: there is no kind of thread `vcpus` [did you mean `vcpu`?]"],
    );
    check(
        &header("@thread P0 \"x"),
        &["3:12 error: this string is never closed"],
    );
    check(
        &header("@slot xy"),
        &["3:7 error: there is no shared variable `xy`"],
    );
    check(
        &header("@default off=raeder"),
        &["3:14 error: there is no toggle `raeder` [did you mean `reader`?]"],
    );
    check(
        &header("@default off=wait"),
        &["3:14 error: the toggle `wait` has several positions [write `wait:synchronize_rcu`]"],
    );
    check(
        &header("@default off=wait:non"),
        &["3:14 error: the toggle `wait` has no position `non` [did you mean `none`?]"],
    );
    check(
        &header("@default cpu=arn"),
        &["3:14 error: there is no CPU model `arn` [did you mean `arm`?]"],
    );
    check(
        &header("@outcome Bad : x=1"),
        &[
            "3:10 error: `Bad` is no name for an outcome [use lower-case letters, digits, `-` and `_`]",
        ],
    );
    check(
        &header("@outcome a"),
        &[
            "3:2 error: the outcome has no `: condition` [write `@outcome stale bad \"the vCPU used the old bus\" : 1:r0=1`]",
        ],
    );
    check(
        &header("@outcome a : y=1"),
        &["3:14 error: there is no shared variable `y`"],
    );
    check(
        &header("@outcome a : x=1 x"),
        &["3:18 error: expected `/\\`, `\\/` or the end of the line, found `x`"],
    );
    check(
        &header("@outcome stale : x=1"),
        &["4:10 error: there is an outcome `stale` already"],
    );
    check(
        &header("@exercise reach stael"),
        &["3:17 error: there is no outcome `stael` [did you mean `stale`?]"],
    );
    check(
        &header("@exercise rech stale"),
        &["3:11 error: there is no task `rech` [did you mean `reach`?]"],
    );
    check(
        &header("@verdict stael no=all"),
        &["3:10 error: there is no outcome `stael` [did you mean `stale`?]"],
    );
    let usage = "[write `@verdict stale off=reader-mb srcu=fast yes=arm,lkmm no=sc,tso,pso`]";
    for (text, expect) in [
        ("@verdict", "3:2 error: `@verdict` names no outcome"),
        (
            "@verdict no=all",
            "3:10 error: this word means nothing here",
        ),
        (
            "@verdict stale: no",
            "3:10 error: there is no outcome `stale:`",
        ),
        (
            "@verdict stale no",
            "3:16 error: this word means nothing here",
        ),
        (
            "@verdict stale cpu=arm",
            "3:16 error: this word means nothing here",
        ),
        (
            "@verdict stale off=reader",
            "3:2 error: the verdict names no model: it has neither `yes=` nor `no=`",
        ),
    ] {
        let help = if text.contains(':') {
            "[did you mean `stale`?]"
        } else {
            usage
        };
        check(&header(text), &[&format!("{expect} {help}")]);
    }
    check(
        &header("@verdict stale yes=arn"),
        &["3:20 error: there is no model `arn` [did you mean `arm`?]"],
    );
    check(
        &header("@verdict stale yes=alpha"),
        &["3:20 error: there is no model `alpha` [there are sc, tso, pso, arm, power, lkmm, all]"],
    );
    check(
        &header("@verdict stale yes=arm no=all"),
        &["3:27 error: the verdict speaks of `arm` twice"],
    );
    check(
        &header("@verdict stale off=raeder srcu=fast no=all"),
        &["3:20 error: there is no toggle `raeder` [did you mean `reader`?]"],
    );
    check(
        &header("@verdict stale srcu=fats no=all"),
        &["3:21 error: there is no flavour of SRCU `fats` [did you mean `fast`?]"],
    );
    // An old file: text that looks like a directive is text.
    check("C t\n(*\n@author me\n*)\n{}\nP0() {}", &[]);
    check(
        "C t\n(*\n@titel me\n*)\n{}\nP0() {}",
        &["3:2 error: there is no directive `@titel` [did you mean `@title`?]"],
    );
}

#[test]
fn inline_directives() {
    check(
        &body("smp_mb(); /*@ toggle a */\nsmp_mb(); /*@ toggle a */"),
        &["5:22 error: there is a toggle `a` already"],
    );
    check(
        &body("/*@ toggle a */ smp_mb();"),
        &[
            "4:5 error: `toggle` has no statement before it [write it behind the statement, after its `;`]",
        ],
    );
    check(
        &body("smp_mb(); /*@ togle a */"),
        &["4:15 error: there is no inline directive `togle` [did you mean `toggle`?]"],
    );
    check(
        &body("smp_mb(); /*@ mode gest */"),
        &["4:20 error: the mode is `guest`, `host` or `user` [did you mean `guest`?]"],
    );
    check(
        &body("smp_mb(); //@ toggle a"),
        &["4:11 error: a directive stands in a `/* … */` comment [write `/*@ toggle … */`]"],
    );
    check(
        &body("smp_mb(); /*@ toggle a off=smp_wb */"),
        &["4:28 error: there is no primitive `smp_wb` [did you mean `smp_mb`?]"],
    );
    check(
        &body("smp_mb(); /*@ toggle a off=WRITE_ONCE */"),
        &[
            "4:28 error: `WRITE_ONCE` cannot take the place of `smp_mb` [it is called as `WRITE_ONCE(*x, value)`: write the alternative in quotes]",
        ],
    );
    check(
        &body("r0 = READ_ONCE(*x); /*@ toggle a off=WRITE_ONCE */"),
        &[
            "4:38 error: `WRITE_ONCE` cannot take the place of `READ_ONCE` [it is called as `WRITE_ONCE(*x, value)`: write the alternative in quotes]",
        ],
    );
    check(
        &body("synchronize_srcu(ss); /*@ toggle a choices=synchronize_srcu,call_srcu */"),
        &[
            "4:61 error: `synchronize_srcu` does not say what `call_srcu` would free [write the line as `call_srcu(s, p)`: its choice `synchronize_srcu` means to wait and free]",
        ],
    );
    check(
        &body("synchronize_srcu(ss); /*@ toggle a choices=none,smp_mb() */"),
        &["4:49 error: there is no primitive `smp_mb()` [did you mean `smp_mb`?]"],
    );
    check(
        &body("smp_mb(); /*@ toggle a choices=none,smp_rmb */"),
        &["4:24 error: the statement as written is not among the choices [add `smp_mb`]"],
    );
    check(
        &body("smp_mb(); /*@ toggle a off=\"foo()\" */"),
        &["4:29 error: there is no primitive `foo`"],
    );
    check(
        &body("smp_mb(); /*@ toggle */"),
        &["4:15 error: the toggle has no name"],
    );
    check(
        &body("{ smp_mb(); /*@ toggle a */ } /*@ toggle b */"),
        &["4:35 error: a statement has one toggle, and toggles do not nest"],
    );
}

#[test]
fn what_lies_just_inside_of_the_limits() {
    for inside in [
        body(&format!("r0 = {}1{};", "(".repeat(63), ")".repeat(63))),
        body(&format!("{}smp_mb();{}", "{".repeat(31), "}".repeat(31))),
    ] {
        let errors: Vec<_> = parse(&inside).diagnostics;
        assert!(parse(&inside).test.is_some(), "{errors:?}");
    }
}

#[test]
fn limits() {
    let says = |source: &str, message: &str| {
        let found = parse(source).diagnostics;
        assert!(
            found.iter().any(|d| d.message == message),
            "{message}: {found:?}"
        );
    };
    says(
        &body(&"smp_mb();".repeat(257)),
        "more than 256 statements in a thread",
    );
    says(
        &body(&format!("{}{}", "{".repeat(33), "}".repeat(33))),
        "blocks nest more than 32 deep",
    );
    says(
        &body(&format!("r0 = {}1{};", "(".repeat(64), ")".repeat(64))),
        "expressions nest more than 64 deep",
    );
    says(
        &body(&format!("r0 = 1{};", "+1".repeat(300))),
        "more than 256 operators in one statement",
    );
    says(
        &body(&format!(
            "int q{};",
            (0..300).map(|n| format!(", q{n}")).collect::<String>()
        )),
        "more than 256 registers in a thread",
    );
    says(
        &format!(
            "C t {{ {} }} P0() {{}}",
            (0..300).map(|n| format!("v{n}=1;")).collect::<String>()
        ),
        "more than 256 shared variables",
    );
    says(
        &format!(
            "C t {{}} {}",
            (0..17).map(|n| format!("P{n}() {{}}")).collect::<String>()
        ),
        "more than 16 threads",
    );
    says(
        &body(
            &(0..25)
                .map(|n| format!("smp_mb(); /*@ toggle t{n} */"))
                .collect::<String>(),
        ),
        "more than 24 toggles",
    );
    says(
        &format!("C t {}x{} {{}} P0() {{}}", "(*".repeat(40), "*)".repeat(40)),
        "comments nest more than 32 deep",
    );
    says(&"x".repeat(300 * 1024), "the test is longer than 256 KiB");
}

/// An int has 32 bits: herd7 refuses what is longer as well.
#[test]
fn numbers_that_no_int_holds() {
    let error = |at: &str| {
        format!(
            "{at} error: this number does not fit into an int, which has 32 bits [the numbers are -2147483648 to \
             2147483647; 0x80000000 to 0xffffffff are the negative ones]"
        )
    };
    for number in [
        "99999999999999999999",
        "9223372036854775808",
        "4294967295",
        "2147483648",
        "0x100000000",
        "-2147483649",
    ] {
        let at = if number.starts_with('-') {
            "4:7"
        } else {
            "4:6"
        };
        check(&body(&format!("r0 = {number};")), &[&error(at)]);
        let init = format!("C t\n{{ x={number}; }}\nP0(int *x) {{ }}\nexists (x=0)\n");
        let condition = format!("C t\n{{ }}\nP0(int *x) {{ }}\nexists (x={number})\n");
        for (text, line) in [(init, 2), (condition, 4)] {
            let parsed = litmus::parse(&text);
            assert!(parsed.test.is_none(), "{text}");
            let first = &parsed.diagnostics[0];
            assert!(
                first.message.contains("32 bits") && first.line == line,
                "{first}"
            );
        }
    }
    check(
        &body("r0 = 010;"),
        &["4:6 warning: `010` is 10 here, as for herd7; to C it is octal"],
    );
}

/// The machine and the axioms compute with ints.
#[test]
fn types_of_other_sizes() {
    let typed = |ty: &str| format!("C t\n{{ }}\nP0({ty} *x) {{ {ty} r0 = READ_ONCE(*x); }}");
    for ty in [
        "int",
        "intptr_t",
        "atomic_t",
        "struct page",
        "spinlock_t",
        "bool",
        "signed int",
    ] {
        check(&typed(ty), &[]);
    }
    for (ty, about) in [
        (
            "long",
            "has 32 bits here, as for herd7; in the kernel it has 64",
        ),
        (
            "long int",
            "has 32 bits here, as for herd7; in the kernel it has 64",
        ),
        (
            "uint64_t",
            "has 32 bits here, as for herd7; in the kernel it has 64",
        ),
        ("char", "has 32 bits here; in the kernel it has 8"),
        ("int16_t", "has 32 bits here; in the kernel it has 16"),
        ("unsigned int", "has a sign here; in the kernel it has none"),
        ("u32", "has a sign here; in the kernel it has none"),
    ] {
        check(&typed(ty), &[&format!("3:4 warning: `{ty}` {about}")]);
    }
    for ty in [
        "u64",
        "long long",
        "unsigned long",
        "unsigned long long int",
        "atomic64_t",
        "size_t",
    ] {
        let error = format!(
            "3:4 error: `{ty}` has 64 bits in the kernel; here it has 32 [herd7 computes with 32 bits as well; write `int`]"
        );
        check(&typed(ty), &[&error]);
    }
}
