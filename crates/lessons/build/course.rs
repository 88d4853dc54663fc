//! `course.toml`: chapters, each with a title and a list of lessons. The file
//! uses this much of TOML: comments, `[[chapter]]`, `key = "text"` and
//! `key = ["text", …]`, the list on one line or several, and `tab.<lesson> = "text"`.

use std::fmt;

/// A chapter.
#[derive(Debug, Default, PartialEq)]
pub struct Chapter {
    /// Its title.
    pub title: String,
    /// The ids of its lessons, in order.
    pub lessons: Vec<String>,
    /// The tab of the page that a lesson opens with, where it is not the first: lesson, tab.
    pub tabs: Vec<(String, String)>,
}

/// What is wrong, and in which line.
#[derive(Debug, PartialEq)]
pub struct Error {
    line: usize,
    message: String,
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "error: scenarios/course.toml:{}: {}",
            self.line, self.message
        )
    }
}

/// Reads the file.
pub fn read(text: &str) -> Result<Vec<Chapter>, Error> {
    let mut chapters: Vec<Chapter> = Vec::new();
    let mut lines = text.lines().zip(1..);
    while let Some((line, number)) = lines.next() {
        let error = |message: &str| Error {
            line: number,
            message: message.to_string(),
        };
        let line = without_comment(line).trim();
        if line.is_empty() {
            continue;
        }
        if line == "[[chapter]]" {
            chapters.push(Chapter::default());
            continue;
        }
        let (key, value) = line
            .split_once('=')
            .ok_or_else(|| error("expected `[[chapter]]` or `key = value`"))?;
        let chapter = chapters
            .last_mut()
            .ok_or_else(|| error("a key stands below a `[[chapter]]`"))?;
        let mut value = value.trim().to_string();
        while value.starts_with('[') && !value.ends_with(']') {
            let (more, _) = lines
                .next()
                .ok_or_else(|| error("this list is never closed"))?;
            value.push(' ');
            value.push_str(without_comment(more).trim());
        }
        match key.trim() {
            "title" => chapter.title = string(&value).ok_or_else(|| error("expected a text"))?,
            "lessons" => {
                chapter.lessons = list(&value).ok_or_else(|| error("expected a list of texts"))?;
            }
            other => {
                let Some(lesson) = other.strip_prefix("tab.") else {
                    return Err(error(&format!("there is no key `{other}`")));
                };
                let tab = string(&value).ok_or_else(|| error("expected a text"))?;
                chapter.tabs.push((lesson.to_string(), tab));
            }
        }
    }
    Ok(chapters)
}

/// Every chapter has a title and lessons; every file stands in one chapter.
pub fn check<'a>(chapters: &[Chapter], files: impl Iterator<Item = &'a str>) -> Vec<String> {
    let files: Vec<&str> = files.collect();
    let mut errors = Vec::new();
    let mut seen: Vec<&str> = Vec::new();
    let mut error =
        |message: String| errors.push(format!("error: scenarios/course.toml: {message}"));
    for chapter in chapters {
        if chapter.title.is_empty() || chapter.lessons.is_empty() {
            error("a chapter has a title and lessons".to_string());
        }
        for (id, tab) in &chapter.tabs {
            if !chapter.lessons.contains(id) {
                error(format!(
                    "the tab `{tab}` is for `{id}`, which is no lesson of its chapter"
                ));
            }
        }
        for id in &chapter.lessons {
            if !files.contains(&id.as_str()) {
                error(format!("there is no file `{id}.litmus`"));
            }
            if seen.contains(&id.as_str()) {
                error(format!("`{id}` is listed twice"));
            }
            seen.push(id);
        }
    }
    for id in files {
        if !seen.contains(&id) {
            error(format!("`{id}.litmus` is in no chapter"));
        }
    }
    errors
}

fn without_comment(line: &str) -> &str {
    let mut quoted = false;
    let end = line.char_indices().find(|(_, c)| {
        quoted ^= *c == '"';
        *c == '#' && !quoted
    });
    end.map_or(line, |(at, _)| &line[..at])
}

/// `"text"`, without escapes.
fn string(value: &str) -> Option<String> {
    let inner = value.strip_prefix('"')?.strip_suffix('"')?;
    (!inner.contains(['"', '\\'])).then(|| inner.to_string())
}

fn list(value: &str) -> Option<Vec<String>> {
    let inner = value.strip_prefix('[')?.strip_suffix(']')?.trim();
    inner
        .trim_end_matches(',')
        .split(',')
        .map(|item| string(item.trim()))
        .collect()
}
