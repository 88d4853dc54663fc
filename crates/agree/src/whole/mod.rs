//! Programs of the whole dialect: every primitive, branches, values computed from values, pointers, locks, sections and
//! grace periods of RCU and SRCU, every form of initial value and of condition.
//!
//! They are small, since herd7 enumerates, and few things stand in each, so that these meet.

mod ending;
mod sections;
mod statements;
mod values;

use crate::{Program, Random};

/// Whose dialect a program is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tongue {
    /// What herd7 reads, and we.
    Shared,
    /// Also what only we read, and export to herd7 in other words.
    Own,
}

/// What programs can be kept free of, so that what differs in one thing does not hide the rest.
pub const THEMES: &[&str] = &[
    "plain", "atomics", "locks", "rcu", "srcu", "branches", "pointers", "arrays", "types", "words",
    "limits", "careless",
];

/// What a program is made of. Most have a few of these.
#[derive(Clone, Copy, Debug)]
struct Theme {
    tongue: Tongue,
    plain: bool,
    atomics: bool,
    locks: bool,
    rcu: bool,
    srcu: bool,
    branches: bool,
    pointers: bool,
    arrays: bool,
    /// Types other than `int`, by which herd7 shows values.
    types: bool,
    /// What the kernel's names stand for, and registers with the names of C's words.
    words: bool,
    /// Numbers at the ends of 32 bits, and much arithmetic.
    limits: bool,
    /// What nobody should write: sections that do not match, and the like.
    careless: bool,
}

impl Theme {
    fn pick(random: &mut Random, tongue: Tongue, without: &[&str]) -> Theme {
        let mut once_in = |n, name| random.one_in(n) && !without.contains(&name);
        Theme {
            tongue,
            plain: once_in(4, "plain"),
            atomics: once_in(2, "atomics"),
            locks: once_in(5, "locks"),
            rcu: once_in(5, "rcu"),
            srcu: once_in(4, "srcu"),
            branches: once_in(2, "branches"),
            pointers: once_in(3, "pointers"),
            arrays: once_in(10, "arrays"),
            types: once_in(8, "types"),
            words: once_in(8, "words"),
            limits: once_in(4, "limits"),
            careless: once_in(8, "careless"),
        }
    }
}

/// A word of C that is none of the dialect, and so may be a register's name.
const WORD: &str = "continue";

/// What a register holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Number,
    /// Leads to a number, or nowhere.
    Pointer,
    /// Leads to a pointer.
    Second,
}

impl Kind {
    /// The type and the letter of such registers.
    fn words(self) -> (&'static str, &'static str) {
        match self {
            Kind::Number => ("int ", "r"),
            Kind::Pointer => ("int *", "d"),
            Kind::Second => ("int **", "e"),
        }
    }
}

/// Where registers are declared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Declared {
    First,
    WithValue,
    Nowhere,
}

/// Writes one thread.
struct Maker<'r> {
    random: &'r mut Random,
    theme: Theme,
    /// The variables that hold numbers.
    numbers: &'r [&'static str],
    declared: Declared,
    declarations: Vec<String>,
    lines: Vec<String>,
    regs: Vec<(String, Kind)>,
    depth: usize,
    /// How many more accesses and the like there may be.
    left: usize,
}

impl Maker<'_> {
    fn line(&mut self, text: impl Into<String>) {
        self.lines.push(text.into());
    }

    /// One of these kinds of things, each as often as its weight says.
    fn weighted<T: Copy>(&mut self, of: &[(usize, T)]) -> Option<T> {
        let total = of.iter().map(|(weight, _)| weight).sum();
        let mut at = self.random.below(total);
        of.iter().find_map(|(weight, thing)| {
            let here = at < *weight;
            at = at.saturating_sub(*weight);
            here.then_some(*thing)
        })
    }

    /// A register that holds such a thing, if there is one.
    fn reg(&mut self, kind: Kind) -> Option<String> {
        let fitting: Vec<&String> = self
            .regs
            .iter()
            .filter(|(_, of)| *of == kind)
            .map(|(name, _)| name)
            .collect();
        let at = self.random.below(fitting.len());
        fitting.get(at).map(|name| (*name).clone())
    }

    /// Puts a value into a register, a new one as a rule.
    fn assign(&mut self, kind: Kind, value: &str) -> String {
        let of_kind = self.regs.iter().filter(|(_, of)| *of == kind).count();
        if (of_kind > 3 || self.random.one_in(8))
            && let Some(name) = self.reg(kind)
        {
            self.line(format!("{name} = {value};"));
            return name;
        }
        let (ty, letter) = kind.words();
        let name = match of_kind {
            1 if self.theme.words && kind == Kind::Number => WORD.to_owned(),
            _ => format!("{letter}{of_kind}"),
        };
        self.regs.push((name.clone(), kind));
        if name == WORD {
            self.line(format!("{name} = {value};"));
        } else if self.declared == Declared::WithValue && self.depth == 0 {
            self.line(format!("{ty}{name} = {value};"));
        } else {
            if self.declared != Declared::Nowhere {
                self.declarations.push(format!("{ty}{name};"));
            }
            self.line(format!("{name} = {value};"));
        }
        name
    }

    /// Spends so much of what the thread may do.
    fn spend(&mut self, events: usize) {
        self.left = self.left.saturating_sub(events);
    }

    fn finish(self) -> (Vec<String>, Vec<(String, Kind)>) {
        ([self.declarations, self.lines].concat(), self.regs)
    }
}

/// The program of a seed, without some of [`THEMES`].
#[must_use]
pub fn whole(seed: u64, tongue: Tongue, without: &[&str]) -> Program {
    let random = &mut Random::new(seed ^ 0x5eed_0000_0000);
    // The first numbers of a sequence tell little of its seed.
    for _ in 0..4 {
        random.below(2);
    }
    let theme = Theme::pick(random, tongue, without);
    let (threads, size) = match random.below(12) {
        0 => (1, 3 + random.below(8)),
        1..8 => (2, 4 + random.below(7)),
        8..11 => (3, 5 + random.below(5)),
        _ => (4, 6 + random.below(4)),
    };
    let numbers = &["x", "y", "z"][..1 + random.below(3)];
    let mut bodies = Vec::new();
    let mut regs = Vec::new();
    for at in 0..threads {
        let declared = match random.below(8) {
            0..4 => Declared::WithValue,
            4..7 => Declared::First,
            _ => Declared::Nowhere,
        };
        let share = size / threads + usize::from(at < size % threads);
        let mut maker = Maker {
            random,
            theme,
            numbers,
            declared,
            declarations: Vec::new(),
            lines: Vec::new(),
            regs: Vec::new(),
            depth: 0,
            left: share,
        };
        while maker.left > 0 {
            maker.piece();
        }
        let (lines, of_thread) = maker.finish();
        bodies.push(lines);
        regs.push(of_thread);
    }
    ending::finish(random, theme, numbers, bodies, &regs, seed)
}

/// The parameters that every thread of such a program has.
fn params(theme: Theme, numbers: &[&str]) -> String {
    let mut params: Vec<String> = numbers.iter().map(|name| format!("int *{name}")).collect();
    let mut add = |wanted: bool, text: &str| {
        if wanted {
            params.push(text.to_owned());
        }
    };
    add(theme.atomics, "atomic_t *v");
    add(theme.arrays, "int *a");
    add(theme.pointers, "int **p, int **q, int ***m");
    add(theme.locks, "spinlock_t *l, spinlock_t *k");
    add(theme.srcu, "struct srcu_struct *s, struct srcu_struct *t");
    params.join(", ")
}
