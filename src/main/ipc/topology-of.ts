import { RaftyardError } from '../../shared/errors.js';
import { readTopology } from '../../shared/topology/index.js';
import type { Topology } from '../../shared/topology/types.js';

/** @throws RaftyardError invalid-topology */
export function topologyOf(text: string): Topology {
  const { topology, findings } = readTopology(text);
  if (topology !== undefined) return topology;
  const first = findings.find((finding) => finding.severity === 'error');
  throw new RaftyardError('invalid-topology', first?.message ?? 'the topology is not valid', {
    hint: 'The problems panel says where.',
  });
}
