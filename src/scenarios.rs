//! The built-in scenarios as the page opens them.

use lessons::Lesson;
use scene::{Lab, Link, LinkProblem};

/// What a page without a link opens with.
const FIRST: &str = "missed-doorbell";

/// A session that was opened by a link.
pub struct Opened {
    /// The session.
    pub lab: Lab,
    /// What could not be understood, for people.
    pub problems: Vec<String>,
    /// `view=` of the link.
    pub embed: bool,
    /// `tab=` of the link.
    pub tab: Option<String>,
}

/// Opens the fragment of an address, as far as it goes.
pub fn open(fragment: &str) -> Opened {
    let (mut link, found) = Link::parse(fragment);
    let mut problems: Vec<String> = found.iter().map(describe).collect();
    let tab = link.tab.clone();
    let embed = link.view.as_deref() == Some("embed");
    if link.z.is_some() {
        problems.push(
            "This link carries a test of its own, which this page cannot open yet.".to_owned(),
        );
    }
    let lesson = if link.scenario.is_empty() {
        first()
    } else {
        lessons::by_id(&link.scenario).unwrap_or_else(|| {
            problems.push(format!(
                "There is no scenario “{}”; this is “{}” instead.",
                clipped(&link.scenario),
                first().title()
            ));
            // What the link says of another scenario means nothing here.
            link = Link {
                view: link.view.clone(),
                ..Link::default()
            };
            first()
        })
    };
    lesson.id.clone_into(&mut link.scenario);
    let lab = match Lab::open_link(&link, lesson.test()) {
        Ok((lab, found)) => {
            problems.extend(found.iter().map(describe));
            lab.with_source(lesson.source)
        }
        Err(error) => {
            problems.push(format!("This link cannot be opened: {error}"));
            fresh(lesson)
        }
    };
    Opened {
        lab,
        problems,
        embed,
        tab,
    }
}

/// A scenario in its opening setting; the first one when there is none with this id.
pub fn by_id(id: &str) -> Lab {
    fresh(lessons::by_id(id).unwrap_or_else(first))
}

fn first() -> &'static Lesson {
    lessons::by_id(FIRST).unwrap_or(&lessons::all()[0])
}

fn fresh(lesson: &'static Lesson) -> Lab {
    Lab::new(lesson.id.to_owned(), lesson.test())
        .expect("the tests of `lessons` open every scenario")
        .with_source(lesson.source)
}

fn describe(problem: &LinkProblem) -> String {
    problem.to_string()
}

fn clipped(text: &str) -> String {
    text.chars().take(40).collect()
}
