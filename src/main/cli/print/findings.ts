import type { Finding } from '../../../shared/topology/types.js';
import { clean } from './clean.js';
import type { Style } from './style.js';

/** `file:line:column severity code message`, as compilers and editors know it. */
export function findingLine(file: string, finding: Finding, style: Style): string {
  const place =
    finding.line === undefined ? clean(file) : `${clean(file)}:${finding.line}:${finding.column ?? 1}`;
  const severity = style(finding.severity === 'error' ? 'red' : 'yellow', finding.severity);
  return `${place} ${severity} ${finding.code} ${clean(finding.message)}`;
}
