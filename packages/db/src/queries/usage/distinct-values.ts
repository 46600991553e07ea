/**
 * What a meter with `unique_count` counts: the values of the property that its published definition names, of events
 * that were not taken back. A relation `counted` over the parameters organization, meter, start and end; it always
 * reads the events, because the distinct values of two spans do not add up.
 */
export function countedValues([organization, meter, start, end]: [string, string, string, string]): string {
  return `
select event.occurred_at, event.client_id, event.properties, event.properties ->> (definition.content ->> 'valueField') as value
  from usage_events event
  join meters definition on definition.key = event.meter
 where event.organization_id = ${organization} and event.meter = ${meter} and event.kind = 'usage'
   and event.occurred_at >= ${start} and event.occurred_at < ${end}
   and not exists (
     select from usage_events taken
      where taken.organization_id = event.organization_id and taken.meter = event.meter
        and taken.occurred_at = event.occurred_at and taken.adjusts_event_id = event.id and taken.kind = 'void')`;
}
