//! The choices of a machine: CPU model and flavour of SRCU.

use machine::{CpuModel, SrcuFlavour};
use session::names;
use yew::prelude::*;

use crate::msg::Msg;

/// See [`Models`].
#[derive(Properties, PartialEq)]
pub struct ModelsProps {
    /// The model's id.
    pub model: AttrValue,
    /// Where messages go.
    pub send: Callback<Msg>,
}

/// The CPU models.
#[component]
pub fn Models(props: &ModelsProps) -> Html {
    html! {
        <fieldset class="seg" data-models="">
            <legend class="sr">{ "CPU model" }</legend>
            { for CpuModel::ALL.into_iter().map(|model| html! {
                <label key={model.id}>
                    <input type="radio" name="model" value={model.id} checked={model.id == props.model.as_str()}
                        onchange={props.send.reform(move |_| Msg::Model(model))} />
                    <span>{ model.name }</span>
                </label>
            }) }
        </fieldset>
    }
}

/// See [`Flavours`].
#[derive(Properties, PartialEq)]
pub struct FlavoursProps {
    /// The flavour.
    pub flavour: SrcuFlavour,
    /// Where messages go.
    pub send: Callback<Msg>,
}

/// The flavours of SRCU.
#[component]
pub fn Flavours(props: &FlavoursProps) -> Html {
    let choices = [
        (
            SrcuFlavour::Fast,
            names::flavour(SrcuFlavour::Fast),
            " (fast)",
            "SRCU as its contract, and SRCU-fast: lock and unlock order nothing by themselves",
        ),
        (
            SrcuFlavour::Tree,
            names::flavour(SrcuFlavour::Tree),
            "",
            "Tree SRCU as it is today: lock and unlock are full barriers",
        ),
    ];
    html! {
        <fieldset class="seg small" data-flavours="">
            <legend class="sr">{ "SRCU" }</legend>
            <span class="seg-name" aria-hidden="true">{ "SRCU" }</span>
            { for choices.into_iter().map(|(flavour, name, more, title)| html! {
                <label key={flavour.id()} {title}>
                    <input type="radio" name="srcu" value={flavour.id()} checked={flavour == props.flavour}
                        onchange={props.send.reform(move |_| Msg::Flavour(flavour))} />
                    <span><span>{ name }<span class="wide-text">{ more }</span></span></span>
                </label>
            }) }
        </fieldset>
    }
}
