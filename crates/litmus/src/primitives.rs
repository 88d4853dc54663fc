//! The table of primitives: name, arguments, meaning.
//!
//! Sources: MODELS.md, "What a Linux primitive is to a model"; the definitions
//! file of the kernel's `tools/memory-model` for the argument conventions; the
//! kernel's headers for the names that it has not.

use crate::ast::{Fence, Order, RmwOp, RmwRet};

/// What an argument stands for, and how it is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Arg {
    /// An address, written as the place itself: `*x`, `p->field`.
    Place,
    /// An address, written as a pointer: `x`, `&p->field`.
    Pointer,
    /// A number or pointer.
    Value,
    /// What a compare-and-exchange must find.
    Expected,
    /// What `add_unless` must not find.
    Unless,
    /// An `srcu_struct`.
    Domain,
    /// What `srcu_read_lock` gave.
    Cookie,
    /// What is freed.
    Object,
    /// A callback's name.
    Callback,
    /// Says something to lockdep only; not evaluated.
    Ignored,
}

impl Arg {
    /// The same role, however written.
    pub(crate) fn role(self) -> Arg {
        if self == Arg::Place {
            Arg::Pointer
        } else {
            self
        }
    }
}

/// What a primitive means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Prim {
    Load,
    Store,
    StoreMb,
    Fence(Fence),
    Rmw(RmwOp, RmwRet),
    CmpXchg,
    AddUnless { fetch: bool },
    SpinLock,
    SpinUnlock,
    SpinTrylock,
    SpinIsLocked,
    RcuReadLock,
    RcuReadUnlock,
    SynchronizeRcu { expedited: bool },
    SrcuReadLock { down: bool },
    SrcuReadUnlock { up: bool },
    SynchronizeSrcu { expedited: bool },
    CallSrcu,
    SrcuBarrier,
    Kfree,
}

/// A row of the table.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Primitive {
    pub(crate) name: &'static str,
    pub(crate) args: &'static [Arg],
    /// This many arguments at the end may be left out.
    pub(crate) optional: usize,
    pub(crate) prim: Prim,
    pub(crate) order: Order,
    /// There are `_acquire`, `_release` and `_relaxed` forms too.
    suffixes: bool,
}

impl Primitive {
    /// It gives a value.
    pub(crate) fn gives_value(&self) -> bool {
        matches!(
            self.prim,
            Prim::Load
                | Prim::CmpXchg
                | Prim::AddUnless { .. }
                | Prim::SpinTrylock
                | Prim::SpinIsLocked
                | Prim::SrcuReadLock { .. }
        ) || matches!(self.prim, Prim::Rmw(_, ret) if ret != RmwRet::None)
    }

    /// How it is called: `READ_ONCE(*x)`.
    pub(crate) fn usage(&self, name: &str) -> String {
        let args: Vec<&str> = self
            .args
            .iter()
            .map(|arg| match arg {
                Arg::Place => "*x",
                Arg::Pointer => match self.prim {
                    Prim::SpinLock | Prim::SpinUnlock | Prim::SpinTrylock => "lock",
                    _ => "x",
                },
                Arg::Value => "value",
                Arg::Expected => "old",
                Arg::Unless => "unless",
                Arg::Domain => "srcu",
                Arg::Cookie => "cookie",
                Arg::Object => "pointer",
                Arg::Callback => "callback",
                Arg::Ignored => "condition",
            })
            .collect();
        format!("{name}({})", args.join(", "))
    }
}

const fn row(
    name: &'static str,
    args: &'static [Arg],
    prim: Prim,
    order: Order,
    suffixes: bool,
) -> Primitive {
    Primitive {
        name,
        args,
        optional: 0,
        prim,
        order,
        suffixes,
    }
}

const fn optional(mut row: Primitive, optional: usize) -> Primitive {
    row.optional = optional;
    row
}

const fn fence(name: &'static str, fence: Fence) -> Primitive {
    row(name, &[], Prim::Fence(fence), Order::Plain, false)
}

const fn plain(name: &'static str, args: &'static [Arg], prim: Prim) -> Primitive {
    row(name, args, prim, Order::Plain, false)
}

const PLACE: &[Arg] = &[Arg::Place];
const PLACE_VALUE: &[Arg] = &[Arg::Place, Arg::Value];
const PLACE_IGNORED: &[Arg] = &[Arg::Place, Arg::Ignored];
const POINTER: &[Arg] = &[Arg::Pointer];
const POINTER_VALUE: &[Arg] = &[Arg::Pointer, Arg::Value];
const VALUE_POINTER: &[Arg] = &[Arg::Value, Arg::Pointer];
const COMPARE: &[Arg] = &[Arg::Pointer, Arg::Expected, Arg::Value];
const UNLESS: &[Arg] = &[Arg::Pointer, Arg::Value, Arg::Unless];
const DOMAIN: &[Arg] = &[Arg::Domain];
const DOMAIN_COOKIE: &[Arg] = &[Arg::Domain, Arg::Cookie];

/// Atomics that take an operand: nothing back, old value back, and where the kernel has it, new value back.
macro_rules! counted {
    ($plain:literal, $fetch:literal, $args:expr, $op:expr $(, $ret:literal)?) => {
        &[
            row(
                $plain,
                $args,
                Prim::Rmw($op, RmwRet::None),
                Order::Once,
                false,
            ),
            row($fetch, $args, Prim::Rmw($op, RmwRet::Old), Order::Mb, true),
            $(row($ret, $args, Prim::Rmw($op, RmwRet::New), Order::Mb, true),)?
        ]
    };
}

const COUNTED: [&[Primitive]; 8] = [
    counted!(
        "atomic_add",
        "atomic_fetch_add",
        VALUE_POINTER,
        RmwOp::Add,
        "atomic_add_return"
    ),
    counted!(
        "atomic_sub",
        "atomic_fetch_sub",
        VALUE_POINTER,
        RmwOp::Sub,
        "atomic_sub_return"
    ),
    counted!(
        "atomic_inc",
        "atomic_fetch_inc",
        POINTER,
        RmwOp::Add,
        "atomic_inc_return"
    ),
    counted!(
        "atomic_dec",
        "atomic_fetch_dec",
        POINTER,
        RmwOp::Sub,
        "atomic_dec_return"
    ),
    counted!("atomic_and", "atomic_fetch_and", VALUE_POINTER, RmwOp::And),
    counted!("atomic_or", "atomic_fetch_or", VALUE_POINTER, RmwOp::Or),
    counted!("atomic_xor", "atomic_fetch_xor", VALUE_POINTER, RmwOp::Xor),
    counted!(
        "atomic_andnot",
        "atomic_fetch_andnot",
        VALUE_POINTER,
        RmwOp::AndNot
    ),
];

const TABLE: &[Primitive] = &[
    row("READ_ONCE", PLACE, Prim::Load, Order::Once, false),
    row("WRITE_ONCE", PLACE_VALUE, Prim::Store, Order::Once, false),
    row(
        "smp_load_acquire",
        POINTER,
        Prim::Load,
        Order::Acquire,
        false,
    ),
    row(
        "smp_store_release",
        POINTER_VALUE,
        Prim::Store,
        Order::Release,
        false,
    ),
    plain("smp_store_mb", PLACE_VALUE, Prim::StoreMb),
    row("rcu_dereference", PLACE, Prim::Load, Order::Once, false),
    row("rcu_dereference_raw", PLACE, Prim::Load, Order::Once, false),
    optional(
        row(
            "rcu_dereference_check",
            PLACE_IGNORED,
            Prim::Load,
            Order::Once,
            false,
        ),
        1,
    ),
    // No READ_ONCE inside: FACTS.md §8, point 12.
    optional(
        row(
            "rcu_dereference_protected",
            PLACE_IGNORED,
            Prim::Load,
            Order::Plain,
            false,
        ),
        1,
    ),
    row("rcu_access_pointer", PLACE, Prim::Load, Order::Once, false),
    optional(
        row(
            "srcu_dereference",
            PLACE_IGNORED,
            Prim::Load,
            Order::Once,
            false,
        ),
        1,
    ),
    row(
        "rcu_assign_pointer",
        PLACE_VALUE,
        Prim::Store,
        Order::Release,
        false,
    ),
    fence("smp_mb", Fence::Mb),
    fence("smp_rmb", Fence::Rmb),
    fence("smp_wmb", Fence::Wmb),
    fence("smp_mb__before_atomic", Fence::BeforeAtomic),
    fence("smp_mb__after_atomic", Fence::AfterAtomic),
    fence("smp_mb__after_spinlock", Fence::AfterSpinlock),
    fence("smp_mb__after_unlock_lock", Fence::AfterUnlockLock),
    fence("smp_mb__after_srcu_read_unlock", Fence::AfterSrcuReadUnlock),
    fence("smp_mb__after_srcu_read_lock", Fence::AfterSrcuReadLock),
    fence("barrier", Fence::Compiler),
    row(
        "xchg",
        POINTER_VALUE,
        Prim::Rmw(RmwOp::Xchg, RmwRet::Old),
        Order::Mb,
        true,
    ),
    row("cmpxchg", COMPARE, Prim::CmpXchg, Order::Mb, true),
    plain("spin_lock", POINTER, Prim::SpinLock),
    plain("spin_unlock", POINTER, Prim::SpinUnlock),
    plain("spin_trylock", POINTER, Prim::SpinTrylock),
    plain("spin_is_locked", POINTER, Prim::SpinIsLocked),
    plain("rcu_read_lock", &[], Prim::RcuReadLock),
    plain("rcu_read_unlock", &[], Prim::RcuReadUnlock),
    plain(
        "synchronize_rcu",
        &[],
        Prim::SynchronizeRcu { expedited: false },
    ),
    plain(
        "synchronize_rcu_expedited",
        &[],
        Prim::SynchronizeRcu { expedited: true },
    ),
    plain("srcu_read_lock", DOMAIN, Prim::SrcuReadLock { down: false }),
    plain("srcu_down_read", DOMAIN, Prim::SrcuReadLock { down: true }),
    plain(
        "srcu_read_unlock",
        DOMAIN_COOKIE,
        Prim::SrcuReadUnlock { up: false },
    ),
    plain(
        "srcu_up_read",
        DOMAIN_COOKIE,
        Prim::SrcuReadUnlock { up: true },
    ),
    plain(
        "synchronize_srcu",
        DOMAIN,
        Prim::SynchronizeSrcu { expedited: false },
    ),
    plain(
        "synchronize_srcu_expedited",
        DOMAIN,
        Prim::SynchronizeSrcu { expedited: true },
    ),
    optional(
        plain(
            "call_srcu",
            &[Arg::Domain, Arg::Object, Arg::Callback],
            Prim::CallSrcu,
        ),
        1,
    ),
    plain("srcu_barrier", DOMAIN, Prim::SrcuBarrier),
    plain("kfree", &[Arg::Object], Prim::Kfree),
    row("atomic_read", POINTER, Prim::Load, Order::Once, false),
    row("atomic_set", POINTER_VALUE, Prim::Store, Order::Once, false),
    row(
        "atomic_read_acquire",
        POINTER,
        Prim::Load,
        Order::Acquire,
        false,
    ),
    row(
        "atomic_set_release",
        POINTER_VALUE,
        Prim::Store,
        Order::Release,
        false,
    ),
    row(
        "atomic_xchg",
        POINTER_VALUE,
        Prim::Rmw(RmwOp::Xchg, RmwRet::Old),
        Order::Mb,
        true,
    ),
    row("atomic_cmpxchg", COMPARE, Prim::CmpXchg, Order::Mb, true),
    // What herd makes of `spin_lock` and its like.
    plain("__lock", POINTER, Prim::SpinLock),
    plain("__unlock", POINTER, Prim::SpinUnlock),
    plain("__trylock", POINTER, Prim::SpinTrylock),
    plain("__islocked", POINTER, Prim::SpinIsLocked),
    row(
        "atomic_sub_and_test",
        VALUE_POINTER,
        Prim::Rmw(RmwOp::Sub, RmwRet::IsZero),
        Order::Mb,
        false,
    ),
    row(
        "atomic_dec_and_test",
        POINTER,
        Prim::Rmw(RmwOp::Sub, RmwRet::IsZero),
        Order::Mb,
        false,
    ),
    row(
        "atomic_inc_and_test",
        POINTER,
        Prim::Rmw(RmwOp::Add, RmwRet::IsZero),
        Order::Mb,
        false,
    ),
    row(
        "atomic_add_negative",
        VALUE_POINTER,
        Prim::Rmw(RmwOp::Add, RmwRet::IsNegative),
        Order::Mb,
        true,
    ),
    row(
        "atomic_add_unless",
        UNLESS,
        Prim::AddUnless { fetch: false },
        Order::Mb,
        false,
    ),
    row(
        "atomic_fetch_add_unless",
        UNLESS,
        Prim::AddUnless { fetch: true },
        Order::Mb,
        false,
    ),
    row(
        "atomic_inc_not_zero",
        POINTER,
        Prim::AddUnless { fetch: false },
        Order::Mb,
        false,
    ),
];

const SUFFIXES: [(&str, Order); 3] = [
    ("_acquire", Order::Acquire),
    ("_release", Order::Release),
    ("_relaxed", Order::Once),
];

fn rows() -> impl Iterator<Item = &'static Primitive> {
    TABLE.iter().chain(COUNTED.iter().copied().flatten())
}

/// The primitive of this name.
pub(crate) fn lookup(name: &str) -> Option<Primitive> {
    if let Some(row) = rows().find(|row| row.name == name) {
        return Some(*row);
    }
    let (base, order) = SUFFIXES
        .iter()
        .find_map(|(suffix, order)| Some((name.strip_suffix(suffix)?, *order)))?;
    let row = rows().find(|row| row.suffixes && row.name == base)?;
    Some(Primitive { order, ..*row })
}

/// What to write instead of a primitive that the kernel has no more, or never had.
pub(crate) fn gone(name: &str) -> Option<String> {
    let base = SUFFIXES
        .iter()
        .find_map(|(suffix, _)| name.strip_suffix(suffix));
    let returned = base.unwrap_or(name).strip_suffix("_return");
    Some(match (name, returned) {
        ("smp_read_barrier_depends", _) => "leave it out: READ_ONCE() does what it did".to_string(),
        ("lockless_dereference", _) => {
            "write `READ_ONCE(*p)`, or `rcu_dereference(*p)` in an RCU section".to_string()
        }
        ("spin_unlock_wait", _) => {
            "write `spin_lock(l); spin_unlock(l);`, which waits as well".to_string()
        }
        (_, Some(plain @ ("atomic_and" | "atomic_or" | "atomic_xor" | "atomic_andnot"))) => {
            let suffix = name
                .strip_prefix(plain)
                .and_then(|rest| rest.strip_prefix("_return"));
            let fetch = plain.replacen("atomic_", "atomic_fetch_", 1);
            let suffix = suffix.unwrap_or("");
            format!(
                "write `{fetch}{suffix}`, which gives the value before, or `{plain}`, which gives none"
            )
        }
        _ => return None,
    })
}

/// The primitive whose name is nearest to a misspelt one.
pub(crate) fn nearest(name: &str) -> Option<String> {
    let names = names();
    crate::diag::nearest(name, names.iter().map(String::as_str)).map(str::to_string)
}

/// Every name, with its suffixed forms.
pub(crate) fn names() -> Vec<String> {
    let mut names: Vec<String> = rows().map(|row| row.name.to_string()).collect();
    for row in rows().filter(|row| row.suffixes) {
        names.extend(
            SUFFIXES
                .iter()
                .map(|(suffix, _)| format!("{}{suffix}", row.name)),
        );
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique() {
        let mut names: Vec<_> = rows().map(|row| row.name).collect();
        let count = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), count);
    }

    #[test]
    fn suffixes() {
        for (name, order) in [
            ("xchg", Some(Order::Mb)),
            ("xchg_acquire", Some(Order::Acquire)),
            ("atomic_fetch_andnot_release", Some(Order::Release)),
            ("atomic_dec_return_relaxed", Some(Order::Once)),
            ("atomic_read_acquire", Some(Order::Acquire)),
            ("atomic_inc_acquire", None),
            ("READ_ONCE_acquire", None),
            ("_acquire", None),
        ] {
            assert_eq!(lookup(name).map(|row| row.order), order, "{name}");
        }
    }
}
