import type { DesiredNode } from '../desired/types.js';
import type { PlanIssue, Step, StepAction } from './types.js';

type Draft = Omit<Step, 'id' | 'host' | 'action' | 'needs' | 'needsRoot' | 'commands' | 'risk'> &
  Partial<Pick<Step, 'needs' | 'needsRoot' | 'commands' | 'risk'>>;

/** Collects steps and issues in order and numbers the steps of each host. */
export class PlanBuilder {
  readonly steps: Step[] = [];
  readonly issues: PlanIssue[] = [];
  readonly #counts = new Map<string, number>();

  /** Adds a step and gives its id. */
  add(host: string, action: StepAction, draft: Draft): string {
    const key = `${host}/${action.kind}`;
    const count = (this.#counts.get(key) ?? 0) + 1;
    this.#counts.set(key, count);
    const id = `${key}/${count}`;
    this.steps.push({ needs: [], needsRoot: false, commands: [], risk: 'low', ...draft, id, host, action });
    return id;
  }

  issue(issue: PlanIssue): void {
    this.issues.push(issue);
  }
}

/** Steps of one host run one after another: each needs the one before. */
export class Lane {
  #last: string | undefined;
  #ids: string[] = [];
  #turn: { readonly needs: readonly string[]; begun: boolean } | undefined;

  constructor(
    readonly builder: PlanBuilder,
    readonly node: DesiredNode,
  ) {}

  add(action: StepAction, draft: Draft): string {
    const needs = [
      ...(draft.needs ?? []),
      ...(this.#turn?.begun === false ? this.#turn.needs : []),
      ...(this.#last === undefined ? [] : [this.#last]),
    ];
    const turn =
      this.#turn === undefined ? {} : { turn: this.#turn.begun ? ('goes on' as const) : ('begins' as const) };
    const id = this.builder.add(this.node.host, action, { ...draft, ...turn, node: this.node.node, needs });
    if (this.#turn !== undefined) this.#turn.begun = true;
    this.#last = id;
    this.#ids.push(id);
    return id;
  }

  /**
   * Adds the files of an agent that is stopped within its turn: the first of the steps waits for the steps that come before the
   * turn, and for the cluster to be able to spare the agent.
   */
  turn(needs: readonly string[], add: () => void): void {
    this.#turn = { needs, begun: false };
    add();
    this.#turn = undefined;
  }

  get last(): string | undefined {
    return this.#last;
  }

  get ids(): readonly string[] {
    return this.#ids;
  }
}
