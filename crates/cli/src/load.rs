//! A text to a test in a setting, with all that is to be said about the text.

use litmus::{Diagnostic, Parsed, Setting, Severity, Span, Test, parse};
use machine::SrcuFlavour;

use crate::args::SettingArgs;
use crate::files::{Input, Source};

/// A test that can be searched.
#[derive(Clone, Debug)]
pub struct Loaded {
    /// Where it comes from.
    pub source: Source,
    /// As written, toggles included.
    pub test: Test,
    /// The setting asked for.
    pub setting: Setting,
    /// The test in that setting.
    pub resolved: Test,
    /// The flavour of SRCU.
    pub flavour: SrcuFlavour,
    /// Warnings, ready to be printed.
    pub warnings: String,
}

/// Why there is no test, ready to be printed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure(pub String);

/// A text and its test as written.
#[derive(Clone, Debug)]
pub struct Read {
    /// Where it comes from.
    pub source: Source,
    /// The test.
    pub test: Test,
    /// Warnings, ready to be printed.
    pub warnings: String,
}

/// Reads a test.
///
/// # Errors
/// When it cannot be read, with every error in it.
pub fn read(input: &Input) -> Result<Read, Failure> {
    let source = input.read().map_err(|error| Failure(error.to_string()))?;
    let parsed = parse(&source.text);
    let text = remarks(&parsed, &source.name);
    match parsed.test {
        Some(test) => Ok(Read {
            source,
            test,
            warnings: text,
        }),
        None => Err(Failure(text)),
    }
}

/// Messages about one file that are printed.
const MESSAGES: usize = 20;

/// What there is to say of a text. Of many messages the first ones, errors before warnings, each in its place.
fn remarks(parsed: &Parsed, name: &str) -> String {
    let all = &parsed.diagnostics;
    let errors = all.iter().filter(|d| d.severity == Severity::Error);
    let mut left = MESSAGES.saturating_sub(errors.count());
    let mut shown = all.iter().filter(|diagnostic| {
        let warning = diagnostic.severity == Severity::Warning;
        if warning && left > 0 {
            left -= 1;
            return true;
        }
        !warning
    });
    let mut text = String::new();
    let mut printed = 0;
    for diagnostic in shown.by_ref().take(MESSAGES) {
        text.push_str(&format!("{}\n", diagnostic.with_file(name)));
        printed += 1;
    }
    let more = all.len() - printed + parsed.more;
    if more > 0 {
        text.push_str(&format!("{name}: and {more} more\n"));
    }
    text
}

/// Reads a test in a setting.
///
/// # Errors
/// When it cannot be read, or has no such setting.
pub fn load(input: &Input, args: &SettingArgs) -> Result<Loaded, Failure> {
    let Read {
        source,
        test,
        warnings,
    } = read(input)?;
    let setting = match setting(&source, &test, args.off.as_deref()) {
        Ok(setting) => setting,
        Err(Failure(text)) => return Err(Failure(warnings + &text)),
    };
    let resolved = test.with(&setting);
    let flavour = args.srcu.flavour(&test);
    Ok(Loaded {
        source,
        test,
        setting,
        resolved,
        flavour,
        warnings,
    })
}

/// The setting that `--off` asks for.
///
/// # Errors
/// When the test has no such toggle or position.
pub fn setting(source: &Source, test: &Test, off: Option<&str>) -> Result<Setting, Failure> {
    Setting::parse_off(test, off.unwrap_or_default()).map_err(|error| {
        let mut text = format!("error: {}: --off: {error}\n", source.name);
        if let Some(help) = error.suggestion() {
            text.push_str(&format!("  = help: {help}\n"));
        }
        Failure(text)
    })
}

impl Source {
    /// An error at a place of the text, as the parser's own are shown.
    pub fn error_at(&self, span: Span, message: &str) -> String {
        let diagnostic = Diagnostic::error_at(&self.text, span, message);
        format!("{}\n", diagnostic.with_file(&self.name))
    }

    /// The line from 1, the column from 1 in characters, and the line itself.
    pub fn place(&self, span: Span) -> (u32, u32, &str) {
        let at = (span.start as usize).min(self.text.len());
        let before = self.text.get(..at).unwrap_or_default();
        let start = before.rfind('\n').map_or(0, |i| i + 1);
        let line = before.bytes().filter(|b| *b == b'\n').count() + 1;
        let column = before.get(start..).map_or(0, |s| s.chars().count()) + 1;
        let text = self
            .text
            .get(start..)
            .and_then(|s| s.lines().next())
            .unwrap_or_default();
        (
            u32::try_from(line).unwrap_or(u32::MAX),
            u32::try_from(column).unwrap_or(u32::MAX),
            text,
        )
    }
}
