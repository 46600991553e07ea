import { useState } from 'react';
import { requestPasswordReset } from '../../app/auth.ts';
import { paths } from '../../app/paths.ts';
import { AppLink } from '../../components/AppLink.tsx';
import { PageHeader } from '../../components/PageHeader.tsx';
import { PlainLayout } from '../../layouts/PlainLayout.tsx';
import { Notice } from '../../ui/Notice.tsx';
import { AuthForm, EmailField } from './AuthForm.tsx';
import { useAuthForm } from './use-auth-form.ts';

export function ForgotPasswordPage() {
  const [isSent, setSent] = useState(false);
  const form = useAuthForm(async (fields) => {
    const answer = await requestPasswordReset(fields.text('email'), paths.resetPassword());
    setSent(answer.ok);
    return answer;
  });
  return (
    <PlainLayout>
      <PageHeader
        title="Reset the password"
        context=""
        lead="We send you a link that works once, for one hour."
      />
      {isSent ? (
        <div className="mg-stack">
          <Notice tone="ok" role="status">
            If an account has this address, a link is on its way. Look into the spam folder as well.
          </Notice>
          <AppLink to={paths.signIn()}>Back to sign-in</AppLink>
        </div>
      ) : (
        <AuthForm
          form={form}
          submitLabel="Send the link"
          footer={<AppLink to={paths.signIn()}>Back to sign-in</AppLink>}
        >
          <EmailField />
        </AuthForm>
      )}
    </PlainLayout>
  );
}
