/** What crosses between the window and the main process, beside the domain's own types. */
import type { ErrorEnvelope } from '../errors.js';
import type { Hop, LiveCheck, LiveService } from '../live/index.js';
import type { HostCheck } from '../plan/checks.js';
import type { Plan } from '../plan/types.js';

export type ThemeChoice = 'system' | 'light' | 'dark';
export type LanguageChoice = 'system' | 'en' | 'zh';

export interface Settings {
  readonly theme: ThemeChoice;
  readonly language: LanguageChoice;
  /** Whether the app asks its update feed by itself when it starts. */
  readonly lookForUpdates: boolean;
}

/** Updates of the app. `off`: this package has no feed. `self`: it can put the update in place itself. */
export type UpdateState =
  | { readonly kind: 'off' | 'checking' | 'current' }
  | { readonly kind: 'available'; readonly version: string; readonly self: boolean }
  | { readonly kind: 'downloading'; readonly version: string; readonly percent: number }
  | { readonly kind: 'ready'; readonly version: string }
  | { readonly kind: 'failed'; readonly reason: string };

export interface AppInfo {
  readonly version: string;
  readonly electron: string;
  readonly platform: 'linux' | 'darwin' | 'win32';
  /** The system's language, BCP 47. */
  readonly locale: string;
  readonly settings: Settings;
  /** `session`: this system has no real keyring; secrets are forgotten when the app ends. */
  readonly secrets: 'keyring' | 'session';
  readonly update: UpdateState;
}

export interface Position {
  readonly x: number;
  readonly y: number;
}
/** Where cards lie on the canvas, by `node:<name>` and `dc:<name>`. */
export type Layout = Readonly<Record<string, Position>>;

export interface OpenedDocument {
  /** null for a document that was never saved. */
  readonly path: string | null;
  readonly text: string;
  readonly layout: Layout;
  /** Path of another file with the same cluster id: this one is a copy. */
  readonly copyOf?: string;
  /** A draft of an earlier run that was not saved. */
  readonly recovered?: boolean;
}

export interface RecentFile {
  readonly path: string;
  readonly name: string;
  /** ISO 8601 */
  readonly openedAt: string;
}

/** A draft left by a run that ended without saving. */
export interface Recoverable {
  readonly key: string;
  readonly name: string;
  readonly path: string | null;
  /** ISO 8601 */
  readonly savedAt: string;
}

export interface PlanOptionsInput {
  /** Give the cluster a new gossip key. */
  readonly rotate?: boolean | undefined;
  /** Make a new management token, and whatever tokens are missing. */
  readonly resetAcl?: boolean | undefined;
  /** Let autopilot's MinQuorum follow the number of servers. */
  readonly minQuorum?: boolean | undefined;
  readonly adopt?: boolean | undefined;
  /** Path of a `docker save` archive on this computer. */
  readonly imageArchive?: string | undefined;
}

/** A plan as the window sees it. Main holds the plan itself: what is applied is named by `plan.id`. */
export interface PlanView {
  readonly plan: Plan;
  readonly checks: readonly HostCheck[];
  readonly changes: number;
  /** False where an issue is a blocker or a conflict. */
  readonly applicable: boolean;
  /** Whether an agent of the cluster was found running. */
  readonly agents: boolean;
}

export type Question =
  | {
      readonly id: string;
      readonly kind: 'host-key';
      readonly host: string;
      readonly address: string;
      readonly port: number;
      readonly keyType: string;
      readonly fingerprint: string;
    }
  | {
      readonly id: string;
      readonly kind: 'secret';
      readonly host: string;
      readonly secret: 'password' | 'passphrase' | 'sudo-password' | 'registry' | 'answer';
      readonly prompt: string;
      /** Whether it can be kept for the next run: only where the system has a keyring. */
      readonly canKeep: boolean;
    }
  | {
      readonly id: string;
      readonly kind: 'passphrase';
      /** Of a vault or a recovery kit: one that is there, or one that is about to be made. */
      readonly of: 'vault' | 'new-vault' | 'kit' | 'new-kit';
      readonly path: string;
      /** The one before did not open it. */
      readonly wrong: boolean;
    };

/** `null`: the question was dismissed. */
export type Answer =
  | { readonly accept: boolean }
  | { readonly secret: string; readonly keep: boolean }
  | null;

export interface HostTest {
  readonly host: string;
  readonly ok: boolean;
  readonly readyMs?: number;
  readonly os?: string;
  readonly docker?: string;
  readonly error?: ErrorEnvelope;
}

export interface SshConfigHost {
  readonly alias: string;
  readonly address: string;
  readonly user?: string;
  readonly port?: number;
  readonly identity?: string;
  readonly jump?: readonly string[];
}

/** A rectangle in the window, CSS pixels. */
export interface Bounds {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface ConsulUiState {
  readonly url: string;
  readonly title: string;
  readonly loading: boolean;
  readonly canGoBack: boolean;
  readonly canGoForward: boolean;
  /** Node whose agent answers. */
  readonly node: string | null;
  /** ISO 8601: until then requests that change something are let through; null: it is read-only. */
  readonly changesUntil: string | null;
  readonly error?: ErrorEnvelope;
}

/** Commands of the menu and its shortcuts that the window carries out. */
export const MENU_COMMANDS = [
  'new',
  'open',
  'save',
  'save-as',
  'close-document',
  'undo',
  'redo',
  'cut',
  'copy',
  'paste',
  'duplicate',
  'delete',
  'select-all',
  'find',
  'zoom-in',
  'zoom-out',
  'zoom-fit',
  'auto-layout',
  'check-hosts',
  'plan',
  'apply',
  'destroy',
  'export',
  'view-topology',
  'view-plan',
  'view-services',
  'view-consul-ui',
  'view-logs',
  'view-export',
  'view-settings',
  'toggle-yaml',
  'toggle-problems',
  'shortcuts',
  'about',
] as const;
export type MenuCommand = (typeof MENU_COMMANDS)[number];

export interface LogLine {
  readonly stream: 'stdout' | 'stderr';
  /** ISO 8601 where Docker gives it. */
  readonly at: string;
  readonly text: string;
}

export interface KvListing {
  readonly prefix: string;
  /** Folders end with `/`. */
  readonly keys: readonly string[];
  readonly truncated: boolean;
  /** Which way it was asked. */
  readonly path: readonly Hop[];
}

/** What one agent tells of a datacenter, its own or another. */
export interface DatacenterReading {
  readonly datacenter: string;
  readonly services: readonly LiveService[];
  readonly nodeChecks: readonly { readonly node: string; readonly check: LiveCheck }[];
  /** There are more services than are read. */
  readonly truncated: boolean;
  readonly path: readonly Hop[];
  /** ISO 8601 */
  readonly at: string;
}

export interface KvValue {
  readonly key: string;
  /** null where the value is no UTF-8 text. */
  readonly text: string | null;
  readonly base64: string;
  readonly bytes: number;
  readonly truncated: boolean;
  readonly modifyIndex: number;
  /** A number of 64 bits, in decimal digits. */
  readonly flags: string;
}
