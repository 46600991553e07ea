import { useQuery } from '@tanstack/react-query';
import { paths } from '../../app/paths.ts';
import { useOrganization } from '../../app/session.ts';
import { trpc } from '../../app/trpc.ts';
import { useUrlState } from '../../app/url-state.ts';
import type { Family, Subscription } from '../../app/views.ts';
import { ButtonLink } from '../../components/ButtonLink.tsx';
import { DifferenceTable } from '../../components/DifferenceTable.tsx';
import { PageHeader } from '../../components/PageHeader.tsx';
import { Content } from '../../ui/Block.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { Notice } from '../../ui/Notice.tsx';
import { Tabs } from '../../ui/Tabs.tsx';
import { PlanCard } from './PlanCard.tsx';
import './plans.css';

const defaults = { family: '', interval: 'month', canceled: '' };

export function PlansPage() {
  const { slug: organization, name } = useOrganization();
  const { values, set } = useUrlState(defaults);
  const families = useQuery(trpc.catalog.forOrganization.queryOptions({ organization }));
  const subscriptions = useQuery(trpc.subscriptions.list.queryOptions({ organization, includeEnded: false }));
  return (
    <>
      <PageHeader
        title="Plans"
        context={name}
        lead="At most one plan in each family. Changes are shown with amounts before anything is charged."
      />
      {values.canceled === '1' ? (
        <div className="mg-notices">
          <Notice
            tone="info"
            role="status"
            action={
              <button type="button" className="mg-link" onClick={() => set({ canceled: '' }, 'replace')}>
                Hide
              </button>
            }
          >
            You left without paying. Nothing was charged. Choose the plan again to continue where you stopped.
          </Notice>
        </div>
      ) : null}
      <Content query={families} subject="plans" shape="cards">
        {(list) =>
          list.length === 0 ? (
            <EmptyState reason="never" title="No plans are offered to your organization yet">
              Talk to us: the platform’s staff can open a plan for you.
            </EmptyState>
          ) : (
            <Families
              families={list}
              subscriptions={subscriptions.data ?? []}
              chosen={values.family}
              interval={values.interval === 'year' ? 'year' : 'month'}
              onChoose={(family) => set({ family })}
              onInterval={(interval) => set({ interval })}
            />
          )
        }
      </Content>
    </>
  );
}

function endingLabel({ planName, status, cancelAt }: Subscription): string {
  if (status === 'paused') return `Resume ${planName}`;
  return cancelAt === null ? `Pause or cancel ${planName}` : `Keep ${planName}`;
}

interface FamiliesProps {
  families: readonly Family[];
  subscriptions: readonly Subscription[];
  chosen: string;
  interval: 'month' | 'year';
  onChoose: (family: string) => void;
  onInterval: (interval: 'month' | 'year') => void;
}

function Families({ families, subscriptions, chosen, interval, onChoose, onInterval }: FamiliesProps) {
  const { slug } = useOrganization();
  const family = families.find((candidate) => candidate.family === chosen) ?? families[0];
  if (family === undefined) return null;
  const current = subscriptions.find((subscription) => subscription.family === family.family);
  const plans = [...family.plans].sort((left, right) => left.rank - right.rank);
  const hasYear = plans.some((plan) => plan.intervals.includes('year'));
  return (
    <>
      {families.length > 1 ? (
        <Tabs
          label="Product family"
          value={family.family}
          onChange={onChoose}
          tabs={families.map((candidate) => ({ value: candidate.family, label: candidate.name }))}
        />
      ) : null}
      <div className="mg-row mg-row-between mg-plans-lead">
        <p className="mg-muted">{family.description}</p>
        {hasYear ? (
          <fieldset className="mg-row mg-fieldset-row">
            <legend className="mg-sr-only">Billed</legend>
            {(['month', 'year'] as const).map((value) => (
              <button
                key={value}
                type="button"
                className="mg-choice"
                aria-pressed={interval === value}
                onClick={() => onInterval(value)}
              >
                {value === 'month' ? 'Monthly' : 'Yearly'}
              </button>
            ))}
          </fieldset>
        ) : null}
      </div>
      <div className="mg-plans" data-count={plans.length}>
        {plans.map((plan) => (
          <PlanCard
            key={plan.plan}
            plan={plan}
            current={current}
            interval={plan.intervals.includes(interval) ? interval : 'month'}
          />
        ))}
      </div>
      {plans.length > 1 ? (
        <DifferenceTable title="What differs" plans={plans} currentPlan={current?.basePlan} />
      ) : null}
      {current === undefined ? null : (
        <p className="mg-plans-foot mg-row">
          {current.items.some((item) => item.kind === 'seat') ? (
            <ButtonLink variant="subtle" size="compact-sm" to={paths.seats(slug)}>
              Buy or release seats
            </ButtonLink>
          ) : null}
          <ButtonLink
            variant="subtle"
            color="gray"
            size="compact-sm"
            to={paths.cancel(slug, { subscription: current.id })}
          >
            {endingLabel(current)}
          </ButtonLink>
        </p>
      )}
    </>
  );
}
