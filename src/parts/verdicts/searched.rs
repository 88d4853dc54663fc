//! The last line of the verdict strip: how much was searched, and the way to stop a search that takes long.

use protocol::Stage;
use session::text::grouped;
use yew::prelude::*;

use super::super::axioms;
use super::{Ask, Verdicts};

impl Verdicts {
    /// How much was searched for what prevents the outcomes.
    pub(super) fn matrix(&self) -> Html {
        let Some(cures) = &self.cures else {
            return Html::default();
        };
        html! {
            <span class="matrix" data-matrix-ms={axioms::milliseconds(cures.micros)} data-matrix-settings={cures.settings.to_string()}>
                { cures.searched.clone() }
            </span>
        }
    }

    /// How far LKMM is.
    pub(super) fn judged(&self) -> Html {
        let judged = self.known.lkmm.as_ref();
        judged.map_or_else(Html::default, |judged| {
            axioms::judged(judged, self.cures.as_ref())
        })
    }

    /// A search that takes long can be stopped.
    pub(super) fn progress(&self, ctx: &Context<Self>) -> Html {
        let searching = self.known.stage == Stage::Searching;
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
