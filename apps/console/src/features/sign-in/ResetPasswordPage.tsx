import { Button, PasswordInput } from '@mantine/core';
import { useRouter, useSearch } from '@tanstack/react-router';
import { resetPassword } from '../../app/auth.ts';
import { paths } from '../../app/paths.ts';
import { AppLink } from '../../components/AppLink.tsx';
import { PageHeader } from '../../components/PageHeader.tsx';
import { PlainLayout } from '../../layouts/PlainLayout.tsx';
import { Notice } from '../../ui/Notice.tsx';
import { useAuthForm } from './use-auth-form.ts';

export function ResetPasswordPage() {
  const router = useRouter();
  const search: Record<string, string | undefined> = useSearch({ strict: false });
  const form = useAuthForm(async (fields) => {
    const answer = await resetPassword({ token: search.token ?? '', newPassword: fields.text('password') });
    if (answer.ok) router.history.push(paths.signIn());
    return answer;
  });
  return (
    <PlainLayout>
      <PageHeader title="Choose a new password" context="" lead="Other devices are signed out." />
      <form className="mg-stack" onSubmit={form.submit}>
        {form.refusal === null ? null : (
          <Notice tone="danger" role="alert">
            {form.refusal}
          </Notice>
        )}
        <PasswordInput
          name="password"
          label="New password"
          autoComplete="new-password"
          minLength={10}
          required
          withAsterisk={false}
          size="md"
          visibilityToggleButtonProps={{ 'aria-label': 'Show the password' }}
        />
        <Button type="submit" size="md" loading={form.isPending} fullWidth>
          Set the password
        </Button>
        <AppLink to={paths.forgotPassword()}>Ask for a new link</AppLink>
      </form>
    </PlainLayout>
  );
}
