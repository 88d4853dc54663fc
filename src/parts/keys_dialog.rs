//! The list of keys. A native modal dialog: it traps the focus and closes with Esc.

use web_sys::HtmlDialogElement;
use yew::prelude::*;

use super::legend::Legend;
use crate::keys;
use crate::msg::Msg;

/// See the module.
#[derive(Properties, PartialEq)]
pub struct KeysDialogProps {
    /// It is open.
    pub open: bool,
    /// Where messages go.
    pub send: Callback<Msg>,
}

/// See the module.
#[component]
pub fn KeysDialog(props: &KeysDialogProps) -> Html {
    let KeysDialogProps { open, send } = props;
    let dialog = use_node_ref();
    {
        let dialog = dialog.clone();
        use_effect_with(*open, move |open| {
            if let Some(dialog) = dialog.cast::<HtmlDialogElement>() {
                if *open && !dialog.open() {
                    let _ = dialog.show_modal();
                } else if !*open {
                    dialog.close();
                }
            }
        });
    }
    html! {
        <dialog ref={dialog} class="keys" aria-labelledby="keys-title" onclose={send.reform(|_| Msg::Keys(false))}>
            <h2 id="keys-title">{ "Keys and marks" }</h2>
            <p class="quiet">{ "Keys work while the focus is inside the laboratory." }</p>
            <dl>
                { for keys::TABLE.iter().map(|(names, what)| html! {
                    <div>
                        <dt>{ for names.iter().map(|name| if *name == "…" {
                            html! { { "…" } }
                        } else {
                            html! { <kbd>{ *name }</kbd> }
                        }) }</dt>
                        <dd>{ *what }</dd>
                    </div>
                }) }
            </dl>
            <Legend />
            <button class="btn" onclick={send.reform(|_| Msg::Keys(false))}>{ "Close" }</button>
        </dialog>
    }
}
