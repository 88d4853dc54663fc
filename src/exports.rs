//! What can be carried away from a session: pictures, traces, tests. Worked out only while the tool is open.

use std::cell::RefCell;
use std::rc::Rc;

use picture::{HardwareOptions, RunGraph, TimelineOptions};
use session::{Session, View};
use yew::AttrValue;

use crate::seen::Seen;

/// A text that can be copied and saved.
#[derive(Clone, PartialEq)]
pub struct Text {
    /// Its name in the page.
    pub id: &'static str,
    /// What it is called.
    pub title: &'static str,
    /// The name of its file.
    pub file: String,
    /// Its media type.
    pub kind: &'static str,
    /// The text; or why there is none.
    pub text: Result<AttrValue, AttrValue>,
    /// What is to be known of it.
    pub notes: Vec<String>,
}

/// A picture, without a style of its own.
#[derive(Clone, PartialEq)]
pub struct Picture {
    /// Its name in the page and in its file's name.
    pub id: &'static str,
    /// What it shows.
    pub title: &'static str,
    /// The SVG.
    pub svg: String,
}

/// See the module.
pub struct Exports {
    /// What the test is called, for the names of files.
    pub name: String,
    /// The title for people.
    pub title: String,
    /// The pictures.
    pub pictures: Vec<Picture>,
    /// The texts.
    pub texts: Vec<Text>,
}

/// The exports of the present view, worked out once.
#[derive(Default)]
pub struct Cache(RefCell<Option<(Seen, Rc<Exports>)>>);

impl Cache {
    /// The exports of a session; `view` is its present view.
    pub fn get(&self, lab: &Session, view: &Seen, graph: &RunGraph) -> Rc<Exports> {
        let mut known = self.0.borrow_mut();
        match known.as_ref() {
            Some((of, exports)) if of == view => Rc::clone(exports),
            _ => {
                let exports = Rc::new(Exports::of(lab, view, graph));
                *known = Some((view.clone(), Rc::clone(&exports)));
                exports
            }
        }
    }
}

impl Exports {
    fn of(lab: &Session, view: &Seen, graph: &RunGraph) -> Exports {
        let name = file_name(&lab.test().name);
        let graph = &graph.graph;
        let usual = |name: &str| {
            let mut relations = graph.relations.iter();
            relations.any(|relation| relation.name == name && relation.usual)
        };
        let picture = |id, title, svg| Picture { id, title, svg };
        let pictures = vec![
            picture(
                "timeline",
                "Timeline",
                picture::timeline_svg(view, TimelineOptions::default()),
            ),
            picture(
                "hardware",
                "Hardware",
                picture::hardware_svg(view.hardware(), HardwareOptions::default()),
            ),
            picture(
                "programs",
                "Programs and store buffers",
                picture::programs_svg(view),
            ),
            picture(
                "graph",
                "Execution graph",
                picture::graph_svg(graph, &usual),
            ),
            picture(
                "transcript",
                "Transcript",
                picture::table_svg(&picture::transcript_picture(view)),
            ),
        ];
        Exports {
            texts: texts(lab, view, &name),
            title: view.title.clone(),
            name,
            pictures,
        }
    }
}

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

fn texts(lab: &Session, view: &View, name: &str) -> Vec<Text> {
    let plain = "text/plain;charset=utf-8";
    let herd = litmus::export_herd(lab.test(), lab.setting());
    let mut notes: Vec<String> = vec!["The toggles stand as they do now.".to_owned()];
    let herd = herd
        .map(|export| {
            notes.extend(export.notes);
            AttrValue::from(export.text)
        })
        .map_err(|error| AttrValue::from(format!("herd7 cannot be given this test: {error}.")));
    let source = lab
        .source()
        .map(|source| AttrValue::from(source.to_owned()));
    let text = |id, title, file: String, kind, text, notes| Text {
        id,
        title,
        file,
        kind,
        text,
        notes,
    };
    vec![
        text(
            "transcript",
            "Trace as text",
            format!("{name}.txt"),
            plain,
            Ok(picture::transcript(view).into()),
            Vec::new(),
        ),
        text(
            "json",
            "Trace as JSON",
            format!("{name}.json"),
            "application/json",
            Ok(picture::trace_json(lab, view).into()),
            vec!["Schema version 1: docs/trace.md.".to_owned()],
        ),
        text(
            "herd",
            "Litmus test for herd7",
            format!("{name}.herd.litmus"),
            plain,
            herd,
            notes,
        ),
        text(
            "source",
            "Litmus test with its toggles",
            format!("{name}.litmus"),
            plain,
            source.ok_or_else(|| "The text of this test is not known.".into()),
            Vec::new(),
        ),
    ]
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
