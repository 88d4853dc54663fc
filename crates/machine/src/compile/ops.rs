//! The primitives.

use litmus::{Expr, Fence, Op, OpKind, Order, RmwOp, RmwRet, Span};

use super::expressions::{binary, once, rmw_result};
use super::worker::free_address;
use super::{Call, CompileError, Cpu};
use crate::model::Class;
use crate::program::{Address, Atomic, Domain, Ex, Kind, SrcuFlavour, StoreRole};
use crate::spread::locks;
use crate::value::Meaning;

impl Cpu<'_, '_> {
    /// Compiles a primitive and gives the value it leaves, if any.
    pub(super) fn op(&mut self, op: &Op) -> Result<Ex, CompileError> {
        let span = op.span;
        let nothing = Ex::Const(0);
        match &op.kind {
            OpKind::Load { addr, order } => {
                let addr = self.address(addr)?;
                let class = if *order == Order::Acquire {
                    Class::R.with(Class::ACQUIRE)
                } else {
                    Class::R
                };
                let at = self.access(Kind::Load { wait: false }, class, span, addr, None)?;
                Ok(Ex::Load(at as u8))
            }
            OpKind::Store { addr, value, order } => {
                let release = matches!(order, Order::Release);
                self.store(addr, value, release, StoreRole::Plain, span)?;
                Ok(nothing)
            }
            OpKind::StoreMb { addr, value } => {
                self.store(addr, value, false, StoreRole::Plain, span)?;
                self.emit(Kind::Fence, Class::MB, span)?;
                Ok(nothing)
            }
            OpKind::Fence(fence) => {
                let class = match fence {
                    Fence::Compiler => return Ok(nothing),
                    Fence::Rmb => Class::RMB,
                    Fence::Wmb => Class::WMB,
                    _ => Class::MB,
                };
                self.emit(Kind::Fence, class, span)?;
                Ok(nothing)
            }
            OpKind::Rmw {
                addr,
                op,
                operand,
                ret,
                order,
            } => {
                let at = self.atomic(Atomic::Rmw(*op), addr, Some(operand), *order, span)?;
                let old = Ex::Load(at as u8);
                let operand = self.code.instrs[at].value.clone().unwrap_or(Ex::Const(0));
                let new = || rmw_result(*op, old.clone(), operand.clone());
                Ok(match ret {
                    RmwRet::None => nothing,
                    // To the axioms it depends on the operand, but for what an exchange finds.
                    RmwRet::Old if *op != RmwOp::Xchg => once(old, operand),
                    RmwRet::Old => old,
                    RmwRet::New => new(),
                    RmwRet::IsZero => binary(litmus::BinOp::Eq, new(), Ex::Const(0)),
                    RmwRet::IsNegative => binary(litmus::BinOp::Lt, new(), Ex::Const(0)),
                })
            }
            OpKind::CmpXchg {
                addr,
                expected,
                new,
                order,
            } => {
                let expected = self.expr(expected)?;
                let at = self.atomic(Atomic::CmpXchg(expected), addr, Some(new), *order, span)?;
                Ok(Ex::Load(at as u8))
            }
            OpKind::AddUnless {
                addr,
                add,
                unless,
                fetch,
                order,
            } => {
                let unless = self.expr(unless)?;
                let kind = Atomic::AddUnless(unless.clone());
                let at = self.atomic(kind, addr, Some(add), *order, span)?;
                let old = Ex::Load(at as u8);
                Ok(if *fetch {
                    old
                } else {
                    binary(litmus::BinOp::Ne, old, unless)
                })
            }
            OpKind::SpinLock { lock } => {
                self.atomic(Atomic::SpinLock, lock, None, Order::Acquire, span)?;
                Ok(nothing)
            }
            OpKind::SpinTrylock { lock } => {
                let at = self.atomic(Atomic::SpinTrylock, lock, None, Order::Acquire, span)?;
                Ok(binary(litmus::BinOp::Eq, Ex::Load(at as u8), Ex::Const(0)))
            }
            OpKind::SpinUnlock { lock } => {
                self.store(lock, &Expr::Int(0), true, StoreRole::SpinUnlock, span)?;
                Ok(nothing)
            }
            OpKind::SpinIsLocked { lock } => {
                let addr = self.lock(lock)?;
                let at = self.access(Kind::Load { wait: false }, Class::R, span, addr, None)?;
                Ok(binary(litmus::BinOp::Ne, Ex::Load(at as u8), Ex::Const(0)))
            }
            OpKind::Kfree { object } => {
                self.kfree(object, span)?;
                Ok(nothing)
            }
            _ => self.rcu_op(op),
        }
    }

    fn rcu_op(&mut self, op: &Op) -> Result<Ex, CompileError> {
        let span = op.span;
        let nothing = Ex::Const(0);
        match &op.kind {
            OpKind::RcuReadLock => {
                let section = self.section(Domain::Rcu, span)?;
                self.emit(Kind::Lock(section), Class::SECTION_ENTRY, span)?;
            }
            OpKind::RcuReadUnlock => {
                self.emit(Kind::RcuUnlock, Class::SECTION_EXIT, span)?;
            }
            OpKind::SynchronizeRcu { .. } => {
                self.emit(Kind::GracePeriod(Domain::Rcu), Class::GRACE_PERIOD, span)?;
            }
            OpKind::SrcuReadLock { domain, .. } => {
                let domain = self.domain(domain, span)?;
                let section = self.section(domain, span)?;
                let class = self.section_class(Class::SECTION_ENTRY);
                self.emit(Kind::Lock(section), class, span)?;
                // To the program it is a number: what the domain starts with.
                let number = match domain {
                    Domain::Srcu(loc) => self.shared.start(loc),
                    Domain::Rcu => 0,
                };
                return Ok(Ex::Const(
                    Meaning::Cookie(u16::from(section), number).value(),
                ));
            }
            OpKind::SrcuReadUnlock { domain, cookie, .. } => {
                let domain = self.domain(domain, span)?;
                let cookie = self.expr(cookie)?;
                let class = self.section_class(Class::SECTION_EXIT);
                let uses = self.uses(&cookie);
                let at = self.emit(Kind::SrcuUnlock { cookie, domain }, class, span)?;
                self.code.instrs[at].uses = uses;
            }
            OpKind::SynchronizeSrcu { domain, .. } => {
                let domain = self.domain(domain, span)?;
                self.emit(Kind::GracePeriod(domain), Class::GRACE_PERIOD, span)?;
            }
            OpKind::SrcuBarrier { domain } => {
                let domain = self.domain(domain, span)?;
                self.emit(Kind::Barrier(domain), Class::GRACE_PERIOD, span)?;
            }
            OpKind::CallSrcu { domain, object, .. } => {
                let domain = self.domain(domain, span)?;
                let object = self.expr(object)?;
                // The address is the worker's token, known when all threads are compiled.
                let class = Class::W.with(Class::RELEASE);
                let kind = Kind::Store {
                    role: StoreRole::Queue(0),
                };
                let at = self.access(kind, class, span, Address::Static(0), Some(object))?;
                let (thread, stmt) = (self.thread, self.stmt);
                let part = self.code.instrs[at].part;
                self.shared.calls.push(Call {
                    part,
                    thread,
                    instr: at,
                    stmt,
                    span,
                    domain,
                });
            }
            _ => {}
        }
        Ok(nothing)
    }

    fn section_class(&self, class: Class) -> Class {
        match self.shared.flavour {
            SrcuFlavour::Fast => class,
            SrcuFlavour::Tree => class.with(Class::SECTION_MB),
        }
    }

    fn store(
        &mut self,
        addr: &Expr,
        value: &Expr,
        release: bool,
        role: StoreRole,
        span: Span,
    ) -> Result<(), CompileError> {
        let addr = match role {
            StoreRole::SpinUnlock => self.lock(addr)?,
            _ => self.address(addr)?,
        };
        let value = self.expr(value)?;
        let class = if release {
            Class::W.with(Class::RELEASE)
        } else {
            Class::W
        };
        let class = match role {
            StoreRole::SpinUnlock => class.with(Class::UNLOCK),
            _ => class,
        };
        self.access(Kind::Store { role }, class, span, addr, Some(value))?;
        Ok(())
    }

    /// The lock that the instruction to be emitted next is about.
    fn lock(&mut self, lock: &Expr) -> Result<Address, CompileError> {
        let addr = self.address(lock)?;
        if let Address::Static(loc) = addr {
            let at = self.code.instrs.len();
            self.shared.locks.push((self.thread, at, loc));
        }
        Ok(addr)
    }

    /// `kfree(p)`: a store of 1 to the freed flag of the object `p` points to.
    fn kfree(&mut self, object: &Expr, span: Span) -> Result<(), CompileError> {
        let pointer = self.expr(object)?;
        let addr = free_address(self.shared, pointer);
        let kind = Kind::Store {
            role: StoreRole::Free,
        };
        self.access(kind, Class::W, span, addr, Some(Ex::Const(1)))?;
        Ok(())
    }

    fn atomic(
        &mut self,
        atomic: Atomic,
        addr: &Expr,
        operand: Option<&Expr>,
        order: Order,
        span: Span,
    ) -> Result<usize, CompileError> {
        let addr = if locks(&atomic) {
            self.lock(addr)?
        } else {
            self.address(addr)?
        };
        let operand = match operand {
            Some(expr) => self.expr(expr)?,
            None => Ex::Const(1),
        };
        let class = Class::R
            .with(Class::W)
            .with(Class::ATOMIC)
            .with(match order {
                Order::Mb => Class::ATOMIC_MB,
                Order::Acquire => Class::ACQUIRE,
                Order::Release => Class::RELEASE,
                Order::Plain | Order::Once => Class(0),
            });
        let class = if locks(&atomic) {
            class.with(Class::LOCK)
        } else {
            class
        };
        let split = self.shared.model.speculates && order != Order::Mb;
        let at = self.access(Kind::Atomic(atomic), class, span, addr, Some(operand))?;
        if split {
            self.code.split |= 1 << at;
        }
        Ok(at)
    }
}
