import { homedir } from 'node:os';
import { join } from 'node:path';

/** Where Raftyard keeps what belongs to this computer: RAFTYARD_HOME, else the platform's place for application data. */
export function raftyardHome(): string {
  const own = process.env['RAFTYARD_HOME'];
  if (own !== undefined && own !== '') return own;
  if (process.platform === 'darwin') return join(homedir(), 'Library', 'Application Support', 'raftyard');
  if (process.platform === 'win32')
    return join(process.env['APPDATA'] ?? join(homedir(), 'AppData', 'Roaming'), 'raftyard');
  return join(process.env['XDG_DATA_HOME'] ?? join(homedir(), '.local', 'share'), 'raftyard');
}
