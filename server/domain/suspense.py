"""When a result that was hidden is shown, so that every page does it at the same instant.

The shared screen leads up to it: the places from the last to the second, one after another, and a
held breath before the first. `static/js/screen/reveal.js` counts back from the same instant.
"""

LEAD_MS = 800
"""Until the last place is shown: by then the news has reached every page."""
PLACE_MS = 450
PLACES_MS = 2_000
"""All places but the first take no longer than this, however many options there are."""
HOLD_MS = 1_400
"""Between the second place and the first."""


def suspense_ms(places: int) -> int:
    """Return the milliseconds between a reveal and the instant at which the first is shown."""
    return LEAD_MS + min(PLACE_MS * (places - 1), PLACES_MS) + HOLD_MS
