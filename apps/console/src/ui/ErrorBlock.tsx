import { Button } from '@mantine/core';
import { IconAlertTriangle, IconLock, IconRefresh } from '@tabler/icons-react';
import { CopyText } from './CopyText.tsx';
import type { ShownError } from './shown-error.ts';

interface ErrorBlockProps {
  error: ShownError;
  /** What failed, in the reader's words. */
  subject: string;
  onRetry: () => unknown;
  /** Epoch milliseconds of the data still shown below. */
  lastGoodAt?: number;
}

/** Says what failed, what is unaffected, and gives the one next step. Never looks like an empty list. */
export function ErrorBlock({ error, subject, onRetry, lastGoodAt }: ErrorBlockProps) {
  const isForbidden = error.kind === 'forbidden';
  const Icon = isForbidden ? IconLock : IconAlertTriangle;
  return (
    <div className="mg-error" role="alert" data-kind={error.kind}>
      <Icon size={18} stroke={1.75} aria-hidden />
      <div className="mg-stack-xs">
        <p className="mg-strong">{isForbidden ? 'Not yours to see' : `We could not load ${subject}`}</p>
        <p>{error.text}</p>
        {lastGoodAt === undefined ? null : (
          <p className="mg-muted">Below is what we last knew. The rest of the page is not affected.</p>
        )}
        <div className="mg-row">
          {isForbidden ? null : (
            <Button
              size="compact-sm"
              variant="default"
              leftSection={<IconRefresh size={14} aria-hidden />}
              onClick={() => onRetry()}
            >
              Retry
            </Button>
          )}
          {error.requestId === null ? null : <CopyText label="Ref" text={error.requestId} />}
        </div>
      </div>
    </div>
  );
}
