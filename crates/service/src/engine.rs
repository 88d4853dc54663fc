//! The engine: keeps the questions, works on the most urgent one, and says what is known.

use std::collections::VecDeque;
use std::sync::Arc;

use litmus::{Setting, Test};

use protocol::draw::Drawn;
use protocol::{Answer, Kind, Message, Reply, Request, Subject};

use crate::tasks::{self, Clock, Program, Shared, Task};
use crate::text;

/// The least time between two words on one question, in milliseconds.
const TELL: f64 = 50.0;

/// See the module.
#[derive(Default)]
pub struct Engine {
    /// What was parsed last: most questions are about the same test.
    parsed: Option<Program>,
    shared: Shared,
    running: Vec<Running>,
    answers: VecDeque<Answer>,
}

struct Running {
    id: u32,
    kind: Kind,
    task: Box<dyn Task>,
    told: f64,
}

impl Engine {
    /// Without questions.
    #[must_use]
    pub fn new() -> Engine {
        Engine::default()
    }

    /// Takes a message. What cannot be understood is answered so, with the number 0.
    pub fn receive(&mut self, message: &[u8]) {
        match Message::decode(message) {
            Ok(Message::Ask { id, request }) => self.ask(id, &request),
            Ok(Message::Stop { id }) => self.stop(id),
            Err(bad) => self.answer(0, true, Reply::Refused(bad.to_string())),
        }
    }

    /// There is something to search or to say.
    #[must_use]
    pub fn busy(&self) -> bool {
        !self.running.is_empty() || !self.answers.is_empty()
    }

    /// Searches for so many milliseconds of `clock` and gives the answers, as bytes.
    pub fn run(&mut self, milliseconds: f64, clock: Clock<'_>) -> Vec<Vec<u8>> {
        let end = clock() + milliseconds;
        while let Some(at) = self.most_urgent() {
            let Running { id, task, told, .. } = &mut self.running[at];
            let id = *id;
            let over = task.stride(&mut self.shared, clock);
            let now = clock();
            if over {
                let reply = task.reply();
                self.running.remove(at);
                self.answer(id, true, reply);
            } else if now - *told >= TELL {
                *told = now;
                let reply = task.reply();
                self.answer(id, false, reply);
            }
            if now >= end {
                break;
            }
        }
        self.answers
            .drain(..)
            .map(|answer| answer.encode())
            .collect()
    }

    /// By kind, whatever was asked first.
    fn most_urgent(&self) -> Option<usize> {
        (0..self.running.len()).min_by_key(|at| self.running[*at].kind)
    }

    fn ask(&mut self, id: u32, request: &Request) {
        if let Some(reply) = at_once(request) {
            return self.answer(id, true, reply);
        }
        let kind = request.kind();
        self.running.retain(|running| running.kind != kind);
        let begun = request
            .subject()
            .ok_or_else(|| "the question names no program".to_owned())
            .and_then(|subject| self.program(subject))
            .and_then(|program| tasks::begin(request, &program));
        match begun {
            Ok(task) => self.running.push(Running {
                id,
                kind,
                task,
                told: f64::NEG_INFINITY,
            }),
            Err(why) => self.answer(id, true, Reply::Refused(why)),
        }
    }

    fn stop(&mut self, id: u32) {
        let at = self.running.iter().position(|running| running.id == id);
        if let Some(at) = at {
            let reply = self.running.remove(at).task.stopped();
            self.answer(id, true, reply);
        }
    }

    fn answer(&mut self, id: u32, over: bool, reply: Reply) {
        self.answers.push_back(Answer { id, over, reply });
    }

    /// The program of a question.
    fn program(&mut self, subject: &Subject) -> Result<Program, String> {
        if self
            .parsed
            .as_ref()
            .is_none_or(|known| *known.source != *subject.source)
        {
            self.shared = Shared::default();
            self.parsed = None;
        }
        let known = match self.parsed.take() {
            Some(known) => known,
            None => {
                let parsed = litmus::parse(&subject.source);
                let test = parsed
                    .test
                    .ok_or("the text is no litmus test: see its errors")?;
                Program {
                    source: subject.source.as_str().into(),
                    setting: Setting::default_of(&test),
                    resolved: Arc::new(Test::clone(&test)),
                    test: Arc::new(test),
                    flavour: subject.flavour,
                }
            }
        };
        // Each toggle must be there, and have the position.
        let fits = known.test.toggles.len() == subject.setting.0.len()
            && known
                .test
                .toggles
                .iter()
                .zip(&subject.setting.0)
                .all(|(toggle, position)| usize::from(*position) < toggle.positions.len());
        let program = fits.then(|| {
            let setting = subject.setting.clone();
            Program {
                resolved: Arc::new(known.test.with(&setting)),
                setting,
                flavour: subject.flavour,
                ..known.clone()
            }
        });
        self.parsed = Some(known);
        program.ok_or_else(|| "the setting is not one of this test".to_owned())
    }
}

/// The answer to a question about no program: it takes no search.
fn at_once(request: &Request) -> Option<Reply> {
    let drawn = |drawn| Reply::Drawn(Box::new(drawn));
    Some(match request {
        Request::Read(written) => match text::read(written) {
            Ok(reading) => Reply::Read(Box::new(reading)),
            Err(why) => Reply::Refused(why),
        },
        Request::Highlight(text) => Reply::Pieces(text::pieces(text)),
        Request::Cost(options) => Reply::Cost(Box::new(picture::cost::panel(*options))),
        Request::Forks { forks, at, row } => drawn(Drawn::Picture(picture::forks_svg(
            forks,
            *at as usize,
            *row,
        ))),
        Request::Standalone { svg, theme } => {
            drawn(Drawn::Picture(picture::standalone_svg(svg, *theme)))
        }
        Request::Execution { graph, options } => {
            drawn(Drawn::Execution(picture::draw::execution(graph, *options)))
        }
        _ => return None,
    })
}
