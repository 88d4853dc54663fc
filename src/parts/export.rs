//! The tool *Export*: link, pictures, traces, tests, and the snippet that embeds the laboratory elsewhere.

use protocol::draw::{Drawn, Panel, Theme};
use wasm_bindgen_futures::spawn_local;
use web_sys::{HtmlInputElement, HtmlSelectElement, HtmlTextAreaElement};
use yew::prelude::*;

use super::carry;
use super::coming::Coming;
use super::lab::saved;
use crate::browser::{clipboard, files, png};
use crate::exports::{self, Kind, PICTURES, TEXTS};
use crate::msg::Msg;
use crate::replies::{use_drawn, use_reply};
use crate::seen::Seen;

/// The size of an embed when nobody has chosen another, and the least that shows all of it.
const SIZE: (u32, u32) = (720, 480);
const LEAST: (u32, u32) = (320, 420);
const MOST: u32 = 2000;

/// See the module.
#[derive(Properties, PartialEq)]
pub struct ExportProps {
    /// What there is to carry away.
    pub view: Seen,
    /// The name of the test.
    pub name: AttrValue,
    /// The address of exactly this; none where a link cannot hold it, and why.
    pub link: Result<AttrValue, AttrValue>,
    /// The address of an embed of it.
    pub embed: AttrValue,
    /// Where messages go.
    pub send: Callback<Msg>,
}

/// See the module.
#[component]
pub fn Export(props: &ExportProps) -> Html {
    let ExportProps {
        view,
        name,
        link,
        embed,
        send,
    } = props;
    // What the clipboard has refused: the reader copies it by hand.
    let refused = use_state_eq(|| None::<(AttrValue, AttrValue)>);
    let copy = {
        let (send, refused) = (send.clone(), refused.clone());
        Callback::from(move |(what, text): (AttrValue, AttrValue)| {
            let (send, refused) = (send.clone(), refused.clone());
            spawn_local(async move {
                if clipboard::copy(&text).await {
                    refused.set(None);
                    send.emit(Msg::Say(format!("Copied: {what}.").into()));
                } else {
                    send.emit(Msg::Say("This page may not use the clipboard. The text is selected: copy it by hand.".into()));
                    refused.set(Some((what, text)));
                }
            });
        })
    };
    html! {
        <section class="panel export" aria-labelledby="export">
            <h2 id="export">{ "Export" }<span class="hint">{ "what is to be seen now, to carry away" }</span></h2>
            if let Some((what, text)) = &*refused {
                <Refused key={text.to_string()} what={what.clone()} text={text.clone()} />
            }
            { group("Link", html! {
                match link {
                    Ok(link) => html! { <Copied id="link" what="the link" text={link.clone()} copy={copy.clone()} /> },
                    Err(why) => html! { <p class="quiet" data-no-link="">{ format!("There is no link to this: {why}.") }</p> },
                }
            }) }
            <Pictures {view} {name} {send} copy={copy.clone()} key="pictures" />
            { group("Text", html! {
                <ul class="export-texts">{ for TEXTS.into_iter().map(|kind| html! { <OneText key={kind.id} {view} {kind} {name} copy={copy.clone()} {send} /> }) }</ul>
            }) }
            <Embed address={embed} title={view.title.clone()} {copy} key="embed" />
        </section>
    }
}

type Copy = Callback<(AttrValue, AttrValue)>;

fn group(title: &'static str, content: Html) -> Html {
    html! { <div class="export-group" role="group" aria-label={title}><h3>{ title }</h3>{ content }</div> }
}

#[derive(Properties, PartialEq)]
struct RefusedProps {
    what: AttrValue,
    text: AttrValue,
}

/// A text that the reader copies by hand: it is selected.
#[component]
fn Refused(props: &RefusedProps) -> Html {
    let field = use_node_ref();
    {
        let field = field.clone();
        use_effect_with((), move |()| {
            if let Some(field) = field.cast::<HtmlTextAreaElement>() {
                let _ = field.focus();
                field.select();
            }
        });
    }
    html! {
        <label class="export-refused">
            { format!("Copy by hand, {}:", props.what) }
            <textarea ref={field} readonly={true} rows="3" data-refused="" value={&props.text} />
        </label>
    }
}

#[derive(Properties, PartialEq)]
struct CopiedProps {
    id: &'static str,
    what: AttrValue,
    text: AttrValue,
    copy: Copy,
}

/// One line of text with a button that copies it.
#[component]
fn Copied(props: &CopiedProps) -> Html {
    let CopiedProps {
        id,
        what,
        text,
        copy,
    } = props;
    let pair = (what.clone(), text.clone());
    html! {
        <div class="export-line">
            <input class="field" readonly={true} value={text} aria-label={format!("{what}, to be copied")} data-export-text={*id} />
            <button type="button" class="btn" data-copy-text={*id} onclick={copy.reform(move |_| pair.clone())}>
                { "Copy" }<span class="sr">{ " " }{ what }</span>
            </button>
        </div>
    }
}

#[derive(Properties, PartialEq)]
struct PicturesProps {
    view: Seen,
    name: AttrValue,
    copy: Copy,
    send: Callback<Msg>,
}

#[component]
fn Pictures(props: &PicturesProps) -> Html {
    let PicturesProps {
        view,
        name,
        copy,
        send,
    } = props;
    let chosen = use_state_eq(|| 0_usize);
    let dark = use_state_eq(|| false);
    let (of, id, title) = PICTURES.get(*chosen).copied().unwrap_or(PICTURES[0]);
    let theme = if *dark { Theme::Dark } else { Theme::Light };
    let picture = use_drawn(view, Panel::Picture(of, theme));
    let svg = match picture.as_ref().and_then(|picture| picture.drawn()) {
        Some(Drawn::Picture(svg)) => AttrValue::from(svg.clone()),
        _ => AttrValue::default(),
    };
    let coming = svg.is_empty();
    let choose = {
        let chosen = chosen.clone();
        Callback::from(move |event: Event| {
            let select: HtmlSelectElement = event.target_unchecked_into();
            chosen.set(select.value().parse().unwrap_or(0));
        })
    };
    let set_dark = {
        let dark = dark.clone();
        Callback::from(move |event: Event| {
            let input: HtmlInputElement = event.target_unchecked_into();
            dark.set(input.checked());
        })
    };
    let name = exports::file_name(name);
    let file = |extension: &str| format!("{name}-{id}.{extension}");
    let save_svg = {
        let (svg, file, send) = (svg.clone(), file("svg"), send.clone());
        Callback::from(move |_: MouseEvent| carry::save_svg(&file, &svg, &send))
    };
    let save_png = {
        let (svg, file, send) = (svg.clone(), file("png"), send.clone());
        Callback::from(move |_: MouseEvent| {
            carry::save_png(file.clone(), svg.to_string(), send.clone());
        })
    };
    let pair = (AttrValue::from("the picture as SVG"), svg.clone());
    let content = html! {
        <>
            <div class="export-line">
                <select class="sel" aria-label="Picture of" data-picture="" onchange={choose}>
                    { for PICTURES.iter().enumerate().map(|(at, (_, _, title))| html! {
                        <option value={at.to_string()} selected={at == *chosen}>{ *title }</option>
                    }) }
                </select>
                <label class="export-check"><input type="checkbox" checked={*dark} data-dark="" onchange={set_dark} />{ "dark" }</label>
                <button type="button" class="btn" disabled={coming} data-save-svg="" onclick={save_svg}>{ "Save SVG" }</button>
                <button type="button" class="btn" disabled={coming} data-save-png="" onclick={save_png}>{ "Save PNG" }</button>
                <button type="button" class="btn" disabled={coming} data-copy-text="svg" onclick={copy.reform(move |_| pair.clone())}>{ "Copy SVG" }</button>
            </div>
            if coming {
                <Coming />
            } else {
                <img class="export-preview" data-preview={id} src={png::address(&svg)} alt={format!("Preview: {title}")} />
            }
        </>
    };
    group("Picture", content)
}

#[derive(Properties, PartialEq)]
struct OneTextProps {
    view: Seen,
    kind: Kind,
    name: AttrValue,
    copy: Copy,
    send: Callback<Msg>,
}

/// A text: it is written as soon as the tool is open, so that it can be copied at once.
#[component]
fn OneText(props: &OneTextProps) -> Html {
    let OneTextProps {
        view,
        kind,
        name,
        copy,
        send,
    } = props;
    let Kind {
        of,
        id,
        title,
        ending,
        media,
    } = *kind;
    let written = use_reply((view.clone(), of), |(view, of)| {
        of.map(|of| view.draw(Panel::Text(of)))
    });
    let (text, notes) = match written.as_ref().and_then(|written| written.drawn()) {
        Some(Drawn::Text(text)) => (Some(text.text.clone()), &text.notes[..]),
        _ if of.is_none() => (Some(Ok(view.source().to_owned())), &[][..]),
        _ => (None, &[][..]),
    };
    let file = format!("{}{ending}", exports::file_name(name));
    let content = match text {
        None => {
            html! { <div class="export-line"><span class="export-name">{ title }</span><Coming /></div> }
        }
        Some(Err(why)) => html! { <p class="quiet" data-no-text={id}>{ why }</p> },
        Some(Ok(content)) => {
            let content = AttrValue::from(content);
            let pair = (
                AttrValue::from(format!("{title} ({file})")),
                content.clone(),
            );
            let save = send.reform(move |_: MouseEvent| {
                Msg::Say(saved(&file, files::save(&file, media, content.as_bytes())).into())
            });
            html! {
                <>
                    <div class="export-line">
                        <span class="export-name">{ title }</span>
                        <button type="button" class="btn" data-copy-text={id} onclick={copy.reform(move |_| pair.clone())}>
                            { "Copy" }<span class="sr">{ format!(": {title}") }</span>
                        </button>
                        <button type="button" class="btn" data-save-text={id} onclick={save}>
                            { "Save" }<span class="sr">{ format!(": {title}") }</span>
                        </button>
                    </div>
                    { for notes.iter().map(|note| html! { <p class="quiet" data-note={id}>{ note }</p> }) }
                </>
            }
        }
    };
    html! { <li data-text={id}>{ content }</li> }
}

#[derive(Properties, PartialEq)]
struct EmbedProps {
    address: AttrValue,
    title: AttrValue,
    copy: Copy,
}

#[component]
fn Embed(props: &EmbedProps) -> Html {
    let EmbedProps {
        address,
        title,
        copy,
    } = props;
    let size = use_state_eq(|| SIZE);
    let (width, height) = *size;
    let snippet = AttrValue::from(exports::snippet(address, title, width, height));
    let number = |name: &'static str,
                  value: u32,
                  least: u32,
                  with: fn((u32, u32), u32) -> (u32, u32)| {
        let size = size.clone();
        let onchange = Callback::from(move |event: Event| {
            let input: HtmlInputElement = event.target_unchecked_into();
            let value = input
                .value()
                .trim()
                .parse()
                .unwrap_or(least)
                .clamp(least, MOST);
            input.set_value(&value.to_string());
            size.set(with(*size, value));
        });
        html! {
            <label class="export-check">{ name }
                <input class="field size" type="number" min={least.to_string()} max={MOST.to_string()} value={value.to_string()}
                    data-size={name} {onchange} />
            </label>
        }
    };
    let pair = (AttrValue::from("the snippet"), snippet.clone());
    let content = html! {
        <>
            <div class="export-line">
                { number("width", width, LEAST.0, |(_, height), width| (width, height)) }
                { number("height", height, LEAST.1, |(width, _), height| (width, height)) }
                <button type="button" class="btn" data-copy-text="embed" onclick={copy.reform(move |_| pair.clone())}>{ "Copy snippet" }</button>
            </div>
            <div class="export-embed">
                { outline(width, height) }
                <textarea class="field" readonly={true} rows="5" spellcheck="false" aria-label="Snippet" data-export-text="embed" value={snippet} />
            </div>
            <p class="quiet">{ "The frame runs without an origin of its own, so the site must be served with Access-Control-Allow-Origin: *. The single file needs nothing." }</p>
        </>
    };
    group("Embed", content)
}

/// How large the embed is beside a page of text, to scale.
fn outline(width: u32, height: u32) -> Html {
    let scale = 0.16;
    let (w, h) = (f64::from(width) * scale, f64::from(height) * scale);
    let (page, tall) = (1280.0 * scale, 800.0 * scale);
    let (all, high) = (w.max(page), h.max(tall));
    let label = format!("An embed of {width} by {height} pixels on a screen of 1280 by 800");
    html! {
        <svg class="export-outline" role="img" aria-label={label} viewBox={format!("-1 -1 {} {}", all + 2.0, high + 2.0)}
            width={(all + 2.0).to_string()} height={(high + 2.0).to_string()}>
            <rect class="screen" width={page.to_string()} height={tall.to_string()} rx="3" />
            <rect class="frame" width={w.to_string()} height={h.to_string()} rx="2" />
            <text x={(w / 2.0).to_string()} y={(h / 2.0 + 4.0).to_string()} text-anchor="middle">{ format!("{width} × {height}") }</text>
        </svg>
    }
}
