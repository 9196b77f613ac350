import { defaultKeymap, indentWithTab } from '@codemirror/commands';
import { yaml } from '@codemirror/lang-yaml';
import { bracketMatching, HighlightStyle, indentUnit, syntaxHighlighting } from '@codemirror/language';
import { type Diagnostic, lintGutter, setDiagnostics } from '@codemirror/lint';
import { highlightSelectionMatches, search, searchKeymap } from '@codemirror/search';
import { EditorState } from '@codemirror/state';
import { EditorView, highlightActiveLine, keymap, lineNumbers } from '@codemirror/view';
import { tags } from '@lezer/highlight';
import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { cssNonce } from '../../../lib/nonce.js';
import { useDocument } from '../../../stores/document.js';
import { useUi } from '../../../stores/ui.js';
import { difference } from './difference.js';
import styles from './drawer.module.css';
import { useFindingText } from './texts.js';

const colours = HighlightStyle.define([
  { tag: [tags.propertyName, tags.definition(tags.propertyName)], color: 'var(--ry-accent)' },
  { tag: [tags.string, tags.special(tags.string)], color: 'var(--ry-good)' },
  { tag: [tags.number, tags.bool, tags.null], color: 'var(--ry-flag)' },
  { tag: [tags.comment, tags.meta], color: 'var(--ry-muted)' },
]);

const look = EditorView.theme({
  '&': { height: '100%', fontSize: '12px', color: 'var(--ry-text)', backgroundColor: 'var(--ry-panel)' },
  '.cm-scroller': { fontFamily: 'var(--ry-mono)', lineHeight: '1.55' },
  '.cm-gutters': { backgroundColor: 'var(--ry-panel)', color: 'var(--ry-muted)', border: 'none' },
  '.cm-activeLine, .cm-activeLineGutter': { backgroundColor: 'var(--ry-raised)' },
  '.cm-cursor': { borderLeftColor: 'var(--ry-text)' },
  '&.cm-focused': { outline: 'none' },
  '&.cm-focused .cm-selectionBackground, .cm-selectionBackground': {
    backgroundColor: 'var(--ry-accent-soft) !important',
  },
  '.cm-panels, .cm-tooltip': {
    backgroundColor: 'var(--ry-raised)',
    color: 'var(--ry-text)',
    borderColor: 'var(--ry-line)',
  },
  '.cm-textfield': { backgroundColor: 'var(--ry-panel)', border: '1px solid var(--ry-line)' },
  '.cm-button': {
    backgroundImage: 'none',
    backgroundColor: 'var(--ry-panel)',
    border: '1px solid var(--ry-line)',
  },
});

/** Undo belongs to the document: one history for canvas, forms and text. */
const step = (way: 'undo' | 'redo') => (): boolean => {
  useDocument.getState()[way]();
  return true;
};
const history = keymap.of([
  { key: 'Mod-z', run: step('undo') },
  { key: 'Mod-y', run: step('redo') },
  { key: 'Mod-Shift-z', run: step('redo') },
]);

function newEditor(parent: HTMLElement, label: string): EditorView {
  const fromEditor = EditorView.updateListener.of((update) => {
    if (!update.docChanged) return;
    const text = update.state.doc.toString();
    if (text !== useDocument.getState().text) useDocument.getState().change({ text }, 'yaml');
  });
  return new EditorView({
    parent,
    state: EditorState.create({
      doc: useDocument.getState().text,
      extensions: [
        EditorView.cspNonce.of(cssNonce),
        history,
        lineNumbers(),
        highlightActiveLine(),
        highlightSelectionMatches(),
        bracketMatching(),
        indentUnit.of('  '),
        lintGutter(),
        search({ top: true }),
        yaml(),
        syntaxHighlighting(colours),
        look,
        keymap.of([...searchKeymap, ...defaultKeymap, indentWithTab]),
        EditorView.contentAttributes.of({ 'aria-label': label }),
        fromEditor,
      ],
    }),
  });
}

/** The document's text, in step with canvas and forms; comments stay what they are. */
export default function YamlEditor() {
  const { t } = useTranslation();
  const place = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView | null>(null);
  const text = useDocument((state) => state.text);
  const findings = useDocument((state) => state.model.findings);
  const target = useUi((state) => state.yamlTarget);
  const say = useFindingText();
  useEffect(() => {
    if (place.current === null) return;
    const editor = newEditor(place.current, t('drawer.yaml'));
    view.current = editor;
    return () => {
      view.current = null;
      editor.destroy();
    };
  }, [t]);
  useEffect(() => {
    const editor = view.current;
    if (editor === null) return;
    const change = difference(editor.state.doc.toString(), text);
    if (change !== null) editor.dispatch({ changes: change });
  }, [text]);
  useEffect(() => {
    const editor = view.current;
    if (editor === null) return;
    const { doc } = editor.state;
    const diagnostics = findings.flatMap((finding): Diagnostic[] => {
      if (finding.line === undefined || finding.line > doc.lines) return [];
      const line = doc.line(finding.line);
      const from = Math.min(line.from + (finding.column ?? 1) - 1, line.to);
      return [{ from, to: line.to, severity: finding.severity, message: say(finding) }];
    });
    editor.dispatch(setDiagnostics(editor.state, diagnostics));
  }, [findings, say]);
  useEffect(() => {
    const editor = view.current;
    if (editor === null || target === null) return;
    const line = editor.state.doc.line(Math.min(target.line, editor.state.doc.lines));
    const at = Math.min(line.from + target.column - 1, line.to);
    editor.dispatch({ selection: { anchor: at }, effects: EditorView.scrollIntoView(at, { y: 'center' }) });
    editor.focus();
  }, [target]);
  return <div ref={place} className={styles.yaml} data-testid="yaml-editor" />;
}
