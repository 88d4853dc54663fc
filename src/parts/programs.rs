//! The programs: a column for each thread, the workers below the thread whose callbacks they run.

use std::rc::Rc;

use litmus::Reachable;
use machine::StepName;
use session::View;
use session::view::{Band, ChangeKind, CpuKind, CpuView, LineView, Mode, Offer};
use web_sys::{Element, EventTarget};
use yew::prelude::*;

use super::line::{self, Line};
use super::scroll::Scroll;
use crate::browser::{focus, marks, touch};
use crate::msg::Msg;
use crate::prospects::Known;
use crate::seen::Seen;

/// See the module.
#[derive(Properties, PartialEq)]
pub struct ProgramsProps {
    /// What there is to see.
    pub view: Seen,
    /// What the offered steps may lead to.
    pub known: Known,
    /// Lines that something speaks of, by name.
    pub marked: Rc<[String]>,
    /// Where messages go.
    pub send: Callback<Msg>,
}

/// See the module.
#[component]
pub fn Programs(props: &ProgramsProps) -> Html {
    let ProgramsProps {
        view,
        known,
        marked,
        send,
    } = props;
    let hovered = use_state_eq(|| None::<Pointed>);
    let focused = use_state_eq(|| None::<Pointed>);
    let onmouseover = looking(&hovered, |event: &MouseEvent| event.target());
    let onmouseout = looking(&hovered, |event: &MouseEvent| event.related_target());
    let onfocusin = looking(&focused, |event: &FocusEvent| event.target());
    let onfocusout = looking(&focused, |event: &FocusEvent| event.related_target());
    {
        // A finger points as long as it rests, and after that.
        let hovered = hovered.setter();
        use_effect_with((), move |()| {
            let listeners = touch::points(move |target| hovered.set(pointed_at(target)));
            move || drop(listeners)
        });
    }
    let columns = columns(view);
    let pointed = hovered.as_ref().or(focused.as_ref());
    let shown = pointed.and_then(|pointed| find(view, pointed));
    let above = pointed.is_some_and(|pointed| pointed.low);
    let offer = shown.and_then(|(_, offer)| offer);
    // What the step would change is marked where it stands, in whatever panel that is.
    let targets: Vec<String> = offer.map_or_else(Vec::new, |offer| {
        let changes = offer.foresight.changes.iter();
        changes.map(|change| change.target.clone()).collect()
    });
    use_effect_with((targets, view.clone()), |(targets, _)| marks::set(targets));
    let opens: Rc<[String]> = offer.map_or_else(Rc::default, |offer| {
        let opens = offer.foresight.opens.iter();
        opens.map(|line| line.id.clone()).collect()
    });
    html! {
        <section class="panel programs" aria-labelledby="programs" {onmouseover} {onmouseout} {onfocusin} {onfocusout}>
            <h2 id="programs">{ "Programs" }<span class="hint">{ "press any line that the hardware may do now" }<span class="by-touch">{ "; hold it to see what it would do" }</span></span></h2>
            <Scroll class={classes!("cpus", format!("of-{}", columns.len().min(4)))} label="Programs">
                { for columns.iter().map(|column| html! {
                    <div class="column" key={column[0].id.clone()}>
                        { for column.iter().map(|cpu| html! {
                            <Cpu key={cpu.id.clone()} cpu={(*cpu).clone()} {known} {marked} opens={opening(cpu, &opens)} {send} />
                        }) }
                    </div>
                }) }
            </Scroll>
            <Detail line={shown.map(|(line, _)| line.clone())} offer={offer.cloned()} known={known} {above} />
        </section>
    }
}

/// A line by its name, and a step of it where one of several is pointed at.
#[derive(Clone, PartialEq)]
struct Pointed {
    line: String,
    step: Option<StepName>,
    /// It stands in the lower half of the panel.
    low: bool,
}

fn is_low(line: &Element) -> bool {
    line.closest(".programs")
        .ok()
        .flatten()
        .is_some_and(|panel| {
            let (line, panel) = (
                line.get_bounding_client_rect(),
                panel.get_bounding_client_rect(),
            );
            line.top() + line.bottom() > panel.top() + panel.bottom()
        })
}

/// Those of the lines that belong to a CPU; the other CPUs need not be drawn anew.
fn opening(cpu: &CpuView, opens: &Rc<[String]>) -> Rc<[String]> {
    let own = |id: &&String| id.rsplit_once(':').is_some_and(|(of, _)| of == cpu.id);
    opens.iter().filter(own).cloned().collect()
}

/// Remembers the line that an event leads to.
fn looking<E: 'static>(
    state: &UseStateHandle<Option<Pointed>>,
    target: impl Fn(&E) -> Option<EventTarget> + 'static,
) -> Callback<E> {
    let state = state.setter();
    Callback::from(move |event: E| state.set(pointed_at(target(&event))))
}

/// The line around an event's target.
fn pointed_at(target: Option<EventTarget>) -> Option<Pointed> {
    let step = focus::around(target.clone(), "[data-step]");
    let step = step.and_then(|step| step.get_attribute("data-step")?.parse().ok());
    let line = focus::around(target, ".programs [data-line]")?;
    Some(Pointed {
        line: line.get_attribute("data-line")?,
        step,
        low: is_low(&line),
    })
}

fn lines(cpu: &CpuView) -> impl Iterator<Item = &LineView> {
    cpu.bands.iter().flat_map(|band| &band.lines)
}

/// The line that is pointed at, and the step that a press there would do.
fn find<'a>(view: &'a View, pointed: &Pointed) -> Option<(&'a LineView, Option<&'a Offer>)> {
    let (cpu, stmt) = pointed.line.rsplit_once(':')?;
    let cpu = view.cpus.iter().find(|other| other.id == cpu)?;
    let of_stmt = || lines(cpu).filter(|line| line.stmt.to_string() == stmt);
    let offered = of_stmt().find_map(|line| {
        let offer = line.offers.iter().find(|o| Some(o.step) == pointed.step)?;
        Some((line, Some(offer)))
    });
    offered.or_else(|| of_stmt().next().map(|line| (line, line.offers.first())))
}

/// A column for each thread, followed by its workers (`w0-2` is one of thread 0).
fn columns(view: &View) -> Vec<Vec<&CpuView>> {
    let mut columns: Vec<Vec<&CpuView>> = Vec::new();
    for cpu in &view.cpus {
        let thread = cpu
            .id
            .strip_prefix('w')
            .and_then(|rest| rest.split('-').next());
        match thread.and_then(|thread| columns.iter_mut().find(|column| column[0].id == thread)) {
            Some(column) => column.push(cpu),
            None => columns.push(vec![cpu]),
        }
    }
    columns
}

#[derive(Properties, PartialEq)]
struct CpuProps {
    cpu: CpuView,
    known: Known,
    marked: Rc<[String]>,
    /// Lines that may happen after the step that is pointed at, by name.
    opens: Rc<[String]>,
    send: Callback<Msg>,
}

#[component]
fn Cpu(props: &CpuProps) -> Html {
    let CpuProps {
        cpu,
        known,
        marked,
        opens,
        send,
    } = props;
    let name = format!("cpu-{}", cpu.id);
    html! {
        <section class={classes!("cpu", cpu.over.then_some("over"))} aria-labelledby={name.clone()} data-cpu={cpu.id.clone()}>
            <h3 id={name}>{ &cpu.name }<small>{ &cpu.detail }</small></h3>
            { for cpu.bands.iter().enumerate().map(|(at, band)| html! {
                <div class={classes!("band", mode_class(band, cpu.kind))} key={at}>
                    if let Some(head) = band.head() {
                        <p class="band-head" title={band.file.clone()}>{ head }</p>
                    }
                    <ol class="lines">
                        { for band.lines.iter().enumerate().map(|(at, line)| {
                            // Two lines of a worker can stand for one statement, so it is no key.
                            let id = AttrValue::from(format!("{}:{}", cpu.id, line.stmt));
                            html! {
                                <Line key={at} id={id.clone()} line={line.clone()} prospects={line::prospects(line, known)}
                                    marked={marked.iter().any(|marked| *marked == *id)}
                                    opens={opens.iter().any(|opens| *opens == *id)} {send} />
                            }
                        }) }
                    </ol>
                </div>
            }) }
        </section>
    }
}

fn mode_class(band: &Band, kind: CpuKind) -> &'static str {
    match (band.mode, kind) {
        (Some(Mode::Guest), _) => "guest",
        (Some(Mode::User), _) => "user",
        (Some(Mode::Host), _) | (None, CpuKind::Kernel | CpuKind::Rcu | CpuKind::Worker) => "host",
        (None, _) if band.function.is_some() => "host",
        _ => "plain",
    }
}

#[derive(Properties, PartialEq)]
struct DetailProps {
    line: Option<LineView>,
    /// The step that a press would do.
    offer: Option<Offer>,
    known: Known,
    /// In an embed it stands at the top, not over the line that is pointed at.
    above: bool,
}

/// What the line under the pointer or the focus would do, or why it may not.
#[component]
fn Detail(props: &DetailProps) -> Html {
    let Some(line) = &props.line else {
        return html! {
            <p class="detail idle"><span class="detail-text">
                <span class="by-mouse">{ "Point at a line" }</span><span class="by-touch">{ "Hold a line" }</span>{ " to see what it would do, or what it waits for." }
            </span></p>
        };
    };
    let text = match (&props.offer, &line.reason) {
        (Some(offer), _) => foresight(offer, props.known.get(&offer.step).copied()),
        (None, Some(reason)) => html! { { reason } },
        (None, None) => html! { { &line.state_text } },
    };
    html! { <p class={classes!("detail", props.above.then_some("above"))} data-detail=""><span class="detail-text"><span class="line-number">{ format!("line {}", line.number) }</span>{ text }</span></p> }
}

/// What a step would do: in a sentence, the values that would change, what may happen then, and whether a bad outcome
/// may.
fn foresight(offer: &Offer, prospect: Option<Reachable>) -> Html {
    let foresight = &offer.foresight;
    let memory = foresight.changes.iter();
    let memory = memory.filter(|change| change.kind == ChangeKind::Memory);
    html! {
        <>
            <span>{ &offer.preview }</span>
            { for memory.map(|change| html! { <code class="would-be" data-change={change.target.clone()}>{ &change.text }</code> }) }
            if !foresight.sentence.is_empty() {
                <span class="detail-after" data-opens="">{ &foresight.sentence }</span>
            }
            { verdict(prospect) }
        </>
    }
}

fn verdict(prospect: Option<Reachable>) -> Html {
    let text = match prospect {
        Some(Reachable::Yes) => "a bad outcome is still possible",
        Some(Reachable::No) => "no bad outcome is possible after it",
        _ => return Html::default(),
    };
    html! { <span class="detail-after">{ line::prospect_mark(prospect) }{ text }</span> }
}
