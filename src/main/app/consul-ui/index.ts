/** Consul's own web UI over the window's empty place: through SSH, without an open port (design decision 13). */
import { Readable } from 'node:stream';
import { type BrowserWindow, type Session, session, shell, WebContentsView } from 'electron';
import { READ_TOKEN, WRITE_TOKEN } from '../../../shared/desired/index.js';
import { toEnvelope } from '../../../shared/errors.js';
import type { Bounds, ConsulUiState } from '../../../shared/ipc/index.js';
import type { Topology } from '../../../shared/topology/types.js';
import type { ClusterSecrets } from '../../cluster/index.js';
import { bearing } from '../../host/bearing.js';
import type { Connections } from '../../ipc/connections.js';
import type { Handlers, Outbox } from '../../ipc/gateway.js';
import type { WindowSecrets } from '../../ipc/secrets.js';
import { topologyOf } from '../../ipc/topology-of.js';
import { write } from '../log.js';
import { denyPermissions } from '../security.js';
import type { Texts } from '../texts.js';
import { Changes } from './changes.js';
import { errorPage } from './error-page.js';
import { answerHeaders, hasBody, judge } from './request.js';
import { type Server, ServerPool, serversOf } from './servers.js';
import { Tunnel } from './tunnel.js';

export const CONSUL_SCHEME = 'raftyard-consul';
/** Where links of the UI to its documentation may lead, in the system's browser. */
const DOCUMENTATION = /^https:\/\/([a-z0-9-]+\.)*(hashicorp\.com|consul\.io)\//;

export interface ConsulUiDeps {
  readonly window: () => BrowserWindow;
  readonly connections: Connections;
  readonly outbox: Outbox;
  readonly texts: () => Texts;
  readonly secrets: WindowSecrets;
}

/** What the page asks with, filled in when the store of secrets is open; the page never sees them. */
interface Tokens {
  read: string | null;
  write: string | null;
}

interface Cluster {
  readonly id: string;
  readonly host: string;
  readonly topology: Topology;
  readonly tokens: Tokens;
  readonly pool: ServerPool;
  readonly tunnel: Tunnel;
  readonly view: WebContentsView;
  readonly release: () => void;
}

export class ConsulUi {
  readonly #deps: ConsulUiDeps;
  #cluster: Cluster | null = null;
  #node: string | null = null;
  readonly #changes = new Changes(() => this.#tell());
  readonly #sessions = new Set<string>();

  constructor(deps: ConsulUiDeps) {
    this.#deps = deps;
    deps.secrets.onNews(() => void this.#learn((topology) => deps.secrets.readily(topology)));
  }

  /** Shows the UI of a cluster at a place of the window; the page stays what it was when it comes back. */
  show(topology: Topology, bounds: Bounds, wanted?: { datacenter: string; node: string }): ConsulUiState {
    const same = this.#cluster?.topology;
    if (
      same === undefined ||
      same.id !== topology.id ||
      JSON.stringify(same.hosts) !== JSON.stringify(topology.hosts)
    )
      this.#open(topology, wanted);
    else if (wanted !== undefined) this.#cluster?.pool.prefer(serversOf(topology, wanted));
    const { view } = this.#cluster ?? {};
    if (view !== undefined) {
      this.#deps.window().contentView.addChildView(view);
      this.bounds(bounds);
      view.setVisible(true);
      if (wanted !== undefined && this.#node !== null && this.#node !== wanted.node)
        view.webContents.reload();
    }
    return this.#state();
  }

  bounds({ x, y, width, height }: Bounds): void {
    const zoom = this.#deps.window().webContents.getZoomFactor();
    const scaled = { x: x * zoom, y: y * zoom, width: width * zoom, height: height * zoom };
    this.#cluster?.view.setBounds({
      x: Math.round(scaled.x),
      y: Math.round(scaled.y),
      width: Math.round(scaled.width),
      height: Math.round(scaled.height),
    });
  }

  hide(): void {
    const window = this.#deps.window;
    if (this.#cluster === null) return;
    this.#cluster.view.setVisible(false);
    try {
      window().contentView.removeChildView(this.#cluster.view);
    } catch {
      // The window is gone, and the view with it.
    }
  }

  go(where: 'back' | 'forward' | 'reload' | 'home'): void {
    const contents = this.#cluster?.view.webContents;
    if (contents === undefined) return;
    if (where === 'back') contents.navigationHistory.goBack();
    else if (where === 'forward') contents.navigationHistory.goForward();
    else if (where === 'reload') contents.reload();
    else void contents.loadURL(this.#home());
  }

  async openInBrowser(): Promise<void> {
    if (this.#cluster !== null) await shell.openExternal(await this.#cluster.tunnel.open());
  }

  /** Lets the page change things for a while, or no longer: for this cluster and this session only. */
  changes(allow: boolean): void {
    if (allow && this.#cluster !== null) this.#changes.allow();
    else this.#changes.forbid();
    this.#tell();
  }

  /** Ends the view and its tunnel: with its document, or with the window. */
  dispose(): void {
    const cluster = this.#cluster;
    if (cluster === null) return;
    this.hide();
    this.#cluster = null;
    this.#node = null;
    this.changes(false);
    cluster.tunnel.close();
    cluster.pool.close();
    cluster.release();
    if (!cluster.view.webContents.isDestroyed()) cluster.view.webContents.close();
  }

  #home(): string {
    return `${CONSUL_SCHEME}://${this.#cluster?.host ?? ''}/ui/`;
  }

  #open(topology: Topology, wanted: { datacenter: string; node: string } | undefined): void {
    this.dispose();
    const { connector, release } = this.#deps.connections.hold(topology.hosts);
    const host = `c-${topology.id.slice(0, 8)}`;
    const tokens: Tokens = { read: null, write: null };
    const asking = bearing(connector, () => (this.#changes.until === null ? tokens.read : tokens.write));
    const pool = new ServerPool(asking, serversOf(topology, wanted), (server) => this.#answeredBy(server));
    const view = new WebContentsView({
      webPreferences: {
        session: this.#sessionOf(host),
        sandbox: true,
        contextIsolation: true,
        nodeIntegration: false,
      },
    });
    const tunnel = new Tunnel((request, signal) => pool.ask(request, signal));
    this.#cluster = { id: topology.id, host, topology, tokens, pool, tunnel, view, release };
    this.#hold(view);
    void this.#unlock(topology);
  }

  /** What the page is to be asked for with, from now on. */
  async #learn(ask: (topology: Topology) => Promise<ClusterSecrets | undefined | null>): Promise<void> {
    const cluster = this.#cluster;
    if (cluster === null) return;
    const secrets = await ask(cluster.topology).catch(() => null);
    if (secrets == null) return;
    cluster.tokens.read = secrets.token(READ_TOKEN);
    cluster.tokens.write = secrets.token(WRITE_TOKEN);
  }

  /** The page is drawn once its token is known: the page itself never has it. */
  async #unlock(topology: Topology): Promise<void> {
    await this.#learn((of) => this.#deps.secrets.forAsking(of));
    const { view, id } = this.#cluster ?? {};
    if (id === topology.id && view !== undefined && !view.webContents.isDestroyed())
      await view.webContents.loadURL(this.#home()).catch(() => undefined);
  }

  /** One in-memory partition a cluster: nothing of one page's storage is left for another's. */
  #sessionOf(host: string): Session {
    const own = session.fromPartition(`consul-ui-${host}`);
    if (this.#sessions.has(host)) return own;
    this.#sessions.add(host);
    denyPermissions(own);
    own.on('will-download', (event) => event.preventDefault());
    own.webRequest.onBeforeRequest((details, answer) => {
      const inside =
        details.url.startsWith(`${CONSUL_SCHEME}://${host}/`) || /^(data|blob):/.test(details.url);
      if (!inside) write('warn', `the Consul UI was kept from ${details.url.slice(0, 120)}`);
      answer({ cancel: !inside });
    });
    own.protocol.handle(CONSUL_SCHEME, (request) => this.#handle(request));
    return own;
  }

  async #handle(request: Request): Promise<Response> {
    const cluster = this.#cluster;
    if (cluster === null) return new Response('closed', { status: 410 });
    const verdict = judge(request, cluster.host, this.#changes.until !== null);
    if ('refuse' in verdict) return new Response(verdict.why, { status: verdict.refuse });
    try {
      const body = verdict.pass.method === 'GET' ? undefined : await request.text();
      const answer = await cluster.pool.ask(
        { ...verdict.pass, ...(body === undefined ? {} : { body }) },
        request.signal,
      );
      const status = answer.statusCode ?? 502;
      const headers = answerHeaders(answer.headers);
      if (!hasBody(status)) {
        answer.resume();
        return new Response(null, { status, headers });
      }
      return new Response(Readable.toWeb(answer) as ReadableStream, { status, headers });
    } catch (error) {
      const { code, message } = toEnvelope(error);
      if (code === 'cancelled') return new Response(null, { status: 499 });
      const document = (request.headers.get('accept') ?? '').includes('text/html');
      if (document) return errorPage(this.#deps.texts().file === 'File' ? 'en' : 'zh', message);
      return new Response(message, { status: 503 });
    }
  }

  #answeredBy(server: Server): void {
    if (server.node === this.#node) return;
    this.#node = server.node;
    this.#tell();
  }

  /** Navigation stays in the cluster; its documentation opens outside. */
  #hold({ webContents: contents }: WebContentsView): void {
    const refuse = (event: { preventDefault(): void; readonly url: string }): void => {
      if (!event.url.startsWith(`${CONSUL_SCHEME}://${this.#cluster?.host ?? ''}/`)) event.preventDefault();
    };
    contents.on('will-navigate', refuse);
    contents.on('will-frame-navigate', refuse);
    contents.on('will-redirect', refuse);
    contents.setWindowOpenHandler(({ url }) => {
      if (DOCUMENTATION.test(url)) void shell.openExternal(url);
      return { action: 'deny' };
    });
    const tell = (): void => this.#tell();
    contents.on('did-navigate', tell);
    contents.on('did-navigate-in-page', tell);
    contents.on('did-start-loading', tell);
    contents.on('did-stop-loading', tell);
    contents.on('page-title-updated', tell);
  }

  #state(): ConsulUiState {
    const contents = this.#cluster?.view.webContents;
    const { until } = this.#changes;
    if (contents === undefined || contents.isDestroyed())
      return {
        url: '',
        title: '',
        loading: false,
        canGoBack: false,
        canGoForward: false,
        node: null,
        changesUntil: null,
      };
    return {
      url: contents.getURL(),
      title: contents.getTitle(),
      loading: contents.isLoading(),
      canGoBack: contents.navigationHistory.canGoBack(),
      canGoForward: contents.navigationHistory.canGoForward(),
      node: this.#node,
      changesUntil: until === null ? null : new Date(until).toISOString(),
    };
  }

  #tell(): void {
    if (this.#cluster !== null) this.#deps.outbox.send('consul-ui:state', this.#state());
  }
}

export function consulUiHandlers(ui: ConsulUi): Handlers {
  return {
    'consul-ui:show': ({ text, bounds, datacenter, node }) =>
      ui.show(
        topologyOf(text),
        bounds,
        datacenter === undefined || node === undefined ? undefined : { datacenter, node },
      ),
    'consul-ui:hide': () => {
      ui.hide();
      return undefined;
    },
    'consul-ui:bounds': ({ bounds }) => {
      ui.bounds(bounds);
      return undefined;
    },
    'consul-ui:go': (where) => {
      ui.go(where);
      return undefined;
    },
    'consul-ui:changes': ({ allow }) => {
      ui.changes(allow);
      return undefined;
    },
    'consul-ui:open-in-browser': async () => {
      await ui.openInBrowser();
      return undefined;
    },
  };
}
