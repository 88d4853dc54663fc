//! Which variables a pointer may lead to, whatever the order of events: the
//! least sets closed under every assignment and store of the test.

use crate::ast::*;
use crate::walk;
use std::collections::BTreeSet;

/// Rounds until the sets are given up on; a test of real size needs a few.
const ROUNDS: usize = 256;

pub(super) type Targets = BTreeSet<VarId>;

pub(super) struct PointsTo<'t> {
    test: &'t Test,
    vars: Vec<Targets>,
    regs: Vec<Vec<Targets>>,
}

impl<'t> PointsTo<'t> {
    /// `None` when the sets do not settle in time.
    pub(super) fn of(test: &'t Test) -> Option<Self> {
        let mut sets = PointsTo {
            test,
            vars: vec![Targets::new(); test.vars.len()],
            regs: test
                .threads
                .iter()
                .map(|t| vec![Targets::new(); t.regs.len()])
                .collect(),
        };
        for (var, set) in test.vars.iter().zip(&mut sets.vars) {
            if let Value::Addr(target) = var.init {
                set.insert(target);
            }
        }
        for (thread, reg, value) in &test.init_regs {
            if let Value::Addr(target) = value {
                sets.add_reg(usize::from(*thread), *reg, &Targets::from([*target]));
            }
        }
        for _ in 0..ROUNDS {
            let mut changed = false;
            for (index, thread) in test.threads.iter().enumerate() {
                changed |= sets.body(index, &thread.body);
            }
            if !changed {
                return Some(sets);
            }
        }
        None
    }

    fn add_reg(&mut self, thread: usize, reg: RegId, more: &Targets) -> bool {
        let place = self
            .regs
            .get_mut(thread)
            .and_then(|regs| regs.get_mut(usize::from(reg.0)));
        place.is_some_and(|set| grow(set, more))
    }

    fn body(&mut self, thread: usize, body: &[Stmt]) -> bool {
        let mut changed = false;
        for stmt in body {
            match &stmt.kind {
                StmtKind::Assign { dst, value, .. } => {
                    changed |= self.stores(thread, value);
                    let targets = self.targets(thread, value);
                    changed |= self.add_reg(thread, *dst, &targets);
                }
                StmtKind::Op(op) => {
                    let mut ops = Vec::new();
                    walk::ops_of_op(op, &mut |op| ops.push(op));
                    changed |= ops
                        .into_iter()
                        .fold(false, |c, op| self.store(thread, op) | c);
                }
                StmtKind::If { cond, then, els } => {
                    changed |= self.stores(thread, cond);
                    changed |= self.body(thread, then);
                    changed |= self.body(thread, els);
                }
                StmtKind::Block(body) => changed |= self.body(thread, body),
                StmtKind::Declare { .. } | StmtKind::Empty => {}
            }
        }
        changed
    }

    fn stores(&mut self, thread: usize, expr: &Expr) -> bool {
        let mut ops = Vec::new();
        walk::ops_of_expr(expr, &mut |op| ops.push(op));
        ops.into_iter()
            .fold(false, |changed, op| self.store(thread, op) | changed)
    }

    /// What an operation adds to memory.
    fn store(&mut self, thread: usize, op: &Op) -> bool {
        let (addr, value) = match &op.kind {
            OpKind::Store { addr, value, .. } | OpKind::StoreMb { addr, value } => (addr, value),
            OpKind::Rmw { addr, operand, .. } => (addr, operand),
            OpKind::CmpXchg { addr, new, .. } => (addr, new),
            _ => return false,
        };
        let values = self.targets(thread, value);
        let mut changed = false;
        for target in self.targets(thread, addr) {
            if let Some(set) = self.vars.get_mut(usize::from(target.0)) {
                changed |= grow(set, &values);
            }
        }
        changed
    }

    /// What the expression may be the address of.
    pub(super) fn targets(&self, thread: usize, expr: &Expr) -> Targets {
        match expr {
            Expr::Int(_) => Targets::new(),
            Expr::Reg(reg) => self
                .regs
                .get(thread)
                .and_then(|regs| regs.get(usize::from(reg.0)))
                .cloned()
                .unwrap_or_default(),
            Expr::Addr(var) => Targets::from([*var]),
            Expr::Field { base, field } => self
                .targets(thread, base)
                .into_iter()
                .filter_map(|object| field_of(self.test, object, field))
                .collect(),
            Expr::Unary(_, a) => self.targets(thread, a),
            Expr::Binary(op, a, b) => match op {
                BinOp::Add
                | BinOp::Sub
                | BinOp::Mul
                | BinOp::Div
                | BinOp::BitAnd
                | BinOp::BitOr
                | BinOp::BitXor => {
                    let mut targets = self.targets(thread, a);
                    targets.extend(self.targets(thread, b));
                    // From one element to another.
                    for array in &self.test.arrays {
                        if array.elements.iter().any(|var| targets.contains(var)) {
                            targets.extend(&array.elements);
                        }
                    }
                    targets
                }
                _ => Targets::new(),
            },
            Expr::Op(op) => match &op.kind {
                OpKind::Load { addr, .. }
                | OpKind::Rmw { addr, .. }
                | OpKind::CmpXchg { addr, .. }
                | OpKind::AddUnless {
                    addr, fetch: true, ..
                } => self
                    .targets(thread, addr)
                    .into_iter()
                    .filter_map(|var| self.vars.get(usize::from(var.0)))
                    .flatten()
                    .copied()
                    .collect(),
                _ => Targets::new(),
            },
        }
    }
}

fn grow(set: &mut Targets, more: &Targets) -> bool {
    let before = set.len();
    set.extend(more);
    set.len() > before
}

/// The variable that holds a field of an object.
pub(super) fn field_of(test: &Test, object: VarId, field: &str) -> Option<VarId> {
    let object = test.objects.iter().find(|o| o.var == object)?;
    object
        .fields
        .iter()
        .find(|(name, _)| name == field)
        .map(|(_, var)| *var)
}
