/** Saved views of the organizations, in the order staff work through them. */
export const viewLabels = {
  all: 'All',
  'past-due': 'Past due',
  'over-limit': 'Over a limit',
  trialing: 'Trial',
  free: 'Free',
  canceled: 'Canceled',
} as const;
