import {
  type CSSVariablesResolver,
  createTheme,
  defaultVariantColorsResolver,
  type MantineColorsTuple,
} from '@mantine/core';

const fontFamily =
  'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, "Noto Sans", sans-serif';
const monospace = 'ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", monospace';

const accent: MantineColorsTuple = [
  '#e9effe',
  '#cfdcfc',
  '#a6c6ff',
  '#8ab4ff',
  '#5f8df5',
  '#3d73f2',
  '#2860e6',
  '#1d4fd8',
  '#1843bb',
  '#163fb0',
];

/** The library's own dark surfaces, in our hue. */
const dark: MantineColorsTuple = [
  '#eceef2',
  '#c4c9d3',
  '#a2a9b6',
  '#868d99',
  '#6b7280',
  '#2a2f39',
  '#1e222b',
  '#171a21',
  '#0e1014',
  '#0a0c10',
];

/** Colors come from `tokens.css` through variables, so one theme serves both schemes. */
export const theme = createTheme({
  primaryColor: 'accent',
  primaryShade: { light: 7, dark: 3 },
  colors: { accent, dark },
  fontFamily,
  fontFamilyMonospace: monospace,
  defaultRadius: 8,
  focusRing: 'auto',
  cursorType: 'pointer',
  respectReducedMotion: true,
  fontSizes: { xs: '12px', sm: '14px', md: '14px', lg: '16px', xl: '20px' },
  lineHeights: { xs: '16px', sm: '20px', md: '20px', lg: '24px', xl: '28px' },
  spacing: { xs: '8px', sm: '12px', md: '16px', lg: '24px', xl: '32px' },
  shadows: { xs: 'none', sm: 'none', md: '0 8px 24px rgb(0 0 0 / 14%)', lg: '0 16px 48px rgb(0 0 0 / 18%)' },
  variantColorResolver: (input) => {
    const tone = input.color === 'danger' || input.color === 'red' ? 'danger' : 'accent';
    switch (input.variant) {
      case 'filled':
        return {
          background: `var(--mg-${tone})`,
          hover: `var(--mg-${tone}-hover)`,
          color: `var(--mg-on-${tone})`,
          border: '1px solid transparent',
        };
      case 'default':
        return {
          background: 'var(--mg-surface)',
          hover: 'var(--mg-sunken)',
          color: tone === 'danger' ? 'var(--mg-danger)' : 'var(--mg-text)',
          border: '1px solid var(--mg-control)',
        };
      case 'light':
        return {
          background: `var(--mg-${tone}-tint)`,
          hover: `var(--mg-${tone}-tint)`,
          color: `var(--mg-on-${tone}-tint)`,
          border: '1px solid transparent',
        };
      case 'subtle':
      case 'transparent':
        return {
          background: 'transparent',
          hover: 'var(--mg-sunken)',
          color: input.color === 'gray' ? 'var(--mg-muted)' : `var(--mg-${tone})`,
          border: '1px solid transparent',
        };
      default:
        return defaultVariantColorsResolver(input);
    }
  },
  components: {
    Button: { defaultProps: { size: 'sm' } },
    Tooltip: { defaultProps: { openDelay: 300, withinPortal: true, multiline: true, maw: 320 } },
    Modal: { defaultProps: { centered: true, transitionProps: { duration: 120 }, radius: 8 } },
    Menu: { defaultProps: { shadow: 'md', position: 'bottom-end', transitionProps: { duration: 120 } } },
    Popover: { defaultProps: { shadow: 'md', transitionProps: { duration: 120 } } },
    Select: { defaultProps: { allowDeselect: false, checkIconPosition: 'right' } },
  },
});

/** Points the variables of the component library at the tokens, in both schemes alike. */
export const cssVariablesResolver: CSSVariablesResolver = () => {
  const shared = {
    '--mantine-color-body': 'var(--mg-surface)',
    '--mantine-color-text': 'var(--mg-text)',
    '--mantine-color-dimmed': 'var(--mg-muted)',
    '--mantine-color-placeholder': 'var(--mg-muted)',
    '--mantine-color-error': 'var(--mg-danger)',
    '--mantine-color-anchor': 'var(--mg-accent)',
    '--mantine-color-default': 'var(--mg-surface)',
    '--mantine-color-default-hover': 'var(--mg-sunken)',
    '--mantine-color-default-color': 'var(--mg-text)',
    '--mantine-color-default-border': 'var(--mg-control)',
    '--mantine-color-disabled': 'var(--mg-sunken)',
    '--mantine-color-disabled-color': 'var(--mg-muted)',
    '--mantine-color-disabled-border': 'var(--mg-line)',
    '--mantine-primary-color-filled': 'var(--mg-accent)',
    '--mantine-primary-color-filled-hover': 'var(--mg-accent-hover)',
    '--mantine-primary-color-contrast': 'var(--mg-on-accent)',
    '--mantine-primary-color-light': 'var(--mg-accent-tint)',
    '--mantine-primary-color-light-color': 'var(--mg-on-accent-tint)',
    '--mantine-color-accent-filled': 'var(--mg-accent)',
    '--mantine-color-accent-outline': 'var(--mg-accent)',
  };
  return { variables: {}, light: shared, dark: shared };
};
