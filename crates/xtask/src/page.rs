//! Puts the finished pages together: the site with hashed names, and the single file.
//!
//! Both come from one index.html and run one script. The only difference is where it finds the modules: the element
//! `#module` is a link to the page's, or holds it; the engine is named by `<meta name="engine">`, or the page holds it
//! in `#engine` and its script as a function.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

use crate::{csp, engine};

/// Files of static/ that keep their names: others refer to them, and they hardly ever change.
pub const STATIC: &[&str] = &[
    "manifest.webmanifest",
    "icons/icon.svg",
    "icons/icon-180.png",
    "icons/icon-192.png",
    "icons/icon-512.png",
];

/// The service worker's name is its identity and must never change.
const WORKER: &str = "service-worker.js";

/// What a page is made of.
pub struct Parts {
    /// The page as Trunk has written it.
    pub html: String,
    /// Glue and boot script as one.
    pub script: String,
    /// The texts of the scenarios.
    pub scenarios: String,
    /// All style sheets, in their order.
    pub style: String,
    /// The editor of the litmus lab.
    pub editor: String,
    /// The page's module, optimised.
    pub wasm: Vec<u8>,
    /// What runs the engine.
    pub engine_script: String,
    /// The engine's module, optimised.
    pub engine: Vec<u8>,
    /// The service worker with its gaps.
    pub worker: String,
    /// The favicon.
    pub icon: String,
}

impl Parts {
    /// The files of the site, by name.
    ///
    /// # Errors
    /// When index.html or the service worker lacks something that is to be replaced.
    pub fn site(&self) -> Result<Vec<(String, Vec<u8>)>, String> {
        let wasm = hashed("stalebus", "wasm", &self.wasm);
        let script = hashed("stalebus", "js", self.script.as_bytes());
        let style = hashed("stalebus", "css", self.style.as_bytes());
        let editor = hashed("editor", "js", self.editor.as_bytes());
        let mut page = Page(self.html.clone());
        let engine_script = hashed("engine", "js", self.engine_script.as_bytes());
        let engine = hashed("engine", "wasm", &self.engine);
        let scenarios = hashed("scenarios", "json", self.scenarios.as_bytes());
        page.replace(MODULE, &MODULE.replace("stalebus_bg.wasm", &wasm))?;
        page.replace(
            ENGINE,
            &meta("engine", &format!("{engine_script} {engine}")),
        )?;
        page.replace(VERSION, &self.version())?;
        page.replace(SCENARIOS, &meta("scenarios", &scenarios))?;
        page.replace(SCRIPT, &SCRIPT.replace("boot.js", &script))?;
        page.replace(EDITOR, &EDITOR.replace("editor.js", &editor))?;
        page.replace_styles(&format!(r#"<link rel="stylesheet" href="{style}">"#))?;
        page.after_charset(&format!(
            "{}\n<meta name=\"service-worker\" content=\"{WORKER}\">",
            policy(&csp::SITE.join("; "))
        ))?;

        let parts = [&wasm, &script, &style, &engine_script, &engine, &scenarios];
        let mut cached: Vec<String> = parts.map(Clone::clone).into();
        cached.extend(STATIC.iter().map(|name| (*name).to_owned()));
        // The version follows whatever the page consists of, so that a changed page is stored anew.
        let version = hash(format!("{}{}", page.0, self.worker).as_bytes());
        let mut worker = Page(self.worker.clone());
        worker.replace(
            "const VERSION = 'unbuilt';",
            &format!("const VERSION = '{version}';"),
        )?;
        worker.replace(
            "const FILES = [];",
            &format!("const FILES = {};", serde_json::json!(cached)),
        )?;

        worker.replace(
            "const ON_DEMAND = [];",
            &format!("const ON_DEMAND = {};", serde_json::json!([editor])),
        )?;

        Ok(vec![
            ("index.html".to_owned(), page.0.into_bytes()),
            (wasm, self.wasm.clone()),
            (script, self.script.clone().into_bytes()),
            (style, self.style.clone().into_bytes()),
            (engine_script, self.engine_script.clone().into_bytes()),
            (engine, self.engine.clone()),
            (scenarios, self.scenarios.clone().into_bytes()),
            (editor, self.editor.clone().into_bytes()),
            (WORKER.to_owned(), worker.0.into_bytes()),
        ])
    }

    /// The whole laboratory as one file that makes no request.
    ///
    /// # Errors
    /// When index.html lacks something that is to be replaced.
    pub fn single_file(&self) -> Result<String, String> {
        // An inline element ends at the first such tag, wherever it stands.
        let scripts = [&self.script, &self.engine_script, &self.editor];
        let ends = scripts.iter().any(|script| script.contains("</script"));
        // The editor stands there as data first, and what a parser would change has another hash.
        if ends || self.editor.contains(['\r', '\0']) || self.style.contains("</style") {
            return Err(
                "the script or the style holds its own end tag and cannot stand in a page".into(),
            );
        }
        let icon = format!("data:image/svg+xml;base64,{}", STANDARD.encode(&self.icon));
        let mut page = Page(self.html.clone());
        page.replace(MODULE, "")?;
        page.replace(ENGINE, "")?;
        page.replace(VERSION, &self.version())?;
        page.replace(SCENARIOS, "")?;
        page.replace(SCRIPT, "")?;
        page.replace(EDITOR, "")?;
        let script = self.script_with_engine()?;
        page.replace(
            r#"<link rel="icon" href="icons/icon.svg""#,
            &format!(r#"<link rel="icon" href="{icon}""#),
        )?;
        page.remove_link(r#"<link rel="apple-touch-icon""#)?;
        page.remove_link(r#"<link rel="manifest""#)?;
        page.replace_styles(&format!("<style>{}</style>", self.style))?;
        let scripts = [script.as_str(), self.editor.as_str()];
        page.after_charset(&policy(&csp::single(&scripts, &self.style)))?;
        // At the end: the page can show itself before the modules have been read. A script of an unknown type is
        // data, which no policy concerns.
        let data = |id: &str, module: &[u8]| {
            let text = STANDARD.encode(module);
            format!("<script id=\"{id}\" type=\"application/wasm+base64\">{text}</script>")
        };
        page.replace(
            "</body>",
            &format!(
                "{}\n<script id=\"editor\" type=\"text/plain\">{}</script>\n\
                 <script id=\"scenarios\" type=\"application/json\">{}</script>\n\
                 <script type=\"module\">{script}</script>\n{}\n</body>",
                data("module", &self.wasm),
                self.editor,
                // An end tag in a comment of a scenario would end the element.
                self.scenarios.replace("</", "<\\/"),
                data("engine", &self.engine),
            ),
        )?;
        Ok(page.0)
    }

    /// The script of the single file: the engine's is a function of it, which a worker is made of.
    fn script_with_engine(&self) -> Result<String, String> {
        let engine = engine::uncalled(&self.engine_script)?;
        Ok(format!("{engine}{}", self.script))
    }

    /// What a report of a failure names: the number, and the modules that it was.
    fn version(&self) -> String {
        let modules = [hash(&self.wasm), hash(&self.engine)];
        let version = env!("CARGO_PKG_VERSION");
        meta("version", &format!("{version} ({})", modules.join(", ")))
    }
}

fn meta(name: &str, content: &str) -> String {
    format!(r#"<meta name="{name}" content="{content}">"#)
}

const VERSION: &str = r#"<meta name="version" content="development">"#;
const ENGINE: &str = r#"<meta name="engine" content="engine.js engine_bg.wasm">"#;
const MODULE: &str = r#"<link id="module" rel="preload" as="fetch" type="application/wasm" href="stalebus_bg.wasm" crossorigin>"#;
const SCENARIOS: &str = r#"<meta name="scenarios" content="scenarios.json">"#;
const EDITOR: &str = r#"<meta id="editor" name="editor" content="editor.js">"#;
const SCRIPT: &str = r#"<script type="module" src="boot.js"></script>"#;

/// A page that is being changed; each change must find its place exactly once.
struct Page(String);

impl Page {
    fn replace(&mut self, old: &str, new: &str) -> Result<(), String> {
        match self.0.matches(old).count() {
            1 => self.0 = self.0.replacen(old, new, 1),
            count => return Err(format!("expected exactly one `{old}`, found {count}")),
        }
        Ok(())
    }

    /// The policy must come before anything that it concerns; the character set must be within the first kilobyte.
    fn after_charset(&mut self, new: &str) -> Result<(), String> {
        let charset = r#"<meta charset="utf-8">"#;
        self.replace(charset, &format!("{charset}\n{new}"))
    }

    /// Removes the one tag that starts like this.
    fn remove_link(&mut self, start: &str) -> Result<(), String> {
        let rest = self
            .0
            .split_once(start)
            .map(|(_, rest)| rest)
            .unwrap_or_default();
        let end = rest
            .find('>')
            .ok_or_else(|| format!("expected a tag `{start} …>`"))?;
        let tag = format!("{start}{}\n", &rest[..=end]);
        self.replace(&tag, "")
    }

    /// Puts one element in the place of all style sheets.
    fn replace_styles(&mut self, new: &str) -> Result<(), String> {
        let tags: Vec<String> = style_tags(&self.0).map(str::to_owned).collect();
        let (first, others) = tags
            .split_first()
            .ok_or("index.html links no style sheet")?;
        for tag in others {
            self.replace(tag, "")?;
        }
        self.replace(first, new)
    }
}

/// How Trunk writes a link to a style sheet, up to the name.
const STYLE: &str = r#"<link rel="stylesheet" href="./"#;

fn style_tags(html: &str) -> impl Iterator<Item = &str> {
    html.match_indices(STYLE).filter_map(|(at, _)| {
        let tag = &html[at..];
        tag.find('>').map(|end| &tag[..=end])
    })
}

/// The names of the style sheets that the page links, in their order.
pub fn style_sheets(html: &str) -> Vec<String> {
    style_tags(html)
        .filter_map(|tag| tag[STYLE.len()..].split('"').next())
        .map(str::to_owned)
        .collect()
}

/// Makes one script of wasm-bindgen's glue, the scripts that the boot script imports, in the order of their needs, and
/// the boot script.
///
/// One script is one request less before the page starts, and the only way to be inline as a whole.
///
/// # Errors
/// When the glue imports further files, or a text does not look as expected.
pub fn one_script(glue: &str, others: &[String], boot: &str) -> Result<String, String> {
    let mut script = String::new();
    let mut init = None;
    for line in glue.lines() {
        if line.starts_with("import ") {
            return Err(format!(
                "the glue code imports a file of its own, which cannot be inlined: {line}"
            ));
        }
        if let Some(names) = line.strip_prefix("export {") {
            // export { initSync, __wbg_init as default };
            init = names
                .split([',', '}'])
                .find_map(|name| name.trim().strip_suffix(" as default"))
                .map(str::to_owned);
            continue;
        }
        if let Some(name) = line.strip_prefix("export default ") {
            init = Some(name.trim_end_matches(';').to_owned());
            continue;
        }
        push(&mut script, line);
    }
    let init = init.ok_or("the glue code exports no default")?;
    for other in others {
        let mut names = Vec::new();
        // A function each, since two may use one name; what they export is given out of it.
        let mut body = String::new();
        for line in other.lines().filter(|line| !line.starts_with("import ")) {
            names.extend(exported(line));
            push(&mut body, line);
        }
        let list = names.join(", ");
        script.push_str(&format!(
            "const {{ {list} }} = (() => {{\n{body}return {{ {list} }};\n}})();\n"
        ));
    }
    let mut boot = Page(boot.to_owned());
    boot.replace(
        "import init from './stalebus.js';",
        &format!("const init = {init};"),
    )?;
    for line in boot.0.lines().filter(|line| !line.starts_with("import ")) {
        push(&mut script, line);
    }
    Ok(script)
}

fn push(script: &mut String, line: &str) {
    script.push_str(line.strip_prefix("export ").unwrap_or(line));
    script.push('\n');
}

/// The name that a line exports: of a function or a constant.
fn exported(line: &str) -> Option<&str> {
    let rest = line.strip_prefix("export ")?;
    let rest = rest.strip_prefix("async ").unwrap_or(rest);
    let name = rest
        .strip_prefix("function ")
        .or_else(|| rest.strip_prefix("const "))?;
    name.split(|c: char| !c.is_alphanumeric() && c != '_' && c != '$')
        .next()
}

fn policy(text: &str) -> String {
    format!(r#"<meta http-equiv="Content-Security-Policy" content="{text}">"#)
}

fn hashed(name: &str, extension: &str, content: &[u8]) -> String {
    format!("{name}-{}.{extension}", hash(content))
}

/// Sixteen digits: enough to tell every release apart, short enough to read.
fn hash(content: &[u8]) -> String {
    Sha256::digest(content)
        .iter()
        .take(8)
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts() -> Parts {
        // What Trunk makes of index.html, as far as it matters here.
        let html = include_str!("../../../index.html")
            .replace(r#"<link data-trunk rel="css" href="styles/"#, STYLE);
        let boot = include_str!("../../../static/boot.js");
        Parts {
            html,
            script: one_script(
                "export function a() {}\nexport { b, c as default };\n",
                &[],
                boot,
            )
            .unwrap(),
            style: "body{}".into(),
            editor: "globalThis.staleBusEditor={}".into(),
            wasm: b"\0asm".to_vec(),
            engine_script: "function stalebusEngineScript() {\n}\nstalebusEngineScript();\n".into(),
            engine: b"\0asm engine".to_vec(),
            scenarios: r#"{"a":"C a </script>"}"#.into(),
            worker: include_str!("../../../static/service-worker.js").into(),
            icon: "<svg/>".into(),
        }
    }

    #[test]
    fn the_site_names_its_files_by_content() {
        let files = parts().site().unwrap();
        let page = String::from_utf8(files[0].1.clone()).unwrap();
        for (name, _) in &files[1..7] {
            assert_eq!(page.matches(name.as_str()).count(), 1, "{name} in {page}");
        }
        assert!(page.contains("default-src 'none'"));
        assert!(!page.contains("boot.js\"></script>"));
    }

    #[test]
    fn the_single_file_refers_to_nothing() {
        let page = parts().single_file().unwrap();
        assert!(!page.contains(" src=\""), "{page}");
        for link in page.match_indices("<link").map(|(at, _)| &page[at..]) {
            let tag = &link[..=link.find('>').unwrap()];
            assert!(
                tag.contains("href=\"data:") || tag.contains("data-trunk"),
                "{tag}"
            );
        }
        assert!(page.contains(&STANDARD.encode(b"\0asm")));
    }

    #[test]
    fn glue_loses_its_exports() {
        let other = "import { x } from './x.js';\nlet secret = 1;\nexport async function ask() {}\nexport const two = 2;\n";
        let script = one_script(
            "export function a() {}\nexport default b;\n",
            &[other.to_owned()],
            "import init from './stalebus.js';\nimport { ask } from './other.js';\nask();",
        )
        .unwrap();
        assert_eq!(
            script,
            "function a() {}\nconst { ask, two } = (() => {\nlet secret = 1;\nasync function ask() {}\nconst two = 2;\n\
             return { ask, two };\n})();\nconst init = b;\nask();\n"
        );
        assert!(
            one_script("import x from './y.js';", &[], "")
                .unwrap_err()
                .contains("imports")
        );
    }

    #[test]
    fn a_page_that_lacks_something_says_what() {
        let mut parts = parts();
        parts.html = "<html></html>".into();
        assert!(parts.site().unwrap_err().contains("id=\"module\""));
    }
}
