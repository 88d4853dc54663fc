//! The space-time diagram. Its steps are buttons: a press goes there, and the arrow keys walk along, also over the steps
//! that are struck out.

use gloo::events::{EventListener, EventListenerOptions};
use protocol::draw::{Drawn, Panel, TimelineOptions};
use session::View;
use wasm_bindgen::JsCast as _;
use web_sys::{Event, EventTarget, HtmlElement, KeyboardEvent};
use yew::prelude::*;

use crate::browser::focus;
use crate::browser::reach::use_reach;
use crate::browser::width::use_width;
use crate::msg::Msg;
use crate::replies::use_drawn;
use crate::seen::Seen;

/// How much of the place is kept free on both sides of the present moment, as a part of its width.
const MARGIN: f64 = 0.2;

/// See the module.
#[derive(Properties, PartialEq)]
pub struct DiagramProps {
    /// What there is to see.
    pub view: Seen,
    /// Lanes close together.
    pub compact: bool,
    /// One picture, for paper: it shrinks to the page.
    pub print: bool,
    /// After so many steps no bad outcome is possible any more.
    pub closed: Option<usize>,
    /// Micro steps are shown.
    pub micro: bool,
    /// The step that is pointed at, by its place in [`View::steps`].
    pub point: Callback<Option<usize>>,
    /// Where messages go.
    pub send: Callback<Msg>,
}

/// See the module.
#[component]
pub fn Diagram(props: &DiagramProps) -> Html {
    let DiagramProps {
        view,
        compact,
        print,
        closed,
        micro,
        point,
        send,
    } = props;
    let place = use_node_ref();
    let width = use_width(&place);
    let options = TimelineOptions {
        width,
        compact: *compact || width < 600,
        names: *print,
        micro: *micro,
        closed: *closed,
        interactive: true,
    };
    let picture = use_drawn(view, Panel::Timeline(options));
    let (names, lanes) = match picture.as_ref().and_then(|picture| picture.drawn()) {
        Some(Drawn::Timeline { names, lanes }) => (names.clone(), lanes.clone()),
        _ => (String::new(), String::new()),
    };
    let coming = lanes.is_empty();
    {
        let place = place.clone();
        use_effect_with(lanes.clone(), move |_| {
            if let Some(place) = place.cast::<HtmlElement>() {
                keep_in_sight(&place);
            }
        });
    }
    use_reach(&place, &"Timeline".into(), Some("[data-index]"));
    let latest = use_mut_ref(|| view.clone());
    *latest.borrow_mut() = view.clone();
    {
        let (place, send) = (place.clone(), send.clone());
        use_effect_with((), move |()| {
            let listener = place.cast::<HtmlElement>().map(|element| {
                let options = EventListenerOptions::enable_prevent_default();
                let target: &EventTarget = element.as_ref();
                let inside = element.clone();
                EventListener::new_with_options(target, "keydown", options, move |event| {
                    key(event, &inside, &latest.borrow(), &send);
                })
            });
            move || drop(listener)
        });
    }
    let onclick = send.clone();
    let onclick = Callback::from(move |event: MouseEvent| {
        let position = focus::around(event.target(), "[data-position]")
            .and_then(|event| event.get_attribute("data-position")?.parse().ok());
        if let Some(position) = position {
            onclick.emit(Msg::Goto(position));
        }
    });
    let onmouseover = point.reform(|event: MouseEvent| index(event.target()));
    let onmouseleave = point.reform(|_: MouseEvent| None);
    let onfocusin = point.reform(|event: FocusEvent| index(event.target()));
    let onfocusout = point.reform(|event: FocusEvent| index(event.related_target()));
    html! {
        <div class={classes!("picture", coming.then_some("coming"))} aria-busy={coming.to_string()} ref={place} {onclick} {onmouseover} {onmouseleave} {onfocusin} {onfocusout}>
            <div class="names" aria-hidden="true">{ Html::from_html_unchecked(names.into()) }</div>
            <div class="lanes">{ Html::from_html_unchecked(lanes.into()) }</div>
        </div>
    }
}

/// The step around the target of an event.
fn index(target: Option<EventTarget>) -> Option<usize> {
    let step = focus::around(target, "[data-index]")?;
    step.get_attribute("data-index")?.parse().ok()
}

/// Moves along the steps. The page's own arrow keys would stop at the first step that is struck out.
///
/// The focus is on its way before the step is: the next key may come before the picture is drawn anew, and goes on from
/// there.
fn key(event: &Event, place: &HtmlElement, view: &View, send: &Callback<Msg>) {
    let Some(event) = event.dyn_ref::<KeyboardEvent>() else {
        return;
    };
    if event.ctrl_key() || event.alt_key() || event.meta_key() {
        return;
    }
    let Some(now) = index(event.target()) else {
        return;
    };
    let last = view.steps.len().saturating_sub(1);
    let position = |index: usize| view.steps.get(index).and_then(|step| step.position);
    let (next, position) = match event.key().as_str() {
        "ArrowRight" => ((now + 1).min(last), position((now + 1).min(last))),
        // Before the first step stands the beginning.
        "ArrowLeft" if now == 0 => (0, Some(0)),
        "ArrowLeft" => (now - 1, position(now - 1)),
        "Home" => (0, position(0)),
        "End" => (last, position(last)),
        "Enter" | " " => (now, position(now)),
        _ => return,
    };
    event.prevent_default();
    event.stop_propagation();
    let step = place.query_selector(&format!("[data-index=\"{next}\"]"));
    if let Ok(Some(step)) = step {
        match position {
            // The picture is about to be drawn anew, and then scrolled so that the present is in sight.
            Some(_) => focus::give_in_place(&step),
            None => focus::give(&step),
        }
    }
    if let Some(position) = position {
        send.emit(Msg::Goto(position));
    }
}

/// Scrolls sideways, only when the present moment has left the middle of the place.
fn keep_in_sight(place: &HtmlElement) {
    let Ok(Some(now)) = place.query_selector(".now") else {
        return;
    };
    let outer = place.get_bounding_client_rect();
    let names = place.query_selector(".names").ok().flatten();
    let left = names.map_or(0.0, |names| names.get_bounding_client_rect().width());
    let room = outer.width() - left;
    let at = now.get_bounding_client_rect().left() - outer.left() - left;
    let (least, most) = (room * MARGIN, room * (1.0 - MARGIN));
    let by = if at < least {
        at - least
    } else if at > most {
        at - most
    } else {
        return;
    };
    place.set_scroll_left(place.scroll_left() + by as i32);
}
