import { describe, expect, it } from 'vitest';
import { closeFirewall, openFirewall } from '../../../src/main/host/firewall/index.js';
import type { ExecResult, HostConnection } from '../../../src/main/host/types.js';
import { BUS_STOPPED, busScript } from '../../../src/shared/shell/firewalld-bus.js';

function connection(answer: (argv: readonly string[]) => Partial<ExecResult>) {
  const ran: string[] = [];
  const fake = {
    host: { name: 'docker01' },
    exec: (argv: readonly string[]) => {
      ran.push(argv.join(' '));
      return Promise.resolve({ code: 0, stdout: '', stderr: '', truncated: false, ...answer(argv) });
    },
    script: (text: string) => {
      ran.push(text);
      return Promise.resolve({ code: 0, stdout: '', stderr: '', truncated: false, ...answer([text]) });
    },
  } as unknown as HostConnection;
  return { fake, ran };
}

describe('openFirewall and closeFirewall', () => {
  it('write the files of a firewalld that does not run', async () => {
    const { fake, ran } = connection((argv) => ({ code: argv.includes('--state') ? 252 : 0 }));
    await closeFirewall(fake, 'firewalld', ['8500/tcp'], { zone: 'public' });
    expect(ran).toEqual([
      'firewall-cmd --state',
      'firewall-offline-cmd --zone=public --remove-port=8500/tcp',
    ]);
  });

  it("say on which host which program failed, in the program's words", async () => {
    const { fake } = connection((argv) =>
      argv.includes('--state') ? {} : { code: 112, stderr: 'Error: INVALID_ZONE: x' },
    );
    await expect(openFirewall(fake, 'firewalld', ['8500/tcp'], { zone: 'x' })).rejects.toMatchObject({
      code: 'command-failed',
      host: 'docker01',
      message: expect.stringContaining('INVALID_ZONE'),
    });
  });

  it('are one script where the plan goes over D-Bus', async () => {
    const { fake, ran } = connection(() => ({}));
    await openFirewall(fake, 'firewalld', ['8500/tcp'], { zone: 'public', bus: true });
    expect(ran).toEqual([busScript('add', ['8500/tcp'], 'public')]);
  });

  it('write the files of a firewalld that was stopped since the plan', async () => {
    const { fake, ran } = connection(([text = '']) => ({ code: text.includes('busctl') ? BUS_STOPPED : 0 }));
    await closeFirewall(fake, 'firewalld', ['8500/tcp'], { zone: 'public', bus: true });
    expect(ran.slice(1)).toEqual(['firewall-offline-cmd --zone=public --remove-port=8500/tcp']);
  });

  it("give firewalld's words over D-Bus, and what to type", async () => {
    const { fake } = connection(() => ({ code: 1, stderr: 'INVALID_ZONE: x\n' }));
    await expect(
      openFirewall(fake, 'firewalld', ['8500/tcp'], { zone: 'x', bus: true }),
    ).rejects.toMatchObject({
      code: 'command-failed',
      host: 'docker01',
      message: 'busctl failed with exit code 1: INVALID_ZONE: x',
      hint: 'By hand, as root: firewall-cmd --permanent --zone=x --add-port=8500/tcp',
    });
  });

  it('ask nothing when there is nothing to do', async () => {
    const { fake, ran } = connection(() => ({}));
    await openFirewall(fake, 'ufw', []);
    expect(ran).toEqual([]);
  });
});
