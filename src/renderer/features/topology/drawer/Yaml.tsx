import { defaultKeymap, indentWithTab } from '@codemirror/commands';
import { yaml } from '@codemirror/lang-yaml';
import { bracketMatching, indentOnInput, indentUnit, syntaxHighlighting } from '@codemirror/language';
import { lintGutter, lintKeymap, setDiagnostics } from '@codemirror/lint';
import { highlightSelectionMatches, search, searchKeymap } from '@codemirror/search';
import { Annotation, Compartment, EditorState } from '@codemirror/state';
import {
  drawSelection,
  EditorView,
  highlightActiveLine,
  highlightActiveLineGutter,
  keymap,
  lineNumbers,
} from '@codemirror/view';
import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { cssNonce } from '../../../lib/nonce.js';
import { useDocument } from '../../../stores/document.js';
import { useUi } from '../../../stores/ui.js';
import { changeBetween, fromEditor, hasCrlf, markAt, toEditor } from './editor-text.js';
import { colours, look } from './editor-theme.js';
import { usePhrases } from './phrases.js';
import { useFindingText } from './useFindingText.js';
// A style sheet of its own: one shared with the drawer would be loaded before the components' own styles.
import styles from './yaml.module.css';

/** Marks what comes from the document, so that it does not go back there. */
const fromDocument = Annotation.define<boolean>();

const doc = () => useDocument.getState();

/** Undo belongs to the document: the editor has no history of its own. */
const asked = (step: 'undo' | 'redo') => (): boolean => {
  doc()[step]();
  return true;
};
const undoKeys = keymap.of([
  { key: 'Mod-z', run: asked('undo'), preventDefault: true },
  { key: 'Mod-y', run: asked('redo'), preventDefault: true },
  { key: 'Mod-Shift-z', run: asked('redo'), preventDefault: true },
]);

const write = EditorView.updateListener.of((update) => {
  if (!update.docChanged || update.transactions.some((tr) => tr.annotation(fromDocument) === true)) return;
  doc().change({ text: fromEditor(update.state.doc.toString(), hasCrlf(doc().text)) }, 'yaml');
});

function makeView(parent: HTMLElement, words: Compartment): EditorView {
  return new EditorView({
    parent,
    state: EditorState.create({
      doc: toEditor(doc().text),
      extensions: [
        EditorView.cspNonce.of(cssNonce),
        words.of([]),
        lineNumbers(),
        lintGutter(),
        highlightActiveLine(),
        highlightActiveLineGutter(),
        drawSelection(),
        bracketMatching(),
        indentOnInput(),
        indentUnit.of('  '),
        highlightSelectionMatches(),
        search({ top: true }),
        yaml(),
        syntaxHighlighting(colours),
        look,
        undoKeys,
        keymap.of([...searchKeymap, ...lintKeymap, ...defaultKeymap, indentWithTab]),
        write,
      ],
    }),
  });
}

/** The document as text, in step with everything else that changes it. */
export default function Yaml() {
  const { t } = useTranslation('findings');
  const host = useRef<HTMLDivElement>(null);
  const editor = useRef<EditorView | null>(null);
  const words = useRef(new Compartment());
  const phrases = usePhrases();
  const label = t('drawer.editor');

  useEffect(() => {
    if (host.current === null) return;
    const view = makeView(host.current, words.current);
    editor.current = view;
    const end = useDocument.subscribe((state, before) => {
      if (state.text === before.text) return;
      const change = changeBetween(view.state.doc.toString(), toEditor(state.text));
      if (change !== null) view.dispatch({ changes: change, annotations: fromDocument.of(true) });
    });
    return () => {
      end();
      editor.current = null;
      view.destroy();
    };
  }, []);

  useEffect(() => {
    editor.current?.dispatch({
      effects: words.current.reconfigure([
        EditorState.phrases.of(phrases),
        // Said to be in the order of Tab: editable content is, but not every reader knows.
        EditorView.contentAttributes.of({ 'aria-label': label, spellcheck: 'false', tabindex: '0' }),
      ]),
    });
  }, [phrases, label]);

  useDiagnostics(editor);
  useTarget(editor);
  return <div ref={host} className={styles.yaml} data-testid="yaml" />;
}

/** Findings as marks in the text. */
function useDiagnostics(editor: { readonly current: EditorView | null }): void {
  const findings = useDocument((state) => state.model.findings);
  const say = useFindingText();
  useEffect(() => {
    const view = editor.current;
    if (view === null) return;
    const text = view.state.doc.toString();
    const diagnostics = findings.flatMap((finding) =>
      finding.line === undefined
        ? []
        : [
            {
              ...markAt(text, finding.line, finding.column ?? 1),
              severity: finding.severity,
              message: say(finding),
            },
          ],
    );
    view.dispatch(setDiagnostics(view.state, diagnostics));
  }, [editor, findings, say]);
}

/** Shows the place that was asked for. */
function useTarget(editor: { readonly current: EditorView | null }): void {
  const target = useUi((state) => state.yamlTarget);
  useEffect(() => {
    const view = editor.current;
    if (view === null || target === null) return;
    const line = view.state.doc.line(Math.min(Math.max(1, target.line), view.state.doc.lines));
    const at = Math.min(line.from + target.column - 1, line.to);
    view.dispatch({ selection: { anchor: at }, effects: EditorView.scrollIntoView(at, { y: 'center' }) });
    view.focus();
    // Used up: opening the tab again must not jump there once more.
    useUi.setState({ yamlTarget: null });
  }, [editor, target]);
}
