/** The product's mark: a raft with a flag. */
export function Logo({ size = 24 }: { readonly size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 24 24" fill="none" aria-hidden="true" focusable="false">
      <path d="M11.2 3.5v8.2" stroke="var(--ry-accent)" strokeWidth="1.8" strokeLinecap="round" />
      <path d="M12.3 3.6 18 7l-5.7 3.2z" fill="var(--ry-accent)" />
      <rect x="4" y="12.4" width="16" height="2.3" rx="1.15" fill="var(--ry-accent)" />
      <rect x="2.6" y="16" width="18.8" height="2.3" rx="1.15" fill="var(--ry-accent)" />
      <rect x="4.6" y="19.6" width="14.8" height="2.1" rx="1.05" fill="var(--ry-accent)" />
    </svg>
  );
}
