//! Header directives and the `Result:` claim.

use super::words::{DIRECTIVES, Word, words};
use super::{Parser, Res};
use crate::ast::*;
use crate::diag::{did_you_mean, nearest};
use crate::lexer::{Comment, CommentKind, Language, slice, span};

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
        for comment in comments {
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
                        let free = matches!(key, "story" | "summary" | "hint" | "explain");
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
                    None => {}
                }
            }
            self.directives.extend(open.take().map(|(raw, _)| raw));
        }
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
            "default" => return self.default_setting(raw),
            "exercise" => return self.exercise(raw),
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

    fn words_of(&mut self, raw: &Raw) -> Res<Vec<Word>> {
        self.words_in(raw.rest)
    }

    fn words_in(&mut self, range: Span) -> Res<Vec<Word>> {
        words(self.source, range).map_err(|at| self.sink.error(at, "this string is never closed"))
    }

    fn wrong_word<T>(&mut self, word: &Word, usage: &str) -> Res<T> {
        let help = Some(format!("write `{usage}`"));
        Err(self
            .sink
            .error_help(word.span, "this word means nothing here", help))
    }

    fn thread_directive(&mut self, raw: &Raw) -> Res<()> {
        let usage = "@thread P1 \"vCPU 0\" kind=vcpu";
        let words = self.words_of(raw)?;
        let Some((first, rest)) = words.split_first() else {
            return Err(self.sink.error_help(
                raw.key,
                "`@thread` names no thread",
                Some(format!("write `{usage}`")),
            ));
        };
        let name = self.text(first.span);
        let Some(index) = self
            .test
            .threads
            .iter()
            .position(|thread| thread.name == name)
        else {
            let help = did_you_mean(name, self.test.threads.iter().map(|t| t.name.as_str()));
            let message = format!("there is no thread `{name}`");
            return Err(self.sink.error_help(first.span, message, help));
        };
        let (mut label, mut kind) = (None, None);
        for word in rest {
            match (word.key.map(|key| self.text(key)), word.first()) {
                (None, Some(item)) if item.quoted => label = Some(self.text(item.span).to_string()),
                (Some("kind"), Some(item)) => {
                    let name = self.text(item.span);
                    kind = ThreadKind::ALL.into_iter().find(|k| k.name() == name);
                    if kind.is_none() {
                        let help = did_you_mean(name, ThreadKind::ALL.map(ThreadKind::name))
                            .or_else(|| {
                                Some("the kinds are vcpu, vmm, kernel, rcu and cpu".to_string())
                            });
                        let message = format!("there is no kind of thread `{name}`");
                        return Err(self.sink.error_help(item.span, message, help));
                    }
                }
                _ => return self.wrong_word(word, usage),
            }
        }
        if let Some(thread) = self.test.threads.get_mut(index) {
            thread.label = label.or(thread.label.take());
            thread.kind = kind.unwrap_or(thread.kind);
        }
        Ok(())
    }

    fn slot(&mut self, raw: &Raw) -> Res<()> {
        let usage = "@slot buses \"kvm->buses[KVM_MMIO_BUS]\"";
        let words = self.words_of(raw)?;
        let Some((first, rest)) = words.split_first() else {
            return Err(self.sink.error_help(
                raw.key,
                "`@slot` names no variable",
                Some(format!("write `{usage}`")),
            ));
        };
        let var = self.known_var(first.span)?;
        let mut label = self.text(first.span).to_string();
        for word in rest {
            match (word.key, word.first()) {
                (None, Some(item)) if item.quoted => label = self.text(item.span).to_string(),
                _ => return self.wrong_word(word, usage),
            }
        }
        if self.test.slots.iter().any(|slot| slot.var == var) {
            return Err(self
                .sink
                .error(first.span, "this variable is a slot already"));
        }
        self.test.slots.push(Slot { var, label });
        Ok(())
    }

    fn object(&mut self, raw: &Raw) -> Res<()> {
        let usage = "@object old \"bus v1\" fields=old_n freed=old_freed";
        let words = self.words_of(raw)?;
        let Some((first, rest)) = words.split_first() else {
            return Err(self.sink.error_help(
                raw.key,
                "`@object` names no variable",
                Some(format!("write `{usage}`")),
            ));
        };
        let var = self.known_var(first.span)?;
        let name = self.text(first.span).to_string();
        if self.test.objects.iter().any(|object| object.var == var) {
            return Err(self
                .sink
                .error(first.span, "this variable is an object already"));
        }
        let mut object = Object {
            var,
            label: None,
            fields: Vec::new(),
            freed: None,
        };
        for word in rest {
            match (word.key.map(|key| self.text(key)), word.first()) {
                (None, Some(item)) if item.quoted => {
                    object.label = Some(self.text(item.span).to_string());
                }
                (Some("fields"), _) => {
                    for item in &word.items {
                        let (field, at) = self.field(&name, item.span)?;
                        if object.fields.iter().any(|(other, _)| *other == field) {
                            let message = format!("`{field}` is a field twice");
                            return Err(self.sink.error(item.span, message));
                        }
                        object.fields.push((field, self.declared_var(at)?));
                    }
                }
                (Some("freed"), Some(item)) => object.freed = Some(self.declared_var(item.span)?),
                _ => return self.wrong_word(word, usage),
            }
        }
        if object.freed.is_none() && self.frees {
            object.freed = Some(self.var(&format!("{name}__freed"), "int", first.span)?);
        }
        self.test.objects.push(object);
        Ok(())
    }

    /// `n:old_n` or `old_n`: the field's name and the variable.
    fn field(&mut self, object: &str, at: Span) -> Res<(String, Span)> {
        let text = self.text(at);
        if let Some((field, variable)) = text.split_once(':') {
            let start = at.end as usize - variable.len();
            return Ok((field.to_string(), span(start, at.end as usize)));
        }
        let prefix = format!("{object}_");
        let field = text
            .strip_prefix(&prefix)
            .filter(|rest| !rest.is_empty())
            .unwrap_or(text);
        Ok((field.to_string(), at))
    }

    /// A variable that a directive may bring in.
    fn declared_var(&mut self, at: Span) -> Res<VarId> {
        let name = self.text(at);
        let first = name
            .bytes()
            .next()
            .is_some_and(|b| b.is_ascii_alphabetic() || b == b'_');
        if !first || !name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_') {
            return Err(self
                .sink
                .error(at, format!("`{name}` is no variable's name")));
        }
        self.var(name, "int", at)
    }

    fn default_setting(&mut self, raw: &Raw) -> Res<()> {
        let usage = "@default cpu=arm off=reader-mb srcu=tree";
        for word in self.words_of(raw)? {
            let (Some(key), Some(item)) = (word.key, word.first()) else {
                return self.wrong_word(&word, usage);
            };
            let value = self.text(item.span);
            match self.text(key) {
                "cpu" => {
                    self.one_of(
                        "CPU model",
                        item.span,
                        &["sc", "tso", "pso", "arm", "power"],
                    )?;
                    self.test.meta.default.cpu = Some(value.to_string());
                }
                "srcu" => {
                    self.one_of("flavour of SRCU", item.span, &["tree", "fast"])?;
                    self.test.meta.default.srcu = Some(value.to_string());
                }
                "off" => {
                    for item in &word.items {
                        match crate::setting::one_off(&self.test, self.text(item.span)) {
                            Ok((toggle, position)) => {
                                let off = &mut self.test.meta.default.off;
                                off.retain(|(other, _)| *other != toggle);
                                off.push((toggle, position));
                            }
                            Err(error) => {
                                let help = error.suggestion();
                                self.sink.error_help(item.span, error.to_string(), help);
                            }
                        }
                    }
                }
                _ => return self.wrong_word(&word, usage),
            }
        }
        Ok(())
    }

    fn one_of(&mut self, what: &str, at: Span, names: &[&str]) -> Res<()> {
        let name = self.text(at);
        if names.contains(&name) {
            return Ok(());
        }
        let help = did_you_mean(name, names.iter().copied())
            .or_else(|| Some(format!("there are {}", names.join(", "))));
        Err(self
            .sink
            .error_help(at, format!("there is no {what} `{name}`"), help))
    }

    /// `stale bad "the vCPU used the old bus" : 1:r0=1 /\ 1:r1=1`
    fn outcome(&mut self, raw: &Raw) -> Res<()> {
        let usage = "@outcome stale bad \"the vCPU used the old bus\" : 1:r0=1";
        let text = self.text(raw.rest);
        let mut quoted = false;
        let colon = text.char_indices().find(|(_, c)| {
            quoted ^= *c == '"';
            *c == ':' && !quoted
        });
        let Some((colon, _)) = colon else {
            let help = Some(format!("write `{usage}`"));
            return Err(self
                .sink
                .error_help(raw.key, "the outcome has no `: condition`", help));
        };
        let start = raw.rest.start as usize;
        let words = self.words_in(span(start, start + colon))?;
        let Some((first, rest)) = words.split_first() else {
            let help = Some(format!("write `{usage}`"));
            return Err(self
                .sink
                .error_help(raw.key, "the outcome has no name", help));
        };
        let name = self.name_of("an outcome", first.span)?;
        if self
            .test
            .outcomes
            .iter()
            .any(|outcome| outcome.name == name)
        {
            let message = format!("there is an outcome `{name}` already");
            return Err(self.sink.error(first.span, message));
        }
        let (mut bad, mut label) = (false, None);
        for word in rest {
            match (word.key, word.first()) {
                (None, Some(item)) if item.quoted => label = Some(self.text(item.span).to_string()),
                (None, Some(item)) if self.text(item.span) == "bad" => bad = true,
                _ => return self.wrong_word(word, usage),
            }
        }
        let range = span(start + colon + 1, raw.rest.end as usize);
        let cond = self.within(range, Language::Herd, |parser| {
            let cond = parser.formula()?;
            if !parser.at(crate::lexer::Tok::Eof) {
                return parser.expected("`/\\`, `\\/` or the end of the line");
            }
            Ok(cond)
        })?;
        let span = Span {
            start: raw.key.start.saturating_sub(1),
            end: raw.rest.end,
        };
        self.test.outcomes.push(Outcome {
            name,
            bad,
            label,
            cond,
            span,
        });
        Ok(())
    }

    /// `reach stale`, `forbid stale max=1`, `predict stale`
    fn exercise(&mut self, raw: &Raw) -> Res<()> {
        let usage = "@exercise forbid stale max=1";
        let words = self.words_of(raw)?;
        let [task, outcome, rest @ ..] = words.as_slice() else {
            let help = Some(format!("write `{usage}`"));
            return Err(self.sink.error_help(
                raw.key,
                "`@exercise` wants a task and an outcome",
                help,
            ));
        };
        let task_name = self.text(task.span);
        self.one_of("task", task.span, &["reach", "forbid", "predict"])?;
        let name = self.text(outcome.span);
        let Some(index) = self.test.outcomes.iter().position(|o| o.name == name) else {
            let help = did_you_mean(name, self.test.outcomes.iter().map(|o| o.name.as_str()));
            let message = format!("there is no outcome `{name}`");
            return Err(self.sink.error_help(outcome.span, message, help));
        };
        let mut max = None;
        for word in rest {
            let value = word
                .first()
                .and_then(|item| self.text(item.span).parse().ok());
            match (word.key.map(|key| self.text(key)), value) {
                (Some("max"), Some(n)) if task_name == "forbid" => max = Some(n),
                _ => return self.wrong_word(word, usage),
            }
        }
        let task = match task_name {
            "reach" => Task::Reach(index),
            "forbid" => Task::Forbid {
                outcome: index,
                max,
            },
            _ => Task::Predict(index),
        };
        self.test.meta.exercises.push(Exercise {
            task,
            hints: Vec::new(),
            explain: None,
        });
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
