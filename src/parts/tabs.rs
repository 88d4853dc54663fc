//! The tools beside the programs: one tab each, of which one is shown.
//!
//! The strip and the panel are two components, since between them the layout may put what belongs to neither. To add a
//! tool, add a line to `App::tools`, in `app/tools.rs`.

use web_sys::HtmlElement;
use yew::prelude::*;

use super::icon::{Icon, icon};
use crate::browser::focus;
use crate::msg::Msg;

/// The tab that is open when a link names none, and the only one in an embed.
pub const FIRST: &str = "hardware";

/// A tool.
#[derive(Clone, PartialEq)]
pub struct Tab {
    /// As in links: lower-case letters, digits, `-`.
    pub id: &'static str,
    /// On the tab.
    pub title: &'static str,
    /// Before the title.
    pub icon: Icon,
    /// What is in its panel. It is in the page only while the tab is chosen.
    pub content: Html,
}

/// A tool, for the list in `App::tools`.
pub fn tab(id: &'static str, title: &'static str, icon: Icon, content: Html) -> Tab {
    Tab {
        id,
        title,
        icon,
        content,
    }
}

/// See [`Strip`].
#[derive(Properties, PartialEq)]
pub struct StripProps {
    /// Identifiers, titles and icons, in their order.
    pub tabs: Vec<(&'static str, &'static str, Icon)>,
    /// The identifier of the one that is shown.
    pub chosen: AttrValue,
    /// Where messages go.
    pub send: Callback<Msg>,
}

/// The tabs. One of them is a stop of the Tab key; arrows, Home and End go from one to the other and open it.
#[component]
pub fn Strip(props: &StripProps) -> Html {
    let StripProps { tabs, chosen, send } = props;
    let nodes = use_mut_ref(Vec::<NodeRef>::new);
    nodes.borrow_mut().resize_with(tabs.len(), NodeRef::default);
    let chosen_at = tabs
        .iter()
        .position(|(id, ..)| *id == chosen.as_str())
        .unwrap_or(0);
    let onkeydown = {
        let ids: Vec<&'static str> = tabs.iter().map(|(id, ..)| *id).collect();
        let (nodes, send) = (nodes.clone(), send.clone());
        Callback::from(move |event: KeyboardEvent| {
            if event.ctrl_key() || event.alt_key() || event.meta_key() {
                return;
            }
            let last = ids.len().saturating_sub(1);
            // The tab that has the focus: what was chosen by the key before this one need not be drawn yet.
            let tab = focus::around(event.target(), "[data-tab]");
            let tab = tab.and_then(|tab| tab.get_attribute("data-tab"));
            let at = ids.iter().position(|id| Some(*id) == tab.as_deref());
            let at = at.unwrap_or(chosen_at);
            let to = match event.key().as_str() {
                "ArrowRight" if at == last => 0,
                "ArrowRight" => at + 1,
                "ArrowLeft" => at.checked_sub(1).unwrap_or(last),
                "Home" => 0,
                "End" => last,
                _ => return,
            };
            event.prevent_default();
            if let Some(tab) = nodes
                .borrow()
                .get(to)
                .and_then(|node| node.cast::<HtmlElement>())
            {
                let _ = tab.focus();
            }
            if let Some(id) = ids.get(to) {
                send.emit(Msg::Tab((*id).into()));
            }
        })
    };
    let nodes = nodes.borrow();
    html! {
        <div class="tabs" role="tablist" aria-label="Tools" {onkeydown}>
            { for tabs.iter().zip(nodes.iter()).enumerate().map(|(at, ((id, title, sign), node))| {
                let (id, selected) = (*id, at == chosen_at);
                html! {
                    <button type="button" role="tab" class="tab" id={format!("tab-{id}")} key={id} ref={node.clone()}
                        data-tab={id} aria-selected={selected.to_string()} aria-controls={selected.then_some("tool")}
                        tabindex={if selected { "0" } else { "-1" }} onclick={send.reform(move |_| Msg::Tab(id.into()))}>
                        { icon(*sign) }{ *title }
                    </button>
                }
            }) }
        </div>
    }
}

/// See [`Panel`].
#[derive(Properties, PartialEq)]
pub struct PanelProps {
    /// The tool.
    pub tab: Tab,
}

/// The panel of the tab that is chosen.
#[component]
pub fn Panel(props: &PanelProps) -> Html {
    let Tab { id, content, .. } = &props.tab;
    html! {
        <div class="tool" id="tool" role="tabpanel" aria-labelledby={format!("tab-{id}")} data-tool={*id} key={*id}>
            { content.clone() }
        </div>
    }
}
