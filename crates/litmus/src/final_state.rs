//! Final states: what is observed of them, how herd prints them, and whether a
//! condition holds.

use crate::ast::*;

impl Cond {
    /// Whether the formula holds in the final state that `lookup` tells of.
    pub fn eval(&self, lookup: impl Fn(Term) -> Value) -> bool {
        self.eval_with(&lookup)
    }

    fn eval_with(&self, lookup: &dyn Fn(Term) -> Value) -> bool {
        match self {
            Cond::True => true,
            Cond::False => false,
            Cond::Eq(term, value) => lookup(*term) == *value,
            Cond::EqTerm(a, b) => lookup(*a) == lookup(*b),
            Cond::Not(a) => !a.eval_with(lookup),
            Cond::And(a, b) => a.eval_with(lookup) && b.eval_with(lookup),
            Cond::Or(a, b) => a.eval_with(lookup) || b.eval_with(lookup),
            Cond::Implies(a, b) => !a.eval_with(lookup) || b.eval_with(lookup),
        }
    }

    /// The terms that the formula names, in its order, with repetitions.
    #[must_use]
    pub fn terms(&self) -> Vec<Term> {
        let mut found = Vec::new();
        let mut stack = vec![self];
        while let Some(cond) = stack.pop() {
            match cond {
                Cond::True | Cond::False => {}
                Cond::Eq(term, _) => found.push(*term),
                Cond::EqTerm(a, b) => found.extend([*a, *b]),
                Cond::Not(a) => stack.push(a),
                Cond::And(a, b) | Cond::Or(a, b) | Cond::Implies(a, b) => stack.extend([&**b, a]),
            }
        }
        found
    }
}

impl Test {
    /// What a final state consists of for herd: the registers and variables
    /// that the condition and `locations` name. What only `filter` names is no
    /// part of it. Registers come first, by thread and name, then variables by
    /// name (`oracle/expected.jsonl`: no exception in 545 tests).
    #[must_use]
    pub fn observed(&self) -> Vec<Term> {
        let condition = self.condition.iter().flat_map(|c| c.cond.terms());
        let named = self.locations.iter().map(|term| (true, *term));
        let mut terms: Vec<_> = named.chain(condition.map(|term| (false, term))).collect();
        // Single elements of arrays come last; an array that is shown as a whole is among the variables.
        let key = |(location, term): &(bool, Term)| match term {
            Term::Reg(thread, reg) => (0, *thread, self.reg_name(*thread, *reg), 0),
            Term::Var(var) => match self.element(*var) {
                Some((array, index)) if *location && array.whole => {
                    (1, 0, self.array_name(array), index)
                }
                Some((array, index)) => (2, 0, self.array_name(array), index),
                None => (1, 0, self.var_name(*var), 0),
            },
        };
        terms.sort_unstable_by(|a, b| key(a).cmp(&key(b)).then(a.1.cmp(&b.1)));
        terms.dedup_by(|a, b| a.1 == b.1 && key(a) == key(b));
        terms.into_iter().map(|(_, term)| term).collect()
    }

    /// The register is a parameter that its thread, or a condition, uses as a register: it
    /// starts with the address of its variable.
    #[must_use]
    pub fn is_parameter(&self, thread: ThreadId, reg: RegId) -> bool {
        let name = self.reg_name(thread, reg);
        self.threads.get(usize::from(thread)).is_some_and(|thread| {
            let mut params = thread.params.iter();
            params.any(|(var, _)| self.var_name(*var) == name)
        })
    }

    /// The variable's name; empty when the test has no such variable.
    #[must_use]
    pub fn var_name(&self, var: VarId) -> &str {
        self.vars
            .get(usize::from(var.0))
            .map_or("", |var| var.name.as_str())
    }

    /// The register's name; empty when the test has no such register.
    #[must_use]
    pub fn reg_name(&self, thread: ThreadId, reg: RegId) -> &str {
        self.threads
            .get(usize::from(thread))
            .and_then(|thread| thread.regs.get(usize::from(reg.0)))
            .map_or("", |reg| reg.name.as_str())
    }

    /// The array that this variable is an element of, and which.
    #[must_use]
    pub fn element(&self, var: VarId) -> Option<(&Array, usize)> {
        self.arrays.iter().find_map(|array| {
            let index = array.elements.iter().position(|other| *other == var)?;
            Some((array, index))
        })
    }

    /// The array's name, which is that of its first element.
    #[must_use]
    pub fn array_name(&self, array: &Array) -> &str {
        array
            .elements
            .first()
            .map_or("", |first| self.var_name(*first))
    }

    /// `0:r1` or `[x]`, as herd prints them.
    #[must_use]
    pub fn format_term(&self, term: Term) -> String {
        match term {
            Term::Reg(thread, reg) => format!("{thread}:{}", self.reg_name(thread, reg)),
            Term::Var(var) => match self.element(var) {
                Some((array, index)) => format!("{}[{index}]", self.array_name(array)),
                None => format!("[{}]", self.var_name(var)),
            },
        }
    }

    /// A final state as herd prints it, `0:r0=1; 0:r1=0; [x]=3;`. The values
    /// are those of [`Test::observed`], in its order.
    #[must_use]
    pub fn format_state(&self, values: &[Value]) -> String {
        let observed = self.observed();
        let shown = observed.iter().zip(values);
        self.format_values(shown.map(|(term, value)| (*term, self.format_final(*term, *value))))
    }

    /// The same of values that have been formatted, each with its term, in order.
    #[must_use]
    pub fn format_values(&self, values: impl Iterator<Item = (Term, String)>) -> String {
        let mut parts: Vec<String> = Vec::new();
        // The values so far of an array that is shown as a whole, and such arrays that are done.
        let mut whole: Vec<String> = Vec::new();
        let mut done: Vec<&str> = Vec::new();
        for (term, value) in values {
            let element = match term {
                Term::Var(var) => self.element(var).filter(|(array, _)| array.whole),
                Term::Reg(..) => None,
            };
            let shown = element.filter(|(array, _)| !done.contains(&self.array_name(array)));
            let Some((array, index)) = shown else {
                parts.push(format!("{}={value};", self.format_term(term)));
                continue;
            };
            whole.push(value);
            if index + 1 == array.elements.len() {
                let name = self.array_name(array);
                parts.push(match whole.as_slice() {
                    [only] => format!("{name}={only};"),
                    several => format!("{name}={{{}}};", several.join(",")),
                });
                whole.clear();
                done.push(name);
            }
        }
        parts.join(" ")
    }

    /// The final value of a register or variable as herd prints it: a variable that the init
    /// block declares is shown by its type, so `atomic_t` has no sign.
    #[must_use]
    pub fn format_final(&self, term: Term, value: Value) -> String {
        let var = match term {
            Term::Var(var) => self.vars.get(usize::from(var.0)),
            Term::Reg(..) => None,
        };
        let shown = var
            .filter(|var| var.declared)
            .and_then(|var| Shown::of(&var.ty));
        match (shown, value) {
            (Some(shown), Value::Int(n)) => shown.final_value(n).to_string(),
            _ => format_value(self, value),
        }
    }

    /// Puts final states, as [`Test::format_state`] writes them, into the order in which herd lists
    /// them: by the first value that differs, what comes out of thin air before numbers, numbers
    /// before addresses, addresses by name.
    pub fn sort_states(&self, states: &mut [String]) {
        states.sort_by(|a, b| {
            let (a, b) = (a.split("; "), b.split("; "));
            a.map(|part| self.order(part))
                .cmp(b.map(|part| self.order(part)))
        });
    }

    /// By what a part of a state, `[x]=1;`, is sorted.
    fn order<'s>(&self, part: &'s str) -> (u8, i64, &'s str) {
        let (term, value) = part
            .trim_end_matches(';')
            .split_once('=')
            .unwrap_or(("", part));
        let Ok(number) = value.parse::<i64>() else {
            let thin_air = value.strip_prefix('S').and_then(|n| n.parse().ok());
            let named = self.vars.iter().any(|var| var.name == value);
            return match thin_air.filter(|_| !named) {
                Some(number) => (0, number, ""),
                None => (2, 0, value),
            };
        };
        // What is shown without its sign is still sorted with it.
        let name = term.trim_start_matches('[').split([']', '[']).next();
        let var = self
            .vars
            .iter()
            .find(|var| Some(var.name.as_str()) == name && var.declared);
        let unsigned = var
            .and_then(|var| Shown::of(&var.ty))
            .is_some_and(|s| s.bits == 32 && !s.signed);
        let number = if unsigned && number > i64::from(i32::MAX) {
            number - (1 << 32)
        } else {
            number
        };
        (1, number, "")
    }
}

/// A type of the init block that herd reads, and by which it shows a variable's values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Shown {
    bits: u32,
    signed: bool,
}

impl Shown {
    /// How values of this type are shown; `None` for those that herd's init block refuses, and for pointers.
    pub(crate) fn of(ty: &str) -> Option<Shown> {
        let (bits, signed) = match ty.strip_prefix("_Atomic ").unwrap_or(ty) {
            "int" | "long" | "int32_t" | "intptr_t" => (32, true),
            "atomic_t" | "uint32_t" | "uintptr_t" => (32, false),
            "char" | "int8_t" => (8, true),
            "uint8_t" => (8, false),
            "int16_t" => (16, true),
            "uint16_t" => (16, false),
            _ => return None,
        };
        Some(Shown { bits, signed })
    }

    /// What is left of an initial value: herd cuts it to the type's size, whatever its sign.
    pub(crate) fn initial(self, n: i64) -> i64 {
        if self.bits < 32 {
            n & ((1 << self.bits) - 1)
        } else {
            n
        }
    }

    /// Its size.
    pub(crate) fn bytes(self) -> u8 {
        (self.bits / 8) as u8
    }

    fn final_value(self, n: i64) -> i64 {
        let unused = 64 - self.bits;
        if self.signed && self.bits == 32 {
            n
        } else if self.signed {
            n << unused >> unused
        } else {
            n & ((1 << self.bits) - 1)
        }
    }
}

/// A value as herd prints it: a number, the name of the variable whose address
/// it is, or `x+1` and `x+-1` for what is beside one.
#[must_use]
pub fn format_value(test: &Test, value: Value) -> String {
    match value {
        Value::Int(n) => n.to_string(),
        Value::Addr(var) => match test.element(var) {
            Some((array, index @ 1..)) => {
                format!(
                    "{}+{}",
                    test.array_name(array),
                    index * usize::from(array.stride)
                )
            }
            _ => test.var_name(var).to_string(),
        },
        Value::Beside(var, offset) => format!("{}+{offset}", test.var_name(var)),
    }
}
