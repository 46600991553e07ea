import { type ReactNode, useEffect, useRef } from 'react';

interface PageHeaderProps {
  title: string;
  /** Completes the document title: `Invoices · Acme · Console`. */
  context: string;
  lead?: ReactNode;
  actions?: ReactNode;
  /** Above the title: the way back up. */
  above?: ReactNode;
}

let isFirstPage = true;

export function PageHeader({ title, context, lead, actions, above }: PageHeaderProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = [title, context, 'Console'].filter((part) => part !== '').join(' · ');
  }, [title, context]);
  useEffect(() => {
    // On the first page the browser's own starting point is right: the skip link must come first.
    if (isFirstPage) isFirstPage = false;
    else heading.current?.focus({ preventScroll: true });
  }, []);
  return (
    <header className="mg-page-header">
      {above === undefined ? null : <div className="mg-page-above">{above}</div>}
      <div className="mg-page-titles">
        <h1 ref={heading} tabIndex={-1}>
          {title}
        </h1>
        {actions === undefined ? null : <div className="mg-row">{actions}</div>}
      </div>
      {lead === undefined ? null : <div className="mg-page-lead">{lead}</div>}
    </header>
  );
}
