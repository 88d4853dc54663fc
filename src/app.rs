//! The laboratory: one session, the messages that change it, and the parts that show it.

use std::rc::Rc;

use gloo::events::{EventListener, EventListenerOptions};
use session::Session;
use wasm_bindgen::JsCast as _;
use yew::prelude::*;

use crate::browser::clock::{self, Timeout};
use crate::browser::theme::Theme;
use crate::browser::{address, clipboard, focus};
use crate::closings::Closings;
use crate::editing::{self, Editing, Then};
use crate::engine::{self, Engine, Failed};
use crate::keys;
use crate::msg::Msg;
use crate::parts;
use crate::parts::reasons::Reasons;
use crate::parts::tabs;
use crate::prospects::Prospects;
use crate::replies::{Asking, Loading};
use crate::scenarios::{self, Opened};
use crate::seen::Seen;
use crate::showing::Showing;

mod changes;
mod own_test;
mod tools;
mod views;

/// How long a step stays before the next is played, in milliseconds.
const PLAY: u32 = 900;

/// Where the engine that answers is not the one that was built with the page.
const OTHER_BUILD: &str = "The engine is from another build of the page: reload the page.";

/// See the module.
pub struct App {
    send: Callback<Msg>,
    lab: Session,
    view: Seen,
    embed: bool,
    /// The presenter's view is shown.
    present: bool,
    /// The page is being printed.
    print: bool,
    /// The identifier of the tool that is open.
    tab: AttrValue,
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
    /// Why the engine could not be loaded yet.
    loading: Loading,
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
            own,
        } = scenarios::open(&address::fragment());
        let mut app = App {
            view: Seen::of(&lab),
            lab,
            embed,
            present,
            print: false,
            tab: tabs::FIRST.into(),
            editing: Editing::default(),
            opened: 0,
            problems: texts(problems),
            said: None,
            keys_open: false,
            engine: Engine::new(Failed {
                ended: send.reform(Msg::EngineFailed),
                loaded: send.reform(Msg::EngineLoaded),
                other_build: send.reform(|()| Msg::Say(OTHER_BUILD.into())),
            }),
            attempt: 0,
            failed: None,
            loading: Loading::default(),
            reasons: Reasons::default(),
            micro: false,
            marked: Rc::default(),
            theme: Theme::stored(),
            playing: None,
            showing: None,
            prospects: Prospects::default(),
            closings: Closings::default(),
            address: address::Writer::new(),
            _listeners: listeners(&send),
            send,
        };
        app.choose(tab);
        app.edit_anew(None);
        app.unpack(own);
        app.look_ahead();
        app.keep_address();
        app
    }

    fn update(&mut self, _: &Context<Self>, msg: Msg) -> bool {
        self.update_ui(msg)
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
        let asking = Asking {
            engine: self.engine.clone(),
            attempt: self.attempt,
        };
        html! {
            <ContextProvider<Asking> context={asking}>
            <ContextProvider<Loading> context={self.loading.clone()}>
                if self.embed {
                    <parts::embed_header::EmbedHeader title={view.title.clone()} model={view.model.clone()} link={address::with_fragment(&link)} />
                } else {
                    <parts::header::Header
                        id={lab.id().to_owned()} model={lab.model().id} flavour={lab.uses_srcu().then(|| lab.flavour())}
                        theme={self.theme} present={self.present} send={send} />
                }
                <main class={classes!("lab", self.embed.then_some("embed"), self.present.then_some("present"))} data-open={&self.tab} data-at={view.at.to_string()} data-len={view.len.to_string()}>
                    if let Some(why) = &self.failed {
                        <parts::failure::EngineFailure {why} {send} />
                    }
                    if self.loading.0.is_some() {
                        <parts::failure::EngineMissing />
                    }
                    if self.editing.opens_link() {
                        <p class="note" role="status" data-opening="">{ "Opening the test in this link…" }</p>
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
                    { for open.map(|tab| html! { <tabs::Panel {tab} /> }) }
                    if !self.embed && (!self.present || self.print) {
                        { self.verdicts() }
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
            </ContextProvider<Loading>>
            </ContextProvider<Asking>>
        }
    }
}

impl App {
    /// Does what concerns the page alone. Every other message changes the session. True when the page is to be drawn.
    fn update_ui(&mut self, msg: Msg) -> bool {
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
            Msg::Read => self.read(Then::Open),
            Msg::HasRead(heard) => return self.has_read(heard),
            Msg::EngineLoaded(why) => self.loading = Loading(why.map(AttrValue::from)),
            Msg::Test(text) => {
                self.editing.replace(&text);
                self.read(Then::Begin);
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
            change => self.update_session(change),
        }
        true
    }

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

    /// The session is another now.
    fn after_change(&mut self) {
        self.view = Seen::of(&self.lab);
        self.look_ahead();
        self.write_address();
    }

    /// Opens a link within the page.
    fn open_link(&mut self, fragment: &str) {
        let Opened {
            lab,
            problems,
            embed,
            present,
            tab,
            own,
        } = scenarios::open(fragment);
        self.lab = lab;
        self.embed = embed;
        self.present = present;
        self.problems = texts(problems);
        self.choose(tab);
        self.edit_anew(None);
        self.unpack(own);
        self.view = Seen::of(&self.lab);
        self.look_ahead();
        self.address.forget();
        self.keep_address();
    }

    /// Has the test read that a link carries; until then the page shows the opening scenario.
    fn unpack(&mut self, own: Option<(String, session::Link)>) {
        if let Some((z, link)) = own {
            let hear = self.send.reform(Msg::HasRead);
            self.editing.unpack(&self.engine, z, link, hear);
        }
    }

    /// What could not be understood stays in the address bar until the reader goes on.
    fn keep_address(&mut self) {
        if self.problems.is_empty() && !self.editing.opens_link() {
            self.write_address();
        }
    }

    fn write_address(&mut self) {
        let link = self.link().to_string();
        crate::browser::engine::remember(&link);
        // The frame's address belongs to the page that embeds it.
        if !self.embed {
            self.address.write(link);
        }
    }

    /// Asks the engine about what may come.
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
