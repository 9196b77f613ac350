import { type ReactNode, useId } from 'react';
import type { DocumentPath } from '../../../../shared/topology/index.js';
import { useDocument } from '../../../stores/document.js';
import { useFindingText } from '../drawer/useFindingText.js';
import { fieldKey, findingsFor } from './fields.js';
import { Glossary, type Term } from './Glossary.js';
import styles from './inspector.module.css';

/** What a field gives its input: Mantine ties help and errors to it for screen readers. */
export interface InputProps {
  readonly id: string;
  readonly description: ReactNode;
  readonly error: ReactNode;
  readonly inputWrapperOrder: ('input' | 'description' | 'error')[];
  readonly classNames: { readonly description: string; readonly error: string };
}

export interface FieldProps {
  readonly path: DocumentPath;
  readonly label: string;
  readonly term?: Term | undefined;
  readonly help?: string | undefined;
  /** What is wrong with a draft that the document does not hold yet. */
  readonly problem?: string | undefined;
  /** Says only what is wrong with the value itself: fields of their own stand for what is in it. */
  readonly itself?: boolean;
}

const key = (text: string, index: number): string => `${index}:${text}`;

interface NoteOptions {
  readonly help?: string | undefined;
  readonly hint?: string | undefined;
  readonly problem?: string | undefined;
  /** Only findings about the path itself, not about what is in it. */
  readonly itself?: boolean;
}

/** What stands under an input: help with the warnings about a path, and the errors. */
export function useNotes(
  path: DocumentPath,
  { help, hint, problem, itself = false }: NoteOptions,
): Pick<InputProps, 'description' | 'error'> {
  const findings = useDocument((state) => state.shown.findings);
  const say = useFindingText();
  const own = findingsFor(findings, path).filter((f) => !itself || f.path.length === path.length);
  const texts = (severity: 'error' | 'warning'): string[] =>
    own.filter((finding) => finding.severity === severity).map(say);
  const helps = [help, hint].filter((text) => text !== undefined);
  const errors = [...(problem === undefined ? [] : [problem]), ...texts('error')];
  const warnings = texts('warning');
  return {
    description:
      helps.length + warnings.length === 0 ? null : (
        <>
          {helps.map((text) => (
            <span key={text}>{text}</span>
          ))}
          {warnings.map((text, i) => (
            <span key={key(text, i)} className={styles.warning} data-severity="warning">
              {text}
            </span>
          ))}
        </>
      ),
    error:
      errors.length === 0
        ? null
        : errors.map((text, i) => (
            <span key={key(text, i)} data-severity="error">
              {text}
            </span>
          )),
  };
}

/** A field of the document: its label with the term explained, the input, and what is to be said about it. */
export function Field({
  path,
  label,
  term,
  help,
  problem,
  itself = false,
  children,
}: FieldProps & { readonly children: (props: InputProps) => ReactNode }) {
  const id = useId();
  const notes = useNotes(path, { help, problem, itself });
  return (
    <div className={styles.field} data-field={fieldKey(path)}>
      <div className={styles.labelRow}>
        <label htmlFor={id} className={styles.label}>
          {label}
        </label>
        {term !== undefined && <Glossary term={term} />}
      </div>
      {children({
        id,
        ...notes,
        inputWrapperOrder: ['input', 'description', 'error'],
        classNames: { description: styles.description ?? '', error: styles.error ?? '' },
      })}
    </div>
  );
}
