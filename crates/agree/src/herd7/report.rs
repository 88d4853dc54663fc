//! What herd7 prints about a test.

use std::collections::BTreeMap;

/// A report, without name and times.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// `Allowed`, `Forbidden` or `Required`.
    pub kind: String,
    /// The final states, in the order of the report.
    pub states: Vec<String>,
    /// `Ok` or `No`.
    pub ok: String,
    /// Witnesses for what the quantifier asks.
    pub positive: u64,
    /// Witnesses against it.
    pub negative: u64,
    /// What is wrong with the test.
    pub flags: Vec<String>,
    /// The condition, with its quantifier.
    pub condition: String,
    /// `Never`, `Sometimes` or `Always`, and how often.
    pub observation: String,
}

impl Report {
    /// The reports in an output, by the test's name. What is not whole is left out.
    pub(super) fn read(out: &str) -> BTreeMap<String, Report> {
        let mut reports = BTreeMap::new();
        let mut lines = out.lines();
        while let Some(line) = lines.next() {
            let Some((name, kind)) = line
                .strip_prefix("Test ")
                .and_then(|line| line.rsplit_once(' '))
            else {
                continue;
            };
            if let Some(report) = Report::rest(name, kind, &mut lines) {
                reports.insert(name.to_owned(), report);
            }
        }
        reports
    }

    fn rest<'a>(
        name: &str,
        kind: &str,
        lines: &mut impl Iterator<Item = &'a str>,
    ) -> Option<Report> {
        let count: usize = lines.next()?.strip_prefix("States ")?.parse().ok()?;
        let mut report = Report {
            kind: kind.to_owned(),
            ..Report::default()
        };
        for _ in 0..count {
            report.states.push(lines.next()?.trim_end().to_owned());
        }
        report.ok = lines.next()?.to_owned();
        for line in lines {
            if let Some(counts) = line.strip_prefix("Positive: ") {
                let (positive, negative) = counts.split_once(" Negative: ")?;
                report.positive = positive.parse().ok()?;
                report.negative = negative.parse().ok()?;
            } else if let Some(flag) = line.strip_prefix("Flag ") {
                report.flags.push(flag.to_owned());
            } else if let Some(condition) = line.strip_prefix("Condition ") {
                report.condition = condition.to_owned();
            } else if let Some(observation) = line.strip_prefix("Observation ") {
                let observation = observation.strip_prefix(name)?.trim_start();
                report.observation = observation.to_owned();
            } else if line.is_empty() {
                return Some(report);
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::Report;

    const OUT: &str = "Test t0 Allowed
States 2
0:r=0;
0:r=1;
Ok
Witnesses
Positive: 1 Negative: 2
Flag data-race
Condition exists (0:r=1)
Observation t0 Sometimes 1 2
Time t0 0.00
Hash=5da3a573bf4b0ffdc2b2a638d5c777f1

Test t1 Required
States 1

Ok
Witnesses
Positive: 1 Negative: 0
Condition forall (true)
Observation t1 Always 1 0
Time t1 0.00
Hash=162efe429eaf0b9f37699ebaaee24be4

Test t2 Allowed
States 3
0:r=0;
";

    #[test]
    fn whole_reports_are_read() {
        let reports = Report::read(OUT);
        assert_eq!(reports.keys().collect::<Vec<_>>(), ["t0", "t1"]);
        let first = Report {
            kind: "Allowed".to_owned(),
            states: vec!["0:r=0;".to_owned(), "0:r=1;".to_owned()],
            ok: "Ok".to_owned(),
            positive: 1,
            negative: 2,
            flags: vec!["data-race".to_owned()],
            condition: "exists (0:r=1)".to_owned(),
            observation: "Sometimes 1 2".to_owned(),
        };
        assert_eq!(reports["t0"], first);
        assert_eq!(reports["t1"].states, [""]);
    }
}
