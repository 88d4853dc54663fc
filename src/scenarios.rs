//! The built-in scenarios as the page opens them.

use std::sync::Arc;

use lessons::Lesson;
use scene::{Lab, Link, LinkProblem, packed};

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
    /// The text of a test that the link carries and that cannot be opened.
    pub text: Option<String>,
}

/// Opens the fragment of an address, as far as it goes.
pub fn open(fragment: &str) -> Opened {
    let (mut link, found) = Link::parse(fragment);
    let mut problems: Vec<String> = found.iter().map(describe).collect();
    let tab = link.tab.clone();
    let embed = link.view.as_deref() == Some("embed");
    let mut text = None;
    if let Some(z) = &link.z {
        match own(z, &link) {
            Ok((lab, found)) => {
                problems.extend(found.iter().map(describe));
                return Opened {
                    lab,
                    problems,
                    embed,
                    tab,
                    text,
                };
            }
            Err((problem, unpacked)) => {
                problems.push(problem);
                text = unpacked;
                // What the link says of its own test means nothing for another.
                link = Link {
                    view: link.view.clone(),
                    ..Link::default()
                };
            }
        }
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
        text,
    }
}

/// A session with the test that a link carries.
///
/// # Errors
/// Why not, and the text when there is one.
fn own(z: &str, link: &Link) -> Result<(Lab, Vec<LinkProblem>), (String, Option<String>)> {
    let text = packed::unpack(z).map_err(|error| (format!("z: {error}"), None))?;
    let parsed = litmus::parse(&text);
    let Some(test) = parsed.test else {
        let first = parsed.diagnostics.first();
        let problem = match first {
            Some(d) => format!(
                "z: the test in this link has errors; line {}: {}",
                d.line, d.message
            ),
            None => "z: the test in this link has errors".to_owned(),
        };
        return Err((problem, Some(text)));
    };
    let link = Link {
        scenario: String::new(),
        ..link.clone()
    };
    match Lab::open_link(&link, Arc::new(test)) {
        Ok((lab, found)) => Ok((lab.with_source(&text), found)),
        Err(error) => {
            let problem = format!("z: this machine cannot run the test in this link: {error}");
            Err((problem, Some(text)))
        }
    }
}

/// The tab that a scenario opens with, where that is not the first.
pub fn tab(id: &str) -> Option<&'static str> {
    lessons::by_id(id)?.tab
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
