import { expect, it } from 'vitest';
import { releaseNotes } from '../../../../src/renderer/features/topology/inspector/release.js';

it.each([
  ['hashicorp/consul:1.19.0', '1.19.0', ['fault', 'ended']],
  ['hashicorp/consul:1.22.7', '1.22.7', ['ended']],
  ['hashicorp/consul:2.0.4', '2.0.4', ['fault', 'untried']],
  ['hashicorp/consul:2.0.3', '2.0.3', ['untried']],
  ['hashicorp/consul-enterprise:1.21.4-ent', '1.21.4', []],
  ['hashicorp/consul:latest', undefined, []],
])('%s is marked %j', (image, version, marks) => {
  const notes = releaseNotes(image, version);
  expect(notes.map(({ mark }) => mark)).toEqual(marks);
  for (const { mark, reason } of notes) expect(reason === undefined).toBe(mark !== 'fault');
});
