//! Which functions may come later, by name.

use std::collections::BTreeSet;

/// Paths of Rust modules, functions or types, a line each: whatever has one of them in its name may come later, unless a line
/// that starts with `not` has a path in it, too. A line that starts with `first` has the path that functions must be of in
/// order to stay in the first half, whatever else is said of them. `#` starts a comment.
///
/// A function is known by the name that the compiler gives it, generic arguments included. Functions of the standard library
/// are known by their callers, and not by their arguments: the compiler makes one function of several that do the same, and
/// its name is that of any one of them. Only a path in that library itself speaks of them.
pub struct Later {
    later: Vec<String>,
    not: Vec<String>,
    first: Vec<String>,
    /// Whole names, by a profile.
    cold: BTreeSet<String>,
    hot: BTreeSet<String>,
}

/// Crates whose functions are made anew for the types of others.
const STANDARD: &[&str] = &["core::", "alloc::", "std::", "hashbrown::"];

impl Later {
    /// Reads the list.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        let (mut later, mut not, mut first) = (Vec::new(), Vec::new(), Vec::new());
        for line in text.lines() {
            let line = line.split('#').next().unwrap_or_default().trim();
            match line.split_once(char::is_whitespace) {
                _ if line.is_empty() => {}
                Some(("not", path)) => not.push(path.trim().to_owned()),
                Some(("first", path)) => first.push(path.trim().to_owned()),
                _ => later.push(line.to_owned()),
            }
        }
        Self {
            later,
            not,
            first,
            cold: BTreeSet::new(),
            hot: BTreeSet::new(),
        }
    }

    /// Adds whole names of functions, a line each: those that a profile has found to be of no use to the first view, and
    /// behind `not ` those that it has found to be of use ([`crate::profile::told`]). They count for more than the paths.
    #[must_use]
    pub fn with_profile(mut self, text: &str) -> Self {
        for line in text.lines() {
            match line.strip_prefix("not ") {
                Some(name) => self.hot.insert(name.to_owned()),
                None => self.cold.insert(line.to_owned()),
            };
        }
        self
    }

    /// Whether a function may come later.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        if self.hot.contains(name) || self.first.iter().any(|path| is_of(name, path)) {
            return false;
        }
        if self.cold.contains(name) {
            return true;
        }
        let standard = standard(name);
        let later = self.later.iter();
        later
            .filter(|path| !standard || STANDARD.iter().any(|own| path.starts_with(own)))
            .any(|path| mentions(name, path))
            && !self.not.iter().any(|path| mentions(name, path))
    }

    /// Paths that no name mentions: a list that has outlived what it speaks of.
    #[must_use]
    pub fn unused<'a>(&self, names: impl Iterator<Item = &'a str> + Clone) -> Vec<&str> {
        let used = |path: &str| names.clone().any(|name| mentions(name, path));
        let first = |path: &str| names.clone().any(|name| is_of(name, path));
        let paths = self.later.iter().chain(&self.not);
        let unused = paths.filter(|path| !used(path));
        let unused = unused.chain(self.first.iter().filter(|path| !first(path)));
        unused.map(String::as_str).collect()
    }
}

/// Whether a function is one of the standard library.
fn standard(name: &str) -> bool {
    STANDARD.iter().any(|own| own_path(name).starts_with(own))
}

/// Whether a function stands in a module, or is one of a type there.
fn is_of(name: &str, path: &str) -> bool {
    let behind = own_path(name).strip_prefix(path);
    behind.is_some_and(|behind| !behind.starts_with(|c: char| c.is_alphanumeric() || c == '_'))
}

/// A name from its first path on, which says whose function it is.
fn own_path(name: &str) -> &str {
    name.trim_start_matches(['<', '&', '[', '*'])
}

/// Whether a name has a path in it that neither goes on before nor behind.
fn mentions(name: &str, path: &str) -> bool {
    let word = |c: char| c.is_alphanumeric() || c == '_';
    name.match_indices(path).any(|(at, _)| {
        let before = name[..at].chars().next_back();
        let behind = name[at + path.len()..].chars().next();
        !before.is_some_and(|c| word(c) || c == ':') && !behind.is_some_and(word)
    })
}

/// A function's name as the lists have it: also without the number that the compiler gives copies.
#[must_use]
pub fn known_as(name: &str) -> String {
    let mut name = plain(name);
    if let Some((before, number)) = name.rsplit_once('.')
        && number.chars().all(|c| c.is_ascii_digit())
    {
        name.truncate(before.len());
    }
    name
}

/// A name without the marks that tell crates of one name apart.
#[must_use]
pub fn plain(name: &str) -> String {
    let mut plain = String::with_capacity(name.len());
    let mut rest = name;
    while let Some((before, mark)) = rest.split_once('[') {
        plain.push_str(before);
        rest = mark;
        match mark.split_once(']') {
            Some((inside, behind))
                if inside.len() >= 8 && inside.chars().all(|c| c.is_ascii_hexdigit()) =>
            {
                rest = behind;
            }
            _ => plain.push('['),
        }
    }
    plain.push_str(rest);
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_stands_alone() {
        let later = Later::parse(
            "stalebus::parts::lab # the editor\n\n# nothing\nnot stalebus::parts::lab::title\n",
        );
        assert!(later.has("stalebus::parts::lab::Lab::view"));
        assert!(
            later.has("<yew::CompStateInner<stalebus::parts::lab::Lab> as yew::Stateful>::view")
        );
        assert!(!later.has("stalebus::parts::lab::title"));
        assert!(!later.has("core::ptr::drop_in_place::<stalebus::parts::lab::Lab>"));
        assert!(!later.has("stalebus::parts::label::Label::view"));
        assert!(!later.has("other::stalebus::parts::lab::view"));
    }

    #[test]
    fn the_standard_library_is_known_by_its_own_paths() {
        let later = Later::parse("core::slice::sort\nscene::matrix");
        assert!(later.has("core::slice::sort::stable::drift::<scene::Line>"));
        assert!(later.has("<scene::matrix::Cell as core::clone::Clone>::clone"));
        assert!(!later.has("<alloc::vec::Vec<scene::matrix::Cell>>::push"));
    }

    #[test]
    fn marks_of_crates_go() {
        assert_eq!(plain("core[c5930c85a12de822]::str::new"), "core::str::new");
        assert_eq!(
            plain("<[u8] as a[0123456789abcdef]::B>::c"),
            "<[u8] as a::B>::c"
        );
        assert_eq!(
            plain("<[core[c5930c85a12de822]::u[c5930c85a12de822]]>::d"),
            "<[core::u]>::d"
        );
        assert_eq!(plain("<[[u8]; 4]>::e::<[0]>"), "<[[u8]; 4]>::e::<[0]>");
        for odd in [
            "a[0123",
            "a[0123456789abcdef",
            "a[",
            "[",
            "]",
            "a[é",
            "a[é]]",
            "é[[[",
            "",
        ] {
            assert_eq!(plain(odd), odd);
        }
    }

    #[test]
    fn a_line_is_a_path_an_exception_or_a_comment() {
        let text = "\n  a::b  \r\nnot\ta::b::c\n  # d\n#e\nf#g\nnot  h # i\nnothing::j\n   \nnot";
        let later = Later::parse(text);
        assert_eq!(later.later, ["a::b", "f", "nothing::j", "not"]);
        assert_eq!(later.not, ["a::b::c", "h"]);
        assert!(later.has("a::b::d") && later.has("<f>::x") && later.has("nothing::j"));
        assert!(!later.has("a::b::c") && !later.has("a::b::c::d") && !later.has("a::b::x::<h>"));
        assert!(!later.has("d") && !later.has("e") && !later.has("g") && !later.has(""));
        let nothing = Later::parse("");
        assert!(!nothing.has("a") && !nothing.has(""));
    }

    #[test]
    fn an_exception_is_one_for_the_standard_library_too() {
        let later = Later::parse("core::fmt\nnot scene::line");
        assert!(later.has("core::fmt::float::<f64>"));
        assert!(!later.has("<scene::line::Line as core::fmt::Display>::fmt"));
        assert!(!later.has("core::fmt::write::<scene::line::Line>"));
    }

    #[test]
    fn what_must_come_first_does() {
        let later = Later::parse("first alloc::vec\nscene")
            .with_profile("<alloc::vec::Vec<u8>>::push\n<scene::A>::b\n");
        assert!(!later.has("<alloc::vec::Vec<u8>>::push"));
        assert!(later.has("<scene::A>::b"));
        assert!(later.has("<scene::A as core::convert::From<alloc::vec::Vec<u8>>>::from"));
        assert!(
            Later::parse("first alloc::vec")
                .with_profile("alloc::vector::new")
                .has("alloc::vector::new")
        );
        assert_eq!(
            Later::parse("first a::b").unused(["<c::D<a::b::E>>::f"].into_iter()),
            ["a::b"]
        );
        assert!(
            Later::parse("first a::b")
                .unused(["<a::b::E>::f"].into_iter())
                .is_empty()
        );
    }

    #[test]
    fn what_nothing_mentions_is_said() {
        let later = Later::parse("a::b\nc::d");
        assert_eq!(later.unused(["a::b::e", "f"].into_iter()), ["c::d"]);
        let later = Later::parse("a\nnot a::b\nnot c\nd");
        assert_eq!(later.unused(["a::e", "c::d"].into_iter()), ["d", "a::b"]);
        assert!(later.unused(["a::b", "c", "d"].into_iter()).is_empty());
    }
}
