import { Button } from '@mantine/core';
import { IconCheck, IconLink } from '@tabler/icons-react';
import { useEffect, useState } from 'react';

/** Copies the address of what is on the screen, filters included. */
export function CopyLink() {
  const [isCopied, setCopied] = useState(false);
  useEffect(() => {
    if (!isCopied) return;
    const timer = setTimeout(() => setCopied(false), 2000);
    return () => clearTimeout(timer);
  }, [isCopied]);
  async function copy() {
    await navigator.clipboard?.writeText(window.location.href);
    setCopied(true);
  }
  const Icon = isCopied ? IconCheck : IconLink;
  return (
    <Button
      variant="subtle"
      color="gray"
      size="compact-sm"
      leftSection={<Icon size={14} aria-hidden />}
      onClick={copy}
    >
      <span role="status">{isCopied ? 'Copied' : 'Copy link'}</span>
    </Button>
  );
}
