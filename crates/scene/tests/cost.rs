//! What waiting costs: chart, strip, table and sentences, to the letter.

mod common;

use common::check;
use cost::Policy;
use scene::cost::{Comparison, event_sentence, figures, paragraph, time};
use scene::{ChartOptions, cost_chart_svg, cost_strip_svg};

#[test]
fn times_have_units() {
    for (nanos, text) in [
        (0, "0 ns"),
        (999, "999 ns"),
        (3_500, "3.5 µs"),
        (15_500, "15.5 µs"),
        (20_000_000, "20 ms"),
        (20_015_500, "20.015 ms"),
        (1_000_000_000, "1 s"),
    ] {
        assert_eq!(time(nanos), text);
    }
}

#[test]
fn charts() {
    let comparison = Comparison::new(20);
    for (name, logarithmic, later, width) in [
        ("cost-log", true, true, 560),
        ("cost-linear", false, true, 560),
        ("cost-linear-alone", false, false, 320),
    ] {
        let options = ChartOptions {
            width,
            logarithmic,
            later,
        };
        check(
            &format!("{name}.svg"),
            &cost_chart_svg(&comparison, options),
        );
    }
}

#[test]
fn words() {
    let comparison = Comparison::new(3);
    let mut text = String::new();
    for row in comparison.table() {
        assert_eq!(row.len(), Comparison::HEADINGS.len());
        text.push_str(&format!("{}\n", row.join(" | ")));
    }
    text.push_str(&format!("\n{}\n", paragraph(&comparison)));
    for figure in figures() {
        text.push_str(&format!("{}\n", figure.join(" | ")));
    }
    for policy in Policy::ALL {
        let line = comparison.line(policy).expect("every policy");
        text.push_str(&format!("\n{}\n", policy.name()));
        for number in 0..=line.events.len() {
            text.push_str(&format!("{}\n", event_sentence(line, number)));
        }
    }
    check("cost.txt", &text);
}

#[test]
fn strips() {
    let comparison = Comparison::new(3);
    let line = comparison
        .line(Policy::CallbackThenWait)
        .expect("it is there");
    check("cost-strip.svg", &cost_strip_svg(line, 4, 620));
    // Whatever is asked for is drawn, and the event that is marked is in sight.
    for registrations in [0, 1, 2, 50, 200] {
        let comparison = Comparison::new(registrations);
        for line in &comparison.lines {
            for width in [0, 300, 900, 5000] {
                for at in [
                    0,
                    1,
                    line.events.len() / 2,
                    line.events.len().saturating_sub(1),
                ] {
                    let svg = cost_strip_svg(line, at, width);
                    assert!(!svg.contains("NaN") && !svg.contains("style="), "{svg}");
                    assert_eq!(
                        svg.matches("class=\"now\"").count(),
                        usize::from(!line.events.is_empty())
                    );
                }
            }
            let chart = cost_chart_svg(&comparison, ChartOptions::default());
            assert!(!chart.contains("NaN") && !chart.contains("inf"), "{chart}");
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
        let svg = cost_chart_svg(&Comparison::new(1), options);
        let y = |class: &str, name: &str| -> f64 {
            let line = svg
                .lines()
                .find(|line| line.contains(&format!("class=\"{class}\"")))
                .unwrap_or_else(|| panic!("{class} is not in\n{svg}"));
            let (_, rest) = line.split_once(&format!(" {name}=\"")).expect(name);
            rest.split_once('"')
                .expect("quoted")
                .0
                .parse()
                .expect("a number")
        };
        let (wait, callback) = (y("point wait", "y") + 3.5, y("point callback", "cy"));
        assert!(wait < callback, "{wait} {callback}");
        let later = svg
            .lines()
            .find(|line| line.contains("class=\"point later\""))
            .and_then(|line| line.split_once(" d=\"M"))
            .and_then(|(_, d)| d.split_once('L'))
            .and_then(|(start, _)| start.split_once(' '))
            .and_then(|(_, y)| y.parse::<f64>().ok())
            .expect("it is drawn");
        assert!((14.0..wait).contains(&(later + 6.0)), "{later}");
        assert!(callback <= 174.0);
    }
}
