import { TextInput } from '@mantine/core';
import { useRouter, useSearch } from '@tanstack/react-router';
import { signUp } from '../../app/auth.ts';
import { localPath, paths } from '../../app/paths.ts';
import { queryClient } from '../../app/query-client.ts';
import { AppLink } from '../../components/AppLink.tsx';
import { PageHeader } from '../../components/PageHeader.tsx';
import { PlainLayout } from '../../layouts/PlainLayout.tsx';
import { AuthForm, EmailField, NewPasswordField } from './AuthForm.tsx';
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
      <AuthForm
        form={form}
        submitLabel="Create account"
        footer={
          <p>
            Already have one? <AppLink to={paths.signIn({ next: search.next })}>Sign in</AppLink>
          </p>
        }
      >
        <TextInput
          name="name"
          label="Your name"
          autoComplete="name"
          required
          withAsterisk={false}
          size="md"
        />
        <EmailField />
        <NewPasswordField
          label="Password"
          description="At least 10 characters. A sentence is easier to remember than a riddle."
        />
      </AuthForm>
    </PlainLayout>
  );
}
