//! `stalebus check`: the verdict on each test and model, in the order of the
//! files, however many threads work.

mod piece;
mod verdicts;

use std::ops::ControlFlow;
use std::sync::{Mutex, PoisonError};

use crate::args::CheckArgs;
use crate::files::{Found, Input, inputs};
use crate::load::{Failure, Loaded, load};
use crate::model::{Model, models};
use crate::ordered::{Stop, in_order};
use crate::output::{Output, say};
use crate::progress::Progress;
use crate::status::Status;
use piece::{Piece, piece};

use std::sync::Arc;

/// A file that is read when the first of its models needs it, and dropped after
/// the last.
type Slot = Mutex<Option<Result<Arc<Loaded>, Failure>>>;

const NO_REASONS: &str = "\
error: --why is about LKMM, which is none of the models that were asked for
  = help: `stalebus explore` gives a CPU's schedules to an outcome
";

/// Runs the command.
pub fn run(args: &CheckArgs, output: &mut Output) -> Status {
    let models = models(&args.model);
    if args.why.is_some() && !models.contains(&Model::Lkmm) {
        say(NO_REASONS);
        return Status::Failed;
    }
    let Found { inputs, notes } = inputs(&args.paths);
    say(&notes);
    let inputs: Vec<Input> = inputs
        .into_iter()
        .enumerate()
        .filter_map(|(number, input)| args.shard.has(number).then_some(input))
        .collect();
    let slots: Vec<Slot> = inputs.iter().map(|_| Slot::default()).collect();
    let progress = Progress::bar(inputs.len());
    progress.message(|| inputs.first().map(Input::name).unwrap_or_default());
    let mut status = Status::Fine;
    in_order(
        inputs.len() * models.len(),
        args.jobs.count(),
        |unit, stop| {
            let (Some(input), Some(slot)) = (
                inputs.get(unit / models.len()),
                slots.get(unit / models.len()),
            ) else {
                return Piece::default();
            };
            let first = unit % models.len() == 0;
            one(
                args,
                input,
                slot,
                models.get(unit % models.len()).copied(),
                first,
                stop,
            )
        },
        |unit, piece| {
            status = status.max(piece.status);
            progress.say(&piece.messages);
            let flow = progress.aside(|| output.write(&piece.text));
            if (unit + 1) % models.len() == 0 {
                if let Some(slot) = slots.get(unit / models.len()) {
                    *slot.lock().unwrap_or_else(PoisonError::into_inner) = None;
                }
                progress.step();
                let next = inputs.get((unit + 1) / models.len());
                progress.message(|| next.map(Input::name).unwrap_or_default());
            }
            match flow {
                ControlFlow::Break(()) => ControlFlow::Break(()),
                ControlFlow::Continue(()) => ControlFlow::Continue(()),
            }
        },
    );
    status
}

/// What one model says of one file.
fn one(
    args: &CheckArgs,
    input: &Input,
    slot: &Slot,
    model: Option<Model>,
    first: bool,
    stop: &Stop,
) -> Piece {
    let loaded = slot
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .get_or_insert_with(|| load(input, &args.setting).map(Arc::new))
        .clone();
    let (loaded, model) = match (loaded, model) {
        (Ok(loaded), Some(model)) => (loaded, model),
        // What is wrong with a file is said once.
        (Err(Failure(messages)), _) if first => {
            return Piece {
                messages,
                text: String::new(),
                status: Status::Failed,
            };
        }
        _ => return Piece::default(),
    };
    let mut piece = piece(args, &loaded, model, stop);
    if first {
        piece.messages.insert_str(0, &loaded.warnings);
    }
    piece
}
