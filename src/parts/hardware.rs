//! The hardware: store buffers, memory, bus slots and objects, SRCU.

use std::rc::Rc;

use protocol::draw::{Drawn, HardwareOptions, Panel};
use session::View;
use web_sys::Element;
use yew::prelude::*;

use super::coming::Coming;
use super::scroll::Scroll;
use crate::browser::motion::{self, Places};
use crate::browser::width::use_width;
use crate::browser::{focus, marks};
use crate::msg::Msg;
use crate::replies::{Picture, use_drawn};
use crate::seen::Seen;

/// How wide the picture is drawn at most for an audience, in its own units; the page then enlarges it.
const PRESENTED: u32 = 460;

/// See the module.
#[derive(Properties, PartialEq)]
pub struct HardwareProps {
    /// What there is to see.
    pub view: Seen,
    /// The embedded view has little room.
    pub embed: bool,
    /// The presenter's view draws it larger.
    pub present: bool,
    /// Where messages go.
    pub send: Callback<Msg>,
}

/// See the module.
#[component]
pub fn Hardware(props: &HardwareProps) -> Html {
    let HardwareProps {
        view,
        embed,
        present,
        send,
    } = props;
    let place = use_node_ref();
    let width = use_width(&place);
    let mut options = HardwareOptions {
        compact: *embed,
        ..HardwareOptions::default()
    };
    if width > 0 {
        options.width = if *present {
            (width / 4 * 3).min(PRESENTED)
        } else {
            width
        };
    }
    let picture = use_drawn(view, Panel::Hardware(options));
    use_slide(&place, &picture);
    let onclick = {
        let (view, send) = (view.clone(), send.clone());
        Callback::from(move |event: MouseEvent| {
            let step = focus::around(event.target(), "[data-step]")
                .and_then(|chip| drained(&view, &chip.get_attribute("data-step")?));
            if let Some(step) = step {
                send.emit(Msg::Step(step));
            }
        })
    };
    let (svg, words) = match picture.as_ref().and_then(|picture| picture.drawn()) {
        Some(Drawn::Hardware { svg, words }) => (svg.clone(), &words[..]),
        _ => (String::new(), &[][..]),
    };
    let coming = svg.is_empty();
    html! {
        <section class={classes!("panel", "hardware", coming.then_some("coming"))} aria-labelledby="hardware" aria-busy={coming.to_string()}>
            <h2 id="hardware">{ "Hardware" }</h2>
            <Scroll class="hw" label="Hardware">
                <div class="picture" ref={place} {onclick}>{ Html::from_html_unchecked(svg.into()) }</div>
                if coming {
                    <Coming />
                } else {
                    <details class="hw-words">
                        <summary>{ "The hardware in words" }</summary>
                        <ul>{ for words.iter().map(|text| html! { <li>{ text }</li> }) }</ul>
                    </details>
                }
            </Scroll>
        </section>
    }
}

/// What a step has moved slides to its new place; going back or far away shows the state at once.
#[hook]
fn use_slide(place: &NodeRef, picture: &Option<Picture>) {
    let last = use_mut_ref(|| (0_usize, Places::new()));
    let place = place.clone();
    use_effect_with(picture.clone().map(Same), move |picture| {
        let Some((Same(picture), place)) = picture.as_ref().zip(place.cast::<Element>()) else {
            return;
        };
        let (was, before) = &mut *last.borrow_mut();
        let at = picture.of.0.at;
        if at == *was + 1 {
            motion::slide(&place, before);
        }
        (*was, *before) = (at, motion::places(&place));
        marks::again();
    });
}

/// A picture that is compared by its identity.
#[derive(Clone)]
struct Same(Picture);

impl PartialEq for Same {
    fn eq(&self, other: &Same) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

/// The step with this name that drains a buffered store now.
fn drained(view: &View, name: &str) -> Option<machine::StepName> {
    let mut entries = view.cpus.iter().flat_map(|cpu| &cpu.buffer);
    entries.find_map(|entry| entry.step.filter(|step| step.to_string() == name))
}
