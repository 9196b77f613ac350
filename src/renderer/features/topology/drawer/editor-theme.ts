/** The editor in the colours of the product; they follow the scheme, because they are the tokens themselves. */
import { HighlightStyle } from '@codemirror/language';
import { EditorView } from '@codemirror/view';
import { tags } from '@lezer/highlight';

export const colours = HighlightStyle.define([
  { tag: [tags.propertyName, tags.definition(tags.propertyName)], color: 'var(--ry-accent)' },
  { tag: [tags.string, tags.content, tags.attributeValue], color: 'var(--ry-text)' },
  { tag: [tags.number, tags.bool, tags.null, tags.keyword], color: 'var(--ry-flag)' },
  { tag: [tags.comment, tags.lineComment], color: 'var(--ry-muted)', fontStyle: 'italic' },
  { tag: [tags.punctuation, tags.separator, tags.squareBracket, tags.brace], color: 'var(--ry-muted)' },
  { tag: tags.invalid, color: 'var(--ry-bad)' },
]);

const button = {
  backgroundImage: 'none',
  backgroundColor: 'var(--ry-raised)',
  border: '1px solid var(--ry-line)',
  borderRadius: '6px',
  color: 'var(--ry-text)',
  fontSize: '12px',
  padding: '2px 8px',
  margin: '2px 4px 2px 0',
  cursor: 'pointer',
};

export const look = EditorView.theme({
  '&': { height: '100%', color: 'var(--ry-text)', backgroundColor: 'var(--ry-panel)', fontSize: '12px' },
  '&.cm-focused': { outline: 'none' },
  '.cm-scroller': { fontFamily: 'var(--ry-mono)', lineHeight: '1.6', overflow: 'auto' },
  '.cm-content': { caretColor: 'var(--ry-text)', padding: '6px 0' },
  '.cm-cursor': { borderLeftColor: 'var(--ry-text)' },
  '.cm-gutters': {
    backgroundColor: 'var(--ry-panel)',
    color: 'var(--ry-muted)',
    border: 'none',
    paddingLeft: '4px',
  },
  '.cm-gutter-lint': { width: '14px' },
  '.cm-gutter-lint .cm-gutterElement': { padding: '0 2px' },
  '.cm-lint-marker': { width: '9px', height: '9px', marginTop: '5px', borderRadius: '50%' },
  '.cm-lint-marker-error': { content: 'none', backgroundColor: 'var(--ry-bad)' },
  '.cm-lint-marker-warning': { content: 'none', backgroundColor: 'var(--ry-warn)', borderRadius: '2px' },
  '.cm-activeLine, .cm-activeLineGutter': { backgroundColor: 'var(--ry-raised)' },
  '&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground': {
    backgroundColor: 'color-mix(in srgb, var(--ry-accent) 26%, transparent)',
  },
  '.cm-selectionMatch': { backgroundColor: 'var(--ry-accent-soft)' },
  '&.cm-focused .cm-matchingBracket': { backgroundColor: 'var(--ry-accent-soft)', outline: 'none' },
  '.cm-searchMatch': { backgroundColor: 'var(--ry-warn-soft)', outline: '1px solid var(--ry-warn)' },
  '.cm-searchMatch-selected': { backgroundColor: 'color-mix(in srgb, var(--ry-warn) 38%, transparent)' },
  '.cm-lintRange': {
    backgroundImage: 'none',
    paddingBottom: '0',
    textDecoration: 'underline wavy 1px',
    textUnderlineOffset: '3px',
  },
  '.cm-lintRange-error': { textDecorationColor: 'var(--ry-bad)' },
  '.cm-lintRange-warning': { textDecorationColor: 'var(--ry-warn)' },
  '.cm-lintPoint:after': { borderBottomColor: 'var(--ry-bad)' },
  '.cm-panels': { backgroundColor: 'var(--ry-raised)', color: 'var(--ry-text)' },
  '.cm-panels-top': { borderBottom: '1px solid var(--ry-line)' },
  '.cm-panels-bottom': { borderTop: '1px solid var(--ry-line)' },
  '.cm-panel.cm-search': { padding: '6px 32px 6px 10px', fontFamily: 'var(--ry-sans)' },
  '.cm-panel.cm-search label': { fontSize: '12px', marginRight: '8px', whiteSpace: 'nowrap' },
  '.cm-panel.cm-search input[type=checkbox]': { verticalAlign: '-2px', accentColor: 'var(--ry-accent)' },
  '.cm-panel.cm-search [name=close]': { fontSize: '18px', right: '8px', color: 'var(--ry-muted)' },
  '.cm-textfield': {
    backgroundColor: 'var(--ry-panel)',
    border: '1px solid var(--ry-line-strong)',
    borderRadius: '6px',
    color: 'var(--ry-text)',
    fontSize: '12px',
    padding: '3px 8px',
  },
  '.cm-button': button,
  '.cm-button:active': { backgroundImage: 'none', backgroundColor: 'var(--ry-accent-soft)' },
  '.cm-tooltip': {
    backgroundColor: 'var(--ry-panel)',
    border: '1px solid var(--ry-line-strong)',
    borderRadius: '8px',
    boxShadow: 'var(--ry-shadow)',
    overflow: 'hidden',
  },
  '.cm-diagnostic': {
    padding: '5px 10px',
    fontFamily: 'var(--ry-sans)',
    fontSize: '12.5px',
    maxWidth: '460px',
  },
  '.cm-diagnostic-error': { borderLeft: '3px solid var(--ry-bad)' },
  '.cm-diagnostic-warning': { borderLeft: '3px solid var(--ry-warn)' },
});
