//! The init block: no longer than it must be.

use super::{Printer, Style, declarator};
use crate::ast::*;
use crate::final_state::{Shown, format_value};

impl Printer<'_> {
    pub(super) fn init(&mut self) {
        let declared = self.declared_vars();
        let mut lines = Vec::new();
        for (var, id) in self.test.vars.iter().zip(0_u16..).take(declared) {
            match self.test.element(VarId(id)) {
                Some((array, 0)) => {
                    lines.push(self.array(var, array));
                    continue;
                }
                Some(_) => continue,
                None => {}
            }
            let value = format_value(self.test, var.init);
            // herd reads few types; it prints the values by them.
            let typed = var.declared && (self.style == Style::Full || Shown::of(&var.ty).is_some());
            let and = matches!(var.init, Value::Addr(_)) && typed && var.ty.ends_with('*');
            let value = if and { format!("&{value}") } else { value };
            lines.push(match (typed, var.initialised) {
                (true, true) => format!("{} = {value};", declarator(&var.ty, &var.name)),
                (true, false) => format!("{};", declarator(&var.ty, &var.name)),
                (false, true) => format!("{}={value};", var.name),
                (false, false) => format!("{};", var.name),
            });
        }
        for (thread, reg, value) in &self.test.init_regs {
            // A parameter that is used as a register holds its variable's address.
            if self.test.is_parameter(*thread, *reg) {
                continue;
            }
            let value = format_value(self.test, *value);
            lines.push(format!(
                "{}={value};",
                self.test.format_term(Term::Reg(*thread, *reg))
            ));
        }
        let end = self.original_parts().map_or(0, |(init, _)| init);
        let open = self.out.len();
        self.comments_before(end, 1);
        if lines.is_empty() && self.out.len() == open {
            self.out.push_str("{}\n");
            return;
        }
        self.out.insert_str(open, "{\n");
        for line in lines {
            self.out.push_str(&format!("\t{line}\n"));
        }
        self.out.push_str("}\n");
    }

    /// `int x[2] = {1,2};`
    fn array(&self, first: &Var, array: &Array) -> String {
        let vars = array
            .elements
            .iter()
            .filter_map(|id| self.test.vars.get(usize::from(id.0)));
        let values: Vec<String> = vars.map(|var| format_value(self.test, var.init)).collect();
        let name = declarator(&first.ty, &first.name);
        format!("{name}[{}] = {{{}}};", values.len(), values.join(","))
    }

    /// How many variables the block must name: up to the last with a value, if
    /// the others come up by themselves and in their order.
    fn declared_vars(&self) -> usize {
        let test = self.test;
        let all = test.vars.len();
        let least = test
            .vars
            .iter()
            .rposition(|var| var.initialised || var.declared)
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
        if natural { least } else { all }
    }
}
