/** Hosts given on the command line: `[name=]user@address[:port]`. */
import { RaftyardError } from '../../shared/errors.js';
import { isHostName, isIpAddress, sshSettings } from '../../shared/topology/index.js';
import type { Host } from '../../shared/topology/types.js';

const FORM = /^(?:([^=@\s]+)=)?(?:([^@\s]+)@)?(?:\[([^\]\s]+)\]|([^:\s[\]]+))(?::(\d{1,5}))?$/;

function wrong(text: string, why: string): RaftyardError {
  return new RaftyardError('usage', `--host ${JSON.stringify(text)}: ${why}`, {
    hint: 'Write it as [NAME=]USER@ADDRESS[:PORT], an IPv6 address in square brackets.',
  });
}

/** A name for a host of which only the address is known: its DNS name's first part, else host01, host02, … */
function nameFor(address: string, index: number, taken: ReadonlySet<string>): string {
  const first = isIpAddress(address) ? '' : (address.split('.')[0] ?? '');
  const numbered = `host${String(index + 1).padStart(2, '0')}`;
  return first === '' || first === 'localhost' || taken.has(first) ? numbered : first;
}

/** @throws RaftyardError usage */
export function parseHosts(given: readonly string[], identity?: string): Host[] {
  const taken = new Set<string>();
  return given.map((text, index) => {
    const match = FORM.exec(text);
    if (match === null) throw wrong(text, 'this is no host');
    const [, named, user, bracketed, bare, portText] = match;
    const address = bracketed ?? bare ?? '';
    if (address.startsWith('-') || !(isIpAddress(address) || isHostName(address)))
      throw wrong(text, 'neither an IP address nor a host name');
    const port = portText === undefined ? 22 : Number(portText);
    if (port < 1 || port > 65_535) throw wrong(text, 'a port is from 1 to 65535');
    const name = named ?? nameFor(address, index, taken);
    if (!isHostName(name)) throw wrong(text, `${JSON.stringify(name)} cannot name a host`);
    if (taken.has(name)) throw wrong(text, `two hosts are named ${name}`);
    taken.add(name);
    return {
      name,
      address,
      advertise: isIpAddress(address) ? address : '',
      ssh: sshSettings({
        port,
        ...(user === undefined ? {} : { user }),
        ...(identity === undefined ? {} : { identity }),
      }),
    };
  });
}
