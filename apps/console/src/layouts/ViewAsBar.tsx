import { Button } from '@mantine/core';
import { IconEye } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { useRouter } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { now, parseInstant } from '../app/now.ts';
import { paths } from '../app/paths.ts';
import { queryClient } from '../app/query-client.ts';
import { trpc } from '../app/trpc.ts';
import type { OrganizationAccess } from '../app/views.ts';
import './view-as.css';

interface ViewAsBarProps {
  organization: OrganizationAccess;
  viewAs: NonNullable<OrganizationAccess['viewAs']>;
}

/** Stays in sight while staff look at somebody else's organization: whose it is, why, and for how long. */
export function ViewAsBar({ organization, viewAs }: ViewAsBarProps) {
  const router = useRouter();
  const leave = useLeave(organization.slug);
  const end = useMutation(trpc.admin.viewAs.end.mutationOptions({ onSettled: leave }));
  const minutes = useMinutesLeft(viewAs.expiresAt, leave);
  useFrame();
  return (
    <section className="mg-viewas" aria-label="Viewing as an organization">
      <IconEye size={18} aria-hidden />
      <p>
        <strong>{organization.name}</strong>
        <span className="mg-viewas-more"> · read-only · {viewAs.reason}</span>
      </p>
      <span className="mg-figure mg-nowrap">{minutes <= 1 ? '1 min left' : `${minutes} min left`}</span>
      <Button
        size="compact-sm"
        className="mg-viewas-end"
        loading={end.isPending}
        onClick={() => {
          router.history.replace(paths.adminOrganization(organization.slug));
          end.mutate({ organization: organization.slug });
        }}
      >
        End
      </Button>
    </section>
  );
}

function useLeave(slug: string): () => Promise<void> {
  const router = useRouter();
  return async () => {
    router.history.replace(paths.adminOrganization(slug));
    await queryClient.invalidateQueries();
  };
}

const minuteMs = 60_000;

function useMinutesLeft(expiresAt: string, onOver: () => Promise<void>): number {
  const left = () => parseInstant(expiresAt).getTime() - now().getTime();
  const [leftMs, setLeft] = useState(left);
  useEffect(() => {
    const timer = setInterval(() => {
      const rest = parseInstant(expiresAt).getTime() - now().getTime();
      setLeft(rest);
      if (rest > 0) return;
      clearInterval(timer);
      void onOver();
    }, 5_000);
    return () => clearInterval(timer);
  }, [expiresAt, onOver]);
  return Math.max(0, Math.ceil(leftMs / minuteMs));
}

/** A frame around everything and a prefix of the title: no tab looks like one's own organization. */
function useFrame(): void {
  useEffect(() => {
    const prefix = () => {
      if (!document.title.startsWith('Viewing: ')) document.title = `Viewing: ${document.title}`;
    };
    const title = document.querySelector('title');
    const observer = new MutationObserver(prefix);
    if (title !== null) observer.observe(title, { childList: true });
    prefix();
    document.documentElement.dataset.viewAs = 'on';
    return () => {
      observer.disconnect();
      delete document.documentElement.dataset.viewAs;
    };
  }, []);
}
