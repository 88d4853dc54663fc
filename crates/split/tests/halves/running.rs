//! Runs modules: whole ones, and both halves of split ones.

use split::{FIRST, Halves, Later, PLACES, order, split};
use wasmi::{
    Caller, Engine, Error, Extern, Func, Global, Instance, Memory, MemoryType, Module, Mutability,
    Store, Val,
};
use wasmparser::{Validator, WasmFeatures};

/// What the modules import from the host, all of it from `host`.
#[derive(Default)]
pub struct Host {
    first: Option<Instance>,
    /// The later half, until it is put in its place.
    later: Option<Module>,
    /// How often it was asked for.
    pub asked: usize,
    /// What the module has told.
    pub told: Vec<i32>,
}

/// A module at work.
pub struct Running {
    pub store: Store<Host>,
    instance: Instance,
}

/// What a call returns, or why it does not.
pub type Outcome = Result<String, String>;

/// Makes a module of a text.
pub fn module(text: &str) -> Vec<u8> {
    wat::parse_str(text).expect("the test's module is well-formed")
}

/// Whether a half is a valid module, of what the page's browsers know.
pub fn is_valid(half: &[u8]) -> Result<(), String> {
    Validator::new_with_features(WasmFeatures::WASM2)
        .validate_all(half)
        .map(drop)
        .map_err(|error| error.to_string())
}

/// Splits a module that can be split.
pub fn halved(bound: &[u8], linked: Option<&[u8]>, list: &str) -> Halves {
    let halves = split(bound, linked, &Later::parse(list)).expect("the module can be split");
    assert_eq!(is_valid(&halves.first), Ok(()));
    assert_eq!(is_valid(&halves.later), Ok(()));
    halves
}

impl Running {
    /// Runs a whole module.
    pub fn whole(module: &[u8]) -> Self {
        Self::start(module, &[])
    }

    /// Runs a module that has short names for what it imports.
    pub fn start(module: &[u8], names: &[(String, String)]) -> Self {
        let mut store = Store::new(&Engine::default(), Host::default());
        let module = Module::new(store.engine(), module).expect("the module can be read");
        let instance = instance(&mut store, &module, names);
        Self { store, instance }
    }

    /// Runs the first half alone: there is nothing that the host could put in its place.
    pub fn first(halves: &Halves) -> Self {
        Self::start(&halves.first, &halves.names)
    }

    /// Runs the first half. The later one comes when it is asked for.
    pub fn halves(halves: &Halves) -> Self {
        let mut running = Self::first(halves);
        let later = Module::new(running.store.engine(), &halves.later);
        let instance = running.instance;
        let host = running.store.data_mut();
        host.later = Some(later.expect("the later half can be read"));
        host.first = Some(instance);
        running
    }

    /// The later half comes unasked.
    pub fn put_later(&mut self) {
        let first = self.instance;
        let later = self.store.data_mut().later.take();
        put(&mut self.store, first, &later.expect("it is not there yet"));
    }

    /// An exported global.
    pub fn global(&self, name: &str) -> Option<i32> {
        let global = self.instance.get_global(&self.store, name)?;
        global.get(&self.store).i32()
    }

    /// Whether the later half is there.
    pub fn has_later(&self) -> bool {
        self.store.data().later.is_none()
    }

    /// Calls an exported function.
    pub fn call(&mut self, name: &str, args: &[Val]) -> Outcome {
        let function = self.instance.get_func(&self.store, name);
        self.run(function.expect("the module exports the function"), args)
    }

    /// Calls what is in a place of the exported table `table`.
    pub fn call_place(&mut self, place: u64, args: &[Val]) -> Outcome {
        let table = self.instance.get_table(&self.store, "table");
        let table = table.expect("the module exports the table");
        let Some(wasmi::Ref::Func(function)) = table.get(&self.store, place) else {
            return Err("no such place".to_owned());
        };
        match function.val() {
            Some(function) => self.run(*function, args),
            None => Err("nothing there".to_owned()),
        }
    }

    /// Calls the function to which an exported function returns a reference.
    pub fn call_result(&mut self, name: &str) -> Outcome {
        let function = self.instance.get_func(&self.store, name);
        let function = function.expect("the module exports the function");
        let mut results = [Val::default_for_ty(wasmi::ValType::FuncRef)];
        function
            .call(&mut self.store, &[], &mut results)
            .map_err(|error| error.to_string())?;
        match results[0]
            .funcref()
            .and_then(|function| function.val().copied())
        {
            Some(function) => self.run(*function, &[]),
            None => Err("it is null".to_owned()),
        }
    }

    fn run(&mut self, function: Func, args: &[Val]) -> Outcome {
        let types = function.ty(&self.store);
        let mut results: Vec<Val> = types
            .results()
            .iter()
            .map(|ty| Val::default_for_ty(*ty))
            .collect();
        function
            .call(&mut self.store, args, &mut results)
            .map(|()| format!("{results:?}"))
            .map_err(|error| error.to_string())
    }

    /// What is in the exported memory `memory`, if there is one.
    pub fn memory(&self) -> Vec<u8> {
        let memory = self.instance.get_memory(&self.store, "memory");
        memory.map_or_else(Vec::new, |memory| memory.data(&self.store).to_vec())
    }
}

/// Splits a module, and calls functions of the whole and of both halves, one by one: once so that the later half comes when
/// it is asked for, and once, with their functions in another order, so that it has come before. All must be the same. Returns the run where it was asked for.
pub fn same(text: &str, list: &str, calls: &[(&str, &[Val])]) -> Running {
    same_calls(&module(text), None, list, calls)
}

/// The same halves with their functions in the order in which they are shipped.
fn in_order(halves: &Halves) -> Halves {
    let [first, later] = [&halves.first, &halves.later].map(|half| {
        let ordered = order::alike(half).expect("a half can be put in order");
        assert_eq!(is_valid(&ordered), Ok(()));
        ordered
    });
    Halves {
        first,
        later,
        names: halves.names.clone(),
        unused: Vec::new(),
        ..*halves
    }
}

/// As [`same`], with a linked module.
pub fn same_calls(
    bound: &[u8],
    linked: Option<&[u8]>,
    list: &str,
    calls: &[(&str, &[Val])],
) -> Running {
    let halves = halved(bound, linked, list);
    let (mut asking, mut ready) = (
        Running::halves(&halves),
        Running::halves(&in_order(&halves)),
    );
    let mut whole = Running::whole(bound);
    ready.put_later();
    assert_eq!(ready.memory(), whole.memory());
    for (name, args) in calls {
        let expected = whole.call(name, args);
        assert_eq!(asking.call(name, args), expected, "{name} asks");
        assert_eq!(ready.call(name, args), expected, "{name} is ready");
        assert_eq!(asking.store.data().told, whole.store.data().told, "{name}");
        assert_eq!(ready.store.data().told, whole.store.data().told, "{name}");
        assert_eq!(ready.memory(), whole.memory(), "{name}");
    }
    assert_eq!(ready.store.data().asked, 0, "it was there");
    assert!(asking.store.data().asked <= 1, "it is asked for once");
    if !asking.has_later() {
        asking.put_later();
    }
    assert_eq!(asking.memory(), whole.memory());
    asking
}

/// Puts a module to work that imports from `host`.
fn instance(store: &mut Store<Host>, module: &Module, names: &[(String, String)]) -> Instance {
    let long = |name: &str| {
        let known = names.iter().find(|(_, short)| short == name);
        known.map_or_else(|| name.to_owned(), |(long, _)| long.clone())
    };
    let mut imports: Vec<Extern> = Vec::new();
    for import in module.imports() {
        assert_eq!(long(import.module()), "host");
        imports.push(match long(import.name()).as_str() {
            "load" => Func::wrap(&mut *store, load).into(),
            "tell" => Func::wrap(&mut *store, |mut caller: Caller<'_, Host>, what: i32| {
                caller.data_mut().told.push(what);
            })
            .into(),
            "memory" => {
                let memory = Memory::new(&mut *store, MemoryType::new(1, Some(4)));
                memory.expect("a page is not much").into()
            }
            "count" => Global::new(&mut *store, Val::I32(100), Mutability::Var).into(),
            "seven" => Global::new(&mut *store, Val::I32(7), Mutability::Const).into(),
            other => panic!("the host has no {other}"),
        });
    }
    Instance::new(store, module, &imports).expect("the module starts")
}

/// What the module's `need_later` calls.
fn load(mut caller: Caller<'_, Host>) -> Result<(), Error> {
    let host = caller.data_mut();
    host.asked += 1;
    if let (Some(first), Some(later)) = (host.first, host.later.take()) {
        put(&mut caller, first, &later);
    }
    Ok(())
}

/// Gives the later half what the first exports, as a page does.
fn put(mut store: impl wasmi::AsContextMut<Data = Host>, first: Instance, later: &Module) {
    let mut imports: Vec<Extern> = Vec::new();
    for import in later.imports() {
        if import.module() == PLACES {
            imports.push(function_at(&store, first, import.name()).into());
            continue;
        }
        assert_eq!(import.module(), FIRST);
        let export = first.get_export(&store, import.name());
        imports.push(export.expect("the first half exports what the later imports"));
    }
    Instance::new(&mut store, later, &imports).expect("the later half starts");
}

/// The function in a place of the first half's table.
fn function_at(store: impl wasmi::AsContext, first: Instance, place: &str) -> Func {
    let table = first.get_table(&store, PLACES);
    let place = place.parse().expect("a place is a number");
    match table.and_then(|table| table.get(&store, place)) {
        Some(wasmi::Ref::Func(function)) => *function.val().expect("a function is in the place"),
        _ => panic!("the first half has no such place"),
    }
}
