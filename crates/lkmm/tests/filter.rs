//! A filter holds of final states, however late in the search it is known where a store goes.

use lkmm::{judge, models::LKMM};

#[test]
fn a_store_through_a_pointer_reaches_what_the_filter_names() {
    let source = "C t
{ int *q = y; }
P0(int *x, int *y, int **q)
{
	int *d0 = smp_load_acquire(q);
	smp_store_release(d0, 1);
}
filter (y=FILTER)
exists (y=1)
";
    for (filter, executions) in [("1", 1), ("0", 0)] {
        let source = source.replace("FILTER", filter);
        let test = litmus::parse(&source).test.expect("it parses");
        let judgement = judge(&test, &LKMM, 1000).expect("it is judged");
        assert_eq!(judgement.positive, executions, "{source}");
        assert_eq!(judgement.negative, 0, "{source}");
    }
}
