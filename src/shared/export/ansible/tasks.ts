/** Parts of tasks. */

export type Task = Readonly<Record<string, unknown>>;

/** A command that only looks: it runs in check mode too, and never counts as a change. */
export function look(
  name: string,
  argv: readonly string[] | string,
  register: string,
  good: readonly number[],
): Task {
  return {
    name,
    'ansible.builtin.command': { argv },
    register,
    changed_when: false,
    check_mode: false,
    failed_when: `${register}.rc not in [${good.join(', ')}]`,
  };
}

/** A command whose failure is an answer too: the program may not even be there. */
export function probe(name: string, argv: readonly string[], register: string, more: Task = {}): Task {
  return {
    name,
    'ansible.builtin.command': { argv },
    register,
    changed_when: false,
    check_mode: false,
    failed_when: false,
    ...more,
  };
}
