//! The laboratory: one session, the messages that change it, and the parts that show it.

use std::rc::Rc;

use gloo::events::{EventListener, EventListenerOptions};
use machine::{SrcuFlavour, StepName};
use scene::{Lab, LabError, Link, View};
use wasm_bindgen::JsCast as _;
use yew::prelude::*;

use crate::browser::clock::{self, Timeout};
use crate::browser::theme::Theme;
use crate::browser::{address, clipboard, focus};
use crate::keys;
use crate::msg::Msg;
use crate::parts;
use crate::parts::tabs::{self, Tab, tab};
use crate::prospects::Prospects;
use crate::scenarios::{self, Opened};
use crate::showing::{Showing, Shown};

/// How long a step stays before the next is played, in milliseconds.
const PLAY: u32 = 900;

/// See the module.
pub struct App {
    send: Callback<Msg>,
    lab: Lab,
    view: Rc<View>,
    embed: bool,
    /// The identifier of the tool that is open.
    tab: AttrValue,
    problems: Rc<[AttrValue]>,
    said: Option<AttrValue>,
    keys_open: bool,
    /// Lines that something speaks of, by name.
    marked: Rc<[String]>,
    theme: Theme,
    playing: Option<Timeout>,
    showing: Option<(Showing, Timeout)>,
    prospects: Prospects,
    looking: Option<Timeout>,
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
            tab,
        } = scenarios::open(&address::fragment());
        let mut app = App {
            view: Rc::new(lab.view()),
            lab,
            embed,
            tab: tabs::FIRST.into(),
            problems: texts(problems),
            said: None,
            keys_open: false,
            marked: Rc::default(),
            theme: Theme::stored(),
            playing: None,
            showing: None,
            prospects: Prospects::default(),
            looking: None,
            address: address::Writer::default(),
            _listeners: listeners(&send),
            send,
        };
        app.choose(tab);
        app.look_ahead();
        if app.problems.is_empty() {
            app.write_address();
        }
        app
    }

    fn update(&mut self, _: &Context<Self>, msg: Msg) -> bool {
        match msg {
            Msg::Tick => return self.tick(),
            Msg::Search => return self.search(),
            Msg::Look => {
                let more = self.prospects.slice();
                self.look_again();
                return more;
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
            Msg::Mark(lines) => {
                let changed = *self.marked != *lines;
                self.marked = lines.into();
                return changed;
            }
            Msg::Tab(id) => {
                self.tab = id;
                self.write_address();
            }
            Msg::Keys(open) => self.keys_open = open,
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
                self.change(change);
            }
        }
        true
    }

    fn rendered(&mut self, _: &Context<Self>, first: bool) {
        // The line that had the focus may be a button no more.
        if !first {
            focus::keep_inside();
        }
    }

    fn view(&self, _: &Context<Self>) -> Html {
        let (lab, view, send) = (&self.lab, &self.view, &self.send);
        let link: AttrValue = lab.link().to_string().into();
        let tools = self.tools();
        let strip: Vec<_> = tools.iter().map(|tool| (tool.id, tool.title)).collect();
        let open = tools.into_iter().find(|tool| tool.id == self.tab.as_str());
        html! {
            <>
                if self.embed {
                    <parts::embed_header::EmbedHeader title={view.title.clone()} model={view.model.clone()} link={address::with_fragment(&link)} />
                } else {
                    <parts::header::Header
                        id={lab.id().to_owned()} model={lab.model().id} flavour={srcu(lab, view)}
                        theme={self.theme} send={send} />
                }
                <main class={classes!("lab", self.embed.then_some("embed"))} data-tab={&self.tab} data-at={view.at.to_string()} data-len={view.len.to_string()}>
                    if !self.problems.is_empty() {
                        <parts::problems::Problems problems={Rc::clone(&self.problems)} send={send} />
                    }
                    if !self.embed {
                        <parts::story::Story id={lab.id().to_owned()} test={Rc::new(lab.test().meta.clone())} />
                    }
                    <parts::programs::Programs view={view} known={self.prospects.known()}
                        marked={Rc::clone(&self.marked)} {send} />
                    if strip.len() > 1 {
                        <tabs::Strip tabs={strip} chosen={&self.tab} {send} />
                    }
                    { for open.map(|tab| html! { <tabs::Panel {tab} /> }) }
                    if !self.embed {
                        <parts::verdicts::Verdicts
                            key={lab.id()} test={parts::verdicts::Shared(lab.test().clone())} setting={lab.setting().clone()}
                            source={lab.source().map(|source| AttrValue::from(source.to_owned()))}
                            flavour={lab.flavour()} model={lab.model().id}
                            showing={self.showing.as_ref().map(|(showing, _)| showing.what())} send={send} />
                    }
                    <parts::say::Say
                        view={view} said={self.said.clone()} send={send} />
                    <parts::timeline::Timeline view={view} embed={self.embed} playing={self.playing.is_some()} send={send} />
                </main>
                <parts::keys_dialog::KeysDialog open={self.keys_open} send={send} />
            </>
        }
    }
}

impl App {
    /// The tools beside the programs, a line each.
    fn tools(&self) -> Vec<Tab> {
        let (view, send) = (&self.view, &self.send);
        let hardware = html! { <parts::hardware::Hardware {view} {send} /> };
        let hardware = tab(tabs::FIRST, "Hardware", hardware);
        if self.embed {
            return vec![hardware];
        }
        vec![hardware]
    }

    /// Opens the tool that a link names.
    fn choose(&mut self, wanted: Option<String>) {
        let wanted = wanted.unwrap_or_else(|| tabs::FIRST.to_owned());
        if self.tools().iter().any(|tool| tool.id == wanted) {
            self.tab = wanted.into();
            return;
        }
        self.tab = tabs::FIRST.into();
        // An embed has no tabs, and what is missing there is no mistake.
        if !self.embed {
            let problem = format!("tab: there is no tab “{wanted}”");
            self.problems = self
                .problems
                .iter()
                .cloned()
                .chain([problem.into()])
                .collect();
        }
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
                self.lab = scenarios::by_id(&id);
                self.problems = Rc::default();
            }
            Msg::Link(fragment) => return self.open(&fragment),
            Msg::Show(goal, model) => {
                let result = self.lab.set_model(model);
                if self.complain(result) {
                    let (test, p) = (self.lab.resolved().clone(), self.lab.program().clone());
                    self.showing = Some((Showing::new(goal, test, p), self.soon(|| Msg::Search)));
                    self.said = Some("Searching the shortest schedule…".into());
                }
            }
            _ => {}
        }
        self.changed();
    }

    fn step(&mut self, step: StepName) {
        if let Err(why) = self.lab.step(step) {
            self.said = Some(why.into());
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
            tab,
        } = scenarios::open(fragment);
        self.lab = lab;
        self.embed = embed;
        self.problems = texts(problems);
        self.choose(tab);
        self.view = Rc::new(self.lab.view());
        self.look_ahead();
        // What could not be understood stays in the address bar until the reader goes on.
        self.address.forget();
    }

    /// The link to what is to be seen now.
    fn link(&self) -> Link {
        Link {
            tab: (self.tab != tabs::FIRST).then(|| self.tab.to_string()),
            ..self.lab.link()
        }
    }

    fn write_address(&mut self) {
        // The frame's address belongs to the page that embeds it.
        if !self.embed {
            self.address.write(self.link().to_string());
        }
    }

    fn look_ahead(&mut self) {
        self.prospects.restart(&self.lab, &self.view);
        self.look_again();
    }

    fn look_again(&mut self) {
        self.looking = self.prospects.busy().then(|| self.soon(|| Msg::Look));
    }

    /// Sends a message when the browser has had its turn.
    fn soon(&self, msg: fn() -> Msg) -> Timeout {
        self.later(0, msg)
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

    fn search(&mut self) -> bool {
        let Some((mut showing, _)) = self.showing.take() else {
            return false;
        };
        match showing.slice() {
            Shown::Running => {
                self.showing = Some((showing, self.soon(|| Msg::Search)));
                return false;
            }
            Shown::Nothing => {
                self.said = Some("No schedule was found within the limit of the search.".into())
            }
            Shown::Schedule(steps) => {
                self.said = self.lab.play_schedule(&steps).err().map(AttrValue::from);
                self.lab.goto(0);
                self.play();
                self.changed();
            }
        }
        true
    }

    fn copy(&mut self) {
        let text = address::with_fragment(&self.link().to_string());
        let send = self.send.clone();
        wasm_bindgen_futures::spawn_local(async move {
            let said = if clipboard::copy(&text).await {
                "Link copied.".to_owned()
            } else {
                format!("Copy this link: {text}")
            };
            send.emit(Msg::Say(said.into()));
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
