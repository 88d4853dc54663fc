//! Whether printing a test would lose one of its comments.
//!
//! The printer writes directives and claims again, in its own layout, and knows
//! of no other comment. So a text loses nothing when every word of its comments
//! is still in a comment of what is printed.

use std::collections::BTreeMap;

use litmus::Span;

/// The first word in the comments of `source` that the comments of `printed` lack.
pub fn lost(source: &str, printed: &str) -> Option<Span> {
    let mut kept: BTreeMap<&str, usize> = BTreeMap::new();
    for (_, word) in words(printed) {
        *kept.entry(word).or_default() += 1;
    }
    words(source)
        .into_iter()
        .find(|(_, word)| match kept.get_mut(word) {
            Some(count) if *count > 0 => {
                *count -= 1;
                false
            }
            _ => true,
        })
        .map(|(at, word)| span(at, at + word.len()))
}

/// The words of all comments, with their places.
fn words(text: &str) -> Vec<(usize, &str)> {
    let mut found = Vec::new();
    for comment in comments(text) {
        let mut at = comment.start as usize;
        let inside = text.get(at..comment.end as usize).unwrap_or_default();
        for word in inside.split_inclusive(|c: char| !c.is_alphanumeric()) {
            let bare = word.trim_end_matches(|c: char| !c.is_alphanumeric());
            if !bare.is_empty() {
                found.push((at, bare));
            }
            at += word.len();
        }
    }
    found
}

/// Every comment of a text, delimiters included: `(* … *)`, which nest, `/* … */`
/// and `// …`. Strings stand only before the init block and on directives.
fn comments(text: &str) -> Vec<Span> {
    let bytes = text.as_bytes();
    let mut found = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let start = at;
        match (bytes.get(at), bytes.get(at + 1)) {
            (Some(b'('), Some(b'*')) if !call(bytes, at) => at = nested(bytes, at),
            (Some(b'/'), Some(b'*')) => at = after(text, at + 2, "*/"),
            (Some(b'/'), Some(b'/')) => at = after(text, at + 2, "\n"),
            (Some(b'"'), _) => {
                at = string(bytes, at);
                continue;
            }
            _ => {
                at += 1;
                continue;
            }
        }
        found.push(span(start, at));
    }
    found
}

/// `READ_ONCE(*x)`: a parenthesis behind a name opens no comment.
fn call(bytes: &[u8], at: usize) -> bool {
    let before = bytes.get(..at).unwrap_or_default();
    before
        .last()
        .is_some_and(|b| b.is_ascii_alphanumeric() || *b == b'_')
}

fn nested(bytes: &[u8], start: usize) -> usize {
    let mut depth = 0_usize;
    let mut at = start;
    while at < bytes.len() {
        match (bytes.get(at), bytes.get(at + 1)) {
            (Some(b'('), Some(b'*')) => {
                depth += 1;
                at += 2;
            }
            (Some(b'*'), Some(b')')) => {
                depth -= 1;
                at += 2;
                if depth == 0 {
                    return at;
                }
            }
            _ => at += 1,
        }
    }
    at
}

fn after(text: &str, at: usize, end: &str) -> usize {
    let found = text.get(at..).and_then(|rest| rest.find(end));
    found.map_or(text.len(), |i| at + i + end.len())
}

/// To the end of a string, or of the line when it has none.
fn string(bytes: &[u8], start: usize) -> usize {
    let rest = bytes.get(start + 1..).unwrap_or_default();
    let end = rest.iter().position(|b| matches!(b, b'"' | b'\n'));
    end.map_or(bytes.len(), |i| start + i + 2)
}

fn span(start: usize, end: usize) -> Span {
    // A text is at most 256 KiB: the parser has seen to it.
    let number = |n| u32::try_from(n).unwrap_or(u32::MAX);
    Span {
        start: number(start),
        end: number(end),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(source: &str, expect: Option<&str>) {
        let parsed = litmus::parse(source);
        let test = parsed
            .test
            .unwrap_or_else(|| panic!("{:?}", parsed.diagnostics));
        let printed = litmus::print(&test);
        let found = lost(source, &printed).map(|s| &source[s.start as usize..s.end as usize]);
        assert_eq!(found, expect, "{source}\n{printed}");
    }

    fn test_with(header: &str, inline: &str) -> String {
        format!(
            "C t\n{header}\n{{}}\nP0(int *x)\n{{\n\tint r0 = READ_ONCE(*x); {inline}\n\tsmp_mb();\n}}\nexists (0:r0=1)\n"
        )
    }

    #[test]
    fn directives_and_claims_are_kept() {
        check(&test_with("", ""), None);
        check(&test_with("(*\n * Result: Never\n *)", ""), None);
        check(
            &test_with(
                "(*\n @title A  title\n @story\n One.\n\n Two, three.\n*)",
                "",
            ),
            None,
        );
        check(
            &test_with("(* @thread P0 \"vCPU 0\" kind=vcpu *)", "/*@ mode guest */"),
            None,
        );
    }

    #[test]
    fn other_comments_would_be_lost() {
        check(&test_with("(* Why. *)", ""), Some("Why"));
        check(&test_with("", "// why"), Some("why"));
        check(&test_with("", "/* why */"), Some("why"));
        check(
            &test_with("(* Result: Never\n * as (* nested *) *)", "").replace("(*x)", "( *x)"),
            Some("as"),
        );
    }
}
