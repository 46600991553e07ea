import { describe, expect, it } from 'vitest';
import { isOwnAddress, isOwnPath } from './own-path.ts';

const foreign = [
  'https://evil.example',
  '//evil.example',
  '/\\evil.example',
  '\\\\evil.example',
  'https:evil.example',
  'javascript:alert(1)',
  'https://app.example@evil.example',
  '%2f%2fevil.example',
  '/%2f%2fevil.example',
  '/%5cevil.example',
  '/\t/evil.example',
  '/billing\r\nSet-Cookie: x=1',
  '',
  'billing',
];

describe('return addresses', () => {
  it.each(foreign)('refuses %j', (text) => {
    expect(isOwnPath(text)).toBe(false);
    expect(isOwnAddress(text, 'https://app.example')).toBe(false);
  });

  it.each(['/', '/billing', '/acme/billing/usage?range=cycle&group=client#top'])('accepts %s', (text) => {
    expect(isOwnPath(text)).toBe(true);
    expect(isOwnAddress(`https://app.example${text}`, 'https://app.example')).toBe(true);
  });

  it('is not fooled by a longer host', () => {
    expect(isOwnAddress('https://app.example.evil.example/', 'https://app.example')).toBe(false);
  });
});
