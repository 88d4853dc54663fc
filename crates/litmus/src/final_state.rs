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
        let mut terms = self.locations.clone();
        if let Some(condition) = &self.condition {
            terms.extend(condition.cond.terms());
        }
        let key = |term: &Term| match term {
            Term::Reg(thread, reg) => (0, *thread, self.reg_name(*thread, *reg)),
            Term::Var(var) => (1, 0, self.var_name(*var)),
        };
        terms.sort_unstable_by(|a, b| key(a).cmp(&key(b)).then(a.cmp(b)));
        terms.dedup();
        terms
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

    /// `0:r1` or `[x]`, as herd prints them.
    #[must_use]
    pub fn format_term(&self, term: Term) -> String {
        match term {
            Term::Reg(thread, reg) => format!("{thread}:{}", self.reg_name(thread, reg)),
            Term::Var(var) => format!("[{}]", self.var_name(var)),
        }
    }

    /// A final state as herd prints it, `0:r0=1; 0:r1=0; [x]=3;`. The values
    /// are those of [`Test::observed`], in its order.
    #[must_use]
    pub fn format_state(&self, values: &[Value]) -> String {
        let parts: Vec<String> = self
            .observed()
            .into_iter()
            .zip(values)
            .map(|(term, value)| {
                format!("{}={};", self.format_term(term), format_value(self, *value))
            })
            .collect();
        parts.join(" ")
    }
}

/// A value as herd prints it: a number, the name of the variable whose address
/// it is, or `x+1` and `x+-1` for what is beside one.
#[must_use]
pub fn format_value(test: &Test, value: Value) -> String {
    match value {
        Value::Int(n) => n.to_string(),
        Value::Addr(var) => test.var_name(var).to_string(),
        Value::Beside(var, offset) => format!("{}+{offset}", test.var_name(var)),
    }
}
