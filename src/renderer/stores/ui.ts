/** Where the person is in the window: view, selection, panels, the open dialog. */
import { create } from 'zustand';
import type { TemplateName } from '../../shared/topology/index.js';

export const VIEWS = ['topology', 'plan', 'services', 'consul-ui', 'logs', 'export'] as const;
export type View = (typeof VIEWS)[number];
export type DrawerTab = 'problems' | 'events' | 'yaml';

/** What is selected on the canvas. Nodes and datacenters by their place in the document. */
export type Selected =
  | { readonly kind: 'node'; readonly datacenter: number; readonly node: number }
  | { readonly kind: 'datacenter'; readonly datacenter: number }
  | { readonly kind: 'host'; readonly host: number };

/** One dialog at a time; questions of hosts come above it (stores/questions). */
export type Dialog =
  | { readonly kind: 'settings' }
  | { readonly kind: 'shortcuts' }
  | { readonly kind: 'about' }
  | { readonly kind: 'add-hosts'; readonly tab?: 'form' | 'paste' | 'ssh-config' }
  | { readonly kind: 'import' }
  | { readonly kind: 'range' }
  | { readonly kind: 'templates'; readonly template?: TemplateName }
  | { readonly kind: 'destroy' }
  | { readonly kind: 'copy'; readonly original: string }
  | { readonly kind: 'unsaved'; readonly next: () => void };

interface UiStore {
  readonly view: View;
  /** Empty: the cluster itself is what the inspector shows. */
  readonly selection: readonly Selected[];
  readonly drawer: DrawerTab;
  readonly drawerOpen: boolean;
  readonly inspectorOpen: boolean;
  readonly dialog: Dialog | null;
  /** Place in the text to show in the YAML view, 1-based; a new object each time. */
  readonly yamlTarget: { readonly line: number; readonly column: number } | null;
  /** Field of the inspector to put the cursor into, e.g. `hosts.0.address`; a new object each time. */
  readonly focusField: { readonly path: string } | null;
  show(view: View): void;
  select(selection: readonly Selected[]): void;
  openDrawer(tab: DrawerTab): void;
  toggleDrawer(tab?: DrawerTab): void;
  toggleInspector(): void;
  openDialog(dialog: Dialog): void;
  closeDialog(): void;
  goToText(line: number, column: number): void;
  goToField(path: readonly (string | number)[]): void;
}

export const useUi = create<UiStore>((set, get) => ({
  view: 'topology',
  selection: [],
  drawer: 'problems',
  drawerOpen: true,
  inspectorOpen: true,
  dialog: null,
  yamlTarget: null,
  focusField: null,
  show: (view) => set({ view }),
  select: (selection) => set({ selection }),
  openDrawer: (drawer) => set({ drawer, drawerOpen: true }),
  toggleDrawer: (tab) => {
    const { drawer, drawerOpen } = get();
    if (tab !== undefined && (tab !== drawer || !drawerOpen)) set({ drawer: tab, drawerOpen: true });
    else set({ drawerOpen: !drawerOpen });
  },
  toggleInspector: () => set({ inspectorOpen: !get().inspectorOpen }),
  openDialog: (dialog) => set({ dialog }),
  closeDialog: () => set({ dialog: null }),
  goToText: (line, column) => set({ drawer: 'yaml', drawerOpen: true, yamlTarget: { line, column } }),
  goToField: (path) => {
    const [top, index, inner, node] = path;
    const number = (value: unknown): value is number => typeof value === 'number';
    const selection: Selected[] =
      top === 'datacenters' && number(index)
        ? inner === 'nodes' && number(node)
          ? [{ kind: 'node', datacenter: index, node }]
          : [{ kind: 'datacenter', datacenter: index }]
        : top === 'hosts' && number(index)
          ? [{ kind: 'host', host: index }]
          : [];
    set({ view: 'topology', selection, inspectorOpen: true, focusField: { path: path.join('.') } });
  },
}));
