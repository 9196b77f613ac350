/** The use cases that the command line calls; loaded when a command needs them, so that `--help` stays quick. */
import type {
  ArchiveSource,
  applyPlan,
  applyUnderLock,
  fetchImage,
  importCluster,
  Journal,
  lookUp,
  pinImage,
  preflight,
  readDatacenter,
  registryFor,
  setMaintenance,
  status,
} from '../cluster/index.js';
import type { createConnector } from '../host/index.js';
import type { rangeDown, rangeStatus, rangeTopology, rangeUp } from '../range/index.js';

export interface ClusterServices {
  readonly preflight: typeof preflight;
  readonly applyPlan: typeof applyPlan;
  readonly applyUnderLock: typeof applyUnderLock;
  readonly fetchImage: typeof fetchImage;
  readonly ArchiveSource: typeof ArchiveSource;
  readonly registryFor: typeof registryFor;
  readonly pinImage: typeof pinImage;
  readonly status: typeof status;
  readonly lookUp: typeof lookUp;
  readonly readDatacenter: typeof readDatacenter;
  readonly setMaintenance: typeof setMaintenance;
  readonly importCluster: typeof importCluster;
  readonly Journal: typeof Journal;
  readonly createConnector: typeof createConnector;
}

export interface RangeServices {
  readonly rangeUp: typeof rangeUp;
  readonly rangeStatus: typeof rangeStatus;
  readonly rangeDown: typeof rangeDown;
  readonly rangeTopology: typeof rangeTopology;
}

export interface Services {
  cluster(): Promise<ClusterServices>;
  range(): Promise<RangeServices>;
}

export const services: Services = {
  cluster: async () => {
    const [cluster, host] = await Promise.all([import('../cluster/index.js'), import('../host/index.js')]);
    return { ...cluster, ...host };
  },
  range: () => import('../range/index.js'),
};
