//! A program as lines of text.

use std::fmt::Write;

/// A program: threads as lists of lines, so that it can be shrunk. A block is one
/// line that ends in `{`, lines, and `}`; between its arms stands `} else {`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Program {
    /// Its name.
    pub name: String,
    /// Lines of the init block.
    pub init: Vec<String>,
    /// The parameters that every thread has.
    pub params: String,
    /// The lines of each thread.
    pub threads: Vec<Vec<String>>,
    /// What is observed beside the condition.
    pub locations: Vec<String>,
    /// What a state must satisfy to count, if not empty.
    pub filter: String,
    /// What stands before the condition; `exists` if empty.
    pub quantifier: String,
    /// The condition, without its parentheses.
    pub condition: String,
}

impl Program {
    /// As litmus text. A thread without lines has a declaration: herd7 reads no empty body.
    #[must_use]
    pub fn text(&self) -> String {
        let mut out = format!("C {}\n\n{{\n", self.name);
        for line in &self.init {
            let _ = writeln!(out, "\t{line}");
        }
        out.push_str("}\n");
        for (at, lines) in self.threads.iter().enumerate() {
            let _ = writeln!(out, "\nP{at}({})\n{{", self.params);
            let mut depth = 1;
            for line in lines {
                if line.starts_with('}') {
                    depth = usize::max(depth, 2) - 1;
                }
                let _ = writeln!(out, "{}{line}", "\t".repeat(depth));
                if line.ends_with('{') {
                    depth += 1;
                }
            }
            if lines.is_empty() {
                out.push_str("\tint none;\n");
            }
            out.push_str("}\n");
        }
        if !self.locations.is_empty() {
            let _ = writeln!(out, "\nlocations [{}]", self.locations.join(" "));
        }
        if !self.filter.is_empty() {
            let _ = writeln!(out, "\nfilter ({})", self.filter);
        }
        let quantifier = match self.quantifier.as_str() {
            "" => "exists",
            quantifier => quantifier,
        };
        let _ = writeln!(out, "\n{quantifier} ({})", self.condition);
        out
    }

    /// Reads text in the layout of the generators: one statement a line, the same
    /// parameters for every thread, no comments.
    #[must_use]
    pub fn read(text: &str) -> Option<Program> {
        let mut lines = text.lines().filter(|line| !line.trim().is_empty());
        let mut program = Program {
            name: lines.next()?.strip_prefix("C ")?.to_owned(),
            ..Program::default()
        };
        let mut init = String::new();
        for line in lines.by_ref() {
            init.push_str(line);
            if line.ends_with('}') {
                break;
            }
        }
        program.init = list(&init, '{', '}');
        while let Some(line) = lines.next() {
            if let Some(list_of) = line.strip_prefix("locations ") {
                program.locations = list(list_of, '[', ']');
            } else if let Some(filter) = line.strip_prefix("filter (") {
                program.filter = filter.strip_suffix(')')?.to_owned();
            } else if let Some((quantifier, condition)) = condition(line) {
                program.quantifier = quantifier.to_owned();
                program.condition = condition.to_owned();
            } else {
                let (_, params) = line.split_once('(')?;
                program.params = params.strip_suffix(')')?.to_owned();
                lines.next().filter(|line| *line == "{")?;
                let body = lines.by_ref().take_while(|line| *line != "}");
                program
                    .threads
                    .push(body.map(|l| l.trim().to_owned()).collect());
            }
        }
        Some(program)
    }

    /// Without what no thread uses: parameters, initial values, threads at the end.
    pub fn tidy(&mut self) {
        let params = self.params.split(", ");
        let params = params.filter(|param| self.uses(declared(param)));
        let params: Vec<String> = params.map(str::to_owned).collect();
        let init = self.init.iter().filter(|line| {
            line.contains('&') || (self.uses(declared(line)) && !line.ends_with("= 0;"))
        });
        let init: Vec<String> = init.cloned().collect();
        (self.params, self.init) = (params.join(", "), init);
        while self.threads.last().is_some_and(Vec::is_empty)
            && !self.names_thread(self.threads.len() - 1)
        {
            self.threads.pop();
        }
    }

    /// A thread, the condition or a pointer names it.
    fn uses(&self, name: &str) -> bool {
        let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
        let pointed = self.init.iter().filter(|l| l.contains('&'));
        let texts = self.threads.iter().flatten().chain(&self.locations);
        texts
            .chain(pointed)
            .chain([&self.condition, &self.filter])
            .any(|text| text.split(|c| !is_word(c)).any(|word| word == name))
    }

    /// What is asked or shown of the final state names a register of this thread.
    pub(crate) fn names_thread(&self, thread: usize) -> bool {
        let prefix = format!("{thread}:");
        let asked = [&self.condition, &self.filter];
        asked
            .into_iter()
            .chain(&self.locations)
            .chain(&self.init)
            .any(|text| text.contains(&prefix))
    }
}

/// `exists (…)` and the like, in its two pieces.
fn condition(line: &str) -> Option<(&str, &str)> {
    let (quantifier, condition) = line.split_once(" (")?;
    let known = ["exists", "~exists", "forall"].contains(&quantifier);
    known.then_some((quantifier, condition.strip_suffix(')')?))
}

/// The name that a parameter or a line of the init block is about.
fn declared(text: &str) -> &str {
    let text = text.split(['=', ';']).next().unwrap_or_default().trim();
    let text = text.trim_start_matches('[').trim_end_matches(']');
    text.rsplit([' ', '*']).next().unwrap_or_default()
}

/// Words between brackets, each without what parts it from the next.
fn list(text: &str, open: char, close: char) -> Vec<String> {
    let inner = text.trim().trim_start_matches(open).trim_end_matches(close);
    let words = inner.split(';').map(str::trim).filter(|w| !w.is_empty());
    words.map(|word| format!("{word};")).collect()
}
