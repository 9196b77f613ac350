#!/usr/bin/env node
/**
 * npm run dist: packages the app for this platform into release/. Arguments go to electron-builder
 * (`npm run dist -- --linux deb`, `-- --mac --arm64`, `-- --dir`). docs/packaging.md has the whole of it.
 */
import { join } from 'node:path';
import { heading, main, must, root, Stop } from './lib/run.mjs';
import { setUp } from './lib/setup.mjs';

/** Where installed apps will look for updates, as electron-builder's options; none: they do not look. */
function feed({ RAFTYARD_UPDATE_URL: url, RAFTYARD_UPDATE_GITHUB: github }) {
  if (url && github)
    throw new Stop('Set RAFTYARD_UPDATE_URL or RAFTYARD_UPDATE_GITHUB, for there is one feed only.');
  if (url) {
    if (!/^https:\/\/\S+$/.test(url)) throw new Stop('RAFTYARD_UPDATE_URL must begin with https://');
    return ['-c.publish.provider=generic', `-c.publish.url=${url}`];
  }
  if (github) {
    const [owner, repo, ...rest] = github.split('/');
    if (!owner || !repo || rest.length > 0)
      throw new Stop('RAFTYARD_UPDATE_GITHUB must be owner/repository.');
    return ['-c.publish.provider=github', `-c.publish.owner=${owner}`, `-c.publish.repo=${repo}`];
  }
  return [];
}

await main(async () => {
  const words = process.argv.slice(2);
  const publish = feed(process.env);
  heading('1/2  Set-up: npm dependencies and build');
  await setUp();
  heading('2/2  Packages');
  if (publish.length === 0) {
    console.log(
      'No update feed is named (RAFTYARD_UPDATE_URL, RAFTYARD_UPDATE_GITHUB): without self-update.',
    );
  }
  // Made here, uploaded by whoever releases: unless it is asked for, nothing leaves this computer.
  const upload = words.some((word) => /^(-p|--publish)\b/.test(word)) ? [] : ['--publish', 'never'];
  const builder = join(root, 'node_modules', 'electron-builder', 'cli.js');
  await must('Packaging', process.execPath, [builder, ...publish, ...upload, ...words]);
  console.log(`\nThe packages are in ${join(root, 'release')}.`);
});
