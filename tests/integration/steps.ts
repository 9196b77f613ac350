/** How tests belong together: steps of one story, and those that CI leaves out. */
import { describe, it, type RunnerTask, type TestContext } from 'vitest';

/**
 * What CI leaves out: more cases of a kind that it has one of, more orders, more combinations. `npm run test:more` runs
 * them too; docs/testing.md says where CI's proof of each stands, and when these were last seen to pass.
 */
const MORE = process.env['RAFTYARD_TEST_MORE'] === '1';
export const more = { it: it.runIf(MORE), describe: describe.runIf(MORE), MORE };

const testsOf = (tasks: readonly RunnerTask[]): readonly RunnerTask[] =>
  tasks.flatMap((task) => (task.type === 'suite' ? testsOf(task.tasks) : [task]));

function skipAfterFailure({ task, skip }: TestContext, steps: readonly RunnerTask[]): void {
  const failed = steps.slice(0, steps.indexOf(task)).find(({ result }) => result?.state === 'fail');
  if (failed !== undefined) skip(`“${failed.name}” failed, and this begins where it ends`);
}

/**
 * For `beforeEach` of a `describe` whose tests build on each other: after a step that failed, also at its second try,
 * the later ones are skipped, so that one fault is one failure.
 */
export function afterEarlierSteps(context: TestContext): void {
  skipAfterFailure(context, context.task.suite?.tasks ?? []);
}

/** The same for a file all of whose tests build on each other. */
export function afterEarlierTests(context: TestContext): void {
  skipAfterFailure(context, testsOf(context.task.file.tasks));
}
