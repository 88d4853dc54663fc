//! What the scenario is about: one line, and for those who want it the story and what the model leaves out.

use std::rc::Rc;

use litmus::Meta;
use yew::prelude::*;

use super::prose;
use super::scroll::Scroll;

/// See the module.
#[derive(Properties, PartialEq)]
pub struct StoryProps {
    /// The scenario's id.
    pub id: AttrValue,
    /// Its texts.
    pub test: Rc<Meta>,
}

/// See the module.
#[component]
pub fn Story(props: &StoryProps) -> Html {
    let Meta {
        summary,
        story,
        omits,
        title,
        ..
    } = &*props.test;
    let summary = summary
        .as_ref()
        .or(title.as_ref())
        .map(|text| prose::line(text));
    html! {
        <section class="story" aria-label="The scenario" key={&*props.id}>
            if let Some(story) = story {
                <details>
                    <summary><span class="story-line">{ summary }</span><span class="story-more">{ "Story" }</span></summary>
                    <Scroll class="story-text" label="Story">
                        { prose::paragraphs(story) }
                        if let Some(omits) = omits {
                            <p class="omits" data-omits=""><b>{ "What this model leaves out: " }</b>{ prose::line(omits) }</p>
                        }
                    </Scroll>
                </details>
            } else {
                <p>{ summary }</p>
            }
        </section>
    }
}
