import {
  BaseEdge,
  EdgeLabelRenderer,
  type EdgeProps,
  type InternalNode,
  useInternalNode,
} from '@xyflow/react';
import { memo } from 'react';
import type { LinkEdge as LinkEdgeType } from './flow.js';
import { type Box, bow, straight } from './geometry.js';
import { labelOf } from './links.js';
import styles from './topology.module.css';

function boxOf(node: InternalNode | undefined): Box | null {
  if (node === undefined) return null;
  const { x, y } = node.internals.positionAbsolute;
  const width = node.measured.width ?? node.width;
  const height = node.measured.height ?? node.height;
  return width === undefined || height === undefined ? null : { x, y, width, height };
}

/** LAN gossip thin, WAN gossip thick and dashed, a client's way dotted; the round-trip time sits on its line. */
export const LinkEdge = memo(function LinkEdge({ id, source, target, data }: EdgeProps<LinkEdgeType>) {
  const a = boxOf(useInternalNode(source));
  const b = boxOf(useInternalNode(target));
  if (a === null || b === null || data === undefined) return null;
  const { link } = data;
  const { path, label } = link.kind === 'wan' ? bow(a, b) : straight(a, b);
  const text = labelOf(link);
  return (
    <>
      <BaseEdge
        id={id}
        path={path}
        className={`${styles.link} ${styles[link.kind]} ${link.broken ? styles.broken : ''}`}
      />
      {text !== '' && (
        <EdgeLabelRenderer>
          <span
            className={styles.linkLabel}
            data-kind={link.kind}
            data-broken={link.broken || undefined}
            style={{ transform: `translate(-50%, -50%) translate(${label.x}px, ${label.y}px)` }}
          >
            {text}
          </span>
        </EdgeLabelRenderer>
      )}
    </>
  );
});
