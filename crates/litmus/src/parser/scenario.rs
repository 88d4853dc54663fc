//! Header directives that are about the program: threads, slots, objects,
//! outcomes, exercises, the opening setting.

use super::directives::Raw;
use super::words::{Word, words};
use super::{Parser, Res};
use crate::ast::*;
use crate::diag::did_you_mean;
use crate::lexer::{Language, span};

impl Parser<'_> {
    pub(super) fn words_of(&mut self, raw: &Raw) -> Res<Vec<Word>> {
        self.words_in(raw.rest)
    }

    pub(super) fn words_in(&mut self, range: Span) -> Res<Vec<Word>> {
        words(self.source, range).map_err(|at| self.sink.error(at, "this string is never closed"))
    }

    pub(super) fn wrong_word<T>(&mut self, word: &Word, usage: &str) -> Res<T> {
        let help = Some(format!("write `{usage}`"));
        Err(self
            .sink
            .error_help(word.span, "this word means nothing here", help))
    }

    pub(super) fn thread_directive(&mut self, raw: &Raw) -> Res<()> {
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

    pub(super) fn slot(&mut self, raw: &Raw) -> Res<()> {
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

    pub(super) fn object(&mut self, raw: &Raw) -> Res<()> {
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
    pub(super) fn field(&mut self, object: &str, at: Span) -> Res<(String, Span)> {
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
    pub(super) fn declared_var(&mut self, at: Span) -> Res<VarId> {
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

    pub(super) fn default_setting(&mut self, raw: &Raw) -> Res<()> {
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
                    for (toggle, position) in self.off(&word) {
                        let off = &mut self.test.meta.default.off;
                        off.retain(|(other, _)| *other != toggle);
                        off.push((toggle, position));
                    }
                }
                _ => return self.wrong_word(&word, usage),
            }
        }
        Ok(())
    }

    /// `off=a,b:choice`: the positions that exist.
    pub(super) fn off(&mut self, word: &Word) -> Vec<(ToggleId, u8)> {
        let mut off = Vec::new();
        for item in &word.items {
            match crate::setting::one_off(&self.test, self.text(item.span)) {
                Ok(found) => off.push(found),
                Err(error) => {
                    let help = error.suggestion();
                    self.sink.error_help(item.span, error.to_string(), help);
                }
            }
        }
        off
    }

    pub(super) fn one_of(&mut self, what: &str, at: Span, names: &[&str]) -> Res<()> {
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
    pub(super) fn outcome(&mut self, raw: &Raw) -> Res<()> {
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

    /// An outcome that must exist.
    pub(super) fn known_outcome(&mut self, at: Span) -> Res<usize> {
        let name = self.text(at);
        if let Some(index) = self.test.outcomes.iter().position(|o| o.name == name) {
            return Ok(index);
        }
        let help = did_you_mean(name, self.test.outcomes.iter().map(|o| o.name.as_str()));
        let message = format!("there is no outcome `{name}`");
        Err(self.sink.error_help(at, message, help))
    }

    /// `reach stale`, `forbid stale max=1`, `predict stale`
    pub(super) fn exercise(&mut self, raw: &Raw) -> Res<()> {
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
        let index = self.known_outcome(outcome.span)?;
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
