import { CopyText } from '../ui/CopyText.tsx';
import { shortId } from './short-id.ts';

/** "invoice in_1Qabc…" keeps its kind; the id is short and can be copied. */
export function ObjectName({ object }: { object: string }) {
  const [id = object, ...kind] = object.split(' ').reverse();
  return (
    <span className="mg-muted mg-caption mg-nowrap">
      {kind.reverse().join(' ')} <CopyText text={id} shown={shortId(id)} />
    </span>
  );
}
