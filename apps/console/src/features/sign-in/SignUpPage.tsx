import { Button, PasswordInput, TextInput } from '@mantine/core';
import { useRouter, useSearch } from '@tanstack/react-router';
import { signUp } from '../../app/auth.ts';
import { localPath, paths } from '../../app/paths.ts';
import { queryClient } from '../../app/query-client.ts';
import { AppLink } from '../../components/AppLink.tsx';
import { PageHeader } from '../../components/PageHeader.tsx';
import { PlainLayout } from '../../layouts/PlainLayout.tsx';
import { Notice } from '../../ui/Notice.tsx';
import { useAuthForm } from './use-auth-form.ts';

export function SignUpPage() {
  const router = useRouter();
  const search: Record<string, string | undefined> = useSearch({ strict: false });
  const form = useAuthForm(async (fields) => {
    const answer = await signUp({
      name: fields.text('name'),
      email: fields.text('email'),
      password: fields.text('password'),
    });
    if (answer.ok) {
      queryClient.clear();
      router.history.push(search.next === undefined ? paths.onboarding() : localPath(search.next));
    }
    return answer;
  });
  return (
    <PlainLayout>
      <PageHeader
        title="Create an account"
        context=""
        lead="One account for every organization you belong to."
      />
      <form className="mg-stack" onSubmit={form.submit}>
        {form.refusal === null ? null : (
          <Notice tone="danger" role="alert">
            {form.refusal}
          </Notice>
        )}
        <TextInput
          name="name"
          label="Your name"
          autoComplete="name"
          required
          withAsterisk={false}
          size="md"
        />
        <TextInput
          name="email"
          type="email"
          label="E-mail"
          autoComplete="username"
          required
          withAsterisk={false}
          size="md"
        />
        <PasswordInput
          name="password"
          label="Password"
          description="At least 10 characters. A sentence is easier to remember than a riddle."
          autoComplete="new-password"
          minLength={10}
          required
          withAsterisk={false}
          size="md"
          visibilityToggleButtonProps={{ 'aria-label': 'Show the password' }}
        />
        <Button type="submit" size="md" loading={form.isPending} fullWidth>
          Create account
        </Button>
        <p>
          Already have one? <AppLink to={paths.signIn({ next: search.next })}>Sign in</AppLink>
        </p>
      </form>
    </PlainLayout>
  );
}
