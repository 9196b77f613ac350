import { ActionIcon, Button } from '@mantine/core';
import { Plus, X } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import {
  addCheck,
  addService,
  CHECK_KINDS,
  type CheckKind,
  type DocumentPath,
  type DraftCheck,
  type DraftService,
  type NodeRef,
  removeCheck,
  removeService,
  setCheckKind,
} from '../../../../shared/topology/index.js';
import { useDocument } from '../../../stores/document.js';
import { change, write } from './edit.js';
import { writtenAt } from './fields.js';
import { ChoiceField, LinesField, MetaField, SwitchField, TextField, useWritten } from './inputs.js';
import styles from './inspector.module.css';

interface ServicesFieldsProps {
  readonly at: NodeRef;
  readonly services: readonly DraftService[];
}

const kindOf = ({ keys }: DraftCheck): CheckKind => CHECK_KINDS.find((kind) => keys.includes(kind)) ?? 'http';

/** What most services do without. */
const MORE = ['id', 'address', 'tags', 'meta'];

/** What the node's agent registers, and how it finds out whether that is well. */
export function ServicesFields({ at, services }: ServicesFieldsProps) {
  const { t } = useTranslation('inspector');
  const consent = useDocument((state) => state.shown.draft.scriptChecks);
  const commands = services.some(({ checks }) =>
    checks.some((check) => /^(docker|script)$/.test(kindOf(check))),
  );
  return (
    <section className={styles.fields} aria-label={t('services.title')} data-testid="services-section">
      <h3 className={styles.section}>{t('services.title')}</h3>
      {services.length === 0 && <p className={styles.note}>{t('services.none')}</p>}
      {services.map((service, index) => (
        <ServiceFields
          // Places in a list are what services are known by while their names are typed.
          key={service.path.join('.')}
          service={service}
          onRemove={() => change((text) => removeService(text, at, index))}
        />
      ))}
      {commands && (
        <SwitchField
          path={['scriptChecks']}
          label={t('services.consent')}
          help={t('services.consentHelp')}
          checked={consent}
          onSwitch={(on) => write(['scriptChecks'], on ? true : undefined)}
        />
      )}
      <Button
        variant="default"
        size="xs"
        leftSection={<Plus size={14} />}
        onClick={() => change((text) => addService(text, at))}
      >
        {t('services.add')}
      </Button>
    </section>
  );
}

function ServiceFields({
  service,
  onRemove,
}: {
  readonly service: DraftService;
  readonly onRemove: () => void;
}) {
  const { t } = useTranslation('inspector');
  const { path, name, checks } = service;
  const shown = name === undefined || name === '' ? t('services.unnamed') : name;
  const written = useWritten(path);
  const [open, setOpen] = useState(() => MORE.some((field) => writtenAt(written, [field]) !== undefined));
  return (
    <fieldset className={styles.card} data-testid={`service-fields-${shown}`}>
      <legend className={styles.cardTitle}>{shown}</legend>
      <ActionIcon
        className={styles.cardRemove}
        variant="subtle"
        color="gray"
        size="sm"
        aria-label={t('services.remove', { name: shown })}
        title={t('services.remove', { name: shown })}
        onClick={onRemove}
      >
        <X size={14} />
      </ActionIcon>
      <TextField path={[...path, 'name']} label={t('services.name')} help={t('services.nameHelp')} />
      <PortField path={[...path, 'port']} label={t('services.port')} />
      <details open={open} onToggle={(event) => setOpen(event.currentTarget.open)}>
        <summary className={styles.label}>{t('services.more')}</summary>
        <div className={styles.fields}>
          <TextField
            path={[...path, 'id']}
            label={t('services.id')}
            help={t('services.idHelp')}
            placeholder={name}
            mono
            optional
          />
          <TextField
            path={[...path, 'address']}
            label={t('services.address')}
            help={t('services.addressHelp')}
            mono
            optional
          />
          <LinesField path={[...path, 'tags']} label={t('services.tags')} help={t('services.tagsHelp')} />
          <MetaField path={[...path, 'meta']} label={t('services.meta')} help={t('services.metaHelp')} />
        </div>
      </details>
      {checks.length === 0 && <p className={styles.note}>{t('services.noChecks')}</p>}
      {checks.map((check, index) => (
        <CheckFields key={check.path.join('.')} check={check} service={path} index={index} />
      ))}
      <Button
        variant="default"
        size="compact-xs"
        leftSection={<Plus size={13} />}
        onClick={() => change((text) => addCheck(text, path))}
      >
        {t('services.addCheck')}
      </Button>
    </fieldset>
  );
}

interface CheckFieldsProps {
  readonly check: DraftCheck;
  readonly service: DocumentPath;
  readonly index: number;
}

function CheckFields({ check, service, index }: CheckFieldsProps) {
  const { t } = useTranslation('inspector');
  const { path } = check;
  const kind = kindOf(check);
  const title = t('services.check', { number: index + 1 });
  return (
    <fieldset className={styles.check} data-testid={`check-fields-${index}`}>
      <legend className={styles.cardTitle}>{title}</legend>
      <ActionIcon
        className={styles.cardRemove}
        variant="subtle"
        color="gray"
        size="sm"
        aria-label={t('services.removeCheck')}
        title={t('services.removeCheck')}
        onClick={() => change((text) => removeCheck(text, service, index))}
      >
        <X size={14} />
      </ActionIcon>
      <ChoiceField
        path={path}
        itself
        label={t('services.kind')}
        value={kind}
        data={CHECK_KINDS.map((value) => ({ value, label: t(`services.kinds.${value}`) }))}
        onChoose={(next) => change((text) => setCheckKind(text, service, index, next as CheckKind))}
      />
      {kind === 'script' ? (
        <LinesField path={[...path, 'script']} label={t('services.script')} help={t('services.scriptHelp')} />
      ) : (
        <TextField
          path={[...path, kind]}
          label={t(`services.${kind}`)}
          help={t(`services.${kind}Help`)}
          mono
        />
      )}
      {kind === 'docker' && (
        <LinesField
          path={[...path, 'command']}
          label={t('services.command')}
          help={t('services.commandHelp')}
        />
      )}
      {kind !== 'ttl' && (
        <div className={styles.pair}>
          <TextField path={[...path, 'interval']} label={t('services.interval')} mono />
          <TextField
            path={[...path, 'timeout']}
            label={t('services.timeout')}
            placeholder={t('services.timeoutDefault')}
            mono
            optional
          />
        </div>
      )}
    </fieldset>
  );
}

interface PlainField {
  readonly path: DocumentPath;
  readonly label: string;
  readonly help?: string;
}

/** A whole number or nothing; whatever else is typed is written too, and the finding says what is wrong with it. */
function PortField(field: PlainField) {
  return (
    <TextField
      {...field}
      mono
      commit={(next) => {
        const number = Number(next);
        write(field.path, next === '' ? undefined : Number.isSafeInteger(number) ? number : next);
      }}
    />
  );
}
