import { Button, PasswordInput, TextInput } from '@mantine/core';
import { useRouter, useSearch } from '@tanstack/react-router';
import { signIn } from '../../app/auth.ts';
import { localPath, paths } from '../../app/paths.ts';
import { queryClient } from '../../app/query-client.ts';
import { AppLink } from '../../components/AppLink.tsx';
import { PageHeader } from '../../components/PageHeader.tsx';
import { PlainLayout } from '../../layouts/PlainLayout.tsx';
import { Notice } from '../../ui/Notice.tsx';
import { useAuthForm } from './use-auth-form.ts';

export function SignInPage() {
  const router = useRouter();
  const search: Record<string, string | undefined> = useSearch({ strict: false });
  const form = useAuthForm(async (fields) => {
    const answer = await signIn({ email: fields.text('email'), password: fields.text('password') });
    if (answer.ok) {
      queryClient.clear();
      router.history.push(localPath(search.next));
    }
    return answer;
  });
  return (
    <PlainLayout>
      <PageHeader
        title="Sign in"
        context=""
        lead={
          search.reset === '1'
            ? 'Your new password is set.'
            : 'Usage, limits and billing of your organization.'
        }
      />
      <form className="mg-stack" onSubmit={form.submit}>
        {form.refusal === null ? null : (
          <Notice tone="danger" role="alert">
            {form.refusal}
          </Notice>
        )}
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
          autoComplete="current-password"
          required
          withAsterisk={false}
          size="md"
          visibilityToggleButtonProps={{ 'aria-label': 'Show the password' }}
        />
        <Button type="submit" size="md" loading={form.isPending} fullWidth>
          Sign in
        </Button>
        <div className="mg-row mg-row-between">
          <AppLink to={paths.forgotPassword()}>Forgot the password?</AppLink>
          <AppLink to={paths.signUp({ next: search.next })}>Create an account</AppLink>
        </div>
      </form>
    </PlainLayout>
  );
}
