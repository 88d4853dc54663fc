//! Expressions: a register is replaced by what reaches it.

use std::sync::Arc;

use litmus::{BinOp, Expr, RegId, RmwOp, Span};

use super::{CompileError, Cpu, cookies};
use crate::masks;
use crate::program::{Arm, Ex, Local, Mask, Node, ObjectInfo};

/// Most nodes of one expression, its registers' definitions included: with
/// `r1 = r0 + r0; r2 = r1 + r1; …` the size doubles in each line.
const MAX_EXPRESSION: usize = 2048;

impl Cpu<'_, '_> {
    /// Notes an assignment that does more than one load does.
    pub(super) fn note_local(&mut self, stmt: u16, reg: RegId, first: usize, value: &Ex) {
        let mut found = value;
        while let Ex::Node(node) = found
            && let Node::Once(value, _) = node.as_ref()
        {
            found = value;
        }
        let loaded = matches!(found, Ex::Load(at) if usize::from(*at) >= first);
        // What a lock or an operation gives back without a load is no arithmetic either.
        let silent = matches!(value, Ex::Const(_)) && self.code.instrs.len() > first;
        if !loaded && !silent {
            self.code.locals.push(Local {
                stmt,
                reg,
                value: value.clone(),
                arms: self.arms.clone(),
            });
        }
    }

    pub(super) fn expr(&mut self, expr: &Expr) -> Result<Ex, CompileError> {
        let ex = match expr {
            Expr::Int(n) => Ex::Const(*n),
            Expr::Reg(reg) => self.use_register(*reg),
            Expr::Addr(var) => Ex::Const(self.shared.arrays.address(var.0)),
            Expr::Field { base, field } => {
                let base = self.expr(base)?;
                let field = self.shared.field(field);
                fold(Node::Field(base, field), &self.shared.objects)
            }
            Expr::Unary(op, inner) => {
                let inner = self.expr(inner)?;
                let cookies = cookies::of(&inner);
                self.look_at(cookies, fold(Node::Unary(*op, inner), &[]))
            }
            Expr::Binary(op, left, right) => {
                let left = self.expr(left)?;
                let right = self.expr(right)?;
                let cookies = cookies::of(&left) | cookies::of(&right);
                self.look_at(cookies, binary(*op, left, right))
            }
            Expr::Op(op) => self.op(op)?,
        };
        if size(&ex, MAX_EXPRESSION) > MAX_EXPRESSION {
            let span = self.code.instrs.last().map_or(Span::default(), |i| i.span);
            return Err(CompileError {
                span,
                message: format!(
                    "an expression grows beyond {MAX_EXPRESSION} terms when its registers are replaced by what they hold"
                ),
            });
        }
        Ok(ex)
    }

    /// Notes the cookies of which a result that is known at once shows no more.
    fn look_at(&mut self, cookies: Mask, result: Ex) -> Ex {
        if matches!(result, Ex::Const(_)) {
            self.shared.looked_at |= cookies & !cookies::of(&result);
        }
        result
    }

    fn use_register(&self, reg: RegId) -> Ex {
        reaching(
            self.definitions.get(&reg).map_or(&[], Vec::as_slice),
            &self.arms,
        )
    }

    pub(super) fn uses(&self, ex: &Ex) -> Mask {
        masks::uses(ex, &self.code)
    }
}

/// What a register holds at a point in the arms `here`.
pub(super) fn reaching(definitions: &[(Vec<Arm>, Ex)], here: &[Arm]) -> Ex {
    let mut candidates = Vec::new();
    for (arms, ex) in definitions.iter().rev() {
        let opposite = arms.iter().any(|a| {
            here.iter()
                .any(|h| h.branch == a.branch && h.then != a.then)
        });
        if opposite {
            continue;
        }
        let open: Vec<Arm> = arms.iter().copied().filter(|a| !here.contains(a)).collect();
        let certain = open.is_empty();
        candidates.push((open, ex.clone()));
        if certain {
            break;
        }
    }
    match candidates.last() {
        Some((open, _)) if open.is_empty() => {}
        _ => candidates.push((Vec::new(), Ex::Const(0))),
    }
    // What an assignment gives that the otherwise reaching one gives as well does not depend on the branch.
    while let [.., (_, ex), (_, otherwise)] = candidates.as_slice()
        && ex == otherwise
    {
        candidates.remove(candidates.len() - 2);
    }
    if candidates.len() == 1
        && let Some((_, ex)) = candidates.pop()
    {
        return ex;
    }
    Ex::Node(Arc::new(Node::Select(candidates)))
}

pub(super) fn binary(op: BinOp, left: Ex, right: Ex) -> Ex {
    fold(Node::Binary(op, left, right), &[])
}

/// The value, once the other is known too.
pub(super) fn once(value: Ex, other: Ex) -> Ex {
    fold(Node::Once(value, other), &[])
}

/// The value that an atomic stores.
pub(super) fn rmw_result(op: RmwOp, old: Ex, operand: Ex) -> Ex {
    match op {
        RmwOp::Add => binary(BinOp::Add, old, operand),
        RmwOp::Sub => binary(BinOp::Sub, old, operand),
        RmwOp::And => binary(BinOp::BitAnd, old, operand),
        RmwOp::Or => binary(BinOp::BitOr, old, operand),
        RmwOp::Xor => binary(BinOp::BitXor, old, operand),
        RmwOp::AndNot => fold(Node::AndNot(old, operand), &[]),
        RmwOp::Xchg => operand,
    }
}

/// Constants are computed at once.
pub(super) fn fold(node: Node, objects: &[ObjectInfo]) -> Ex {
    let constant = match &node {
        Node::Unary(op, Ex::Const(a)) => Some(crate::value::unary(*op, *a)),
        Node::Binary(op, Ex::Const(a), Ex::Const(b)) => Some(crate::value::binary(*op, *a, *b)),
        Node::AndNot(Ex::Const(a), Ex::Const(b)) => Some(crate::eval::and_not(*a, *b)),
        Node::Once(value, Ex::Const(_)) => return value.clone(),
        Node::Field(Ex::Const(base), field) => Some(crate::eval::field(objects, *base, *field)),
        _ => None,
    };
    constant.map_or_else(|| Ex::Node(Arc::new(node)), Ex::Const)
}

/// The number of nodes of an expression, counted as far as `most`.
fn size(ex: &Ex, most: usize) -> usize {
    let mut count = 0;
    let mut open = vec![ex];
    while let Some(ex) = open.pop() {
        count += 1;
        if count > most {
            break;
        }
        if let Ex::Node(node) = ex {
            match node.as_ref() {
                Node::Unary(_, a) | Node::Field(a, _) => open.push(a),
                Node::Binary(_, a, b) | Node::AndNot(a, b) | Node::Once(a, b) => {
                    open.extend([a, b])
                }
                Node::Select(candidates) => open.extend(candidates.iter().map(|(_, ex)| ex)),
            }
        }
    }
    count
}
