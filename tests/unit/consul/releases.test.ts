import { describe, expect, it } from 'vitest';
import {
  FAULTS,
  faultsOf,
  imageFamily,
  isOutOfSupport,
  isUntried,
  offeredImages,
  RECOMMENDED,
  RELEASES,
  stopsBetween,
  upgradeProblem,
} from '../../../src/shared/consul/index.js';
import { compareVersions, parseVersion } from '../../../src/shared/consul/version.js';
import { DEFAULT_IMAGE } from '../../../src/shared/topology/index.js';

const WAY = ['1.10.12', '1.12.9', '1.14.11', '1.16.6', '1.18.2', '1.20.6'];

describe('the table of releases', () => {
  it('is in order, and stops at no patch with a fault', () => {
    const versions = RELEASES.flatMap(({ patch }) => parseVersion(patch) ?? []);
    expect(versions).toHaveLength(RELEASES.length);
    for (const [index, version] of versions.entries())
      if (index > 0) expect(compareVersions(versions[index - 1] ?? version, version)).toBeLessThan(0);
    for (const { line, patch } of RELEASES) {
      expect(patch.startsWith(`${line}.`)).toBe(true);
      expect(faultsOf(patch, true), patch).toEqual([]);
    }
  });

  it('gives a reason for each fault, at both ends and not beyond', () => {
    for (const fault of FAULTS) {
      expect(fault.reason.length).toBeGreaterThan(10);
      for (const version of [fault.from, fault.to]) expect(faultsOf(version, true)).toContain(fault);
    }
    expect(faultsOf('1.19.2')).toEqual([]);
    expect(faultsOf('1.13.0')).toHaveLength(2);
    expect(faultsOf('1.10.2')).toEqual([]);
    expect(faultsOf('1.10.2', true)).toHaveLength(1);
    expect(faultsOf('2.0.4+ent')).toHaveLength(1);
    for (const unknown of [undefined, '', 'latest', '1.22']) expect(faultsOf(unknown)).toEqual([]);
  });

  it('knows what is in support', () => {
    expect(['1.8.7', '1.22', '1.22.7', '0.5.2', '1.7.0'].map(isOutOfSupport)).toEqual(Array(5).fill(true));
    expect(isOutOfSupport('2.0.1')).toBe(false);
    expect(['2.1.0', 'edge', undefined].map(isOutOfSupport)).toEqual([undefined, undefined, undefined]);
    expect(['1.22.7', '2.0.3', '2.1', undefined].map(isUntried)).toEqual([false, true, true, false]);
  });

  it('begins new documents with a full version in support and without a fault', () => {
    expect(DEFAULT_IMAGE).toBe(`hashicorp/consul:${RECOMMENDED}`);
    expect(parseVersion(RECOMMENDED)?.patch).toBeDefined();
    expect(isOutOfSupport(RECOMMENDED)).toBe(false);
    expect(faultsOf(RECOMMENDED)).toEqual([]);
  });
});

describe('the images that are offered', () => {
  it('are full versions without a known fault, the newest first', () => {
    const [first, ...others] = offeredImages();
    expect(first?.image).toBe(DEFAULT_IMAGE);
    expect(others.length).toBeGreaterThan(4);
    for (const { image, version } of offeredImages()) {
      expect(imageFamily(image).version).toBe(version);
      expect(parseVersion(version)?.patch).toBeDefined();
      expect(faultsOf(version)).toEqual([]);
    }
  });
});

describe('the way between two versions', () => {
  it.each([
    ['1.8.7', '1.22', WAY],
    ['1.8.7', '2.0.3', [...WAY, '1.22.7']],
    ['0.8.5', '1.9.0', ['1.2.4', '1.6.10', '1.8.19']],
    ['0.8.4', '1.2.4', ['0.8.5']],
    ['1.12.0', '1.15.0', ['1.14.11']],
    ['1.20.0', '2.0.0', ['1.22.7']],
    ['1.21.4', '2.0.3', []],
    ['1.8.7', '1.10.12', []],
    ['0.7.5', '1.2.4', ['0.8.5']],
    ['0.5.2', '1.22', undefined],
    ['1.22', '9.0', undefined],
  ])('%s → %s', (from, to, stops) => {
    expect(stopsBetween(from, to)).toEqual(stops);
  });

  it('is made of jumps that Consul takes, from every line to every later one', () => {
    for (const { patch: from } of RELEASES)
      for (const { patch: to } of RELEASES) {
        if (compareVersions(parseVersion(from) ?? never(), parseVersion(to) ?? never()) >= 0) continue;
        const way = [from, ...(stopsBetween(from, to) ?? never()), to];
        for (const [index, stop] of way.slice(1).entries())
          expect(upgradeProblem(way[index] ?? '', stop), `${from} → ${to} at ${stop}`).toBeNull();
      }
  });

  it('is another one for Enterprise', () => {
    expect(stopsBetween('1.15.11', '2.0.3', true)).toEqual(['1.18.2', '1.21.4']);
    expect(upgradeProblem('1.15.4', '1.18.2', true)).toBeNull();
    expect(upgradeProblem('1.15.4', '1.18.2')).toContain('at most two releases');
    expect(upgradeProblem('1.21.4', '2.0.3', true)).toContain('1.21.7');
    expect(upgradeProblem('1.21.7', '2.0.3', true)).toBeNull();
  });
});

function never(): never {
  throw new Error('not a version, or no way');
}

describe('upgradeProblem', () => {
  it.each([
    ['1.22.0', '1.22.3'],
    ['1.22.1', '1.22'],
    ['1.20.1', '1.22'],
    ['1.21.7', '2.0.0'],
    ['1.22.0', '2.0'],
    ['0.9.3', '1.0.0'],
    ['0.8.5', '1.2.4'],
    ['1.2.4', '1.6.10'],
    ['1.6.9', '1.8.19'],
    ['1.8.7', '1.10.12'],
    ['0.6.4', '0.8.5'],
    ['edge', '1.22'],
    ['1.22', 'latest'],
  ])('%s → %s is supported, or not known', (from, to) => {
    expect(upgradeProblem(from, to)).toBeNull();
  });

  it.each([
    ['1.22.3', '1.22.1', 'no way back'],
    ['1.22', '1.21', 'no way back'],
    ['2.0.0', '1.22', 'no way back'],
    ['0.5.2', '1.22', 'export the data and rebuild'],
    ['0.5.2', '0.6.4', 'export the data and rebuild'],
    ['0.7.5', '1.22', 'export the data and rebuild'],
    ['0.8.4', '1.9.0', '0.8.5, then 1.2.4, then 1.6.10, then 1.8.19, then 1.9.0'],
    ['1.8.7', '1.22', `${WAY.join(', then ')}, then 1.22`],
    ['1.12.0', '1.15.0', 'at most two releases'],
    ['1.20.0', '2.0.0', '1.22.7, then 2.0.0'],
    ['1.22', '9.0', 'no upgrade path'],
  ])('%s → %s is refused', (from, to, words) => {
    expect(upgradeProblem(from, to)).toContain(words);
  });
});
