import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { domain } from '../../../src/renderer/i18n/zh/domain/index.js';
import { say } from '../../../src/renderer/lib/say.js';
import { FAULTS, upgradeProblem } from '../../../src/shared/consul/index.js';

const root = join(import.meta.dirname, '../../..');
const filesOf = (folder: string): string[] =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join(folder, name));

/** Texts that a literal or template can come to, `{}` where a value goes. */
function texts(node: ts.Expression): string[] {
  if (ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node)) return [node.text];
  if (ts.isTemplateExpression(node))
    return [node.head.text + node.templateSpans.map((span) => `{}${span.literal.text}`).join('')];
  if (ts.isConditionalExpression(node)) return [...texts(node.whenTrue), ...texts(node.whenFalse)];
  if (ts.isBinaryExpression(node)) return [...texts(node.left), ...texts(node.right)];
  return ts.isParenthesizedExpression(node) ? texts(node.expression) : [];
}

/** Of a registry: each takes a reason. */
const REASONED = /^(noAnswer|refusedBy)$/;
const FIELDS = new Set(['message', 'hint', 'before', 'after', 'note', 'undo']);
const ADDERS = /(^|\.)(add|block|confirm|conflict)$/;

/** Sentences that a file gives to people: messages and hints of errors and issues, what a step changes. */
function sentences(file: string): string[] {
  const found: string[] = [];
  const source = ts.createSourceFile(
    file,
    readFileSync(join(root, file), 'utf8'),
    ts.ScriptTarget.Latest,
    true,
  );
  const visit = (node: ts.Node): void => {
    if (ts.isNewExpression(node) && node.expression.getText() === 'RaftyardError') {
      const message = node.arguments?.[1];
      if (message !== undefined) found.push(...texts(message));
    }
    if (ts.isCallExpression(node) && REASONED.test(node.expression.getText()))
      found.push(...node.arguments.slice(1, 2).flatMap(texts));
    if (ts.isPropertyAssignment(node) && FIELDS.has(node.name.getText()))
      found.push(...texts(node.initializer));
    if (ts.isCallExpression(node) && ADDERS.test(node.expression.getText()))
      // Ids (of checks, codes, severities) are no sentences.
      found.push(
        ...node.arguments.flatMap(texts).filter((text) => text.includes(' ') && !/^[a-z-]+$/.test(text)),
      );
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found.filter((text) => /[A-Za-z]{2}/.test(text));
}

const FOLDERS = [
  'src/shared/desired',
  'src/main/store/secrets',
  'src/shared/plan',
  'src/main/cluster',
  'src/main/host',
  'src/main/consul',
  'src/main/ipc',
];
/** Commands and names are the same in every language. */
const SAME = new Set(['systemctl enable docker']);
/** Templates that are put together of words: one of what they come to. */
const EXAMPLES: Readonly<Record<string, string>> = {
  '{}, SELinux {}': 'systemd, SELinux permissive',
  "Its clock is {} {} this computer's": "Its clock is 2 s ahead of this computer's",
  '{} is there{}': 'hashicorp/consul:1.22 is there (Consul 1.22.1)',
  '{} {} taken by {}': '8300/tcp, 8301/tcp are taken by nginx',
  '{} runs{}: {}': 'firewalld runs (zone public): only the needed ports are opened',
  '{} is ours and {}': 'consul01 is ours and restarting again and again',
  '{} {} on one leader, all voters, all members alive':
    '3 servers agree on one leader, all voters, all members alive',
  '{}, {} at boot, as before': 'running, does not start at boot, as before',
  '{} does not stay up (exit {}){}': 'consul01 does not stay up (exit 1): no space left on device',
};
const filled = (text: string): string => EXAMPLES[text] ?? text.replaceAll('{}', 'X1');

describe('sentences of the domain', () => {
  it('are told from the sources', () => {
    expect(sentences('src/shared/plan/checks.ts')).toContain('Docker does not start at boot');
    expect(sentences('src/main/host/ssh/dial.ts')).toContain('{} could not log in; tried: {}');
  });

  it('can all be said in Chinese', () => {
    const english = FOLDERS.flatMap(filesOf)
      .flatMap(sentences)
      .filter((text) => !SAME.has(text) && text.replaceAll('{}', '').trim().length > 3)
      .filter((text) => !/[\u4e00-\u9fff]/.test(say(filled(text), 'zh')));
    expect([...new Set(english)]).toEqual([]);
  });

  it('tell of Consul’s releases in Chinese too', () => {
    const ways = [
      ['1.22.3', '1.21.0'],
      ['0.5.2', '1.22.0'],
      ['1.22.0', '9.0.0'],
      ['0.7.5', '1.22.0'],
      ['1.8.7', '1.22.0'],
    ] as const;
    const sentences = [
      ...FAULTS.map(({ reason }) => reason),
      ...ways.map(([from, to]) => upgradeProblem(from, to) ?? ''),
      upgradeProblem('1.21.4', '2.0.3', true) ?? '',
    ];
    for (const text of sentences) expect(say(text, 'zh'), text).toMatch(/[\u4e00-\u9fff]/);
  });

  it('quote what they quote in the same language', () => {
    expect(
      say('docker01 cannot be reached: 10.0.0.1 port 22: nothing listens there; nothing is done there', 'zh'),
    ).toBe('无法到达 docker01：10.0.0.1 端口 22：没有程序在监听；那里不会有任何改动');
  });

  it('stay as they are in English, and where nobody knows them', () => {
    expect(say('the Docker engine does not run', 'en')).toBe('the Docker engine does not run');
    expect(say('OCI runtime exec failed', 'zh')).toBe('OCI runtime exec failed');
    expect(say('x'.repeat(5_000), 'zh')).toBe('x'.repeat(5_000));
  });

  it('put in every value that they are given', () => {
    for (const [english, words] of domain) {
      const count = english.split('{}').length - 1;
      const used = [...words.matchAll(/\{(\d)\}/g)].map(([, index]) => Number(index));
      expect([...new Set(used)].sort(), english).toEqual([...Array(count).keys()]);
    }
  });
});
