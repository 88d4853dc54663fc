use lkmm::*;
fn main() {
    let mut a = std::env::args().skip(1);
    let f = a.next().unwrap();
    let m = a.next().unwrap_or("lkmm".into());
    let src = std::fs::read_to_string(&f).unwrap();
    let t = litmus::parse(&src).test.unwrap();
    let c = t.condition.clone().unwrap().cond;
    let t = t.with(&litmus::Setting::default());
    let j = judge(&t, Model::by_id(&m).unwrap(), u64::MAX).unwrap();
    println!(
        "{:?} {}+{} steps {} eval {}",
        j.verdict, j.positive, j.negative, j.steps, j.evaluated
    );
    match why(
        &t,
        Model::by_id(&m).unwrap(),
        &c,
        &TestNames::new(&t, Some(&src)),
        u64::MAX,
    )
    .unwrap()
    .unwrap()
    {
        Why::Allowed(e) => {
            println!("allowed {}", e.state);
            for (i, v) in e.events.iter().enumerate() {
                println!("{i} {:?} {}", v.thread, v.label());
            }
            for r in &e.relations {
                if ["rf", "co", "fr"].contains(&&*r.name) {
                    println!(
                        "{} {:?}",
                        r.name,
                        r.edges.iter().map(|e| (e.from, e.to)).collect::<Vec<_>>()
                    );
                }
            }
        }
        Why::Forbidden(x) => {
            println!("{} — {} ({} candidates)", x.axiom, x.rule, x.candidates);
            for l in &x.cycle {
                println!("  {:14} {}", l.relation, l.text);
            }
            println!("  => {}", x.conclusion);
        }
        o => println!("{o:?}"),
    }
}
