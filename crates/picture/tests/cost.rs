//! What waiting costs: chart, strip, table and sentences, to the letter.

mod common;

use common::check;
use cost::{Case, Policy};
use picture::cost::{Comparison, WHY, about, detail, event_sentence, figures, paragraph, time};
use picture::{ChartOptions, cost_chart_svg, cost_strip_svg};

#[test]
fn times_have_units() {
    for (nanos, text) in [
        (0, "0 ns"),
        (999, "999 ns"),
        (3_500, "3.5 µs"),
        (15_500, "15.5 µs"),
        (20_000_000, "20 ms"),
        (20_015_500, "20.016 ms"),
        (1_000_000_000, "1 s"),
    ] {
        assert_eq!(time(nanos), text);
    }
}

/// No more digits than the figures have.
#[test]
fn durations_are_rounded() {
    for (nanos, text) in [
        (0, "0 ns"),
        (99, "99 ns"),
        (3_500, "3.5 µs"),
        (15_500, "16 µs"),
        (775_000, "780 µs"),
        (19_949_000, "20 ms"),
        (137_000, "140 µs"),
        (999_999, "1 ms"),
        (2_045_000, "2 ms"),
        (1_234_000_000, "1.2 s"),
    ] {
        assert_eq!(about(nanos), text);
    }
}

#[test]
fn charts() {
    for (name, case, logarithmic, later, chosen, width) in [
        (
            "cost-log",
            Case::FirecrackerX86,
            true,
            true,
            Policy::Callback,
            560,
        ),
        (
            "cost-linear",
            Case::FirecrackerArm,
            false,
            true,
            Policy::ExpeditedCallback,
            560,
        ),
        (
            "cost-linear-alone",
            Case::FirecrackerArm,
            false,
            false,
            Policy::Wait,
            320,
        ),
        (
            "cost-crosvm",
            Case::Crosvm,
            true,
            true,
            Policy::UnregisterToo,
            560,
        ),
    ] {
        let options = ChartOptions {
            width,
            logarithmic,
            later,
            chosen,
        };
        let comparison = Comparison::new(case, 100, 20);
        check(
            &format!("{name}.svg"),
            &cost_chart_svg(&comparison, options),
        );
    }
}

#[test]
fn words() {
    let mut text = String::new();
    for case in Case::ALL {
        let comparison = Comparison::new(case, 100, 20);
        let headings = comparison.headings();
        text.push_str(&format!(
            "{}: {}\n{}\n",
            case.name(),
            case.about(),
            headings.join(" | ")
        ));
        for row in comparison.table() {
            assert_eq!(row.len(), headings.len());
            text.push_str(&format!("{}\n", row.join(" | ")));
        }
        for policy in Policy::ALL {
            text.push_str(&format!("\n{}\n", paragraph(&comparison, policy)));
            for row in detail(&comparison, policy) {
                text.push_str(&format!("  {}\n", row.join(": ")));
            }
        }
        for figure in figures(case) {
            text.push_str(&format!("{}\n", figure.join(" | ")));
        }
        text.push('\n');
    }
    for why in WHY {
        text.push_str(&format!("{why}\n"));
    }
    check("cost.txt", &text);
}

#[test]
fn events() {
    let mut text = String::new();
    for (case, policy) in [
        (Case::FirecrackerX86, Policy::Wait),
        (Case::FirecrackerX86, Policy::Callback),
        (Case::FirecrackerArm, Policy::ExpeditedCallback),
        (Case::FirecrackerArm, Policy::Synchronize),
        (Case::Crosvm, Policy::UnregisterToo),
    ] {
        let comparison = Comparison::new(case, 100, 2);
        let line = comparison.line(policy).expect("every policy");
        text.push_str(&format!("{}, {}\n", case.name(), policy.name()));
        for number in 0..=line.events.len() {
            text.push_str(&format!("{}\n", event_sentence(line, number)));
        }
        text.push('\n');
    }
    check("cost-events.txt", &text);
}

/// The workloads' figures are kept apart.
#[test]
fn no_figure_of_one_workload_stands_with_another() {
    let all = |case| {
        let rows = figures(case).into_iter().map(|figure| figure.join(" "));
        rows.collect::<Vec<_>>().join("\n")
    };
    assert!(all(Case::Crosvm).contains("25 %") && !all(Case::Crosvm).contains("15–23 µs |"));
    for case in [Case::FirecrackerArm, Case::FirecrackerX86] {
        assert!(!all(case).contains("25 %"), "{case:?}");
    }
    for case in Case::ALL {
        let comparison = Comparison::new(case, 100, 20);
        let chart = cost_chart_svg(&comparison, ChartOptions::default());
        assert_eq!(
            chart.contains("15–23 µs"),
            case == Case::FirecrackerArm,
            "{case:?}"
        );
        assert_eq!(
            chart.contains("25.182 ms"),
            case == Case::FirecrackerX86,
            "{case:?}"
        );
    }
}

#[test]
fn strips() {
    let comparison = Comparison::new(Case::FirecrackerX86, 100, 3);
    let line = comparison.line(Policy::Callback).expect("it is there");
    check("cost-strip.svg", &cost_strip_svg(line, 4, 620));
    // Whatever is asked for is drawn, and the event that is marked is in sight.
    for case in Case::ALL {
        for registrations in [0, 1, 2, 50, 200] {
            let comparison = Comparison::new(case, 1000, registrations);
            for line in &comparison.lines {
                for width in [0, 300, 900, 5000] {
                    let last = line.events.len().saturating_sub(1);
                    for at in [0, 1, line.events.len() / 2, last] {
                        let svg = cost_strip_svg(line, at, width);
                        assert!(!svg.contains("NaN") && !svg.contains("style="), "{svg}");
                        assert_eq!(
                            svg.matches("class=\"now\"").count(),
                            usize::from(!line.events.is_empty())
                        );
                    }
                }
                let options = ChartOptions {
                    chosen: line.policy,
                    ..ChartOptions::default()
                };
                let chart = cost_chart_svg(&comparison, options);
                assert!(!chart.contains("NaN") && !chart.contains("inf"), "{chart}");
            }
        }
    }
}

/// On both scales a longer latency is drawn higher, and everything is inside the picture.
#[test]
fn scales() {
    for logarithmic in [true, false] {
        let options = ChartOptions {
            logarithmic,
            ..ChartOptions::default()
        };
        let svg = cost_chart_svg(&Comparison::new(Case::FirecrackerX86, 100, 1), options);
        let line = |class: &str| {
            let found = svg
                .lines()
                .find(|line| line.contains(&format!("class=\"{class}\"")));
            found.unwrap_or_else(|| panic!("{class} is not in\n{svg}"))
        };
        let y = |class: &str, name: &str| -> f64 {
            let (_, rest) = line(class).split_once(&format!(" {name}=\"")).expect(name);
            let number = rest.split_once('"').expect("quoted").0;
            number.parse().expect("a number")
        };
        let later = |class: &str| -> f64 {
            let (_, d) = line(class).split_once(" d=\"M").expect("a shape");
            let (start, _) = d.split_once('L').expect("a point");
            let top: f64 = start
                .split_once(' ')
                .expect("two")
                .1
                .parse()
                .expect("a number");
            top + 6.0
        };
        let (wait, callback) = (y("point wait", "y") + 3.5, y("point callback", "cy"));
        assert!(wait < callback, "{wait} {callback}");
        let (before, now) = (later("point later wait"), later("point later callback"));
        assert!((14.0..before).contains(&now), "{now} {before}");
        assert!(before < wait && callback <= 174.0);
    }
}
