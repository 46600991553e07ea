import { AppError } from '@metergate/core';
import { describe, expect, it } from 'vitest';
import { toAppError } from './failure.ts';

describe('toAppError', () => {
  it('passes our own errors through', () => {
    const error = new AppError({ code: 'X', kind: 'conflict', message: 'm', userMessage: 'u' });
    expect(toAppError(error)).toBe(error);
  });

  it('keeps the text of foreign errors inside', () => {
    const answer = toAppError(new Error('connect postgres://mg_app:hunter2@db.internal failed'));
    expect(answer).toMatchObject({ code: 'INTERNAL_ERROR', kind: 'internal', retriable: false });
    expect(answer.userMessage + answer.message).not.toContain('hunter2');
  });

  it.each(['ECONNREFUSED', '57P01', '53300'])('takes %s for a system that is away: try again', (code) => {
    expect(toAppError(Object.assign(new Error('x'), { code }))).toMatchObject({
      kind: 'unavailable',
      retriable: true,
      retryAfterSeconds: 2,
    });
  });

  it('takes a missing socket for a system that is away, and any other missing file for a bug', () => {
    const kindOf = (syscall: string) =>
      toAppError(Object.assign(new Error('x'), { code: 'ENOENT', syscall })).kind;
    expect([kindOf('connect'), kindOf('open')]).toEqual(['unavailable', 'internal']);
  });

  it.each([
    ['entity.too.large', 'too_large'],
    ['entity.parse.failed', 'malformed'],
    ['encoding.unsupported', 'unsupported_media'],
  ])('reads the type %s of the body parser', (type, kind) => {
    expect(toAppError(Object.assign(new Error('x'), { type })).kind).toBe(kind);
  });

  it.each(['constructor', '__proto__', 'toString'])('is not fooled by an error of type %s', (type) => {
    expect(toAppError(Object.assign(new Error('x'), { type })).code).toBe('INTERNAL_ERROR');
  });

  it.each([undefined, null, 'text', 5, {}])('survives a thrown %s', (thrown) => {
    expect(toAppError(thrown).code).toBe('INTERNAL_ERROR');
  });
});
