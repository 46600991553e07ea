import { useQuery } from '@tanstack/react-query';
import { paths } from '../../app/paths.ts';
import { useOrganization } from '../../app/session.ts';
import { trpc } from '../../app/trpc.ts';
import type { LineExplanation } from '../../app/views.ts';
import { AppLink } from '../../components/AppLink.tsx';
import { ProofFacts } from '../../components/ProofFacts.tsx';
import { Block } from '../../ui/Block.tsx';

/** Four sums made independently of each other, for the period of this line. */
export function LineProof({ line }: { line: LineExplanation['line'] }) {
  const { slug: organization } = useOrganization();
  const query = useQuery(trpc.invoices.usageProofs.queryOptions({ organization }));
  return (
    <Block title="Usage proof" subject="the proof" query={query}>
      {(proofs) => {
        const proof = proofs.find(
          ({ meter, period }) =>
            meter === line.meter && line.period !== null && period.start === line.period.start,
        );
        if (proof === undefined) {
          return (
            <p className="mg-muted">
              Made once the period is closed and billed. See <ProofsLink organization={organization} />.
            </p>
          );
        }
        return <ProofFacts proof={proof} />;
      }}
    </Block>
  );
}

function ProofsLink({ organization }: { organization: string }) {
  return <AppLink to={paths.usage(organization, { tab: 'proof' })}>all proofs</AppLink>;
}
