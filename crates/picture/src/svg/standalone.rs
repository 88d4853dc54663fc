//! A picture with a stylesheet of its own, for a file.

use protocol::draw::Theme;

/// Names in [`STYLE`] and the colour of each: light, dark.
const COLOURS: [(&str, &str, &str); 16] = [
    ("$okay", "#1f6f5c", "#67cdb2"),
    ("$panel", "#ffffff", "#1a2029"),
    ("$ink", "#1b2430", "#e6ebf2"),
    ("$dim", "#5d6b7c", "#93a1b3"),
    ("$line", "#dde2e9", "#2b3440"),
    ("$soft", "#eef1f5", "#222a35"),
    ("$goback", "#e3effb", "#16304b"),
    ("$go", "#0b6bcb", "#63b0ff"),
    ("$badback", "#fdeee3", "#3a2314"),
    ("$bad", "#b8480a", "#ff9a5c"),
    ("$holdback", "#fbf3da", "#352c12"),
    ("$hold", "#8a6d1a", "#e3c25a"),
    ("$rf", "#c1121f", "#ff8080"),
    ("$co", "#0b4fd0", "#7db4ff"),
    ("$fr", "#a34e00", "#ffa040"),
    ("$dep", "#4b0082", "#c0a3ff"),
];

const STYLE: &str = "\
text{font:11px system-ui,sans-serif;fill:$dim}
.mono{font:11px ui-monospace,Menlo,Consolas,monospace;fill:$ink}
.heading,.strong{font-weight:600}.dim{fill:$dim}.note,.gp{font-size:10px}.label-cpu{fill:$ink}
.head-text{font-size:10px}.mono.ready{font-weight:700;fill:$go}.mono.bad-text{fill:$bad}.mono.off{fill:$dim;text-decoration:line-through}
.queue{fill:none;stroke:$line;stroke-dasharray:4 3}.chip-box{fill:$holdback;stroke:$hold}
.chip.held .chip-box{stroke-dasharray:3 2}
.mem,.slot,.pointer{fill:$soft;stroke:$line}.mem.fresh,.slot.fresh{fill:$goback;stroke:$go}
.mem.pending{stroke:$hold;stroke-dasharray:3 2}.note.pending{fill:$hold}
.pointer{fill:none}.pointer.none{stroke-dasharray:3 3}.pointer.stale{stroke:$bad}
.object{stroke:$line;fill:$soft}
.obj-published{stroke:$go;fill:$goback}
.obj-retired{stroke:$bad;fill:$badback;stroke-dasharray:5 4}
.obj-freed{stroke:$bad;fill:none;stroke-dasharray:2 3}
.life{fill:none;stroke:$dim}.life.was{fill:$dim}.life.is{fill:$ink;stroke:$ink}.note.state{fill:$ink}
.cross{stroke:$bad;stroke-width:1.6;opacity:.55}
.arrow{stroke:$dim;stroke-width:1.8}.head{fill:$dim}
.arrow.arrow-slot{stroke:$go}.head.arrow-slot{fill:$go}
.arrow.arrow-stale{stroke:$bad}.head.arrow-stale{fill:$bad}
.section{fill:none;stroke:$line}.section.inside{fill:$goback;stroke:$go}
.section.awaited{fill:$holdback;stroke:$hold;stroke-width:1.6}
.section-text.inside,.gp.running,.gp.asked{fill:$ink}
.rank{fill:none;stroke:$line}.rank.current{stroke:$go;stroke-width:1.5}.counter{fill:$panel}
.reader.unseen,.reader.leaving{fill:$hold}.reader.inside{fill:$go}
.phase{fill:none;stroke:$line}.phase.running{fill:$holdback;stroke:$hold}.phase.over{fill:$soft}
.phase.early{stroke:$bad}.phase.left-out{stroke-dasharray:2 3}
.phase-text.running,.phase-text.over,.result.equal{fill:$ink}.phase-text.early,.result.differ{fill:$bad}
.phase-text.left-out,.note.struck{text-decoration:line-through}
.hollow-part{fill:none;stroke:$line}.value.fresh .mono{font-weight:700}
.lane{stroke:$line}.leader{stroke:$dim}.now{stroke:$go;stroke-width:1.4;stroke-dasharray:3 3}
.bar.section{fill:$goback;stroke:$go}.bar.grace{fill:$holdback;stroke:$hold}
.bar.open{stroke-dasharray:4 3}.bar-text{font-size:10px}
.label{paint-order:stroke;stroke:$panel;stroke-width:3px;stroke-linejoin:round}
.flight{stroke:$go;stroke-width:1.4}.rf{stroke:$dim;stroke-width:1.4;stroke-dasharray:2 4}
.rf.early{stroke:$bad;stroke-width:1.8;stroke-dasharray:5 3}
.queued{stroke:$hold;stroke-width:3;stroke-linecap:round;stroke-linejoin:round}.queued.open{stroke-dasharray:6 4}
.rf.stale{stroke:$bad;stroke-width:1.8;stroke-dasharray:5 3}
.head.flight{fill:$go;stroke:none}.head.rf{fill:$dim;stroke:none}.head.rf.early,.head.rf.stale{fill:$bad}
.dot{fill:$ink}.shape{fill:$go;stroke:$go}.shape.hollow{fill:$panel}
.early .shape,.stale .shape,.bad .shape{fill:$bad;stroke:$bad}.stale .shape.hollow,.impossible .shape.hollow{fill:$panel}
.closed{stroke:$okay;fill:none;stroke-dasharray:1 3}circle.closed{stroke-dasharray:none}.closed-text{fill:$okay;font-size:10px}
.eager .shape{fill:$panel;stroke:$dim}
.ring{fill:none;stroke:$bad;stroke-width:1.6}.mem.outcome,.slot.outcome{stroke:$bad;stroke-width:1.6}.value.outcome .mono{fill:$bad}
.early .label,.stale .label,.outcome .label,.bad .label,.bad .mark{fill:$bad}.cell-bad{fill:$bad;font-weight:600}
.struck .shape{stroke:$dim;stroke-width:1.6}.struck .label{text-decoration:line-through;stroke:none}
.impossible .shape{stroke:$bad;stroke-width:2}
.future{opacity:.4}
.box{fill:$soft;stroke:$dim}.initial .box{fill:none;stroke-dasharray:3 3}.box,.line{stroke-width:1.2}
.event.on-cycle .box{stroke:$ink;stroke-width:2}.edge.on-cycle .line{stroke-width:3}
.edge-po .line{stroke:$ink}.edge-po .head,.edge-label.edge-po{fill:$ink}
.edge-rf .line{stroke:$rf}.edge-rf .head,.edge-label.edge-rf{fill:$rf}
.edge-co .line{stroke:$co;stroke-dasharray:7 3}.edge-co .head,.edge-label.edge-co{fill:$co}
.edge-fr .line{stroke:$fr;stroke-dasharray:9 3 2 3}.edge-fr .head,.edge-label.edge-fr{fill:$fr}
.edge-dep .line{stroke:$dep;stroke-dasharray:2 3}.edge-dep .head,.edge-label.edge-dep{fill:$dep}
.edge-derived .line{stroke:$dim;stroke-dasharray:12 4}.edge-derived .head,.edge-label.edge-derived{fill:$dim}
.edge-derived.on-cycle .line{stroke:$ink}.edge-derived.on-cycle .head,.edge-label.edge-derived.on-cycle{fill:$ink}
.edge-label{paint-order:stroke;stroke:$panel;stroke-width:3px;stroke-linejoin:round}
.edge-label.on-cycle{font-weight:700}
.source-band{fill:$soft}.measured{stroke:$dim;stroke-dasharray:1 4}.series{stroke:$go;stroke-width:1.6}.series.wait{stroke:$bad;stroke-dasharray:6 3}
.point{fill:$go;stroke:$panel}.point.wait{fill:$bad}.point.chosen{fill:$hold}.series.chosen{stroke:$hold;stroke-dasharray:2 3}.bar.grace.armed{fill:none;stroke-dasharray:2 3}
.arrival{fill:none;stroke:$dim}.arrival.own{fill:$soft}.arrival.unsent{fill:$dim;stroke:none}
.arrival.way{stroke:$hold;stroke-width:1.6;stroke-dasharray:3 2}.arrival.has{fill:$go;stroke:$go}.store.gone{opacity:.45}
";

/// The same picture with a stylesheet and a background of its own.
#[must_use]
pub fn standalone_svg(svg: &str, theme: Theme) -> String {
    let pick = |light: &'static str, dark: &'static str| match theme {
        Theme::Light => light,
        Theme::Dark => dark,
    };
    let mut style = STYLE.to_owned();
    let mut panel = "";
    for (name, light, dark) in COLOURS {
        style = style.replace(name, pick(light, dark));
        if name == "$panel" {
            panel = pick(light, dark);
        }
    }
    let extra = format!(
        "<style>\n{style}</style>\n<rect width=\"100%\" height=\"100%\" fill=\"{panel}\"/>\n"
    );
    // Behind the description: a title has to come first.
    let Some(at) = svg.find("</desc>\n").map(|at| at + "</desc>\n".len()) else {
        return svg.to_owned();
    };
    let (head, tail) = svg.split_at(at);
    format!("{head}{extra}{tail}")
}
