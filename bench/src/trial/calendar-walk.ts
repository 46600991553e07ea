import { createHash } from 'node:crypto';
import process from 'node:process';
import { billingPeriod, billingPeriodAt } from '@metergate/core';

const years = 50;
const lengths = [1, 3, 6, 12];
/** January and February of a leap year have every day of a month; the long form takes two years at four times of day. */
const times =
  process.argv[2] === 'long'
    ? [
        [0, 0, 0],
        [2, 30, 0],
        [12, 0, 1],
        [23, 59, 59],
      ]
    : [[23, 59, 59]];
const anchorDays = process.argv[2] === 'long' ? 731 : 60;

const digest = createHash('sha256');
const faults: string[] = [];
let periods = 0;

for (let day = 0; day < anchorDays; day += 1) {
  for (const [hour, minute, second] of times) {
    const anchor = new Date(Date.UTC(2024, 0, 1 + day, hour, minute, second));
    for (const months of lengths) walk(anchor, months);
  }
}

const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
process.stdout.write(
  JSON.stringify({ zone, periods, faults: faults.slice(0, 5), digest: digest.digest('hex') }),
);

function walk(anchor: Date, months: number): void {
  const interval = { unit: 'month' as const, count: months };
  let expectedStart = anchor.getTime();
  for (let n = 0; n < (years * 12) / months; n += 1) {
    const { start, end } = billingPeriod(anchor, interval, n);
    const name = `${anchor.toISOString()} × ${months}, period ${n}`;
    if (start.getTime() !== expectedStart) fault(name, 'does not begin where the one before ends');
    if (end.toISOString() !== boundary(anchor, (n + 1) * months)) fault(name, `ends at ${end.toISOString()}`);
    for (const at of [start, new Date(end.getTime() - 1)]) {
      if (billingPeriodAt(anchor, interval, at).index !== n) fault(name, 'is not found by its own instants');
    }
    expectedStart = end.getTime();
    digest.update(`${start.getTime()} `);
    periods += 1;
  }
}

/** The anchor's month counted on by year and month numbers alone; the day falls back to the month's last. */
function boundary(anchor: Date, months: number): string {
  const [date = '', time = ''] = anchor.toISOString().split('T');
  const [year = 0, month = 0, day = 0] = date.split('-').map(Number);
  const count = year * 12 + (month - 1) + months;
  const [toYear, toMonth] = [Math.floor(count / 12), (count % 12) + 1];
  const isLeap = (toYear % 4 === 0 && toYear % 100 !== 0) || toYear % 400 === 0;
  const last = toMonth === 2 ? (isLeap ? 29 : 28) : [4, 6, 9, 11].includes(toMonth) ? 30 : 31;
  const two = (value: number) => String(value).padStart(2, '0');
  return `${toYear}-${two(toMonth)}-${two(Math.min(day, last))}T${time}`;
}

function fault(name: string, what: string): void {
  faults.push(`${name} ${what}`);
}
