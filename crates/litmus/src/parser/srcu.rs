//! Tree SRCU written out: `@srcu` and `@srcu_data` name its variables, `/*@ phase … */` the
//! parts of its grace period.

use super::directives::Raw;
use super::words::Word;
use super::{Parser, Res};
use crate::ast::*;
use crate::diag::did_you_mean;

const TREE: &str = "@srcu \"kvm->srcu\" idx=idx";
const DATA: &str = "@srcu_data P0 locks=l0,l1 unlocks=u0,u1";

impl Parser<'_> {
    /// After the other directives: the index first, then the counters.
    pub(super) fn srcu_tree(&mut self, directives: &[Raw]) {
        let of = |parser: &Self, key: &str| -> Vec<Raw> {
            let named = directives.iter().filter(|raw| parser.text(raw.key) == key);
            named.cloned().collect()
        };
        let (trees, data) = (of(self, "srcu"), of(self, "srcu_data"));
        for (number, raw) in trees.iter().enumerate() {
            if number > 0 {
                self.sink.error(raw.key, "there is a `@srcu` already");
            } else if let Ok(tree) = self.index(raw) {
                self.test.srcu = Some(tree);
            }
        }
        for raw in &data {
            // Without an index the counters belong to nothing; a faulty `@srcu` has its own error.
            if trees.is_empty() {
                let help = Some(format!("write `{TREE}`"));
                let message = "the counters belong to a `@srcu`, and there is none";
                self.sink.error_help(raw.key, message, help);
            } else {
                let _ = self.counters(raw);
            }
        }
        if let Some(tree) = &mut self.test.srcu {
            tree.cpus.sort_by_key(|data| data.thread);
            if data.is_empty()
                && let Some(raw) = trees.first()
            {
                let help = Some(format!("write `{DATA}`"));
                let message = "nobody counts: there is no `@srcu_data`";
                self.sink.error_help(raw.key, message, help);
            }
        }
        self.check_phases(trees.is_empty());
    }

    fn check_phases(&mut self, no_tree: bool) {
        let phases = std::mem::take(&mut self.phases);
        if let (Some((_, at)), true) = (phases.first(), no_tree) {
            let help = Some(format!("write `(* {TREE} *)` before the init block"));
            let message = "a phase belongs to the grace period of a `@srcu`, and there is none";
            self.sink.error_help(*at, message, help);
        }
        if let [(first, _), (_, at), ..] = phases.as_slice() {
            let thread = self.test.threads.get(*first);
            let name = thread.map_or_else(String::new, |thread| thread.name.clone());
            let message = format!("the grace period is `{name}`'s already");
            let help = "one thread does all of it".to_string();
            self.sink.error_help(*at, message, Some(help));
        }
    }

    /// `"kvm->srcu" idx=idx`
    fn index(&mut self, raw: &Raw) -> Res<SrcuTree> {
        let (mut label, mut idx) = (None, None);
        for word in self.words_of(raw)? {
            match (word.key.map(|key| self.text(key)), word.items.as_slice()) {
                (None, [item]) if item.quoted => label = Some(self.text(item.span).to_string()),
                (Some("idx"), [item]) => idx = Some(self.known_var(item.span)?),
                _ => return self.wrong_word(&word, TREE),
            }
        }
        let Some(idx) = idx else {
            let help = Some(format!("write `{TREE}`"));
            let message = "`@srcu` does not say which variable is the index";
            return Err(self.sink.error_help(raw.key, message, help));
        };
        Ok(SrcuTree {
            label,
            idx,
            cpus: Vec::new(),
        })
    }

    /// `P0 locks=l0,l1 unlocks=u0,u1`
    fn counters(&mut self, raw: &Raw) -> Res<()> {
        let words = self.words_of(raw)?;
        let usage = || Some(format!("write `{DATA}`"));
        let Some((first, rest)) = words.split_first() else {
            let message = "`@srcu_data` names no thread";
            return Err(self.sink.error_help(raw.key, message, usage()));
        };
        let name = self.text(first.span);
        let threads = &self.test.threads;
        let Some(index) = threads.iter().position(|thread| thread.name == name) else {
            let help = did_you_mean(name, threads.iter().map(|t| t.name.as_str()));
            let message = format!("there is no thread `{name}`");
            return Err(self.sink.error_help(first.span, message, help));
        };
        let thread = u8::try_from(index).unwrap_or(u8::MAX);
        let (mut locks, mut unlocks) = (None, None);
        for word in rest {
            match word.key.map(|key| self.text(key)) {
                Some("locks") => locks = Some(self.ranks(word)?),
                Some("unlocks") => unlocks = Some(self.ranks(word)?),
                Some(other) => {
                    let help = did_you_mean(other, ["locks", "unlocks"]).or_else(usage);
                    let message = "this word means nothing here";
                    return Err(self.sink.error_help(word.span, message, help));
                }
                None => return self.wrong_word(word, DATA),
            }
        }
        let (Some(locks), Some(unlocks)) = (locks, unlocks) else {
            let lacking = if locks.is_none() { "locks" } else { "unlocks" };
            let message = format!("`@srcu_data` has no `{lacking}=`");
            return Err(self.sink.error_help(raw.key, message, usage()));
        };
        let data = SrcuData {
            thread,
            locks,
            unlocks,
        };
        let Some(tree) = &self.test.srcu else {
            return Ok(());
        };
        if tree.cpus.iter().any(|other| other.thread == thread) {
            let message = format!("`{name}` has its counters already");
            return Err(self.sink.error(first.span, message));
        }
        let mut taken: Vec<VarId> = tree.cpus.iter().flat_map(SrcuData::vars).collect();
        taken.push(tree.idx);
        for word in rest {
            for item in &word.items {
                let var = self.known_var(item.span)?;
                if taken.contains(&var) {
                    let message = format!("`{}` is counted with twice", self.text(item.span));
                    return Err(self.sink.error(item.span, message));
                }
                taken.push(var);
            }
        }
        if let Some(tree) = &mut self.test.srcu {
            tree.cpus.push(data);
        }
        Ok(())
    }

    /// The variables of rank 0 and rank 1.
    fn ranks(&mut self, word: &Word) -> Res<[VarId; 2]> {
        match word.items.as_slice() {
            [zero, one] => Ok([self.known_var(zero.span)?, self.known_var(one.span)?]),
            _ => {
                let message = "there are two ranks, so two variables";
                let help = Some(format!("write `{DATA}`"));
                Err(self.sink.error_help(word.span, message, help))
            }
        }
    }

    /// `phase scan1`
    pub(super) fn phase(&mut self, head: &Word, args: &[Word]) -> Res<()> {
        let name = match args {
            [word] => self.text(word.span),
            _ => "",
        };
        let names = GpPhase::ALL.map(GpPhase::name);
        let Some(phase) = GpPhase::ALL.into_iter().find(|p| p.name() == name) else {
            let at = args.first().map_or(head.span, |word| word.span);
            let help = did_you_mean(name, names)
                .or_else(|| Some(format!("the phases are {}", names.join(", "))));
            let message = "this is no phase of a grace period";
            return Err(self.sink.error_help(at, message, help));
        };
        let thread = self.test.threads.len();
        if !self.phases.iter().any(|(other, _)| *other == thread) {
            self.phases.push((thread, head.span));
        }
        self.current.phase = Some(phase);
        Ok(())
    }
}

impl SrcuData {
    /// All four counters.
    pub fn vars(&self) -> impl Iterator<Item = VarId> + use<> {
        self.locks.into_iter().chain(self.unlocks)
    }
}
