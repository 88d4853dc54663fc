//! Header directives and the `Result:` claim.

use super::words::DIRECTIVES;
use super::{Parser, Res};
use crate::ast::*;
use crate::diag::nearest;
use crate::lexer::{Comment, CommentKind, slice, span};

/// A directive as it stands in a comment.
#[derive(Clone, Debug)]
pub(super) struct Raw {
    /// The word behind the `@`.
    pub(super) key: Span,
    /// The rest of its line.
    pub(super) rest: Span,
    /// The lines after it.
    pub(super) more: Vec<Span>,
}

/// The lines of a comment without their decoration.
fn lines(source: &str, text: Span) -> Vec<Span> {
    let mut at = text.start as usize;
    let mut found = Vec::new();
    for line in slice(source, text).split('\n') {
        let mut trimmed = line.trim_start();
        if let Some(rest) = trimmed.strip_prefix('*') {
            trimmed = rest.trim_start();
        }
        let start = at + (line.len() - trimmed.len());
        found.push(span(start, start + trimmed.trim_end().len()));
        at += line.len() + 1;
    }
    found
}

/// `Result: Never DATARACE` at the start of a line.
fn claim(line: &str) -> Option<(ExpectedVerdict, bool)> {
    let mut words = line.strip_prefix("Result:")?.split_whitespace();
    let verdict = match words.next()?.trim_end_matches(['.', ',', ';']) {
        "Never" => ExpectedVerdict::Never,
        "Sometimes" => ExpectedVerdict::Sometimes,
        "Always" => ExpectedVerdict::Always,
        "DEADLOCK" | "Deadlock" => ExpectedVerdict::Deadlock,
        "Maybe" => ExpectedVerdict::Maybe,
        "Flag" => ExpectedVerdict::Flag(words.next()?.to_string()),
        _ => return None,
    };
    let rest: Vec<&str> = words.collect();
    let others = ["Never", "Sometimes", "Always", "DEADLOCK", "Maybe", "Flag"];
    if rest.iter().any(|word| others.contains(word)) {
        return None;
    }
    Some((verdict, rest.first() == Some(&"DATARACE")))
}

impl Parser<'_> {
    /// Finds the directives and the claim in all comments.
    pub(super) fn collect_directives(&mut self, header: &[Comment]) {
        let comments: Vec<Comment> = header.iter().chain(&self.comments).copied().collect();
        let mut claims: Vec<Expected> = Vec::new();
        let mut unknown: Vec<(Span, &str)> = Vec::new();
        let mut remarks: Vec<String> = Vec::new();
        for (number, comment) in comments.into_iter().enumerate() {
            let remarked = number < header.len() && comment.kind == CommentKind::Herd;
            remarks.push(String::new());
            // The directive that the next line may continue.
            let mut open: Option<(Raw, bool)> = None;
            for line in lines(self.source, comment.text) {
                let text = self.text(line);
                if let Some((verdict, data_race)) = claim(text) {
                    claims.push(Expected {
                        verdict,
                        data_race,
                        span: line,
                    });
                    self.directives.extend(open.take().map(|(raw, _)| raw));
                    continue;
                }
                if comment.kind != CommentKind::Herd {
                    continue;
                }
                if let Some((key, rest)) = directive_line(text) {
                    let at = line.start as usize + 1;
                    let key_at = span(at, at + key.len());
                    if DIRECTIVES.contains(&key) {
                        self.directives.extend(open.take().map(|(raw, _)| raw));
                        let start = line.end as usize - rest.len();
                        let rest = span(start, line.end as usize);
                        let free =
                            matches!(key, "story" | "summary" | "omits" | "hint" | "explain");
                        let raw = Raw {
                            key: key_at,
                            rest,
                            more: Vec::new(),
                        };
                        if free {
                            open = Some((raw, key == "story"));
                        } else {
                            self.directives.push(raw);
                        }
                        continue;
                    }
                    unknown.push((key_at, key));
                }
                match &mut open {
                    Some((raw, story)) if *story || !text.is_empty() => raw.more.push(line),
                    Some(_) => self.directives.extend(open.take().map(|(raw, _)| raw)),
                    None if remarked => remarks.push(self.remark(line, comment.text)),
                    None => {}
                }
            }
            self.directives.extend(open.take().map(|(raw, _)| raw));
        }
        // Paragraphs keep one empty line between them, and none around them.
        remarks.dedup_by(|a, b| a.is_empty() && b.is_empty());
        let first = remarks.iter().position(|line| !line.is_empty());
        remarks.drain(..first.unwrap_or(remarks.len()));
        if remarks.last().is_some_and(String::is_empty) {
            remarks.pop();
        }
        self.test.meta.remarks = remarks;
        self.directive_seen = !self.directives.is_empty();
        for (at, key) in unknown {
            // An old test may have a line that starts like this; a scenario has
            // misspelt something.
            let near = nearest(key, DIRECTIVES.iter().copied());
            if self.directive_seen || near.is_some() {
                let help = near.map(|near| format!("did you mean `@{near}`?"));
                self.sink
                    .error_help(at, format!("there is no directive `@{key}`"), help);
            }
        }
        if let Some(first) = claims.first() {
            let agreed =
                |c: &Expected| c.verdict == first.verdict && c.data_race == first.data_race;
            self.test.expected = claims.iter().all(agreed).then(|| first.clone());
        }
    }

    /// A line of a comment, behind its star as it is indented there.
    fn remark(&self, line: Span, comment: Span) -> String {
        let before = slice(
            self.source,
            Span {
                start: comment.start,
                end: line.start,
            },
        );
        let lead = before.rsplit('\n').next().unwrap_or_default();
        let indent = match lead.split_once('*') {
            Some((_, behind)) => behind.strip_prefix([' ', '\t']).unwrap_or(behind),
            None => "",
        };
        let text = self.text(line);
        if text.is_empty() {
            String::new()
        } else {
            format!("{indent}{text}")
        }
    }

    fn line(&self, raw: &Raw) -> String {
        let lines = std::iter::once(raw.rest).chain(raw.more.iter().copied());
        let words: Vec<&str> = lines
            .map(|line| self.text(line))
            .filter(|l| !l.is_empty())
            .collect();
        words.join(" ")
    }

    /// Objects name variables that nothing else may name.
    pub(super) fn declare_objects(&mut self, directives: &[Raw]) {
        for raw in directives {
            if self.text(raw.key) == "object" {
                let _ = self.object(raw);
            }
        }
    }

    /// Everything but the objects.
    pub(super) fn apply_directives(&mut self, directives: &[Raw]) {
        for raw in directives
            .iter()
            .filter(|raw| self.text(raw.key) == "outcome")
            .cloned()
            .collect::<Vec<_>>()
        {
            let _ = self.outcome(&raw);
        }
        for raw in directives {
            let _ = self.directive(raw);
        }
    }

    fn directive(&mut self, raw: &Raw) -> Res<()> {
        let key = self.text(raw.key);
        match key {
            "thread" => return self.thread_directive(raw),
            "slot" => return self.slot(raw),
            "srcu" | "srcu_data" => return Ok(()),
            "default" => return self.default_setting(raw),
            "exercise" => return self.exercise(raw),
            "verdict" => return self.verdict(raw),
            "object" | "outcome" => return Ok(()),
            _ => {}
        }
        let text = if key == "story" {
            let lines: Vec<&str> = std::iter::once(raw.rest)
                .chain(raw.more.iter().copied())
                .map(|line| self.text(line))
                .collect();
            lines.join("\n").trim().to_string()
        } else {
            self.line(raw)
        };
        if text.is_empty() {
            return Err(self.sink.error(raw.key, format!("`@{key}` has no text")));
        }
        let meta = &mut self.test.meta;
        let exercise = meta.exercises.last_mut();
        let place = match key {
            "hint" => {
                match exercise {
                    Some(exercise) => exercise.hints.push(text),
                    None => meta.hints.push(text),
                }
                return Ok(());
            }
            "explain" => match exercise {
                Some(exercise) => &mut exercise.explain,
                None => &mut meta.explain,
            },
            "title" => &mut meta.title,
            "summary" => &mut meta.summary,
            "omits" => &mut meta.omits,
            _ => &mut meta.story,
        };
        if place.is_some() {
            return Err(self
                .sink
                .error(raw.key, format!("there is a `@{key}` already")));
        }
        *place = Some(text);
        Ok(())
    }
}

/// `@key rest`, when the line has the shape of a directive.
fn directive_line(line: &str) -> Option<(&str, &str)> {
    let text = line.strip_prefix('@')?;
    let length = text
        .find(|c: char| !(c.is_ascii_lowercase() || c == '-' || c == '_'))
        .unwrap_or(text.len());
    let (key, rest) = text.split_at_checked(length)?;
    let shaped = !key.is_empty() && (rest.is_empty() || rest.starts_with(char::is_whitespace));
    shaped.then(|| (key, rest.trim_start()))
}
