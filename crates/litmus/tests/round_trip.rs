//! `parse(print(t))` is `t`.

mod common;

use common::check_round_trip;

const SCENARIO: &str = r#"
(* a comment first *)
C stale-bus
"kvm: the stale bus"
Cycle=Rfe PodRR Fre
(*
 * Result: Sometimes DATARACE
 *
 * @title The stale bus
 * @summary A vCPU that has seen the flag
 *   must see the new bus.
 * @story Once upon a time
 *
 * * there was a bus.
 * And mail@example.org wrote (* about *) it.
 * @thread P0 "VMM" kind=vmm
 * @thread P1 "vCPU 0" kind=vcpu
 * @slot bus "kvm->buses[KVM_MMIO_BUS]"
 * @object old "bus v1" fields=old_n,addr:old_a
 * @object new "bus v2" fields=new_n freed=new_freed
 * @default cpu=arm off=reader-mb,wait:none,publish srcu=fast
 * @outcome stale bad "the vCPU used: the old bus" : 1:r0=1 /\ 1:r1=old
 * @outcome uaf : old__freed=1 /\ (1:r0=1 \/ ~1:r1=&new => not true) /\ x!=2
 * @hint think
 * @exercise reach stale
 * @hint look
 * at the reader
 *
 * @hint again
 * @explain because
 * @exercise forbid stale max=1
 * @exercise predict uaf
 *)
{
	bus=old;
	old_n=1; int *q = &x, y = -3; struct srcu_struct ss = {0};
	atomic_t a = ATOMIC_INIT(2);
	0:r9=7; int * 1:r8;
}

P0(struct bus **bus, struct bus *new, struct bus *old, int *flag, struct srcu_struct *ss, spinlock_t *l)
{
	/*@ mode host */
	if (1) { WRITE_ONCE(new->n, 1); }
	int r0 = 1, *r1, r2 = READ_ONCE(*flag);
	rcu_assign_pointer(*bus, new); /*@ toggle publish "the release" off=WRITE_ONCE */
	/*@ in kvm_io_bus_register_dev virt/kvm/kvm_main.c */
	call_srcu(ss, old); /*@ toggle wait choices=synchronize_srcu,call_srcu,none */
	smp_wmb(); /*@ toggle w off="smp_mb(); WRITE_ONCE(*flag, 5)"; in foo */
	WRITE_ONCE(*flag, 1);
	spin_unlock_wait(l);
	*flag = r1 == NULL ? 0 : 1;
}
"#;

fn scenario() -> String {
    let source = SCENARIO.replace("r1 == NULL ? 0 : 1", "(r1 == NULL) + -(-r0) * !(r2 & ~3)");
    source
        + r#"
P1(struct bus **bus, int *flag, struct srcu_struct *ss, atomic_t *a, int *x)
{
	int r0;
	r0 = srcu_read_lock(ss); /*@ mode guest */
	smp_mb__after_srcu_read_lock(); /*@ toggle reader-mb "smp_mb__after_srcu_read_lock()" */
	struct bus *r1 = srcu_dereference(*bus, ss);
	if (r1->n == 1 && r0) r2 = (int)*&x; else if (r0 - (1 - 2) <= 3) {
		r3 = atomic_add_unless(a, 1, 0); /*@ mode host */
	} else { }
	r4 = cmpxchg_relaxed(x, 1, 2) + atomic_inc_not_zero(a) + atomic_dec_and_test(a);
	r5 = rcu_dereference_protected(r1->next, lockdep_is_held(&x->y, 3));
	atomic_andnot(3, a); atomic_inc(a); ;
	smp_store_release(&r1->n, **&bus);
	{ srcu_read_unlock(ss, r0); barrier(); }
	r6 = READ_ONCE(*x); /*@ toggle acq off=smp_load_acquire */
	kfree(r1); /*@ toggle free choices="kfree(r1)","kfree(r1); smp_mb()",none */
}

locations [x; 1:r3; bus;]
filter (1:r0=1 /\ *x=[flag])
~exists (1:r0=1 => (x=1 => 0:r0=1:r0) \/ P1:r1=old /\ true)
"#
}

#[test]
fn scenario_round_trips() {
    check_round_trip(&scenario());
}

#[test]
fn small_texts() {
    for source in [
        "C t {} P0(){}",
        "C t\n{ x; int y; }\nP0(int *z) { }\nexists (true)",
        "C t\n{}\nP0(int *x) { r0 = *x; *x = r0; }\nforall (0:r0=0)",
        "C t\n{ a=x0; c=y0; 1:r2=b; }\nP0(int **a) { r1=READ_ONCE(*a); WRITE_ONCE(*r1,1); }\nP1(int *b,int **c){ r1=READ_ONCE(*b); WRITE_ONCE(*c,r2); }\nexists (0:r1=b)",
        "C t\n{}\nP0(int *x) { WRITE_ONCE(*x, -9223372036854775808 - -1); }",
        "C t\n{}\nP0(spinlock_t *s) { if (spin_trylock(s)) spin_unlock(s); }\nexists (*s=1)",
    ] {
        check_round_trip(source);
    }
}
