import { describe, expect, it } from 'vitest';
import { offersOf, placeOf } from '../../../../src/renderer/features/topology/inspector/offers.js';
import { offeredImages } from '../../../../src/shared/consul/index.js';

describe('the offers', () => {
  const table = offeredImages().map(({ image }) => image);

  it('are the table until the registry has said what it has', () => {
    expect(offersOf('hashicorp/consul:1.22', undefined)).toEqual({
      listed: [],
      known: [...table, 'progrium/consul'],
    });
  });

  it('are what it has then, under the document’s own name, and other images after them', () => {
    const digest = `@sha256:${'a'.repeat(64)}`;
    expect(offersOf(`hashicorp/consul:1.22${digest}`, ['2.0.3', '1.8.7'])).toEqual({
      listed: ['hashicorp/consul:2.0.3', 'hashicorp/consul:1.8.7'],
      known: ['progrium/consul'],
    });
    const own = offersOf('registry.example:5000/consul', ['1.21.4']);
    expect(own.listed).toEqual(['registry.example:5000/consul:1.21.4']);
    expect(own.known).toEqual(expect.arrayContaining(table));
  });

  it('are narrowed by what is typed, and never to nothing', () => {
    const versions = ['2.0.3', '1.22.7', '1.21.4'];
    expect(offersOf('hashicorp/consul:1.2', versions, 'hashicorp/consul:1.2').listed).toEqual([
      'hashicorp/consul:1.22.7',
      'hashicorp/consul:1.21.4',
    ]);
    expect(offersOf('hashicorp/consul:7', versions, 'hashicorp/consul:7').listed).toHaveLength(3);
  });
});

describe('a list of versions', () => {
  it('is of a repository, a mirror and a user, whatever the tag', () => {
    const place = placeOf('hashicorp/consul:1.22', '', '');
    expect(placeOf('docker.io/hashicorp/consul:2.0.3', '', '')).toBe(place);
    for (const other of [
      placeOf('hashicorp/consul', 'registry.example', ''),
      placeOf('hashicorp/consul', '', 'puller'),
      placeOf('hashicorp/consul-enterprise', '', ''),
    ])
      expect(other).not.toBe(place);
    // While it is typed it may be anything.
    for (const text of ['', ':', '/', 'a/b/', '@', 'x:y:z'])
      expect(() => placeOf(text, text, text)).not.toThrow();
  });
});
