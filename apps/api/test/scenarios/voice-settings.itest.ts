import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Scenario } from './scenario.ts';

const german = {
  aiAgentId: 'agent_front-1',
  translationEnabled: true,
  translationFrom: 'de',
  translationTo: 'en',
};

describe('voice settings of an organization whose plan includes translation', () => {
  let story: Scenario;
  beforeAll(async () => {
    story = await Scenario.open('Setting Calls', { at: '2027-04-01T00:00:00Z' });
    await story.subscribe({ family: 'voice-ops', plan: 'business' });
  }, 60_000);
  afterAll(() => story.close());

  const update = (change: object = {}) => story.asOwner('voice.update', { ...german, ...change });
  const shown = async () => (await story.own('GET', 'voice-config')).json;

  it.each([
    ['an agent id with a blank', { aiAgentId: 'agent 1' }],
    ['an agent id with an umlaut', { aiAgentId: 'ägent' }],
    ['an empty agent id', { aiAgentId: '' }],
    ['an agent id of 129 letters', { aiAgentId: 'a'.repeat(129) }],
    ['an agent id that is a number', { aiAgentId: 7 }],
    ['no agent id at all', { aiAgentId: undefined }],
    ['a switch that is a text', { translationEnabled: 'true' }],
    ['no switch', { translationEnabled: undefined }],
    ['a language of one letter', { translationFrom: 'd' }],
    ['a language with markup', { translationFrom: '<b>de</b>' }],
    ['a language of digits', { translationTo: '12' }],
    ['an endless language', { translationTo: 'de-'.repeat(20) }],
    ['no second language key', { translationTo: undefined }],
    ['a basis that is no instant', { expectedUpdatedAt: 'yesterday' }],
  ])('refuse %s and stay as they are', async (_, change) => {
    const { status, json } = await update(change);
    expect([status, json.error.data.code]).toEqual([400, 'INVALID_INPUT']);
    expect((await shown()).updatedAt).toBeNull();
  });

  it.each([
    ['translation without a source', { translationFrom: null }, 'TRANSLATION_LANGUAGES_MISSING'],
    ['translation without a target', { translationTo: null }, 'TRANSLATION_LANGUAGES_MISSING'],
    ['translation into itself', { translationTo: 'DE' }, 'TRANSLATION_LANGUAGES_SAME'],
  ])('refuse %s', async (_, change, code) => {
    const { status, json } = await update(change);
    expect([status, json.error.data.code]).toEqual([422, code]);
    expect((await shown()).updatedAt).toBeNull();
  });

  it('are saved, shown and audited with what they were', async () => {
    const saved = (await update({ expectedUpdatedAt: null })).json.result.data;
    expect(saved).toMatchObject({ ...german, unlocked: true });
    expect(await shown()).toEqual(saved);
    const off = { translationEnabled: false, translationFrom: null, translationTo: null };
    expect((await update(off)).status).toBe(200);
    const rows = await story.audit('voice_config.updated');
    expect(rows).toMatchObject([
      { before: { aiAgentId: null, translationEnabled: false }, after: german },
      { before: german, after: { aiAgentId: 'agent_front-1', ...off } },
    ]);
    expect(rows[0]?.actor.kind).toBe('member');
  });

  it('are changed by one of two tabs, and the other is told', async () => {
    const { updatedAt } = await shown();
    const tabs = await Promise.all(
      ['fr', 'it'].map((translationFrom) => update({ translationFrom, expectedUpdatedAt: updatedAt })),
    );
    expect(tabs.map(({ status }) => status).toSorted()).toEqual([200, 409]);
    const told = tabs.find(({ status }) => status === 409);
    expect(told?.json.error.data.code).toBe('VOICE_CONFIG_CHANGED');
    const kept = tabs.find(({ status }) => status === 200)?.json.result.data;
    expect(await shown()).toEqual(kept);
    expect(await story.audit('voice_config.updated')).toHaveLength(3);
    const late = await update({ expectedUpdatedAt: null });
    expect(late.json.error.data.code).toBe('VOICE_CONFIG_CHANGED');
  });

  it('stay and are locked when the plan ends, and count again with the next one', async () => {
    const before = await shown();
    const { id } = await story.subscription();
    await story.own('POST', `billing/subscriptions/${id}/cancel`, { at: 'now' });
    await story.settle();
    story.heard();
    expect(await shown()).toEqual({ ...before, unlocked: false, upgradeTo: 'business' });
    const { status, json } = await update();
    expect([status, json.error.data.code]).toEqual([402, 'FEATURE_NOT_IN_PLAN']);
    await story.subscribe({ family: 'voice-ops', plan: 'business' });
    story.heard();
    expect(await shown()).toEqual(before);
    expect((await update()).status).toBe(200);
  });

  it('are read only once the organization is closed, which still pays for what it used last (T46)', async () => {
    await story.at('2027-04-01T10:00:00Z', 'ten calls more than included');
    await story.use('call', '2010');
    await story.at('2027-04-01T12:00:00Z', 'an end at once');
    const { id } = await story.subscription();
    const close = () => story.asOwner('organizations.close', { confirmName: 'Setting Calls' });
    expect((await close()).json.error.data.code).toBe('ORGANIZATION_HAS_OBLIGATIONS');
    await story.own('POST', `billing/subscriptions/${id}/cancel`, { at: 'now' });
    await story.settle();
    const closed = await close();
    await story.at('2027-04-01T15:00:00Z', 'the last usage is final: 10 × 0.10');
    expect(await story.invoices()).toContain('2027-04-01 paid $1.00');
    expect(closed.status).toBe(200);
    story.heard();
    expect((await update()).status).not.toBe(200);
  });
});
