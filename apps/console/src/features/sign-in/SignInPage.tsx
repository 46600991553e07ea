import { PasswordInput } from '@mantine/core';
import { useRouter, useSearch } from '@tanstack/react-router';
import { signIn } from '../../app/auth.ts';
import { localPath, paths } from '../../app/paths.ts';
import { queryClient } from '../../app/query-client.ts';
import { AppLink } from '../../components/AppLink.tsx';
import { PageHeader } from '../../components/PageHeader.tsx';
import { PlainLayout } from '../../layouts/PlainLayout.tsx';
import { AuthForm, EmailField } from './AuthForm.tsx';
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
      <PageHeader title="Sign in" context="" lead={leadOf(search)} />
      <AuthForm
        form={form}
        submitLabel="Sign in"
        footer={
          <div className="mg-row mg-row-between">
            <AppLink to={paths.forgotPassword()}>Forgot the password?</AppLink>
            <AppLink to={paths.signUp({ next: search.next })}>Create an account</AppLink>
          </div>
        }
      >
        <EmailField />
        <PasswordInput
          name="password"
          label="Password"
          autoComplete="current-password"
          required
          withAsterisk={false}
          size="md"
          visibilityToggleButtonProps={{ 'aria-label': 'Show the password' }}
        />
      </AuthForm>
    </PlainLayout>
  );
}

function leadOf({ reset, ended }: Record<string, string | undefined>): string {
  if (reset === '1') return 'Your new password is set.';
  if (ended === '1') return 'You were signed out. Sign in to go on where you were.';
  return 'Usage, limits and billing of your organization.';
}
