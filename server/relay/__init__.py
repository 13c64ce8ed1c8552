"""A relay: shows boards to people who only watch, in place of the workers that hold them.

It is one more shared screen to a worker, and passes what that screen is sent on to thousands. So it
needs no store and no secret, and can show nothing that a worker has not shown to everyone.
"""
