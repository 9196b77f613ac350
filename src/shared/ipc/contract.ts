/**
 * The contract between the window and the main process: one map from channel to request schema and
 * response type, one from event to payload. Every request is checked against its schema in main.
 */
import { z } from 'zod';
import type { ErrorEnvelope } from '../errors.js';
import type { LookupResult } from '../live/lookup.js';
import type { LiveEvent, LiveSnapshot } from '../live/types.js';
import type { HostCheck } from '../plan/checks.js';
import type { Facts } from '../plan/facts.js';
import type { ApplySummary, ClusterStatus, ProgressEvent } from '../run/types.js';
import { CHANNEL_NAMES, EVENT_NAMES } from './names.js';
import type {
  AppInfo,
  ConsulUiState,
  DatacenterReading,
  HostTest,
  KvListing,
  KvValue,
  LogLine,
  MenuCommand,
  OpenedDocument,
  PlanView,
  Question,
  RecentFile,
  Recoverable,
  Settings,
  SshConfigHost,
  UpdateState,
} from './types.js';

/** As long as a document may be (shared/topology), in characters. */
const documentText = z.string().max(512 * 1024);
const path = z.string().min(1).max(4096);
const name = z.string().min(1).max(255);
/** Chosen by the window; names a running task for progress and cancelling. */
const task = z.string().regex(/^[\w-]{1,64}$/);
const number = z.number().finite();
const position = z.strictObject({ x: number, y: number });
const layout = z.record(z.string().max(300), position);
const bounds = z.strictObject({ x: number, y: number, width: number.min(0), height: number.min(0) });
const options = z.strictObject({
  adopt: z.boolean().optional(),
  imageArchive: path.optional(),
  rotate: z.boolean().optional(),
  resetAcl: z.boolean().optional(),
  minQuorum: z.boolean().optional(),
});
const host = z.strictObject({
  name,
  address: name,
  user: z.string().max(255).optional(),
  port: z.number().int().min(1).max(65535).optional(),
  identity: path.optional(),
  password: z.string().max(4096).optional(),
  sudoPassword: z.string().max(4096).optional(),
  passphrase: z.string().max(4096).optional(),
  agent: z.boolean().optional(),
  /** Pinned public keys, as in the document. */
  hostKeys: z.array(z.string().max(16_384)).max(16).optional(),
  jump: z.array(name).max(8).optional(),
});
export type HostInput = z.infer<typeof host>;
const nothing = z.undefined();

/** Schema of every request. */
export const requestSchemas = {
  'app:info': nothing,
  'app:set-settings': z.strictObject({
    theme: z.enum(['system', 'light', 'dark']).optional(),
    language: z.enum(['system', 'en', 'zh']).optional(),
    lookForUpdates: z.boolean().optional(),
  }),
  'app:reveal-logs': nothing,
  /** Pages of our own only, by name; never a URL from the window. */
  'app:open-page': z.enum(['guide', 'issues', 'consul-docs', 'releases']),
  /** The window has drawn its first screen. */
  'app:ready': nothing,
  'app:set-menu-state': z.strictObject({
    document: z.boolean(),
    canUndo: z.boolean(),
    canRedo: z.boolean(),
    selection: z.boolean(),
  }),
  /** The answer to the `app:close-requested` event. */
  'app:close': z.enum(['close', 'stay']),
  /** One step further: look, fetch what was found, or end the app and put it in place. */
  'app:update': z.enum(['check', 'download', 'install']),
  'app:write-clipboard': z.string().max(4 * 1024 * 1024),

  /** Without a path: asks the person for a file. null when they give none. */
  'document:open': z.strictObject({ path: path.optional() }),
  /** Without a path: asks where. null when they give none. */
  'document:save': z.strictObject({
    path: path.optional(),
    suggestedName: name.optional(),
    text: documentText,
    layout,
  }),
  'document:recent': nothing,
  'document:forget-recent': z.strictObject({ path: path.optional() }),
  /** Autosave; `text: null` discards the draft. `dirty` is what guards the window's closing. */
  'document:draft': z.strictObject({
    key: task,
    path: path.nullable(),
    text: documentText.nullable(),
    layout,
    dirty: z.boolean(),
  }),
  'document:recoverable': nothing,
  'document:recover': z.strictObject({ key: task, discard: z.boolean().optional() }),

  'task:cancel': z.strictObject({ task }),
  'question:answer': z.strictObject({
    id: task,
    answer: z
      .union([
        z.strictObject({ accept: z.boolean() }),
        z.strictObject({ secret: z.string().max(4096), keep: z.boolean() }),
      ])
      .nullable(),
  }),

  'hosts:ssh-config': nothing,
  'hosts:test': z.strictObject({ task, host, others: z.array(host).max(64).optional() }),
  'hosts:forget-secrets': z.strictObject({ host: name.optional() }),
  'hosts:choose-identity': nothing,

  'cluster:preflight': z.strictObject({ task, text: documentText }),
  'cluster:plan': z.strictObject({ task, text: documentText, options }),
  'cluster:plan-destroy': z.strictObject({ task, text: documentText, keepData: z.boolean() }),
  /** Applies a plan that main holds. `only`: hosts of which failed steps are done again. */
  'cluster:apply': z.strictObject({ task, plan: name, breakLock: z.boolean().optional() }),
  'cluster:status': z.strictObject({ task, text: documentText }),
  'cluster:import': z.strictObject({ task, hosts: z.array(host).min(1).max(64) }),
  'cluster:choose-archive': nothing,
  'cluster:pin': z.strictObject({ task, text: documentText }),
  /** Full versions that the registry has; `thorough`: with a question for the password, and through hosts. */
  'cluster:versions': z.strictObject({ task, text: documentText, thorough: z.boolean().optional() }),
  /** Pulls the plan’s image with this computer’s Docker; `task:note` tells how far it is. */
  'cluster:fetch-image': z.strictObject({ task, plan: name }),

  /** Asks where, and for a passphrase. null when dismissed. */
  'secrets:kit': z.strictObject({ text: documentText }),
  'secrets:restore': nothing,
  /** Asks for the CA’s files. null when dismissed. */
  'secrets:ca': z.strictObject({ text: documentText }),

  'range:status': nothing,
  'range:choose-consul': nothing,
  /** `consul`: files that were chosen; without it the range keeps what it has. */
  'range:up': z.strictObject({
    task,
    hosts: z.number().int().min(1).max(16).optional(),
    consul: z.array(z.string().min(1).max(4096)).max(8).optional(),
  }),
  'range:down': z.strictObject({ task }),

  /** One watch a window; a second replaces the first. */
  'live:start': z.strictObject({ text: documentText }),
  'live:stop': nothing,
  'live:operate': z.strictObject({
    task,
    node: name,
    datacenter: name,
    operation: z.enum(['start', 'stop', 'restart']),
  }),
  'live:maintenance': z.strictObject({
    task,
    node: name,
    /** Id of one of its services; absent: the node. */
    service: z.string().min(1).max(1024).optional(),
    on: z.boolean(),
    reason: z.string().max(400),
  }),
  /** Services and checks of a datacenter, through the agent of a node of any datacenter. */
  'live:read': z.strictObject({ datacenter: name, through: name }),
  /** Who answers for a name; `node`: whose agent is asked, `about`: where to look when the name says nothing. */
  'live:look-up': z.strictObject({
    task,
    name: z.string().max(1024),
    node: name.optional(),
    about: name.optional(),
  }),
  'logs:start': z.strictObject({
    stream: task,
    datacenter: name,
    node: name,
    tail: z.number().int().min(0).max(10_000),
  }),
  'logs:stop': z.strictObject({ stream: task }),
  'kv:list': z.strictObject({
    datacenter: name,
    prefix: z.string().max(4096),
    through: name.optional(),
  }),
  'kv:value': z.strictObject({
    datacenter: name,
    key: z.string().min(1).max(4096),
    through: name.optional(),
  }),

  'consul-ui:show': z.strictObject({
    text: documentText,
    bounds,
    node: name.optional(),
    datacenter: name.optional(),
  }),
  'consul-ui:hide': nothing,
  'consul-ui:bounds': z.strictObject({ bounds }),
  'consul-ui:go': z.enum(['back', 'forward', 'reload', 'home']),
  'consul-ui:open-in-browser': nothing,
  'consul-ui:changes': z.strictObject({ allow: z.boolean() }),

  /** Asks for a folder (or a file with `zip`), and writes the export there. null when dismissed. */
  'export:save': z.strictObject({
    text: documentText,
    format: z.enum(['scripts', 'compose', 'ansible', 'config']),
    style: z.enum(['robust', 'classic']).optional(),
    zip: z.boolean(),
  }),
  'export:save-image': z.strictObject({
    kind: z.enum(['png', 'svg']),
    name,
    /** SVG text, or PNG in base64. */
    data: z.string().max(32 * 1024 * 1024),
  }),
} as const;

export type Channel = keyof typeof requestSchemas;
export const CHANNELS: readonly Channel[] = CHANNEL_NAMES;
/** Fails to compile when a channel or an event has no name in names.ts. */
type Missing =
  | Exclude<Channel, (typeof CHANNEL_NAMES)[number]>
  | Exclude<EventName, (typeof EVENT_NAMES)[number]>;
const nothingMissing: [Missing] extends [never] ? true : never = true;
void nothingMissing;

/** What each channel answers. */
export interface Responses {
  'app:info': AppInfo;
  'app:set-settings': Settings;
  'app:reveal-logs': undefined;
  'app:open-page': undefined;
  /** What the window was started for: a file, or a range to raise (`demo`). */
  'app:ready': { readonly open: OpenedDocument | null; readonly applyAtOnce: boolean };
  'app:set-menu-state': undefined;
  'app:close': undefined;
  'app:update': UpdateState;
  'app:write-clipboard': undefined;
  'document:open': OpenedDocument | null;
  'document:save': { readonly path: string; readonly copyOf?: string } | null;
  'document:recent': readonly RecentFile[];
  'document:forget-recent': readonly RecentFile[];
  'document:draft': undefined;
  'document:recoverable': readonly Recoverable[];
  'document:recover': OpenedDocument | null;
  'task:cancel': undefined;
  'question:answer': undefined;
  'hosts:ssh-config': { readonly hosts: readonly SshConfigHost[]; readonly notes: readonly string[] };
  'hosts:test': HostTest;
  'hosts:forget-secrets': undefined;
  'hosts:choose-identity': { readonly path: string } | null;
  'cluster:preflight': { readonly facts: Facts; readonly checks: readonly HostCheck[] };
  'cluster:plan': PlanView;
  'cluster:plan-destroy': PlanView;
  'cluster:apply': ApplySummary;
  'cluster:status': ClusterStatus;
  'cluster:import': { readonly text: string; readonly notes: readonly string[] };
  'cluster:choose-archive': { readonly path: string } | null;
  'cluster:pin': { readonly image: string; readonly host: string; readonly from: 'registry' | 'host' };
  /** Newest first; `host`: through which it was asked. */
  'cluster:versions': {
    readonly registry: string;
    readonly versions: readonly string[];
    readonly host: string | null;
  };
  'cluster:fetch-image': { readonly path: string };
  'secrets:kit': { readonly path: string } | null;
  'secrets:restore': { readonly secrets: number } | null;
  /** `ends`: ISO 8601 */
  'secrets:ca': { readonly ends: string } | null;
  /** `consul`: the image that the hosts have for topologies. */
  'range:status': {
    readonly up: boolean;
    readonly hosts: number;
    readonly text: string | null;
    readonly consul: string | null;
  };
  'range:choose-consul': { readonly paths: readonly string[] } | null;
  /** The document of the range's hosts. */
  'range:up': { readonly text: string };
  'range:down': { readonly removed: boolean };
  'live:start': undefined;
  'live:stop': undefined;
  'live:operate': undefined;
  'live:maintenance': { readonly changed: boolean; readonly told: boolean };
  'live:read': DatacenterReading;
  'live:look-up': LookupResult;
  'logs:start': undefined;
  'logs:stop': undefined;
  'kv:list': KvListing;
  'kv:value': KvValue | null;
  'consul-ui:show': ConsulUiState;
  'consul-ui:hide': undefined;
  'consul-ui:bounds': undefined;
  'consul-ui:go': undefined;
  'consul-ui:open-in-browser': undefined;
  'consul-ui:changes': undefined;
  'export:save': { readonly path: string; readonly files: number } | null;
  'export:save-image': { readonly path: string } | null;
}

export type Request<C extends Channel> = z.infer<(typeof requestSchemas)[C]>;
export type Response<C extends Channel> = Responses[C];

/** What main tells the window unasked. */
export interface Events {
  'menu:command': { readonly command: MenuCommand };
  /** A file from the system, a second start of the app, or the recent menu. */
  'document:open-requested': OpenedDocument;
  /** The person closes the window while something is unsaved or running. */
  'app:close-requested': { readonly running: boolean };
  'app:theme': { readonly dark: boolean };
  'app:update-state': UpdateState;
  'task:progress': { readonly task: string; readonly event: ProgressEvent };
  /** Range and other work without steps. */
  'task:note': {
    readonly task: string;
    readonly title: string;
    readonly detail?: string;
    readonly progress?: number;
  };
  question: Question;
  /** The question was answered elsewhere or its connection is gone. */
  'question:withdrawn': { readonly id: string };
  'live:snapshot': LiveSnapshot;
  'live:events': readonly LiveEvent[];
  'live:failed': ErrorEnvelope;
  'logs:lines': { readonly stream: string; readonly lines: readonly LogLine[] };
  'logs:ended': { readonly stream: string; readonly error?: ErrorEnvelope };
  'consul-ui:state': ConsulUiState;
}
export type EventName = keyof Events;
export const EVENTS = EVENT_NAMES satisfies readonly EventName[];

/** How every answer comes back: an error never crosses as an exception, which would lose its code. */
export type Envelope<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: ErrorEnvelope };

/** What preload gives the window as `window.raftyard`. */
export interface RaftyardBridge {
  invoke<C extends Channel>(channel: C, request: Request<C>): Promise<Envelope<Response<C>>>;
  /** Returns the function that ends the subscription. */
  on<E extends EventName>(event: E, listener: (payload: Events[E]) => void): () => void;
  /** Path of a file dropped onto the window; empty when it has none. */
  pathOf(file: unknown): string;
}
