/**
 * What reported events say after their corrections: a taken back one says nothing, an amended one its new quantity. A
 * relation over the parameters organization, meter, start and end. Meters that take the largest or the latest event
 * need it; sums and counts do not, because a correction carries the difference.
 */
export function readings([organization, meter, start, end]: [string, string, string, string]): string {
  return `
select event.id, event.occurred_at, event.client_id, event.properties,
       event.quantity + coalesce(correction.difference, 0) as quantity
  from usage_events event
  left join (
    select adjusts_event_id, sum(quantity) as difference, bool_or(kind = 'void') as is_taken_back
      from usage_events
     where organization_id = ${organization} and meter = ${meter} and kind <> 'usage'
       and occurred_at >= ${start} and occurred_at < ${end}
     group by adjusts_event_id
  ) correction on correction.adjusts_event_id = event.id
 where event.organization_id = ${organization} and event.meter = ${meter} and event.kind = 'usage'
   and event.occurred_at >= ${start} and event.occurred_at < ${end} and correction.is_taken_back is not true`;
}
