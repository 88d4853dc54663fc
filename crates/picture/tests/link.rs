//! The link: what it writes it reads, and damage loses only what is damaged.

use machine::{CpuModel, CpuName, SrcuFlavour, StepKind, StepName, Way};
use proptest::prelude::*;
use session::Link;

fn step() -> impl Strategy<Value = StepName> {
    use StepKind::*;
    let kinds = prop::sample::select(vec![
        Read,
        Enter,
        Drain,
        Atomic,
        Fence,
        Lock,
        Unlock,
        Start,
        End,
        Wait,
        PredictTaken,
        PredictNot,
        PredictFail,
        Reach(0),
    ]);
    let cpu = prop_oneof![
        any::<u8>().prop_map(CpuName::Thread),
        (any::<u8>(), any::<u16>(), any::<u8>()).prop_map(|(t, s, p)| CpuName::Worker(t, s, p)),
    ];
    let names = (
        cpu.clone(),
        any::<u16>(),
        any::<u8>(),
        kinds,
        cpu,
        any::<bool>(),
    );
    names.prop_map(|(cpu, stmt, part, kind, to, apart)| StepName {
        cpu,
        stmt,
        part,
        kind,
        way: match kind {
            Reach(_) => Way::To(to),
            Drain if apart => Way::Apart,
            _ => Way::All,
        },
    })
}

fn link() -> impl Strategy<Value = Link> {
    (
        "[a-z0-9-]{0,12}(/[a-z]{1,5})?",
        prop::option::of(prop::sample::select(CpuModel::ALL.to_vec())),
        prop::option::of(prop::sample::select(vec![
            SrcuFlavour::Fast,
            SrcuFlavour::Tree,
        ])),
        prop::option::of(prop::collection::vec(
            "[a-z][a-z0-9_-]{0,8}(:[a-z_]{1,8}|:[0-9])?",
            0..4,
        )),
        prop::collection::vec(step(), 0..20),
        prop::option::of(0_usize..1000),
        prop::option::of("[a-z]{1,8}"),
        prop::option::of("[a-z]{1,8}"),
        prop::option::of("[A-Za-z0-9_-]{1,40}"),
    )
        .prop_map(|(scenario, cpu, srcu, off, steps, at, view, tab, z)| Link {
            scenario: scenario.trim_start_matches('/').to_owned(),
            cpu,
            srcu,
            off,
            steps,
            at,
            view,
            tab,
            z,
        })
}

proptest! {
    #[test]
    fn round_trip(link in link()) {
        let text = link.to_string();
        let (again, problems) = Link::parse(&text);
        prop_assert_eq!(&again, &link, "{}", text);
        prop_assert!(problems.is_empty(), "{:?}", problems);
        prop_assert!(!text.contains('%'), "{}", text);
    }

    #[test]
    fn percent_encoded_whole(link in link()) {
        let text: String = link.to_string().bytes().map(|b| match b {
            b'#' | b'?' | b'&' | b'=' | b'/' => char::from(b).to_string(),
            b => format!("%{b:02x}"),
        }).collect();
        // Keys are not decoded: only values come through messengers mangled.
        let (again, _) = Link::parse(&text);
        prop_assert_eq!(again.scenario, link.scenario);
    }

    #[test]
    fn anything(text in any::<String>()) {
        let (link, _) = Link::parse(&text);
        let (again, problems) = Link::parse(&link.to_string());
        prop_assert_eq!(again, link);
        prop_assert!(problems.is_empty());
    }

    #[test]
    fn damage(link in link(), at in any::<prop::sample::Index>(), with in any::<char>()) {
        let mut chars: Vec<char> = link.to_string().chars().collect();
        let at = at.index(chars.len());
        chars[at] = with;
        let text: String = chars.into_iter().collect();
        let (damaged, problems) = Link::parse(&text);
        let (again, _) = Link::parse(&damaged.to_string());
        prop_assert_eq!(again, damaged);
        for problem in problems {
            prop_assert!(!problem.message.is_empty());
        }
    }
}

fn problems(text: &str) -> Vec<String> {
    Link::parse(text)
        .1
        .iter()
        .map(ToString::to_string)
        .collect()
}

#[test]
fn each_bad_part_is_named_and_the_rest_stands() {
    let text = "#/doorbell?v=1&cpu=amr&srcu=thin&off=a,b%20c,d:e&do=0:3r.zz.1:2d&at=x&view=E!&tab=L+b&new=1";
    let (link, _) = Link::parse(text);
    assert_eq!(link.scenario, "doorbell");
    assert_eq!(link.off, Some(vec!["a".to_owned(), "d:e".to_owned()]));
    assert_eq!(link.steps.len(), 2);
    assert_eq!(
        problems(text),
        [
            "cpu: there is no CPU model “amr”; there are sc, tso, pso, arm, power",
            "srcu: there is no SRCU “thin”; there are tree and fast",
            "off: “b c” is not the name of a toggle",
            "do: step 2: “zz” is not the name of a step; one looks like 0:3r",
            "at: “x” is not a number of steps",
            "view: “E!” is not the name of a view",
            "tab: “L b” is not the name of a tab",
        ]
    );
}

#[test]
fn forms_that_are_understood() {
    for text in [
        "",
        "#",
        "#/",
        "#/a",
        "/a",
        "#/a?",
        "#/a?&&",
        "#/a?x",
        "#/a?v=1&v=1x",
    ] {
        let _ = Link::parse(text);
    }
    assert_eq!(Link::parse("#/a?do=0%3A3r%2E1%3a2d").0.steps.len(), 2);
    assert_eq!(
        problems("#/a?v=2"),
        ["v: made by another version of this page; what it knows is shown"]
    );
    assert_eq!(
        problems("#/a b"),
        ["path: a scenario's name has letters, digits, -, _, . and / only"]
    );
    assert_eq!(
        problems("#/a?at=1&at=2"),
        ["at: at is given twice; the first one counts"]
    );
}
