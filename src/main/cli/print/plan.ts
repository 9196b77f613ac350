/** A plan and preflight's findings, for people. */
import type { HostCheck } from '../../../shared/plan/checks.js';
import { changeCount, isAsWanted, stoppers } from '../../../shared/plan/index.js';
import { CHANGING, type Plan, type PlanIssue, type Risk, type Step } from '../../../shared/plan/types.js';
import { cleaned } from './clean.js';
import { type Colour, count, cut, type Style } from './style.js';

const COMMAND_LINES = 6;
/** Columns before a command. */
const INDENT = 8;

const ISSUE_COLOUR: Record<PlanIssue['severity'], Colour> = {
  blocker: 'red',
  conflict: 'red',
  confirm: 'yellow',
  warning: 'yellow',
  note: 'dim',
};
const RISK_COLOUR: Record<Risk, Colour> = { none: 'dim', low: 'dim', medium: 'yellow', high: 'red' };
const CHECK_COLOUR: Record<HostCheck['severity'], Colour> = {
  ok: 'green',
  note: 'dim',
  warning: 'yellow',
  blocker: 'red',
};

/** How much of a plan is shown: everything, or what fits. */
export interface Detail {
  readonly verbose: boolean;
  /** Longest line of a command, in columns; without a terminal nothing is cut. */
  readonly columns: number;
}

function commandText(step: Step, { verbose, columns }: Detail): string[] {
  const lines = step.commands.flatMap((command) => command.split('\n'));
  if (verbose) return lines;
  const rest = lines.length - COMMAND_LINES + 1;
  const shown =
    rest <= 1 ? lines : [...lines.slice(0, COMMAND_LINES - 1), `… ${rest} more lines (--verbose shows them)`];
  return shown.map((line) => cut(line, columns - INDENT));
}

function summed(text: string, verbose: boolean): string {
  const [first = '', ...rest] = text.split('\n');
  return verbose || rest.length === 0 ? text : `${first} (and ${rest.length} more)`;
}

function stepLines(number: number, step: Step, style: Style, detail: Detail): string[] {
  const { verbose } = detail;
  const risk = step.risk === 'none' ? '' : style(RISK_COLOUR[step.risk], `  risk: ${step.risk}`);
  const root = step.needsRoot ? style('dim', '  as root') : '';
  const title = CHANGING.has(step.action.kind) ? style('bold', step.title) : step.title;
  const undo = verbose && step.undo !== undefined ? [`     undo: ${step.undo}`] : [];
  return [
    `  ${String(number).padStart(2)}. ${title}${risk}${root}`,
    `      ${summed(step.before, verbose)} → ${summed(step.after, verbose)}`,
    ...(step.note === undefined || step.note === '' ? [] : [`      ${style('yellow', step.note)}`]),
    ...undo.map((line) => style('dim', ` ${line}`)),
    ...commandText(step, detail).map((line) => style('dim', `      $ ${line}`)),
  ];
}

export function issueLines(issues: readonly PlanIssue[], style: Style): string[] {
  return cleaned(issues).flatMap((issue) => [
    `${style(ISSUE_COLOUR[issue.severity], issue.severity)} ${issue.code}: ${issue.message}`,
    ...(issue.hint === undefined ? [] : [`    ${issue.hint}`]),
  ]);
}

/** Every step, numbered, host after host, then what deserves a word, then one line that counts. */
export function planLines(plan: Plan, style: Style, detail: Detail): string[] {
  const { steps, issues } = cleaned(plan);
  const hosts = [...new Set(steps.map((step) => step.host))];
  let number = 0;
  const lines = hosts.flatMap((host) => {
    const mine = steps.filter((step) => step.host === host);
    return [
      style('cyan', host),
      ...mine.flatMap((step) => {
        number += 1;
        return stepLines(number, step, style, detail);
      }),
      '',
    ];
  });
  const told = issueLines(issues, style);
  return [...lines, ...told, ...(told.length > 0 ? [''] : []), planSummary(plan)];
}

/** The last line: what would be changed, or why nothing can be; that all is well only where it is. */
export function planSummary(plan: Plan): string {
  const changes = changeCount(plan);
  const inTheWay = stoppers(plan).length;
  if (inTheWay > 0)
    return `This plan cannot be applied: ${count(inTheWay, 'issue')} above ${inTheWay === 1 ? 'stands' : 'stand'} in the way.`;
  if (isAsWanted(plan)) return '0 changes: the hosts are as the document says.';
  const hosts = new Set(plan.steps.filter((step) => CHANGING.has(step.action.kind)).map((step) => step.host));
  if (changes === 0) return '0 changes; hosts that cannot be reached were not looked at.';
  return `${count(changes, 'change')} on ${count(hosts.size, 'host')}.`;
}

/** Preflight: all findings with `verbose`, otherwise one line for what is good and every other one. */
export function checkLines(checks: readonly HostCheck[], style: Style, verbose: boolean): string[] {
  const rows = cleaned(checks);
  const hosts = [...new Set(rows.map((row) => row.host))];
  return hosts.flatMap((host) => {
    const mine = rows.filter((row) => row.host === host);
    const shown = verbose ? mine : mine.filter((row) => row.severity !== 'ok' || row.check === 'reachable');
    const good = mine.filter((row) => row.severity === 'ok').length;
    const rest = verbose || good <= 1 ? [] : [style('dim', `  ok       ${count(good - 1, 'more check')}`)];
    return [
      style('cyan', host),
      ...shown.flatMap((row) => [
        `  ${style(CHECK_COLOUR[row.severity], row.severity.padEnd(8))} ${row.check}: ${row.message}`,
        ...(row.hint === undefined ? [] : [`           ${row.hint}`]),
      ]),
      ...rest,
    ];
  });
}
