/** How long a reveal takes its time, as in `server/domain/suspense.py`, in milliseconds. */

const PLACE_MS = 450;
const PLACES_MS = 2_000;
/** Between the second place and the first. */
export const HOLD_MS = 1_400;
/** How long the first place has the stage for itself. */
export const FILLS_MS = 2_000;

/** Between one place and the next.
 *
 *  @param {number} places how many there are
 */
export const placeMs = (places) => Math.min(PLACE_MS, PLACES_MS / Math.max(1, places - 1));
