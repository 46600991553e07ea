interface TabsProps<T extends string> {
  label: string;
  value: T;
  tabs: readonly { value: T; label: string; count?: number | undefined; tone?: 'danger' | undefined }[];
  onChange: (value: T) => void;
}

/** Views of one list or object, with counts. Toggle buttons: the content below is one region that changes. */
export function Tabs<T extends string>({ label, value, tabs, onChange }: TabsProps<T>) {
  return (
    <fieldset className="mg-tabs">
      <legend className="mg-sr-only">{label}</legend>
      {tabs.map((tab) => (
        <button
          key={tab.value}
          type="button"
          className="mg-tab"
          aria-pressed={tab.value === value}
          onClick={() => onChange(tab.value)}
        >
          {tab.label}
          {tab.count === undefined ? null : (
            <span className="mg-tab-count mg-figure" data-tone={tab.count > 0 ? tab.tone : undefined}>
              {tab.count}
            </span>
          )}
        </button>
      ))}
    </fieldset>
  );
}
