/** The nonce that main put into the page: style elements made at run time carry it, others are refused. */
export const cssNonce: string =
  document.querySelector('meta[property="csp-nonce"]')?.getAttribute('content') ?? '';
