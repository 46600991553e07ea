import { type KeyboardEvent, type ReactNode, useRef } from 'react';

export interface Column<T> {
  key: string;
  header: string;
  render: (row: T) => ReactNode;
  align?: 'end';
  /** On a phone the first `title` and `value` columns make line one of the card, the others line two, `bare` without their header. */
  phone?: 'title' | 'value' | 'detail' | 'bare' | 'hidden';
  width?: 'shrink';
}

interface DataTableProps<T> {
  caption: string;
  columns: readonly Column<T>[];
  rows: readonly T[];
  rowKey: (row: T) => string;
  /** Called with Enter on a row that j/k or the arrows have reached. */
  onOpen?: (row: T) => void;
  /** Called with x on a row that has the focus. */
  onSelect?: (row: T) => void;
  footer?: ReactNode;
}

const stepOf = new Map([
  ['j', 1],
  ['ArrowDown', 1],
  ['k', -1],
  ['ArrowUp', -1],
]);

/** A table on wide screens, two-line cards below 768 px; the same markup, so nothing is read twice. */
export function DataTable<T>(props: DataTableProps<T>) {
  const { caption, columns, rows, rowKey, onOpen, onSelect, footer } = props;
  const body = useRef<HTMLTableSectionElement>(null);
  function step(event: KeyboardEvent<HTMLTableRowElement>, row: T) {
    if (event.target !== event.currentTarget) return;
    if (event.key === 'Enter') return onOpen?.(row);
    if (event.key === 'x') return onSelect?.(row);
    const offset = stepOf.get(event.key);
    if (offset === undefined) return;
    event.preventDefault();
    const all = [...(body.current?.rows ?? [])];
    all[all.indexOf(event.currentTarget) + offset]?.focus();
  }
  return (
    <div className="mg-table-frame">
      <table className="mg-table">
        <caption className="mg-sr-only">{caption}</caption>
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={column.key} scope="col" data-align={column.align} data-width={column.width}>
                {column.header === '' ? <span className="mg-sr-only">Actions</span> : column.header}
              </th>
            ))}
          </tr>
        </thead>
        <tbody ref={body}>
          {rows.map((row, index) => (
            <tr
              key={rowKey(row)}
              tabIndex={onOpen === undefined ? undefined : index === 0 ? 0 : -1}
              data-row
              data-open={onOpen !== undefined}
              onKeyDown={(event) => step(event, row)}
            >
              {columns.map((column) => (
                <td
                  key={column.key}
                  data-align={column.align}
                  data-phone={column.phone === 'bare' ? 'detail' : (column.phone ?? 'detail')}
                  data-label={column.phone === 'bare' ? '' : column.header}
                >
                  {column.render(row)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
        {footer === undefined ? null : <tfoot>{footer}</tfoot>}
      </table>
    </div>
  );
}
