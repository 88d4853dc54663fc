//! Text of scenarios: `code` between backquotes, paragraphs between empty lines.

use yew::prelude::*;

/// Text with its `code` set as code.
pub fn line(text: &str) -> Html {
    text.split('`')
        .enumerate()
        .map(|(at, part)| {
            if at % 2 == 1 {
                html! { <code>{ part }</code> }
            } else {
                html! { part }
            }
        })
        .collect()
}

/// Text as paragraphs.
pub fn paragraphs(text: &str) -> Html {
    text.split("\n\n")
        .map(|part| part.trim().replace('\n', " "))
        .filter(|part| !part.is_empty())
        .map(|part| html! { <p>{ line(&part) }</p> })
        .collect()
}
