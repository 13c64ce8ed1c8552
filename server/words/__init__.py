"""What people read, in one catalogue: `data/words/`. See `docs/internals/words.md`."""
