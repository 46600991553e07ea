import { describe, expect, it } from 'vitest';
import type { Period } from '../../shared/time/period.ts';
import { closedHours, planReports } from './plan-reports.ts';
import type { UsageReportRecord } from './report-usage.ports.ts';

const at = (text: string) => new Date(`2027-04-${text}Z`);
const span = (start: string, end: string): Period => ({ start: at(start), end: at(end) });
const text = ({ start, end }: Period) =>
  `${start.toISOString().slice(8, 19)} ${end.toISOString().slice(8, 19)}`;

describe('the closed hours of a period', () => {
  const billed = span('01T10:17:33', '01T13:17:33');

  it('leave out the hour that is not over yet', () => {
    expect(closedHours(billed, at('01T11:59:59')).map(text)).toEqual(['01T10:17:33 01T11:00:00']);
    expect(closedHours(billed, at('01T12:00:00'))).toHaveLength(2);
  });

  it('are cut where the period begins and ends, so that neighbours share nothing', () => {
    expect(closedHours(billed, at('05T00:00:00')).map(text)).toEqual([
      '01T10:17:33 01T11:00:00',
      '01T11:00:00 01T12:00:00',
      '01T12:00:00 01T13:00:00',
      '01T13:00:00 01T13:17:33',
    ]);
    const next = span('01T13:17:33', '02T00:00:00');
    expect(closedHours(next, at('01T14:00:00')).map(text)).toEqual(['01T13:17:33 01T14:00:00']);
  });
});

describe('reports of usage', () => {
  const hours = [span('01T10:00:00', '01T11:00:00'), span('01T11:00:00', '01T12:00:00')];
  const told = (quantity: string, status: UsageReportRecord['status'] = 'sent') => ({
    hour: span('01T10:00:00', '01T11:00:00'),
    quantity,
    status,
  });

  it('tell an hour once and nothing for an hour without usage', () => {
    expect(planReports(hours, ['3', '0'], [])).toEqual([
      { hour: hours[0], quantity: '3', status: 'pending', sequence: 1 },
    ]);
    expect(planReports(hours, ['3', '0'], [told('3', 'pending')])).toEqual([]);
  });

  it('tell what an hour gained as a report of its own', () => {
    expect(planReports(hours, ['5.5', '1'], [told('3')])).toEqual([
      { hour: hours[0], quantity: '2.5', status: 'pending', sequence: 2 },
      { hour: hours[1], quantity: '1', status: 'pending', sequence: 1 },
    ]);
  });

  it('write down what an hour lost, once, and never send it', () => {
    const [withheld, ...rest] = planReports(hours, ['2', '0'], [told('3')]);
    expect(rest).toEqual([]);
    expect(withheld).toMatchObject({ quantity: '-1', status: 'withheld', sequence: 2 });
    expect(planReports(hours, ['2', '0'], [told('3'), told('-1', 'withheld')])).toEqual([]);
  });

  it('count only what was told when usage comes back', () => {
    expect(planReports(hours, ['4', '0'], [told('3'), told('-1', 'withheld')])).toMatchObject([
      { quantity: '1', status: 'pending', sequence: 3 },
    ]);
  });

  it('do not tell again what Stripe refused: billing settles it', () => {
    expect(planReports(hours, ['3', '0'], [told('3', 'failed')])).toEqual([]);
    expect(planReports(hours, ['3', '0'], [told('1', 'refused'), told('2', 'settled')])).toEqual([]);
  });

  it('tell under the next name what was refused and is replaced, as much as the hour holds now', () => {
    const earlier = [told('3', 'replaced'), told('-1', 'withheld'), told('2', 'replaced')];
    expect(planReports(hours, ['4', '0'], earlier)).toMatchObject([
      { quantity: '4', status: 'pending', sequence: 4 },
    ]);
  });
});
