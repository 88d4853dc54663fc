//! The built-in scenarios: `scenarios/*.litmus`, in the order of `course.toml`.
//!
//! Architecture invariant: this crate reads no file. `build.rs` has run the
//! parser over every scenario and stops the build on any diagnostic; what is
//! compiled in are the texts.

//!
//! Without the feature `texts` only the opening scenario has its text; of the others there is what a list shows. The
//! page is such a list: it loads a text when it is wanted.

mod templates;

#[cfg(feature = "texts")]
use std::sync::{Arc, OnceLock};

#[cfg(feature = "texts")]
use litmus::Test;

pub use templates::{TEMPLATES, Template};

/// The scenario that a page without a link opens with.
pub const OPENING: &str = "missed-doorbell";

/// Its text.
pub const OPENING_SOURCE: &str = include_str!("../../../scenarios/missed-doorbell.litmus");

/// The same as a test that needs no parser, for [`litmus::packed::unpack`]; packed by the build script.
pub const OPENING_PACKED: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/opening.packed"));

/// One scenario of the course.
#[derive(Debug)]
pub struct Lesson {
    /// Its name in links: the name of the file and of the test.
    pub id: &'static str,
    /// The title of the chapter that it stands in.
    pub chapter: &'static str,
    /// The tab of the page that it opens with, where that is not the first.
    pub tab: Option<&'static str>,
    /// The title for people; the id when the file gives none.
    pub title: &'static str,
    /// The litmus file.
    #[cfg(feature = "texts")]
    pub source: &'static str,
    #[cfg(feature = "texts")]
    test: OnceLock<Arc<Test>>,
}

include!(concat!(env!("OUT_DIR"), "/lessons.rs"));

/// Every lesson, in the order of the course.
#[must_use]
pub fn all() -> &'static [Lesson] {
    &LESSONS
}

/// The lesson with this id.
#[must_use]
pub fn by_id(id: &str) -> Option<&'static Lesson> {
    LESSONS.iter().find(|lesson| lesson.id == id)
}

#[cfg(feature = "texts")]
impl Lesson {
    /// The scenario as a program; parsed when first asked for.
    #[expect(
        clippy::missing_panics_doc,
        reason = "build.rs has parsed the same text"
    )]
    pub fn test(&self) -> Arc<Test> {
        let parse = || {
            let test = litmus::parse(self.source).test;
            Arc::new(test.expect("build.rs has parsed the same text"))
        };
        Arc::clone(self.test.get_or_init(parse))
    }
}
