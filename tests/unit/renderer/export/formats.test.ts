import { describe, expect, it } from 'vitest';
import { firstFile, languageOf } from '../../../../src/renderer/features/export/formats.js';
import { highlight } from '../../../../src/renderer/features/export/highlight.js';

describe('export preview', () => {
  it('shows the script before the README', () => {
    expect(firstFile(['README.md', 'docker01/consul-start.sh'])).toBe('docker01/consul-start.sh');
    expect(firstFile(['README.md', 'inventory.yaml', 'playbook.yaml'])).toBe('playbook.yaml');
    expect(firstFile([])).toBeUndefined();
  });

  it('knows files by their names', () => {
    expect(['a/consul-start.sh', 'compose.yaml', 'x.json', 'README.md', 'LICENSE'].map(languageOf)).toEqual([
      'bash',
      'yaml',
      'json',
      'markdown',
      'plaintext',
    ]);
  });

  it('escapes whatever it colours', () => {
    for (const language of ['bash', 'yaml', 'json', 'markdown', 'ini', 'plaintext'] as const)
      expect(highlight('x: <img src=x onerror=alert(1)>', language)).not.toContain('<img');
  });
});
