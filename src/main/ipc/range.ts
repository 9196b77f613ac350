/** The practice range: hosts on this computer, to try things on. */
import { rangeDown, rangeStatus, rangeTopology, rangeUp } from '../range/index.js';
import type { Handlers } from './gateway.js';
import type { Tasks } from './tasks.js';

export function rangeHandlers(tasks: Tasks): Handlers {
  return {
    'range:status': async () => {
      const range = await rangeStatus();
      const up = range !== null && range.hosts.length > 0 && range.hosts.every((host) => host.running);
      return { up, hosts: range?.hosts.length ?? 0, text: up ? rangeTopology() : null };
    },
    'range:up': ({ task, hosts }) =>
      tasks.run(task, async (signal) => {
        await rangeUp({ signal, onProgress: tasks.note(task), ...(hosts === undefined ? {} : { hosts }) });
        return { text: rangeTopology() };
      }),
    'range:down': ({ task }) =>
      tasks.run(task, async () => ({
        removed: await rangeDown('default', { onProgress: tasks.note(task) }),
      })),
  };
}
