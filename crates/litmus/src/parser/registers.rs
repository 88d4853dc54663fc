//! The registers of a thread.

use super::{Parser, Res};
use crate::ast::*;
use crate::diag::did_you_mean;
use crate::limits;

impl Parser<'_> {
    pub(super) fn find_register(&self, name: &str) -> Option<RegId> {
        let at = self.current.regs.iter().position(|reg| reg.name == name)?;
        u16::try_from(at).ok().map(RegId)
    }

    /// The register of this name, made if there is none.
    pub(super) fn register(&mut self, name: &str, at: Span) -> Res<RegId> {
        if let Some(reg) = self.find_register(name) {
            return Ok(reg);
        }
        let count = self.current.regs.len();
        let id = u16::try_from(count)
            .ok()
            .filter(|_| count < limits::REGISTERS);
        let Some(id) = id else {
            if !self.current.too_many {
                let n = limits::REGISTERS;
                let message = format!("more than {n} registers in a thread");
                self.sink.error(at, message);
            }
            self.current.too_many = true;
            return Err(crate::diag::Reported);
        };
        self.current.regs.push(Reg {
            name: name.to_string(),
            ty: String::new(),
        });
        self.current.uses.push((false, None));
        Ok(RegId(id))
    }

    /// A parameter that is assigned is a register from there on; before, it holds the variable's
    /// address.
    pub(super) fn parameter_register(&mut self, name: &str, at: Span) -> Res<()> {
        let params = &mut self.current.params;
        let Some(index) = params.iter().position(|(param, _)| param == name) else {
            return Ok(());
        };
        let (_, var) = params.remove(index);
        let reg = self.register(name, at)?;
        self.mark_assigned(reg);
        let thread = ThreadId::try_from(self.test.threads.len()).unwrap_or(ThreadId::MAX);
        self.test.init_regs.push((thread, reg, Value::Addr(var)));
        let message = format!("this changes where `{name}` leads, not what is stored there");
        let help = Some(format!("to store into it, write `*{name} = …`"));
        self.sink.warning(at, message, help);
        Ok(())
    }

    pub(super) fn mark_assigned(&mut self, reg: RegId) {
        if let Some((assigned, _)) = self.current.uses.get_mut(usize::from(reg.0)) {
            *assigned = true;
        }
    }

    /// Warns about registers that are read and never assigned, in every thread.
    pub(super) fn check_registers(&mut self) {
        let mut warnings = Vec::new();
        for (i, (thread, uses)) in self.test.threads.iter().zip(&self.uses).enumerate() {
            for (j, (reg, (assigned, read))) in thread.regs.iter().zip(uses).enumerate() {
                let given = self
                    .test
                    .init_regs
                    .iter()
                    .any(|(t, r, _)| usize::from(*t) == i && usize::from(r.0) == j);
                let (Some(at), false, false) = (read, assigned, given) else {
                    continue;
                };
                let name = &reg.name;
                let help = if self.test.vars.iter().any(|var| var.name == *name) {
                    Some(format!(
                        "to use the shared variable, add `int *{name}` to the parameters"
                    ))
                } else {
                    let regs = thread.regs.iter().map(|r| r.name.as_str());
                    let params = thread
                        .params
                        .iter()
                        .filter_map(|(id, _)| self.test.vars.get(usize::from(id.0)))
                        .map(|var| var.name.as_str());
                    did_you_mean(name, regs.chain(params).filter(|other| other != name))
                };
                let thread = &thread.name;
                let message =
                    format!("`{name}` is a register of {thread} that is never assigned: it is 0");
                warnings.push((*at, message, help));
            }
        }
        for (at, message, help) in warnings {
            self.sink.warning(at, message, help);
        }
    }
}
