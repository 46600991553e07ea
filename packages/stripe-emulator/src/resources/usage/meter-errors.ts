import { emitThin } from '../../events/emit-thin.ts';
import type { ApiFailure } from '../../wire/errors.ts';
import type { World } from '../../world.ts';

export function iso(seconds: number): string {
  return new Date(seconds * 1000).toISOString();
}

/** Announces a bad event: about its meter, or about the lack of one. The report is summed up at once. */
export function reportMeterError(
  world: World,
  { eventName, identifier, error }: { eventName: string; identifier: string; error: ApiFailure },
): void {
  const meters = world.store.all('billing.meter').filter((row) => row.event_name === eventName);
  const meter = meters.find(({ status }) => status === 'active') ?? meters[0];
  const now = world.clock.nowSeconds();
  const code = meter === undefined ? 'no_meter' : codeOf(error, meter.status === 'active');
  const data = {
    developer_message_summary: 'There is 1 invalid event',
    reason: {
      error_count: 1,
      error_types: [
        { code, error_count: 1, sample_errors: [{ error_message: error.message, request: { identifier } }] },
      ],
    },
    validation_start: iso(now),
    validation_end: iso(now),
  };
  if (!meter) emitThin(world, { type: 'v1.billing.meter.no_meter_found', related: null, data });
  else {
    const related = { id: meter.id, type: 'billing.meter', url: `/v1/billing/meters/${meter.id}` };
    emitThin(world, { type: 'v1.billing.meter.error_report_triggered', related, data });
  }
}

function codeOf(error: ApiFailure, isActive: boolean): string {
  if (!isActive) return 'archived_meter';
  const isUnknownCustomer = error.fields.code === 'resource_missing';
  return isUnknownCustomer ? 'meter_event_customer_not_found' : 'meter_event_invalid_value';
}
