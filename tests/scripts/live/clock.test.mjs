import assert from "node:assert/strict";
import { test } from "node:test";

import { Clock } from "../../../static/js/live/clock.js";
import { standingClock } from "../browser.mjs";

test("without a sample it is the device's own", () => {
  standingClock(5_000);
  assert.equal(new Clock().now(), 5_000);
});

for (const skew of [-3_600_000, 0, 86_400_000]) {
  test(`a device that is off by ${skew} ms knows the time of the store`, () => {
    const device = standingClock(10_000_000 + skew);
    const clock = new Clock();
    clock.addSample(10_000_000);
    device.tick(500);
    assert.equal(clock.now(), 10_000_500);
  });
}

test("of several samples the one counts that was the shortest time on its way", () => {
  const device = standingClock(10_000_000);
  const clock = new Clock();
  for (const late of [900, 40, 300]) {
    device.tick(1_000);
    clock.addSample(Date.now() - late);
  }
  assert.equal(clock.now(), Date.now() - 40);
});

test("samples from before the device's clock was set are forgotten", () => {
  const device = standingClock(10_000_000);
  const clock = new Clock();
  clock.addSample(10_000_000);
  device.set(9_000_000);
  for (let n = 0; n < 8; n += 1) clock.addSample(9_500_000);
  assert.equal(clock.now(), 9_500_000);
  device.set(12_000_000);
  for (let n = 0; n < 8; n += 1) clock.addSample(9_500_000);
  assert.equal(clock.now(), 9_500_000);
});
