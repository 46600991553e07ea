import { expect, test } from 'vitest';
import { showError } from './show-error.ts';

test('a refusal shows the words meant for people and the request id', () => {
  const error = Object.assign(new Error('raw'), {
    data: { httpStatus: 403, appCode: 'FORBIDDEN', userMessage: 'Ask an owner.', requestId: 'req_8KD' },
  });
  expect(showError(error)).toMatchObject({
    kind: 'forbidden',
    code: 'FORBIDDEN',
    text: 'Ask an owner.',
    requestId: 'req_8KD',
  });
});

test('a raw message of the server is never shown for a failure of ours', () => {
  const error = Object.assign(new Error('relation "invoices" does not exist'), {
    data: { httpStatus: 500 },
    shape: { message: 'relation "invoices" does not exist' },
  });
  expect(showError(error).text).not.toContain('relation');
});

test('no answer at all is told apart from a failure', () => {
  expect(showError(new TypeError('Failed to fetch')).kind).toBe('offline');
});

test('a fault of the page itself is not blamed on the connection', () => {
  expect(showError(new RangeError('Invalid language tag: en-US@posix'))).toMatchObject({ kind: 'failed' });
});
