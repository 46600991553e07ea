import { type FormEvent, useState } from 'react';
import type { AuthAnswer } from '../../app/auth.ts';

/** What was typed, by field name. */
export interface Fields {
  text(name: string): string;
}

/** One press at a time; a refusal keeps what was typed. Reads the form itself, so password managers just work. */
export function useAuthForm(send: (fields: Fields) => Promise<AuthAnswer>) {
  const [isPending, setPending] = useState(false);
  const [refusal, setRefusal] = useState<string | null>(null);
  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    if (isPending) return;
    const data = new FormData(event.currentTarget);
    setPending(true);
    setRefusal(null);
    const answer = await send({ text: (name) => String(data.get(name) ?? '') });
    setPending(false);
    if (!answer.ok) setRefusal(answer.text);
  }
  return { isPending, refusal, submit };
}
