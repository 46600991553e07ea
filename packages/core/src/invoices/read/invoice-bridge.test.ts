import { describe, expect, it } from 'vitest';
import { asId } from '../../shared/ids.ts';
import { type BridgedInvoice, invoiceBridge } from './invoice-bridge.ts';

function invoice(totals: { total: bigint; tax?: bigint }, lines: BridgedInvoice['lines']): BridgedInvoice {
  const id = asId('invoice', '01900000-0000-7000-8000-000000000001');
  const { total, tax = 0n } = totals;
  return { invoice: { id, number: 'A-1', currency: 'USD', totalMinor: total, taxMinor: tax }, lines };
}

const base = (amountMinor: bigint, plan = 'growth') => ({
  description: `Agent Leads ${plan}`,
  amountMinor,
  priceKey: `mg_agent-leads_${plan}_v1_base_month_usd`,
  isProration: false,
});
const leads = (amountMinor: bigint, description = 'leads') => ({
  description,
  amountMinor,
  priceKey: 'mg_agent-leads_growth_v1_lead_qualified_month_usd',
  isProration: false,
});

describe('the bridge from one invoice to the next', () => {
  it('has one difference per group of lines and sums to the difference of the totals', () => {
    const april = invoice({ total: 11_300n }, [base(9_900n), leads(1_400n)]);
    const may = invoice({ total: 12_600n, tax: 1_000n }, [
      base(9_900n),
      leads(2_000n),
      leads(200n, 'adjustment'),
      { description: 'seats', amountMinor: 500n, priceKey: null, isProration: true },
    ]);
    const bridge = invoiceBridge(may, april);
    expect(bridge?.groups.map(({ key, differenceMinor }) => [key, differenceMinor])).toEqual([
      ['price:agent-leads:base', '0'],
      ['price:agent-leads:lead_qualified', '800'],
      ['tax', '1000'],
      ['discounts', '-1000'],
      ['changes', '500'],
    ]);
    const sum = bridge?.groups.reduce((total, group) => total + BigInt(group.differenceMinor), 0n);
    expect([bridge?.differenceMinor, sum?.toString()]).toEqual(['1300', '1300']);
  });

  it('compares the fee of one plan with the fee of another', () => {
    const bridge = invoiceBridge(
      invoice({ total: 9_900n }, [base(9_900n)]),
      invoice({ total: 2_900n }, [base(2_900n, 'starter')]),
    );
    expect(bridge?.groups).toMatchObject([{ label: 'Agent Leads growth', differenceMinor: '7000' }]);
  });

  it('does not exist without an invoice before', () => {
    expect(invoiceBridge(invoice({ total: 1n }, []), null)).toBeNull();
  });
});
