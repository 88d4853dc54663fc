//! The export for herd7.

mod common;

use common::{check_round_trip, good};
use litmus::{Setting, export_herd};

const BUS: &str = r#"C bus
(*
 * @object old fields=n:old freed=old_freed
 * @object new fields=n:new
 *)
{ bus=old; old=1; }

P0(struct bus **bus, struct bus *new, struct bus *old, int *flag, struct srcu_struct *ss)
{
	WRITE_ONCE(new->n, 2);
	rcu_assign_pointer(*bus, new);
	call_srcu(ss, old); /*@ toggle wait choices=call_srcu,synchronize_srcu,none */
	srcu_barrier(ss); /*@ toggle barrier */
	WRITE_ONCE(*flag, 1);
}

P1(struct bus **bus, int *flag, struct srcu_struct *ss)
{
	int r0;
	struct bus *r1;

	r0 = srcu_read_lock(ss);
	smp_mb__after_srcu_read_lock(); /*@ toggle reader-mb */
	r1 = srcu_dereference(*bus, ss);
	r2 = READ_ONCE(r1->n);
	if (r2) {}
	srcu_read_unlock(ss, r0);
}
exists (1:r2=1 /\ old_freed=1)
"#;

fn export(source: &str, off: &str) -> (String, Vec<String>) {
    let test = good(source);
    let setting = Setting::parse_off(&test, off).expect("a setting");
    let export = export_herd(&test, &setting).expect("an export");
    // What we write we can read, and it means the same once more.
    check_round_trip(&export.text);
    (export.text, export.notes)
}

#[test]
fn callbacks() {
    let (text, notes) = export(BUS, "");
    assert_eq!(
        text,
        r#"C bus

{
	bus=old;
	old=1;
}

P0(int **bus, int *new, int *old, int *flag, struct srcu_struct *ss, int *cb0, int *done0)
{
	WRITE_ONCE(*new, 2);
	rcu_assign_pointer(*bus, new);
	smp_store_release(cb0, 1);
	int rb0 = smp_load_acquire(done0);
	smp_mb();
	WRITE_ONCE(*flag, 1);
}

P1(int **bus, int *flag, struct srcu_struct *ss)
{
	int r0;
	int *r1;
	r0 = srcu_read_lock(ss);
	smp_mb();
	r1 = rcu_dereference(*bus);
	r2 = READ_ONCE(*r1);
	if (r2) {
		barrier();
	}
	srcu_read_unlock(ss, r0);
}

P2(int *cb0, struct srcu_struct *ss, int *old_freed, int *done0)
{
	int r0 = smp_load_acquire(cb0);
	if (r0) {
		synchronize_srcu(ss);
		WRITE_ONCE(*old_freed, 1);
		smp_store_release(done0, 1);
	}
}

filter (0:rb0=1)
exists (1:r2=1 /\ old_freed=1)
"#
    );
    assert_eq!(notes.len(), 3, "{notes:?}");
}

#[test]
fn choices() {
    let (text, _) = export(BUS, "wait:synchronize_srcu,barrier,reader-mb");
    assert!(
        text.contains("synchronize_srcu(ss);\n\tWRITE_ONCE(*old_freed, 1);"),
        "{text}"
    );
    assert!(!text.contains("smp_mb"), "{text}");
    let (text, _) = export(BUS, "wait:none");
    assert!(!text.contains("synchronize"), "{text}");
    assert!(text.contains("WRITE_ONCE(*old_freed, 1);"), "{text}");
}

#[test]
fn several_fields() {
    let source = "C t
(* @object a fields=n:an,m:am
 * @object b fields=n:bn *)
{ p=a; }
P0(int **p, int *a, int *b) {
	r0 = READ_ONCE(*p);
	r1 = READ_ONCE(r0->m);
	r2 = READ_ONCE(*r1); WHAT
}
exists (0:r1=1)";
    let plain = source.replace("WHAT", "");
    let (text, notes) = export(&plain, "");
    assert!(text.contains("r1 = READ_ONCE(*am);"), "{text}");
    assert!(
        notes
            .iter()
            .any(|n| n.starts_with("weaker: P0 reaches `a->m`")),
        "{notes:?}"
    );
    let fails = |what: &str| {
        let test = good(&source.replace("WHAT", what));
        export_herd(&test, &Setting::default())
            .expect_err(what)
            .message
    };
    assert_eq!(
        fails("WRITE_ONCE(*p, b); r3 = r0->n;"),
        "`b` has no field `m`"
    );
    assert_eq!(
        fails("r5 = READ_ONCE(*p)->m;"),
        "the pointer of `->m` is loaded in the same statement: put it into a register first"
    );
    assert_eq!(
        fails("r5 = atomic_fetch_add_unless(p, 1, 2);"),
        "herd has no `atomic_fetch_add_unless`"
    );
    assert_eq!(fails("kfree(r7);"), "kfree() frees nothing that is known");
    assert_eq!(
        fails("if (r0) { call_srcu(p, a); } srcu_barrier(p);"),
        "srcu_barrier() or a call_srcu() before it stands inside of an `if`: herd cannot wait for what may not happen"
    );
}

#[test]
#[ignore = "needs STALEBUS_ORACLE"]
fn corpus_exports_with_oracle() {
    for path in common::corpus() {
        let source = std::fs::read_to_string(&path).expect("a text file");
        let test = good(&source);
        let export = export_herd(&test, &Setting::default()).expect("an export");
        assert!(export.notes.is_empty(), "{path:?} {:?}", export.notes);
        let again = good(&export.text);
        assert_eq!(test.observed().len(), again.observed().len());
    }
}

#[test]
fn elements_are_compared_with_numbers_only() {
    let export = |condition: &str| {
        let source = format!(
            "C t\n{{ int a[2] = {{1, 0}}; }}\nP0(int *a) {{ int r0 = READ_ONCE(*a); }}\nexists ({condition})\n"
        );
        let test = good(&source);
        export_herd(&test, &Setting::all_on(&test))
    };
    assert!(export("a[1]=0 /\\ a[0]=1").is_ok());
    for condition in ["a[0]=0:r0", "~(a[1]=0:r0)"] {
        let refused = export(condition).expect_err(condition);
        assert!(refused.message.contains("element"), "{}", refused.message);
    }
}

/// herd7 7.58 stops at these with a failed assertion; at a store or an addition of the same it does not.
#[test]
fn a_lock_is_not_asked_inside_an_exchange() {
    let export = |statement: &str| {
        let source = format!(
            "C t\n{{}}\nP0(int *x, spinlock_t *l)\n{{\n\tint r0;\n\t{statement}\n}}\nexists (x=1)\n"
        );
        export_herd(&good(&source), &Setting::default())
    };
    for (statement, lock, exchange) in [
        ("r0 = xchg(x, spin_trylock(l));", "spin_trylock", "xchg"),
        (
            "r0 = xchg_relaxed(x, 1 + spin_is_locked(l));",
            "spin_is_locked",
            "xchg_relaxed",
        ),
        (
            "r0 = cmpxchg(x, 0, spin_trylock(l));",
            "spin_trylock",
            "cmpxchg",
        ),
    ] {
        let refused = export(statement).expect_err(statement).message;
        assert_eq!(
            refused,
            format!(
                "herd7 cannot evaluate `{lock}` inside `{exchange}`: put it into a register first"
            )
        );
    }
    assert!(export("WRITE_ONCE(*x, spin_trylock(l));").is_ok());
    assert!(export("r0 = spin_trylock(l); r0 = xchg(x, r0);").is_ok());
}
