import { Button } from '@mantine/core';

interface RemoveButtonProps {
  label: string;
  isPending: boolean;
  onRemove: () => void;
}

/** Takes a ceiling away; beside the form, so that Enter never does. */
export function RemoveButton({ label, isPending, onRemove }: RemoveButtonProps) {
  return (
    <div className="mg-row">
      <Button
        type="button"
        variant="subtle"
        color="danger"
        size="compact-sm"
        disabled={isPending}
        onClick={onRemove}
      >
        {label}
      </Button>
    </div>
  );
}
