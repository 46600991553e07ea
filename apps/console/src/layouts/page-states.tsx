import { Button } from '@mantine/core';
import { type ErrorComponentProps, useRouter } from '@tanstack/react-router';
import { useEffect } from 'react';
import { paths } from '../app/paths.ts';
import { showError } from '../app/show-error.ts';
import { AppLink } from '../components/AppLink.tsx';
import { ErrorBlock } from '../ui/ErrorBlock.tsx';
import { Skeletons } from '../ui/Skeletons.tsx';
import { PlainLayout } from './PlainLayout.tsx';

export function PagePending() {
  return (
    <div aria-busy="true">
      <span className="mg-sr-only">Loading</span>
      <Skeletons shape="cards" />
    </div>
  );
}

export function PageFailed({ error, reset }: ErrorComponentProps) {
  const router = useRouter();
  function retry() {
    reset();
    void router.invalidate();
  }
  // A page's own code that cannot be fetched is a network matter as well: after a release old files are gone.
  return (
    <PlainLayout wide>
      <h1>This page could not be opened</h1>
      <div className="mg-stack">
        <ErrorBlock error={showError(error)} subject="this page" onRetry={retry} />
        <AppLink to={paths.home()}>Go to the start page</AppLink>
      </div>
    </PlainLayout>
  );
}

/** Where there is nothing to show, and nothing to try again. */
function DeadEnd({ title, text, documentTitle, role }: DeadEndProps) {
  const router = useRouter();
  useEffect(() => {
    document.title = `${documentTitle} · Console`;
  }, [documentTitle]);
  return (
    <PlainLayout wide>
      <div className="mg-stack" role={role}>
        <h1>{title}</h1>
        <p className="mg-muted mg-measure">{text}</p>
        <div className="mg-row">
          <Button onClick={() => router.history.push(paths.home())}>Go to the start page</Button>
        </div>
      </div>
    </PlainLayout>
  );
}

interface DeadEndProps {
  title: string;
  text: string;
  documentTitle: string;
  role?: 'alert';
}

export function NotFoundPage() {
  return (
    <DeadEnd
      documentTitle="Not found"
      title="Nothing lives at this address"
      text="It may have been moved, or it belongs to an organization you are not a member of."
    />
  );
}

/** The page was open when its reader's right to it ended. */
export function LostOrganizationPage() {
  return (
    <DeadEnd
      role="alert"
      documentTitle="No longer open to you"
      title="You no longer have access to this organization"
      text="Your membership ended, or the time to look at it is over. Nothing you saved is lost; ask one of its owners if you should come back."
    />
  );
}
