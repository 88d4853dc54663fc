//! What we say of a text and what herd7 says of it, in each form that we can give the text.

use std::fmt;

use litmus::{Quantifier, Setting, Test, export_herd, format as formatted, parse};
use lkmm::judge;

use crate::herd7::{Herd7, Reply, Report};

/// Choices that judging one program may take.
const CHOICES: u64 = 300_000;

/// Executions beyond which herd7 is not asked: it enumerates more than these.
const EXECUTIONS: u64 = 1_500;

/// Flags of ours for what herd7 leaves out without a word, or refuses (decision 14).
const OWN_FLAGS: &[&str] = &["bad-pointer", "undefined-arithmetic"];

/// What herd7 says of a store through a number. To us it is a store to no variable, as in herd7 7.58's answers in the
/// oracle (decision 14).
const NO_SYMBOL: &str = "Non-symbolic memory access";

/// In which form herd7 gets a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Form {
    /// As it is.
    Written,
    /// As `fmt` prints it.
    Printed,
    /// As `export --herd` writes it.
    Exported,
}

impl Form {
    /// All forms.
    pub const ALL: [Form; 3] = [Form::Written, Form::Printed, Form::Exported];
}

impl fmt::Display for Form {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Form::Written => "as written",
            Form::Printed => "by fmt",
            Form::Exported => "by export",
        })
    }
}

/// What we make of a text.
#[derive(Clone, Debug)]
pub enum Ours {
    /// An answer, and the test.
    Report(Box<Test>, Report),
    /// No test or no answer, and why.
    Refused(String),
    /// An answer that takes too long, or too long for herd7.
    TooLong,
}

/// Reads and judges a text.
#[must_use]
pub fn ours(text: &str) -> Ours {
    let parsed = parse(text);
    let Some(test) = parsed.test else {
        let message = parsed.diagnostics.first().map(|d| d.message.clone());
        return Ours::Refused(message.unwrap_or_default());
    };
    let test = test.with(&Setting::all_on(&test));
    let judgement = match judge(&test, &lkmm::models::LKMM, CHOICES) {
        Ok(judgement) => judgement,
        Err(error) => return Ours::Refused(error.message),
    };
    if !judgement.complete || judgement.positive + judgement.negative > EXECUTIONS {
        return Ours::TooLong;
    }
    let mut states = judgement.states;
    test.sort_states(&mut states);
    let quantifier = test.condition.as_ref().map(|c| c.quantifier);
    let kind = match quantifier {
        Some(Quantifier::Exists) => "Allowed",
        Some(Quantifier::NotExists) => "Forbidden",
        Some(Quantifier::Forall) | None => "Required",
    };
    let (yes, no) = (judgement.positive, judgement.negative);
    let (positive, negative) = match quantifier {
        Some(Quantifier::NotExists) => (no, yes),
        _ => (yes, no),
    };
    let report = Report {
        kind: kind.to_owned(),
        states,
        ok: if judgement.holds { "Ok" } else { "No" }.to_owned(),
        positive,
        negative,
        flags: judgement.flags,
        condition: test.format_condition(),
        observation: format!("{} {yes} {no}", judgement.verdict.name()),
    };
    Ours::Report(Box::new(test), report)
}

/// A difference.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// In which form herd7 had the text.
    pub form: Form,
    /// What differs, in a few words that are the same for all differences of a kind.
    pub kind: String,
    /// What herd7 was given.
    pub text: String,
    /// What we say.
    pub ours: String,
    /// What herd7 says.
    pub theirs: String,
}

/// How the comparison of one text and form came out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The same.
    Same,
    /// Not compared, and why.
    LeftOut(&'static str),
    /// Not the same.
    Differs(Box<Difference>),
}

/// Compares texts with herd7, several a call.
///
/// # Errors
/// When herd7 does not run.
pub fn compare(herd7: &Herd7, texts: &[String], form: Form) -> Result<Vec<Outcome>, String> {
    let ours: Vec<Ours> = texts.iter().map(|text| ours(text)).collect();
    let forms: Vec<Result<String, &'static str>> = texts
        .iter()
        .zip(&ours)
        .map(|(text, ours)| in_form(text, ours, form))
        .collect();
    let asked: Vec<String> = forms.iter().flatten().cloned().collect();
    let mut replies = herd7.ask(&asked)?.into_iter();
    let outcomes = ours.into_iter().zip(forms).map(|(ours, text)| match text {
        Err(why) => Outcome::LeftOut(why),
        Ok(text) => outcome(form, text, &ours, replies.next().unwrap_or(Reply::TooLong)),
    });
    Ok(outcomes.collect())
}

/// The text that herd7 gets, or why it gets none.
fn in_form(text: &str, ours: &Ours, form: Form) -> Result<String, &'static str> {
    match (form, ours) {
        (_, Ours::TooLong) => Err("too many executions"),
        (Form::Written, _) => Ok(text.to_owned()),
        (_, Ours::Refused(_)) => Err("refused by us"),
        (Form::Printed, Ours::Report(test, _)) => Ok(formatted(text, test)),
        (Form::Exported, Ours::Report(test, _)) => {
            match export_herd(test, &Setting::all_on(test)) {
                Err(_) => Err("no export, with its reason"),
                Ok(export) if !export.notes.is_empty() => Err("an export that is not exact"),
                Ok(export) => Ok(export.text),
            }
        }
    }
}

fn outcome(form: Form, text: String, ours: &Ours, theirs: Reply) -> Outcome {
    let differs = |kind: String, ours: String, theirs: String| {
        Outcome::Differs(Box::new(Difference {
            form,
            kind,
            text,
            ours,
            theirs,
        }))
    };
    match (ours, theirs) {
        (_, Reply::TooLong) => Outcome::LeftOut("too long for herd7"),
        (Ours::TooLong, _) => Outcome::LeftOut("too many executions"),
        (Ours::Refused(_), Reply::Refused(_)) => Outcome::Same,
        (Ours::Refused(ours), Reply::Report(theirs)) => differs(
            format!("only we refuse it: {}", general(ours)),
            ours.clone(),
            lines(&theirs),
        ),
        (Ours::Report(..), Reply::Refused(theirs)) if theirs.contains(NO_SYMBOL) => {
            Outcome::LeftOut("a store through a number")
        }
        (Ours::Report(_, ours), Reply::Refused(_)) if has_own_flag(ours) => {
            Outcome::LeftOut("refused by herd7, flagged by us")
        }
        (Ours::Report(_, ours), Reply::Refused(theirs)) => differs(
            format!("only herd7 refuses it: {}", general(&theirs)),
            lines(ours),
            theirs,
        ),
        (Ours::Report(_, ours), Reply::Report(theirs)) => {
            let kinds = kinds(ours, &theirs);
            if kinds.is_empty() {
                Outcome::Same
            } else {
                differs(kinds.join(", "), lines(ours), lines(&theirs))
            }
        }
    }
}

fn has_own_flag(ours: &Report) -> bool {
    ours.flags
        .iter()
        .any(|flag| OWN_FLAGS.contains(&flag.as_str()))
}

/// What of two reports is not the same.
fn kinds(ours: &Report, theirs: &Report) -> Vec<&'static str> {
    let sorted = |report: &Report| {
        let states = report.states.iter().map(|state| anonymous(state));
        let mut states: Vec<String> = states.collect();
        states.sort();
        states
    };
    let word = |report: &Report| {
        let word = report.observation.split(' ').next();
        word.unwrap_or_default().to_owned()
    };
    let parts = [
        ("what is asked", ours.kind != theirs.kind),
        ("the condition", ours.condition != theirs.condition),
        ("states", sorted(ours) != sorted(theirs)),
        (
            "the order of states",
            sorted(ours) == sorted(theirs) && ours.states != theirs.states,
        ),
        ("the verdict", word(ours) != word(theirs)),
        ("whether it holds", ours.ok != theirs.ok),
        (
            "counts",
            (ours.positive, ours.negative) != (theirs.positive, theirs.negative),
        ),
        ("flags", shared(&ours.flags) != shared(&theirs.flags)),
    ];
    let wrong = parts.into_iter().filter(|(_, wrong)| *wrong);
    let mut wrong: Vec<&'static str> = wrong.map(|(what, _)| what).collect();
    // How something is written matters only where the same is said.
    let of_writing = ["the condition", "the order of states"];
    if wrong.iter().any(|what| !of_writing.contains(what)) {
        wrong.retain(|what| !of_writing.contains(what));
    }
    wrong
}

/// The flags that herd7 could have as well.
fn shared(flags: &[String]) -> Vec<&String> {
    let shared = flags
        .iter()
        .filter(|flag| !OWN_FLAGS.contains(&flag.as_str()));
    shared.collect()
}

/// Values out of thin air have no names that two tools would share.
fn anonymous(state: &str) -> String {
    let mut parts = state.split("=S");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |text, part| {
        text + "=S" + part.trim_start_matches(|c: char| c.is_ascii_digit())
    })
}

/// A message without numbers, names of primitives and what stands between quotes.
fn general(message: &str) -> String {
    let words = message.split(' ').map(|word| match word.contains('_') {
        true => "…",
        false => word,
    });
    let message = words.collect::<Vec<_>>().join(" ");
    let mut out = String::new();
    let mut quoted = None;
    for c in message.chars() {
        match quoted {
            Some(quote) if c == quote => quoted = None,
            Some(_) => {}
            None if matches!(c, '`' | '\'' | '"') => {
                quoted = Some(c);
                out.push('…');
            }
            None if c.is_ascii_digit() => {}
            None => out.push(c),
        }
    }
    out
}

/// The lines of a report that matter.
fn lines(report: &Report) -> String {
    let mut out = format!("{} {}\n", report.kind, report.ok);
    for state in &report.states {
        out.push_str(state);
        out.push('\n');
    }
    for flag in &report.flags {
        out.push_str(&format!("Flag {flag}\n"));
    }
    out.push_str(&format!(
        "Positive: {} Negative: {}\n{}\n{}\n",
        report.positive, report.negative, report.condition, report.observation
    ));
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "C a\n\n{}\n\nP0(int *x)\n{\n\tWRITE_ONCE(*x, 1);\n}\n\nexists (x=1)\n";

    fn report(text: &str) -> Report {
        match ours(text) {
            Ours::Report(_, report) => report,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn each_part_of_a_report_counts() {
        let ours = report(TEXT);
        assert!(kinds(&ours, &ours).is_empty());
        let change = |change: fn(&mut Report)| {
            let mut theirs = ours.clone();
            change(&mut theirs);
            kinds(&ours, &theirs)
        };
        assert_eq!(change(|r| r.kind.clear()), ["what is asked"]);
        assert_eq!(change(|r| r.condition.push(' ')), ["the condition"]);
        assert_eq!(change(|r| r.states.clear()), ["states"]);
        assert_eq!(change(|r| r.positive += 1), ["counts"]);
        assert_eq!(change(|r| r.flags.push("a".to_owned())), ["flags"]);
        assert_eq!(change(|r| r.ok.clear()), ["whether it holds"]);
        assert_eq!(change(|r| r.observation.clear()), ["the verdict"]);
    }

    #[test]
    fn values_out_of_thin_air_are_alike() {
        assert_eq!(anonymous("0:r=S1; [x]=S23;"), "0:r=S; [x]=S;");
    }

    #[test]
    fn messages_of_a_kind_are_alike() {
        assert_eq!(general("`while` is on line 12"), "… is on line ");
        assert_eq!(general("what is READ_ONCE ?"), "what is … ?");
    }

    #[test]
    fn what_only_one_refuses_differs() {
        let refused = || Reply::Refused("line 1: no".to_owned());
        let difference = outcome(Form::Written, TEXT.to_owned(), &ours(TEXT), refused());
        assert!(matches!(difference, Outcome::Differs(d) if d.kind.starts_with("only herd7")));
        let none = Ours::Refused("no".to_owned());
        let same = outcome(Form::Written, TEXT.to_owned(), &none, refused());
        assert_eq!(same, Outcome::Same);
        let report = Reply::Report(report(TEXT));
        let difference = outcome(Form::Written, TEXT.to_owned(), &none, report);
        assert!(matches!(difference, Outcome::Differs(d) if d.kind == "only we refuse it: no"));
    }
}
