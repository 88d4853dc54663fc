//! Draws what a page or a command asks for: one function for each [`Panel`].

use litmus::Test;
use protocol::draw::{
    Drawn, DrawnGraph, DrawnRelation, DrawnRun, GraphOptions, HardwareOptions, Panel, PictureOf,
    Text, TextOf, TimelineOptions,
};
use protocol::{Family, Graph, Relation};
use session::Session;

use crate::graph;
use crate::{Hardware, RunGraph, svg};

/// Draws a panel of a session.
#[must_use]
pub fn draw(session: &Session, panel: &Panel) -> Drawn {
    match panel {
        Panel::Hardware(options) => hardware(session, *options),
        Panel::Timeline(options) => timeline(session, *options),
        Panel::RunGraph(options) => Drawn::RunGraph(run_graph(session, *options)),
        Panel::Picture(of, theme) => {
            Drawn::Picture(svg::standalone_svg(&picture(session, *of), *theme))
        }
        Panel::Text(of) => Drawn::Text(text(session, *of)),
    }
}

fn hardware(session: &Session, options: HardwareOptions) -> Drawn {
    let hardware = Hardware::of(session, &session.view());
    Drawn::Hardware {
        svg: svg::hardware_svg(&hardware, options),
        words: crate::hardware_words(&hardware),
    }
}

/// The names stand beside the diagram, which has the rest of the width.
fn timeline(session: &Session, mut options: TimelineOptions) -> Drawn {
    let view = session.view();
    let names = svg::timeline_names_svg(&view, options);
    if !options.names {
        options.width = options.width.saturating_sub(svg::width(&names)).max(200);
    }
    Drawn::Timeline {
        lanes: svg::timeline_svg(&view, options),
        names,
    }
}

fn run_graph(session: &Session, options: GraphOptions) -> DrawnRun {
    let run = RunGraph::of(session);
    DrawnRun {
        graph: execution(&run.graph, options),
        sentence: run.sentence,
        links: run.links,
    }
}

/// Draws an execution.
#[must_use]
pub fn execution(graph: &Graph, options: GraphOptions) -> DrawnGraph {
    let on = |relation: &Relation| {
        relation.usual != (options.flipped.wrapping_shr(relation.number) & 1 == 1)
    };
    let shown = |name: &str| graph.relations.iter().any(|r| r.name == name && on(r));
    DrawnGraph {
        svg: match options.interactive {
            true => svg::graph_controls_svg(graph, &shown),
            false => svg::graph_svg(graph, &shown),
        },
        relations: graph
            .relations
            .iter()
            .map(|relation| DrawnRelation {
                number: relation.number,
                name: relation.name.clone(),
                family: relation.family,
                meaning: meaning(relation.family).to_owned(),
                usual: relation.usual,
            })
            .collect(),
        events: graph::event_texts(graph),
        edges: graph::edge_texts(graph, &shown),
    }
}

fn meaning(family: Family) -> &'static str {
    match family {
        Family::Po => "program order",
        Family::Rf => "reads from: from a store to the load that finds its value",
        Family::Co => "coherence: the order of the stores to one location",
        Family::Fr => "from a load to the store that replaces what it found",
        Family::Dep => "a dependency, or the two halves of an atomic",
        Family::Derived => "what the model derives from the others",
    }
}

/// A picture of a session, without a style of its own.
#[must_use]
pub fn picture(session: &Session, of: PictureOf) -> String {
    let view = session.view();
    match of {
        PictureOf::Timeline => svg::timeline_svg(&view, TimelineOptions::default()),
        PictureOf::Hardware => {
            svg::hardware_svg(&Hardware::of(session, &view), HardwareOptions::default())
        }
        PictureOf::Programs => svg::programs_svg(&view),
        PictureOf::Graph => execution(&RunGraph::of(session).graph, GraphOptions::default()).svg,
        PictureOf::Transcript => svg::table_svg(&crate::transcript_picture(&view)),
    }
}

fn text(session: &Session, of: TextOf) -> Text {
    let plain = |text| Text {
        text: Ok(text),
        notes: Vec::new(),
    };
    match of {
        TextOf::Transcript => plain(crate::transcript(&session.view())),
        TextOf::Trace => Text {
            text: Ok(crate::trace_json(session, &session.view())),
            notes: vec!["Schema version 1: docs/trace.md.".to_owned()],
        },
        TextOf::Herd => herd(session.test(), session),
    }
}

fn herd(test: &Test, session: &Session) -> Text {
    let mut notes = vec!["The toggles stand as they do now.".to_owned()];
    let text = litmus::export_herd(test, session.setting())
        .map(|export| {
            notes.extend(export.notes);
            export.text
        })
        .map_err(|error| format!("herd7 cannot be given this test: {error}."));
    Text { text, notes }
}
