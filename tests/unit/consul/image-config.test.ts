import { describe, expect, it } from 'vitest';
import {
  hasOfficialEntrypoint,
  imageFamily,
  isEnterprise,
  isUbi,
  versionOfImage,
  versionOfProgram,
} from '../../../src/shared/consul/index.js';

const label = (title: string | undefined, version: string): Record<string, string> => ({
  'org.opencontainers.image.version': version,
  ...(title === undefined ? {} : { 'org.opencontainers.image.title': title }),
});

describe('the version of an image by its configuration', () => {
  it.each([
    [['CONSUL_VERSION=1.8.7'], {}, '1.8.7'],
    [['PRODUCT_NAME=consul', 'PRODUCT_VERSION=1.21.4'], {}, '1.21.4'],
    [['BIN_NAME=consul', 'PRODUCT_VERSION=1.11.11'], {}, '1.11.11'],
    [['PRODUCT_NAME=consul-enterprise', 'PRODUCT_VERSION=1.21.4+ent'], {}, '1.21.4+ent'],
    [['PRODUCT_NAME=consul', 'PRODUCT_VERSION=1.21.4'], label('shop', '7.0.0'), '1.21.4'],
    [[], label('consul', '1.18.2'), '1.18.2'],
    // Of the image it was built from, of another product, of nothing that is a version.
    [[], label(undefined, '3.19.1'), undefined],
    [[], label('shop', '7.0.0'), undefined],
    [['PRODUCT_NAME=vault', 'PRODUCT_VERSION=1.15.0'], {}, undefined],
    [['PRODUCT_VERSION=1.15.0'], {}, undefined],
    [['CONSUL_VERSION=latest'], {}, undefined],
    [[`CONSUL_VERSION=1.2.3${'x'.repeat(50)}`], {}, undefined],
  ])('%j %j: %s', (env, labels, version) => {
    expect(versionOfImage({ env, labels })).toBe(version);
  });

  it('is read from what the program prints', () => {
    expect(versionOfProgram('Consul v1.21.4\r\nRevision 9c1a4b6\r\n')).toBe('1.21.4');
    expect(versionOfProgram('Consul v1.22.0-dev\n')).toBe('1.22.0-dev');
    expect(versionOfProgram('exec: "consul": not found')).toBeUndefined();
  });

  it('goes before the tag, but for the image that was frozen', () => {
    expect(imageFamily('registry.example/consul:prod', '1.11.11').version).toBe('1.11.11');
    expect(imageFamily('hashicorp/consul:1.22', '1.21.4').version).toBe('1.21.4');
    expect(imageFamily('consul@sha256:01', '0.7.5').datacenterFlag).toBe('-dc');
    expect(imageFamily('progrium/consul', '1.8.7').version).toBe('0.5.2');
  });
});

it('tells kinds of images apart', () => {
  expect(hasOfficialEntrypoint(['docker-entrypoint.sh'])).toBe(true);
  expect(hasOfficialEntrypoint(['/usr/local/bin/docker-entrypoint.sh'])).toBe(true);
  expect(hasOfficialEntrypoint(['/bin/consul'])).toBe(false);
  expect(hasOfficialEntrypoint([])).toBe(false);
  expect(['hashicorp/consul:1.21.4-ubi', 'hashicorp/consul:1.21.4'].map(isUbi)).toEqual([true, false]);
  expect(isEnterprise('hashicorp/consul-enterprise:1.21.4-ent')).toBe(true);
  expect(isEnterprise('registry.example/consul:prod', '1.21.4+ent')).toBe(true);
  expect(isEnterprise('hashicorp/consul:1.21.4', '1.21.4')).toBe(false);
});
