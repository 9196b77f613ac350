/** Where an instance of a service is found. */

/** One of several ports that a service has under names of their own, since Consul 1.22. */
export interface NamedPort {
  readonly name: string;
  readonly port: number;
}

export interface ServicePlace {
  readonly address: string;
  /** The one, or the default one of several; 0: none. */
  readonly port: number;
  /** All of several; absent where there is one. */
  readonly ports?: readonly NamedPort[];
}

/** `10.0.0.1:8080`, and where there are several ports `10.0.0.1:8080 (http 8080, grpc 9090)`. */
export function placeText({ address, port, ports = [] }: ServicePlace): string {
  const one = port === 0 ? address : `${address.includes(':') ? `[${address}]` : address}:${port}`;
  const all = ports.map((entry) => `${entry.name} ${entry.port}`).join(', ');
  return all === '' ? one : `${one} (${all})`;
}
