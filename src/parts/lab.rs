//! The litmus lab: an editor for the test that everything else is about.

use std::rc::Rc;

use lessons::TEMPLATES;
use litmus::{Highlight, limits};
use protocol::text::Problem;
use protocol::{Reply, Request};
use wasm_bindgen_futures::spawn_local;
use web_sys::{Element, File, HtmlInputElement, HtmlSelectElement, HtmlTextAreaElement};
use yew::prelude::*;

use crate::browser::editor::{self, Editor, Loaded, Options};
use crate::browser::{address, files};
use crate::editing;
use crate::engine::{Heard, Ticket};
use crate::msg::Msg;
use crate::replies::Asking;

/// What an editor says of itself to those who cannot see it.
const DESCRIPTION: &str =
    "Tab indents. Escape, then Tab leaves the editor. Control F finds. F8 goes to the next error.";

/// See the module.
#[derive(Properties, PartialEq)]
pub struct LitmusLabProps {
    /// The text.
    pub text: AttrValue,
    /// It grows when the text has not come from the editor.
    pub revision: u32,
    /// What is wrong with it.
    pub problems: Rc<[Problem]>,
    /// What the file is called when it is saved, without `.litmus`.
    pub name: AttrValue,
    /// Where messages go.
    pub send: Callback<Msg>,
}

/// See the module.
pub struct LitmusLab {
    host: NodeRef,
    opener: NodeRef,
    state: State,
    /// A file is being dragged over the lab.
    over: bool,
    asking: Option<(Asking, ContextHandle<Asking>)>,
    /// What the pieces of a text are is being asked.
    highlighting: Option<Ticket>,
}

enum State {
    Loading,
    Open(Editor),
    /// The editor could not be had, and why.
    Plain(AttrValue),
}

/// What can happen to the lab.
pub enum LabMsg {
    /// The editor has come, or not.
    Loaded(Result<Loaded, String>),
    /// A file is to be opened.
    File(File),
    /// A file is dragged over the lab, or away.
    Over(bool),
    /// To a place in the text.
    GoTo(u32),
    /// Saves the text.
    Save,
    /// The editor has this text now.
    Changed(AttrValue),
    /// What the pieces of a text are.
    Pieces(AttrValue, Heard),
    /// Another engine.
    Asking(Asking),
}

impl Component for LitmusLab {
    type Message = LabMsg;
    type Properties = LitmusLabProps;

    fn create(ctx: &Context<Self>) -> Self {
        let loaded = ctx.link().callback(LabMsg::Loaded);
        spawn_local(async move { loaded.emit(editor::load().await) });
        LitmusLab {
            host: NodeRef::default(),
            opener: NodeRef::default(),
            state: State::Loading,
            over: false,
            asking: ctx.link().context(ctx.link().callback(LabMsg::Asking)),
            highlighting: None,
        }
    }

    fn update(&mut self, ctx: &Context<Self>, msg: LabMsg) -> bool {
        match msg {
            LabMsg::Loaded(result) => {
                self.state = match result {
                    Ok(loaded) => self.open(ctx, &loaded),
                    Err(error) => State::Plain(error.into()),
                };
                self.highlight(ctx, ctx.props().text.clone());
                true
            }
            LabMsg::File(file) => {
                let send = ctx.props().send.clone();
                spawn_local(async move {
                    send.emit(match files::text(&file, limits::SOURCE_BYTES).await {
                        Ok(text) => Msg::Test(text.into()),
                        Err(problem) => Msg::Say(problem.into()),
                    });
                });
                false
            }
            LabMsg::Over(over) => std::mem::replace(&mut self.over, over) != over,
            LabMsg::GoTo(at) => {
                match &self.state {
                    State::Open(editor) => editor.go_to(at),
                    _ => {
                        if let Some(field) = self.host.cast::<HtmlTextAreaElement>() {
                            let _ = field.focus();
                            let _ = field.set_selection_range(at, at);
                        }
                    }
                }
                false
            }
            LabMsg::Changed(text) => {
                self.highlight(ctx, text.clone());
                ctx.props().send.emit(Msg::Edit(text));
                false
            }
            LabMsg::Pieces(text, heard) => {
                if let (State::Open(editor), Reply::Pieces(pieces)) = (&self.state, heard.reply) {
                    editor.set_pieces(&text, &pieces);
                }
                false
            }
            LabMsg::Asking(asking) => {
                if let Some((known, _)) = &mut self.asking {
                    *known = asking;
                }
                self.highlight(ctx, ctx.props().text.clone());
                false
            }
            LabMsg::Save => {
                let LitmusLabProps {
                    text, name, send, ..
                } = ctx.props();
                let file = format!("{name}.litmus");
                let said = saved(
                    &file,
                    files::save(&file, "text/plain;charset=utf-8", text.as_bytes()),
                );
                send.emit(Msg::Say(said.into()));
                false
            }
        }
    }

    fn changed(&mut self, ctx: &Context<Self>, old: &LitmusLabProps) -> bool {
        let props = ctx.props();
        if props.revision != old.revision {
            self.highlight(ctx, props.text.clone());
        }
        if let State::Open(editor) = &self.state {
            if props.revision != old.revision {
                editor.set_text(&props.text);
            }
            if props.problems != old.problems || props.revision != old.revision {
                mark(editor, &props.problems);
            }
        }
        true
    }

    fn view(&self, ctx: &Context<Self>) -> Html {
        let LitmusLabProps {
            text,
            problems,
            send,
            ..
        } = ctx.props();
        let link = ctx.link();
        let ondragover = link.callback(|event: DragEvent| {
            event.prevent_default();
            LabMsg::Over(true)
        });
        let ondrop = link.callback(|event: DragEvent| {
            event.prevent_default();
            let file = event
                .data_transfer()
                .and_then(|data| data.files())
                .and_then(|files| files.get(0));
            file.map_or(LabMsg::Over(false), LabMsg::File)
        });
        let ondropped = {
            let over = link.callback(LabMsg::Over);
            Callback::from(move |event: DragEvent| {
                over.emit(false);
                ondrop.emit(event);
            })
        };
        html! {
            <section class={classes!("panel", "lab-panel", self.over.then_some("over"))} aria-labelledby="lab-title"
                {ondragover} ondragleave={link.callback(|_| LabMsg::Over(false))} ondrop={ondropped}>
                <h2 id="lab-title">{ "Litmus lab" }<span class="hint">{ "what is written here is what runs" }</span></h2>
                { self.tools(ctx) }
                <div class="lab-editor">
                    { self.editor(text, send) }
                </div>
                { messages(problems, &link.callback(LabMsg::GoTo)) }
            </section>
        }
    }
}

impl LitmusLab {
    /// Asks what the pieces of a text are, for their colours.
    fn highlight(&mut self, ctx: &Context<Self>, text: AttrValue) {
        let (Some((asking, _)), State::Open(_)) = (&self.asking, &self.state) else {
            return;
        };
        let request = Request::Highlight(text.to_string());
        let hear = ctx
            .link()
            .callback(move |heard| LabMsg::Pieces(text.clone(), heard));
        self.highlighting = Some(asking.engine.ask(request, hear));
    }

    fn open(&self, ctx: &Context<Self>, loaded: &Loaded) -> State {
        let props = ctx.props();
        let kinds: Vec<&str> = Highlight::ALL.iter().map(|kind| kind.name()).collect();
        let options = Options {
            text: &props.text,
            label: "Litmus test",
            described: DESCRIPTION,
            kinds: &kinds,
        };
        let changed = ctx
            .link()
            .callback(|text: String| LabMsg::Changed(text.into()));
        let opened = self
            .host
            .cast::<Element>()
            .and_then(|host| Editor::open(loaded, &host, &options, move |text| changed.emit(text)));
        match opened {
            Some(editor) => {
                mark(&editor, &props.problems);
                State::Open(editor)
            }
            None => State::Plain("it did not start".into()),
        }
    }

    fn tools(&self, ctx: &Context<Self>) -> Html {
        let link = ctx.link();
        let send = &ctx.props().send;
        let kept = editing::kept_texts();
        let choose_file = {
            let opener = self.opener.clone();
            Callback::from(move |_: MouseEvent| {
                if let Some(input) = opener.cast::<HtmlInputElement>() {
                    input.click();
                }
            })
        };
        let onfile = link.batch_callback(|event: Event| {
            let input: HtmlInputElement = event.target_unchecked_into();
            let file = input.files().and_then(|files| files.get(0));
            // The same file can be opened again.
            input.set_value("");
            file.map(LabMsg::File)
        });
        let template = chosen(send, |at| {
            TEMPLATES.get(at).map(|template| template.source.to_owned())
        });
        let draft = chosen(send, |at| editing::kept_texts().into_iter().nth(at));
        html! {
            <div class="lab-tools">
                <select class="sel" aria-label="Start from a template" data-template="" onchange={template}>
                    <option value="" selected={true}>{ "Start from…" }</option>
                    { for TEMPLATES.iter().enumerate().map(|(at, template)| html! {
                        <option value={at.to_string()}>{ format!("{}: {}", template.id, template.title) }</option>
                    }) }
                </select>
                <button type="button" class="btn" data-open-file="" onclick={choose_file}>{ "Open file…" }</button>
                <input ref={&self.opener} class="sr" type="file" tabindex="-1" aria-hidden="true" data-file=""
                    accept=".litmus,text/plain" onchange={onfile} />
                <button type="button" class="btn" data-save="" onclick={link.callback(|_| LabMsg::Save)}>{ "Download" }</button>
                if !kept.is_empty() {
                    <select class="sel" aria-label="Texts that you wrote before, kept in this browser" data-kept="" onchange={draft}>
                        <option value="" selected={true}>{ "Kept…" }</option>
                        { for kept.iter().enumerate().map(|(at, text)| html! {
                            <option value={at.to_string()}>{ format!("{}. {}", at + 1, editing::name_of(text)) }</option>
                        }) }
                    </select>
                }
            </div>
        }
    }

    fn editor(&self, text: &AttrValue, send: &Callback<Msg>) -> Html {
        let oninput = send.reform(|event: InputEvent| {
            let field: HtmlTextAreaElement = event.target_unchecked_into();
            Msg::Edit(field.value().into())
        });
        match &self.state {
            State::Plain(why) => html! {
                <>
                    <p class="quiet" data-plain="">{ format!("A plain text field, since the editor is missing: {why}.") }</p>
                    <textarea ref={&self.host} key="plain" class="lab-plain" aria-label="Litmus test" spellcheck="false"
                        value={text} {oninput} />
                </>
            },
            state => html! {
                <>
                    if matches!(state, State::Loading) {
                        <p class="quiet">{ "Loading the editor…" }</p>
                    }
                    <div ref={&self.host} key="editor" class="lab-host" data-editor=""></div>
                    <p class="lab-keys">{ "Tab indents; Esc, then Tab leaves. Ctrl F finds, F8 goes to the next error." }</p>
                </>
            },
        }
    }
}

/// Opens what a select of texts stands for, and shows its heading again.
fn chosen(send: &Callback<Msg>, text: fn(usize) -> Option<String>) -> Callback<Event> {
    let send = send.clone();
    Callback::from(move |event: Event| {
        let select: HtmlSelectElement = event.target_unchecked_into();
        let text = select.value().parse().ok().and_then(text);
        select.set_value("");
        if let Some(text) = text {
            send.emit(Msg::Test(text.into()));
        }
    })
}

/// What is said of a file that was to be saved.
pub fn saved(file: &str, begun: bool) -> String {
    match (begun, address::is_sandboxed()) {
        (true, false) => format!("{file} was handed to the browser."),
        // A frame cannot find out whether its host lets it save.
        (true, true) => {
            format!(
                "{file} was handed to the browser. If nothing is saved, this frame forbids it: open the full page."
            )
        }
        (false, _) => format!("{file} cannot be saved from here."),
    }
}

fn mark(editor: &Editor, problems: &[Problem]) {
    editor.set_marks(problems.iter().map(|problem| {
        let message = match &problem.suggestion {
            Some(suggestion) => format!("{}\n{suggestion}", problem.message),
            None => problem.message.to_string(),
        };
        (problem.from, problem.to, problem.error, message)
    }));
}

/// The messages, each a way to its place.
fn messages(problems: &[Problem], go_to: &Callback<u32>) -> Html {
    if problems.is_empty() {
        return html! { <p class="lab-status fine" data-lab-status="">{ "✓ No errors: this is the test that the page shows." }</p> };
    }
    let errors = problems.iter().filter(|problem| problem.error).count();
    let status = match errors {
        0 => "The page shows this test.".to_owned(),
        1 => "✗ One error. The page still shows the last test without errors.".to_owned(),
        more => format!("✗ {more} errors. The page still shows the last test without errors."),
    };
    html! {
        <div class="lab-messages">
            <p class={classes!("lab-status", (errors > 0).then_some("wrong"))} data-lab-status="">{ status }</p>
            <ol>
                { for problems.iter().map(|problem| {
                    let at = problem.from;
                    let word = if problem.error { "error" } else { "warning" };
                    html! {
                        <li class={word} data-problem={word}>
                            <button type="button" class="link" onclick={go_to.reform(move |_| at)}>
                                <span class="place">{ format!("{}:{}", problem.line, problem.column) }</span>
                                { " " }<span class="sr">{ format!("{word}: ") }</span>{ &problem.message }
                            </button>
                            if let Some(suggestion) = &problem.suggestion {
                                <p class="quiet">{ suggestion }</p>
                            }
                        </li>
                    }
                }) }
            </ol>
        </div>
    }
}
