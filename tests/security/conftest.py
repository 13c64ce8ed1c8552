"""Attacks, tried for real against a real server. Where each attempt lives:

========================================  ========================================================
who, and what is tried                    where
========================================  ========================================================
a page of another site: live connections  test_foreign_pages.py, protocol/test_bad_input.py,
and posts in a host's name, reading,      deploy/test_behind_proxies.py (through both proxies),
framing, referrers, planted cookies       web/test_handler.py (the headers)
seats and host keys planted by an         test_planted_seats.py, web/test_invites.py,
address that is opened; a host, or one    live/test_seats.py, integration/test_claims.py,
who was removed, who looks for a ballot   domain/test_invitations.py, browser/test_seats.py
by a link
forged, changed, carried-over, expired    test_forged_cookies.py, protocol/test_bad_input.py
cookies; keys and links of other boards
links that were taken back, removed       web/test_invites.py, web/test_hosts.py,
hosts, replayed everywhere                integration/test_running_the_meeting.py
a host's acts by everybody else, over     test_host_acts.py (made from the tables of messages and
every message and address                 of routes), protocol/test_client_messages.py
a hidden result, a secret ballot          test_hidden_results.py (two boards that differ in ballots
                                          alone), protocol/test_server_frames.py,
                                          live/test_walls.py, live/test_views.py
the same from a dump of the store, the    integration/test_secrecy.py, test_secrets.py
log, the metrics
two boards joined to one person           protocol/test_client_messages.py, live/test_pseudonyms.py
script in every field, name and link      test_stored_script.py, browser/test_payloads.py,
                                          browser/test_talk.py, web/test_safe_html.py,
                                          domain/test_options.py, domain/test_templates.py
characters that turn or hide text         domain/test_text.py, browser/test_talk.py
breaks and bytes in addresses, headers    test_injection.py
and names; made-up hosts and proxies;
two requests in one
text that a terminal would obey, in       test_printable.py, test_backup.py
the log and in what commands show
data of a board damaged in the store,     live/test_damaged_boards.py, live/test_expiry.py,
a clock that jumps, a changed backup      integration/test_store_trouble.py, test_backup.py
files beside those that are given out     test_traversal.py, web/test_files.py
memory, time and connections of one       test_exhaustion.py, live/test_transport.py,
person: packed bodies, slow heads,        live/test_hub.py (boards opened one after another),
large numbers, texts that take long       protocol/test_bad_input.py
guessed codes, keys and links             test_guessing.py, web/test_guesses.py,
                                          integration/test_shared_limits.py (over all processes)
names of other sites that lead here       test_rebinding.py, web/test_own_names.py
secrets on disk, in processes, in the     test_secrets.py, test_secret.py, log/test_embedded.py,
log, on pages; compared in constant time  test_workers.py (the store's password),
                                          deploy/test_proxies.py (the proxies' logs)
numbers for the operator                  web/test_ops.py, deploy/test_proxies.py,
                                          live/test_audience.py (the length of a hidden result)
known faults in libraries                 test_audit.py
========================================  ========================================================

Some fifty ways to break the server on purpose were tried: each that opened a hole made one fail.
"""

from one_process import embedded, patience_with_the_store

__all__ = ["embedded", "patience_with_the_store"]
