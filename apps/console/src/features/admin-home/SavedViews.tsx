import { useQuery } from '@tanstack/react-query';
import { readerLocale } from '../../app/locale.ts';
import { paths } from '../../app/paths.ts';
import { trpc } from '../../app/trpc.ts';
import { AppLink } from '../../components/AppLink.tsx';
import { viewLabels } from '../../components/organization-views.ts';
import { Block } from '../../ui/Block.tsx';
import { Facts } from '../../ui/Facts.tsx';

export function SavedViews() {
  const query = useQuery(trpc.admin.organizations.list.queryOptions({ view: 'all', limit: 1 }));
  return (
    <Block
      title="Organizations"
      subject="organizations"
      query={query}
      actions={<AppLink to={paths.adminOrganizations()}>Search</AppLink>}
    >
      {(page) => (
        <Facts
          facts={Object.entries(viewLabels).map(([view, label]) => [
            label,
            <AppLink key={view} className="mg-figure" to={paths.adminOrganizations({ view })}>
              {new Intl.NumberFormat(readerLocale()).format(page.views[view] ?? 0)}
            </AppLink>,
          ])}
        />
      )}
    </Block>
  );
}
