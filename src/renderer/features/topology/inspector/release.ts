/** What is to be said of the Consul that an image is, as far as its tag tells: sentences, and marks beside an offer. */
import { faultsOf, isEnterprise, isOutOfSupport, isUntried } from '../../../../shared/consul/index.js';

export type ReleaseMark = 'ended' | 'fault' | 'untried';

export interface ReleaseNote {
  readonly mark: ReleaseMark;
  /** Of a fault, in English. */
  readonly reason?: string;
}

/** In the order in which they matter. */
export function releaseNotes(image: string, version: string | undefined): readonly ReleaseNote[] {
  const enterprise = isEnterprise(image, version);
  return [
    ...faultsOf(version, enterprise).map(({ reason }): ReleaseNote => ({ mark: 'fault', reason })),
    // Single lines of Enterprise are longer in support than the free edition.
    ...(isOutOfSupport(version) === true && !enterprise ? [{ mark: 'ended' as const }] : []),
    ...(isUntried(version) ? [{ mark: 'untried' as const }] : []),
  ];
}
