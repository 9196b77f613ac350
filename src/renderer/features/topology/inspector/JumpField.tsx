import { MultiSelect } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { DocumentPath } from '../../../../shared/topology/index.js';
import { useDocument } from '../../../stores/document.js';
import { write } from './edit.js';
import { Field } from './Field.js';
import { asList } from './fields.js';
import { useWritten } from './inputs.js';

/** The hosts through which another is reached, first hop first. */
export function JumpField({ path, host }: { readonly path: DocumentPath; readonly host: string }) {
  const { t } = useTranslation('inspector');
  const hosts = useDocument((state) => state.shown.draft.hosts);
  // Twice the same hop is a finding; the field can hold it once only.
  const jump = [...new Set(asList(useWritten(path)))];
  const names = hosts.flatMap(({ name }) =>
    name === undefined || name === '' || name === host ? [] : [name],
  );
  return (
    <Field path={path} label={t('host.jump')} help={t(jump.length === 0 ? 'host.jumpNone' : 'host.jumpHelp')}>
      {(props) => (
        <MultiSelect
          {...props}
          // Names that are no host (any more) stay to be seen, and can be taken out.
          data={[...new Set([...names, ...jump])]}
          value={jump}
          onChange={(next) => write(path, next.length === 0 ? undefined : next)}
          placeholder={jump.length === 0 ? t('host.jumpAdd') : ''}
          maxValues={8}
          // Where there is something to search; the input of it takes a line of its own.
          searchable={names.length > 10}
          hidePickedOptions
        />
      )}
    </Field>
  );
}
