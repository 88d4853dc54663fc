//! What the pieces of a text are, for an editor.

use litmus::{Highlight, highlight};

const TEST: &str = r#"C SB
"a text"
(* plain words
 * @title Store buffering
   someone@example.org *)

{ x=0; int *p = &x; }

P0(int *x)
{
	int r0; /*@ mode guest */
	WRITE_ONCE(*x, 1); // done
	if (r0 == 2) r0 = atomic_read(p);
}

exists (0:r0=0x1f)
"#;

/// `kind:text` for each piece.
fn pieces(text: &str) -> Vec<String> {
    let told = |(at, kind): (litmus::Span, Highlight)| {
        format!(
            "{}:{}",
            kind.name(),
            &text[at.start as usize..at.end as usize]
        )
    };
    highlight(text).into_iter().map(told).collect()
}

#[test]
fn a_test() {
    assert_eq!(
        pieces(TEST),
        [
            "keyword:C",
            "comment:(* plain words",
            "directive: * @title Store buffering",
            "comment:   someone@example.org *)",
            "number:0",
            "keyword:int",
            "keyword:int",
            "keyword:int",
            "directive:/*@ mode guest */",
            "primitive:WRITE_ONCE",
            "number:1",
            "comment:// done",
            "keyword:if",
            "number:2",
            "primitive:atomic_read",
            "keyword:exists",
            "number:0",
            "number:0x1f",
        ]
    );
}

#[test]
fn a_text_that_is_no_test() {
    assert_eq!(pieces(""), Vec::<String>::new());
    assert_eq!(pieces("smp_mb(); 7"), ["primitive:smp_mb", "number:7"]);
    assert_eq!(pieces("ü \"open"), ["text:\"open"]);
}

/// Pieces are in order, apart, and lie between characters, whatever is cut out of a test.
#[test]
fn damaged() {
    let text = TEST.replace("words", "wörds");
    let ends: Vec<usize> = text.char_indices().map(|(at, _)| at).collect();
    for from in ends.iter().step_by(3) {
        for length in [1, 2, 7, 40] {
            let to = ends
                .iter()
                .copied()
                .find(|to| *to >= from + length)
                .unwrap_or(text.len());
            let damaged = format!("{}{}", &text[..*from], &text[to..]);
            let mut end = 0;
            for (at, _) in highlight(&damaged) {
                assert!(at.start >= end && at.end > at.start, "{damaged}");
                assert!(
                    damaged.get(at.start as usize..at.end as usize).is_some(),
                    "{damaged}"
                );
                end = at.end;
            }
        }
    }
}
