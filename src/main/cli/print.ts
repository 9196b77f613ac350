/** Plans, summaries and status for people. */
import { changeCount } from '../../shared/plan/index.js';
import type { Plan, PlanIssue } from '../../shared/plan/types.js';
import type { ApplySummary, ClusterStatus, ProgressEvent } from '../cluster/types.js';
import { clean, paint, type Terminal } from './terminal.js';

const ISSUE_STYLE = {
  blocker: 'red',
  conflict: 'red',
  confirm: 'yellow',
  warning: 'yellow',
  note: 'dim',
} as const;

export function printIssue(terminal: Terminal, issue: PlanIssue): void {
  const where = issue.host === undefined ? '' : `${issue.host}: `;
  terminal.out(
    clean(`${paint(terminal, ISSUE_STYLE[issue.severity], issue.severity)} ${where}${issue.message}`),
  );
  if (issue.hint !== undefined) terminal.out(paint(terminal, 'dim', clean(`  → ${issue.hint}`)));
}

const indent = (text: string, by: string): string => text.split('\n').join(`\n${by}`);

/** All steps by host, each with before → after and the commands that it stands for. */
export function printPlan(terminal: Terminal, plan: Plan): void {
  for (const issue of plan.issues) printIssue(terminal, issue);
  const hosts = [...new Set(plan.steps.map((step) => step.host))].sort();
  for (const host of hosts) {
    terminal.out('');
    terminal.out(paint(terminal, 'bold', host));
    let number = 0;
    for (const step of plan.steps.filter((entry) => entry.host === host)) {
      number += 1;
      const risk =
        step.risk === 'none' || step.risk === 'low' ? '' : paint(terminal, 'yellow', ` [${step.risk} risk]`);
      const root = step.needsRoot ? paint(terminal, 'dim', ' (root)') : '';
      terminal.out(clean(`  ${number}. ${step.title}`) + risk + root);
      terminal.out(
        paint(
          terminal,
          'dim',
          clean(`     ${indent(step.before, '     ')} → ${indent(step.after, '       ')}`),
        ),
      );
      if (step.note !== undefined && step.note !== '') terminal.out(clean(`     ${step.note}`));
      for (const command of step.commands)
        terminal.out(paint(terminal, 'dim', clean(`     $ ${indent(command, '       ')}`)));
    }
  }
  terminal.out('');
  const changes = changeCount(plan);
  terminal.out(
    paint(terminal, 'bold', `${changes} ${changes === 1 ? 'change' : 'changes'}`) +
      paint(terminal, 'dim', ` · plan ${plan.id.slice(0, 12)}`),
  );
}

const MARK = { done: '✓', skipped: '·', failed: '✗', cancelled: '–' } as const;

/** One line for each step that ends; on a terminal the running one is shown in place. */
export function progressPrinter(terminal: Terminal): (event: ProgressEvent) => void {
  const live = process.stdout.isTTY === true;
  return (event) => {
    if (event.type !== 'step') return;
    const head = `${event.host.padEnd(10)} ${event.title}`;
    if (event.state === 'running' || event.state === 'waiting') {
      if (!live || event.message === undefined) return;
      const room = (process.stdout.columns ?? 80) - 1;
      process.stdout.write(`\r\u001b[2K${clean(`  ${head} — ${event.message}`).slice(0, room)}`);
      return;
    }
    if (live) process.stdout.write('\r\u001b[2K');
    const style = event.state === 'done' ? 'green' : event.state === 'failed' ? 'red' : 'dim';
    const time =
      event.ms === undefined || event.ms < 1000
        ? ''
        : paint(terminal, 'dim', ` ${(event.ms / 1000).toFixed(1)} s`);
    terminal.out(`${paint(terminal, style, MARK[event.state])} ${clean(head)}${time}`);
    if (event.error !== undefined && event.state === 'failed') {
      terminal.out(clean(`    ${event.error.message}`));
      if (event.error.hint !== undefined) terminal.out(clean(`    → ${event.error.hint}`));
    }
  };
}

export function printSummary(terminal: Terminal, summary: ApplySummary): void {
  terminal.out('');
  for (const [host, words] of Object.entries(summary.hosts))
    terminal.out(clean(`  ${host.padEnd(10)} ${words}`));
  for (const [datacenter, leader] of Object.entries(summary.leader ?? {})) {
    const ms = summary.quorumMs?.[datacenter];
    const took = ms === undefined ? '' : ` · quorum ${(ms / 1000).toFixed(1)} s after the first container`;
    terminal.out(paint(terminal, 'green', clean(`  ${datacenter}: leader ${leader}${took}`)));
  }
  const words = {
    done: `Done: ${summary.changed} ${summary.changed === 1 ? 'change' : 'changes'}.`,
    partial: `Partly done: ${summary.changed} changes, ${summary.failed.length} steps failed. Apply again when the cause is gone.`,
    failed: `Failed: nothing was changed, ${summary.failed.length} steps failed.`,
    cancelled: `Cancelled after ${summary.changed} changes. Apply again to go on.`,
  }[summary.result];
  terminal.out(paint(terminal, summary.result === 'done' ? 'green' : 'red', words));
}

export function printStatus(terminal: Terminal, status: ClusterStatus): void {
  const word = status.healthy ? paint(terminal, 'green', 'healthy') : paint(terminal, 'red', 'not healthy');
  terminal.out(`${paint(terminal, 'bold', clean(status.cluster))} is ${word} · as of ${status.asOf}`);
  for (const datacenter of status.datacenters) {
    terminal.out('');
    terminal.out(`${datacenter.name} · leader ${datacenter.leader ?? 'none'}`);
    for (const node of datacenter.nodes) {
      const flags = [
        node.role,
        node.voter === true ? 'voter' : node.voter === false && node.role === 'server' ? 'not a voter' : '',
        node.leader ? 'leader' : '',
        node.version,
      ].filter((part) => part !== '');
      const state = paint(terminal, node.status === 'alive' ? 'green' : 'red', node.status.padEnd(11));
      terminal.out(
        `  ${state} ${clean(`${node.name.padEnd(12)} ${node.address.padEnd(16)} ${flags.join(' · ')}`)}`,
      );
    }
  }
  for (const problem of status.problems) terminal.out(clean(`  ! ${problem}`));
}
