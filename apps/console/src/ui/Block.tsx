import { type ReactNode, useEffect, useId, useState } from 'react';
import { ErrorBlock } from './ErrorBlock.tsx';
import { type SkeletonShape, Skeletons } from './Skeletons.tsx';
import { useErrorWords } from './shown-error.ts';

/** What a block needs to know of a query. */
export interface BlockQuery<T> {
  data: T | undefined;
  error: unknown;
  isPending: boolean;
  dataUpdatedAt: number;
  refetch: () => unknown;
}

interface BlockProps<T> {
  title: string;
  /** Names what is slow or failed: "Still loading – usage is slow". */
  subject: string;
  query: BlockQuery<T>;
  shape?: SkeletonShape;
  actions?: ReactNode;
  /** For blocks whose content brings its own edges (tables). */
  flush?: boolean;
  hideTitle?: boolean;
  children: (data: T) => ReactNode;
}

/** One block of a screen: it loads, fails and recovers without its neighbours. */
export function Block<T>({
  title,
  subject,
  query,
  shape = 'lines',
  actions,
  flush = false,
  hideTitle = false,
  children,
}: BlockProps<T>) {
  const id = useId();
  return (
    <section className="mg-block" data-flush={flush} aria-labelledby={id} aria-busy={query.isPending}>
      <div className={hideTitle ? 'mg-sr-only' : 'mg-block-head'}>
        <h2 id={id}>{title}</h2>
        {actions === undefined || hideTitle ? null : <div className="mg-row">{actions}</div>}
      </div>
      <div className="mg-block-body">
        <Content query={query} subject={subject} shape={shape}>
          {children}
        </Content>
      </div>
    </section>
  );
}

interface ContentProps<T> {
  query: BlockQuery<T>;
  subject: string;
  shape: SkeletonShape;
  children: (data: T) => ReactNode;
}

/** The states of a block without its frame. */
export function Content<T>({ query, subject, shape, children }: ContentProps<T>) {
  const showError = useErrorWords();
  if (query.data !== undefined) {
    if (query.error === null || query.error === undefined) return children(query.data);
    return (
      <>
        <ErrorBlock
          error={showError(query.error)}
          subject={subject}
          onRetry={query.refetch}
          lastGoodAt={query.dataUpdatedAt}
        />
        <div className="mg-stale">{children(query.data)}</div>
      </>
    );
  }
  if (query.error !== null && query.error !== undefined) {
    const shown = showError(query.error);
    return <ErrorBlock error={shown} subject={subject} onRetry={query.refetch} />;
  }
  return <Loading shape={shape} subject={subject} onRetry={query.refetch} />;
}

const quietForMs = 150;
const slowAfterMs = 8_000;

function Loading({
  shape,
  subject,
  onRetry,
}: {
  shape: SkeletonShape;
  subject: string;
  onRetry: () => unknown;
}) {
  const [stage, setStage] = useState<'quiet' | 'skeleton' | 'slow'>('quiet');
  useEffect(() => {
    const first = setTimeout(() => setStage('skeleton'), quietForMs);
    const second = setTimeout(() => setStage('slow'), slowAfterMs);
    return () => {
      clearTimeout(first);
      clearTimeout(second);
    };
  }, []);
  return (
    <div className="mg-loading" data-quiet={stage === 'quiet'}>
      <Skeletons shape={shape} />
      {stage === 'slow' ? (
        <p role="status" className="mg-slow">
          Still loading – {subject} {subject.endsWith('s') ? 'are' : 'is'} slow.{' '}
          <button type="button" className="mg-link" onClick={() => onRetry()}>
            Retry
          </button>
        </p>
      ) : null}
    </div>
  );
}
