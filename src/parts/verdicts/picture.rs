//! The verdict strip as a picture to save.

use machine::CpuModel;
use picture::verdicts::{Answer, Verdict};
use protocol::Goal;
use yew::prelude::*;

use super::super::axioms;
use super::super::carry::{Carry, title};
use super::{Shared, Stage, Verdicts, VerdictsProps};

impl Verdicts {
    /// Buttons that save it.
    pub(super) fn carry(&self, ctx: &Context<Self>) -> Html {
        let VerdictsProps {
            test: Shared(test),
            subject,
            send,
            ..
        } = ctx.props();
        let goals = self.goals(test);
        let verdicts: Vec<Verdict> = goals.iter().map(|goal| self.verdict(ctx, *goal)).collect();
        let cures = self.cures.iter().flat_map(|cures| &cures.cures);
        let cures = cures.filter(|(of, _)| goals.contains(of));
        let cures = cures.map(|(of, cure)| format!("{}: {cure}", of.label(test)));
        let searched = format!(
            "{} {}",
            self.searched(),
            self.settings().unwrap_or_default()
        );
        let notes: Vec<String> = cures.chain([searched]).collect();
        let draw = {
            let (test, setting) = (test.clone(), subject.setting.clone());
            Callback::from(move |()| {
                let models: Vec<&str> = CpuModel::ALL
                    .iter()
                    .map(|model| model.name)
                    .chain(["LKMM"])
                    .collect();
                let table = picture::verdicts::picture(
                    title(&test),
                    &test,
                    &setting,
                    &models,
                    &verdicts,
                    notes.clone(),
                );
                picture::table_svg(&table)
            })
        };
        html! {
            <p class="carried">
                <Carry what="verdicts" test={test.name.clone()} disabled={self.stage == Stage::Searching} {draw} {send} />
            </p>
        }
    }

    fn verdict(&self, ctx: &Context<Self>, goal: Goal) -> Verdict {
        let test = &ctx.props().test.0;
        let models = CpuModel::ALL.iter().enumerate();
        let models = models.map(|(at, _)| self.word(at, test, goal));
        let lkmm = axioms::word(&self.known, self.stage != Stage::Searching, test, goal);
        let answer = |(class, mark, word)| Answer {
            mark,
            word,
            bad: class == "yes",
        };
        Verdict {
            label: goal.label(test),
            answers: models.chain([lkmm]).map(answer).collect(),
        }
    }
}
