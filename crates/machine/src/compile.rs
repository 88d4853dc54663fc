//! From a litmus test with its toggles set to a [`Program`].

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use litmus::{
    Expr, Fence, ObjectId, Op, OpKind, Order, RegId, RmwOp, RmwRet, Span, Stmt, StmtKind, Term,
    Test, Value, VarId,
};

use crate::masks;
use crate::model::{Class, CpuModel};
use crate::program::{
    Address, Arm, Atomic, Branch, Code, Domain, Ex, Instr, Kind, LocRole, Location, MAX_BRANCHES,
    MAX_CPUS, MAX_INSTRS, MAX_SECTIONS, Node, ObjectInfo, Program, Section, SrcuFlavour, StoreRole,
    TermSource,
};
use crate::value::{GARBAGE, POINTER};

/// Why a test cannot run on the machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CompileError {
    /// Where.
    pub span: Span,
    /// What.
    pub message: String,
}

impl fmt::Display for CompileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for CompileError {}

/// Most nodes of one expression, its registers' definitions included: with
/// `r1 = r0 + r0; r2 = r1 + r1; …` the size doubles in each line.
const MAX_EXPRESSION: usize = 2048;

/// Compiles a test whose toggles are resolved ([`Test::with`]).
///
/// # Errors
/// When a limit is exceeded, or an SRCU domain is not a plain name.
pub fn compile(
    test: &Test,
    model: &'static CpuModel,
    flavour: SrcuFlavour,
) -> Result<Program, CompileError> {
    let mut shared = Shared::new(test, model, flavour);
    let mut codes = Vec::new();
    let mut finals = Vec::new();
    for (index, thread) in test.threads.iter().enumerate() {
        let mut cpu = Cpu::new(&mut shared, index as u8);
        for (t, reg, value) in &test.init_regs {
            if usize::from(*t) == index {
                cpu.define(*reg, Ex::Const(encode(*value)));
            }
        }
        cpu.block(&thread.body)?;
        let (code, definitions) = cpu.finish();
        codes.push(code);
        finals.push(definitions);
    }
    let calls = std::mem::take(&mut shared.calls);
    for (number, call) in calls.into_iter().enumerate() {
        if codes.len() == MAX_CPUS {
            return Err(CompileError {
                span: call.span,
                message: format!("more than {MAX_CPUS} threads and callbacks"),
            });
        }
        let worker = codes.len() as u8;
        let token = shared.token(number, worker);
        if let Some(instr) = codes[usize::from(call.thread)].instrs.get_mut(call.instr) {
            instr.addr = Some(Address::Static(token));
            instr.kind = Kind::Store {
                role: StoreRole::Queue(worker),
            };
        }
        codes.push(worker_code(&mut shared, &call, token)?);
    }
    let terms = terms(test, &finals);
    Ok(finish(shared, codes, terms))
}

/// A value of a test as the machine holds it.
#[must_use]
pub fn encode(value: Value) -> i64 {
    match value {
        Value::Int(n) => n,
        Value::Addr(var) => POINTER + i64::from(var.0),
    }
}

/// What the CPUs share while they are compiled.
struct Shared<'t> {
    test: &'t Test,
    model: &'static CpuModel,
    flavour: SrcuFlavour,
    locs: Vec<Location>,
    objects: Vec<ObjectInfo>,
    sections: Vec<Section>,
    fields: Vec<String>,
    calls: Vec<Call>,
}

/// A `call_srcu` that waits for its worker.
struct Call {
    thread: u8,
    instr: usize,
    stmt: u16,
    part: u8,
    span: Span,
    domain: Domain,
}

impl<'t> Shared<'t> {
    fn new(test: &'t Test, model: &'static CpuModel, flavour: SrcuFlavour) -> Self {
        let mut locs: Vec<Location> = test
            .vars
            .iter()
            .enumerate()
            .map(|(i, var)| Location {
                name: var.name.clone(),
                init: encode(var.init),
                role: LocRole::Var(VarId(i as u16)),
                object: None,
            })
            .collect();
        let mut fields: Vec<String> = Vec::new();
        let mut objects = Vec::new();
        for (number, object) in test.objects.iter().enumerate() {
            let id = ObjectId(number as u16);
            let freed = object.freed.map_or_else(
                || {
                    locs.push(Location {
                        name: format!("{}__freed", test.vars[usize::from(object.var.0)].name),
                        init: 0,
                        role: LocRole::Freed(id),
                        object: None,
                    });
                    (locs.len() - 1) as u16
                },
                |var| var.0,
            );
            let mut own = Vec::new();
            for (name, var) in &object.fields {
                let field = fields.iter().position(|f| f == name).unwrap_or_else(|| {
                    fields.push(name.clone());
                    fields.len() - 1
                });
                own.push((field as u16, var.0));
                let initialised = test.vars[usize::from(var.0)].initialised;
                if let Some(loc) = locs.get_mut(usize::from(var.0)) {
                    loc.object = Some(id);
                    if !initialised {
                        loc.init = GARBAGE;
                    }
                }
            }
            if let Some(loc) = locs.get_mut(usize::from(object.var.0)) {
                loc.object = Some(id);
                if !test.vars[usize::from(object.var.0)].initialised {
                    loc.init = GARBAGE;
                }
            }
            objects.push(ObjectInfo {
                loc: object.var.0,
                fields: own,
                freed,
            });
        }
        Shared {
            test,
            model,
            flavour,
            locs,
            objects,
            sections: Vec::new(),
            fields,
            calls: Vec::new(),
        }
    }

    fn token(&mut self, number: usize, worker: u8) -> u16 {
        self.locs.push(Location {
            name: format!("callback {number}"),
            init: 0,
            role: LocRole::Token(worker),
            object: None,
        });
        (self.locs.len() - 1) as u16
    }

    fn field(&mut self, name: &str) -> u16 {
        let at = self
            .fields
            .iter()
            .position(|f| f == name)
            .unwrap_or_else(|| {
                self.fields.push(name.to_owned());
                self.fields.len() - 1
            });
        at as u16
    }
}

/// Every assignment to a register so far: in which arms, what.
type Definitions = HashMap<RegId, Vec<(Vec<Arm>, Ex)>>;

/// One CPU while it is compiled.
struct Cpu<'s, 't> {
    shared: &'s mut Shared<'t>,
    thread: u8,
    code: Code,
    definitions: Definitions,
    arms: Vec<Arm>,
    stmt: u16,
    /// Of that statement.
    span: Span,
    part: u8,
}

impl<'s, 't> Cpu<'s, 't> {
    fn new(shared: &'s mut Shared<'t>, thread: u8) -> Self {
        Cpu {
            shared,
            thread,
            code: Code {
                thread,
                ..Code::default()
            },
            definitions: HashMap::new(),
            arms: Vec::new(),
            stmt: u16::MAX,
            span: Span::default(),
            part: 0,
        }
    }

    fn finish(self) -> (Code, Definitions) {
        (self.code, self.definitions)
    }

    fn define(&mut self, reg: RegId, value: Ex) {
        self.definitions
            .entry(reg)
            .or_default()
            .push((self.arms.clone(), value));
    }

    fn block(&mut self, body: &[Stmt]) -> Result<(), CompileError> {
        for stmt in body {
            // The statements of one toggle position share a number.
            if self.stmt != stmt.id {
                self.stmt = stmt.id;
                self.part = 0;
            }
            self.span = stmt.span;
            match &stmt.kind {
                StmtKind::Declare { .. } | StmtKind::Empty => {}
                StmtKind::Assign { dst, value, .. } => {
                    let value = self.expr(value)?;
                    self.define(*dst, value);
                }
                StmtKind::Op(op) => {
                    self.op(op)?;
                }
                StmtKind::Block(inner) => self.block(inner)?,
                StmtKind::If { cond, then, els } => self.branch(stmt, cond, then, els)?,
            }
        }
        Ok(())
    }

    fn branch(
        &mut self,
        stmt: &Stmt,
        cond: &Expr,
        then: &[Stmt],
        els: &[Stmt],
    ) -> Result<(), CompileError> {
        let cond = self.expr(cond)?;
        if self.code.branches.len() == MAX_BRANCHES {
            return Err(CompileError {
                span: stmt.span,
                message: format!("more than {MAX_BRANCHES} branches in one thread"),
            });
        }
        let number = self.code.branches.len();
        let at = self.code.instrs.len();
        let before = self.code.branches.iter().filter(|b| b.stmt == stmt.id);
        let part = before.count() as u8;
        self.code.branches.push(Branch {
            stmt: stmt.id,
            part,
            span: stmt.span,
            uses: self.uses(&cond),
            cond,
            at: at as u8,
            then: 0,
            els: 0,
            arms: self.arms.clone(),
        });
        for (body, then) in [(then, true), (els, false)] {
            let first = self.code.instrs.len();
            self.arms.push(Arm {
                branch: number as u8,
                then,
            });
            self.block(body)?;
            self.arms.pop();
            let mask = masks::range(first, self.code.instrs.len());
            let branch = &mut self.code.branches[number];
            if then {
                branch.then = mask;
            } else {
                branch.els = mask;
            }
        }
        Ok(())
    }

    fn emit(&mut self, kind: Kind, class: Class, span: Span) -> Result<usize, CompileError> {
        if self.code.instrs.len() == MAX_INSTRS {
            return Err(CompileError {
                span,
                message: format!("more than {MAX_INSTRS} memory operations in one thread"),
            });
        }
        self.code.instrs.push(Instr {
            stmt: self.stmt,
            part: self.part,
            span,
            kind,
            class,
            addr: None,
            value: None,
            arms: self.arms.clone(),
            begun: [0; 4],
            performed: [0; 4],
            begun_if_failed: [0; 4],
            performed_if_failed: [0; 4],
            across: Vec::new(),
            inside: self.arms.iter().fold(0, |mask, arm| mask | 1 << arm.branch),
            begun_on_success: 0,
            performed_on_success: 0,
            uses: 0,
        });
        self.part = self.part.saturating_add(1);
        Ok(self.code.instrs.len() - 1)
    }

    fn access(
        &mut self,
        kind: Kind,
        class: Class,
        span: Span,
        addr: Address,
        value: Option<Ex>,
    ) -> Result<usize, CompileError> {
        let at = self.emit(kind, class, span)?;
        if let Address::Computed(ex) = &addr {
            self.code.dynamic = true;
            self.code.instrs[at].uses |= self.uses(ex);
        }
        if let Some(ex) = &value {
            self.code.instrs[at].uses |= self.uses(ex);
        }
        if let Kind::Atomic(Atomic::CmpXchg(ex) | Atomic::AddUnless(ex)) =
            &self.code.instrs[at].kind
        {
            let ex = ex.clone();
            self.code.instrs[at].uses |= self.uses(&ex);
        }
        self.code.instrs[at].addr = Some(addr);
        self.code.instrs[at].value = value;
        Ok(at)
    }

    fn address(&mut self, expr: &Expr) -> Result<Address, CompileError> {
        Ok(match self.expr(expr)? {
            Ex::Const(c) => match crate::value::pointee(c, self.shared.test.vars.len()) {
                Some(loc) => Address::Static(loc as u16),
                None => Address::Computed(Ex::Const(c)),
            },
            ex => Address::Computed(ex),
        })
    }

    fn domain(&mut self, expr: &Expr, span: Span) -> Result<Domain, CompileError> {
        match self.address(expr)? {
            Address::Static(loc) => Ok(Domain::Srcu(loc)),
            Address::Computed(_) => Err(CompileError {
                span,
                message: "the SRCU domain must be the name of a srcu_struct".to_owned(),
            }),
        }
    }

    fn section(&mut self, domain: Domain, span: Span) -> Result<u8, CompileError> {
        if self.shared.sections.len() == MAX_SECTIONS {
            return Err(CompileError {
                span,
                message: format!("more than {MAX_SECTIONS} read-side sections"),
            });
        }
        let instr = self.code.instrs.len() as u8;
        self.shared.sections.push(Section {
            cpu: self.thread,
            instr,
            domain,
        });
        Ok((self.shared.sections.len() - 1) as u8)
    }

    /// Compiles a primitive and gives the value it leaves, if any.
    fn op(&mut self, op: &Op) -> Result<Ex, CompileError> {
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
                let addr = self.address(lock)?;
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
                return Ok(Ex::Const(crate::value::COOKIE + i64::from(section)));
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
        let addr = self.address(addr)?;
        let value = self.expr(value)?;
        let class = if release {
            Class::W.with(Class::RELEASE)
        } else {
            Class::W
        };
        self.access(Kind::Store { role }, class, span, addr, Some(value))?;
        Ok(())
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
        let addr = self.address(addr)?;
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
        let split = self.shared.model.speculates && order != Order::Mb;
        let at = self.access(Kind::Atomic(atomic), class, span, addr, Some(operand))?;
        if split {
            self.code.split |= 1 << at;
        }
        Ok(at)
    }

    fn expr(&mut self, expr: &Expr) -> Result<Ex, CompileError> {
        let ex = match expr {
            Expr::Int(n) if n.unsigned_abs() >= crate::value::LARGEST => {
                return Err(CompileError {
                    span: self.span,
                    message: format!("the number {n} is too large for the machine"),
                });
            }
            Expr::Int(n) => Ex::Const(*n),
            Expr::Reg(reg) => self.use_register(*reg),
            Expr::Addr(var) => Ex::Const(POINTER + i64::from(var.0)),
            Expr::Field { base, field } => {
                let base = self.expr(base)?;
                let field = self.shared.field(field);
                fold(
                    Node::Field(base, field),
                    &self.shared.objects,
                    self.shared.locs.len(),
                )
            }
            Expr::Unary(op, inner) => {
                let inner = self.expr(inner)?;
                fold(Node::Unary(*op, inner), &[], 0)
            }
            Expr::Binary(op, left, right) => {
                let left = self.expr(left)?;
                let right = self.expr(right)?;
                binary(*op, left, right)
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

    fn use_register(&self, reg: RegId) -> Ex {
        reaching(
            self.definitions.get(&reg).map_or(&[], Vec::as_slice),
            &self.arms,
        )
    }

    fn uses(&self, ex: &Ex) -> Mask64 {
        masks::uses(ex, &self.code)
    }
}

type Mask64 = u64;

/// What a register holds at a point in the arms `here`.
fn reaching(definitions: &[(Vec<Arm>, Ex)], here: &[Arm]) -> Ex {
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
    if candidates.len() == 1
        && let Some((_, ex)) = candidates.pop()
    {
        return ex;
    }
    Ex::Node(Arc::new(Node::Select(candidates)))
}

fn binary(op: litmus::BinOp, left: Ex, right: Ex) -> Ex {
    fold(Node::Binary(op, left, right), &[], 0)
}

/// The value that an atomic stores.
pub(crate) fn rmw_result(op: RmwOp, old: Ex, operand: Ex) -> Ex {
    use litmus::BinOp;
    match op {
        RmwOp::Add => binary(BinOp::Add, old, operand),
        RmwOp::Sub => binary(BinOp::Sub, old, operand),
        RmwOp::And => binary(BinOp::BitAnd, old, operand),
        RmwOp::Or => binary(BinOp::BitOr, old, operand),
        RmwOp::Xor => binary(BinOp::BitXor, old, operand),
        RmwOp::AndNot => fold(Node::AndNot(old, operand), &[], 0),
        RmwOp::Xchg => operand,
    }
}

/// Constants are computed at once.
fn fold(node: Node, objects: &[ObjectInfo], locs: usize) -> Ex {
    let constant = match &node {
        Node::Unary(op, Ex::Const(a)) => Some(crate::eval::unary(*op, *a)),
        Node::Binary(op, Ex::Const(a), Ex::Const(b)) => Some(crate::eval::binary(*op, *a, *b)),
        Node::AndNot(Ex::Const(a), Ex::Const(b)) => Some(a & !b),
        Node::Field(Ex::Const(base), field) => {
            Some(crate::eval::field(objects, locs, *base, *field))
        }
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
                Node::Binary(_, a, b) | Node::AndNot(a, b) => open.extend([a, b]),
                Node::Select(candidates) => open.extend(candidates.iter().map(|(_, ex)| ex)),
            }
        }
    }
    count
}

/// Where the freed flag of the object is that `pointer` leads to.
fn free_address(shared: &mut Shared<'_>, pointer: Ex) -> Address {
    let freed = shared.field(FREED);
    for object in &mut shared.objects {
        if !object.fields.iter().any(|(field, _)| *field == freed) {
            object.fields.push((freed, object.freed));
        }
    }
    let locs = shared.locs.len();
    match fold(Node::Field(pointer, freed), &shared.objects, locs) {
        Ex::Const(c) => crate::value::pointee(c, locs)
            .map_or(Address::Computed(Ex::Const(c)), |loc| {
                Address::Static(loc as u16)
            }),
        ex => Address::Computed(ex),
    }
}

/// The field that stands for the freed flag; no name in a source is like it.
const FREED: &str = "(freed)";

/// The worker of a `call_srcu`: wait for the token, a grace period, free.
fn worker_code(shared: &mut Shared<'_>, call: &Call, token: u16) -> Result<Code, CompileError> {
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

/// Everything that a condition of the test asks about, each once.
fn terms(test: &Test, finals: &[Definitions]) -> Vec<(Term, TermSource)> {
    let mut wanted = test.locations.clone();
    if let Some(filter) = &test.filter {
        wanted.extend(filter.terms());
    }
    if let Some(condition) = &test.condition {
        wanted.extend(condition.cond.terms());
    }
    for outcome in &test.outcomes {
        wanted.extend(outcome.cond.terms());
    }
    let mut terms: Vec<(Term, TermSource)> = Vec::new();
    for term in wanted {
        if terms.iter().any(|(t, _)| *t == term) {
            continue;
        }
        let source = match term {
            Term::Var(var) => TermSource::Loc(var.0),
            Term::Reg(thread, reg) => {
                let definitions = finals
                    .get(usize::from(thread))
                    .and_then(|d| d.get(&reg))
                    .map_or(&[][..], Vec::as_slice);
                TermSource::Reg(thread, reaching(definitions, &[]))
            }
        };
        terms.push((term, source));
    }
    terms
}

fn finish(mut shared: Shared<'_>, mut cpus: Vec<Code>, terms: Vec<(Term, TermSource)>) -> Program {
    shared.locs.push(Location {
        name: "(nowhere)".to_owned(),
        init: 0,
        role: LocRole::Wild,
        object: None,
    });
    let mut observed_locs = vec![false; shared.locs.len()];
    for (_, source) in &terms {
        match source {
            TermSource::Loc(loc) => {
                if let Some(slot) = observed_locs.get_mut(usize::from(*loc)) {
                    *slot = true;
                }
            }
            TermSource::Reg(thread, ex) => {
                if let Some(code) = cpus.get_mut(usize::from(*thread)) {
                    code.observed |= masks::uses(ex, code);
                }
            }
        }
    }
    for code in &mut cpus {
        masks::fill(code, shared.model);
    }
    let mut base = Vec::new();
    let mut instrs = 0;
    for code in &cpus {
        base.push(instrs);
        instrs += code.instrs.len();
    }
    Program {
        model: shared.model,
        flavour: shared.flavour,
        track_sources: cpus.iter().any(|c| c.dynamic) && shared.model.speculates,
        branches: cpus.iter().any(|c| !c.branches.is_empty()),
        cpus,
        locs: shared.locs,
        objects: shared.objects,
        sections: shared.sections,
        terms,
        fields: shared.fields,
        base,
        instrs,
        observed_locs,
    }
}
