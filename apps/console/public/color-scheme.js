// Runs before the first paint so that a dark page never flashes light. A file and not an inline script:
// the content security policy allows scripts from this origin only.
(() => {
  const key = 'mantine-color-scheme-value';
  let stored = null;
  try {
    stored = window.localStorage.getItem(key);
  } catch {
    // Storage can be switched off; the system setting decides then.
  }
  const isDark = window.matchMedia('(prefers-color-scheme: dark)').matches;
  const scheme = stored === 'light' || stored === 'dark' ? stored : isDark ? 'dark' : 'light';
  document.documentElement.setAttribute('data-mantine-color-scheme', scheme);
})();
