//! The laboratory: one session, the messages that change it, and the parts that show it.

use std::rc::Rc;

use gloo::events::{EventListener, EventListenerOptions};
use machine::{CpuModel, SrcuFlavour, StepName};
use scene::{Lab, LabError, View};
use service::Goal;
use wasm_bindgen::JsCast as _;
use yew::prelude::*;

use crate::browser::clock::{self, Timeout};
use crate::browser::theme::Theme;
use crate::browser::{address, clipboard, focus};
use crate::closings::Closings;
use crate::editing::{self, Editing};
use crate::engine::{self, Engine, Heard};
use crate::exports;
use crate::keys;
use crate::msg::Msg;
use crate::parts;
use crate::parts::reasons::Reasons;
use crate::parts::tabs;
use crate::prospects::Prospects;
use crate::scenarios::{self, Opened};
use crate::showing::{Showing, Shown};

mod own_test;
mod tools;
mod views;

/// How long a step stays before the next is played, in milliseconds.
const PLAY: u32 = 900;

/// See the module.
pub struct App {
    send: Callback<Msg>,
    lab: Lab,
    view: Rc<View>,
    embed: bool,
    /// The presenter's view is shown.
    present: bool,
    /// The page is being printed.
    print: bool,
    /// The identifier of the tool that is open.
    tab: AttrValue,
    graph: parts::run_graph::Cache,
    exports: exports::Cache,
    /// The text in the litmus lab.
    editing: Editing,
    /// Counts the tests that were opened.
    opened: u32,
    problems: Rc<[AttrValue]>,
    said: Option<AttrValue>,
    keys_open: bool,
    engine: Engine,
    /// How often the engine has been asked anew, and why it failed last.
    attempt: u32,
    failed: Option<AttrValue>,
    /// The reasons that the verdict strip can give.
    reasons: Reasons,
    /// Micro steps are shown.
    micro: bool,
    /// Lines that something speaks of, by name.
    marked: Rc<[String]>,
    theme: Theme,
    playing: Option<Timeout>,
    showing: Option<(Showing, Timeout)>,
    prospects: Prospects,
    closings: Closings,
    address: address::Writer,
    _listeners: Vec<EventListener>,
}

impl Component for App {
    type Message = Msg;
    type Properties = ();

    fn create(ctx: &Context<Self>) -> Self {
        let send = ctx.link().callback(|msg| msg);
        let Opened {
            lab,
            problems,
            embed,
            present,
            tab,
            text,
        } = scenarios::open(&address::fragment());
        let mut app = App {
            view: Rc::new(lab.view()),
            lab,
            embed,
            present,
            print: false,
            tab: tabs::FIRST.into(),
            graph: parts::run_graph::Cache::default(),
            exports: exports::Cache::default(),
            editing: Editing::default(),
            opened: 0,
            problems: texts(problems),
            said: None,
            keys_open: false,
            engine: Engine::new(send.reform(Msg::EngineFailed)),
            attempt: 0,
            failed: None,
            reasons: Reasons::default(),
            micro: false,
            marked: Rc::default(),
            theme: Theme::stored(),
            playing: None,
            showing: None,
            prospects: Prospects::default(),
            closings: Closings::default(),
            address: address::Writer::default(),
            _listeners: listeners(&send),
            send,
        };
        app.choose(tab);
        app.edit_anew(text);
        app.look_ahead();
        if app.problems.is_empty() {
            app.write_address();
        }
        app
    }

    fn update(&mut self, _: &Context<Self>, msg: Msg) -> bool {
        match msg {
            Msg::Tick => return self.tick(),
            Msg::Shown(heard) => return self.shown(heard),
            Msg::SlowShowing => {
                if let Some((showing, _)) = &mut self.showing {
                    showing.slow();
                }
            }
            Msg::StopShowing => {
                if let Some((showing, _)) = &self.showing {
                    showing.stop();
                }
                return false;
            }
            Msg::Foreseen(heard) => return self.prospects.hear(&heard),
            Msg::Closed(heard) => return self.closings.hear(&heard, self.lab.resolved()),
            Msg::EngineFailed(why) => self.failed = Some(why.into()),
            Msg::AskAgain => {
                self.failed = None;
                self.attempt += 1;
                self.look_ahead();
            }
            Msg::Line { forwards } => {
                focus::step(keys::LINES, forwards);
                return false;
            }
            Msg::Barrier => {
                if !focus::on_next(keys::BARRIERS) {
                    self.said = Some("This scenario has no barriers to switch.".into());
                }
                return true;
            }
            Msg::Reasons(reasons) => self.reasons = reasons,
            Msg::Mark(lines) => {
                let changed = *self.marked != *lines;
                self.marked = lines.into();
                return changed;
            }
            Msg::Edit(text) => {
                let waiting = self.later(editing::PAUSE, || Msg::Read);
                self.editing.typed(text, waiting);
                return false;
            }
            Msg::Read => self.read(editing::open),
            Msg::Test(text) => {
                self.editing.replace(&text);
                self.read(editing::begin);
            }
            Msg::Tab(id) => {
                self.tab = id;
                self.write_address();
            }
            Msg::Keys(open) => self.keys_open = open,
            Msg::Micro => self.micro = !self.micro,
            Msg::Present(wanted) => self.present(wanted.unwrap_or(!self.present)),
            Msg::Print(now) => self.print = now,
            Msg::Theme => {
                self.theme = self.theme.next();
                self.theme.apply();
                self.theme.keep();
            }
            Msg::Copy => self.copy(),
            Msg::Say(text) => self.said = Some(text),
            Msg::Dismiss => {
                self.problems = Rc::default();
                self.write_address();
            }
            change => {
                self.said = None;
                let missing = match &change {
                    Msg::Scenario(id) => scenarios::missing_id(id),
                    Msg::Link(fragment) => scenarios::missing(fragment),
                    _ => None,
                };
                match missing {
                    Some(id) => self.load(id, change),
                    None => self.change(change),
                }
            }
        }
        true
    }

    fn view(&self, _: &Context<Self>) -> Html {
        let (lab, view, send) = (&self.lab, &self.view, &self.send);
        let link: AttrValue = self.link().to_string().into();
        let tools = self.tools();
        let strip: Vec<_> = tools
            .iter()
            .map(|tool| (tool.id, tool.title, tool.icon))
            .collect();
        let open = tools.into_iter().find(|tool| tool.id == self.tab.as_str());
        html! {
            <>
                if self.embed {
                    <parts::embed_header::EmbedHeader title={view.title.clone()} model={view.model.clone()} link={address::with_fragment(&link)} />
                } else {
                    <parts::header::Header
                        id={lab.id().to_owned()} model={lab.model().id} flavour={srcu(lab, view)}
                        theme={self.theme} present={self.present} send={send} />
                }
                <main class={classes!("lab", self.embed.then_some("embed"), self.present.then_some("present"))} data-open={&self.tab} data-at={view.at.to_string()} data-len={view.len.to_string()}>
                    if let Some(why) = &self.failed {
                        <parts::failure::EngineFailure {why} {send} />
                    }
                    if !self.problems.is_empty() {
                        <parts::problems::Problems problems={Rc::clone(&self.problems)} send={send} />
                    }
                    if !self.embed && !self.present {
                        <parts::story::Story id={lab.id().to_owned()} test={Rc::new(lab.test().meta.clone())} />
                    }
                    <parts::programs::Programs view={view} known={self.prospects.known()}
                        marked={Rc::clone(&self.marked)} {send} />
                    if strip.len() > 1 && !self.present {
                        <tabs::Strip tabs={strip} chosen={&self.tab} {send} />
                    }
                    { for open.map(|tab| html! {
                        <ContextProvider<Reasons> context={self.reasons.clone()}><tabs::Panel {tab} /></ContextProvider<Reasons>>
                    }) }
                    if !self.embed && (!self.present || self.print) {
                        <parts::verdicts::Verdicts
                            key={self.opened} test={parts::verdicts::Shared(lab.test().clone())} subject={engine::subject(lab)}
                            engine={self.engine.clone()} attempt={self.attempt}
                            flavour={lab.flavour()} model={lab.model().id}
                            showing={self.showing.as_ref().map(|(showing, _)| showing.sought())} send={send} />
                    }
                    <parts::say::Say
                        view={view} closed={self.closings.told()} said={self.said.clone()} micro={self.micro} send={send} />
                    <parts::timeline::Timeline view={view} embed={self.embed} print={self.print} playing={self.playing.is_some()} micro={self.micro}
                        closed={self.closings.told()} send={send} />
                    if self.print {
                        { self.printed() }
                    }
                </main>
                <parts::keys_dialog::KeysDialog open={self.keys_open} send={send} />
            </>
        }
    }
}

impl App {
    /// Loads a scenario, and then does what has to wait for it.
    fn load(&self, id: &'static str, then: Msg) {
        let send = self.send.clone();
        wasm_bindgen_futures::spawn_local(async move {
            let told = match scenarios::load(id).await {
                true => then,
                false => Msg::Say("The scenario could not be loaded: is there a network?".into()),
            };
            send.emit(told);
        });
    }

    /// What changes the session.
    fn change(&mut self, msg: Msg) {
        if !matches!(msg, Msg::Play) {
            self.playing = None;
        }
        self.showing = None;
        match msg {
            Msg::Step(step) => self.step(step),
            Msg::Choose(index) => match self.offered(index) {
                Some(step) => self.step(step),
                None => self.said = Some(format!("There is no step {index} now.").into()),
            },
            Msg::Back => {
                self.lab.back();
            }
            Msg::Forth => {
                self.lab.forth();
            }
            Msg::Goto(steps) => self.lab.goto(steps),
            Msg::Reset => self.lab.reset(),
            Msg::TakeUp(fork) => {
                self.lab.take_up(fork);
            }
            Msg::TakeUpLast => self.take_up_last(),
            Msg::Play => self.play(),
            Msg::Position(toggle, position) => {
                let result = self.lab.set_position(toggle, position);
                self.complain(result);
            }
            Msg::Model(model) => {
                let result = self.lab.set_model(model);
                self.complain(result);
            }
            Msg::Flavour(flavour) => {
                let result = self.lab.set_flavour(flavour);
                self.complain(result);
            }
            Msg::Scenario(id) => {
                let usual = self.tab == self.opening_tab();
                self.lab = scenarios::by_id(&id);
                // A tool that the reader has chosen stays, unless the scenario is about another.
                if usual || scenarios::tab(&id).is_some() {
                    self.choose(None);
                }
                self.problems = Rc::default();
                self.edit_anew(None);
            }
            Msg::Link(fragment) => return self.open(&fragment),
            Msg::Show(goal, model) => {
                let result = self.lab.set_model(model);
                if self.complain(result) {
                    self.show(goal, model);
                }
            }
            Msg::Set {
                setting,
                model,
                show,
                said,
            } => {
                let model = model.unwrap_or(self.lab.model());
                let result = self.lab.set(setting, model, self.lab.flavour());
                if self.complain(result) {
                    self.said = Some(said);
                    if let Some(goal) = show {
                        self.show(goal, model);
                    }
                }
            }
            Msg::PlaySteps(steps) => self.play_steps(&steps),
            _ => {}
        }
        self.changed();
    }

    /// Searches the shortest schedule to an outcome, in the present program.
    fn show(&mut self, goal: Goal, model: &'static CpuModel) {
        let subject = engine::subject(&self.lab);
        let hear = self.send.reform(Msg::Shown);
        let slow = self.later(parts::verdicts::SLOW, || Msg::SlowShowing);
        let showing = Showing::new(&self.engine, subject, model, goal, hear);
        self.showing = Some((showing, slow));
        self.said = Some("Searching the shortest schedule…".into());
    }

    /// Plays a schedule from the start.
    fn play_steps(&mut self, steps: &[StepName]) {
        self.said = self.lab.play_names(steps).err().map(AttrValue::from);
        self.lab.goto(0);
        self.play();
    }

    fn step(&mut self, step: StepName) {
        if let Err(why) = self.lab.step(step) {
            self.said = Some(why.into());
        }
    }

    fn take_up_last(&mut self) {
        match self.view.forks.iter().find_map(|fork| fork.id) {
            Some(fork) => {
                self.lab.take_up(fork);
            }
            None => self.said = Some("No other schedule has been left.".into()),
        }
    }

    fn offered(&self, index: usize) -> Option<StepName> {
        let lines = self
            .view
            .cpus
            .iter()
            .flat_map(|cpu| &cpu.bands)
            .flat_map(|band| &band.lines);
        lines
            .flat_map(|line| &line.offers)
            .find(|offer| offer.index == index)
            .map(|offer| offer.step)
    }

    /// Says why a switch could not be moved. True when it could.
    fn complain(&mut self, result: Result<(), LabError>) -> bool {
        if let Err(error) = &result {
            self.said = Some(format!("This machine cannot run that: {error}").into());
        }
        result.is_ok()
    }

    /// The session is another now.
    fn changed(&mut self) {
        self.view = Rc::new(self.lab.view());
        self.look_ahead();
        self.write_address();
    }

    fn open(&mut self, fragment: &str) {
        let Opened {
            lab,
            problems,
            embed,
            present,
            tab,
            text,
        } = scenarios::open(fragment);
        self.lab = lab;
        self.embed = embed;
        self.present = present;
        self.problems = texts(problems);
        self.choose(tab);
        self.edit_anew(text);
        self.view = Rc::new(self.lab.view());
        self.look_ahead();
        // What could not be understood stays in the address bar until the reader goes on.
        self.address.forget();
    }

    fn write_address(&mut self) {
        let link = self.link().to_string();
        crate::browser::engine::remember(&link);
        // The frame's address belongs to the page that embeds it.
        if !self.embed {
            self.address.write(link);
        }
    }

    fn look_ahead(&mut self) {
        let subject = engine::subject(&self.lab);
        let hear = self.send.reform(Msg::Foreseen);
        self.prospects
            .restart(&self.engine, subject.clone(), &self.lab, &self.view, hear);
        let hear = self.send.reform(Msg::Closed);
        self.closings
            .restart(&self.engine, subject, &self.lab, hear);
    }

    fn later(&self, pause: u32, msg: fn() -> Msg) -> Timeout {
        let send = self.send.clone();
        Timeout::new(pause, move || send.emit(msg()))
    }

    /// Begins to play, from the start when all is done; or stops.
    fn play(&mut self) {
        if self.playing.take().is_some() || self.lab.is_empty() {
            return;
        }
        if self.lab.at() == self.lab.len() {
            self.lab.goto(0);
        }
        if clock::reduced_motion() {
            self.lab.goto(self.lab.len());
        } else {
            self.playing = Some(self.later(PLAY / 2, || Msg::Tick));
        }
    }

    fn tick(&mut self) -> bool {
        self.said = None;
        self.lab.forth();
        let more = self.lab.at() < self.lab.len();
        self.playing = more.then(|| self.later(PLAY, || Msg::Tick));
        self.changed();
        true
    }

    fn shown(&mut self, heard: Heard) -> bool {
        let Some((showing, _)) = &mut self.showing else {
            return false;
        };
        match showing.hear(heard) {
            Shown::Running => return showing.sought().explored.is_some(),
            Shown::Nothing(why) => self.said = Some(why),
            Shown::Schedule(steps) => {
                self.play_steps(&steps);
                self.changed();
            }
        }
        self.showing = None;
        true
    }

    fn copy(&mut self) {
        if let Some(Err(error)) = self.packed() {
            self.said = Some(format!("There is no link to this: {error}.").into());
            return;
        }
        let text = address::with_fragment(&self.link().to_string());
        let send = self.send.clone();
        wasm_bindgen_futures::spawn_local(async move {
            if clipboard::copy(&text).await {
                send.emit(Msg::Say("Link copied.".into()));
                return;
            }
            // Where it stands, it can be copied by hand.
            send.emit(Msg::Tab("export".into()));
            let said = "This page may not use the clipboard. The link is selected in Export: copy it by hand.";
            send.emit(Msg::Say(said.into()));
            clock::Timeout::new(0, || focus::select("[data-export-text=link]")).forget();
        });
    }
}

fn texts(texts: Vec<String>) -> Rc<[AttrValue]> {
    texts.into_iter().map(AttrValue::from).collect()
}

/// The flavour, where the scenario uses SRCU.
fn srcu(lab: &Lab, view: &View) -> Option<SrcuFlavour> {
    // RCU itself has no flavours.
    view.srcu
        .domains
        .iter()
        .any(|domain| domain.name != "RCU")
        .then(|| lab.flavour())
}

fn listeners(send: &Callback<Msg>) -> Vec<EventListener> {
    let opened = send.clone();
    let mut listeners: Vec<EventListener> =
        address::on_change(move |fragment| opened.emit(Msg::Link(fragment)))
            .into_iter()
            .collect();
    listeners.extend(views::on_print(send));
    if let Some(host) = focus::host() {
        let send = send.clone();
        let options = EventListenerOptions::enable_prevent_default();
        listeners.push(EventListener::new_with_options(
            &host,
            "keydown",
            options,
            move |event| {
                if let Some(msg) = event.dyn_ref().and_then(keys::meaning) {
                    // The page does not scroll, and a host page does not turn its leaves.
                    event.prevent_default();
                    event.stop_propagation();
                    send.emit(msg);
                }
            },
        ));
    }
    listeners
}
