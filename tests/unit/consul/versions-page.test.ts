import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { versionsPage } from '../../../src/shared/consul/versions-page.js';

it('docs/consul-versions.md is what the tables say (npm run consul-versions)', () => {
  expect(readFileSync('docs/consul-versions.md', 'utf8')).toBe(versionsPage());
});
