import type { Io, Output } from '../../../src/main/cli/io.js';
import { run } from '../../../src/main/cli/run.js';
import type { ClusterServices, RangeServices, Services } from '../../../src/main/cli/services.js';
import { RaftyardError } from '../../../src/shared/errors.js';

export interface FakeIo extends Io {
  readonly out: string[];
  readonly errors: string[];
  readonly questions: string[];
  /** As Ctrl-C does. */
  interrupt(): void;
  abandoned: number | undefined;
}

export interface FakeOptions {
  readonly tty?: boolean;
  readonly answers?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

function output(sink: string[], isTTY: boolean): Output {
  return { write: (text) => void sink.push(text), isTTY, columns: 80 };
}

/** A terminal, or none, with answers prepared. */
export function fakeIo({ tty = false, answers = [], env = {} }: FakeOptions = {}): FakeIo {
  const out: string[] = [];
  const errors: string[] = [];
  const questions: string[] = [];
  const left = [...answers];
  const listeners = new Set<() => void>();
  const ask = async (question: string): Promise<string | null> => {
    questions.push(question);
    return left.shift() ?? null;
  };
  return {
    out,
    errors,
    questions,
    stdout: output(out, tty),
    stderr: output(errors, tty),
    env,
    interactive: tty,
    ask,
    askHidden: ask,
    onInterrupt: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    interrupt: () => {
      for (const listener of [...listeners]) listener();
    },
    abandoned: undefined,
    abandon(code) {
      this.abandoned = code;
    },
  };
}

const unexpected = (): never => {
  throw new Error('this command must not touch a host');
};

const CLUSTER = ['preflight', 'applyPlan', 'status', 'importCluster', 'createConnector'];
const RANGE = ['rangeUp', 'rangeStatus', 'rangeDown', 'rangeTopology'];

/** No run was cut short before. */
class QuietJournal {
  interrupted(): null {
    return null;
  }
}

function only(names: readonly string[], given: object): object {
  return { ...Object.fromEntries(names.map((name) => [name, unexpected])), ...given };
}

/** As the real one, with nothing to lock. */
const unlocked = ({ applyPlan = unexpected }: Partial<ClusterServices>) =>
  (async (topology, context, { plan: make, agreed, begin, ...options }) => {
    const plan = await make(context);
    if (agreed !== undefined && agreed.id !== plan.id)
      throw new RaftyardError('plan-outdated', 'the hosts have changed since the plan was made');
    return (await begin(plan)) ? await applyPlan(topology, plan, context, options) : null;
  }) as ClusterServices['applyUnderLock'];

/** Services of which only the given ones may be called. */
export function fakeServices(
  cluster: Partial<ClusterServices> = {},
  range: Partial<RangeServices> = {},
): Services {
  const applyUnderLock = unlocked(cluster);
  return {
    cluster: async () =>
      only(CLUSTER, { Journal: QuietJournal, applyUnderLock, ...cluster }) as ClusterServices,
    range: async () => only(RANGE, range) as RangeServices,
  };
}

export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly io: FakeIo;
}

export async function raftyard(
  argv: readonly string[],
  io = fakeIo(),
  services = fakeServices(),
): Promise<Ran> {
  const code = await run(argv, io, services);
  return { code, stdout: io.out.join(''), stderr: io.errors.join(''), io };
}
