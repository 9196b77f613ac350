/** The kinds of field: each reads the document at its path and writes there. */
import { NumberInput, Select, Switch, Textarea, TextInput } from '@mantine/core';
import { type ReactNode, useId } from 'react';
import { useDocument } from '../../../stores/document.js';
import { write } from './edit.js';
import { Field, type FieldProps, useNotes } from './Field.js';
import {
  asList,
  asText,
  fieldKey,
  linesToList,
  linesToMeta,
  listToLines,
  metaToLines,
  writtenAt,
} from './fields.js';
import { Glossary } from './Glossary.js';
import styles from './inspector.module.css';
import { useDraft } from './useDraft.js';

/** What is written at a path, in the last text that could be read. */
export function useWritten(path: FieldProps['path']): unknown {
  return useDocument((state) => writtenAt(state.shown.value, path));
}

interface TextFieldProps extends FieldProps {
  readonly mono?: boolean;
  /** The default, which holds while nothing is written. */
  readonly placeholder?: string | undefined;
  /** An empty field takes the entry out of the document. */
  readonly optional?: boolean;
  readonly rightSection?: ReactNode;
  /** Another way to write than into the path itself. */
  readonly commit?: (value: string) => void;
  /** The person has left the field. */
  readonly onLeave?: () => void;
}

export function TextField(props: TextFieldProps) {
  const { mono, placeholder, optional, rightSection, commit, onLeave, ...field } = props;
  const value = asText(useWritten(field.path));
  const store = commit ?? ((next: string) => write(field.path, next === '' && optional ? undefined : next));
  const draft = useDraft(value, store);
  return (
    <Field {...field}>
      {(input) => (
        <TextInput
          {...input}
          {...draft}
          onBlur={() => {
            draft.onBlur();
            onLeave?.();
          }}
          onChange={(event) => draft.onChange(event.currentTarget.value)}
          className={mono ? styles.mono : undefined}
          placeholder={placeholder}
          rightSection={rightSection}
          spellCheck={false}
          autoComplete="off"
        />
      )}
    </Field>
  );
}

interface TextareaFieldProps extends FieldProps {
  readonly placeholder?: string;
  readonly minRows: number;
  readonly maxRows: number;
  /** What is written, as lines. */
  readonly value: string;
  /** What the document makes of lines. */
  readonly normalise: (lines: string) => string;
  /** Called where that is not what is written already. */
  readonly commit: (lines: string) => void;
}

/** Several lines that stand for something else than a text. */
function TextareaField(props: TextareaFieldProps) {
  const { placeholder, minRows, maxRows, value, normalise, commit, ...field } = props;
  const draft = useDraft(
    value,
    (lines) => {
      if (normalise(lines) !== value) commit(lines);
    },
    normalise,
  );
  return (
    <Field {...field}>
      {(input) => (
        <Textarea
          {...input}
          {...draft}
          onChange={(event) => draft.onChange(event.currentTarget.value)}
          className={styles.mono}
          placeholder={placeholder}
          autosize
          minRows={minRows}
          maxRows={maxRows}
          spellCheck={false}
        />
      )}
    </Field>
  );
}

/** A list with one entry on each line. */
export function LinesField(field: FieldProps & { readonly placeholder?: string }) {
  return (
    <TextareaField
      {...field}
      minRows={2}
      maxRows={8}
      value={listToLines(asList(useWritten(field.path)))}
      normalise={(lines) => listToLines(linesToList(lines))}
      commit={(lines) => {
        const list = linesToList(lines);
        write(field.path, list.length === 0 ? undefined : list);
      }}
    />
  );
}

/** A mapping of texts as lines of `key=value`. */
export function MetaField(field: FieldProps) {
  return (
    <TextareaField
      {...field}
      minRows={1}
      maxRows={6}
      value={metaToLines(useWritten(field.path))}
      normalise={(lines) => metaToLines(linesToMeta(lines))}
      commit={(lines) => {
        const meta = linesToMeta(lines);
        write(field.path, Object.keys(meta).length === 0 ? undefined : meta);
      }}
    />
  );
}

interface NumberFieldProps extends FieldProps {
  readonly min: number;
  readonly max: number;
  readonly fallback: number;
}

/** A whole number; the default is not written, and an empty field means it. */
export function NumberField({ min, max, fallback, ...field }: NumberFieldProps) {
  const written = useWritten(field.path);
  const draft = useDraft(asText(written ?? fallback), (next) => {
    const number = Number(next);
    if (next === '') write(field.path, undefined);
    // A number out of range is written too: the finding says what is wrong with it.
    else if (Number.isSafeInteger(number)) write(field.path, number === fallback ? undefined : number);
  });
  return (
    <Field {...field}>
      {(props) => (
        <NumberInput
          {...props}
          value={draft.value}
          onChange={(next) => draft.onChange(String(next))}
          onFocus={draft.onFocus}
          onBlur={draft.onBlur}
          min={min}
          max={max}
          clampBehavior="none"
          allowDecimal={false}
          allowNegative={false}
        />
      )}
    </Field>
  );
}

export interface Choice {
  readonly value: string;
  readonly label: string;
  readonly disabled?: boolean;
}

interface ChoiceFieldProps extends FieldProps {
  readonly value: string;
  readonly data: readonly Choice[];
  readonly onChoose: (value: string) => void;
}

/** One of some values; what the chosen one means stands below it. */
export function ChoiceField({ value, data, onChoose, ...field }: ChoiceFieldProps) {
  return (
    <Field {...field}>
      {(props) => (
        <Select
          {...props}
          // null, not an empty text: nothing of the list is chosen.
          value={data.some((choice) => choice.value === value) ? value : null}
          placeholder={value}
          data={data}
          allowDeselect={false}
          rightSectionWidth={22}
          onChange={(next) => next !== null && next !== value && onChoose(next)}
        />
      )}
    </Field>
  );
}

interface SwitchFieldProps extends FieldProps {
  readonly checked: boolean;
  readonly disabled?: boolean;
  /** Why it cannot be switched. */
  readonly hint?: string | undefined;
  readonly onSwitch: (checked: boolean) => void;
}

export function SwitchField({
  path,
  label,
  term,
  help,
  hint,
  problem,
  checked,
  disabled,
  onSwitch,
}: SwitchFieldProps) {
  const id = useId();
  const { description, error } = useNotes(path, { help, hint, problem });
  return (
    <div className={styles.field} data-field={fieldKey(path)}>
      <div className={styles.switchRow}>
        <Switch
          id={id}
          label={label}
          checked={checked}
          disabled={disabled === true}
          classNames={{ label: styles.switchLabel }}
          aria-describedby={`${id}-notes`}
          onChange={(event) => onSwitch(event.currentTarget.checked)}
        />
        {term !== undefined && <Glossary term={term} />}
      </div>
      <div id={`${id}-notes`}>
        {description !== null && <div className={styles.description}>{description}</div>}
        {error !== null && <div className={styles.error}>{error}</div>}
      </div>
    </div>
  );
}
