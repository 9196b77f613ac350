import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ACCEPTED, licencesPage, shippedPackages } from '../../../scripts/lib/licences.mjs';

describe('what is shipped', () => {
  it('is listed with its licences as the lock file has it (npm run licences)', () => {
    expect(readFileSync('docs/licences.md', 'utf8')).toBe(licencesPage('.'));
  });

  it('may be shipped', () => {
    const shipped = shippedPackages('.');
    const names = shipped.map(({ name }) => name);
    for (const name of ['ssh2', 'dockerode', 'react', 'zustand', '@xyflow/react', '@xyflow/system'])
      expect(names).toContain(name);
    // What only builds and tests is not.
    for (const name of ['vitest', 'playwright', 'typescript', 'electron-builder'])
      expect(names).not.toContain(name);
    const allowed = (licence: string): boolean =>
      licence
        .replace(/[()]/g, '')
        .split(' OR ')
        .some((one) => ACCEPTED.has(one));
    expect(shipped.filter(({ licence }) => !allowed(licence))).toEqual([]);
  });
});
