import { TEMPLATE_SHAPES, type TemplateName } from '../../../shared/topology/index.js';

const WIDTH = 132;
const HEIGHT = 62;
const CARD = { width: 22, height: 15 };

/** Where the servers of one datacenter stand: a triangle for three, a ring for five. */
function places(count: number, centre: number): readonly (readonly [number, number])[] {
  const middle = HEIGHT / 2;
  if (count === 1) return [[centre, middle]];
  const radius = { x: count > 3 ? 30 : 25, y: 19 };
  return Array.from({ length: count }, (_, i): [number, number] => {
    const angle = -Math.PI / 2 + (2 * Math.PI * i) / count;
    return [centre + radius.x * Math.cos(angle), middle + 3 + radius.y * Math.sin(angle)];
  });
}

/** A template at a glance: its servers, their gossip links, the flag. Decoration: the words beside it say the same. */
export function TemplatePicture({ template }: { readonly template: TemplateName }) {
  const { datacenters, style } = TEMPLATE_SHAPES[template];
  const pools = datacenters.map((count, i) =>
    places(count, (WIDTH * (2 * i + 1)) / (2 * datacenters.length)),
  );
  return (
    <svg
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      width={WIDTH}
      height={HEIGHT}
      aria-hidden="true"
      focusable="false"
    >
      {pools.length > 1 && (
        <path
          d={`M ${WIDTH * 0.36} ${HEIGHT * 0.32} Q ${WIDTH / 2} 2 ${WIDTH * 0.64} ${HEIGHT * 0.32}`}
          stroke="var(--ry-accent)"
          strokeWidth="1.6"
          strokeDasharray="3 3"
          fill="none"
        />
      )}
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
          {pool.map(([x, y], i) => (
            <g key={`${x},${y}`}>
              <rect
                x={x - CARD.width / 2}
                y={y - CARD.height / 2}
                {...CARD}
                rx="4"
                fill="var(--ry-panel)"
                stroke={i === 0 ? 'var(--ry-accent)' : 'var(--ry-line-strong)'}
                strokeWidth="1.2"
              />
              {[-2.5, 0.5, 3.5].map((dy) => (
                <rect
                  key={dy}
                  x={x - 6}
                  y={y + dy - 1.2}
                  width={12}
                  height={1.5}
                  rx="0.75"
                  fill={i === 0 ? 'var(--ry-accent)' : 'var(--ry-link)'}
                />
              ))}
              {i === 0 && style === 'classic' && (
                <path
                  d={`M ${x + 9} ${y - 8} v -8 l 7 3 l -7 3`}
                  stroke="var(--ry-flag)"
                  fill="var(--ry-flag)"
                />
              )}
            </g>
          ))}
        </g>
      ))}
    </svg>
  );
}
