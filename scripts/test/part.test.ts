import { describe, expect, test } from 'vitest';
import { countPlaywright, countVitest } from './counts.ts';
import { judge } from './part.ts';

const ended = (code: number | null, timedOut = false) => ({ code, timedOut });

describe('the verdict on a part', () => {
  test('passing tests pass', () => {
    expect(judge({ passed: 3, failed: 0 }, ended(0), 60)).toEqual({ passed: 3, failed: 0, problem: null });
  });
  test('a part that ran no tests has failed', () => {
    expect(judge({ passed: 0, failed: 0 }, ended(0), 60)).toMatchObject({
      failed: 1,
      problem: 'ran no tests',
    });
  });
  test('a part without a report has failed', () => {
    expect(judge(null, ended(0), 60)).toMatchObject({ failed: 1 });
  });
  test('a runner that fails although every test passed has failed', () => {
    expect(judge({ passed: 3, failed: 0 }, ended(1), 60)).toMatchObject({ passed: 3, failed: 1 });
  });
  test('a part that was cut off has failed', () => {
    expect(judge(null, ended(null, true), 60)).toMatchObject({ failed: 1, problem: 'stopped after 60 s' });
  });
});

describe('reading reports', () => {
  test('a test file that cannot be loaded counts as one failure', () => {
    const report = {
      numPassedTests: 4,
      numFailedTests: 1,
      testResults: [
        { status: 'failed', assertionResults: [{ status: 'failed' }] },
        { status: 'failed', assertionResults: [] },
        { status: 'passed', assertionResults: [{ status: 'passed' }] },
      ],
    };
    expect(countVitest(report)).toEqual({ passed: 4, failed: 2 });
  });
  test('a browser test that passes only when repeated counts as failed', () => {
    const report = { stats: { expected: 5, unexpected: 1, flaky: 1 }, errors: [] };
    expect(countPlaywright(report)).toEqual({ passed: 5, failed: 2 });
  });
});
