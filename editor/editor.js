// The editor of the litmus lab: CodeMirror, as a script of its own that is loaded when the lab is first opened.
//
// It knows nothing of litmus tests. What a piece of text is, and what is wrong with it, it is told by the engine; the
// page talks to it through `globalThis.staleBusEditor` alone.
import { defaultKeymap, history, historyKeymap, indentWithTab } from '@codemirror/commands';
import { indentUnit } from '@codemirror/language';
import { lintGutter, lintKeymap, setDiagnostics } from '@codemirror/lint';
import { highlightSelectionMatches, search, searchKeymap } from '@codemirror/search';
import { EditorState, StateEffect, StateField, Transaction } from '@codemirror/state';
import {
  Decoration, EditorView, drawSelection, highlightActiveLine, highlightActiveLineGutter, highlightSpecialChars,
  keymap, lineNumbers,
} from '@codemirror/view';
import { theme } from './theme.js';

/** The pieces of the text: a flat list of from, to and kind. */
const setPieces = StateEffect.define();

/** Colours the text as it was told last. What the reader types moves the colours along until the next are told. */
function colours(kinds) {
  const marks = kinds.map((kind) => Decoration.mark({ class: `tok-${kind}` }));
  return StateField.define({
    create: () => Decoration.none,
    update(decorations, transaction) {
      let now = decorations.map(transaction.changes);
      for (const effect of transaction.effects) {
        if (!effect.is(setPieces)) continue;
        const list = effect.value;
        const ranges = [];
        for (let at = 0; at + 2 < list.length; at += 3) ranges.push(marks[list[at + 2]].range(list[at], list[at + 1]));
        now = Decoration.set(ranges);
      }
      return now;
    },
    provide: (field) => EditorView.decorations.from(field),
  });
}

/**
 * Types over what is selected. Chromium would do it with an element that has a style attribute, so that the new text
 * looks like the old one; the page's policy forbids that and complains.
 */
function overwrite(event, view) {
  if (event.inputType !== 'insertText' || !event.data || view.state.selection.main.empty) return false;
  event.preventDefault();
  view.dispatch(view.state.update(view.state.replaceSelection(event.data), { userEvent: 'input.type', scrollIntoView: true }));
  return true;
}

/**
 * Puts an editor into an element.
 *
 * It stands in a shadow tree, where CodeMirror's styles are constructed style sheets, which the page's policy allows;
 * in the document they would be a <style> element, which it forbids.
 */
function open(host, { text, label, describedBy, kinds, changed }) {
  const root = host.shadowRoot ?? host.attachShadow({ mode: 'open' });
  root.replaceChildren();
  if (describedBy) {
    const note = Object.assign(document.createElement('span'), { id: 'note', hidden: true, textContent: describedBy });
    root.append(note);
  }
  let silent = false;
  const view = new EditorView({
    parent: root,
    root,
    state: EditorState.create({
      doc: text,
      extensions: [
        lineNumbers(), highlightActiveLineGutter(), highlightSpecialChars(), history(), drawSelection(), highlightActiveLine(),
        lintGutter(), search({ top: true }), highlightSelectionMatches(),
        EditorState.tabSize.of(4), indentUnit.of('\t'),
        EditorView.lineWrapping,
        EditorView.contentAttributes.of({
          'aria-label': label, ...(describedBy && { 'aria-describedby': 'note' }), spellcheck: 'false', tabindex: '0',
        }),
        EditorView.domEventHandlers({
          // A file is opened by the page, as anywhere in the lab.
          drop: (event) => Boolean(event.dataTransfer?.files.length),
          beforeinput: overwrite,
        }),
        colours(kinds),
        // Tab indents; CodeMirror lets Escape and then Tab leave.
        keymap.of([...defaultKeymap, ...searchKeymap, ...historyKeymap, ...lintKeymap, indentWithTab]),
        EditorView.updateListener.of((update) => {
          if (update.docChanged && !silent) changed(update.state.doc.toString());
        }),
        theme,
      ],
    }),
  });
  return {
    /** Another text; it can be undone. `changed` is not called. */
    setText(next) {
      if (next === view.state.doc.toString()) return;
      silent = true;
      view.dispatch({
        changes: { from: 0, to: view.state.doc.length, insert: next },
        selection: { anchor: 0 },
        scrollIntoView: true,
        annotations: Transaction.userEvent.of('input.replace'),
      });
      silent = false;
    },
    /** Colours a text, if it is still the one: a flat list of from, to and kind. */
    setPieces(text, pieces) {
      if (text === view.state.doc.toString()) view.dispatch({ effects: setPieces.of(pieces) });
    },
    /** Marks what is wrong: a list of [from, to, severity, message]. */
    setProblems(problems) {
      const length = view.state.doc.length;
      const diagnostics = problems.map(([from, to, severity, message]) => ({
        from: Math.min(from, length), to: Math.min(Math.max(from, to), length), severity, message,
      }));
      view.dispatch(setDiagnostics(view.state, diagnostics));
    },
    /** Puts the cursor there, and the focus into the editor. */
    goTo(at) {
      view.dispatch({ selection: { anchor: Math.min(at, view.state.doc.length) }, scrollIntoView: true });
      view.focus();
    },
    text: () => view.state.doc.toString(),
    destroy() {
      view.destroy();
    },
  };
}

globalThis.staleBusEditor = { open };
