//! `parse(print(t))` is `t`.

mod common;

use common::check_round_trip;

#[test]
fn seeds() {
    check_round_trip(include_str!("seeds/scenario.litmus"));
    check_round_trip(include_str!("seeds/plain.litmus"));
    check_round_trip(include_str!("seeds/header.litmus"));
}

#[test]
fn small_texts() {
    for source in [
        "C t {} P0(){}",
        "C t\n{ x; int y; }\nP0(int *z) { }\nexists (true)",
        "C t\n{}\nP0(int *x) { r0 = *x; *x = r0; }\nforall (0:r0=0)",
        "C t\n{ a=x0; c=y0; 1:r2=b; }\nP0(int **a) { r1=READ_ONCE(*a); WRITE_ONCE(*r1,1); }\n\
         P1(int *b,int **c){ r1=READ_ONCE(*b); WRITE_ONCE(*c,r2); }\nexists (0:r1=b)",
        "C t\n{}\nP0(int *x) { WRITE_ONCE(*x, -2147483648 - -1); }",
        "C t\n{}\nP0(spinlock_t *s) { if (spin_trylock(s)) spin_unlock(s); }\nexists (*s=1)",
    ] {
        check_round_trip(source);
    }
}
