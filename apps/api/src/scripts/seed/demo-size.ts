/** How much is made. Everything else follows from these numbers; twelve months and forty organizations are fine too. */
export const demoSize = {
  /** Simulated time before today. The told stories happen in the last three months of it. */
  months: 3,
  /** Ordinary organizations beside the ones whose stories are told one by one. */
  ordinaryOrganizations: 10,
  /** Multiplies the events a day of every organization. */
  usageFactor: 1.5,
  /** Whatever it is, it is the same demo every time. */
  randomSeed: 20_260_401,
};
