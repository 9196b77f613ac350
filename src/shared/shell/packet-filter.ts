/**
 * Hand-made packet filters, iptables and nftables without a manager before them: rules that let the cluster in, in
 * the words in which the programs print them back, and the files from which the distribution loads them at boot.
 *
 * A whole running rule set is never saved: it holds what Docker and others made. Lines are added to the file, and
 * exactly these lines are taken out again.
 *
 * @see https://manpages.debian.org/bookworm/iptables/iptables.8.en.html
 * @see https://manpages.debian.org/bookworm/nftables/nft.8.en.html
 */
import { commandLine } from './quote.js';

export type PacketFilter = 'iptables' | 'nftables';

/** File from which the distribution loads the rules of a program at boot; absent where nothing does. */
export type KeptIn = Readonly<Partial<Record<'iptables' | 'ip6tables' | 'nftables', string>>>;

export const isPacketFilter = (kind: string): kind is PacketFilter =>
  kind === 'iptables' || kind === 'nftables';

interface Rule {
  readonly port: number;
  readonly protocol: 'tcp' | 'udp';
  readonly from: 'cluster' | 'any';
}

/** As both programs print an address, or an IPv4 subnet: IPv6 in its short form. */
function printed(address: string): string {
  return address.includes(':') ? new URL(`http://[${address}]/`).hostname.slice(1, -1) : address;
}

/** `iptables INPUT …` as `iptables -S` prints it after `-A`. A rule from anywhere is one for IPv4. */
export function iptablesRules(rule: Rule, sources: readonly string[], label: string): string[] {
  const match = `-p ${rule.protocol} -m ${rule.protocol} --dport ${rule.port} -m comment --comment ${label} -j ACCEPT`;
  if (rule.from === 'any') return [`iptables INPUT ${match}`];
  return sources.map((source) => {
    const six = source.includes(':');
    const prefix = source.includes('/') ? '' : six ? '/128' : '/32';
    return `${six ? 'ip6tables' : 'iptables'} INPUT -s ${printed(source)}${prefix} ${match}`;
  });
}

/**
 * `inet filter input …` as `nft list chain` prints it. What one chain accepts, another with the same hook may still
 * drop: every chain that filters gets the rule.
 *
 * @param chains family, table and name, separated by blanks
 */
export function nftRules(
  rule: Rule,
  sources: readonly string[],
  label: string,
  chains: readonly string[],
): string[] {
  const end = `${rule.protocol} dport ${rule.port} accept comment "${label}"`;
  return chains.flatMap((chain) => {
    if (rule.from === 'any') return [`${chain} ${end}`];
    return sources.flatMap((source) => {
      const family = source.includes(':') ? 'ip6' : 'ip';
      const fits = chain.startsWith('inet ') || chain.startsWith(`${family} `);
      return fits ? [`${chain} ${family} saddr ${printed(source)} ${end}`] : [];
    });
  });
}

/** The chain of an nftables rule, and what follows it. */
export function splitNftRule(rule: string): { readonly chain: readonly string[]; readonly rest: string[] } {
  const words = rule.split(' ');
  return { chain: words.slice(0, 3), rest: words.slice(3) };
}

/** The program of an iptables rule, and its words after `-A`. */
export function splitIptablesRule(rule: string): {
  readonly program: 'iptables' | 'ip6tables';
  readonly words: string[];
} {
  const [program = '', ...words] = rule.split(' ');
  return { program: program === 'ip6tables' ? 'ip6tables' : 'iptables', words };
}

/** The file in which a rule is kept; undefined where none is loaded at boot. */
export function fileOf(kind: PacketFilter, rule: string, keptIn: KeptIn): string | undefined {
  return kind === 'nftables' ? keptIn.nftables : keptIn[splitIptablesRule(rule).program];
}

/** A rule as a line of that file. */
export function lineOf(kind: PacketFilter, rule: string): string {
  return kind === 'nftables' ? `insert rule ${rule}` : `-A ${splitIptablesRule(rule).words.join(' ')}`;
}

/** Our rules among the lines of a file that is loaded at boot. */
export function keptRules(program: keyof KeptIn, lines: readonly string[]): string[] {
  const start = program === 'nftables' ? 'insert rule ' : '-A INPUT ';
  return lines
    .map((line) => line.trim())
    .filter((line) => line.startsWith(start))
    .map((line) => (program === 'nftables' ? line.slice(start.length) : `${program} ${line.slice(3)}`));
}

/**
 * The file with the rules in it, each once; everything else stays as it is, byte for byte.
 *
 * iptables: before the first rule of the table `filter`, where no earlier rule can refuse what they let in. nftables:
 * at the end, as commands for the chains that the file has made by then.
 *
 * @throws TypeError for a file of iptables without the table `filter`.
 */
export function withRules(kind: PacketFilter, text: string, rules: readonly string[]): string {
  const lines = text.split('\n');
  const present = new Set(lines.map((line) => line.trim()));
  const wanted = rules.map((rule) => lineOf(kind, rule)).filter((line) => !present.has(line));
  if (wanted.length === 0) return text;
  if (kind === 'nftables') {
    return `${text}${text === '' || text.endsWith('\n') ? '' : '\n'}${wanted.join('\n')}\n`;
  }
  const table = lines.findIndex((line) => line.trim() === '*filter');
  const end = lines.findIndex((line, index) => index > table && line.trim() === 'COMMIT');
  if (table === -1 || end === -1) throw new TypeError('there is no table filter in it');
  const first = lines.findIndex((line, index) => index > table && index < end && /^\s*-[AI] /.test(line));
  lines.splice(first === -1 ? end : first, 0, ...wanted);
  return lines.join('\n');
}

/** The file without the rules; everything else stays as it is, byte for byte. */
export function withoutRules(kind: PacketFilter, text: string, rules: readonly string[]): string {
  const ours = new Set(rules.map((rule) => lineOf(kind, rule)));
  return text
    .split('\n')
    .filter((line) => !ours.has(line.trim()))
    .join('\n');
}

/** Command lines that insert a rule into the running filter, for people to read and type. */
export function insertShown(kind: PacketFilter, rule: string): string {
  if (kind === 'nftables') return commandLine(['nft', 'insert', 'rule', ...rule.split(' ')]);
  const { program, words } = splitIptablesRule(rule);
  return commandLine([program, '-w', '-I', ...words]);
}

function fileShown(kind: PacketFilter, rules: readonly string[], keptIn: KeptIn, verb: string): string[] {
  const files = [...new Set(rules.map((rule) => fileOf(kind, rule, keptIn)))];
  return files.flatMap((file) => {
    if (file === undefined) return [];
    const lines = rules.filter((rule) => fileOf(kind, rule, keptIn) === file);
    return [`# ${verb} ${file}:`, ...lines.map((rule) => `#   ${lineOf(kind, rule)}`)];
  });
}

/** What opening does, line by line: the file first, then the running filter. */
export function openShown(kind: PacketFilter, rules: readonly string[], keptIn: KeptIn): string[] {
  return [
    ...fileShown(kind, rules, keptIn, 'added to'),
    ...rules.map((rule) => `${insertShown(kind, rule)}   # where it is not there yet`),
  ];
}

/** What closing does, line by line. */
export function closeShown(kind: PacketFilter, rules: readonly string[], keptIn: KeptIn): string[] {
  return [
    ...fileShown(kind, rules, keptIn, 'taken out of'),
    ...rules.map((rule) => {
      if (kind === 'nftables') {
        const { chain, rest } = splitNftRule(rule);
        return `${commandLine(['nft', 'delete', 'rule', ...chain, 'handle'])} …   # of: ${rest.join(' ')}`;
      }
      const { program, words } = splitIptablesRule(rule);
      return commandLine([program, '-w', '-D', ...words]);
    }),
  ];
}
