import { TEMPLATE_SHAPES, type TemplateName } from '../../../shared/topology/index.js';

const WIDTH = 132;
const HEIGHT = 62;
const CARD = { width: 22, height: 15 };
const CLIENT_RADIUS = 6;

type Place = readonly [number, number];

/** Where the servers of one datacenter stand: a triangle for three, a ring for five. */
function places(count: number, centre: number, scale: number): readonly Place[] {
  const middle = HEIGHT / 2;
  if (count === 1) return [[centre, middle]];
  const radius = { x: (count > 3 ? 30 : 25) * scale, y: 19 * scale };
  return Array.from({ length: count }, (_, i): Place => {
    const angle = -Math.PI / 2 + (2 * Math.PI * i) / count;
    return [centre + radius.x * Math.cos(angle), middle + 3 + radius.y * Math.sin(angle)];
  });
}

/** A column of clients at the right; a service beside each takes room of its own. */
const clientPlaces = (count: number, room: number): readonly Place[] =>
  Array.from({ length: count }, (_, i): Place => [WIDTH - 16 - room, (HEIGHT * (i + 1)) / (count + 1)]);

/** Between a client's middle and its service's. */
const SERVICE_WAY = 19;

/** A service that passes its check, beside the client that looks after it. */
function ServiceMark({ place: [x, y] }: { readonly place: Place }) {
  return (
    <g transform={`translate(${x + SERVICE_WAY} ${y})`}>
      <line x1={CLIENT_RADIUS - SERVICE_WAY} x2={-6.5} stroke="var(--ry-good)" strokeWidth="1.2" />
      <rect
        x={-6.5}
        y={-6.5}
        width={13}
        height={13}
        rx="3"
        fill="var(--ry-good-soft)"
        stroke="var(--ry-good)"
        strokeWidth="1.2"
      />
      <path d="M -3 0.2 l 2.1 2.2 l 3.9 -4.4" stroke="var(--ry-good)" strokeWidth="1.4" fill="none" />
    </g>
  );
}

interface ServerProps {
  readonly place: Place;
  readonly first: boolean;
  readonly flag: boolean;
  readonly scale: number;
}

function Server({ place: [x, y], first, flag, scale }: ServerProps) {
  return (
    <g transform={`translate(${x} ${y}) scale(${scale})`}>
      <rect
        x={-CARD.width / 2}
        y={-CARD.height / 2}
        {...CARD}
        rx="4"
        fill="var(--ry-panel)"
        stroke={first ? 'var(--ry-accent)' : 'var(--ry-line-strong)'}
        strokeWidth="1.2"
      />
      {[-2.5, 0.5, 3.5].map((dy) => (
        <rect
          key={dy}
          x={-6}
          y={dy - 1.2}
          width={12}
          height={1.5}
          rx="0.75"
          fill={first ? 'var(--ry-accent)' : 'var(--ry-link)'}
        />
      ))}
      {flag && <path d="M 9 -8 v -8 l 7 3 l -7 3" stroke="var(--ry-flag)" fill="var(--ry-flag)" />}
    </g>
  );
}

/** WAN gossip, as an arc from one datacenter to the next. */
function WanLink({ from, to }: { readonly from: number; readonly to: number }) {
  const inset = (to - from) * 0.22;
  return (
    <path
      d={`M ${from + inset} ${HEIGHT * 0.32} Q ${(from + to) / 2} 2 ${to - inset} ${HEIGHT * 0.32}`}
      stroke="var(--ry-accent)"
      strokeWidth="1.6"
      strokeDasharray="3 3"
      fill="none"
    />
  );
}

/**
 * A template at a glance: its servers, their gossip links, the flag, clients with their way to a server, their services.
 * Decoration: the words beside it say the same.
 */
export function TemplatePicture({ template }: { readonly template: TemplateName }) {
  const { datacenters, clients = 0, services = false, style } = TEMPLATE_SHAPES[template];
  const room = services ? SERVICE_WAY - 5 : 0;
  const scale = datacenters.length > 2 ? 0.62 : 1;
  const width = clients > 0 ? WIDTH - 28 - room : WIDTH;
  const centres = datacenters.map((_, i) => (width * (2 * i + 1)) / (2 * datacenters.length));
  const pools = datacenters.map((count, i) => places(count, centres[i] ?? 0, scale));
  const [nearest] = [...(pools[0] ?? [])].sort(([a], [b]) => b - a);
  return (
    <svg
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      width={WIDTH}
      height={HEIGHT}
      aria-hidden="true"
      focusable="false"
    >
      {centres.slice(1).map((centre, i) => (
        <WanLink key={centre} from={centres[i] ?? 0} to={centre} />
      ))}
      {clientPlaces(clients, room).map(([x, y]) => (
        <g key={y}>
          {nearest !== undefined && (
            <line
              x1={nearest[0]}
              y1={nearest[1]}
              x2={x}
              y2={y}
              stroke="var(--ry-line-strong)"
              strokeDasharray="1.5 2.5"
            />
          )}
          <circle
            cx={x}
            cy={y}
            r={CLIENT_RADIUS}
            fill="var(--ry-panel)"
            stroke="var(--ry-line-strong)"
            strokeWidth="1.2"
          />
          <circle cx={x} cy={y} r="1.6" fill="var(--ry-link)" />
          {services && <ServiceMark place={[x, y]} />}
        </g>
      ))}
      {pools.map((pool) => (
        <g key={pool[0]?.join()}>
          {pool.flatMap(([x1, y1], i) =>
            pool
              .slice(i + 1)
              .map(([x2, y2]) => (
                <line
                  key={`${x1},${y1},${x2},${y2}`}
                  x1={x1}
                  y1={y1}
                  x2={x2}
                  y2={y2}
                  stroke="var(--ry-line-strong)"
                />
              )),
          )}
          {pool.map((place, i) => (
            <Server
              key={place.join()}
              place={place}
              first={i === 0}
              flag={i === 0 && style === 'classic'}
              scale={scale}
            />
          ))}
        </g>
      ))}
    </svg>
  );
}
