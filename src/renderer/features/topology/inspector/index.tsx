import { useEffect, useRef } from 'react';
import { useDocument } from '../../../stores/document.js';
import { type Selected, useUi } from '../../../stores/ui.js';
import { ClusterPanel } from './ClusterPanel.js';
import { DatacenterPanel } from './DatacenterPanel.js';
import { HostPanel } from './HostPanel.js';
import styles from './inspector.module.css';
import { NodePanel } from './NodePanel.js';
import { SeveralPanel } from './SeveralPanel.js';
import { useFocusField } from './useFocusField.js';

/** The selected thing as fields: a node, a datacenter, a host, several, or the cluster itself. */
export function Inspector() {
  const selection = useUi((state) => state.selection);
  const draft = useDocument((state) => state.shown.draft);
  const panel = useRef<HTMLDivElement>(null);
  // An undo may have taken away what is selected.
  const there = selection.filter((item) =>
    item.kind === 'host'
      ? draft.hosts[item.host] !== undefined
      : item.kind === 'datacenter'
        ? draft.datacenters[item.datacenter] !== undefined
        : draft.datacenters[item.datacenter]?.nodes[item.node] !== undefined,
  );
  const key = JSON.stringify(there);
  useEffect(() => panel.current?.scrollTo(0, 0), [key]);
  useFocusField(panel);
  return (
    <div ref={panel} className={styles.panel} data-testid="inspector">
      <Chosen selection={there} />
    </div>
  );
}

/** A new selection is new fields: no draft of the one before stays in them. */
function Chosen({ selection }: { readonly selection: readonly Selected[] }) {
  const [first] = selection;
  if (first === undefined) return <ClusterPanel />;
  if (selection.length > 1) return <SeveralPanel selection={selection} />;
  const key = JSON.stringify(first);
  switch (first.kind) {
    case 'node':
      return <NodePanel key={key} at={first} />;
    case 'datacenter':
      return <DatacenterPanel key={key} index={first.datacenter} />;
    case 'host':
      return <HostPanel key={key} index={first.host} />;
  }
}
