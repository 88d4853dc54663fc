//! The questions at work: each does a little at a time, and can say what it knows.

mod cell;
mod closings;
mod cures;
mod draw;
mod judging;
mod matrix;
mod outcomes;
mod prospects;
mod show;
mod verdicts;
mod why;

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;

use litmus::{Setting, Test};
use machine::{CpuModel, SrcuFlavour, StepName};

use protocol::Reply;
use protocol::Request;

use matrix::Filling;

/// Milliseconds since some moment.
pub type Clock<'a> = &'a dyn Fn() -> f64;

/// States between two looks at the clock: about a millisecond.
const STRIDE: usize = 256;

/// States for each model. No built-in scenario comes near it.
const LIMIT: usize = 1_000_000;

/// The program that a question is about.
#[derive(Clone)]
pub struct Program {
    /// The text of the test.
    pub source: Rc<str>,
    /// The test with its toggles.
    pub test: Arc<Test>,
    /// Their positions.
    pub setting: Setting,
    /// The test with its toggles resolved.
    pub resolved: Arc<Test>,
    /// The flavour of SRCU.
    pub flavour: SrcuFlavour,
}

/// What questions about one test share: the barrier matrix, one for each flavour of SRCU.
#[derive(Default)]
pub struct Shared {
    matrices: Vec<(SrcuFlavour, Rc<RefCell<Filling>>)>,
}

impl Shared {
    fn matrix(&mut self, program: &Program) -> Rc<RefCell<Filling>> {
        let mut known = self.matrices.iter();
        if let Some((_, filling)) = known.find(|(flavour, _)| *flavour == program.flavour) {
            return Rc::clone(filling);
        }
        let filling = Rc::new(RefCell::new(Filling::new(
            Rc::clone(&program.source),
            Arc::clone(&program.test),
            program.flavour,
        )));
        self.matrices.push((program.flavour, Rc::clone(&filling)));
        filling
    }
}

/// A question at work.
pub trait Task {
    /// Works for about a millisecond. True when there is nothing more to do.
    fn stride(&mut self, shared: &mut Shared, clock: Clock<'_>) -> bool;

    /// What is known now; the answer when the work is done.
    fn reply(&mut self) -> Reply;

    /// The answer when the search is stopped.
    fn stopped(&mut self) -> Reply {
        Reply::Stopped
    }
}

/// Begins to work on a question.
///
/// # Errors
/// When the question makes no sense, or the machine cannot run the test.
pub fn begin(request: &Request, program: &Program) -> Result<Box<dyn Task>, String> {
    Ok(match request {
        Request::Verdicts(_) => Box::new(verdicts::Task::new(program)),
        Request::VerdictsPicture { goals, notes, .. } => {
            Box::new(verdicts::Picture::new(program, goals, notes))
        }
        Request::Why { goal, .. } => Box::new(why::Task::new(program, *goal)),
        Request::Show { model, goal, .. } => Box::new(show::Task::new(
            &program.resolved,
            compile(program, model)?,
            *goal,
        )),
        Request::Prospects {
            model,
            done,
            offers,
            ..
        } => {
            let p = compile(program, model)?;
            let task = prospects::Task::new(&program.resolved, &p, done, offers);
            Box::new(task?)
        }
        Request::Closings { model, steps, .. } => {
            let p = compile(program, model)?;
            let task = closings::Task::new(&program.resolved, &p, steps);
            Box::new(task?)
        }
        Request::Draw {
            position, panel, ..
        } => Box::new(draw::Task::new(program, position, *panel)?),
        Request::Read(_)
        | Request::Highlight(_)
        | Request::Cost(_)
        | Request::Forks { .. }
        | Request::Standalone { .. }
        | Request::Execution { .. } => return Err("this question is about no program".to_owned()),
        Request::Cures { model, .. } => Box::new(cures::Task::new(program, model)),
        Request::Matrix {
            model,
            goal,
            most,
            search,
            ..
        } => Box::new(matrix::Task::new(program, model, *goal, *most, *search)),
        Request::Outcomes { model, most, .. } => Box::new(outcomes::Task::new(
            &program.resolved,
            compile(program, model)?,
            *most,
        )),
    })
}

fn compile(program: &Program, model: &'static CpuModel) -> Result<Arc<machine::Program>, String> {
    machine::compile(&program.resolved, model, program.flavour)
        .map(Arc::new)
        .map_err(|error| error.message)
}

/// The names of the steps of a schedule.
fn named(p: &machine::Program, steps: &[machine::Step]) -> Vec<StepName> {
    steps.iter().map(|step| p.name(*step)).collect()
}

/// What a test is called above a picture.
fn title(test: &Test) -> &str {
    test.meta.title.as_deref().unwrap_or(&test.name)
}

/// A time in milliseconds as whole microseconds.
fn micros(milliseconds: f64) -> u64 {
    (milliseconds * 1000.0) as u64
}
