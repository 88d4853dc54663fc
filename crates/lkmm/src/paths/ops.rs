//! The events of each primitive.

use litmus::{BinOp, Expr, Fence, Op, OpKind, Order, RmwOp, RmwRet, Span, Stmt, UnOp, VarId};

use super::build::{At, Builder};
use super::{Callback, Local, Node, Path, Result, Term, below, error, freed_address};
use crate::tags::{self, Tags};
use crate::value::pointee;

impl Builder<'_> {
    /// `kfree(object)`: a store to its flag, if the object has one.
    pub(super) fn free(&mut self, path: &mut Path, at: At<'_>, object: Term) -> Result<()> {
        let flag = match self.known(object.sym) {
            Some(value) => match freed_address(self.test, value) {
                0 => return Ok(()),
                flag => Node::Const(flag),
            },
            None if self.test.objects.iter().all(|o| o.freed.is_none()) => return Ok(()),
            None => Node::Freed(object.sym),
        };
        let loc = Term {
            sym: self.node(flag),
            ..object
        };
        let one = self.constant(1);
        self.write(path, at, tags::MARKED, loc, one)?;
        Ok(())
    }

    #[allow(clippy::too_many_lines)] // one arm for each primitive
    pub(super) fn op(&mut self, op: &Op, path: Path, stmt: &Stmt) -> Result<Vec<(Path, Term)>> {
        let at = At {
            stmt: stmt.id,
            span: op.span,
            name: &op.name,
        };
        let zero = self.constant(0);
        let start = path.events.len();
        let mut out = Vec::new();
        match &op.kind {
            OpKind::Load { addr, order } => {
                for (mut path, loc) in self.expr(addr, path, stmt)? {
                    let term = self.read(&mut path, at, read_tags(*order), loc)?;
                    out.push((path, term));
                }
            }
            OpKind::Store { addr, value, order } => {
                for (mut path, terms) in self.operands(&[addr, value], path, stmt)? {
                    self.write(&mut path, at, write_tags(*order), terms[0], terms[1])?;
                    out.push((path, zero));
                }
            }
            OpKind::StoreMb { addr, value } => {
                for (mut path, terms) in self.operands(&[addr, value], path, stmt)? {
                    self.write(&mut path, at, tags::MARKED, terms[0], terms[1])?;
                    path.sequence();
                    let fence = tags::MB | tags::FULL | tags::MARKED;
                    self.event(&mut path, at, fence, None, None)?;
                    out.push((path, zero));
                }
            }
            OpKind::Fence(fence) => {
                let mut path = path;
                self.event(&mut path, at, fence_tags(*fence), None, None)?;
                out.push((path, zero));
            }
            OpKind::Rmw {
                addr,
                op: rmw,
                operand,
                ret,
                order,
            } => {
                let exchanges = *rmw == RmwOp::Xchg;
                let operands = if exchanges {
                    self.operands_of_exchange(addr, &[operand], path, stmt)?
                } else {
                    self.operands(&[addr, operand], path, stmt)?
                };
                for (mut path, terms) in operands {
                    let noreturn = if *ret == RmwRet::None {
                        tags::NORETURN
                    } else {
                        0
                    };
                    let read = rmw_tags(*order, true) | noreturn;
                    let old = self.read(&mut path, at, read, terms[0])?;
                    let new = self.computed(*rmw, old, terms[1]);
                    let after = if exchanges {
                        path.since(start)
                    } else {
                        old.out
                    };
                    self.rmw_write(&mut path, at, *order, terms[0], new, 0, after)?;
                    // What is fetched is handed on together with the operand, and depends on it. What an
                    // exchange finds does not.
                    let old = if exchanges {
                        old
                    } else {
                        Term {
                            deps: old.deps | terms[1].deps,
                            out: old.out | terms[1].out,
                            ..old
                        }
                    };
                    let zero = self.constant(0);
                    let result = match ret {
                        RmwRet::None => zero,
                        RmwRet::Old => old,
                        RmwRet::New => new,
                        RmwRet::IsZero => self.binary(BinOp::Eq, new, zero),
                        RmwRet::IsNegative => self.binary(BinOp::Lt, new, zero),
                    };
                    out.push((path, result));
                }
            }
            OpKind::CmpXchg {
                addr,
                expected,
                new,
                order,
            } => {
                for (path, terms) in
                    self.operands_of_exchange(addr, &[expected, new], path, stmt)?
                {
                    for succeeds in [true, false] {
                        let mut path = path.clone();
                        path.names.fork(succeeds);
                        let read = rmw_tags(if succeeds { *order } else { Order::Once }, true);
                        let old = self.read(&mut path, at, read, terms[0])?;
                        let same = self.binary(BinOp::Eq, old, terms[1]);
                        path.constraints.push((same.sym, succeeds));
                        if succeeds {
                            let (compared, after) = (terms[1].deps, path.since(start));
                            self.rmw_write(
                                &mut path, at, *order, terms[0], terms[2], compared, after,
                            )?;
                        }
                        out.push((path, old));
                    }
                }
            }
            OpKind::AddUnless {
                addr,
                add,
                unless,
                fetch,
                order,
            } => {
                for (path, terms) in self.operands_of_exchange(addr, &[add, unless], path, stmt)? {
                    for succeeds in [true, false] {
                        let mut path = path.clone();
                        path.names.fork(succeeds);
                        let read = rmw_tags(if succeeds { *order } else { Order::Once }, true);
                        let old = self.read(&mut path, at, read, terms[0])?;
                        let same = self.binary(BinOp::Eq, old, terms[2]);
                        path.constraints.push((same.sym, !succeeds));
                        if succeeds {
                            let new = self.binary(BinOp::Add, old, terms[1]);
                            let (compared, after) = (terms[2].deps, path.since(start));
                            self.rmw_write(&mut path, at, *order, terms[0], new, compared, after)?;
                        }
                        // Whether it was the limit depends on the limit; what was there does not.
                        let result = if *fetch {
                            old
                        } else {
                            Term {
                                deps: old.deps | terms[2].deps,
                                out: old.out | terms[2].out,
                                ..self.constant(i64::from(succeeds))
                            }
                        };
                        out.push((path, result));
                    }
                }
            }
            OpKind::SpinLock { lock } => {
                for (mut path, loc) in self.expr(lock, path, stmt)? {
                    self.lock(&mut path, at, loc)?;
                    out.push((path, zero));
                }
            }
            OpKind::SpinUnlock { lock } => {
                for (mut path, loc) in self.expr(lock, path, stmt)? {
                    self.known_lock(loc, op.span)?;
                    let tags = tags::UL | tags::RELEASE | tags::MARKED;
                    self.write(&mut path, at, tags, loc, zero)?;
                    out.push((path, zero));
                }
            }
            OpKind::SpinTrylock { lock } => {
                for (path, loc) in self.expr(lock, path, stmt)? {
                    let mut taken = path.clone();
                    taken.names.fork(true);
                    let deps = self.lock(&mut taken, at, loc)?;
                    let (out_of_lock, one) = (taken.since(start), self.constant(1));
                    let one = Term {
                        deps,
                        out: out_of_lock,
                        ..one
                    };
                    out.push((taken, one));
                    let mut failed = path;
                    failed.names.fork(false);
                    let tags = tags::LF | tags::MARKED | tags::ATOMIC;
                    let found = self.read(&mut failed, at, tags, loc)?;
                    let sym = zero.sym;
                    out.push((failed, Term { sym, ..found }));
                }
            }
            OpKind::SpinIsLocked { lock } => {
                for (path, loc) in self.expr(lock, path, stmt)? {
                    self.known_lock(loc, op.span)?;
                    for (tag, value) in [(tags::RL, 1), (tags::RU, 0)] {
                        let mut path = path.clone();
                        path.names.fork(value != 0);
                        let found = self.read(&mut path, at, tag | tags::MARKED, loc)?;
                        let sym = self.constant(value).sym;
                        out.push((path, Term { sym, ..found }));
                    }
                }
            }
            OpKind::RcuReadLock => out.push(self.alone(path, at, tags::RCU_LOCK)?),
            OpKind::RcuReadUnlock => out.push(self.alone(path, at, tags::RCU_UNLOCK)?),
            OpKind::SynchronizeRcu { .. } => out.push(self.alone(path, at, tags::SYNC_RCU)?),
            OpKind::SrcuReadLock { domain, .. } => {
                for (mut path, loc) in self.expr(domain, path, stmt)? {
                    let tags = tags::SRCU_LOCK | tags::MARKED;
                    let cookie = self.read(&mut path, at, tags, loc)?;
                    out.push((path, cookie));
                }
            }
            OpKind::SrcuReadUnlock { domain, cookie, .. } => {
                for (mut path, terms) in self.operands(&[domain, cookie], path, stmt)? {
                    let tags = tags::SRCU_UNLOCK | tags::MARKED;
                    self.write(&mut path, at, tags, terms[0], terms[1])?;
                    out.push((path, zero));
                }
            }
            OpKind::SynchronizeSrcu { domain, .. } => {
                for (mut path, loc) in self.expr(domain, path, stmt)? {
                    let tags = tags::SYNC_SRCU | tags::MARKED;
                    self.event(&mut path, at, tags, Some(loc), None)?;
                    out.push((path, zero));
                }
            }
            OpKind::CallSrcu { domain, object, .. } => {
                for (mut path, terms) in self.operands(&[domain, object], path, stmt)? {
                    let callback = self.callback(terms[0], stmt, op.span)?;
                    let token = self.callbacks.get(callback).map_or(0, |c| c.token);
                    let token = self.address(token);
                    let tags = tags::RELEASE | tags::MARKED;
                    self.write(&mut path, at, tags, token, terms[1])?;
                    path.queued.push(callback);
                    out.push((path, zero));
                }
            }
            OpKind::SrcuBarrier { domain } => {
                for (mut path, loc) in self.expr(domain, path, stmt)? {
                    let domain = self.domain(loc, op.span)?;
                    for callback in path.queued.clone() {
                        let Some(callback) = self.callbacks.get(callback) else {
                            continue;
                        };
                        if callback.domain != domain {
                            continue;
                        }
                        let done = self.address(callback.done);
                        let tags = tags::ACQUIRE | tags::MARKED;
                        let ran = self.read(&mut path, at, tags, done)?;
                        path.sequence();
                        path.constraints.push((ran.sym, true));
                    }
                    out.push((path, zero));
                }
            }
            OpKind::Kfree { object } => {
                for (mut path, object) in self.expr(object, path, stmt)? {
                    self.free(&mut path, at, object)?;
                    out.push((path, zero));
                }
            }
        }
        Ok(out)
    }

    pub(super) fn alone(&mut self, mut path: Path, at: At<'_>, tag: Tags) -> Result<(Path, Term)> {
        self.event(&mut path, at, tag | tags::MARKED, None, None)?;
        let zero = self.constant(0);
        Ok((path, zero))
    }

    pub(super) fn domain(&self, loc: Term, span: Span) -> Result<VarId> {
        match self
            .known(loc.sym)
            .and_then(|value| pointee(self.test, value, self.test.vars.len()))
        {
            Some(var) => Ok(var),
            None => error(span, "the domain of a callback must be named directly"),
        }
    }

    /// The callback of this `call_srcu`, the same on every path.
    pub(super) fn callback(&mut self, domain: Term, stmt: &Stmt, span: Span) -> Result<usize> {
        let domain = self.domain(domain, span)?;
        let same = |c: &Callback| c.thread == self.thread && c.span == span;
        if let Some(known) = self.callbacks.iter().position(same) {
            return Ok(known);
        }
        let token = self.test.vars.len() + 2 * self.callbacks.len();
        self.callbacks.push(Callback {
            thread: self.thread,
            stmt: stmt.id,
            span,
            domain,
            token,
            done: token + 1,
        });
        Ok(self.callbacks.len() - 1)
    }

    pub(super) fn known_lock(&self, loc: Term, span: Span) -> Result<()> {
        let Some(lock) = self.known(loc.sym) else {
            return error(
                span,
                "which lock this is depends on what a load finds: not supported",
            );
        };
        if pointee(self.test, lock, self.test.vars.len()).is_none() {
            return error(span, "this is no lock: the pointer leads to no variable");
        }
        Ok(())
    }

    /// The two halves of taking a lock.
    pub(super) fn lock(&mut self, path: &mut Path, at: At<'_>, loc: Term) -> Result<Local> {
        self.known_lock(loc, at.span)?;
        let read = tags::LKR | tags::ACQUIRE | tags::MARKED | tags::ATOMIC;
        let found = self.read(path, at, read, loc)?;
        if let Some(read) = path.events.last_mut() {
            read.rmw = true;
        }
        let one = self.constant(1);
        let one = Term {
            out: found.out,
            ..one
        };
        self.write(path, at, tags::LKW | tags::MARKED | tags::ATOMIC, loc, one)?;
        Ok(found.deps)
    }

    /// Of an exchange: it comes after everything in its address, and its write after everything in its operands.
    fn operands_of_exchange(
        &mut self,
        addr: &Expr,
        others: &[&Expr],
        path: Path,
        stmt: &Stmt,
    ) -> Result<Vec<(Path, Vec<Term>)>> {
        let start = path.events.len();
        let mut out = Vec::new();
        for (path, mut loc) in self.expr(addr, path, stmt)? {
            loc.out |= path.since(start);
            for (path, terms) in self.operands(others, path, stmt)? {
                out.push((path, [&[loc], terms.as_slice()].concat()));
            }
        }
        Ok(out)
    }

    #[allow(clippy::too_many_arguments)] // all of it is of one event
    pub(super) fn rmw_write(
        &mut self,
        path: &mut Path,
        at: At<'_>,
        order: Order,
        loc: Term,
        value: Term,
        compared: Local,
        after: Local,
    ) -> Result<()> {
        if let Some(read) = path.events.last_mut() {
            read.rmw = true;
        }
        let event = self.write(path, at, rmw_tags(order, false), loc, value)?;
        path.events[event].compared = compared;
        path.events[event].before |= path.upto(after) & below(event);
        Ok(())
    }

    pub(super) fn computed(&mut self, op: RmwOp, old: Term, operand: Term) -> Term {
        let op = match op {
            RmwOp::Add => BinOp::Add,
            RmwOp::Sub => BinOp::Sub,
            RmwOp::And => BinOp::BitAnd,
            RmwOp::Or => BinOp::BitOr,
            RmwOp::Xor => BinOp::BitXor,
            RmwOp::AndNot => {
                let mask = self.unary(UnOp::BitNot, operand);
                return self.binary(BinOp::BitAnd, old, mask);
            }
            RmwOp::Xchg => return operand,
        };
        self.binary(op, old, operand)
    }
}

fn read_tags(order: Order) -> Tags {
    match order {
        Order::Plain => tags::PLAIN,
        Order::Acquire => tags::ACQUIRE | tags::MARKED,
        Order::Once | Order::Release | Order::Mb => tags::MARKED,
    }
}

fn write_tags(order: Order) -> Tags {
    match order {
        Order::Plain => tags::PLAIN,
        Order::Release => tags::RELEASE | tags::MARKED,
        Order::Once | Order::Acquire | Order::Mb => tags::MARKED,
    }
}

/// Acquire is of the read, release of the write, full order of both.
fn rmw_tags(order: Order, read: bool) -> Tags {
    let own = match order {
        Order::Acquire if read => tags::ACQUIRE,
        Order::Release if !read => tags::RELEASE,
        Order::Mb => tags::MB,
        _ => 0,
    };
    own | tags::RMW | tags::MARKED | tags::ATOMIC
}

fn fence_tags(fence: Fence) -> Tags {
    tags::MARKED
        | match fence {
            Fence::Mb | Fence::AfterSrcuReadLock => tags::MB | tags::FULL,
            Fence::Rmb => tags::RMB,
            Fence::Wmb => tags::WMB,
            Fence::BeforeAtomic => tags::BEFORE_ATOMIC | tags::FULL,
            Fence::AfterAtomic => tags::AFTER_ATOMIC | tags::FULL,
            Fence::AfterSpinlock => tags::AFTER_SPINLOCK | tags::FULL,
            Fence::AfterUnlockLock => tags::AFTER_UNLOCK_LOCK | tags::FULL,
            Fence::AfterSrcuReadUnlock => tags::AFTER_SRCU_READ_UNLOCK | tags::FULL,
            Fence::Compiler => tags::COMPILER,
        }
}
