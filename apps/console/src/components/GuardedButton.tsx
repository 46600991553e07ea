import { Button, type ButtonProps, Tooltip } from '@mantine/core';
import { type ReactNode, useId } from 'react';
import { useKeptFocus } from '../ui/use-kept-focus.ts';

interface GuardedButtonProps extends ButtonProps {
  /** Why the button may not be pressed; null = it may. */
  refusal: string | null;
  onClick: () => void;
  children: ReactNode;
}

/** Stays visible and focusable without the right to press it, and says why. */
export function GuardedButton({ refusal, onClick, children, ...rest }: GuardedButtonProps) {
  const id = useId();
  const button = useKeptFocus(rest.loading === true);
  if (refusal === null) {
    return (
      <Button ref={button} onClick={onClick} {...rest}>
        {children}
      </Button>
    );
  }
  return (
    <Tooltip label={refusal}>
      <span className="mg-guarded">
        <Button
          {...rest}
          variant="default"
          aria-disabled
          data-disabled
          aria-describedby={id}
          onClick={(event) => event.preventDefault()}
        >
          {children}
        </Button>
        <span id={id} className="mg-sr-only">
          {refusal}
        </span>
      </span>
    </Tooltip>
  );
}
