//! The worker of a `call_srcu`, and what it frees.

use super::expressions::fold;
use super::{Call, CompileError, Cpu, Shared};
use crate::model::Class;
use crate::program::{Address, Code, Ex, Kind, Node, StoreRole};

/// Where the freed flag of the object is that `pointer` leads to.
pub(super) fn free_address(shared: &mut Shared<'_>, pointer: Ex) -> Address {
    let freed = shared.field(FREED);
    for object in &mut shared.objects {
        if !object.fields.iter().any(|(field, _)| *field == freed) {
            object.fields.push((freed, object.freed));
        }
    }
    match fold(Node::Field(pointer, freed), &shared.objects) {
        Ex::Const(c) => match shared.arrays.pointee(c, shared.locs.len()) {
            Some(loc) => Address::Static(loc as u16),
            None => Address::Computed(Ex::Const(c)),
        },
        ex => Address::Computed(ex),
    }
}

/// The field that stands for the freed flag; no name in a source is like it.
const FREED: &str = "(freed)";

/// The worker of a `call_srcu`: wait for the token, a grace period, free.
pub(super) fn worker_code(
    shared: &mut Shared<'_>,
    call: &Call,
    token: u16,
) -> Result<Code, CompileError> {
    let mut cpu = Cpu::new(shared, call.thread);
    cpu.code.worker = Some((call.stmt, call.part));
    cpu.stmt = call.stmt;
    let class = Class::R.with(Class::ACQUIRE);
    let wait = Kind::Load { wait: true };
    let at = cpu.access(wait, class, call.span, Address::Static(token), None)?;
    cpu.emit(
        Kind::GracePeriod(call.domain),
        Class::GRACE_PERIOD,
        call.span,
    )?;
    let addr = free_address(cpu.shared, Ex::Load(at as u8));
    let kind = Kind::Store {
        role: StoreRole::Free,
    };
    cpu.access(kind, Class::W, call.span, addr, Some(Ex::Const(1)))?;
    Ok(cpu.finish().0)
}
