import { Button, PasswordInput, TextInput } from '@mantine/core';
import type { ReactNode } from 'react';
import { Notice } from '../../ui/Notice.tsx';
import type { useAuthForm } from './use-auth-form.ts';

interface AuthFormProps {
  form: ReturnType<typeof useAuthForm>;
  submitLabel: string;
  /** Stands below the button: where else to go. */
  footer: ReactNode;
  children: ReactNode;
}

/** The refusal is told above the fields, and what was typed stays. */
export function AuthForm({ form, submitLabel, footer, children }: AuthFormProps) {
  return (
    <form className="mg-stack" onSubmit={form.submit}>
      {form.refusal === null ? null : (
        <Notice tone="danger" role="alert">
          {form.refusal}
        </Notice>
      )}
      {children}
      <Button type="submit" size="md" loading={form.isPending} fullWidth>
        {submitLabel}
      </Button>
      {footer}
    </form>
  );
}

export function EmailField() {
  return (
    <TextInput
      name="email"
      type="email"
      label="E-mail"
      autoComplete="username"
      required
      withAsterisk={false}
      size="md"
    />
  );
}

interface NewPasswordFieldProps {
  label: string;
  description?: string;
}

export function NewPasswordField({ label, description }: NewPasswordFieldProps) {
  return (
    <PasswordInput
      name="password"
      label={label}
      {...(description === undefined ? {} : { description })}
      autoComplete="new-password"
      minLength={10}
      required
      withAsterisk={false}
      size="md"
      visibilityToggleButtonProps={{ 'aria-label': 'Show the password' }}
    />
  );
}
