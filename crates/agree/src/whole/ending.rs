//! Initial values, and what is asked of final states.

use super::values::LIMITS;
use super::{Kind, Theme, Tongue, params};
use crate::{Program, Random};

pub(super) fn finish(
    random: &mut Random,
    theme: Theme,
    numbers: &[&'static str],
    threads: Vec<Vec<String>>,
    regs: &[Vec<(String, Kind)>],
    seed: u64,
) -> Program {
    let init = init(random, theme, numbers);
    let observed = observed(theme, numbers, regs);
    let about = About {
        theme,
        numbers,
        observed: &observed,
        written: written(&threads, &init),
    };
    let locations = observed
        .iter()
        .filter(|_| random.below(3) > 0)
        .map(|(name, _)| format!("{name};"))
        .collect();
    let filter = if random.one_in(12) {
        about.atom(random)
    } else {
        String::new()
    };
    let quantifier = random.pick(&["exists", "exists", "exists", "~exists", "forall"]);
    Program {
        name: format!("whole-{seed}"),
        init,
        params: params(theme, numbers),
        threads,
        locations,
        filter,
        quantifier: quantifier.to_owned(),
        condition: about.condition(random),
    }
}

fn value(random: &mut Random, theme: Theme) -> &'static str {
    if theme.limits && random.one_in(2) {
        return random.pick(LIMITS);
    }
    random.pick(&["0", "1", "1", "2"])
}

fn init(random: &mut Random, theme: Theme, numbers: &[&'static str]) -> Vec<String> {
    let mut init = Vec::new();
    for name in numbers {
        let value = value(random, theme);
        match random.below(8) {
            0 if theme.types => init.push(format!("{name} = {:#x};", random.below(20))),
            0..4 => {}
            4 => init.push(format!("{name} = {value};")),
            5 => init.push(format!("[{name}] = {value};")),
            6 => init.push(format!("int {name};")),
            7 if theme.types => {
                let types = [
                    "char", "long", "int8_t", "uint8_t", "int16_t", "uint16_t", "int32_t",
                    "uint32_t", "intptr_t",
                ];
                init.push(format!("{} {name} = {value};", random.pick(&types)));
            }
            _ => init.push(format!("int {name} = {value};")),
        }
    }
    if theme.atomics {
        let value = value(random, theme);
        match random.below(6) {
            0..3 => {}
            3 => init.push("atomic_t v;".to_owned()),
            4 => init.push(format!("atomic_t v = {value};")),
            _ => init.push(format!("atomic_t v = ATOMIC_INIT({value});")),
        }
    }
    if theme.pointers {
        let first = if theme.arrays && random.one_in(2) {
            "a"
        } else {
            numbers[0]
        };
        let mut pointer = |name: &str, to: &str| match random.below(4) {
            0 => init.push(format!("int *{name} = &{to};")),
            1 => init.push(format!("int *{name} = {to};")),
            2 => init.push(format!("{name} = {to};")),
            _ => init.push(format!("*{name} = &{to};")),
        };
        pointer("p", first);
        pointer("q", numbers[numbers.len() - 1]);
        pointer("m", "p");
        // A pointer that leads nowhere.
        if random.one_in(8) {
            let at = init.len() - 1 - random.below(3);
            init.remove(at);
        }
    }
    if theme.arrays {
        init.push("int a[2] = {1, 0};".to_owned());
    }
    if random.one_in(10) {
        init.push(format!("0:r0 = {};", value(random, theme)));
    }
    // herd7 knows no such type here.
    if theme.locks && theme.tongue == Tongue::Own && random.one_in(4) {
        init.push("spinlock_t l;".to_owned());
    }
    if theme.locks && theme.careless && random.one_in(4) {
        init.push("k = 1;".to_owned());
    }
    init
}

fn observed(
    theme: Theme,
    numbers: &[&'static str],
    regs: &[Vec<(String, Kind)>],
) -> Vec<(String, Kind)> {
    let mut observed: Vec<(String, Kind)> = numbers
        .iter()
        .map(|name| ((*name).to_owned(), Kind::Number))
        .collect();
    if theme.atomics {
        observed.push(("v".to_owned(), Kind::Number));
    }
    if theme.arrays {
        observed.push(("a[0]".to_owned(), Kind::Number));
        observed.push(("a[1]".to_owned(), Kind::Number));
    }
    if theme.pointers {
        observed.push(("p".to_owned(), Kind::Pointer));
        observed.push(("q".to_owned(), Kind::Pointer));
    }
    for (thread, regs) in regs.iter().enumerate() {
        let named = regs
            .iter()
            .map(|(name, kind)| (format!("{thread}:{name}"), *kind));
        observed.extend(named);
    }
    observed
}

/// The numbers that a program names, each as often as it does, and 0.
fn written(threads: &[Vec<String>], init: &[String]) -> Vec<String> {
    let is_word = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    let lines = threads.iter().flatten().chain(init);
    let words = lines.flat_map(|line| line.split(|c| !is_word(c)));
    let numbers = words.filter(|word| word.parse::<i64>().is_ok());
    numbers.map(str::to_owned).chain(["0".to_owned()]).collect()
}

/// What may be asked of final states.
struct About<'a> {
    theme: Theme,
    numbers: &'a [&'static str],
    observed: &'a [(String, Kind)],
    written: Vec<String>,
}

impl About<'_> {
    fn atom(&self, random: &mut Random) -> String {
        let (name, kind) = &self.observed[random.below(self.observed.len())];
        let is = random.pick(&["=", "=", "=", "=", "==", "!="]);
        let of_kind: Vec<&String> = self
            .observed
            .iter()
            .filter(|(other, of)| of == kind && other != name && other.contains(':'))
            .map(|(name, _)| name)
            .collect();
        // herd7 compares no element of an array with a register.
        let element = name.ends_with(']') && self.theme.tongue == Tongue::Shared;
        if is == "=" && random.one_in(12) && !of_kind.is_empty() && !element {
            return format!("{name}={}", of_kind[random.below(of_kind.len())]);
        }
        let value = match kind {
            Kind::Number if random.one_in(6) => value(random, self.theme),
            Kind::Number => &self.written[random.below(self.written.len())],
            Kind::Pointer if random.one_in(6) => "0",
            Kind::Pointer if self.theme.arrays && random.one_in(3) => "a",
            Kind::Pointer => random.pick(self.numbers),
            Kind::Second => random.pick(&["p", "q"]),
        };
        match name.contains([':', '[']) || random.below(4) > 0 {
            true => format!("{name}{is}{value}"),
            false => format!("[{name}]{is}{value}"),
        }
    }

    fn condition(&self, random: &mut Random) -> String {
        let part = |random: &mut Random| {
            let atom = self.atom(random);
            match random.below(12) {
                0 => format!("~({atom})"),
                1 => format!("~{atom}"),
                2 => format!("not ({atom})"),
                3 if random.one_in(6) => random.pick(&["true", "false"]).to_owned(),
                _ => atom,
            }
        };
        let mut text = part(random);
        for _ in 0..random.below(3).min(random.below(3)) {
            let joint = random.pick(&["/\\", "/\\", "/\\", "\\/", "\\/", "=>"]);
            let next = part(random);
            text = match random.below(4) {
                0 => format!("({text}) {joint} {next}"),
                1 => format!("{next} {joint} ({text})"),
                _ => format!("{text} {joint} {next}"),
            };
        }
        text
    }
}
