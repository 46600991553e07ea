import { Modal } from '@mantine/core';
import { type ReactNode, useLayoutEffect } from 'react';

interface DialogProps {
  title: string;
  opened: boolean;
  onClose: () => void;
  children: ReactNode;
  size?: 'sm' | 'md' | 'lg';
}

/**
 * Traps focus, closes with Escape and gives focus back to what opened it. Composed by hand: the ready-made header
 * is a second banner landmark of the page.
 */
export function Dialog({ title, opened, onClose, children, size = 'md' }: DialogProps) {
  useFocusBack(opened);
  return (
    <Modal.Root opened={opened} onClose={onClose} size={size} centered transitionProps={{ duration: 120 }}>
      <Modal.Overlay />
      <Modal.Content className="mg-dialog">
        <div className="mg-dialog-head">
          <Modal.Title className="mg-dialog-title">{title}</Modal.Title>
          <Modal.CloseButton aria-label="Close" />
        </div>
        <Modal.Body>{children}</Modal.Body>
      </Modal.Content>
    </Modal.Root>
  );
}

/**
 * Most dialogs are taken away by who shows them, and Mantine gives the focus back only to those that are closed first.
 * When the opener is gone too, as after an action that is offered no more, the heading of the page gets it.
 */
function useFocusBack(opened: boolean) {
  useLayoutEffect(() => {
    if (!opened) return;
    const opener = document.activeElement;
    return () => {
      setTimeout(() => {
        if (document.activeElement !== null && document.activeElement !== document.body) return;
        if (opener instanceof HTMLElement && opener.isConnected) opener.focus({ preventScroll: true });
        else document.querySelector('h1')?.focus();
      });
    };
  }, [opened]);
}
