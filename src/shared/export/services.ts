/** What a host's README says of services: where they are written, and how the agent hears of a change. */
import type { DesiredNode } from '../desired/types.js';
import { commandLine } from '../shell/quote.js';
import { code, shellBlock } from './text.js';

/** `docker exec CONTAINER consul reload`. */
export const reloadInContainer = ({ container }: DesiredNode): string[] => [
  'docker',
  'exec',
  container.name,
  'consul',
  'reload',
];

/**
 * @param file Where the agent reads them.
 * @param change Commands that bring a change to that file.
 * @param reload The command that lets the agent read it.
 */
export function servicesSection(
  node: DesiredNode,
  file: string,
  change: readonly string[],
  reload: readonly string[],
): string[] {
  if (node.services?.file === undefined) return [];
  const names = [...new Set(node.services.registered.map(({ name }) => code(name)))].join(', ');
  return [
    '## Services (服务)',
    `The agent registers ${names} and runs the checks: they are in ${code(file)}. After a change there it reads them anew, and nothing is restarted:`,
    `服务及其健康检查写在 ${code(file)} 中;修改后执行以下命令重新读取,无需重启:`,
    shellBlock([...change, commandLine(reload)]),
  ];
}
