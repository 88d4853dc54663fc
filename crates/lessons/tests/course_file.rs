//! The reader of `course.toml`, which only the build uses.

#[path = "../build/course.rs"]
mod course;

use course::{Chapter, check, read};

fn chapter(title: &str, lessons: &[&str]) -> Chapter {
    Chapter {
        title: title.to_string(),
        lessons: lessons.iter().map(|id| (*id).to_string()).collect(),
        tabs: Vec::new(),
    }
}

#[test]
fn chapters_in_order() {
    let text = "# order\n[[chapter]]\ntitle = \"One # two\" # three\nlessons = [\"a\", \"b\"]\n\n\
                [[chapter]]\ntitle = \"Next\"\nlessons = [\n  \"c\", # first\n  \"d\",\n]\n";
    let expected = [
        chapter("One # two", &["a", "b"]),
        chapter("Next", &["c", "d"]),
    ];
    assert_eq!(read(text).as_deref(), Ok(&expected[..]));
}

#[test]
fn a_lesson_with_a_tab() {
    let text = "[[chapter]]\ntitle = \"One\"\nlessons = [\"a-b\"]\ntab.a-b = \"cost\"\n";
    let chapters = read(text).expect("it can be read");
    assert_eq!(chapters[0].tabs, [("a-b".to_string(), "cost".to_string())]);
    assert!(check(&chapters, ["a-b"].into_iter()).is_empty());
    let other = text.replace("tab.a-b", "tab.b");
    let chapters = read(&other).expect("it can be read");
    let said = check(&chapters, ["a-b"].into_iter()).join("\n");
    assert!(said.contains("the tab `cost` is for `b`, which is no lesson of its chapter"));
}

#[test]
fn mistakes_are_named_with_their_line() {
    for (text, message) in [
        ("title = \"One\"", "1: a key stands below a `[[chapter]]`"),
        ("[[chapter]]\ntitel = \"One\"", "2: there is no key `titel`"),
        ("[[chapter]]\ntitle = One", "2: expected a text"),
        ("[[chapter]]\ntab.a = cost", "2: expected a text"),
        ("[[chapter]]\nlessons = [a]", "2: expected a list of texts"),
        (
            "[[chapter]]\nlessons = [\"a\",\n\"b\"",
            "2: this list is never closed",
        ),
        ("[chapter]", "1: expected `[[chapter]]` or `key = value`"),
    ] {
        let error = read(text).expect_err(text).to_string();
        assert_eq!(error, format!("error: scenarios/course.toml:{message}"));
    }
}

#[test]
fn every_file_in_one_chapter() {
    let files = || ["a", "b", "c"].into_iter();
    let good = [chapter("One", &["b", "a"]), chapter("Two", &["c"])];
    assert!(check(&good, files()).is_empty());
    let bad = [chapter("One", &["a", "a", "x"]), chapter("", &["b"])];
    let said = check(&bad, files()).join("\n");
    for message in [
        "`a` is listed twice",
        "there is no file `x.litmus`",
        "a chapter has a title and lessons",
        "`c.litmus` is in no chapter",
    ] {
        assert!(said.contains(message), "{message} is not in:\n{said}");
    }
}
