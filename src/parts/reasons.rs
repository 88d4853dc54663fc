//! The reasons that can be asked for: the verdict strip knows which there are and shows them, and other parts of the page
//! have a way to it.

use protocol::Goal;
use yew::prelude::*;

/// What can be asked now, by outcome.
#[derive(Clone, Default, PartialEq)]
pub struct Reasons {
    /// In the order of the strip.
    pub questions: Vec<Question>,
    /// Asks one of them.
    pub ask: Callback<Goal>,
}

/// Why an outcome can or cannot happen.
#[derive(Clone, PartialEq)]
pub struct Question {
    /// The outcome.
    pub goal: Goal,
    /// Its identifier in the page.
    pub id: AttrValue,
    /// What it is, for people.
    pub label: AttrValue,
    /// The question: `Why not?`, `Why?`, or `Graph` where an execution allows it.
    pub word: &'static str,
}

/// The attribute of a button here that asks for a reason; its value is the outcome's identifier.
pub const ASKS: &str = "data-ask-why";

/// A button for each reason that LKMM can give.
pub fn asks(reasons: &Reasons) -> Html {
    let Reasons { questions, ask } = reasons;
    if questions.is_empty() {
        return Html::default();
    }
    html! {
        <div class="asks" role="group" aria-label="What LKMM says of the outcomes">
            <span class="asks-by" aria-hidden="true">{ "LKMM" }</span>
            { for questions.iter().map(|Question { goal, id, label, word }| {
                let goal = *goal;
                html! {
                    <button type="button" class="btn ask" key={id.to_string()} data-ask-why={id} title={label.clone()}
                        onclick={ask.reform(move |_| goal)}><b>{ *word }</b>{ " " }{ label }</button>
                }
            }) }
        </div>
    }
}
