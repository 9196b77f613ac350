/** A display for windows: the person's own, or one without a screen for machines that have none. */
import { spawn } from 'node:child_process';
import { platform } from 'node:os';
import { has, Stop } from './run.mjs';

const START_MS = 15_000;
const SCREEN = '1600x1000x24';

/** Whether windows can be seen by somebody: always outside Linux, there where a display is named. */
export function hasDisplay(env = process.env) {
  return platform() !== 'linux' || Boolean(env.DISPLAY || env.WAYLAND_DISPLAY);
}

/** The number that Xvfb took, which it writes to its file descriptor 3 once it listens. */
function number(child, said) {
  return new Promise((done, fail) => {
    let text = '';
    const timer = setTimeout(() => fail(new Stop(`Xvfb did not start: ${said() || 'no answer'}`)), START_MS);
    const end = (settle, value) => {
      clearTimeout(timer);
      settle(value);
    };
    child.stdio[3].on('data', (chunk) => {
      text += chunk;
      if (/^\d+\n/.test(text)) end(done, Number.parseInt(text, 10));
    });
    child.once('error', (error) => end(fail, new Stop(`Cannot run Xvfb: ${error.message}`)));
    child.once('close', (code) => end(fail, new Stop(`Xvfb ended at once (${code}): ${said()}`)));
  });
}

/**
 * Gives programs a display.
 * @returns {Promise<{ env: Record<string, string>, own: boolean, stop: () => Promise<void> }>} env: to be
 *   added to a program's environment; own: whether an Xvfb was started for it; stop: ends it
 * @throws {Stop} where there is neither a display nor Xvfb
 */
export async function display() {
  if (hasDisplay()) return { env: {}, own: false, stop: async () => {} };
  if (!has('Xvfb'))
    throw new Stop('There is no display, and Xvfb, which stands in for one, is not installed.');
  // -displayfd lets Xvfb itself choose a free number, so that two at the same time cannot meet.
  const argv = ['-displayfd', '3', '-screen', '0', SCREEN, '-nolisten', 'tcp', '-noreset'];
  const child = spawn('Xvfb', argv, { stdio: ['ignore', 'ignore', 'pipe', 'pipe'] });
  let said = '';
  child.stderr.on('data', (chunk) => {
    said = (said + chunk).slice(-2_000);
  });
  const kill = () => child.kill('SIGTERM');
  // An Xvfb must not outlive a script that ends by itself or by an exception.
  process.once('exit', kill);
  const stop = () =>
    new Promise((done) => {
      process.removeListener('exit', kill);
      if (child.exitCode !== null || child.signalCode !== null) return done();
      child.ref();
      child.once('exit', () => done());
      kill();
    });
  try {
    const taken = await number(child, () => said.trim());
    child.unref();
    child.stderr.unref();
    child.stdio[3].unref();
    return { env: { DISPLAY: `:${taken}` }, own: true, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
