//! The verdict strip as a picture to save.

use protocol::Request;
use yew::prelude::*;

use super::super::carry::Carry;
use super::{Ask, Shared, Verdicts, VerdictsProps};

impl Verdicts {
    /// Has it drawn as it stands now.
    pub(super) fn draw(&mut self, ctx: &Context<Self>) {
        let VerdictsProps {
            engine,
            subject,
            test: Shared(test),
            ..
        } = ctx.props();
        let goals = self.known.goals.clone();
        let cures = self.cures.iter().flat_map(|cures| &cures.cures);
        let cures = cures.filter(|(of, _)| goals.iter().any(|known| known.goal == *of));
        let cures = cures.map(|(of, cure)| format!("{}: {cure}", of.label(test)));
        let cured = self.cures.as_ref();
        let cured = cured.and_then(|cures| cures.searched.as_deref());
        let searched = format!("{} {}", self.known.searched, cured.unwrap_or_default());
        let request = Request::VerdictsPicture {
            subject: subject.clone(),
            notes: cures.chain([searched]).collect(),
            goals,
        };
        self.picture = None;
        self.drawing = Some(engine.ask(request, ctx.link().callback(Ask::Drawn)));
    }

    /// Buttons that save it.
    pub(super) fn carry(&self, ctx: &Context<Self>) -> Html {
        let VerdictsProps {
            test: Shared(test),
            send,
            ..
        } = ctx.props();
        let picture = self.picture.clone();
        let draw = Callback::from(move |()| picture.as_deref().unwrap_or_default().to_owned());
        html! {
            <p class="carried">
                <Carry what="verdicts" test={test.name.clone()} disabled={self.picture.is_none()} {draw} {send} />
            </p>
        }
    }
}
