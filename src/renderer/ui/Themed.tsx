import { Input, MantineProvider, Modal, mergeThemeOverrides } from '@mantine/core';
import { type ReactNode, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { cssNonce } from '../lib/nonce.js';
import { theme, variables } from './theme.js';

/** The design system around the window, its own few words in the person's language. */
export function Themed({ children }: { readonly children: ReactNode }) {
  const { t } = useTranslation();
  const close = t('close');
  const translated = useMemo(
    () =>
      mergeThemeOverrides(theme, {
        components: {
          Modal: Modal.extend({
            defaultProps: {
              ...theme.components?.['Modal']?.defaultProps,
              closeButtonProps: { 'aria-label': close },
            },
          }),
          InputClearButton: Input.ClearButton.extend({ defaultProps: { 'aria-label': close } }),
        },
      }),
    [close],
  );
  return (
    <MantineProvider
      theme={translated}
      cssVariablesResolver={variables}
      defaultColorScheme="auto"
      getStyleNonce={() => cssNonce}
    >
      {children}
    </MantineProvider>
  );
}
