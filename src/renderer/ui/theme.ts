/** Mantine in the colours and proportions of the product. */
import {
  type CSSVariablesResolver,
  createTheme,
  defaultVariantColorsResolver,
  type MantineColorsTuple,
  type VariantColorsResolver,
} from '@mantine/core';

const teal: MantineColorsTuple = [
  '#e6f5f3',
  '#cfe9e6',
  '#a0d4ce',
  '#5eead4',
  '#2dd4bf',
  '#14b8a6',
  '#0d9488',
  '#0f766e',
  '#115e59',
  '#134e4a',
];

/** Mantine chooses the text of filled things once for both schemes; ours has one for each. */
const variantColorResolver: VariantColorsResolver = (input) => {
  const colors = defaultVariantColorsResolver(input);
  const own = input.color === undefined || input.color === 'raft';
  return input.variant === 'filled' && own ? { ...colors, color: 'var(--ry-on-accent)' } : colors;
};

export const theme = createTheme({
  variantColorResolver,
  primaryColor: 'raft',
  colors: { raft: teal },
  primaryShade: { light: 7, dark: 4 },
  autoContrast: true,
  luminanceThreshold: 0.4,
  fontFamily: 'var(--ry-sans)',
  fontFamilyMonospace: 'var(--ry-mono)',
  fontSizes: { xs: '11px', sm: '12.5px', md: '13px', lg: '15px', xl: '18px' },
  headings: { fontFamily: 'var(--ry-sans)', fontWeight: '650' },
  defaultRadius: 8,
  cursorType: 'pointer',
  respectReducedMotion: true,
  components: {
    Button: { defaultProps: { size: 'sm' } },
    TextInput: { defaultProps: { size: 'sm' } },
    Select: { defaultProps: { size: 'sm', comboboxProps: { withinPortal: true } } },
    NumberInput: { defaultProps: { size: 'sm' } },
    Textarea: { defaultProps: { size: 'sm' } },
    Switch: { defaultProps: { size: 'sm' } },
    // The page never scrolls as a whole; the lock would add a style without a nonce.
    Modal: {
      defaultProps: {
        lockScroll: false,
        centered: true,
        radius: 12,
        overlayProps: { backgroundOpacity: 0.45 },
      },
    },
    Tooltip: { defaultProps: { openDelay: 350, withArrow: true, fz: 12 } },
  },
});

/** Mantine's own variables follow the product's tokens in both schemes. */
export const variables: CSSVariablesResolver = () => {
  const shared = {
    '--mantine-color-body': 'var(--ry-panel)',
    '--mantine-color-text': 'var(--ry-text)',
    '--mantine-color-dimmed': 'var(--ry-muted)',
    '--mantine-color-default': 'var(--ry-raised)',
    '--mantine-color-default-hover': 'var(--ry-accent-soft)',
    '--mantine-color-default-border': 'var(--ry-line)',
    '--mantine-color-default-color': 'var(--ry-text)',
    '--mantine-color-error': 'var(--ry-bad)',
    '--mantine-color-placeholder': 'var(--ry-muted)',
    '--mantine-color-anchor': 'var(--ry-accent)',
  };
  // Fields, menus and pop-ups take their grey from here.
  const dark = {
    '--mantine-color-dark-0': 'var(--ry-text)',
    '--mantine-color-dark-1': 'var(--ry-text)',
    '--mantine-color-dark-2': 'var(--ry-muted)',
    '--mantine-color-dark-3': 'var(--ry-muted)',
    '--mantine-color-dark-4': 'var(--ry-line)',
    '--mantine-color-dark-5': 'var(--ry-line)',
    '--mantine-color-dark-6': 'var(--ry-raised)',
    '--mantine-color-dark-7': 'var(--ry-panel)',
    '--mantine-color-dark-8': 'var(--ry-bg)',
    '--mantine-color-dark-9': 'var(--ry-bg)',
  };
  return { variables: {}, light: shared, dark: { ...shared, ...dark } };
};
