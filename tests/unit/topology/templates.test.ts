import { describe, expect, it } from 'vitest';
import {
  canBeSecure,
  fromTemplate,
  hostsOf,
  NOT_SECURED,
  readTopology,
  TEMPLATE_SHAPES,
  TEMPLATES,
  WHOLLY_SECURED,
} from '../../../src/shared/topology/index.js';

const addresses = (count: number) => Array.from({ length: count }, (_, i) => `192.0.2.${i + 1}`);

describe.each(TEMPLATES)('template %s', (template) => {
  it('is valid once its hosts have addresses, with one flag in each datacenter', () => {
    const text = fromTemplate(template, {
      name: 'shop',
      addresses: addresses(hostsOf(template)),
      user: 'op',
    });
    const { topology, findings } = readTopology(text);
    expect(findings.filter((f) => f.severity === 'error')).toEqual([]);
    const roles = (role: string) =>
      topology?.datacenters.map((dc) => dc.nodes.filter((node) => node.role === role).length);
    const { datacenters, clients = 0 } = TEMPLATE_SHAPES[template];
    expect(roles('server')).toEqual(datacenters);
    expect(roles('client')).toEqual(datacenters.map((_, index) => (index === 0 ? clients : 0)));
    for (const dc of topology?.datacenters ?? []) expect(dc.nodes.filter((n) => n.bootstrap)).toHaveLength(1);
    expect(topology?.hosts.every((host) => host.ssh.user === 'op')).toBe(true);
  });

  it('plans without a warning that its reader has not chosen', () => {
    const text = fromTemplate(template, { name: 'shop', addresses: addresses(hostsOf(template)) });
    const warned = readTopology(text).findings.map(({ code }) => code);
    const chosen: Partial<Record<typeof template, string>> = {
      one: 'few-servers',
      tutorial: 'classic-style',
    };
    expect(warned).toEqual([chosen[template] ?? []].flat());
  });

  it('is secured from the start unless it is told not to be, or cannot be', () => {
    const addressed = { name: 'shop', addresses: addresses(hostsOf(template)) };
    const secure = (text: string) => readTopology(text).topology?.secure;
    const possible = canBeSecure(template);
    expect(possible).toBe(template !== 'tutorial');
    expect(secure(fromTemplate(template, addressed))).toEqual(possible ? WHOLLY_SECURED : NOT_SECURED);
    expect(secure(fromTemplate(template, { ...addressed, secure: false }))).toEqual(NOT_SECURED);
  });

  it('says which addresses are still to be given', () => {
    const { findings } = readTopology(fromTemplate(template, { name: 'shop', addresses: [] }));
    const missing = findings.filter((f) => f.severity === 'error' && f.path.at(-1) === 'address');
    expect(missing).toHaveLength(hostsOf(template));
  });

  it('has an identity of its own each time', () => {
    const id = () =>
      readTopology(fromTemplate(template, { name: 'a', addresses: addresses(9) })).topology?.id;
    expect(id()).not.toBe(id());
  });
});

describe('the template of services', () => {
  it('has a web service with its check beside each client, and names for containers', () => {
    const text = fromTemplate('services', { name: 'shop', addresses: addresses(hostsOf('services')) });
    const { topology } = readTopology(text);
    expect(topology?.dns).toEqual({
      containers: true,
      hosts: false,
      upstream: [],
      search: ['service.consul'],
    });
    const nodes = topology?.datacenters.flatMap((datacenter) => datacenter.nodes) ?? [];
    for (const { role, services } of nodes)
      expect(services?.map(({ name, port, checks }) => [name, port, checks.length])).toEqual(
        role === 'client' ? [['web', 80, 1]] : undefined,
      );
    // Written out for each client: an alias would change both when one is edited.
    expect(text).not.toMatch(/[&*]a\d/);
  });
});
