import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useOrganization } from '../../app/session.ts';
import { trpc } from '../../app/trpc.ts';
import { quantityText } from '../../components/quantity-text.ts';
import { Block } from '../../ui/Block.tsx';
import { AutoBuyDialog } from './AutoBuyDialog.tsx';
import type { SeatPlan } from './seat-plans.ts';

/** Whether seats are bought without anybody confirming each one, and how far. */
export function AutoBuySeats({ plans }: { plans: readonly SeatPlan[] }) {
  const { slug: organization, role } = useOrganization();
  const [isOpen, setOpen] = useState(false);
  const settings = useQuery(trpc.organizations.get.queryOptions({ organization }));
  return (
    <Block title="When nobody can join" subject="settings" query={settings}>
      {({ settings: { autoBuySeatsMax: max } }) => (
        <div className="mg-stack">
          <p className="mg-measure">{sentence(max)}</p>
          {role === 'owner' ? (
            <div className="mg-row">
              <Button variant="default" onClick={() => setOpen(true)}>
                {max === null ? 'Buy seats automatically' : 'Change or end this'}
              </Button>
            </div>
          ) : (
            <p className="mg-muted">Only an owner can change this.</p>
          )}
          {isOpen ? <AutoBuyDialog max={max} plans={plans} onClose={() => setOpen(false)} /> : null}
        </div>
      )}
    </Block>
  );
}

function sentence(max: number | null): string {
  if (max === null) return 'When every seat is taken, nobody new can join until somebody buys a seat here.';
  const seats = `${quantityText(String(max))} ${max === 1 ? 'seat' : 'seats'}`;
  return `When every seat is taken, the seats that are needed are bought automatically, up to ${seats} of each plan. Each purchase is charged at once for the rest of the billing period and told by e-mail.`;
}
