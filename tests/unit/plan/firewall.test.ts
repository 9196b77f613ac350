/** How plans give rules to a firewalld that was asked over D-Bus. */
import { describe, expect, it } from 'vitest';
import type { FirewallFacts, ReachableFacts } from '../../../src/shared/plan/facts.js';
import { changeCount, planApply, planDestroy } from '../../../src/shared/plan/index.js';
import type { Plan, Step } from '../../../src/shared/plan/types.js';
import { opening, ruleTarget } from '../../../src/shared/shell/firewall.js';
import { BUS_RULES } from '../../../src/shared/shell/firewalld-bus.js';
import { appliedFacts, bareFacts, threeServers } from './fixture.js';

const topology = threeServers();

/** Facts whose firewalls are a little different. */
const having = (
  facts: Record<string, ReachableFacts>,
  other: Partial<FirewallFacts>,
): Record<string, ReachableFacts> =>
  Object.fromEntries(
    Object.entries(facts).map(([host, found]) => [
      host,
      { ...found, firewall: { ...found.firewall, ...other } },
    ]),
  );

function rulesStep(plan: Plan, kind: 'firewall-open' | 'firewall-close'): Step {
  const step = plan.steps.find((entry) => entry.host === 'docker01' && entry.action.kind === kind);
  if (step === undefined) throw new Error(`no ${kind}`);
  return step;
}

describe('a plan for a firewalld that answers over D-Bus', () => {
  const before = planApply(topology, bareFacts(topology));
  const asked = having(bareFacts(topology), { bus: true });
  const plan = planApply(topology, asked);
  const step = rulesStep(plan, 'firewall-open');

  it('gives the same rules by calls, and shows both the command lines and the calls', () => {
    const earlier = rulesStep(before, 'firewall-open');
    expect(earlier.action).not.toHaveProperty('bus');
    expect(step.action).toEqual({ ...earlier.action, bus: true });
    expect(step.commands).toEqual([
      ...earlier.commands,
      '# by busctl, over D-Bus to org.fedoraproject.FirewallD1: config.zone.addRichRule ×6, then zone.addRichRule ×6',
    ]);
  });

  it('takes them away in the same way', () => {
    const applied = appliedFacts(topology, asked, plan);
    const close = rulesStep(planDestroy(topology, applied), 'firewall-close');
    expect(close.action).toMatchObject({ bus: true });
    expect(close.commands.at(-1)).toMatch(/config\.zone\.removeRichRule ×6, then zone\.removeRichRule ×6$/);
  });

  it('changes nothing of a cluster that was made by firewall-cmd', () => {
    const applied = appliedFacts(topology, asked, before);
    const second = planApply(topology, applied);
    expect(second.steps.length).toBeGreaterThan(0);
    expect(changeCount(second)).toBe(0);
  });
});

describe('the way of rules', () => {
  const rules = (count: number): string[] => Array.from({ length: count }, (_, index) => `${index + 1}/tcp`);
  const found = { zone: 'public', bus: true } as const;

  it.each([
    ['D-Bus', found, BUS_RULES, true],
    ['firewall-cmd for many rules, in one start', found, BUS_RULES + 1, false],
    ['firewall-cmd without D-Bus', { zone: 'public' }, 1, false],
    ['firewall-cmd where the zone is not known', { bus: true } as const, 1, false],
  ])('is %s', (_way, facts, count, bus) => {
    const target = ruleTarget(facts, rules(count));
    expect(target.bus === true).toBe(bus);
    const shown = opening('firewalld', rules(count), target);
    expect(shown.some((line) => line.startsWith('# by busctl'))).toBe(bus);
  });
});
