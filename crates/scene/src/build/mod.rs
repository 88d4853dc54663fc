//! From a session to its view.

mod eager;
mod finish;
mod foresight;
mod forks;
pub(crate) mod hardware;
mod lines;
mod replay;
mod rests;
mod stale;
mod timeline;

use machine::{State, Step};

use crate::lab::Lab;
use crate::listing::Listing;
use crate::names::Names;
use crate::reason;
use crate::view::{PositionView, SrcuView, ToggleView, View};

/// A session with what every part of its view needs.
pub(crate) struct Scene<'a> {
    pub lab: &'a Lab,
    pub names: Names<'a>,
    pub state: &'a State,
    /// What may happen now, by CPU and then in program order.
    pub offers: Vec<Step>,
}

/// Builds the scene of a session and asks it something.
fn with_scene<T>(lab: &Lab, ask: impl FnOnce(&Scene) -> T) -> T {
    let listing = Listing::new(lab.test(), lab.setting(), lab.source(), lab.program());
    let names = Names {
        test: lab.test(),
        p: lab.program(),
        listing: &listing,
    };
    let offers = lab.program().steps(lab.state());
    let scene = Scene {
        lab,
        names,
        state: lab.state(),
        offers,
    };
    ask(&scene)
}

/// What a session has come to, in one sentence, and whether that is bad.
pub(crate) fn last(lab: &Lab) -> (String, bool) {
    with_scene(lab, forks::last)
}

/// The view; without `pictures` what only the picture of the hardware shows is left out.
pub(crate) fn view(lab: &Lab, pictures: bool) -> View {
    with_scene(lab, |scene| build(lab, scene, pictures))
}

fn build(lab: &Lab, scene: &Scene, pictures: bool) -> View {
    // It comes with the pictures (later.txt).
    let rests = if pictures {
        rests::rests(scene)
    } else {
        rests::Rests::default()
    };
    let timeline = timeline::timeline(scene, &rests);
    let toggles = scene.toggles();
    let cpus = lines::cpus(scene, &toggles);
    let finished = finish::finished(scene);
    let replay = replay::note(scene, &timeline);
    let sentence = timeline
        .steps
        .iter()
        .rev()
        .find(|step| step.position == Some(lab.at()) && lab.at() > 0)
        .map_or_else(|| opening(scene), |step| step.sentence.clone());
    let mut view = View {
        title: lab
            .test()
            .meta
            .title
            .clone()
            .unwrap_or_else(|| lab.test().name.clone()),
        model: lab.model().name.to_owned(),
        cpus,
        stores: Vec::new(),
        memory: Vec::new(),
        slots: Vec::new(),
        objects: Vec::new(),
        pointers: Vec::new(),
        srcu: SrcuView::default(),
        spans: timeline.spans,
        steps: timeline.steps,
        eager: eager::before(scene),
        forks: forks::forks(scene),
        at: lab.at(),
        len: lab.len(),
        sentence,
        replay,
        finished,
        toggles,
    };
    if pictures {
        add_hardware(&mut view, scene, &timeline.of_run, &rests.locs);
    }
    view
}

/// What the picture of the hardware shows, and nobody else.
#[inline(never)]
fn add_hardware(view: &mut View, scene: &Scene, of_run: &[usize], rests: &[usize]) {
    let parts = hardware::Hardware {
        scene,
        of_run,
        rests,
    };
    view.stores = hardware::stores(&parts);
    view.memory = hardware::memory(&parts);
    view.slots = hardware::slots(&parts);
    view.objects = hardware::objects(&parts);
    view.pointers = hardware::pointers(&parts);
    view.srcu = hardware::srcu(&parts);
}

/// What to say before the first step.
fn opening(scene: &Scene) -> String {
    match scene.offers.len() {
        0 => "Nothing can happen.".to_owned(),
        1 => "Nothing has happened yet. One step is possible.".to_owned(),
        n => format!("Nothing has happened yet. {n} steps are possible."),
    }
}

/// Why `lab` refuses a step.
pub(crate) fn refusal(lab: &Lab, step: Step, reason: machine::Reason) -> String {
    let listing = Listing::new(lab.test(), lab.setting(), lab.source(), lab.program());
    let names = Names {
        test: lab.test(),
        p: lab.program(),
        listing: &listing,
    };
    reason::clause(
        &names,
        lab.state(),
        usize::from(step.cpu),
        instruction(step),
        reason,
    )
}

/// The instruction of a step; none for a prediction.
pub(crate) fn instruction(step: Step) -> Option<usize> {
    use machine::StepKind::{PredictNot, PredictTaken};
    (!matches!(step.kind, PredictTaken | PredictNot)).then_some(usize::from(step.at))
}

impl Scene<'_> {
    fn toggles(&self) -> Vec<ToggleView> {
        let test = self.lab.test();
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
                position: self.lab.setting().get(litmus::ToggleId(id)),
                positions,
                is_switch: toggle.is_switch(),
            });
        }
        views
    }
}
