/** Hears of an outage when it begins and when it ends, and not of every use that it fails. */
export interface OutageReport {
  began(reason: Error): void;
  ended(): void;
}

/** Keeps in mind whether something is away just now. */
export function createOutage(report: OutageReport = { began: () => undefined, ended: () => undefined }) {
  let isOn = false;
  return {
    begin(reason: Error) {
      if (isOn) return;
      isOn = true;
      report.began(reason);
    },
    end() {
      if (!isOn) return;
      isOn = false;
      report.ended();
    },
  };
}
