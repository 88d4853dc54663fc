//! From a session to its view.
use crate::lab::Lab;
use crate::view::View;

pub(crate) fn view(lab: &Lab) -> View {
    let _ = (lab.fates(), lab.switched());
    View {
        title: lab
            .test()
            .meta
            .title
            .clone()
            .unwrap_or_else(|| lab.test().name.clone()),
        model: lab.model().name.to_owned(),
        cpus: Vec::new(),
        memory: Vec::new(),
        slots: Vec::new(),
        objects: Vec::new(),
        pointers: Vec::new(),
        srcu: crate::view::SrcuView::default(),
        steps: Vec::new(),
        spans: Vec::new(),
        at: lab.at(),
        len: lab.len(),
        sentence: String::new(),
        replay: None,
        finished: None,
        toggles: Vec::new(),
    }
}
