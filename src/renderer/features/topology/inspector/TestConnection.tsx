import { Button } from '@mantine/core';
import { PlugZap } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { useDocument } from '../../../stores/document.js';
import { HostTestResult, useHostTest } from '../../hosts/HostTest.js';
import { writtenAt } from './fields.js';
import { hostInputOf, jumpHostsOf } from './input-of.js';

/** Tries the way into a host as the document has it; the answer stands below the button. */
export function TestConnection({ index }: { readonly index: number }) {
  const { t } = useTranslation('hosts');
  const { result, test, testing } = useHostTest();
  const written = useDocument((state) => writtenAt(state.shown.value, ['hosts']));
  const hosts = Array.isArray(written) ? written : [];
  const host = hostInputOf(hosts[index]);
  const run = (): void => {
    if (host === undefined) return;
    const all = hosts.flatMap((entry) => hostInputOf(entry) ?? []);
    void test(host, jumpHostsOf(host, all));
  };
  return (
    <div>
      <Button
        variant="default"
        size="xs"
        fullWidth
        leftSection={<PlugZap size={14} />}
        disabled={host === undefined}
        loading={testing}
        onClick={run}
        data-testid="test-connection"
      >
        {t('test')}
      </Button>
      <HostTestResult result={result} />
    </div>
  );
}
