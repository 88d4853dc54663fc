//! The hardware: store buffers, slots and objects, memory, SRCU.
//!
//! Whatever can ever be there has its place from the start, so a step moves values and nothing
//! else. What moves is a group with `data-key`, unique in the picture, and its place in `data-x`
//! and `data-y`; `data-from` names the key from which the last step has brought it.

mod bus;
mod domain;
mod memory;
mod queues;
mod stores;
mod tree;

use super::write::{Picture, escape, num};
use crate::hardware::{CellView, Hardware, WrittenView};
use crate::words::hardware_words;
use protocol::draw::HardwareOptions;

/// Between two parts.
const GAP: f64 = 9.0;

/// The picture.
pub(super) fn svg(view: &Hardware, options: HardwareOptions) -> String {
    let width = f64::from(options.width.clamp(240, 600));
    let mut sheet = Sheet {
        picture: Picture::new(),
        width,
        y: 0.0,
        compact: options.compact,
    };
    queues::draw(&mut sheet, view);
    stores::draw(&mut sheet, view);
    bus::draw(&mut sheet, view);
    if !bus::shown(view) {
        memory::draw(&mut sheet, view);
    }
    if let Some(tree) = &view.srcu.tree {
        tree::draw(&mut sheet, tree);
    }
    for domain in &view.srcu.domains {
        domain::draw(&mut sheet, view, domain);
    }
    let height = sheet.y.max(20.0);
    let words = hardware_words(view).join(" ");
    sheet
        .picture
        .finish("scene-hardware", width, height, "Hardware", &words)
}

/// A picture that is drawn from top to bottom.
struct Sheet {
    picture: Picture,
    width: f64,
    /// Where the next part begins.
    y: f64,
    compact: bool,
}

impl Sheet {
    /// A heading, and a gap above it unless it is the first.
    fn heading(&mut self, text: &str) {
        if self.y > 0.0 {
            self.y += GAP;
        }
        self.picture.text("heading", 0.0, self.y + 11.0, text);
        self.y += 18.0;
    }

    /// A group that can move. What is behind it in `body` is drawn in the picture's own coordinates.
    fn moving(&mut self, moving: &Moving, body: impl FnOnce(&mut Picture)) {
        let (key, x, y) = (escape(&moving.key), num(moving.x), num(moving.y));
        let class = moving.class;
        let mut more = String::new();
        for (name, value) in [("from", &moving.from), ("step", &moving.step)] {
            if let Some(value) = value {
                more.push_str(&format!(" data-{name}=\"{}\"", escape(value)));
            }
        }
        self.picture.raw(&format!(
            r#"<g class="{class}" data-key="{key}" data-x="{x}" data-y="{y}"{more}>"#
        ));
        if !moving.title.is_empty() {
            let title = escape(&moving.title);
            self.picture.raw(&format!("<title>{title}</title>"));
        }
        body(&mut self.picture);
        self.picture.raw("</g>");
    }

    /// A box that bears the name by which the page marks what a step would change.
    fn named_box(&mut self, class: &str, at: [f64; 5], name: (&str, &str)) {
        let [x, y, w, h, r] = at.map(num);
        let (attribute, value) = (name.0, escape(name.1));
        self.picture.raw(&format!(
            r#"<rect class="{class}" x="{x}" y="{y}" width="{w}" height="{h}" rx="{r}" data-{attribute}="{value}"/>"#
        ));
    }

    /// The value of a location, which comes from the buffer or the CPU that wrote it.
    fn value(&mut self, cell: &CellView, class: &'static str, x: f64, y: f64, text: &str) {
        let moving = Moving {
            class,
            key: memory_key(&cell.loc),
            x,
            y,
            from: origin(cell.written.as_ref()),
            step: None,
            title: String::new(),
        };
        self.moving(&moving, |picture| picture.text("mono", x, y, text));
    }
}

/// See [`Sheet::moving`].
struct Moving {
    class: &'static str,
    key: String,
    x: f64,
    y: f64,
    from: Option<String>,
    step: Option<String>,
    title: String,
}

/// The key of a location's value.
fn memory_key(name: &str) -> String {
    format!("m:{name}")
}

/// The key of what has just been written: the store in its buffer.
fn origin(written: Option<&WrittenView>) -> Option<String> {
    written
        .filter(|written| written.fresh)
        .map(|written| format!("b:{}", written.step))
}

/// Who wrote it, as long as there is room: "vCPU 0, reader, line 41", "vCPU 0, line 41", "line 41".
fn by_line(written: Option<&WrittenView>, width: f64) -> String {
    use super::write::{fit_label, width_of_label};
    let Some(written) = written else {
        return "initial value".to_owned();
    };
    let (cpu, line) = written.by.rsplit_once(", ").unwrap_or(("", &written.by));
    let first = cpu.split([',', '(']).next().unwrap_or(cpu).trim();
    let candidates = [written.by.clone(), format!("{first}, {line}")];
    let fits = candidates
        .into_iter()
        .find(|text| width_of_label(text) * SMALL <= width);
    fits.unwrap_or_else(|| {
        // The line is what is looked for.
        let room = width / SMALL - width_of_label(line) - 9.0;
        format!("{}, {line}", fit_label(first, room))
    })
}

/// The notes' type is smaller than the labels' by this.
const SMALL: f64 = 0.9;
