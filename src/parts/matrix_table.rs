//! The table of the barrier matrix: one cell is the stop of the Tab key, arrows go from cell to cell.

use litmus::Setting;
use protocol::{CellAnswer, MatrixTable, TableCell, TableRow, ToggleHead};
use yew::prelude::*;

use crate::browser::focus;
use crate::msg::Msg;

/// A cell: its row and its column.
pub type Place = (usize, usize);

/// The table. A cell is told by its row and its column; `press` hears of one that is pressed, `focused` of one that has
/// the focus, `stop` is the one that the Tab key stops at.
pub fn grid(
    table: &MatrixTable,
    stop: Option<(Setting, usize)>,
    press: &Callback<Place>,
    focused: &Callback<Place>,
    send: &Callback<Msg>,
) -> Html {
    let here = || {
        table.rows.iter().find_map(|row| {
            let column = row.cells.iter().position(|cell| cell.here)?;
            Some((row.setting.clone(), column))
        })
    };
    let first = || table.rows.first().map(|row| (row.setting.clone(), 0));
    let there = |(setting, _): &(Setting, usize)| {
        let mut rows = table.rows.iter();
        rows.any(|row| row.setting == *setting)
    };
    let stop = stop.filter(there).or_else(here).or_else(first);
    let cell_of = |target| {
        let cell = focus::around(target, "[data-cell]")?.get_attribute("data-cell")?;
        let (row, column) = cell.split_once('.')?;
        Some((row.parse().ok()?, column.parse().ok()?))
    };
    let onclick = {
        let press = press.clone();
        Callback::from(move |event: MouseEvent| {
            if let Some(place) = cell_of(event.target()) {
                press.emit(place);
            }
        })
    };
    let onfocusin = {
        let focused = focused.clone();
        Callback::from(move |event: FocusEvent| {
            if let Some(place) = cell_of(event.target()) {
                focused.emit(place);
            }
        })
    };
    let (rows, columns) = (table.rows.len(), table.columns.len());
    let onkeydown = Callback::from(move |event: KeyboardEvent| {
        if event.ctrl_key() || event.alt_key() || event.meta_key() {
            return;
        }
        let Some((row, column)) = cell_of(event.target()) else {
            return;
        };
        let Some((row, column)) = moved((rows, columns), (row, column), &event.key()) else {
            return;
        };
        event.prevent_default();
        focus::on(&format!("[data-cell=\"{row}.{column}\"]"));
    });
    html! {
        <table {onclick} {onfocusin} {onkeydown}>
            <caption class="sr">{ format!("Barrier matrix: {}", table.outcome) }</caption>
            <thead>
                <tr>
                    <th scope="col" class="corner"><abbr title="barriers that are on">{ "on" }</abbr></th>
                    { for table.heads.iter().map(|toggle| head(toggle, send)) }
                    { for table.columns.iter().map(|column| html! {
                        <th scope="col" key={column.id()} class="model" data-column={column.id()}>{ column.name() }</th>
                    }) }
                </tr>
            </thead>
            <tbody>
                { for table.rows.iter().enumerate().map(|(at, row)| {
                    let stop = stop.as_ref().filter(|(setting, _)| *setting == row.setting).map(|(_, column)| *column);
                    self::row(at, row, stop)
                }) }
            </tbody>
        </table>
    }
}

/// The cell to which a key leads from another, in a table with so many rows and columns.
fn moved((rows, columns): Place, (row, column): Place, key: &str) -> Option<Place> {
    let last = columns.saturating_sub(1);
    Some(match key {
        "ArrowUp" => (row.saturating_sub(1), column),
        "ArrowDown" => ((row + 1).min(rows.saturating_sub(1)), column),
        "ArrowLeft" => (row, column.saturating_sub(1)),
        "ArrowRight" => (row, (column + 1).min(last)),
        "Home" => (row, 0),
        "End" => (row, last),
        _ => return None,
    })
}

fn head(toggle: &ToggleHead, send: &Callback<Msg>) -> Html {
    let line = toggle.line_id.clone();
    let order = (!toggle.is_switch).then(|| format!(": {}", toggle.order));
    let title = format!(
        "{} {}{}",
        toggle.short,
        toggle.place,
        order.unwrap_or_default()
    );
    html! {
        <th scope="col" key={toggle.name.clone()} class="toggle-head" title={title.clone()}
            onmouseenter={send.reform(move |_| Msg::Mark(vec![line.clone()]))} onmouseleave={send.reform(|_| Msg::Mark(Vec::new()))}>
            <span class="turn"><span class="sr">{ title }{ ", " }</span>{ &toggle.name }</span>
        </th>
    }
}

fn row(at: usize, row: &TableRow, stop: Option<usize>) -> Html {
    html! {
        <tr key={format!("{:?}", row.setting.0)} class={classes!(row.here.then_some("here"), (!row.weakest_on.is_empty()).then_some("smallest"))}
            aria-current={row.here.then_some("true")} data-row={at.to_string()}>
            <th scope="row">
                { row.on.to_string() }
                <span class="sr">{ format!(" on: {}", row.name) }</span>
                if row.here { <span class="row-mark" title="now on the page">{ "▶" }<span class="sr">{ "now on the page" }</span></span> }
                if !row.weakest_on.is_empty() {
                    <span class="row-mark" title={format!("the weakest that prevents it on {}", row.weakest_on)}>{ "★" }<span class="sr">{ "the weakest that prevents it on " }{ &row.weakest_on }</span></span>
                }
            </th>
            { for row.marks.iter().map(|mark| html! { <td class={classes!("mark-cell", mark.on.then_some("on"))} title={mark.text.clone()}>{ &mark.text }</td> }) }
            { for row.cells.iter().enumerate().map(|(column, cell)| html! {
                <td class="answer-cell">{ self::cell(cell, format!("{at}.{column}"), stop == Some(column)) }</td>
            }) }
        </tr>
    }
}

fn cell(cell: &TableCell, id: String, stop: bool) -> Html {
    html! {
        <button type="button" class={classes!("cell", cell.class(), cell.here.then_some("here"))} data-cell={id} data-cell-answer={cell.class()}
            tabindex={if stop { "0" } else { "-1" }} aria-label={cell.label.clone()} title={cell.label.clone()}>
            <span aria-hidden="true" class="cell-mark">{ cell.symbol() }</span>
            <span class="cell-word">{ &cell.word }</span>
            if !cell.searched.is_empty() && cell.answer != CellAnswer::Reachable {
                <small>{ &cell.searched }</small>
            }
            if let Some(note) = cell.note {
                <small class="cell-note">{ format!("note {}", note + 1) }</small>
            }
        </button>
    }
}
