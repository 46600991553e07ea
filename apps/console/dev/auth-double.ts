/** Sign-in always succeeds; signing out leaves a cookie that the call double honours. */
export function answerAuth(path: string, _cookie: string) {
  const isOut = path.endsWith('/sign-out');
  return {
    status: 200,
    headers: { 'set-cookie': `double=${isOut ? 'out' : 'in'}; Path=/` },
    body: { ok: true },
  };
}
