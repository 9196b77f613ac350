/**
 * firewalld over D-Bus, by systemd's `busctl`: a call takes milliseconds where each `firewall-cmd`, a Python program,
 * takes a quarter of a second.
 *
 * Only methods that every firewalld since 0.4 has are called, and only answers that every busctl since systemd 218
 * prints alike are read (`--json` came with 240, which is newer than Red Hat 8). Rules are added and removed one by
 * one; a whole zone is never written back, since that would undo what an administrator changes meanwhile.
 *
 * @see https://firewalld.org/documentation/man-pages/firewalld.dbus.html
 * @see https://www.freedesktop.org/software/systemd/man/latest/busctl.html
 */
import { commandLine } from './quote.js';

const NAME = 'org.fedoraproject.FirewallD1';
const PATH = '/org/fedoraproject/FirewallD1';

/**
 * More rules than this go by `firewall-cmd`, which takes them all in one start: over D-Bus each permanent rule writes
 * the zone's file anew. Measured where both take the same time.
 */
export const BUS_RULES = 30;

/** Exit code of {@link busScript} where firewalld does not run. */
export const BUS_STOPPED = 3;

/**
 * Functions of POSIX sh. `--auto-start=no`: a question starts no firewalld; without interactive authorization nobody
 * is asked for a password.
 *
 * `bus OBJECT INTERFACE METHOD [SIGNATURE ARGUMENT…]`: a call; object and interface are the parts after firewalld's
 * own. `bus_text ANSWER`: the text of an answer `s "…"` or `o "…"`; nothing where something in it is escaped.
 * `firewalld_state`: what `firewall-cmd --state` says.
 */
export const BUS_FUNCTIONS = `busd() { busctl --auto-start=no --allow-interactive-authorization=no -- call "$@"; }
bus() {
  bus_object=${PATH}$1 bus_interface=${NAME}$2
  shift 2
  busd ${NAME} "$bus_object" "$bus_interface" "$@"
}
bus_text() { printf '%s\\n' "$1" | sed -n 's/^[os] "\\([^"\\\\]*\\)"$/\\1/p'; }
firewalld_state() {
  if command -v busctl >/dev/null 2>&1; then
    case $(busd ${NAME} ${PATH} org.freedesktop.DBus.Properties Get ss ${NAME} state 2>/dev/null) in
      'v s "RUNNING"') echo running; return ;;
      'v s '*) echo 'not running'; return ;;
    esac
    if [ "$(busd org.freedesktop.DBus /org/freedesktop/DBus org.freedesktop.DBus NameHasOwner s ${NAME} 2>/dev/null)" = 'b false' ]; then
      echo 'not running'
      return
    fi
  fi
  firewall-cmd --state 2>/dev/null
}
`;

export type BusVerb = 'add' | 'remove';

/** firewalld's word for a rule that is there already, or not there any more. */
const DONE_ALREADY: Readonly<Record<BusVerb, string>> = { add: 'ALREADY_ENABLED', remove: 'NOT_ENABLED' };

interface Call {
  readonly method: string;
  /** Of the permanent configuration's object of the zone. */
  readonly permanent: readonly string[];
  /** Of the running firewall, where the zone is the first argument; timeout 0: for good. */
  readonly runtime: readonly string[];
}

function callOf(verb: BusVerb, rule: string, zone: string): Call {
  const timeout = verb === 'add' ? { type: 'i', value: ['0'] } : { type: '', value: [] };
  if (rule.startsWith('rule ')) {
    return {
      method: `${verb}RichRule`,
      permanent: ['s', rule],
      runtime: [`ss${timeout.type}`, zone, rule, ...timeout.value],
    };
  }
  const [port = '', protocol = ''] = rule.split('/');
  return {
    method: `${verb}Port`,
    permanent: ['ss', port, protocol],
    runtime: [`sss${timeout.type}`, zone, port, protocol, ...timeout.value],
  };
}

/**
 * A script of POSIX sh, to be run as root, that adds or removes rules (`port/protocol` and rich rules): the permanent
 * configuration first, then the running firewall. Rules that are there already, or gone already, are left as they are;
 * the first refusal ends it with exit code 1 and firewalld's words on stderr. Nothing is changed and the exit code is
 * {@link BUS_STOPPED} where firewalld does not run.
 */
export function busScript(verb: BusVerb, rules: readonly string[], zone: string): string {
  const calls = rules.map((rule) => callOf(verb, rule, zone));
  return `LC_ALL=C; export LC_ALL
PATH=$PATH:/usr/sbin:/sbin; export PATH
${BUS_FUNCTIONS}refused() { printf '%s\\n' "\${1#Call failed: }" >&2; exit 1; }
give() {
  said=$(bus "$@" 2>&1) && return 0
  case \${said#Call failed: } in ${DONE_ALREADY[verb]}*) return 0 ;; esac
  refused "$said"
}
[ "$(firewalld_state)" = running ] || exit ${BUS_STOPPED}
said=$(${commandLine(['bus', '/config', '.config', 'getZoneByName', 's', zone])} 2>&1) || refused "$said"
kept=$(bus_text "$said")
kept=\${kept#${PATH}}
${calls.map((call) => `give "$kept" ${commandLine(['.config.zone', call.method, ...call.permanent])}`).join('\n')}
${calls.map((call) => `give '' ${commandLine(['.zone', call.method, ...call.runtime])}`).join('\n')}
`;
}

/** What {@link busScript} calls, as one line for people to read before they agree. */
export function busShown(verb: BusVerb, rules: readonly string[]): string {
  const methods = rules.map((rule) => callOf(verb, rule, '').method);
  const counted = (object: string): string =>
    [...new Set(methods)]
      .map((method) => `${object}.${method} ×${methods.filter((entry) => entry === method).length}`)
      .join(', ');
  return `# by busctl, over D-Bus to ${NAME}: ${counted('config.zone')}, then ${counted('zone')}`;
}
