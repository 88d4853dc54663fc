//! The link: the whole state of a session in a URL's fragment.
//!
//! ```text
//! #/<scenario>?v=1&cpu=arm&srcu=fast&off=reader-mb,wait:none&do=0:3r.1:2d&at=12&view=embed&tab=lab&z=…
//! ```
//! Every part may be missing. Version 1 is this; a later version may add keys,
//! and a reader of version 1 passes over them.

use std::fmt;
use std::fmt::Write;

use machine::{CpuModel, SrcuFlavour, StepName};

/// The version of the schema that is written.
pub const VERSION: u32 = 1;

/// Most steps that a link may hold; more are left out.
pub const MAX_STEPS: usize = 10_000;

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
    /// `tab=`: the tool that is open; none for the first. What there is to open is the page's business.
    pub tab: Option<String>,
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
    /// What is wrong with it, one clause.
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
        let mut link = Link::default();
        let mut problems = Vec::new();
        let text = fragment.strip_prefix('#').unwrap_or(fragment);
        let (path, query) = text.split_once('?').unwrap_or((text, ""));
        let path = decode(path.trim_start_matches('/').trim_end_matches('/'), false);
        if is_id(&path) {
            link.scenario = path;
        } else {
            let message = "a scenario's name has letters, digits, -, _, . and / only";
            problems.push(LinkProblem::new("path", &path, message));
        }
        let mut seen: Vec<&str> = Vec::new();
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
            if seen.contains(&key) {
                let message = format!("{} is given twice; the first one counts", short(key));
                problems.push(LinkProblem::new(&short(key), value, &message));
                continue;
            }
            seen.push(key);
            link.read(key, &decode(value, true), &mut problems);
        }
        (link, problems)
    }

    fn read(&mut self, key: &str, value: &str, problems: &mut Vec<LinkProblem>) {
        let mut wrong = |part: &str, message: &str| {
            problems.push(LinkProblem::new(key, part, message));
        };
        match key {
            "v" => match value.parse::<u32>() {
                Ok(VERSION) => {}
                Ok(_) => wrong(
                    value,
                    "made by another version of this page; what it knows is shown",
                ),
                Err(_) => wrong(value, &format!("“{}” is no version number", short(value))),
            },
            "cpu" => match CpuModel::by_id(value) {
                Some(model) => self.cpu = Some(model),
                None => {
                    let ids: Vec<&str> = CpuModel::ALL.iter().map(|m| m.id).collect();
                    let there = ids.join(", ");
                    let value = short(value);
                    wrong(
                        &value,
                        &format!("there is no CPU model “{value}”; there are {there}"),
                    );
                }
            },
            "srcu" => match SrcuFlavour::by_id(value) {
                Some(flavour) => self.srcu = Some(flavour),
                None => {
                    let value = short(value);
                    wrong(
                        &value,
                        &format!("there is no SRCU “{value}”; there are tree and fast"),
                    );
                }
            },
            "off" => {
                let mut items = Vec::new();
                for item in value.split(',').filter(|item| !item.is_empty()) {
                    if is_toggle(item) {
                        items.push(item.to_owned());
                    } else {
                        wrong(
                            item,
                            &format!("“{}” is not the name of a toggle", short(item)),
                        );
                    }
                }
                self.off = Some(items);
            }
            "do" => self.read_steps(value, problems),
            "at" => match value.parse() {
                Ok(at) if is_number(value) => self.at = Some(at),
                _ => wrong(
                    value,
                    &format!("“{}” is not a number of steps", short(value)),
                ),
            },
            "view" if is_word(value) => self.view = Some(value.to_owned()),
            "view" => wrong(
                value,
                &format!("“{}” is not the name of a view", short(value)),
            ),
            "tab" if is_word(value) => self.tab = Some(value.to_owned()),
            "tab" => wrong(
                value,
                &format!("“{}” is not the name of a tab", short(value)),
            ),
            "z" if is_base64(value) => self.z = Some(value.to_owned()),
            "z" => wrong(value, "the test in this link is damaged"),
            _ => {}
        }
    }

    /// A bad step is left out; the replay then says how far the rest still goes.
    fn read_steps(&mut self, value: &str, problems: &mut Vec<LinkProblem>) {
        for (number, name) in value.split('.').filter(|name| !name.is_empty()).enumerate() {
            if number == MAX_STEPS {
                let message = format!("the schedule is cut after {MAX_STEPS} steps");
                problems.push(LinkProblem::new("do", name, &message));
                return;
            }
            match name.parse() {
                Ok(step) => self.steps.push(step),
                Err(error) => {
                    let message = format!("step {}: {error}", number + 1);
                    problems.push(LinkProblem::new("do", name, &message));
                }
            }
        }
    }
}

impl fmt::Display for Link {
    /// The fragment, with `#`. Characters that step names and toggles use stand
    /// as they are; everything else is percent-encoded.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#/{}?v={VERSION}", encode(&self.scenario))?;
        if let Some(cpu) = self.cpu {
            write!(f, "&cpu={}", cpu.id)?;
        }
        if let Some(srcu) = self.srcu {
            write!(f, "&srcu={}", srcu.id())?;
        }
        if let Some(off) = &self.off {
            let items: Vec<String> = off.iter().map(|item| encode(item)).collect();
            write!(f, "&off={}", items.join(","))?;
        }
        if !self.steps.is_empty() {
            let names: Vec<String> = self.steps.iter().map(StepName::to_string).collect();
            write!(f, "&do={}", names.join("."))?;
        }
        if let Some(at) = self.at {
            write!(f, "&at={at}")?;
        }
        if let Some(view) = &self.view {
            write!(f, "&view={}", encode(view))?;
        }
        if let Some(tab) = &self.tab {
            write!(f, "&tab={}", encode(tab))?;
        }
        if let Some(z) = &self.z {
            write!(f, "&z={}", encode(z))?;
        }
        Ok(())
    }
}

fn short(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(40).collect()
}

fn is_id(text: &str) -> bool {
    text.len() <= 200
        && text
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.' | b'/'))
}

fn is_word(text: &str) -> bool {
    !text.is_empty()
        && text.len() <= 40
        && text
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}

/// `reader-mb` or `wait:none`.
fn is_toggle(text: &str) -> bool {
    let (name, position) = text.split_once(':').unwrap_or((text, "on"));
    let word = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_');
    let good = |t: &str| !t.is_empty() && t.len() <= 64 && t.bytes().all(word);
    good(name) && good(position)
}

fn is_base64(text: &str) -> bool {
    !text.is_empty()
        && text
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'='))
}

/// Percent-encodes all but letters, digits and the marks that names use.
fn encode(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' => out.push(char::from(byte)),
            b'-' | b'_' | b'.' | b':' | b'~' | b'/' | b'=' => out.push(char::from(byte)),
            other => {
                // Writing to a string does not fail.
                let _ = write!(out, "%{other:02X}");
            }
        }
    }
    out
}

/// Undoes percent-encoding; a percent sign without two digits stands for itself,
/// and what is no UTF-8 becomes a replacement character.
fn decode(text: &str, plus: bool) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        let digit = |i: usize| bytes.get(i).and_then(|b| char::from(*b).to_digit(16));
        match (byte, digit(at + 1), digit(at + 2)) {
            (b'%', Some(high), Some(low)) => {
                out.push((high * 16 + low) as u8);
                at += 3;
                continue;
            }
            (b'+', ..) if plus => out.push(b' '),
            (other, ..) => out.push(*other),
        }
        at += 1;
    }
    String::from_utf8_lossy(&out).into_owned()
}
