import { describe, expect, it } from 'vitest';
import { asId } from '../../shared/ids.ts';
import { identifierOf, organizationOf } from './report-identifier.ts';

const organizationId = asId('organization', '0190a5c8-d7e1-7d3a-b1c2-d3e4f5a6b7c0');
const hour = { start: new Date('2027-04-01T10:17:33Z'), end: new Date('2027-04-01T11:00:00Z') };

describe('the name of a report', () => {
  it('says whose it is, and differs by its number within the hour', () => {
    const report = { organizationId, meter: 'lead_qualified', hour, sequence: 2 };
    expect(identifierOf(report)).toBe('0190a5c8d7e17d3ab1c2d3e4f5a6b7c0_lead_qualified_20270401T101733Z_2');
    expect(organizationOf(identifierOf(report))).toBe(organizationId);
  });

  it.each([
    '',
    '_',
    'mtrevt_1',
    '0190a5c8d7e17d3ab1c2d3e4f5a6b7c0',
    '0190a5c8d7e17d3ab1c2d3e4f5a6b7c0_1',
    '0190a5c8-d7e1-7d3a-b1c2-d3e4f5a6b7c0_lead_20270401T101733Z_2',
    'XX90a5c8d7e17d3ab1c2d3e4f5a6b7c0_lead_20270401T101733Z_2',
  ])('that was not made here is nobody’s: "%s"', (identifier) => {
    expect(organizationOf(identifier)).toBeUndefined();
  });
});
