import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { readTopology, serialiseTopology, withNewId } from '../../../src/shared/topology/index.js';
for (const f of ['docker-consul-cluster', 'three-servers']) it(f, () => {
  const t = readFileSync(`assets/examples/${f}.raftyard`, 'utf8');
  const r = readTopology(t);
  console.log(r.findings);
  expect(r.topology).toBeDefined();
  console.log(serialiseTopology(r.topology as never));
  expect(withNewId(t).replace(/^id: .*$/m,'')).toBe(t.replace(/^id: .*$/m,''));
});
const M = 400*1024;
const rep = (s: string) => s.repeat(Math.floor(M/s.length));
const cases: Record<string,string> = {
  brackets: rep('['), braces: rep('{'), bb: rep('[]'), fl: '['+rep('1,'), keys: Array.from({length:110000},(_,i)=>`k${i}:`).join('\n'),
  flowkeys: '{'+Array.from({length:110000},(_,i)=>`k${i}:1,`).join('')+'}', dash: rep('- '), dashnl: rep('-\n'), q: rep('? '), colon: rep(': '), quote: rep('"'), sq: rep("'"),
  amp: rep('&a '), star: rep('*a\n'), bang: rep('! '), tag: rep('!!x 1\n'), tab: rep('\t'), hash: rep('#'), hashnl: rep('#\n'), pipe: 'a: |\n' + rep(' x\n'), docs: rep('---\n'), pct: rep('%\n'), dirs: rep('%YAML 1.2\n'), nul: rep('\0'), nl: rep('\n'), esc: '"'+rep('\\z'),
  hosts: 'raftyard: 1\nhosts:\n'+rep('- {}\n'), hosts2: 'raftyard: 1\nhosts:\n'+Array.from({length:1900},(_,i)=>`- {name: host${i}, address: a${i}, ssh: {jump: [hxst${i}, h${i}]}}\n`).join(''),
  indent: Array.from({length:1400},(_,i)=>' '.repeat(i)+'a:').join('\n'), flowIndent: '[\n'.repeat(400)+rep(' \n'), dq: 'a: "'+rep('x\n'), curly: rep('{a: '), close: rep(']'), mixed: rep('[]]'), anchors: 'a: &a [x]\n'+rep('b: *a\n'),
  plainlong: rep('a '), keyline: rep('a: b: '), multikey: 'a\n'.repeat(500000)+': b', cr: rep('\r'), commas: '['+rep(','), comments: rep('a: 1 # x\n'), fold: 'a: >\n'+rep('  x\n\n'), dqesc:'"'+rep('\\\n')+'"',
};
for (const [n, t] of Object.entries(cases)) it(n, () => { const s = performance.now(); const r = readTopology(t); const ms = performance.now()-s; if (ms>700) console.log(n, Math.round(ms), r.findings.length, r.findings[0]); expect(r.topology).toBeUndefined(); expect(r.findings.length).toBeLessThan(202); expect(r.findings.length).toBeGreaterThan(0);}, 60000);
