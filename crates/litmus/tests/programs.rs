//! What texts mean: statements, toggles, settings, final states.

mod common;

use common::good;
use litmus::*;

const TOGGLES: &str = "C t
(* @default off=mb,wait:none cpu=arm *)
{ p=x; }
P0(int *x, int **p, struct srcu_struct *ss)
{
	int r0 = 1, r1;
	if (r0) { smp_mb(); /*@ toggle mb */ }
	call_srcu(ss, x); /*@ toggle wait choices=synchronize_srcu,call_srcu,none; in f */
	r1 = READ_ONCE(*x); /*@ toggle acq \"the load\" off=smp_load_acquire; mode guest */
	;
}
exists (0:r1=1 /\\ p=x)";

#[test]
fn toggles_and_settings() {
    let test = good(TOGGLES);
    let names: Vec<&str> = test.toggles.iter().map(|t| t.name.as_str()).collect();
    assert_eq!(names, ["mb", "wait", "acq"]);
    let wait: Vec<&str> = test.toggles[1]
        .positions
        .iter()
        .map(|p| p.name.as_str())
        .collect();
    assert_eq!(wait, ["call_srcu", "synchronize_srcu", "none"]);
    assert_eq!(Setting::default_of(&test), Setting(vec![1, 2, 0]));
    assert_eq!(Setting::default_of(&test).to_off(&test), "mb,wait:none");
    assert_eq!(Setting::all(&test).count(), 12);
    assert_eq!(Setting::all(&test).nth(1), Some(Setting(vec![0, 0, 1])));
    let error = Setting::parse_off(&test, "wiat:none").expect_err("no such toggle");
    assert_eq!(error.suggestion().as_deref(), Some("did you mean `wait`?"));

    let with = |off: &str| {
        let test = test.with(&Setting::parse_off(&test, off).expect("a setting"));
        let thread = test.threads[0].clone();
        let lines: Vec<String> = thread
            .body
            .iter()
            .map(|stmt| format!("{} {}", stmt.id, thread.format_stmt(&test, &stmt.kind)))
            .collect();
        lines
    };
    assert_eq!(
        with(""),
        [
            "0 int r0, r1;",
            "1 r0 = 1;",
            "2 if (r0) { smp_mb(); }",
            "4 call_srcu(ss, x);",
            "5 r1 = READ_ONCE(*x);",
            "6 ;"
        ]
    );
    assert_eq!(
        with("mb,wait:synchronize_srcu,acq")[2..],
        [
            "2 if (r0) { }",
            "4 synchronize_srcu(ss);",
            "4 kfree(x);",
            "5 r1 = smp_load_acquire(x);",
            "6 ;"
        ]
    );
    assert_eq!(with("wait:none")[3], "4 kfree(x);");
    let body = &test.threads[0].body;
    assert_eq!(
        body[3].place.as_ref().map(|p| p.function.as_str()),
        Some("f")
    );
    assert_eq!(body[4].mode, Some(Mode::Guest));
    assert_eq!(body[5].mode, Some(Mode::Guest));
    assert_eq!(body[3].mode, None);
}

#[test]
fn conditions() {
    let test = good(TOGGLES);
    assert_eq!(test.observed().len(), 2);
    let state = [Value::Int(-1), Value::Addr(VarId(1))];
    assert_eq!(test.format_state(&state), "0:r1=-1; [p]=x;");
    // `cond`, then its value with x=1 and every register 0.
    for (text, value) in [
        ("x=1", true),
        ("~x=1 \\/ x=1", true),
        ("not x=1 /\\ x=1", false),
        ("x=1 => 0:r0=1", false),
        ("x=2 => 0:r0=1", true),
        // `=>` binds more than `/\\`: herd's grammar says so.
        ("x=2 /\\ x=2 => x=3", false),
        ("x!=1", false),
        ("x<>2 /\\ [x]==1 /\\ *x=1", true),
        ("0:r0=P0:r0 /\\ 0:r0=-0", true),
        ("x=0:r0", false),
        ("0:r0=&x \\/ true /\\ ~false", true),
    ] {
        let test = good(&format!(
            "C t\n{{}}\nP0(int *x) {{ r0 = *x; }}\nexists ({text})"
        ));
        let cond = test.condition.expect("a condition").cond;
        let lookup = |term| Value::Int(if matches!(term, Term::Var(_)) { 1 } else { 0 });
        assert_eq!(cond.eval(lookup), value, "{text}");
    }
}

#[test]
fn claims() {
    let claim = |comment: &str| {
        let test = good(&format!("C t\n{comment}\n{{}}\nP0() {{}}"));
        test.expected.map(|e| (e.verdict, e.data_race))
    };
    use ExpectedVerdict::*;
    assert_eq!(claim("(* Result: Never *)"), Some((Never, false)));
    assert_eq!(
        claim("(*\n * Result: Sometimes DATARACE\n *)"),
        Some((Sometimes, true))
    );
    assert_eq!(claim("/* Result: DEADLOCK */"), Some((Deadlock, false)));
    let flag = Flag("srcu-bad-nesting".to_string());
    assert_eq!(
        claim("(*\n * Result: Flag srcu-bad-nesting\n *)"),
        Some((flag, false))
    );
    assert_eq!(claim("(* Expected result: forbidden *)"), None);
    assert_eq!(claim("(* The Result: Never *)"), None);
    assert_eq!(claim("(* Result: Never, or perhaps Sometimes *)"), None);
    assert_eq!(claim("(* Result: Never *) (* Result: Always *)"), None);
}

#[test]
fn objects() {
    let test = good(
        "C t\n(* @object o \"bus\" fields=o_n,m:q *)\n{ p=o; }\nP0(int **p) { r0 = READ_ONCE(*p); kfree(r0); r1 = r0->n; }\nexists (o__freed=1)",
    );
    let object = &test.objects[0];
    let name = |var: VarId| test.var_name(var);
    assert_eq!(
        object
            .fields
            .iter()
            .map(|(f, v)| (f.as_str(), name(*v)))
            .collect::<Vec<_>>(),
        [("n", "o_n"), ("m", "q")]
    );
    assert_eq!(object.freed.map(name), Some("o__freed"));
    assert!(!test.vars[1].initialised);
}

/// Links name positions; one of them had a shorter name once.
#[test]
fn a_position_may_be_cut_short() {
    let source = "C t\n{}\nP0(int *x, struct srcu_struct *s) {\n call_srcu(s, x); /*@ toggle wait choices=call_srcu,synchronize_srcu_expedited,none */\n}\n";
    let test = litmus::parse(source).test.expect("it parses");
    let position = |off: &str| litmus::Setting::parse_off(&test, off).map(|setting| setting.0);
    assert_eq!(position("wait:synchronize_srcu_expedited"), Ok(vec![1]));
    assert_eq!(position("wait:synchronize_srcu"), Ok(vec![1]));
    for unknown in ["wait:synchronize_sr", "wait:s", "wait:", "wait:non"] {
        assert!(position(unknown).is_err(), "{unknown}");
    }
    let both = source.replace("_expedited,", "_expedited,synchronize_srcu,");
    let test = litmus::parse(&both).test.expect("it parses");
    let exact = litmus::Setting::parse_off(&test, "wait:synchronize_srcu");
    assert_eq!(exact.map(|setting| setting.0), Ok(vec![2]));
}
