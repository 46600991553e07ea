import type { MessageType } from '../shared/outgoing-messages.ts';

/** Sent to one endpoint when somebody presses the button; nobody subscribes to it. */
export const testMessageType = 'webhook.test';
export type SentMessageType = MessageType | typeof testMessageType;
