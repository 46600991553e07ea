import { AppError } from '../../shared/app-error.ts';

export function viewAsMember(): AppError {
  return new AppError({
    code: 'VIEW_AS_MEMBER',
    kind: 'conflict',
    message: 'staff who belong to the organization need no borrowed eyes',
    userMessage: 'You are a member of this organization yourself. Open it from the switcher.',
  });
}
