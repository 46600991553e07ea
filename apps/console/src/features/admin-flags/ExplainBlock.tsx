import { TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { trpc } from '../../app/trpc.ts';
import { useUrlState } from '../../app/url-state.ts';
import { StatusBadge } from '../../components/StatusBadge.tsx';
import { Content } from '../../ui/Block.tsx';

const defaults = { org: '' };

/** What one organization gets, by which rule, in which bucket. */
export function ExplainBlock({ flagKey }: { flagKey: string }) {
  const { values, set } = useUrlState(defaults);
  const query = useQuery(
    trpc.admin.flags.explain.queryOptions(
      { key: flagKey, organization: values.org },
      { enabled: values.org.length > 1, retry: false },
    ),
  );
  return (
    <section className="mg-block" aria-labelledby="explain">
      <div className="mg-block-head">
        <h2 id="explain">Explain for an organization</h2>
      </div>
      <div className="mg-block-body mg-stack">
        <TextInput
          label="Slug or id"
          value={values.org}
          onChange={(event) => set({ org: event.currentTarget.value.trim() }, 'replace')}
          placeholder="acme"
        />
        {values.org.length > 1 ? (
          <Content query={query} subject="the explanation" shape="lines">
            {(explanation) => (
              <p className="mg-explain" role="status">
                <strong>{values.org}</strong> →{' '}
                {typeof explanation.value === 'boolean' ? (
                  <StatusBadge status={explanation.value ? 'on' : 'off'} />
                ) : (
                  <code>{explanation.value}</code>
                )}{' '}
                by {explanation.rule.replaceAll('_', ' ')}; bucket{' '}
                <span className="mg-figure">{explanation.bucket}</span>
              </p>
            )}
          </Content>
        ) : (
          <p className="mg-muted">
            Type an organization to see its value, the rule that decided and its bucket.
          </p>
        )}
      </div>
    </section>
  );
}
