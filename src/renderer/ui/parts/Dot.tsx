/** The dot of health. Never alone: words stand beside it. */
export type Tone = 'good' | 'warn' | 'bad' | 'muted' | 'accent';

const COLOUR: Readonly<Record<Tone, string>> = {
  good: 'var(--ry-good)',
  warn: 'var(--ry-warn)',
  bad: 'var(--ry-bad)',
  muted: 'var(--ry-link)',
  accent: 'var(--ry-accent)',
};

export function Dot({ tone, size = 9 }: { readonly tone: Tone; readonly size?: number }) {
  return (
    <span
      aria-hidden="true"
      style={{
        display: 'inline-block',
        flex: 'none',
        width: size,
        height: size,
        borderRadius: '50%',
        background: COLOUR[tone],
      }}
    />
  );
}
