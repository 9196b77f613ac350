import type { App } from '../app.js';
import { cleaned } from './clean.js';
import { cut } from './style.js';

export interface Note {
  readonly title: string;
  readonly detail?: string;
  /** 0 to 1, where it is known. */
  readonly progress?: number;
}

/** Progress of work without steps: one line in place on a terminal, else one for each new text. */
export function noteOf(app: App): (note: Note) => void {
  let last = '';
  return (note) => {
    const { title, detail } = cleaned(note);
    const percent = note.progress === undefined ? '' : `${Math.round(note.progress * 100)} %  `;
    const text = `${percent}${title}${detail === undefined ? '' : `: ${detail}`}`.replaceAll(/\s+/g, ' ');
    if (app.json) app.event({ type: 'progress', ...note });
    else if (app.err.live) app.err.setLive([cut(text, Math.max(20, app.io.stderr.columns - 1))]);
    else if (text !== last) app.err.line(text);
    last = text;
  };
}
