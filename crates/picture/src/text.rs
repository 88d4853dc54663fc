//! The transcript: the session as plain text, and as a table to be drawn.

use crate::hardware::Hardware;
use crate::svg::table::{Cell, Row, Table, Tone};
use session::view::{Mark, StepView, View};

/// The setting, every step with its sentence, and the end, as text.
#[must_use]
pub fn transcript(view: &View) -> String {
    let mut out = String::new();
    let mut line = |text: &str| {
        out.push_str(text);
        out.push('\n');
    };
    line(&view.title);
    setting(view).iter().for_each(|text| line(text));
    line("");
    let width = view.steps.len().to_string().len();
    for (number, step) in view.steps.iter().enumerate() {
        let struck = if step.fate.is_struck() { "×" } else { " " };
        let here = if step.position == Some(view.at) {
            "◀"
        } else {
            ""
        };
        let text = format!("{:>width$} {struck} {} {here}", number + 1, step.sentence);
        line(text.trim_end());
        for more in step.stale.iter().chain(&step.outcome) {
            line(&format!("{:>width$}   {more}", ""));
        }
    }
    if view.steps.is_empty() {
        line(&view.sentence);
    }
    if let Some(replay) = &view.replay {
        line("");
        line(&replay.sentence);
    }
    if let Some(end) = &view.finished {
        line("");
        line(&end.sentence);
        if !end.state.is_empty() {
            line(&end.state);
        }
    }
    out
}

/// The model, and how each barrier stands, a line each.
fn setting(view: &View) -> Vec<String> {
    let mut lines = vec![format!("CPU model: {}", view.model)];
    lines.extend(view.toggles.iter().map(|toggle| {
        let position = toggle.positions.get(usize::from(toggle.position));
        let name = position.map_or("", |p| p.name.as_str());
        // A choice without a text of its own is told by the statement chosen.
        let written = toggle.positions.first().map(|p| p.text.as_str());
        let unnamed = written.map(|w| w.trim_end_matches(';')) == Some(toggle.label.as_str());
        let label = match position {
            Some(position) if unnamed && !toggle.is_switch => position.text.trim_end_matches(';'),
            _ => toggle.label.as_str(),
        };
        format!("{}: {name} ({label})", toggle.name)
    }));
    lines
}

/// The transcript as a picture.
#[must_use]
pub fn transcript_picture(view: &View) -> Table {
    let row = |(number, step): (usize, &StepView)| {
        let struck = step.fate.is_struck();
        let tone = match (step.bad, struck) {
            (true, false) => Tone::Bad,
            (false, false) => Tone::Plain,
            (_, true) => Tone::Dim,
        };
        let number = format!("{}{}", number + 1, if struck { " ×" } else { "" });
        let below: Vec<&str> = step
            .stale
            .iter()
            .chain(&step.outcome)
            .map(String::as_str)
            .collect();
        let told = Cell::new(tone, &*step.sentence).below(below.join(" "));
        Row {
            here: step.position == Some(view.at) && view.at > 0,
            cells: vec![Cell::new(Tone::Dim, number), told],
        }
    };
    let end = view.finished.as_ref();
    let replay = view.replay.as_ref();
    let told = replay.map(|replay| replay.sentence.clone()).into_iter();
    let told = told.chain(
        end.into_iter()
            .flat_map(|end| [end.sentence.clone(), end.state.clone()]),
    );
    let nothing = view.steps.is_empty().then(|| view.sentence.clone());
    Table {
        title: view.title.clone(),
        about: setting(view).join("; "),
        heads: vec![vec!["Step".to_owned()], vec!["What happened".to_owned()]],
        rows: view.steps.iter().enumerate().map(row).collect(),
        sentences: true,
        notes: nothing.into_iter().chain(told).collect(),
    }
}

/// The machine's state as text: programs, store buffers, memory, sections.
#[must_use]
pub fn snapshot(view: &Hardware) -> String {
    let mut out = String::new();
    for cpu in &view.cpus {
        let detail = if cpu.detail.is_empty() {
            String::new()
        } else {
            format!(" ({})", cpu.detail)
        };
        out.push_str(&format!("{}{detail}\n", cpu.name));
        for band in &cpu.bands {
            if let Some(head) = band.head() {
                out.push_str(&format!("  {head}\n"));
            }
            for line in &band.lines {
                let mark = if line.mark == Mark::Silent {
                    " "
                } else {
                    line.mark.symbol()
                };
                let indent = "  ".repeat(usize::from(line.indent));
                let state = if line.state_text.is_empty() {
                    String::new()
                } else {
                    format!("   [{}]", line.state_text)
                };
                out.push_str(&format!(
                    "  {mark} {:>3} {indent}{}{state}\n",
                    line.number, line.text
                ));
                for offer in &line.offers {
                    let index = offer.index;
                    out.push_str(&format!(
                        "        {index}) {}: {}\n",
                        offer.label, offer.preview
                    ));
                }
            }
        }
        if !cpu.buffer.is_empty() {
            let entries: Vec<String> = cpu
                .buffer
                .iter()
                .map(|e| format!("{} = {}", e.loc, e.value))
                .collect();
            out.push_str(&format!("  store buffer: {}\n", entries.join(", ")));
        }
    }
    for slot in &view.slots {
        out.push_str(&format!("{} -> {}\n", slot.label, slot.cell.value));
    }
    for object in &view.objects {
        let fields: Vec<String> = object
            .fields
            .iter()
            .map(|field| format!("{} = {}", field.name, field.value))
            .collect();
        out.push_str(&format!(
            "{}: {}, {}\n",
            object.label,
            object.state.text(),
            fields.join(", ")
        ));
    }
    for pointer in &view.pointers {
        if let Some(object) = pointer.object.and_then(|o| view.objects.get(o)) {
            out.push_str(&format!("{} -> {}\n", pointer.label, object.label));
        }
    }
    if !view.memory.is_empty() {
        let cells: Vec<String> = view
            .memory
            .iter()
            .map(|c| format!("{} = {}", c.name, c.value))
            .collect();
        out.push_str(&format!("memory: {}\n", cells.join(", ")));
    }
    for domain in &view.srcu.domains {
        let inside: Vec<String> = domain.inside().map(|i| i.name.clone()).collect();
        out.push_str(&format!(
            "{}: inside: {}\n",
            domain.name,
            session::names::list(&inside)
        ));
        for grace in domain.running() {
            out.push_str(&format!("  {}\n", grace.text));
        }
        for callback in &domain.callbacks {
            let object = callback.object.as_deref().unwrap_or("nothing yet");
            out.push_str(&format!(
                "  callback for {object}: {}\n",
                callback.state.text()
            ));
        }
    }
    out
}
