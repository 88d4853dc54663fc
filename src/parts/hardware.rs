//! The hardware: store buffers, memory, bus slots and objects, SRCU.

use std::rc::Rc;

use machine::StepKind;
use scene::View;
use scene::view::{BufferEntry, CpuKind, CpuView, EffectKind};
use yew::prelude::*;

use super::scroll::Scroll;
use super::srcu::Srcu;
use crate::msg::Msg;

/// See the module.
#[derive(Properties, PartialEq)]
pub struct HardwareProps {
    /// What there is to see.
    pub view: Rc<View>,
    /// Where messages go.
    pub send: Callback<Msg>,
}

/// See the module.
#[component]
pub fn Hardware(props: &HardwareProps) -> Html {
    let HardwareProps { view, send } = props;
    let picture = use_memo(Rc::clone(view), |view| {
        AttrValue::from(scene::hardware_svg(view))
    });
    // A worker's buffer is worth its place only while something is in it.
    let shown =
        |cpu: &&CpuView| cpu.has_buffer && (cpu.kind != CpuKind::Worker || !cpu.buffer.is_empty());
    let leaving = leaving(view);
    let left = |cpu: &CpuView| {
        let (id, at, text) = leaving.as_ref()?;
        (*id == cpu.id).then(|| (*at, text.clone()))
    };
    let buffers: Vec<&CpuView> = view.cpus.iter().filter(shown).collect();
    html! {
        <section class="panel hardware" aria-labelledby="hardware">
            <h2 id="hardware">{ "Hardware" }</h2>
            <Scroll class="hw" label="Hardware">
                <div class="buffers">
                    { for buffers.iter().map(|cpu| html! { <Buffer key={cpu.id.clone()} cpu={(*cpu).clone()} leaving={left(cpu)} {send} /> }) }
                    if buffers.is_empty() {
                        <p class="quiet">{ "No store buffers: every store reaches memory at once." }</p>
                    }
                </div>
                <div class="picture">{ Html::from_html_unchecked((*picture).clone()) }</div>
                <Srcu srcu={view.srcu.clone()} />
            </Scroll>
        </section>
    }
}

/// What the last step drained: from which CPU, after how many steps, and what.
fn leaving(view: &View) -> Option<(String, usize, AttrValue)> {
    let last = view
        .steps
        .iter()
        .find(|step| view.at > 0 && step.position == Some(view.at))?;
    let cpu = view.cpus.get(last.cpu?)?;
    let stored = last
        .effects
        .iter()
        .find(|effect| effect.kind == EffectKind::Stored)?;
    (last.kind == StepKind::Drain && cpu.has_buffer).then(|| {
        let text = stored
            .text
            .strip_prefix("stored ")
            .unwrap_or(&stored.text)
            .to_owned();
        (cpu.id.clone(), view.at, text.into())
    })
}

#[derive(Properties, PartialEq)]
struct BufferProps {
    cpu: CpuView,
    /// What has just left it, and when.
    leaving: Option<(usize, AttrValue)>,
    send: Callback<Msg>,
}

/// A store buffer as a queue: what leaves first stands at the right, towards memory.
#[component]
fn Buffer(props: &BufferProps) -> Html {
    let BufferProps { cpu, leaving, send } = props;
    let entries = cpu.buffer.iter().map(|entry| {
        html! { <li key={format!("{}:{}", entry.stmt, entry.loc)}>{ self::entry(entry, send) }</li> }
    });
    html! {
        <div class="hw-row" data-buffer={cpu.id.clone()}>
            <h3 class="hw-name">{ &cpu.name }{ " buffer" }</h3>
            if cpu.buffer.is_empty() {
                <p class="queue empty">{ "empty" }</p>
            } else {
                <ol class="queue">{ for entries }</ol>
            }
            if let Some((at, text)) = leaving {
                <span class="stored leaving" aria-hidden="true" key={*at}>{ text }</span>
            }
        </div>
    }
}

fn entry(entry: &BufferEntry, send: &Callback<Msg>) -> Html {
    let text = format!("{} = {}", entry.loc, entry.value);
    match entry.step {
        Some(step) => html! {
            <button type="button" class="stored" data-step={step.to_string()} data-drain=""
                aria-label={format!("drain {text} to memory")} title="drain to memory"
                onclick={send.reform(move |_| Msg::Step(step))}>
                { text }<span aria-hidden="true">{ " →" }</span>
            </button>
        },
        None => html! {
            <span class="stored held" title={entry.reason.clone()}>
                { text }
                if let Some(reason) = &entry.reason {
                    <span class="sr">{ ": " }{ reason }</span>
                }
            </span>
        },
    }
}
