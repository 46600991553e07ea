import { IconCheck, IconCopy } from '@tabler/icons-react';
import { useEffect, useState } from 'react';

/** An id that is copied by pressing it. */
export function CopyText({ text, label, shown }: { text: string; label?: string; shown?: string }) {
  const [isCopied, setCopied] = useState(false);
  useEffect(() => {
    if (!isCopied) return;
    const timer = setTimeout(() => setCopied(false), 2000);
    return () => clearTimeout(timer);
  }, [isCopied]);
  async function copy() {
    await navigator.clipboard?.writeText(text);
    setCopied(true);
  }
  return (
    <button type="button" className="mg-copy" onClick={copy} title={text}>
      {label === undefined ? null : <span className="mg-muted">{label} </span>}
      <code>{shown ?? text}</code>
      {isCopied ? <IconCheck size={14} aria-hidden /> : <IconCopy size={14} aria-hidden />}
      <span className="mg-sr-only" role="status">
        {isCopied ? 'Copied' : ''}
      </span>
      {isCopied ? null : <span className="mg-sr-only">Copy</span>}
    </button>
  );
}
