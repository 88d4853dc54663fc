//! From a litmus test with its toggles set to a [`Program`].

mod cookies;
mod expressions;
mod ops;
mod worker;

use std::collections::HashMap;
use std::fmt;

use litmus::{
    BinOp, Expr, ObjectId, RegId, RmwOp, Span, Stmt, StmtKind, Term, Test, UnOp, Value, VarId,
};

use crate::masks;
use crate::model::{ACTIONS, Class, CpuModel};
use crate::program::{
    Address, Arm, Atomic, Branch, Code, Domain, Ex, Instr, Kind, LocRole, Location, MAX_BRANCHES,
    MAX_CPUS, MAX_INSTRS, MAX_SECTIONS, Mask, Node, ObjectInfo, Program, Section, SrcuFlavour,
    StoreRole, TermSource, Waits,
};
use crate::spread::{self, Keep, MAX_STORES};
use crate::value::{Arrays, GARBAGE, Meaning, UNDEFINED};

use expressions::reaching;
use worker::worker_code;

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

/// Compiles a test whose toggles are resolved ([`Test::with`]).
///
/// # Errors
/// When a limit is exceeded, an SRCU domain is not a plain name, or a lock is used as no CPU has it.
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
                let value = cpu.shared.arrays.encode(*value);
                cpu.define(*reg, Ex::Const(value));
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
    shared.only_locks(&codes)?;
    let terms = terms(&shared, &finals);
    cookies::only_their_own(&shared, &codes, &terms)?;
    let stores = codes.iter().flat_map(|code| &code.instrs);
    let mut stores = stores.filter(|i| i.class.meets(Class::W));
    if let (Some(_), Some(one)) = (model.propagation, stores.nth(MAX_STORES)) {
        return Err(CompileError {
            span: one.span,
            message: format!(
                "more than {MAX_STORES} stores, which is the most on {}",
                model.name
            ),
        });
    }
    Ok(finish(shared, codes, terms))
}

/// What the CPUs share while they are compiled.
struct Shared<'t> {
    test: &'t Test,
    model: &'static CpuModel,
    flavour: SrcuFlavour,
    locs: Vec<Location>,
    arrays: Arrays,
    objects: Vec<ObjectInfo>,
    sections: Vec<Section>,
    fields: Vec<String>,
    calls: Vec<Call>,
    /// What is done to locks: the thread, the instruction, the lock.
    locks: Vec<(u8, usize, u16)>,
    /// The sections (bits) whose cookies have gone into a result that no longer shows it.
    looked_at: Mask,
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
        let arrays = Arrays::of(test);
        let mut locs: Vec<Location> = test
            .vars
            .iter()
            .enumerate()
            .map(|(i, var)| Location {
                name: var.name.clone(),
                init: arrays.encode(var.init),
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
            arrays,
            objects,
            sections: Vec::new(),
            fields,
            calls: Vec::new(),
            locks: Vec::new(),
            looked_at: 0,
        }
    }

    fn is_lock(&self, loc: u16) -> bool {
        self.locks.iter().any(|(_, _, lock)| *lock == loc)
    }

    /// A lock starts free, and nobody sees what its memory holds.
    fn only_locks(&mut self, codes: &[Code]) -> Result<(), CompileError> {
        for (thread, code) in codes.iter().enumerate() {
            for (at, instr) in code.instrs.iter().enumerate() {
                let Some(Address::Static(loc)) = instr.addr else {
                    continue;
                };
                let as_lock = |(t, i, _): &(u8, usize, u16)| usize::from(*t) == thread && *i == at;
                if self.is_lock(loc) && !self.locks.iter().any(as_lock) {
                    let name = &self.locs[usize::from(loc)].name;
                    return Err(CompileError {
                        span: instr.span,
                        message: format!(
                            "`{name}` is a lock: a CPU only locks it, unlocks it and asks whether it is locked"
                        ),
                    });
                }
            }
        }
        for (_, _, lock) in &self.locks {
            if let Some(location) = self.locs.get_mut(usize::from(*lock)) {
                location.init = 0;
            }
        }
        Ok(())
    }

    /// The number that the test starts a variable with.
    fn start(&self, loc: u16) -> i32 {
        match self.test.vars.get(usize::from(loc)).map(|var| var.init) {
            Some(Value::Int(n)) => n as i32,
            _ => 0,
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
                    let first = self.code.instrs.len();
                    let value = self.expr(value)?;
                    self.note_local(stmt.id, *dst, first, &value);
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
            waits: [Waits::default(); ACTIONS],
            on_success: Waits::default(),
            across: Vec::new(),
            inside: self.arms.iter().fold(0, |mask, arm| mask | 1 << arm.branch),
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
            Ex::Const(c) => match self.shared.arrays.pointee(c, self.shared.test.vars.len()) {
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
}

/// Everything that a condition of the test asks about, each once.
fn terms(shared: &Shared<'_>, finals: &[Definitions]) -> Vec<(Term, TermSource)> {
    let test = shared.test;
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
            // As to the axioms, a lock ends with what the test starts it with.
            Term::Var(var) if shared.is_lock(var.0) => {
                let start = test.vars[usize::from(var.0)].init;
                TermSource::Reg(0, Ex::Const(shared.arrays.encode(start)))
            }
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
    let mut program = Program {
        model: shared.model,
        flavour: shared.flavour,
        track_sources: cpus.iter().any(|c| c.dynamic) && shared.model.speculates,
        branches: cpus.iter().any(|c| !c.branches.is_empty()),
        loose: loose(&cpus, &shared.locs, &terms),
        cpus,
        locs: shared.locs,
        arrays: shared.arrays,
        objects: shared.objects,
        sections: shared.sections,
        terms,
        fields: shared.fields,
        base,
        instrs,
        observed_locs,
        readers: Vec::new(),
        keep: Keep::default(),
    };
    if let Some(rules) = program.model.propagation {
        (program.readers, program.keep) = spread::kept(&program, rules);
    }
    program
}

/// A run may load through a pointer that leads nowhere, or compute what has no result.
fn loose(cpus: &[Code], locs: &[Location], terms: &[(Term, TermSource)]) -> bool {
    let mut exprs: Vec<&Ex> = Vec::new();
    let mut sums = false;
    for code in cpus {
        exprs.extend(code.branches.iter().map(|branch| &branch.cond));
        for instr in &code.instrs {
            exprs.extend(&instr.value);
            if let Some(Address::Computed(ex)) = &instr.addr {
                exprs.push(ex);
            }
            match &instr.kind {
                Kind::Atomic(Atomic::CmpXchg(ex)) => exprs.push(ex),
                Kind::Atomic(Atomic::AddUnless(ex)) => {
                    exprs.push(ex);
                    sums = true;
                }
                Kind::Atomic(Atomic::Rmw(op)) => sums |= *op != RmwOp::Xchg,
                _ => {}
            }
        }
    }
    for (_, source) in terms {
        if let TermSource::Reg(_, ex) = source {
            exprs.push(ex);
        }
    }
    let pointer = |value: i64| matches!(Meaning::of(value), Meaning::Pointer(..));
    let mut pointers = locs.iter().any(|location| pointer(location.init));
    // Divisions, and what was computed at once and has no result.
    let mut certain = false;
    while let Some(ex) = exprs.pop() {
        let node = match ex {
            Ex::Const(value) => {
                pointers |= pointer(*value);
                certain |= *value == UNDEFINED;
                continue;
            }
            Ex::Load(_) => continue,
            Ex::Node(node) => node.as_ref(),
        };
        match node {
            Node::Unary(op, a) => {
                sums |= *op != UnOp::Not;
                exprs.push(a);
            }
            Node::Binary(op, a, b) => {
                certain |= *op == BinOp::Div;
                sums |= !matches!(op, BinOp::Eq | BinOp::Ne | BinOp::And | BinOp::Or);
                exprs.extend([a, b]);
            }
            Node::AndNot(a, b) => {
                sums = true;
                exprs.extend([a, b]);
            }
            // The other is the operand of an atomic, and looked at there.
            Node::Field(a, _) | Node::Once(a, _) => exprs.push(a),
            Node::Select(candidates) => exprs.extend(candidates.iter().map(|(_, ex)| ex)),
        }
    }
    certain || pointers && sums || cpus.iter().any(|code| code.dynamic)
}
