import {
  IconActivity,
  IconAddressBook,
  IconAdjustments,
  IconArrowsDiff,
  IconBuilding,
  IconBuildings,
  IconChartArrowsVertical,
  IconChartBar,
  IconCreditCard,
  IconFileInvoice,
  IconFlag,
  IconGauge,
  IconHeartRateMonitor,
  IconHistory,
  IconHome,
  IconKey,
  IconLayoutDashboard,
  IconListDetails,
  IconMail,
  IconMessageQuestion,
  IconMicrophone,
  IconOutbound,
  IconSend,
  IconUsers,
  IconUsersGroup,
  IconWebhook,
} from '@tabler/icons-react';
import type { ComponentType } from 'react';
import { paths } from './paths.ts';
import type { OrganizationAccess } from './views.ts';

export interface Screen {
  label: string;
  to: string;
  icon: ComponentType<{ size?: number; stroke?: number; 'aria-hidden'?: boolean }>;
  /** Second key after `g`. */
  jump?: string;
  /** Words people search for besides the label. */
  keywords?: string;
  /** Marks only this exact address as the current page. */
  exact?: boolean;
}

export interface ScreenGroup {
  title: string;
  screens: readonly Screen[];
}

/** The rail, the bottom bar, the palette and the `g` jumps all read this list. */
export function organizationScreens(access: OrganizationAccess): ScreenGroup[] {
  return [billingScreens(access), settingsScreens(access)];
}

function billingScreens({ slug, role, seesMoney }: OrganizationAccess): ScreenGroup {
  const money = (...screens: Screen[]) => (seesMoney ? screens : []);
  const admin = (...screens: Screen[]) => (role === 'member' ? [] : screens);
  return {
    title: 'Billing',
    screens: [
      { label: 'Overview', to: paths.overview(slug), icon: IconLayoutDashboard, jump: 'o', exact: true },
      {
        label: 'Usage',
        to: paths.usage(slug),
        icon: IconChartBar,
        jump: 'u',
        keywords: 'meters graphs events',
      },
      {
        label: 'Limits',
        to: paths.limits(slug),
        icon: IconGauge,
        jump: 'l',
        keywords: 'alerts caps included',
      },
      {
        label: 'Plans',
        to: paths.plans(slug),
        icon: IconAdjustments,
        jump: 'p',
        keywords: 'upgrade change cancel',
      },
      { label: 'Clients', to: paths.clients(slug), icon: IconUsersGroup, jump: 'c', keywords: 'add-ons' },
      ...money(
        {
          label: 'Invoices',
          to: paths.invoices(slug),
          icon: IconFileInvoice,
          jump: 'i',
          keywords: 'pay pdf csv',
        },
        {
          label: 'Payment methods',
          to: paths.paymentMethods(slug),
          icon: IconCreditCard,
          keywords: 'card',
        },
        {
          label: 'Billing details',
          to: paths.billingDetails(slug),
          icon: IconAddressBook,
          keywords: 'tax id vat address legal name invoice e-mail',
        },
      ),
      ...admin({ label: 'Activity', to: paths.activity(slug), icon: IconActivity, keywords: 'audit log' }),
    ],
  };
}

function settingsScreens({ slug, role }: OrganizationAccess): ScreenGroup {
  const admin = (...screens: Screen[]) => (role === 'member' ? [] : screens);
  return {
    title: 'Settings',
    screens: [
      {
        label: 'Organization',
        to: paths.settings(slug),
        icon: IconBuilding,
        jump: 's',
        exact: true,
        keywords: 'rename close transfer',
      },
      { label: 'Members', to: paths.members(slug), icon: IconUsers, jump: 'm', keywords: 'invite roles' },
      ...admin(
        { label: 'API keys', to: paths.apiKeys(slug), icon: IconKey, jump: 'k', keywords: 'token' },
        {
          label: 'Webhooks',
          to: paths.webhooks(slug),
          icon: IconWebhook,
          jump: 'w',
          keywords: 'endpoints messages deliveries signature',
        },
        { label: 'Voice', to: paths.voice(slug), icon: IconMicrophone, keywords: 'translation agent' },
      ),
    ],
  };
}

export function adminScreens(): ScreenGroup[] {
  return [
    { title: 'Platform', screens: platformScreens() },
    { title: 'Operations', screens: operationScreens() },
  ];
}

function platformScreens(): Screen[] {
  return [
    { label: 'Home', to: paths.adminHome(), icon: IconHome, jump: 'h', exact: true },
    {
      label: 'Organizations',
      to: paths.adminOrganizations(),
      icon: IconBuildings,
      jump: 'o',
      keywords: 'tenants past due',
    },
    {
      label: 'Revenue',
      to: paths.adminRevenue(),
      icon: IconChartArrowsVertical,
      jump: 'r',
      keywords: 'mrr arr churn retention',
    },
    {
      label: 'Cases',
      to: paths.adminCases(),
      icon: IconMessageQuestion,
      keywords: 'disputes questioned lines credit notes',
    },
    {
      label: 'Catalogue',
      to: paths.adminCatalog(),
      icon: IconListDetails,
      jump: 'c',
      keywords: 'plans prices families',
    },
    { label: 'Flags', to: paths.adminFlags(), icon: IconFlag, jump: 'f', keywords: 'rollout kill switch' },
  ];
}

function operationScreens(): Screen[] {
  return [
    {
      label: 'Events',
      to: paths.adminEvents(),
      icon: IconWebhook,
      jump: 'e',
      keywords: 'webhooks stripe replay',
    },
    {
      label: 'Messages',
      to: paths.adminMessages(),
      icon: IconOutbound,
      keywords: 'outbox to stripe given up dead retry',
    },
    {
      label: 'Drift',
      to: paths.adminDrift(),
      icon: IconArrowsDiff,
      jump: 'd',
      keywords: 'differences reconciliation compare stripe money missing',
    },
    {
      label: 'Webhooks',
      to: paths.adminWebhooks(),
      icon: IconSend,
      keywords: 'outgoing endpoints deliveries',
    },
    { label: 'E-mails', to: paths.adminEmails(), icon: IconMail, keywords: 'outbox sent' },
    { label: 'Health', to: paths.adminHealth(), icon: IconHeartRateMonitor, keywords: 'queue lag doctor' },
    { label: 'Audit', to: paths.adminAudit(), icon: IconHistory, jump: 'a', keywords: 'log verified' },
  ];
}

export function isCurrent(screen: Screen, pathname: string): boolean {
  if (screen.exact === true) return pathname === screen.to;
  return pathname === screen.to || pathname.startsWith(`${screen.to}/`);
}
