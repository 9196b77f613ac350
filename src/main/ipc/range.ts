/** The practice range: hosts on this computer, to try things on. */
import { rangeDown, rangeStatus, rangeTopology, rangeUp } from '../range/index.js';
import type { Dialogs } from './dialogs.js';
import type { Handlers } from './gateway.js';
import type { Tasks } from './tasks.js';

export function rangeHandlers(tasks: Tasks, dialogs: Pick<Dialogs, 'openConsul'>): Handlers {
  return {
    'range:status': async () => {
      const range = await rangeStatus();
      const up = range !== null && range.hosts.length > 0 && range.hosts.every((host) => host.running);
      return {
        up,
        hosts: range?.hosts.length ?? 0,
        text: up ? rangeTopology() : null,
        consul: range?.images[0] ?? null,
      };
    },
    'range:choose-consul': async () => {
      const paths = await dialogs.openConsul();
      return paths === null ? null : { paths };
    },
    'range:up': ({ task, hosts, consul }) =>
      tasks.run(task, async (signal) => {
        await rangeUp({
          signal,
          onProgress: tasks.note(task),
          ...(hosts === undefined ? {} : { hosts }),
          ...(consul === undefined ? {} : { consul }),
        });
        return { text: rangeTopology() };
      }),
    'range:down': ({ task }) =>
      tasks.run(task, async () => ({
        removed: await rangeDown('default', { onProgress: tasks.note(task) }),
      })),
  };
}
