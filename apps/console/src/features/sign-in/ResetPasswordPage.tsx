import { useRouter, useSearch } from '@tanstack/react-router';
import { resetPassword } from '../../app/auth.ts';
import { paths } from '../../app/paths.ts';
import { AppLink } from '../../components/AppLink.tsx';
import { PageHeader } from '../../components/PageHeader.tsx';
import { PlainLayout } from '../../layouts/PlainLayout.tsx';
import { AuthForm, NewPasswordField } from './AuthForm.tsx';
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
      <AuthForm
        form={form}
        submitLabel="Set the password"
        footer={<AppLink to={paths.forgotPassword()}>Ask for a new link</AppLink>}
      >
        <NewPasswordField label="New password" />
      </AuthForm>
    </PlainLayout>
  );
}
