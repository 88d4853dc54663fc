//! Motion that explains: what has moved in a picture slides from where it was.
//!
//! A picture is drawn anew after every step. What can move in it has a `data-key` and its place in `data-x` and `data-y`;
//! `data-from` names the key from which the step has brought it. Nothing moves where the reader has asked for less.

use std::collections::HashMap;

use js_sys::{Array, Function, Object, Reflect};
use wasm_bindgen::JsCast as _;
use web_sys::Element;

use super::clock;

/// How long something moves, in milliseconds.
const DURATION: f64 = 200.0;

/// Where things are, by key.
pub type Places = HashMap<String, (f64, f64)>;

/// Where things are in a picture.
pub fn places(picture: &Element) -> Places {
    moving(picture)
        .filter_map(|thing| Some((thing.get_attribute("data-key")?, place(&thing)?)))
        .collect()
}

/// Lets what has moved since then slide to its place.
pub fn slide(picture: &Element, before: &Places) {
    if clock::reduced_motion() {
        return;
    }
    for thing in moving(picture) {
        let (Some(key), Some(now)) = (thing.get_attribute("data-key"), place(&thing)) else {
            continue;
        };
        // What comes out of a buffer, before that what has only moved up in it.
        let from = thing
            .get_attribute("data-from")
            .and_then(|from| before.get(&from))
            .or_else(|| before.get(&key));
        if let Some(was) = from
            && *was != now
        {
            animate(&thing, was.0 - now.0, was.1 - now.1);
        }
    }
}

fn moving(picture: &Element) -> impl Iterator<Item = Element> {
    let found = picture.query_selector_all("[data-key]").ok();
    let count = found.as_ref().map_or(0, web_sys::NodeList::length);
    (0..count).filter_map(move |at| found.as_ref()?.item(at)?.dyn_into().ok())
}

fn place(thing: &Element) -> Option<(f64, f64)> {
    let number = |name| thing.get_attribute(name)?.parse::<f64>().ok();
    Some((number("data-x")?, number("data-y")?))
}

/// From an offset to no offset.
fn animate(thing: &Element, x: f64, y: f64) {
    let (from, to) = (format!("translate({x}px, {y}px)"), "translate(0px, 0px)");
    let keyframes = Object::new();
    let values = Array::of2(&from.into(), &to.into());
    // `web-sys` has no name for this method yet. A browser without it shows the state at once.
    if Reflect::set(&keyframes, &"transform".into(), &values).is_ok()
        && let Ok(animate) = Reflect::get(thing, &"animate".into())
        && let Some(animate) = animate.dyn_ref::<Function>()
    {
        let _ = animate.call2(thing, &keyframes, &DURATION.into());
    }
}
