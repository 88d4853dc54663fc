//! The JSON Schemas in `docs/schema/` against what is really written. Each member that a schema has must turn up
//! somewhere, so that none outlives its member.

mod common;

use std::collections::BTreeSet;
use std::path::Path;

use common::{run, run_with};
use serde_json::{Map, Value};

/// A schema of the few keywords that ours need.
struct Schema {
    name: &'static str,
    root: Value,
    /// The members that have turned up: their names, behind the place in the schema that names them.
    met: BTreeSet<String>,
}

impl Schema {
    fn read(name: &'static str) -> Schema {
        let path =
            Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../../docs/schema/{name}.json"));
        let text = std::fs::read_to_string(path).expect("a schema");
        Schema {
            name,
            root: serde_json::from_str(&text).expect("JSON"),
            met: BTreeSet::new(),
        }
    }

    /// Checks each line of an output.
    fn lines(&mut self, out: &str) {
        assert!(!out.is_empty(), "{}: nothing was written", self.name);
        for line in out.lines() {
            self.check(line);
        }
    }

    fn check(&mut self, text: &str) {
        let value: Value = serde_json::from_str(text).expect("JSON");
        let root = self.root.clone();
        if let Err(why) = self.fits(&root, "", &value, "") {
            panic!("{}: {why}\n{text}", self.name);
        }
    }

    fn fits(&mut self, schema: &Value, place: &str, value: &Value, at: &str) -> Result<(), String> {
        let keywords = schema
            .as_object()
            .ok_or_else(|| format!("{place} is no schema"))?;
        for (keyword, said) in keywords {
            let fits = match keyword.as_str() {
                "$schema"
                | "$defs"
                | "title"
                | "description"
                | "required"
                | "additionalProperties" => true,
                "$ref" => {
                    let pointer = said.as_str().and_then(|said| said.strip_prefix('#'));
                    let pointer = pointer.ok_or("a reference into the schema")?;
                    let target = self.root.pointer(pointer).cloned();
                    let target = target.ok_or_else(|| format!("there is no {pointer}"))?;
                    self.fits(&target, pointer, value, at)?;
                    true
                }
                "anyOf" => {
                    let choices = said.as_array().ok_or("a list")?;
                    let mut choices = choices.iter();
                    choices.any(|choice| self.fits(choice, place, value, at).is_ok())
                }
                "type" => match said {
                    Value::Array(types) => types.iter().any(|one| is(value, one)),
                    one => is(value, one),
                },
                "const" => said == value,
                "enum" => said
                    .as_array()
                    .is_some_and(|choices| choices.contains(value)),
                "minimum" => value.as_f64() >= said.as_f64(),
                "items" => {
                    let items = value.as_array().map(Vec::as_slice).unwrap_or_default();
                    for (number, item) in items.iter().enumerate() {
                        self.fits(
                            said,
                            &format!("{place}/items"),
                            item,
                            &format!("{at}/{number}"),
                        )?;
                    }
                    true
                }
                "properties" => match (said.as_object(), value.as_object()) {
                    (Some(properties), Some(members)) => {
                        self.members(schema, place, properties, members, at)?;
                        true
                    }
                    _ => false,
                },
                other => return Err(format!("this test does not know the keyword {other}")),
            };
            if !fits {
                return Err(format!("{at} is {value}, against {keyword}: {said}"));
            }
        }
        Ok(())
    }

    fn members(
        &mut self,
        schema: &Value,
        place: &str,
        properties: &Map<String, Value>,
        members: &Map<String, Value>,
        at: &str,
    ) -> Result<(), String> {
        assert_eq!(
            schema["additionalProperties"], false,
            "{}{place}",
            self.name
        );
        for required in schema["required"].as_array().ok_or("a list")? {
            let there = required
                .as_str()
                .is_some_and(|name| members.contains_key(name));
            if !there {
                return Err(format!("{at} lacks {required}"));
            }
        }
        for (name, member) in members {
            let known = properties.get(name);
            let known = known.ok_or_else(|| format!("{at} has a member {name}"))?;
            let place = format!("{place}/properties/{name}");
            self.fits(known, &place, member, &format!("{at}/{name}"))?;
            self.met.insert(place);
        }
        Ok(())
    }

    /// The members that have not turned up.
    fn unmet(&self) -> Vec<String> {
        fn all(schema: &Value, place: &str, found: &mut Vec<String>) {
            for (keyword, inner) in schema.as_object().into_iter().flatten() {
                let place = format!("{place}/{keyword}");
                match keyword.as_str() {
                    "properties" | "$defs" => {
                        for (name, inner) in inner.as_object().into_iter().flatten() {
                            let place = format!("{place}/{name}");
                            if keyword == "properties" {
                                found.push(place.clone());
                            }
                            all(inner, &place, found);
                        }
                    }
                    "items" => all(inner, &place, found),
                    _ => {}
                }
            }
        }
        let mut found = Vec::new();
        all(&self.root, "", &mut found);
        found.retain(|place| !self.met.contains(place));
        found
    }
}

fn is(value: &Value, name: &Value) -> bool {
    match name.as_str() {
        Some("object") => value.is_object(),
        Some("array") => value.is_array(),
        Some("string") => value.is_string(),
        Some("boolean") => value.is_boolean(),
        Some("integer") => value.is_u64() || value.is_i64(),
        Some("number") => value.is_number(),
        Some("null") => value.is_null(),
        _ => false,
    }
}

fn scenario(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../../scenarios/{name}.litmus"));
    path.display().to_string()
}

/// A store behind a join: the axioms of Arm let it go before the load that the branch tests.
const JOINED: &str = "C joined
(*
 * @outcome late : 0:r0=1 /\\ 1:r0=1
 * @verdict late yes=arm
 *)
{}

P0(int *x, int *y)
{
	int r0;

	r0 = READ_ONCE(*x);
	if (r0 != 1)
		smp_mb();
	WRITE_ONCE(*y, 1);
}

P1(int *x, int *y)
{
	int r0;

	r0 = READ_ONCE(*y);
	smp_mb(); /*@ toggle mb */
	WRITE_ONCE(*x, r0);
}

exists (0:r0=1 /\\ 1:r0=1)
";

#[test]
fn check_writes_what_its_schema_says() {
    let mut schema = Schema::read("check");
    for name in ["missed-doorbell", "srcu-flavours", "store-buffering"] {
        schema.lines(&run(&["check", "--json", "--model", "all", &scenario(name)]).out);
    }
    let doorbell = scenario("missed-doorbell");
    let why = [
        "check", "--json", "--model", "lkmm", "--why", "stale", &doorbell,
    ];
    schema.lines(&run(&why).out);
    schema.lines(&run_with(&["check", "--json", "--model", "all", "-"], JOINED).out);
    schema.lines(&run_with(&["check", "--json", "--limit", "1", "-"], JOINED).out);
    assert_eq!(schema.unmet(), Vec::<String>::new());
}

#[test]
fn explore_writes_what_its_schema_says() {
    let mut schema = Schema::read("explore");
    for name in ["missed-doorbell", "freed-bus"] {
        schema.lines(&run(&["explore", "--json", &scenario(name)]).out);
    }
    let doorbell = scenario("missed-doorbell");
    let off = [
        "explore",
        "--json",
        "--model",
        "arm",
        "--off",
        "reader-mb",
        &doorbell,
    ];
    schema.lines(&run(&off).out);
    schema.lines(&run_with(&["explore", "--json", "--model", "arm", "-"], JOINED).out);
    assert_eq!(schema.unmet(), Vec::<String>::new());
}

#[test]
fn matrix_writes_what_its_schema_says() {
    let mut schema = Schema::read("matrix");
    schema.lines(&run(&["matrix", "--json", &scenario("store-buffering")]).out);
    schema.lines(&run_with(&["matrix", "--json", "-"], JOINED).out);
    assert_eq!(schema.unmet(), Vec::<String>::new());
}

#[test]
fn a_trace_is_what_its_schema_says() {
    let mut schema = Schema::read("trace");
    let text = std::fs::read_to_string(scenario("freed-bus")).expect("a scenario");
    let test = litmus::parse(&text).test.expect("a test");
    let mut lab = session::Session::new("freed-bus".to_owned(), test.into()).expect("it compiles");
    schema.check(&picture::trace_json(&lab, &lab.view()));
    // Ever the first step that is offered, to the end.
    loop {
        let view = lab.view();
        let lines = view.cpus.iter().flat_map(|cpu| &cpu.bands);
        let mut offers = lines.flat_map(|band| &band.lines).flat_map(|l| &l.offers);
        let Some(step) = offers.next().map(|offer| offer.step) else {
            break;
        };
        lab.step(step).expect("an offered step");
        schema.check(&picture::trace_json(&lab, &lab.view()));
    }
    assert!(lab.view().finished.is_some());
    assert_eq!(schema.unmet(), Vec::<String>::new());
}

/// The test notices what does not fit.
#[test]
fn what_does_not_fit_is_noticed() {
    let mut schema = Schema::read("matrix");
    let out = run_with(&["matrix", "--json", "-"], JOINED).out;
    let good: Value = serde_json::from_str(out.lines().next().expect("a line")).expect("JSON");
    let root = schema.root.clone();
    assert_eq!(schema.fits(&root, "", &good, ""), Ok(()));
    for (pointer, wrong) in [
        ("/explored", Value::from("many")),
        ("/rows/0/cells/arm", Value::from("maybe")),
        ("/models/0", Value::from("vax")),
        ("/rows/0", Value::from(Vec::<Value>::new())),
    ] {
        let mut bad = good.clone();
        *bad.pointer_mut(pointer).expect("it is there") = wrong;
        assert!(schema.fits(&root, "", &bad, "").is_err(), "{pointer}");
    }
    let mut more = good.clone();
    more["surplus"] = Value::Null;
    assert!(schema.fits(&root, "", &more, "").is_err());
    let mut less = good;
    less.as_object_mut().expect("an object").remove("off");
    less.as_object_mut().expect("an object").remove("file");
    assert!(schema.fits(&root, "", &less, "").is_err());
}
