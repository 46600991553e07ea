import { Modal } from '@mantine/core';
import type { ReactNode } from 'react';

interface DialogProps {
  title: string;
  opened: boolean;
  onClose: () => void;
  children: ReactNode;
  size?: 'sm' | 'md' | 'lg';
}

/** Traps focus, closes with Escape and gives focus back to what opened it. */
export function Dialog({ title, opened, onClose, children, size = 'md' }: DialogProps) {
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={title}
      size={size}
      closeButtonProps={{ 'aria-label': 'Close' }}
      classNames={{ title: 'mg-dialog-title', content: 'mg-dialog' }}
    >
      {children}
    </Modal>
  );
}
