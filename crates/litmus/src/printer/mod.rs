//! Programs to text, in the kernel's style.
//!
//! `parse(print(t))` is `t` again, but for spans and for the layout and the
//! comments of the text that `t` came from.

mod expressions;
mod formulas;
mod header;
mod init;
mod original;
mod statements;

use crate::ast::*;

/// How to print.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Style {
    /// Everything that the test says.
    Full,
    /// A plain test, in the part of C that herd7 reads.
    Herd,
    /// What herd7 echoes of a condition.
    Echo,
}

/// A text in the usual layout: directives, braces, one statement a line. Statements, declarations and
/// comments stay as they are written, but for the spaces in them. The test is what [`crate::parse`]
/// has made of the text.
#[must_use]
pub fn format(source: &str, test: &Test) -> String {
    let mut printer = Printer::new(test, Style::Full);
    printer.original = original::Original::of(source);
    printer.file()
}

/// The test as text, directives included.
#[must_use]
pub fn print(test: &Test) -> String {
    Printer::new(test, Style::Full).file()
}

pub(crate) struct Printer<'t> {
    pub(crate) test: &'t Test,
    pub(crate) style: Style,
    pub(crate) thread: Option<&'t Thread>,
    pub(crate) out: String,
    /// The mode at this place of the thread.
    mode: Option<Mode>,
    /// The phase of the grace period at this place of the thread.
    phase: Option<GpPhase>,
    /// The text that the test comes from, where it is to be kept.
    original: Option<original::Original<'t>>,
    /// Registers of the thread whose declaration has been printed.
    declared: Vec<RegId>,
}

impl<'t> Printer<'t> {
    pub(crate) fn new(test: &'t Test, style: Style) -> Self {
        Printer {
            test,
            style,
            thread: None,
            out: String::new(),
            mode: None,
            phase: None,
            original: None,
            declared: Vec::new(),
        }
    }

    pub(crate) fn file(mut self) -> String {
        self.header();
        self.init();
        for thread in &self.test.threads {
            self.print_thread(thread);
        }
        self.sections();
        self.out
    }

    /// For a thread's statements alone.
    pub(crate) fn in_thread(mut self, thread: &'t Thread) -> Self {
        self.thread = Some(thread);
        self
    }

    fn print_thread(&mut self, thread: &'t Thread) {
        self.out.push('\n');
        self.comments_before(thread.span.start, 0);
        let head = self.original_head(thread).unwrap_or_else(|| {
            let name = |(var, ty): &(VarId, String)| declarator(ty, self.test.var_name(*var));
            let params: Vec<String> = thread.params.iter().map(name).collect();
            format!("{}({})", thread.name, params.join(", "))
        });
        self.out.push_str(&format!("{head}\n{{\n"));
        self.thread = Some(thread);
        self.mode = None;
        self.phase = None;
        self.declared.clear();
        self.body(&thread.body, 1);
        self.comments_before(thread.span.end.saturating_sub(1), 1);
        self.out.push('}');
        self.comments_behind(thread.span.end);
        self.out.push('\n');
        self.thread = None;
    }
}

impl Test {
    /// The condition as herd prints it behind `Condition`, `exists (0:r0=0 /\\ [x]=1)`.
    #[must_use]
    pub fn format_condition(&self) -> String {
        let Some(condition) = &self.condition else {
            return "forall (true)".to_string();
        };
        Printer::new(self, Style::Echo).condition(condition)
    }
}

impl Thread {
    /// A statement of this thread as one line of C, without its directives:
    /// what a page shows where it has no source text.
    #[must_use]
    pub fn format_stmt(&self, test: &Test, kind: &StmtKind) -> String {
        Printer::new(test, Style::Full)
            .in_thread(self)
            .one_line(std::slice::from_ref(kind))
    }
}

/// `int` and `x`: `int x`; `int *` and `p`: `int *p`.
pub(crate) fn declarator(ty: &str, name: &str) -> String {
    if ty.ends_with('*') {
        format!("{ty}{name}")
    } else {
        format!("{ty} {name}")
    }
}
