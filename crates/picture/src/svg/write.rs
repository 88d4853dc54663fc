//! Writing SVG: escaping, text that fits, numbers, the frame.

use std::fmt::Write;

/// Width of a character of the 11-pixel monospace and sans fonts, at most.
const CHARACTER: f64 = 6.7;

/// A picture while it is drawn.
pub(super) struct Picture {
    pub out: String,
}

impl Picture {
    pub fn new() -> Self {
        Picture { out: String::new() }
    }

    /// Adds an element, already escaped.
    pub fn raw(&mut self, element: &str) {
        self.out.push_str(element);
        self.out.push('\n');
    }

    pub fn text(&mut self, class: &str, x: f64, y: f64, text: &str) {
        // Writing to a string does not fail.
        let _ = writeln!(
            self.out,
            r#"<text class="{class}" x="{}" y="{}">{}</text>"#,
            num(x),
            num(y),
            escape(text)
        );
    }

    pub fn rect(&mut self, class: &str, x: f64, y: f64, w: f64, h: f64, r: f64) {
        let (x, y, w, h, r) = (num(x), num(y), num(w), num(h), num(r));
        self.raw(&format!(
            r#"<rect class="{class}" x="{x}" y="{y}" width="{w}" height="{h}" rx="{r}"/>"#
        ));
    }

    pub fn circle(&mut self, class: &str, x: f64, y: f64, r: f64) {
        let (x, y, r) = (num(x), num(y), num(r));
        self.raw(&format!(
            r#"<circle class="{class}" cx="{x}" cy="{y}" r="{r}"/>"#
        ));
    }

    pub fn path(&mut self, class: &str, d: &str) {
        self.raw(&format!(r#"<path class="{class}" fill="none" d="{d}"/>"#));
    }

    pub fn shape(&mut self, class: &str, d: &str) {
        self.raw(&format!(r#"<path class="{class}" d="{d}"/>"#));
    }

    /// The whole, with parts that can be pointed at and pressed: no image, but a group of them.
    pub fn group(self, class: &str, width: f64, height: f64, label: &str) -> String {
        let (w, h) = (num(width.floor()), num(height.floor()));
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"{class}\" \
             viewBox=\"0 0 {w} {h}\" width=\"{w}\" height=\"{h}\" role=\"group\" \
             aria-label=\"{}\">\n{}</svg>\n",
            escape(label),
            self.out
        )
    }

    /// The whole file.
    pub fn finish(self, class: &str, width: f64, height: f64, title: &str, desc: &str) -> String {
        let (w, h) = (num(width.floor()), num(height.floor()));
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"{class}\" \
             viewBox=\"0 0 {w} {h}\" width=\"{w}\" height=\"{h}\" role=\"img\">\n\
             <title>{}</title>\n<desc>{}</desc>\n{}</svg>\n",
            escape(title),
            escape(desc),
            self.out
        )
    }
}

impl Picture {
    /// The whole file, of a picture whose parts are buttons.
    pub fn finish_group(self, class: &str, width: f64, height: f64, label: &str) -> String {
        let (w, h) = (num(width.floor()), num(height.floor()));
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"{class}\" viewBox=\"0 0 {w} {h}\" \
             width=\"{w}\" height=\"{h}\" role=\"group\" aria-label=\"{}\">\n{}</svg>\n",
            escape(label),
            self.out
        )
    }
}

/// A number with at most one digit behind the point.
pub(super) fn num(value: f64) -> String {
    // In whole tenths: the formatting of floating-point numbers is larger than all that is drawn here.
    let tenths = (value * 10.0).round() as i64;
    let sign = if tenths < 0 { "-" } else { "" };
    let (whole, tenth) = (tenths.unsigned_abs() / 10, tenths.unsigned_abs() % 10);
    match tenth {
        0 => format!("{sign}{whole}"),
        _ => format!("{sign}{whole}.{tenth}"),
    }
}

/// Text inside an element or an attribute; characters that XML has not are left out.
pub(super) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\t' | '\n' | '\r' => out.push(' '),
            c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => {}
            c => out.push(c),
        }
    }
    out
}

/// The width that a text takes, at most.
pub(super) fn width_of(text: &str) -> f64 {
    text.chars().count() as f64 * CHARACTER
}

/// The width that a text takes in the proportional font, which is narrower.
pub(super) fn width_of_label(text: &str) -> f64 {
    let narrow = |c: &char| {
        matches!(
            c,
            'i' | 'j'
                | 'l'
                | 't'
                | 'f'
                | 'r'
                | '.'
                | ','
                | ':'
                | ' '
                | '['
                | ']'
                | '('
                | ')'
                | '\''
        )
    };
    let thin = text.chars().filter(narrow).count() as f64;
    text.chars().count() as f64 * CHARACTER - thin * 2.4
}

/// The text, cut with an ellipsis to what `width` pixels hold.
pub(super) fn fit(text: &str, width: f64) -> String {
    let most = (width / CHARACTER).floor().max(1.0) as usize;
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let mut out: String = text.chars().take(most.saturating_sub(1)).collect();
    out.push('…');
    out
}

/// The same in the proportional font.
pub(super) fn fit_label(text: &str, width: f64) -> String {
    let mut kept = text.to_owned();
    while !kept.is_empty() && width_of_label(&kept) > width {
        kept.pop();
    }
    if kept.len() < text.len() {
        kept.pop();
        kept.push('…');
    }
    kept
}
