//! Text of scenarios: `code` between backquotes, paragraphs between empty lines, tables of lines that begin with `|`.

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

/// Text as paragraphs. One whose lines begin with `|` is a table, its first line the headings.
pub fn paragraphs(text: &str) -> Html {
    text.split("\n\n")
        .map(str::trim)
        .filter(|part| !part.is_empty())
        .map(|part| match part.starts_with('|') {
            true => table(part),
            false => html! { <p>{ line(&part.replace('\n', " ")) }</p> },
        })
        .collect()
}

/// A table.
fn table(text: &str) -> Html {
    let mut rows = text.lines().map(|row| {
        let cells = row.trim().trim_matches('|').split('|');
        cells.map(|cell| line(cell.trim())).collect::<Vec<Html>>()
    });
    let heads = rows.next().unwrap_or_default();
    html! {
        <table class="prose-table">
            <thead><tr>{ for heads.into_iter().map(|cell| html! { <th scope="col">{ cell }</th> }) }</tr></thead>
            <tbody>{ for rows.map(|cells| html! { <tr>{ for cells.into_iter().map(|cell| html! { <td>{ cell }</td> }) }</tr> }) }</tbody>
        </table>
    }
}
