/** Progress of an apply: a line for every step that ended, and on a terminal a lane for every host below. */
import type { Plan } from '../../../shared/plan/types.js';
import type { ApplySummary, ProgressEvent, StepState } from '../../cluster/types.js';
import { clean, cleaned } from './clean.js';
import type { Screen } from './screen.js';
import { type Colour, cut, duration, pad, type Style, table, width } from './style.js';

type StepEvent = Extract<ProgressEvent, { type: 'step' }>;

const REDRAW_MS = 100;
/** Without a terminal, a step that takes long says so now and then. */
const REMIND_MS = 10_000;
const BAR = 12;

const STATE_COLOUR: Record<StepState, Colour> = {
  waiting: 'dim',
  running: 'blue',
  done: 'green',
  skipped: 'dim',
  failed: 'red',
  cancelled: 'yellow',
};

interface Lane {
  readonly host: string;
  readonly total: number;
  ended: number;
  failed: boolean;
  readonly running: Map<string, StepEvent>;
}

const oneLine = (text: string): string => clean(text).replaceAll(/\s+/g, ' ').trim();

export class ApplyProgress {
  readonly #lanes = new Map<string, Lane>();
  readonly #reminded = new Map<string, number>();
  readonly #hostWidth: number;
  #drawnAt = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(
    readonly screen: Screen,
    readonly style: Style,
    plan: Plan,
    readonly verbose: boolean,
    readonly now: () => number = () => performance.now(),
  ) {
    for (const { host } of plan.steps) {
      const total = plan.steps.filter((step) => step.host === host).length;
      if (!this.#lanes.has(host))
        this.#lanes.set(host, { host, total, ended: 0, failed: false, running: new Map() });
    }
    this.#hostWidth = Math.max(0, ...[...this.#lanes.keys()].map((host) => width(clean(host))));
  }

  on(event: ProgressEvent): void {
    if (event.type === 'step') this.#step(event);
    if (event.type === 'output' && this.verbose)
      for (const line of event.text.trimEnd().split('\n'))
        this.screen.line(this.style('dim', `         ${this.#host(event.host)}  | ${oneLine(line)}`));
  }

  end(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.screen.setLive([]);
  }

  #host(name: string): string {
    return pad(clean(name), this.#hostWidth);
  }

  #step(event: StepEvent): void {
    const lane = this.#lanes.get(event.host);
    if (event.state === 'running') {
      lane?.running.set(event.step, event);
      this.#remind(event);
    } else if (event.state !== 'waiting') {
      lane?.running.delete(event.step);
      if (lane !== undefined) {
        lane.ended += 1;
        lane.failed ||= event.state === 'failed';
      }
      this.#ended(event);
    }
    this.#redraw();
  }

  #ended(event: StepEvent): void {
    const took = event.ms === undefined || event.state === 'cancelled' ? '' : `  ${duration(event.ms)}`;
    const state = this.style(STATE_COLOUR[event.state], event.state.padEnd(9));
    this.screen.line(`${state} ${this.#host(event.host)}  ${oneLine(event.title)}${this.style('dim', took)}`);
    if (event.error !== undefined && event.state === 'failed') {
      this.screen.line(`          ${oneLine(event.error.message)}`);
      if (event.error.hint !== undefined) this.screen.line(`          ${oneLine(event.error.hint)}`);
    }
  }

  #remind(event: StepEvent): void {
    if (this.screen.live) return;
    const last = this.#reminded.get(event.step);
    const now = this.now();
    if (last === undefined) this.#reminded.set(event.step, now);
    if (last === undefined || now - last < REMIND_MS) return;
    this.#reminded.set(event.step, now);
    this.screen.line(`running   ${this.#host(event.host)}  ${this.#what(event)}`);
  }

  #what(event: StepEvent): string {
    const percent = event.progress === undefined ? '' : ` ${Math.round(event.progress * 100)} %`;
    const message = event.message === undefined ? '' : `: ${oneLine(event.message)}`;
    return `${oneLine(event.title)}${percent}${message}`;
  }

  #redraw(): void {
    if (!this.screen.live) return;
    const wait = REDRAW_MS - (this.now() - this.#drawnAt);
    if (wait > 0) {
      this.#timer ??= setTimeout(() => {
        this.#timer = undefined;
        this.#draw();
      }, wait);
      return;
    }
    this.#draw();
  }

  #draw(): void {
    this.#drawnAt = this.now();
    const columns = Math.max(20, this.screen.output.columns - 1);
    const lines = [...this.#lanes.values()].map((lane) => {
      const running = [...lane.running.values()].reduce((sum, event) => sum + (event.progress ?? 0), 0);
      const filled = Math.min(BAR, Math.floor((BAR * (lane.ended + running)) / Math.max(1, lane.total)));
      const bar = '█'.repeat(filled) + '░'.repeat(BAR - filled);
      const colour: Colour = lane.failed ? 'red' : lane.ended === lane.total ? 'green' : 'blue';
      const head = `${this.#host(lane.host)}  `;
      const tail = `  ${lane.ended}/${lane.total}  ${[...lane.running.values()].map((event) => this.#what(event)).join(', ')}`;
      return `${head}${this.style(colour, bar)}${cut(tail, columns - width(head) - BAR)}`;
    });
    this.screen.setLive(lines);
  }
}

const RESULT: Record<ApplySummary['result'], { colour: Colour; words: string }> = {
  done: { colour: 'green', words: 'done' },
  partial: { colour: 'yellow', words: 'partly done' },
  failed: { colour: 'red', words: 'failed' },
  cancelled: { colour: 'yellow', words: 'cancelled' },
};

/** What is where at the end. */
export function summaryLines(raw: ApplySummary, style: Style): string[] {
  const summary = cleaned(raw);
  const { colour, words } = RESULT[summary.result];
  const changes = `${summary.changed} ${summary.changed === 1 ? 'change' : 'changes'}`;
  const lines = ['', `${style(colour, words)}: ${changes}`];
  lines.push(...table(Object.entries(summary.hosts).map(([host, text]) => [`  ${host}`, text])));
  for (const { host, error } of summary.failed) {
    const hint = error.hint === undefined ? '' : ` — ${error.hint}`;
    const where = host === '' ? '' : ` (${host})`;
    lines.push(`${style('red', 'error:')} ${error.message}${where}${hint}`);
  }
  for (const [datacenter, leader] of Object.entries(summary.leader ?? {})) {
    const ms = summary.quorumMs?.[datacenter];
    const took = ms === undefined ? '' : `, ${duration(ms)} after the first container was created`;
    lines.push(`${datacenter}: ${style('green', 'leader')} ${style('bold', leader)}${took}`);
  }
  return lines;
}
