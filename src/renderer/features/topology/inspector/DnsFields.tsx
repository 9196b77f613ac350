import { useTranslation } from 'react-i18next';
import { DEFAULT_SEARCH } from '../../../../shared/topology/index.js';
import { write } from './edit.js';
import { LinesField, SwitchField, useWritten } from './inputs.js';

const PARTS = ['containers', 'hosts'] as const;

/** Who asks Consul for names, and whom everybody asks for all others; what it costs stands with each. */
export function DnsFields() {
  const { t } = useTranslation('inspector');
  const written = useWritten(['dns']);
  const given = typeof written === 'object' && written !== null ? (written as Record<string, unknown>) : {};
  return (
    <>
      {PARTS.map((part) => (
        <SwitchField
          key={part}
          path={['dns', part]}
          label={t(`cluster.dns.${part}`)}
          term="dns"
          checked={given[part] === true}
          help={t(`cluster.dns.${part}Help.${given[part] === true ? 'on' : 'off'}`)}
          onSwitch={(checked) => write(['dns', part], checked ? true : undefined)}
        />
      ))}
      {Object.keys(given).length > 0 && (
        <>
          <LinesField
            path={['dns', 'upstream']}
            label={t('cluster.dns.upstream')}
            help={t('cluster.dns.upstreamHelp')}
            placeholder={t('cluster.dns.upstreamNone')}
          />
          <LinesField
            path={['dns', 'search']}
            label={t('cluster.dns.search')}
            help={t('cluster.dns.searchHelp')}
            placeholder={DEFAULT_SEARCH.join('\n')}
          />
        </>
      )}
    </>
  );
}
