//! Small programs that once gave a wrong answer, each with its name.

use std::sync::Arc;

use explore::verdict::report;
use explore::{Report, Search, check};
use machine::{CpuModel, SrcuFlavour, compile};

fn reports(source: &str) -> Vec<Report> {
    let parsed = litmus::parse(source);
    let Some(test) = parsed.test else {
        panic!("{}\n{source}", parsed.diagnostics[0])
    };
    let check = |model| check(&test, model, SrcuFlavour::Fast, 100_000).expect("small");
    CpuModel::ALL.map(check).into()
}

/// Whether the condition can hold, and the flags, on each model from SC to Arm.
fn expect(source: &str, can: &str, flags: &[&str]) {
    for (report, can) in reports(source).iter().zip(can.chars()) {
        let model = report.model.name;
        assert!(report.complete);
        assert_eq!(
            report.positive > 0,
            can == 'S',
            "{model} of\n{source}\n{:?}",
            report.states
        );
        assert_eq!(report.flags(), flags, "{model} of\n{source}");
    }
}

#[test]
fn a_pointer_to_a_field_can_be_stored() {
    expect(
        "C f\n(* @object a \"A\" fields=n:a_n *)\n{ int a=1; int a_n=0; int x=0; int *p=&a; int *q=&x; }\n\
         P0(int **p, int **q) { int *r0 = READ_ONCE(*p); WRITE_ONCE(*q, &r0->n); }\n\
         P1(int **q) { int *r1 = READ_ONCE(*q); WRITE_ONCE(*r1, 5); }\n\
         P2(int *a_n) { int r2 = READ_ONCE(*a_n); }\nexists (2:r2=5)\n",
        "SSSS",
        &[],
    );
}

const GRACE: &str =
    "P1(int *x, int *y) { WRITE_ONCE(*x, 1); synchronize_rcu(); WRITE_ONCE(*y, 1); }\n";

#[test]
fn rcu_sections_pair_along_the_way_that_is_taken() {
    let section = |open: &str, close: &str| {
        format!(
            "C r\n{{}}\nP0(int *x, int *y, int *z) {{ int r0 = READ_ONCE(*z); {open} int r1 = READ_ONCE(*y); \
             int r2 = READ_ONCE(*x); {close} }}\n{GRACE}exists (0:r1=1 /\\ 0:r2=0)\n"
        )
    };
    let lock = "rcu_read_lock();";
    let unlock = "rcu_read_unlock();";
    // Within one section that forbids it, on every model.
    expect(&section(lock, unlock), "----", &[]);
    let both = format!("if (r0) {{ {lock} }} else {{ {lock} }}");
    expect(&section(&both, unlock), "----", &[]);
    let ends = format!("if (r0) {{ {unlock} }} else {{ {unlock} }}");
    expect(&section(lock, &ends), "----", &[]);
    let retaken = format!("{lock} if (r0) {{ {unlock} {lock} }}");
    expect(&section(&retaken, unlock), "----", &[]);
    let nested = format!("{lock} {lock} {unlock}");
    expect(&section(&nested, unlock), "----", &[]);
}

#[test]
fn a_cpu_frees_in_program_order() {
    let object = "C k\n(* @object a \"A\" freed=a_f *)\n{ int a=1; int a_f=0; }\n";
    let reader = "P1(int *a_f) { int r0 = READ_ONCE(*a_f); }\nexists (1:r0=1)\n";
    let used = format!("{object}P0(int *a) {{ kfree(a); int r0 = READ_ONCE(*a); }}\n{reader}");
    expect(&used, "SSSS", &["use-after-free"]);
    let freed = format!("{object}P0(int *a) {{ int r0 = READ_ONCE(*a); kfree(a); }}\n{reader}");
    expect(&freed, "SSSS", &[]);
    let written = format!("{object}P0(int *a) {{ WRITE_ONCE(*a, 2); kfree(a); }}\n{reader}");
    expect(&written, "SSSS", &[]);
}

#[test]
fn a_flag_far_away_is_not_forgotten() {
    let vars: String = (0..63).map(|i| format!("int v{i}=0; ")).collect();
    expect(
        &format!(
            "C u\n(* @object a \"A\" freed=a_f *)\n{{ int a=1; {vars}int a_f=0; int x=0; }}\n\
             P0(int *a) {{ kfree(a); smp_mb(); WRITE_ONCE(*a, 2); }}\nP1(int *x) {{ int r0 = READ_ONCE(*x); }}\n\
             exists (1:r0=1)\n"
        ),
        "----",
        &["use-after-free"],
    );
}

#[test]
fn deadlocks_are_found() {
    let domains = "int *x, spinlock_t *l, struct srcu_struct *s, struct srcu_struct *t";
    let two = |a: &str, b: &str| {
        format!("C d\n{{}}\nP0({domains}) {{ {a} }}\nP1({domains}) {{ {b} }}\nexists (x=1)\n")
    };
    let cases = [
        two(
            "spin_lock(l); synchronize_srcu(s); spin_unlock(l);",
            "int c = srcu_read_lock(s); spin_lock(l); spin_unlock(l); srcu_read_unlock(s, c);",
        ),
        two(
            "call_srcu(s, x);",
            "int c = srcu_read_lock(s); srcu_barrier(s); srcu_read_unlock(s, c);",
        ),
        two(
            "int c = srcu_read_lock(s); synchronize_srcu(t); srcu_read_unlock(s, c);",
            "int c = srcu_read_lock(t); synchronize_srcu(s); srcu_read_unlock(t, c);",
        ),
        two(
            "int c = srcu_read_lock(s); synchronize_srcu(s); srcu_read_unlock(s, c);",
            "",
        ),
        two("spin_lock(l); spin_lock(l);", ""),
    ];
    for source in cases {
        expect(&source, "----", &["deadlock"]);
    }
}

#[test]
fn a_callback_that_frees_nothing_is_waited_for() {
    let section = "P1(int *x, int *y, struct srcu_struct *s) { int c = srcu_read_lock(s); \
        int r1 = READ_ONCE(*y); int r2 = READ_ONCE(*x); srcu_read_unlock(s, c); }\n";
    let waits = |call: &str| {
        format!(
            "C n\n{{}}\nP0(int *x, int *y, struct srcu_struct *s) {{ WRITE_ONCE(*x, 1); {call} srcu_barrier(s); \
             WRITE_ONCE(*y, 1); }}\n{section}exists (1:r1=1 /\\ 1:r2=0)\n"
        )
    };
    expect(&waits("call_srcu(s, NULL);"), "----", &[]);
    expect(&waits("int r0 = 0; call_srcu(s, r0);"), "----", &[]);
    expect(&waits(""), "---S", &[]);
    let own = "C o\n{}\nP0(int *x, struct srcu_struct *s) { int c = srcu_read_lock(s); call_srcu(s, NULL); \
        srcu_barrier(s); srcu_read_unlock(s, c); }\nexists (x=1)\n";
    expect(own, "----", &["deadlock"]);
}

#[test]
fn a_cookie_is_the_number_it_is_shown_as() {
    expect(
        "C c\n{}\nP0(int *x, int *y, struct srcu_struct *s) { int c = srcu_read_lock(s); \
         if (c == 0) { WRITE_ONCE(*x, 1); } WRITE_ONCE(*y, c + 1); srcu_read_unlock(s, c); }\n\
         exists (x=1 /\\ y=1)\n",
        "SSSS",
        &[],
    );
}

#[test]
fn the_steps_of_one_position_have_names_of_their_own() {
    let source = "C n\n(* @object a \"A\" *)\n(* @object b \"B\" *)\n{ int a=1; int b=1; }\n\
        P0(int *a, int *b, struct srcu_struct *s)\n{\n\
        \tcall_srcu(s, a); /*@ toggle t choices=\"call_srcu(s, a);\",\"call_srcu(s, a); call_srcu(s, b); \
        if (READ_ONCE(*a)) { smp_mb(); } if (READ_ONCE(*b)) { smp_mb(); }\" */\n}\nexists (a=1)\n";
    let parsed = litmus::parse(source);
    let Some(test) = parsed.test else {
        panic!("{}", parsed.diagnostics[0])
    };
    for setting in litmus::Setting::all(&test) {
        let p = machine::compile(
            &test.with(&setting),
            &machine::model::ARM,
            SrcuFlavour::Fast,
        );
        let p = std::sync::Arc::new(p.expect("small"));
        let mut run = machine::Run::new(std::sync::Arc::clone(&p));
        while let Some(step) = p.steps(run.state()).pop() {
            assert_eq!(p.find(p.name(step)), Some(step), "{}", p.name(step));
            run.step(step).expect("offered");
        }
        let replay = machine::Run::replay(&p, &run.schedule());
        assert_eq!(replay.run.state(), run.state());
    }
}

#[test]
fn many_threads_that_are_alike_but_for_what_is_asked() {
    let mut source = String::from("C a\n{}\n");
    for t in 0..12 {
        source += &format!("P{t}(int *x) {{ int r0 = READ_ONCE(*x); int r1 = r0 + {t}; }}\n");
    }
    let asked: Vec<String> = (0..12).map(|t| format!("{t}:r1={t}")).collect();
    source += &format!("exists ({})\n", asked.join(" /\\ "));
    let begun = std::time::Instant::now();
    expect(&source, "SSSS", &[]);
    // All orders of twelve threads would take hours.
    assert!(begun.elapsed().as_secs() < 20);
}

/// A failed atomic is a load: it reads the old value while another CPU is between
/// the read and the write of an atomic of the same location.
#[test]
fn an_atomic_that_fails_needs_no_reservation() {
    expect(
        "C r\n{}\nP0(int *x, int *y) { WRITE_ONCE(*x, 1); smp_mb(); int r0 = cmpxchg_relaxed(y, 1, 4); }\n\
         P1(int *x, int *y) { int r0 = xchg_acquire(y, 1); int r1 = READ_ONCE(*x); }\n\
         exists (0:r0=0 /\\ 1:r1=0)\n",
        "---S",
        &[],
    );
}

/// P0's atomic waits for its store only while it would succeed: P2 must be given
/// the chance to make it fail first.
#[test]
fn an_atomic_that_waits_to_succeed_may_come_to_fail() {
    expect(
        "C f\n{}\nP0(int *x, int *y, int *z) { WRITE_ONCE(*y, 1); int r0 = cmpxchg(x, 0, 1); WRITE_ONCE(*z, r0); }\n\
         P1(int *y, int *z) { int r0 = READ_ONCE(*z); smp_rmb(); int r1 = READ_ONCE(*y); }\n\
         P2(int *x) { WRITE_ONCE(*x, 1); }\nexists (1:r0=1 /\\ 1:r1=0)\n",
        "---S",
        &[],
    );
}

/// A release that is taken to fail does not hold back an acquire that succeeds.
#[test]
fn an_atomic_taken_to_fail_releases_nothing() {
    expect(
        "C s\n{}\nP0(int *y, int *z, int *a) { int r0 = cmpxchg_release(y, 0, 4); \
         int r1 = cmpxchg_acquire(a, 0, 1); int r2 = READ_ONCE(*z); }\n\
         P1(int *y, int *z) { WRITE_ONCE(*z, 1); smp_mb(); int r0 = READ_ONCE(*y); }\n\
         P2(int *y) { int r0 = xchg(y, 1); }\n\
         exists (0:r0=1 /\\ 0:r1=0 /\\ 0:r2=0 /\\ 1:r0=0)\n",
        "---S",
        &[],
    );
}

/// The acquire rests on the guess on which the release before it failed, and what
/// was taken to fail is so for good: also when that guess was wrong.
#[test]
fn an_atomic_that_failed_on_a_guess_still_releases() {
    let source = "C g\n{ int y=1; }\n\
         P0(int *x, int *y, int *z, int *w) { int r0 = READ_ONCE(*x); if (r0) { int r5 = READ_ONCE(*y); } \
         int r1 = cmpxchg_release(y, 0, 5); int r2 = cmpxchg_acquire(z, 0, 1); int r3 = READ_ONCE(*w); }\n\
         P1(int *y, int *w) { WRITE_ONCE(*y, 0); WRITE_ONCE(*w, 1); smp_mb(); int r6 = READ_ONCE(*y); }\n\
         exists (0:r1=0 /\\ 0:r3=0 /\\ 1:r6=0)\n";
    expect(source, "----", &[]);
    let test = litmus::parse(source).test.expect("it parses");
    for model in CpuModel::ALL {
        let p = Arc::new(compile(&test, model, SrcuFlavour::Fast).expect("small"));
        let mut search = Search::unreduced(p, 100_000);
        let progress = search.finish();
        let report = report(&test, &search, progress);
        // POWER and LKMM keep no order from a release to an acquire.
        let can = usize::from(model.id == "power");
        assert_eq!(
            (report.complete, report.positive),
            (true, can),
            "{}",
            model.id
        );
    }
}

#[test]
fn a_condition_without_loads_is_resolved_at_the_start() {
    for condition in ["1", "0", "2 - 2", "1 == 1"] {
        for line in ["int r0 = xchg(z, 1);", "spin_lock(l); spin_unlock(l);"] {
            let source = format!(
                "C c\n{{}}\nP0(int *y, int *z, spinlock_t *l) {{ if ({condition}) {{ {line} }} else {{ {line} }} \
                 WRITE_ONCE(*y, 1); }}\nexists (y=1)\n"
            );
            expect(&source, "SSSS", &[]);
        }
    }
}

/// The atomic stands in an arm that is taken, fails, and so orders nothing.
#[test]
fn an_atomic_behind_an_open_branch_may_be_taken_to_fail() {
    expect(
        "C a\n{}\nP0(int *x, int *y, int *z) { int r0 = READ_ONCE(*x); \
         if (r0) { int r1 = cmpxchg_acquire(z, 0, 1); } int r2 = READ_ONCE(*y); }\n\
         P1(int *x, int *y, int *z) { WRITE_ONCE(*z, 1); WRITE_ONCE(*y, 1); smp_mb(); WRITE_ONCE(*x, 1); }\n\
         exists (0:r0=1 /\\ 0:r1=1 /\\ 0:r2=0)\n",
        "---S",
        &[],
    );
}

/// Stores to a location reach each CPU in their order, and all agree on the end.
#[test]
fn stores_reach_each_cpu_separately() {
    // Two witnesses disagree, with their loads in order: on POWER alone.
    expect(
        "C iriw\n{}\nP0(int *x) { WRITE_ONCE(*x, 1); }\nP1(int *y) { WRITE_ONCE(*y, 1); }\n\
         P2(int *x, int *y) { int r0 = READ_ONCE(*x); smp_rmb(); int r1 = READ_ONCE(*y); }\n\
         P3(int *x, int *y) { int r0 = READ_ONCE(*y); smp_rmb(); int r1 = READ_ONCE(*x); }\n\
         exists (2:r0=1 /\\ 2:r1=0 /\\ 3:r0=1 /\\ 3:r1=0)\n",
        "----S",
        &[],
    );
    // A release passes on what its CPU has seen; a dependency does not.
    let relay = |store: &str| {
        format!(
            "C wrc\n{{}}\nP0(int *x) {{ WRITE_ONCE(*x, 1); }}\n\
             P1(int *x, int *y) {{ int r0 = READ_ONCE(*x); {store}; }}\n\
             P2(int *x, int *y) {{ int r0 = READ_ONCE(*y); smp_rmb(); int r1 = READ_ONCE(*x); }}\n\
             exists (1:r0=1 /\\ 2:r0=1 /\\ 2:r1=0)\n"
        )
    };
    expect(&relay("WRITE_ONCE(*y, r0)"), "----S", &[]);
    expect(&relay("smp_store_release(y, r0)"), "-----", &[]);
    // Coherence.
    expect(
        "C corr\n{}\nP0(int *x) { WRITE_ONCE(*x, 1); WRITE_ONCE(*x, 2); }\n\
         P1(int *x) { int r0 = READ_ONCE(*x); int r1 = READ_ONCE(*x); }\n\
         exists (1:r0=2 /\\ 1:r1=1)\n",
        "-----",
        &[],
    );
    // Three atomics on one counter lose nothing.
    expect(
        "C count\n{}\nP0(atomic_t *c) { int r0 = atomic_fetch_add_relaxed(1, c); }\n\
         P1(atomic_t *c) { int r0 = atomic_fetch_add_relaxed(1, c); }\n\
         P2(atomic_t *c) { int r0 = atomic_fetch_add_relaxed(1, c); }\n\
         exists (~c=3)\n",
        "-----",
        &[],
    );
}

#[test]
fn too_many_stores_for_power_are_an_error() {
    let stores = "WRITE_ONCE(*x, 1); ".repeat(40);
    let source =
        format!("C m\n{{}}\nP0(int *x) {{ {stores} }}\nP1(int *x) {{ {stores} }}\nexists (x=1)\n");
    let test = litmus::parse(&source).test.expect("it parses");
    assert!(compile(&test, &machine::model::ARM, SrcuFlavour::Fast).is_ok());
    let error = compile(&test, &machine::model::POWER, SrcuFlavour::Fast).expect_err("too many");
    assert!(error.message.contains("64 stores"), "{}", error.message);
}

/// P1 has seen `a`; what it, or P2, does then is `relay`; P3 looks for `c`, then for `a`.
fn relayed(one: &str, two: &str, condition: &str) -> String {
    format!(
        "C relay\n{{}}\nP0(int *a) {{ WRITE_ONCE(*a, 1); }}\n\
         P1(int *a, int *b, int *c) {{ int r = READ_ONCE(*a); {one} }}\n\
         P2(int *b, int *c) {{ {two} }}\n\
         P3(int *a, int *c) {{ int p = READ_ONCE(*c); smp_rmb(); int q = READ_ONCE(*a); }}\n\
         exists (1:r=1 /\\ 3:p=1 /\\ 3:q=0{condition})\n"
    )
}

#[test]
fn what_comes_first_goes_on_past_a_store_that_nobody_reads() {
    let on = "smp_wmb(); WRITE_ONCE(*c, 1);";
    let release = "smp_store_release(b, 1);";
    // Nothing that is cumulative.
    expect(
        &relayed(&format!("WRITE_ONCE(*b, 1); {on}"), "", ""),
        "---SS",
        &[],
    );
    // A release, read by nobody.
    expect(&relayed(&format!("{release} {on}"), "", ""), "-----", &[]);
    // Another store has taken its place.
    let twice = format!("{release} WRITE_ONCE(*b, 2); {on}");
    expect(&relayed(&twice, "", ""), "-----", &[]);
    // Two of them, each behind the one before.
    let long = format!("{release} smp_wmb(); WRITE_ONCE(*b, 2); {on}");
    expect(&relayed(&long, "", ""), "-----", &[]);
}

#[test]
fn what_comes_first_goes_on_past_an_atomic() {
    let inc = "atomic_inc(b); smp_wmb(); WRITE_ONCE(*c, 1);";
    let release = "smp_store_release(b, 1);";
    expect(&relayed(release, inc, " /\\ b=2"), "-----", &[]);
    // It was P2 that read the release first, then its atomic.
    let read = format!("int s = READ_ONCE(*b); {inc}");
    expect(&relayed(release, &read, " /\\ 2:s=1 /\\ b=2"), "-----", &[]);
    // An atomic that reads another store, on top of the release, hands on nothing.
    let other = format!("WRITE_ONCE(*b, 2); {inc}");
    expect(&relayed(release, &other, " /\\ b=3"), "----S", &[]);
}

#[test]
fn a_load_that_is_done_again_still_lacks_the_store() {
    // P1 may read x behind the branch on a guess. It must not find the store to x there the
    // second time without that to a.
    let source = "C again\n{}\nP0(int *a, int *x) { WRITE_ONCE(*a, 1); smp_wmb(); WRITE_ONCE(*x, 1); }\n\
         P1(int *a, int *x, int *c) { int r0 = READ_ONCE(*c); if (r0 == 0) { smp_mb(); } \
         int r1 = READ_ONCE(*x); smp_rmb(); int r2 = READ_ONCE(*a); }\n\
         exists (1:r1=1 /\\ 1:r2=0)\n";
    let test = litmus::parse(source).test.expect("a test");
    for model in CpuModel::ALL {
        let p = compile(&test, model, SrcuFlavour::Fast).expect("small");
        let mut search = Search::unreduced(Arc::new(p), 100_000);
        let progress = search.finish();
        let report = report(&test, &search, progress);
        assert!(report.complete);
        assert_eq!(report.positive, 0, "{}: {:?}", model.id, report.states);
    }
}

/// The younger load of `x` may come first, as long as nobody knows that the older one is of
/// `x` too; when it turns out to be and finds the newer store, the younger load is done
/// again, and the branch that it decided is open again. Also in the unreduced machine.
#[test]
fn a_branch_is_decided_again_when_its_load_is() {
    for (arm, other) in [("", "WRITE_ONCE(*y, 1);"), ("WRITE_ONCE(*y, 1);", "")] {
        let source = format!(
            "C again\n{{ p=x; }}\n\
             P0(int *x, int *y, int **p) {{ int *r0 = READ_ONCE(*p); int r1 = READ_ONCE(*r0); int r2 = READ_ONCE(*x);\n\
             if (r2) {{ rcu_read_lock(); {arm} rcu_read_unlock(); }} else {{ {other} }} }}\n\
             P1(int *x) {{ WRITE_ONCE(*x, 1); }}\n\
             exists (0:r1=1 /\\ ~0:r2=1 \\/ 0:r2=1 /\\ y={})\n",
            u8::from(arm.is_empty())
        );
        expect(&source, "-----", &[]);
        let test = litmus::parse(&source).test.expect("it parses");
        for model in CpuModel::ALL {
            let p = compile(&test, model, SrcuFlavour::Fast).expect("it compiles");
            let mut raw = Search::unreduced(Arc::new(p), 100_000);
            let progress = raw.finish();
            let report = report(&test, &raw, progress);
            assert!(
                report.complete && report.positive == 0,
                "{}: {:?}",
                model.name,
                report.states
            );
            assert!(report.negative > 1, "{}", model.name);
        }
    }
}
