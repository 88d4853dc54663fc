//! A barrier's switch in its line, or a choice where it has more than two positions.

use session::view::ToggleView;
use web_sys::HtmlSelectElement;
use yew::prelude::*;

use crate::msg::Msg;

/// See the module.
#[derive(Properties, PartialEq)]
pub struct ToggleProps {
    /// The switch.
    pub toggle: ToggleView,
    /// Where messages go.
    pub send: Callback<Msg>,
}

/// See the module.
#[component]
pub fn Toggle(props: &ToggleProps) -> Html {
    let ToggleProps { toggle, send } = props;
    let id = toggle.id;
    if toggle.is_switch {
        let on = toggle.is_on();
        let onclick = send.reform(move |_| Msg::Position(id, u8::from(on)));
        return html! {
            <button type="button" class="switch" role="switch" aria-checked={on.to_string()} data-toggle={toggle.name.clone()}
                aria-label={format!("line {}: {}", toggle.number, toggle.label)} title={toggle.label.clone()} {onclick}>
                <span class="switch-track"><span class="switch-knob" /></span>
            </button>
        };
    }
    let onchange = send.reform(move |event: Event| {
        let at = event
            .target_unchecked_into::<HtmlSelectElement>()
            .selected_index();
        Msg::Position(id, u8::try_from(at).unwrap_or_default())
    });
    let now = toggle.positions.get(usize::from(toggle.position));
    let title = now.map_or_else(
        || toggle.label.clone(),
        |now| format!("{}: {}", toggle.label, now.text),
    );
    html! {
        <select class="sel choice" data-toggle={toggle.name.clone()} {title}
            aria-label={format!("line {}: {}", toggle.number, toggle.label)} {onchange}>
            { for toggle.positions.iter().enumerate().map(|(at, position)| html! {
                <option value={position.name.clone()} title={position.text.clone()} aria-label={position.name.clone()}
                    selected={at == usize::from(toggle.position)}>{ &position.short }</option>
            }) }
        </select>
    }
}
