//! From a session to its view.

mod eager;
mod finish;
mod foresight;
mod forks;
mod lines;
mod replay;
mod rests;
mod stale;
mod timeline;

use machine::{State, Step};

pub use rests::{Rests, rests};

use crate::listing::Listing;
use crate::names::Names;
use crate::reason;
use crate::session::Session;
use crate::view::{PositionView, ToggleView, View};

/// A session with what every part of its view, and of its pictures, needs.
pub struct Moment<'a> {
    /// The session.
    pub session: &'a Session,
    /// What things are called.
    pub names: Names<'a>,
    /// The state after the steps that are done.
    pub state: &'a State,
    /// What may happen now, by CPU and then in program order.
    pub offers: Vec<Step>,
}

/// Builds the moment of a session and asks it something.
pub(crate) fn with_moment<T>(session: &Session, ask: impl FnOnce(&Moment) -> T) -> T {
    let listing = Listing::new(
        session.test(),
        session.setting(),
        session.source(),
        session.program(),
    );
    let names = Names {
        test: session.test(),
        p: session.program(),
        listing: &listing,
    };
    let offers = session.program().steps(session.state());
    let moment = Moment {
        session,
        names,
        state: session.state(),
        offers,
    };
    ask(&moment)
}

/// What a session has come to, in one sentence, and whether that is bad.
pub(crate) fn last(session: &Session) -> (String, bool) {
    with_moment(session, forks::last)
}

/// The view.
pub(crate) fn view(session: &Session) -> View {
    with_moment(session, build)
}

fn build(moment: &Moment) -> View {
    let session = moment.session;
    let rests = rests::rests(moment);
    let timeline = timeline::timeline(moment, &rests);
    let toggles = moment.toggles();
    let cpus = lines::cpus(moment, &toggles);
    let finished = finish::finished(moment);
    let replay = replay::note(moment, &timeline);
    let sentence = timeline
        .steps
        .iter()
        .rev()
        .find(|step| step.position == Some(session.at()) && session.at() > 0)
        .map_or_else(|| opening(moment), |step| step.sentence.clone());
    View {
        title: session
            .test()
            .meta
            .title
            .clone()
            .unwrap_or_else(|| session.test().name.clone()),
        model: session.model().name.to_owned(),
        cpus,
        domains: crate::names::domains(session.program())
            .into_iter()
            .map(|domain| moment.names.domain(domain))
            .collect(),
        spans: timeline.spans,
        steps: timeline.steps,
        eager: eager::before(moment),
        forks: forks::forks(moment),
        at: session.at(),
        len: session.len(),
        sentence,
        replay,
        finished,
        toggles,
    }
}

/// What to say before the first step.
fn opening(moment: &Moment) -> String {
    match moment.offers.len() {
        0 => "Nothing can happen.".to_owned(),
        1 => "Nothing has happened yet. One step is possible.".to_owned(),
        n => format!("Nothing has happened yet. {n} steps are possible."),
    }
}

/// Why `session` refuses a step.
pub(crate) fn refusal(session: &Session, step: Step, reason: machine::Reason) -> String {
    with_moment(session, |moment| {
        let cpu = usize::from(step.cpu);
        reason::clause(&moment.names, moment.state, cpu, instruction(step), reason)
    })
}

/// The instruction of a step; none for a prediction.
pub(crate) fn instruction(step: Step) -> Option<usize> {
    use machine::StepKind::{PredictNot, PredictTaken};
    (!matches!(step.kind, PredictTaken | PredictNot)).then_some(usize::from(step.at))
}

impl Moment<'_> {
    fn toggles(&self) -> Vec<ToggleView> {
        let test = self.session.test();
        let mut views = Vec::new();
        for (toggle, id) in test.toggles.iter().zip(0_u16..) {
            let cpu = usize::from(toggle.thread);
            let format = |stmts: &[litmus::StmtKind]| {
                let thread = test.threads.get(cpu);
                let texts: Vec<String> = stmts
                    .iter()
                    .map(|kind| {
                        thread
                            .map(|t| t.format_stmt(test, kind))
                            .unwrap_or_default()
                    })
                    .collect();
                if texts.is_empty() {
                    "nothing".to_owned()
                } else {
                    texts.join(" ")
                }
            };
            let positions: Vec<PositionView> = toggle
                .positions
                .iter()
                .map(|p| PositionView {
                    name: p.name.clone(),
                    short: crate::names::short_position(&p.name),
                    text: format(&p.stmts),
                })
                .collect();
            let written = positions
                .first()
                .map(|p| p.text.trim_end_matches(';').to_owned());
            views.push(ToggleView {
                id: litmus::ToggleId(id),
                name: toggle.name.clone(),
                label: toggle.label.clone().or(written).unwrap_or_default(),
                cpu,
                number: self
                    .names
                    .listing
                    .line(cpu, toggle.stmt)
                    .map_or(0, |l| l.number),
                position: self.session.setting().get(litmus::ToggleId(id)),
                positions,
                is_switch: toggle.is_switch(),
            });
        }
        views
    }
}
