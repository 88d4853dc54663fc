//! The last line of the verdict strip: how much was searched, and the way to stop a search that takes long.

use session::text::grouped;
use protocol::ModelVerdict;
use yew::prelude::*;

use super::super::axioms;
use super::{Ask, Stage, Verdicts};

impl Verdicts {
    /// How much was searched for what prevents the outcomes.
    pub(super) fn matrix(&self) -> Html {
        let Some(cures) = &self.cures else {
            return Html::default();
        };
        html! {
            <span class="matrix" data-matrix-ms={axioms::milliseconds(cures.micros)} data-matrix-settings={cures.settings.to_string()}>
                { self.settings() }
            </span>
        }
    }

    /// The same as a sentence.
    pub(super) fn settings(&self) -> Option<String> {
        let cures = self.cures.as_ref().filter(|cures| cures.total > 0)?;
        Some(picture::cure::searched(
            cures.settings as usize,
            cures.total as usize,
            cures.explored as usize,
            cures.micros,
        ))
    }

    pub(super) fn judged(&self) -> Html {
        let all = self.cures.as_ref();
        let all = all.map(|cures| (cures.settings as usize, cures.judged_micros));
        axioms::judged(&self.known.lkmm, all)
    }

    pub(super) fn searched(&self) -> AttrValue {
        if self.error.is_some() {
            return AttrValue::default();
        }
        let states = grouped(self.known.explored as usize);
        let complete = |model: &ModelVerdict| model.complete || model.error.is_some();
        match (self.stage, self.known.models.iter().all(complete)) {
            (Stage::Searching, _) => format!("searching… {states} states").into(),
            (Stage::Done, true) => format!(
                "With these barriers on {} models: all {states} states searched.",
                self.known.models.len()
            )
            .into(),
            (Stage::Done, false) => format!(
                "Stopped at the limit: {states} states. “Not found” does not mean impossible."
            )
            .into(),
            (Stage::Stopped, _) => format!(
                "Stopped after {states} states: not finished. “Not found” does not mean impossible."
            )
            .into(),
        }
    }

    /// A search that takes long can be stopped.
    pub(super) fn progress(&self, ctx: &Context<Self>) -> Html {
        let searching = self.stage == Stage::Searching;
        if !self.slow || !searching && self.curing.is_none() {
            return Html::default();
        }
        let what = (!searching).then(|| {
            let states = grouped(self.curing_explored as usize);
            format!(" Searching every combination of barriers… {states} states")
        });
        html! {
            <>
                { what }{ " " }
                <button type="button" class="btn stop" data-stop="verdicts" onclick={ctx.link().callback(|_| Ask::Stop)}>{ "Stop" }</button>
            </>
        }
    }
}
