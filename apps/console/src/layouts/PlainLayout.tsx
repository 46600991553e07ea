import type { ReactNode } from 'react';
import { Mark } from '../components/Mark.tsx';
import './plain.css';

/** One column without navigation: sign-in, onboarding, redirects, errors. */
export function PlainLayout({ children, wide = false }: { children: ReactNode; wide?: boolean }) {
  return (
    <div className="mg-plain">
      <main className="mg-plain-card" data-wide={wide}>
        <div className="mg-plain-brand">
          <Mark size={28} />
          <span>Metergate</span>
        </div>
        {children}
      </main>
    </div>
  );
}
