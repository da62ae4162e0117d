/** Called when an outage begins and when it ends, not for every failed query. */
export interface OutageReport {
  began(reason: Error): void;
  ended(): void;
}

/** Tracks whether something is currently unavailable. */
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
