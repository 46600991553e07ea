export const batchSize = 1000;
const marker = '@batch@';
const template = JSON.stringify({
  events: Array.from({ length: batchSize }, (_, n) => ({
    id: `${marker}-${n}`,
    organization: 'acme',
    meter: 'execution',
    quantity: '1',
    occurredAt: new Date().toISOString(),
  })),
});
let made = 0;

/** The body of a batch whose ids nobody has sent yet, as long as no two senders have the same name. */
export function nextBatch(sender: string): string {
  made += 1;
  return template.replaceAll(marker, `${sender}-${made}`);
}
