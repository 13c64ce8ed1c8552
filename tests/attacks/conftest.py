"""Attacks on a real server. `promises.py` maps the sentences of SECURITY.md to the tests that hold
them; each kind of attack has its tests in these files:

========================================  ========================================================
attacker, and attack                      where
========================================  ========================================================
a page of another site: live connections  test_foreign_pages.py, protocol/test_bad_input.py,
and posts on behalf of a host, reading,   deploy/test_behind_proxies.py (through both proxies),
framing, referrers, planted cookies       web/test_handler.py (the headers)
seats and host keys planted by an         test_planted_seats.py, web/test_invites.py,
address that is opened; a current or      live/test_seats.py, integration/test_claims.py,
removed host who looks for a ballot       domain/test_invitations.py, browser/test_seats.py
by a link
forged, changed, carried-over, expired    test_forged_cookies.py, protocol/test_bad_input.py
cookies; keys and links of other boards
revoked links, removed hosts,             web/test_invites.py, web/test_hosts.py,
replayed everywhere                       integration/test_hosts_and_seats.py
a host's actions by anyone else, over     test_host_acts.py (made from the tables of messages and
every message and address                 of routes), protocol/test_client_messages.py
a hidden result, a secret ballot          test_hidden_results.py (two boards that differ in ballots
                                          alone), protocol/test_server_frames.py,
                                          integration/test_isolation.py, live/test_views.py
the same from a dump of the store, the    integration/test_secrecy.py, test_secrets.py
log, the metrics
two boards linked to one person           protocol/test_client_messages.py, security/test_pseudonyms.py
script in every field, name and link      test_stored_script.py, browser/test_payloads.py,
                                          browser/test_comments.py, web/test_comment_html.py,
                                          domain/test_options.py, domain/test_templates.py
characters that reverse or hide text      domain/test_text.py, browser/test_comments.py
line breaks and bytes in URLs, headers    test_injection.py
and names; made-up hosts and proxies;
two requests in one
text that a terminal would obey, in       sanitize/test_printable.py, ops/test_backup.py
the log and in what commands show
data of a board damaged in the store,     integration/test_damaged_boards.py, live/test_expiry.py,
a clock that jumps, a changed backup      integration/test_store_trouble.py, ops/test_backup.py
files next to those that are served       test_traversal.py, web/test_static_files.py
memory, time and connections of one       test_exhaustion.py, live/test_connection.py,
person: packed bodies, slow heads,        live/test_hub.py (boards opened one after another),
large numbers, texts that take long       protocol/test_bad_input.py
guessed codes, keys and links             test_guessing.py, security/test_guess_limit.py,
                                          integration/test_shared_limits.py (over all processes)
names of other sites that point here      test_rebinding.py, network/test_allowed_hosts.py
secrets on disk, in processes, in the     test_secrets.py, security/test_secret.py, store/test_embedded.py,
log, on pages; compared in constant time  process/test_supervisor.py (the store's password),
                                          deploy/test_proxies.py (the proxies' logs)
numbers for the operator                  web/test_health.py, deploy/test_proxies.py,
                                          live/test_broadcaster.py (the length of a hidden result)
known faults in libraries                 test_audit.py
========================================  ========================================================

Some fifty deliberate defects of the server were tried: each that opened a hole made a test fail.
"""

from support.worker import embedded, patience_with_the_store

__all__ = ["embedded", "patience_with_the_store"]
