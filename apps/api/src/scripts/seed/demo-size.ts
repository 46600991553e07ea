/** How much is made. Everything else follows from these numbers. */
export const demoSize = {
  /** Simulated time before today. */
  months: 12,
  /** The told stories happen in the last months, which are lived day by day; the ones before from renewal to renewal. */
  dailyMonths: 3,
  /** Ordinary organizations beside the ones whose stories are told one by one. */
  ordinaryOrganizations: 25,
  /** Multiplies the events a day of every organization. */
  usageFactor: 1.5,
  /** Whatever it is, it is the same demo every time. */
  randomSeed: 20_260_401,
};
