//! The programs that are measured.

use std::fmt::Write;

/// `cpus` CPUs take a lock that is emulated by one atomic, write their own
/// variable, read their neighbour's, and give the lock back.
pub fn emulated_lock(cpus: usize, atomic: &str, filter: bool) -> String {
    let mut text = format!("C lock-{cpus}-{atomic}\n\n{{\n}}\n");
    for cpu in 0..cpus {
        let next = (cpu + 1) % cpus;
        let take = match atomic {
            "cmpxchg" => "cmpxchg_acquire(sl, 0, 1)",
            _ => "xchg_acquire(sl, 1)",
        };
        let _ = write!(
            text,
            "\nP{cpu}(int *sl, int *x{cpu}, int *x{next})\n{{\n\tint r1;\n\tint r2;\n\n\tr2 = {take};\n\
             \tWRITE_ONCE(*x{cpu}, 1);\n\tr1 = READ_ONCE(*x{next});\n\tsmp_store_release(sl, 0);\n}}\n"
        );
    }
    let all = |what: &str| {
        (0..cpus)
            .map(|cpu| format!("{cpu}:{what}=0"))
            .collect::<Vec<_>>()
            .join(" /\\ ")
    };
    if filter {
        let _ = write!(text, "\nfilter ({})\nexists ({})\n", all("r2"), all("r1"));
    } else {
        let _ = write!(text, "\nexists ({} /\\ {})\n", all("r2"), all("r1"));
    }
    text
}

/// `cpus` CPUs, each stores and loads in turn, `pairs` times. With `observed` the
/// outcome names every load.
pub fn store_load(cpus: usize, pairs: usize, observed: bool) -> String {
    let mut text = format!("C store-load-{cpus}x{}\n\n{{\n}}\n", 2 * pairs);
    let head = (0..cpus)
        .map(|v| format!("int *x{v}"))
        .collect::<Vec<_>>()
        .join(", ");
    let mut terms = Vec::new();
    for cpu in 0..cpus {
        let _ = write!(text, "\nP{cpu}({head})\n{{\n");
        for pair in 0..pairs {
            let from = (cpu + 1 + pair) % cpus;
            let _ = write!(
                text,
                "\tWRITE_ONCE(*x{cpu}, {});\n\tint r{pair} = READ_ONCE(*x{from});\n",
                pair + 1
            );
            if observed || pair == 0 {
                terms.push(format!("{cpu}:r{pair}=0"));
            }
        }
        text.push_str("}\n");
    }
    let _ = write!(text, "\nexists ({})\n", terms.join(" /\\ "));
    text
}

/// `cpus` CPUs in a chain: each loads what the one before stores, then stores what
/// the next loads. The first `graces` wait for a grace period in between, the
/// others do both in one read-side section.
pub fn rcu_chain(cpus: usize, graces: usize) -> String {
    let mut text = format!("C rcu-{cpus}-{graces}\n\n{{\n}}\n");
    for cpu in 0..cpus {
        let next = (cpu + 1) % cpus;
        let [before, between, after] = if cpu < graces {
            ["", "\tsynchronize_rcu();\n", ""]
        } else {
            ["\trcu_read_lock();\n", "", "\trcu_read_unlock();\n"]
        };
        let _ = write!(
            text,
            "\nP{cpu}(int *x{cpu}, int *x{next})\n{{\n\tint r1;\n\n{before}\tr1 = READ_ONCE(*x{cpu});\n\
             {between}\tWRITE_ONCE(*x{next}, 1);\n{after}}}\n"
        );
    }
    let terms: Vec<String> = (0..cpus).map(|cpu| format!("{cpu}:r1=1")).collect();
    let _ = write!(text, "\nexists ({})\n", terms.join(" /\\ "));
    text
}
