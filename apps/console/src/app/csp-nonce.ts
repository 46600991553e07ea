/**
 * The content security policy lets only style elements with this response's nonce apply. The server writes it
 * into index.html; libraries that inject styles themselves read the global.
 */
export const cspNonce = document.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]')?.content ?? '';

Reflect.set(globalThis, '__webpack_nonce__', cspNonce);
