//! What the printer keeps of comments, and how one notices what it does not.

mod common;

use common::{check_round_trip, good};
use litmus::{lost_comment, print};

/// The first word that printing would lose.
fn check(source: &str, expect: Option<&str>) {
    let printed = print(&good(source));
    let found = lost_comment(source, &printed).map(|s| &source[s.start as usize..s.end as usize]);
    assert_eq!(found, expect, "{source}\n{printed}");
    check_round_trip(source);
}

fn test_with(header: &str, inline: &str) -> String {
    format!(
        "C t\n{header}\n{{}}\nP0(int *x)\n{{\n\tint r0 = READ_ONCE( *x); {inline}\n\tsmp_mb();\n}}\nexists (0:r0=1)\n"
    )
}

#[test]
fn the_headers_comments_are_kept() {
    for header in [
        "",
        "(* Why. *)",
        "(*\n * Result: Never\n *)",
        "(*\n Result: Never\n\n With every toggle on.\n*)\n\n(*\n @title A  title\n*)",
        "(*\n @title A  title\n @story\n One.\n\n Two, three.\n*)",
        "(* @thread P0 \"vCPU 0\" kind=vcpu *)",
        "(* Result: Never\n * as (* nested *) *)",
        "(* one *) (* @summary text *) (* two\n\n\n three *)",
        "(*\n * A picture:\n *\n *\tP0 --- P1\n *\t  \\___/\n *)",
        "(** Mail to some@body, not @author. *)",
    ] {
        check(&test_with(header, ""), None);
    }
    check(&test_with("", "/*@ mode guest */"), None);
}

#[test]
fn a_picture_stays_one() {
    let printed = print(&good(&test_with(
        "(*\n *\tP0 --- P1\n *\t  \\___/\n *)",
        "",
    )));
    assert!(
        printed.contains("\n * P0 --- P1\n *   \\___/\n"),
        "{printed}"
    );
}

#[test]
fn others_would_be_lost() {
    check(&test_with("", "// why"), Some("why"));
    check(&test_with("", "/* why */"), Some("why"));
    check(&test_with("/* Why */", ""), Some("Why"));
    check(&(test_with("", "") + "(* The end. *)\n"), Some("The"));
}

/// As herd7 prints it.
#[test]
fn conditions_are_herds() {
    let check = |condition: &str, expect: &str| {
        let source = format!(
            "C t\n{{}}\nP0(int *x, int *y)\n{{\n\tint r0 = READ_ONCE(*x);\n\tint r1 = READ_ONCE(*y);\n}}\n{condition}\n"
        );
        assert_eq!(good(&source).format_condition(), expect);
    };
    check("exists (0:r0=1)", "exists (0:r0=1)");
    check(
        "exists (0:r0=1 /\\ x=2 /\\ 0:r1=0)",
        "exists (0:r0=1 /\\ [x]=2 /\\ 0:r1=0)",
    );
    check(
        "~exists (0:r0=1 /\\ (x=2 \\/ y=&x))",
        "~exists (0:r0=1 /\\ ([x]=2 \\/ [y]=x))",
    );
    check(
        "exists (x=1 /\\ y=1 \\/ 0:r0=2 \\/ 0:r0=3)",
        "exists ([x]=1 /\\ [y]=1 \\/ 0:r0=2 \\/ 0:r0=3)",
    );
    // herd keeps implications apart from each other neither, whatever they mean.
    check(
        "exists ((x=1 => y=0) => x=0)",
        "exists ([x]=1 => [y]=0 => [x]=0)",
    );
    check(
        "exists ((x=1 => y=0) \\/ x=*y)",
        "exists (([x]=1 => [y]=0) \\/ [x]=[y])",
    );
    check(
        "forall (~(0:r0=1 \\/ true) => x=1)",
        "forall (not (0:r0=1 \\/ true) => [x]=1)",
    );
    check("", "forall (true)");
}
