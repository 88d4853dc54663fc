//! The first lines: name, string, the comment with the directives.

use super::{Printer, Style};
use crate::ast::*;
use crate::setting::off_item;

impl Printer<'_> {
    pub(super) fn header(&mut self) {
        let test = self.test;
        // Of such a name the reader drops the end.
        let suffix = if test.name.ends_with(".litmus") {
            ".litmus"
        } else {
            ""
        };
        let (first, rest) = self
            .original_lines()
            .unwrap_or_else(|| (format!("C {}{suffix}", test.name), Vec::new()));
        self.out.push_str(&format!("{first}\n"));
        if self.style == Style::Herd {
            self.out.push('\n');
            return;
        }
        if let Some(doc) = &test.doc {
            self.out.push_str(&format!("\"{doc}\"\n"));
        }
        for line in rest {
            self.out.push_str(&format!("{line}\n"));
        }
        self.out.push('\n');
        let mut paragraphs = self.paragraphs();
        paragraphs.retain(|lines| !lines.is_empty());
        if paragraphs.is_empty() {
            return;
        }
        self.out.push_str("(*\n");
        for (number, lines) in paragraphs.into_iter().enumerate() {
            self.out.push_str(if number > 0 { " *\n" } else { "" });
            for line in lines {
                self.out.push_str(format!(" * {line}").trim_end());
                self.out.push('\n');
            }
        }
        self.out.push_str(" *)\n\n");
    }

    fn paragraphs(&self) -> Vec<Vec<String>> {
        let test = self.test;
        let meta = &test.meta;
        let mut paragraphs = Vec::new();
        let mut lines = Vec::new();
        if let Some(expected) = &test.expected {
            let race = if expected.data_race { " DATARACE" } else { "" };
            lines.push(format!("Result: {}{race}", verdict(&expected.verdict)));
        }
        paragraphs.push(std::mem::take(&mut lines));
        let remarks = contained(&meta.remarks.join("\n"));
        paragraphs.push(remarks.lines().map(str::to_string).collect());
        let texts = [
            ("title", &meta.title),
            ("summary", &meta.summary),
            ("story", &meta.story),
            ("omits", &meta.omits),
        ];
        for (key, text) in texts {
            if let Some(text) = text {
                // A text of several lines begins on a line of its own.
                let gap = if text.contains('\n') { '\n' } else { ' ' };
                let text = contained(&format!("@{key}{gap}{text}"));
                lines.extend(text.lines().map(str::to_string));
            }
        }
        paragraphs.push(std::mem::take(&mut lines));
        for thread in &test.threads {
            let label = quoted(thread.label.as_deref());
            let kind = match thread.kind {
                ThreadKind::Cpu => String::new(),
                kind => format!(" kind={}", kind.name()),
            };
            if !(label.is_empty() && kind.is_empty()) {
                lines.push(format!("@thread {}{label}{kind}", thread.name));
            }
        }
        for slot in &test.slots {
            lines.push(format!(
                "@slot {} \"{}\"",
                test.var_name(slot.var),
                slot.label
            ));
        }
        for object in &test.objects {
            lines.push(self.object(object));
        }
        lines.extend(self.srcu_tree());
        paragraphs.push(std::mem::take(&mut lines));
        for outcome in &test.outcomes {
            let bad = if outcome.bad { " bad" } else { "" };
            let label = quoted(outcome.label.as_deref());
            let cond = self.formula(&outcome.cond);
            lines.push(format!("@outcome {}{bad}{label} : {cond}", outcome.name));
        }
        paragraphs.push(std::mem::take(&mut lines));
        lines.extend(self.default_line());
        paragraphs.push(std::mem::take(&mut lines));
        lines.extend(test.verdicts.iter().map(|claim| self.verdict(claim)));
        paragraphs.push(std::mem::take(&mut lines));
        push_hints(&mut lines, &meta.hints, meta.explain.as_ref());
        for exercise in &meta.exercises {
            let name = |at: usize| test.outcomes.get(at).map_or("", |o| o.name.as_str());
            paragraphs.push(std::mem::take(&mut lines));
            lines.push(match exercise.task {
                Task::Reach(outcome) => format!("@exercise reach {}", name(outcome)),
                Task::Predict(outcome) => format!("@exercise predict {}", name(outcome)),
                Task::Forbid { outcome, max } => {
                    let max = max.map(|n| format!(" max={n}")).unwrap_or_default();
                    format!("@exercise forbid {}{max}", name(outcome))
                }
            });
            push_hints(&mut lines, &exercise.hints, exercise.explain.as_ref());
        }
        paragraphs.push(lines);
        paragraphs
    }

    fn object(&self, object: &Object) -> String {
        let name = self.test.var_name(object.var);
        let mut line = format!("@object {name}{}", quoted(object.label.as_deref()));
        if !object.fields.is_empty() {
            let fields: Vec<String> = object
                .fields
                .iter()
                .map(|(field, var)| format!("{field}:{}", self.test.var_name(*var)))
                .collect();
            line.push_str(&format!(" fields={}", fields.join(",")));
        }
        // What frees has a flag for each object; the parser gives it this name.
        let own = format!("{name}__freed");
        if let Some(freed) = object.freed
            && self.test.var_name(freed) != own
        {
            line.push_str(&format!(" freed={}", self.test.var_name(freed)));
        }
        line
    }

    fn srcu_tree(&self) -> Vec<String> {
        let test = self.test;
        let Some(tree) = &test.srcu else {
            return Vec::new();
        };
        let label = quoted(tree.label.as_deref());
        let mut lines = vec![format!("@srcu{label} idx={}", test.var_name(tree.idx))];
        let pair = |vars: [VarId; 2]| vars.map(|var| test.var_name(var)).join(",");
        lines.extend(tree.cpus.iter().map(|data| {
            let thread = test.threads.get(usize::from(data.thread));
            let name = thread.map_or("", |thread| thread.name.as_str());
            let (locks, unlocks) = (pair(data.locks), pair(data.unlocks));
            format!("@srcu_data {name} locks={locks} unlocks={unlocks}")
        }));
        lines
    }

    fn default_line(&self) -> Option<String> {
        let default = &self.test.meta.default;
        let mut line = String::new();
        if let Some(cpu) = &default.cpu {
            line.push_str(&format!(" cpu={cpu}"));
        }
        line.push_str(&self.off(&default.off));
        if let Some(srcu) = &default.srcu {
            line.push_str(&format!(" srcu={srcu}"));
        }
        (!line.is_empty()).then(|| format!("@default{line}"))
    }

    fn off(&self, off: &[(ToggleId, u8)]) -> String {
        let items: Vec<String> = off
            .iter()
            .filter_map(|(id, position)| {
                let toggle = self.test.toggles.get(usize::from(id.0))?;
                // Also the first position, if somebody wrote it.
                Some(match (position, toggle.positions.first()) {
                    (0, Some(first)) => format!("{}:{}", toggle.name, first.name),
                    _ => off_item(toggle, *position),
                })
            })
            .collect();
        if items.is_empty() {
            return String::new();
        }
        format!(" off={}", items.join(","))
    }

    fn verdict(&self, claim: &VerdictClaim) -> String {
        let outcome = self.test.outcomes.get(claim.outcome);
        let mut line = format!("@verdict {}", outcome.map_or("", |o| o.name.as_str()));
        line.push_str(&self.off(&claim.off));
        if let Some(srcu) = &claim.srcu {
            line.push_str(&format!(" srcu={srcu}"));
        }
        for (key, models) in [("yes", &claim.yes), ("no", &claim.no)] {
            if models.len() == VerdictClaim::MODELS.len() {
                line.push_str(&format!(" {key}=all"));
            } else if !models.is_empty() {
                line.push_str(&format!(" {key}={}", models.join(",")));
            }
        }
        line
    }
}

fn push_hints(lines: &mut Vec<String>, hints: &[String], explain: Option<&String>) {
    lines.extend(hints.iter().map(|hint| contained(&format!("@hint {hint}"))));
    lines.extend(explain.map(|text| contained(&format!("@explain {text}"))));
}

fn quoted(label: Option<&str>) -> String {
    label
        .map(|label| format!(" \"{label}\""))
        .unwrap_or_default()
}

fn verdict(verdict: &ExpectedVerdict) -> String {
    match verdict {
        ExpectedVerdict::Never => "Never".to_string(),
        ExpectedVerdict::Sometimes => "Sometimes".to_string(),
        ExpectedVerdict::Always => "Always".to_string(),
        ExpectedVerdict::Deadlock => "DEADLOCK".to_string(),
        ExpectedVerdict::Maybe => "Maybe".to_string(),
        ExpectedVerdict::Flag(flag) => format!("Flag {flag}"),
    }
}

/// A text that cannot end the comment it stands in.
fn contained(text: &str) -> String {
    let (mut depth, mut low) = (0_i64, 0_i64);
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        if rest.starts_with("(*") {
            depth += 1;
            rest = rest.get(2..).unwrap_or("");
        } else if rest.starts_with("*)") {
            depth -= 1;
            low = low.min(depth);
            rest = rest.get(2..).unwrap_or("");
        } else {
            rest = rest.get(c.len_utf8()..).unwrap_or("");
        }
    }
    if depth == 0 && low == 0 {
        text.to_string()
    } else {
        text.replace("(*", "( *").replace("*)", "* )")
    }
}

impl ThreadKind {
    /// Every kind.
    pub const ALL: [ThreadKind; 5] = [
        ThreadKind::Cpu,
        ThreadKind::Vcpu,
        ThreadKind::Vmm,
        ThreadKind::Kernel,
        ThreadKind::Rcu,
    ];

    /// The word behind `kind=`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            ThreadKind::Cpu => "cpu",
            ThreadKind::Vcpu => "vcpu",
            ThreadKind::Vmm => "vmm",
            ThreadKind::Kernel => "kernel",
            ThreadKind::Rcu => "rcu",
        }
    }
}
