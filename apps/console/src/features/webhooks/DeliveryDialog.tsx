import { useQuery } from '@tanstack/react-query';
import type { WebhookDeliveryDetail } from '../../app/views.ts';
import { DateTime } from '../../components/DateTime.tsx';
import { Content } from '../../ui/Block.tsx';
import { CopyText } from '../../ui/CopyText.tsx';
import { Dialog } from '../../ui/Dialog.tsx';
import type { WebhookScope } from './webhook-scope.ts';

/** One message as it is sent, and every attempt. What the endpoint answered is not kept. */
export function DeliveryDialog(props: { scope: WebhookScope; deliveryId: string; onClose: () => void }) {
  const { scope, deliveryId, onClose } = props;
  const query = useQuery({
    queryKey: [...scope.key, 'delivery', deliveryId],
    queryFn: () => scope.calls.delivery(deliveryId),
  });
  return (
    <Dialog title={query.data?.type ?? 'Delivery'} opened onClose={onClose} size="lg">
      <Content query={query} subject="the delivery" shape="lines">
        {(delivery) => <Delivery delivery={delivery} />}
      </Content>
    </Dialog>
  );
}

function Delivery({ delivery }: { delivery: WebhookDeliveryDetail }) {
  return (
    <div className="mg-stack">
      <CopyText label="webhook-id" text={delivery.messageId} />
      <h3>Attempts</h3>
      {delivery.log.length === 0 ? (
        <p className="mg-muted">Not tried yet.</p>
      ) : (
        <ol>
          {delivery.log.map((entry) => (
            <li key={entry.attempt}>
              <DateTime at={entry.startedAt} as="time" /> · {entry.error ?? entry.responseStatus} ·{' '}
              <span className="mg-figure">{entry.durationMs} ms</span>
            </li>
          ))}
        </ol>
      )}
      <h3>Request body</h3>
      <pre className="mg-code">{formatted(delivery.body)}</pre>
    </div>
  );
}

function formatted(body: string): string {
  try {
    return JSON.stringify(JSON.parse(body), null, 2);
  } catch {
    return body;
  }
}
