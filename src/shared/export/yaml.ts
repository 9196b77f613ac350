/** Values as YAML that every reader takes the same way: PyYAML (1.1, Ansible), Go's (Compose) and 1.2. */
import { Document, Scalar } from 'yaml';
import { oneLine } from './text.js';

/** Text that Ansible must not take for a template: tagged `!unsafe` where it could. */
export function literal(text: string): string | Scalar<string> {
  if (!text.includes('{')) return text;
  const scalar = new Scalar(text);
  scalar.tag = '!unsafe';
  return scalar;
}

export interface YamlOptions {
  /** One line above everything. */
  readonly comment: string;
  /** Quote only strings that would be read as something else; for text of our own. Default: quote every value. */
  readonly bare?: boolean;
}

/**
 * PyYAML refuses control characters that YAML 1.2 allows, and takes U+0085, U+2028 and U+2029 for line breaks; what
 * cannot be seen should not be there unseen either. Inside double quotes each has an escape.
 */
function escapeInvisible(text: string): string {
  return text.replace(/[\u007f-\u00a0\ufffe\uffff]|[\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu, (character) => {
    const hex = (character.codePointAt(0) ?? 0).toString(16).toUpperCase();
    return hex.length > 4 ? `\\U${hex.padStart(8, '0')}` : `\\u${hex.padStart(4, '0')}`;
  });
}

/** A YAML document. Values are quoted, so that no reader finds a number, a date or `no` where a text is meant. */
export function yamlText(value: unknown, { comment, bare = false }: YamlOptions): string {
  // Keys such as `on` or `1_000` are other things to YAML 1.1: they are quoted as well.
  const document = new Document(value, { compat: 'yaml-1.1', aliasDuplicateObjects: false });
  document.commentBefore = ` ${oneLine(comment)}`;
  return escapeInvisible(
    document.toString({
      lineWidth: 0,
      indentSeq: true,
      defaultStringType: bare ? 'PLAIN' : 'QUOTE_DOUBLE',
      defaultKeyType: 'PLAIN',
    }),
  );
}
