/** Colours for previews. */
import hljs from 'highlight.js/lib/core';
import bash from 'highlight.js/lib/languages/bash';
import ini from 'highlight.js/lib/languages/ini';
import json from 'highlight.js/lib/languages/json';
import markdown from 'highlight.js/lib/languages/markdown';
import plaintext from 'highlight.js/lib/languages/plaintext';
import yaml from 'highlight.js/lib/languages/yaml';
import type { languageOf } from './formats.js';

for (const [name, language] of Object.entries({ bash, ini, json, markdown, plaintext, yaml }))
  hljs.registerLanguage(name, language);

/** HTML of a text with spans for colours; everything else in it is escaped. */
export function highlight(text: string, language: ReturnType<typeof languageOf>): string {
  return hljs.highlight(text, { language, ignoreIllegals: true }).value;
}
