//! Tests to begin with: the well-known shapes, as short as they can be, for the litmus lab.

/// A test to begin with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Template {
    /// The name of the test.
    pub id: &'static str,
    /// What the shape is called.
    pub title: &'static str,
    /// The litmus file.
    pub source: &'static str,
}

macro_rules! template {
    ($id:literal, $title:literal) => {
        Template {
            id: $id,
            title: $title,
            source: include_str!(concat!("../templates/", $id, ".litmus")),
        }
    };
}

/// Every template, the simplest first.
pub const TEMPLATES: &[Template] = &[
    template!("SB", "store buffering"),
    template!("MP", "message passing"),
    template!("LB", "load buffering"),
    template!("S", "store after load"),
    template!("R", "store and load race"),
    template!("2+2W", "two stores each"),
    template!("WRC", "write-to-read causality"),
    template!("IRIW", "two readers disagree"),
    template!("ISA2", "a chain of messages"),
    template!("publish", "contents before pointer"),
    template!("SRCU", "the grace period's guarantee"),
];
