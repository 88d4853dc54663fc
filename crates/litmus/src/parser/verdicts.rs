//! `@verdict`: what can happen and what cannot, in one setting of the toggles.

use super::directives::Raw;
use super::words::Word;
use super::{Parser, Res};
use crate::ast::*;

const USAGE: &str = "@verdict stale off=reader-mb srcu=fast yes=arm,lkmm no=sc,tso,pso";

impl Parser<'_> {
    /// `stale off=reader-mb srcu=fast yes=arm,lkmm no=sc,tso,pso`
    pub(super) fn verdict(&mut self, raw: &Raw) -> Res<()> {
        let words = self.words_of(raw)?;
        let Some((first, rest)) = words.split_first() else {
            let help = Some(format!("write `{USAGE}`"));
            return Err(self
                .sink
                .error_help(raw.key, "`@verdict` names no outcome", help));
        };
        if first.key.is_some() {
            return self.wrong_word(first, USAGE);
        }
        let mut claim = VerdictClaim {
            outcome: self.known_outcome(first.span)?,
            off: Vec::new(),
            srcu: None,
            yes: Vec::new(),
            no: Vec::new(),
            span: Span {
                start: raw.key.start.saturating_sub(1),
                end: raw.rest.end,
            },
        };
        for word in rest {
            let (Some(key), Some(item)) = (word.key, word.first()) else {
                return self.wrong_word(word, USAGE);
            };
            match self.text(key) {
                "off" => {
                    for (toggle, position) in self.off(word) {
                        claim.off.retain(|(other, _)| *other != toggle);
                        claim.off.push((toggle, position));
                    }
                }
                "srcu" => {
                    self.one_of("flavour of SRCU", item.span, &["tree", "fast"])?;
                    claim.srcu = Some(self.text(item.span).to_string());
                }
                "yes" => self.models(word, &mut claim.yes, &claim.no)?,
                "no" => self.models(word, &mut claim.no, &claim.yes)?,
                _ => return self.wrong_word(word, USAGE),
            }
        }
        if claim.yes.is_empty() && claim.no.is_empty() {
            let help = Some(format!("write `{USAGE}`"));
            let message = "the verdict names no model: it has neither `yes=` nor `no=`";
            return Err(self.sink.error_help(raw.key, message, help));
        }
        self.test.verdicts.push(claim);
        Ok(())
    }

    /// The models of a list, in their usual order; `all` for every one.
    fn models(
        &mut self,
        word: &Word,
        list: &mut Vec<&'static str>,
        others: &[&'static str],
    ) -> Res<()> {
        let mut known = VerdictClaim::MODELS.to_vec();
        known.push("all");
        for item in &word.items {
            self.one_of("model", item.span, &known)?;
            let name = self.text(item.span);
            let meant = |model: &&str| name == "all" || *model == name;
            for model in VerdictClaim::MODELS.into_iter().filter(meant) {
                if list.contains(&model) || others.contains(&model) {
                    let message = format!("the verdict speaks of `{model}` twice");
                    return Err(self.sink.error(item.span, message));
                }
                list.push(model);
            }
        }
        list.sort_by_key(|model| VerdictClaim::MODELS.iter().position(|m| m == model));
        Ok(())
    }
}
