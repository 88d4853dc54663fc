//! The built-in scenarios as the page opens them.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::Arc;

use lessons::Lesson;
use litmus::Test;
use session::{Link, LinkProblem, Session};

use crate::browser::engine;

/// A scenario whose text is there.
#[derive(Clone)]
struct Loaded {
    lesson: &'static Lesson,
    source: Arc<str>,
    test: Arc<Test>,
}

thread_local! {
    /// The scenarios whose texts are there, by id.
    static LOADED: RefCell<BTreeMap<&'static str, Loaded>> = const { RefCell::new(BTreeMap::new()) };
}

/// The scenario whose text has to be loaded before a link can be opened.
pub fn missing(fragment: &str) -> Option<&'static str> {
    let (link, _) = Link::parse(fragment);
    if link.z.is_some() {
        return None;
    }
    missing_id(&link.scenario)
}

/// The scenario itself, when there is one with this id and its text has to be loaded.
pub fn missing_id(id: &str) -> Option<&'static str> {
    let lesson = lessons::by_id(id)?;
    loaded(lesson).is_none().then_some(lesson.id)
}

/// Loads a scenario. False when it cannot be had.
pub async fn load(id: &'static str) -> bool {
    let found = engine::scenario(id).await.ok();
    let lesson = lessons::by_id(id);
    let kept = found.zip(lesson).and_then(|((source, packed), lesson)| {
        let test = litmus::packed::unpack(&packed).ok()?;
        Some(keep(lesson, &source, test))
    });
    kept.is_some()
}

fn keep(lesson: &'static Lesson, source: &str, test: Test) -> Loaded {
    let loaded = Loaded {
        lesson,
        source: source.into(),
        test: Arc::new(test),
    };
    LOADED.with_borrow_mut(|all| all.insert(lesson.id, loaded.clone()));
    loaded
}

/// The scenario that the page opens with has been read when the page was built.
fn opening(lesson: &'static Lesson) -> Option<Loaded> {
    let test = litmus::packed::unpack(lessons::OPENING_PACKED).ok()?;
    Some(keep(lesson, lessons::OPENING_SOURCE, test))
}

fn loaded(lesson: &'static Lesson) -> Option<Loaded> {
    let known = LOADED.with_borrow(|all| all.get(lesson.id).cloned());
    known.or_else(|| (lesson.id == lessons::OPENING).then(|| opening(lesson))?)
}

/// A session that was opened by a link.
pub struct Opened {
    /// The session.
    pub lab: Session,
    /// What could not be understood, for people.
    pub problems: Vec<String>,
    /// `view=embed`.
    pub embed: bool,
    /// `view=present`.
    pub present: bool,
    /// `tab=` of the link.
    pub tab: Option<String>,
    /// The test that the link carries, still packed, and what the link says of it.
    pub own: Option<(String, Link)>,
}

/// Opens the fragment of an address, as far as it goes.
pub fn open(fragment: &str) -> Opened {
    let (mut link, found) = Link::parse(fragment);
    let mut problems: Vec<String> = found.iter().map(describe).collect();
    let tab = link.tab.clone();
    let embed = link.view.as_deref() == Some("embed");
    let present = link.view.as_deref() == Some("present");
    let own = link.z.take().map(|z| {
        let own = Link {
            scenario: String::new(),
            ..link.clone()
        };
        // What the link says of its own test means nothing for another.
        link = Link {
            view: link.view.clone(),
            ..Link::default()
        };
        (z, own)
    });
    let scenario = if link.scenario.is_empty() {
        first()
    } else {
        let lesson = lessons::by_id(&link.scenario);
        lesson.and_then(loaded).unwrap_or_else(|| {
            let id = clipped(&link.scenario);
            let title = first().lesson.title;
            problems.push(match lesson {
                None => format!("There is no scenario “{id}”; this is “{title}” instead."),
                Some(_) => {
                    format!("The scenario “{id}” could not be loaded; this is “{title}” instead.")
                }
            });
            // What the link says of another scenario means nothing here.
            link = Link {
                view: link.view.clone(),
                ..Link::default()
            };
            first()
        })
    };
    scenario.lesson.id.clone_into(&mut link.scenario);
    let lab = match Session::open_link(&link, Arc::clone(&scenario.test)) {
        Ok((lab, found)) => {
            problems.extend(found.iter().map(describe));
            lab.with_source(&scenario.source)
        }
        Err(error) => {
            problems.push(format!("This link cannot be opened: {error}"));
            fresh(&scenario)
        }
    };
    Opened {
        lab,
        problems,
        embed,
        present,
        tab: tab.filter(|_| own.is_none()),
        own,
    }
}

/// The tab that a scenario opens with, where that is not the first.
pub fn tab(id: &str) -> Option<&'static str> {
    lessons::by_id(id)?.tab
}

/// A scenario in its opening setting; the first one when there is none with this id, or it is not loaded.
pub fn by_id(id: &str) -> Session {
    fresh(&lessons::by_id(id).and_then(loaded).unwrap_or_else(first))
}

fn first() -> Loaded {
    lessons::by_id(lessons::OPENING)
        .and_then(loaded)
        .expect("the build script of `lessons` has packed the opening scenario")
}

fn fresh(scenario: &Loaded) -> Session {
    Session::new(scenario.lesson.id.to_owned(), Arc::clone(&scenario.test))
        .expect("the tests of `lessons` open every scenario")
        .with_source(&scenario.source)
}

fn describe(problem: &LinkProblem) -> String {
    problem.to_string()
}

fn clipped(text: &str) -> String {
    text.chars().take(40).collect()
}
