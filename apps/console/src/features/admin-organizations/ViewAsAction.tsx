import { Button, Select, TextInput } from '@mantine/core';
import { IconEye } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { useRouter } from '@tanstack/react-router';
import { useState } from 'react';
import { paths } from '../../app/paths.ts';
import { queryClient } from '../../app/query-client.ts';
import { sessionOptions } from '../../app/session.ts';
import { showError } from '../../app/show-error.ts';
import { trpc } from '../../app/trpc.ts';
import { oneOf } from '../../app/url-state.ts';
import type { Organization } from '../../app/views.ts';
import { ReasonDialog } from '../../ui/ReasonDialog.tsx';

const minuteChoices = ['30', '15', '60'] as const;
const minutesOf = { '15': 15, '30': 30, '60': 60 } as const;

/** Opens the organization's own console with an owner's eyes and nobody's hands. */
export function ViewAsAction({ organization }: { organization: Organization }) {
  const router = useRouter();
  const [isAsking, setAsking] = useState(false);
  const [ticket, setTicket] = useState('');
  const [minutes, setMinutes] = useState<(typeof minuteChoices)[number]>('30');
  const start = useMutation(
    trpc.admin.viewAs.start.mutationOptions({
      onSuccess: async (session) => {
        await queryClient.refetchQueries({ queryKey: sessionOptions().queryKey });
        router.history.push(paths.overview(session.organization));
      },
    }),
  );
  return (
    <>
      <Button
        variant="default"
        leftSection={<IconEye size={16} aria-hidden />}
        onClick={() => setAsking(true)}
      >
        View as
      </Button>
      {isAsking ? (
        <ReasonDialog
          title={`View as ${organization.name}`}
          opened
          onClose={() => setAsking(false)}
          confirmLabel="Start viewing"
          isPending={start.isPending}
          error={start.error === null ? null : showError(start.error)}
          onConfirm={(reason) =>
            start.mutate({
              organization: organization.slug,
              reason,
              ticket,
              minutes: minutesOf[minutes],
            })
          }
        >
          <div className="mg-stack">
            <p className="mg-muted">
              You see what its owner sees and can change nothing. The owner finds your visit and the reason
              under Activity.
            </p>
            <div className="mg-fieldset-row mg-row">
              <Select
                label="For at most"
                w={140}
                allowDeselect={false}
                data={minuteChoices.map((value) => ({ value, label: `${value} minutes` }))}
                value={minutes}
                onChange={(value) => setMinutes(oneOf(value ?? '', minuteChoices))}
              />
              <TextInput
                label="Ticket (optional)"
                maxLength={60}
                value={ticket}
                onChange={(event) => setTicket(event.currentTarget.value)}
              />
            </div>
          </div>
        </ReasonDialog>
      ) : null}
    </>
  );
}
