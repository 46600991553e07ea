import { Modal } from '@mantine/core';
import type { ReactNode } from 'react';

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
