/** What consul-start.sh does with secrets: they are given to it once, and are never in it. */
import { quote } from '../shell/quote.js';
import { baseName, parent } from './paths.js';
import { freshTemplateOf, GOSSIP_KEY, placeOf } from './secrets.js';
import type { DesiredNode, SecretFile } from './types.js';

const octal = (mode: number): string => mode.toString(8);

/** Shell that makes the directory which only root may enter, and the one below it that the container mounts. */
function makeDirectory({ root, path }: SecretFile): string {
  const directory = quote(parent(path));
  return `mkdir -p ${quote(root)} && chmod 700 ${quote(root)} && mkdir -p ${directory} && chmod 755 ${directory}`;
}

const cannotWrite = (path: string): string => `Cannot write ${path}; run this script as root.`;

/**
 * The key is given in the environment or in a file, and kept where only root can read it; printf is part of the shell, so
 * that it is in no process list either.
 */
function writeKey(secret: SecretFile, tokens: boolean): string[] {
  const path = quote(secret.path);
  const [before = '', after = ''] = freshTemplateOf(secret).trimEnd().split(placeOf(GOSSIP_KEY));
  const missing = `This cluster's gossip is encrypted, and its key is not on this host yet. Give it once: set CONSUL_GOSSIP_KEY, or CONSUL_GOSSIP_KEY_FILE to a file that only you can read (mode 600). All hosts have the same key; consul keygen makes one.`;
  return [
    '',
    '# The gossip key: kept in a directory that only root may enter, never in this script.',
    `key=\${CONSUL_GOSSIP_KEY:-}`,
    `key_file=\${CONSUL_GOSSIP_KEY_FILE:-}`,
    'unset CONSUL_GOSSIP_KEY CONSUL_GOSSIP_KEY_FILE',
    'if [ -z "$key" ] && [ -n "$key_file" ]; then',
    '  [ -f "$key_file" ] || fail "$key_file is no file."',
    '  [ -z "$(find "$key_file" -prune -perm /077)" ] || fail "Others can read $key_file: chmod 600 it first."',
    '  key=$(cat "$key_file")',
    'fi',
    // A file with tokens holds more than this script knows.
    tokens ? `if [ -n "$key" ] && ! [ -f ${path} ]; then` : 'if [ -n "$key" ]; then',
    '  case $key in',
    "    *[!A-Za-z0-9+/=]*) fail 'The gossip key is not one that consul keygen makes.' ;;",
    '  esac',
    `  if ! { ${makeDirectory(secret)} &&`,
    `    printf '%s%s%s\\n' ${quote(before)} "$key" ${quote(after)} >${path} && chmod ${octal(secret.mode)} ${path}; }; then`,
    `    fail ${quote(cannotWrite(secret.path))}`,
    '  fi',
    `elif ! [ -f ${path} ]; then`,
    `  fail ${quote(missing)}`,
    'fi',
  ];
}

/** Without a gossip key nothing in the file itself is secret. */
function writeSettings(secret: SecretFile, tokens: boolean): string[] {
  const path = quote(secret.path);
  return [
    '',
    '# What the agent is told of certificates and tokens.',
    `if ${tokens ? `! [ -f ${path} ] && ` : ''}! { ${makeDirectory(secret)} &&`,
    `  printf '%s\\n' ${quote(freshTemplateOf(secret).trimEnd())} >${path} && chmod ${octal(secret.mode)} ${path}; }; then`,
    `  fail ${quote(cannotWrite(secret.path))}`,
    'fi',
  ];
}

/** Certificates come from a folder: the cluster's CA, and where the agent has one of its own, certificate and key. */
function writeCertificates(secret: SecretFile): string[] {
  const names = secret.files.map(({ path }) => baseName(path));
  if (names.length === 0) return [];
  const directory = parent(secret.path);
  const missing = `The agents of this cluster talk TLS, and this one's certificates are not on this host yet. Give them once: set CONSUL_TLS_DIR to a folder with ${names.join(', ')}, a key among them readable by you only (mode 600). raftyard secrets certificates writes such folders.`;
  return [
    '',
    '# Certificates: copied once into the directory that only root may enter.',
    `tls=\${CONSUL_TLS_DIR:-}`,
    'unset CONSUL_TLS_DIR',
    'certificate() {',
    '  if [ -n "$tls" ]; then',
    '    [ -f "$tls/$1" ] || fail "$tls/$1 is no file."',
    '    case $1 in',
    '      *-key.pem)',
    '        [ -z "$(find "$tls/$1" -prune -perm /077)" ] || fail "Others can read $tls/$1: chmod 600 it first."',
    '        ;;',
    '    esac',
    `    if ! { ${makeDirectory(secret)} && install -m ${octal(secret.mode)} "$tls/$1" ${quote(directory)}/"$1"; }; then`,
    `      fail ${quote(cannotWrite(directory))}`,
    '    fi',
    `  elif ! [ -f ${quote(directory)}/"$1" ]; then`,
    `    fail ${quote(missing)}`,
    '  fi',
    '}',
    ...names.map((name) => `certificate ${name}`),
  ];
}

/** The part of consul-start.sh that sees to the secrets of a node; empty where it has none. */
export function writeSecrets({ secret }: Pick<DesiredNode, 'secret'>): string[] {
  if (secret === undefined) return [];
  const keyed = secret.parts.some(({ part }) => part === 'gossip');
  const tokens = secret.parts.some(({ part }) => part === 'acl');
  return [
    ...(keyed ? writeKey(secret, tokens) : writeSettings(secret, tokens)),
    ...writeCertificates(secret),
  ];
}
