/** The app's log file, with what is secret left out. */

import { join } from 'node:path';
import { format } from 'node:util';
import log from 'electron-log/main.js';
import type { Redactor } from './redact.js';

const MAX_BYTES = 5 * 1024 * 1024;

/** Writes to `<folder>/raftyard.log`; what Electron and we say on the console goes there too. */
export function setupLog(folder: string, redactor: Redactor): void {
  log.transports.file.resolvePathFn = () => join(folder, 'raftyard.log');
  log.transports.file.maxSize = MAX_BYTES;
  log.transports.console.level = process.env['RAFTYARD_DEBUG'] === '1' ? 'debug' : 'error';
  log.hooks.push((message) => ({ ...message, data: [redactor.redact(format(...message.data))] }));
  process.on('uncaughtException', (error) => log.error('uncaught', error));
  process.on('unhandledRejection', (reason) => log.error('unhandled', reason));
}

export function write(level: 'info' | 'warn' | 'error', text: string): void {
  log[level](text);
}
