//! What can be carried away from a session, and how it is called.

use protocol::draw::{PictureOf, TextOf};

/// The pictures, with their names in the page and in files, and their titles.
pub const PICTURES: [(PictureOf, &str, &str); 5] = [
    (PictureOf::Timeline, "timeline", "Timeline"),
    (PictureOf::Hardware, "hardware", "Hardware"),
    (
        PictureOf::Programs,
        "programs",
        "Programs and store buffers",
    ),
    (PictureOf::Graph, "graph", "Execution graph"),
    (PictureOf::Transcript, "transcript", "Transcript"),
];

/// A kind of text that can be copied and saved.
#[derive(Clone, Copy, PartialEq)]
pub struct Kind {
    /// What the engine writes; none for the text of the test, which the page has.
    pub of: Option<TextOf>,
    /// Its name in the page.
    pub id: &'static str,
    /// What it is called.
    pub title: &'static str,
    /// How the name of its file ends.
    pub ending: &'static str,
    /// Its media type.
    pub media: &'static str,
}

const PLAIN: &str = "text/plain;charset=utf-8";

/// The texts.
pub const TEXTS: [Kind; 4] = [
    Kind {
        of: Some(TextOf::Transcript),
        id: "transcript",
        title: "Trace as text",
        ending: ".txt",
        media: PLAIN,
    },
    Kind {
        of: Some(TextOf::Trace),
        id: "json",
        title: "Trace as JSON",
        ending: ".json",
        media: "application/json",
    },
    Kind {
        of: Some(TextOf::Herd),
        id: "herd",
        title: "Litmus test for herd7",
        ending: ".herd.litmus",
        media: PLAIN,
    },
    Kind {
        of: None,
        id: "source",
        title: "Litmus test with its toggles",
        ending: ".litmus",
        media: PLAIN,
    },
];

/// The name of a test as files bear it: it may be called what no file may.
pub fn file_name(test: &str) -> String {
    let safe = |c: char| {
        if c.is_alphanumeric() || "+-_.".contains(c) {
            c
        } else {
            '-'
        }
    };
    test.chars().map(safe).take(60).collect()
}

/// An embed: the laboratory in a frame of another page.
pub fn snippet(address: &str, title: &str, width: u32, height: u32) -> String {
    format!(
        "<iframe src=\"{}\"\n  title=\"Stale Bus: {}\" width=\"{width}\" height=\"{height}\"\n  \
         sandbox=\"allow-scripts\" loading=\"lazy\" referrerpolicy=\"no-referrer\"></iframe>\n",
        escape(address),
        escape(title)
    )
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('"', "&quot;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}
