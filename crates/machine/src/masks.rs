//! What each instruction must wait for, worked out once from the model's rules.

use litmus::RmwOp;

use crate::model::{ACTIONS, Action, Class, CpuModel, Rule, Scope};
use crate::program::{Across, Address, Atomic, Code, Ex, Instr, Kind, Mask, Node, Waits};

/// Instructions `from..to`.
#[must_use]
pub fn range(from: usize, to: usize) -> Mask {
    let below = |n: usize| if n >= 64 { Mask::MAX } else { (1 << n) - 1 };
    below(to) & !below(from)
}

/// The positions of the bits of a mask, ascending.
pub fn bits(mut mask: Mask) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        if mask == 0 {
            return None;
        }
        let bit = mask.trailing_zeros() as usize;
        mask &= mask - 1;
        Some(bit)
    })
}

/// The loads that an expression depends on, also through the branches that
/// choose between assignments.
#[must_use]
pub fn uses(ex: &Ex, code: &Code) -> Mask {
    let mut mask = 0;
    let mut open = vec![ex];
    while let Some(ex) = open.pop() {
        match ex {
            Ex::Const(_) => {}
            Ex::Load(instr) => mask |= 1 << instr,
            Ex::Node(node) => match node.as_ref() {
                Node::Unary(_, a) | Node::Field(a, _) => open.push(a),
                Node::Binary(_, a, b) | Node::AndNot(a, b) | Node::Once(a, b) => {
                    open.extend([a, b])
                }
                Node::Select(candidates) => {
                    for (arms, ex) in candidates {
                        open.push(ex);
                        for arm in arms {
                            if let Some(branch) = code.branches.get(usize::from(arm.branch)) {
                                mask |= branch.uses;
                            }
                        }
                    }
                }
            },
        }
    }
    mask
}

/// Whether two accesses are known before the run to be of the same location;
/// `None` when an address is computed.
#[must_use]
pub fn same_location(a: &Instr, b: &Instr) -> Option<bool> {
    match (&a.addr, &b.addr) {
        (Some(Address::Static(a)), Some(Address::Static(b))) => Some(a == b),
        (Some(_), Some(_)) => None,
        _ => Some(false),
    }
}

/// The instructions stand in different arms of a branch: they never both happen.
fn exclusive(a: &Instr, b: &Instr) -> bool {
    a.arms.iter().any(|x| {
        b.arms
            .iter()
            .any(|y| x.branch == y.branch && x.then != y.then)
    })
}

/// `rule` holds `code[later]` back for `code[earlier]`. Computed addresses are
/// left to the run.
#[must_use]
pub fn applies(rule: &Rule, code: &Code, earlier: usize, later: usize) -> bool {
    code.instrs
        .get(earlier)
        .is_some_and(|a| applies_to(rule, code, earlier, a.class, later))
}

/// The same, with `code[earlier]` taken to be of this class.
fn applies_to(rule: &Rule, code: &Code, earlier: usize, class: Class, later: usize) -> bool {
    let (Some(a), Some(b)) = (code.instrs.get(earlier), code.instrs.get(later)) else {
        return false;
    };
    if !b.class.meets(rule.later) || !class.meets(rule.earlier) || exclusive(a, b) {
        return false;
    }
    match rule.scope {
        Scope::Always => true,
        Scope::SameLocation => {
            same_location(a, b) == Some(true)
                && !(rule.action == Action::Read && covered(code, earlier, later))
        }
        Scope::Across(class) => between(code, class, earlier, later).next().is_some(),
    }
}

/// A load does not wait for an earlier load of its location when a store of its
/// CPU to that location stands between them: it reads this store or a newer one.
fn covered(code: &Code, earlier: usize, later: usize) -> bool {
    let (a, b) = (&code.instrs[earlier], &code.instrs[later]);
    // The write of an exchange is known before its read.
    let exchange = matches!(a.kind, Kind::Atomic(Atomic::Rmw(RmwOp::Xchg)));
    let store = |x: &Instr| {
        x.class.meets(Class::W)
            && !matches!(&x.kind, Kind::Atomic(atomic) if atomic.conditional())
            && same_location(x, b) == Some(true)
            && x.arms.iter().all(|arm| b.arms.contains(arm))
    };
    (exchange && store(a)) || code.instrs[earlier + 1..later].iter().any(store)
}

/// The fences of a class between two instructions, but for those that exclude
/// one of them. A lock's own barrier follows it, an unlock's precedes it.
fn between(code: &Code, class: Class, earlier: usize, later: usize) -> impl Iterator<Item = usize> {
    let (a, b) = (&code.instrs[earlier], &code.instrs[later]);
    (earlier + 1..later).filter(move |k| {
        let x = &code.instrs[*k];
        x.class.meets(class) && !exclusive(x, a) && !exclusive(x, b)
    })
}

/// The fence happens whenever both of the others do.
fn certain_between(code: &Code, fence: usize, earlier: usize, later: usize) -> bool {
    let has = |i: usize, arm| code.instrs[i].arms.contains(arm);
    code.instrs[fence]
        .arms
        .iter()
        .all(|arm| has(earlier, arm) || has(later, arm))
}

/// A rule that binds a conditional atomic only when it succeeds: a failed one is
/// a plain load and orders nothing.
#[must_use]
pub fn only_on_success(rule: &Rule, instr: &Instr, model: &CpuModel) -> bool {
    let strong = Class::ACQUIRE.with(Class::ATOMIC_MB);
    matches!(&instr.kind, Kind::Atomic(atomic) if atomic.conditional())
        && rule.action == Action::Read
        && model.speculates
        && rule.later.meets(strong)
        && !rule.later.meets(Class::R)
}

/// The actions whose rules bind `instr` when it does `action`: an atomic has no
/// buffer, so its write waits for all that a store waits for on its way into one.
#[must_use]
pub fn bound_by(instr: &Instr, action: Action, model: &CpuModel) -> [Option<Action>; 2] {
    let atomic = instr.class.meets(Class::ATOMIC);
    match action {
        Action::Write if atomic && model.buffered => [Some(Action::Write), Some(Action::Enter)],
        _ => [Some(action), None],
    }
}

/// Fills in the masks of every instruction.
pub fn fill(code: &mut Code, model: &CpuModel) {
    let used = code
        .instrs
        .iter()
        .map(|i| i.uses)
        .chain(code.branches.iter().map(|b| b.uses));
    let used = used.fold(code.observed, |mask, uses| mask | uses);
    for later in 0..code.instrs.len() {
        let mut waits = [Waits::default(); ACTIONS];
        let mut on_success = Waits::default();
        let mut across = Vec::new();
        for rule in model.rules {
            for earlier in 0..later {
                if !applies(rule, code, earlier, later) {
                    continue;
                }
                let bit = 1 << earlier;
                // A failed atomic is a plain load; its value is there once it has begun.
                let if_failed = applies_to(rule, code, earlier, Class::R, later);
                if let Scope::Across(class) = rule.scope {
                    let mut fences = between(code, class, earlier, later);
                    if !fences.any(|k| certain_between(code, k, earlier, later)) {
                        let fences = between(code, class, earlier, later);
                        across.extend(fences.map(|k| Across {
                            fence: k as u8,
                            action: rule.action,
                            performed: bit,
                            if_failed: if if_failed { bit } else { 0 },
                        }));
                        continue;
                    }
                }
                let waits = if only_on_success(rule, &code.instrs[later], model) {
                    &mut on_success
                } else {
                    &mut waits[rule.action as usize]
                };
                waits.add(bit, rule.until, if_failed);
            }
        }
        let instr = &mut code.instrs[later];
        if instr.class.meets(Class::ATOMIC) && model.buffered {
            let write = Action::Write as usize;
            waits[write] = waits[write].or(waits[Action::Enter as usize]);
        }
        instr.across = across;
        instr.waits = waits;
        instr.on_success = on_success;
        if instr.class.meets(Class::R) {
            code.reads |= 1 << later;
        }
        if instr.class.meets(Class::W) {
            code.writes |= 1 << later;
        }
    }
    code.unused = code.reads & !used;
    if model.speculates {
        code.assumable = assumable(code);
    }
}

/// The conditional atomics that some later instruction waits for only if they succeed.
fn assumable(code: &Code) -> Mask {
    let mut waived = 0;
    for instr in &code.instrs {
        for waits in instr.waits.iter().chain([&instr.on_success]) {
            waived |= waits.waived();
        }
        for across in &instr.across {
            waived |= across.performed & !across.if_failed;
        }
    }
    let conditional =
        |i: &usize| matches!(&code.instrs[*i].kind, Kind::Atomic(atomic) if atomic.conditional());
    bits(waived)
        .filter(conditional)
        .fold(0, |mask, i| mask | 1 << i)
}
