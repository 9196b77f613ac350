#!/usr/bin/env node
/** The command line: runs the build. */
import { existsSync } from 'node:fs';

const entry = new URL('../dist/main/cli/main.js', import.meta.url);

if (existsSync(entry)) {
  const { main } = await import(entry.href);
  await main();
} else {
  process.stderr.write('error: Raftyard is not built yet — run: npm install && npm run build\n');
  process.exitCode = 1;
}
