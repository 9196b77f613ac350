/** Set-up of the tests: what does not need the other is made at the same time. */
import { hasDisplay } from './display.mjs';
import { electronRuntime } from './electron.mjs';
import { installTogether } from './electron-packages.mjs';
import { Stop } from './run.mjs';
import { setUp } from './setup.mjs';

/** Like Promise.all, but nothing goes on in the background when one fails. */
async function together(...work) {
  const results = await Promise.allSettled(work);
  const failed = results.find(({ status }) => status === 'rejected');
  if (failed !== undefined) throw failed.reason;
  return results.map(({ value }) => value);
}

/**
 * npm's packages and the build beside the system's packages; then the practice range beside Electron's runtime.
 * @template T
 * @param {Record<string, string>} programs program → Debian package
 * @param {() => Promise<T>} range raises the practice range; called once dist is built
 * @returns {Promise<T>} what `range` gives
 */
export async function setUpTests(programs, range) {
  await together(setUp(), installTogether(programs, { display: !hasDisplay(), fonts: true }));
  const runtime = electronRuntime().catch((error) => {
    if (!(error instanceof Stop) || error.message === 'Cancelled.') throw error;
    // The tests in the window say it, and fail; the others need none.
    console.log(error.message);
  });
  const [raised] = await together(range(), runtime);
  return raised;
}
