//! The init block: no longer than it must be.

use super::{Printer, Style, declarator};
use crate::ast::*;
use crate::final_state::format_value;
use crate::parser::pointee;

impl Printer<'_> {
    pub(super) fn init(&mut self) {
        let declared = self.declared_vars();
        let mut lines = Vec::new();
        for var in self.test.vars.iter().take(declared) {
            let value = format_value(self.test, var.init);
            // herd reads few types, and needs none.
            let full = self.style == Style::Full;
            let typed = full && (var.ty != self.param_type(&var.name) || plain(var));
            let and = matches!(var.init, Value::Addr(_)) && typed;
            let value = if and { format!("&{value}") } else { value };
            lines.push(match (typed, var.initialised) {
                (true, true) => format!("{} = {value};", declarator(&var.ty, &var.name)),
                (true, false) => format!("{};", declarator(&var.ty, &var.name)),
                (false, true) => format!("{}={value};", var.name),
                (false, false) => format!("{};", var.name),
            });
        }
        for (thread, reg, value) in &self.test.init_regs {
            let value = format_value(self.test, *value);
            lines.push(format!(
                "{}={value};",
                self.test.format_term(Term::Reg(*thread, *reg))
            ));
        }
        if lines.is_empty() {
            self.out.push_str("{}\n");
            return;
        }
        self.out.push_str("{\n");
        for line in lines {
            self.out.push_str(&format!("\t{line}\n"));
        }
        self.out.push_str("}\n");
    }

    /// The type that the parser gives to a variable that nothing else types.
    fn param_type(&self, name: &str) -> &str {
        self.test
            .threads
            .iter()
            .flat_map(|thread| &thread.params)
            .find(|(var, _)| self.test.var_name(*var) == name)
            .map_or("int", |(_, ty)| pointee(ty))
    }

    /// How many variables the block must name: up to the last with a value, if
    /// the others come up by themselves and in their order.
    fn declared_vars(&self) -> usize {
        let test = self.test;
        let all = test.vars.len();
        let least = test
            .vars
            .iter()
            .rposition(|var| var.initialised)
            .map_or(0, |at| at + 1);
        if self.style == Style::Herd {
            return least;
        }
        let mut order: Vec<VarId> = (0_u16..).take(least).map(VarId).collect();
        let mut mention = |var: VarId| {
            if !order.contains(&var) {
                order.push(var);
            }
        };
        let inits = test.vars.iter().take(least).map(|var| var.init);
        for value in inits.chain(test.init_regs.iter().map(|(_, _, value)| *value)) {
            if let Value::Addr(var) = value {
                mention(var);
            }
        }
        for (var, _) in test.threads.iter().flat_map(|thread| &thread.params) {
            mention(*var);
        }
        for object in &test.objects {
            object.fields.iter().for_each(|(_, var)| mention(*var));
            object.freed.into_iter().for_each(&mut mention);
        }
        let natural = order.iter().zip(0_u16..).all(|(var, n)| var.0 == n) && order.len() == all;
        let typed = test
            .vars
            .iter()
            .skip(least)
            .any(|var| var.ty != self.param_type(&var.name));
        if natural && !typed { least } else { all }
    }
}

/// `int x = 1`, `int *p = &x`: what a reader is told even where it goes without saying.
fn plain(var: &Var) -> bool {
    let base = var.ty.trim_end_matches('*').trim_end();
    let address = matches!(var.init, Value::Addr(_));
    base == "int" && (base.len() < var.ty.len()) == address
}
