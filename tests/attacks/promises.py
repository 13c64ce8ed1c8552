"""Maps each sentence of SECURITY.md, and each promise in README.md, to the tests that hold it.

A sentence is identified by its beginning. Its value lists tests, with paths relative to `tests/`; a
text instead says why there are none. `test_promises.py` fails for a sentence that is missing here,
and for a test that does not exist.
"""

ADVICE = "It says what to do, or what follows."
LIMIT = "It says what is not promised."
REPORT = "What people do who mend the server."

SECURITY = {
    "What Stackvote promises to whom": "It says what the page is about.",
    "To voters": "It says to whom.",
    "In a round with secret ballots no one learns": (
        "integration/test_secrecy.py::test_a_dump_of_the_store_joins_no_ballot_to_a_seat",
        "attacks/test_hidden_results.py::test_no_seat_but_ones_own_is_ever_told",
        "domain/test_board.py::test_a_secret_round_shows_no_one_who_voted_what",
    ),
    "The store knows your ballot by a name": (
        "security/test_pseudonyms.py::test_a_voter_is_unrecognizable_in_secret_rounds_and_new_in_each",
        "integration/test_secrecy.py::test_a_dump_of_the_store_joins_no_ballot_to_a_seat",
    ),
    "A result that is shown before the reveal": (
        "attacks/test_watching_bars.py::test_one_vote_is_told_by_nothing_that_anyone_can_see",
        "domain/test_steps.py::test_two_results_that_follow_each_other_differ_in_many_peoples_ballots",
        "domain/test_steps.py::test_what_the_reveal_adds_are_many_peoples_ballots_too",
    ),
    "So no one who watches the bars": (
        "attacks/test_watching_bars.py::test_one_vote_is_told_by_nothing_that_anyone_can_see",
        "attacks/test_watching_bars.py::test_one_person_moves_no_bar_however_often_they_change_their_mind",
        "attacks/test_watching_bars.py::test_a_round_that_is_closed_and_opened_again_shows_no_single_ballot",
    ),
    "A comment that is written while comments are hidden": (
        "attacks/test_sealed_talk.py::test_no_one_but_its_author_reads_a_comment_before_the_reveal",
        "attacks/test_sealed_talk.py::test_no_host_reads_ahead_even_where_hosts_see_results_early",
        "domain/test_sealed_talk.py::test_what_is_written_during_the_round_is_told_to_its_author_alone",
    ),
    "Who commits to an outcome": (
        "attacks/test_stances.py::test_whose_a_stance_is_reaches_no_one_in_a_secret_round",
        "domain/test_stances.py::test_who_said_what_makes_no_difference_to_what_anyone_is_told",
    ),
    "Where ballots are open, only hosts": (
        "domain/test_stances.py::test_a_name_is_for_hosts_alone_and_only_where_ballots_have_names",
        "attacks/test_stances.py::test_where_ballots_are_open_names_reach_hosts_and_no_one_else",
    ),
    "Once a round with secret ballots is revealed": (
        "domain/test_record.py::test_the_order_of_ballots_depends_on_what_they_say_alone",
        "web/test_record.py::test_no_file_gives_away_who_voted_for_what_in_secret",
    ),
    "A hidden result appears in no page": (
        "attacks/test_hidden_results.py::test_what_was_voted_makes_no_difference_to_anything_that_may_not_tell_it",
        "attacks/test_hidden_results.py::test_the_length_and_the_tag_of_an_answer_tell_nothing",
        "integration/test_secrecy.py::test_what_a_host_is_told_outside_the_frames_hides_the_result_too",
        "live/test_broadcaster.py::test_only_the_bytes_of_what_everyone_may_see_are_counted",
    ),
    "If the host may look ahead": (
        "attacks/test_hidden_results.py::test_no_switch_of_the_host_uncovers_a_round_that_was_opened_hidden",
        "live/test_room.py::test_the_host_sees_early_only_where_everyone_is_told_so",
        "browser/test_meeting.py::test_the_board_says_when_the_host_looks_ahead",
    ),
    "No one votes in your place": (
        "attacks/test_planted_seats.py::test_a_host_and_one_who_was_removed_learn_no_ballot_and_change_none",
        "attacks/test_forged_cookies.py::test_no_letter_of_a_cookie_can_be_changed",
        "attacks/test_forged_cookies.py::test_a_cookie_that_is_not_this_servers_names_no_one",
        "attacks/test_secrets.py::test_a_dump_of_the_store_makes_no_one_a_host_or_a_voter",
    ),
    "An invitation is claimed once": (
        "web/test_invites.py::test_to_open_a_link_takes_nothing",
        "web/test_invites.py::test_a_link_is_claimed_once_and_says_so_to_everyone_else",
        "integration/test_claims.py::test_of_browsers_that_race_for_links_over_all_processes_one_wins_each",
        "browser/test_seats.py::test_a_link_is_taken_by_a_button_and_then_says_so_to_everyone_else",
    ),
    "From then on its seat belongs to the cookie": (
        "web/test_invites.py::test_a_link_is_claimed_once_and_says_so_to_everyone_else",
        "attacks/test_planted_seats.py::test_a_host_and_one_who_was_removed_learn_no_ballot_and_change_none",
        "web/test_invites.py::test_a_link_that_was_shared_before_counts_as_taken_and_shows_its_ballot_to_no_one",
    ),
    "Your ballot is shown only to the browser": (
        "attacks/test_hidden_results.py::test_a_ballot_is_shown_to_its_seat_and_asked_for_by_no_one_else",
        "web/test_invites.py::test_a_seat_moves_once_by_the_act_of_who_holds_it",
    ),
    "Another site that is open in your browser": (
        "attacks/test_foreign_pages.py::test_a_foreign_page_opens_no_live_connection_in_a_hosts_name",
        "attacks/test_foreign_pages.py::test_a_foreign_page_acts_on_no_board_and_makes_none",
        "attacks/test_foreign_pages.py::test_a_foreign_page_reads_no_answer",
        "attacks/test_planted_seats.py::test_no_address_that_is_only_opened_changes_who_a_browser_is",
        "attacks/test_planted_seats.py::test_a_form_on_another_site_takes_no_seat_and_moves_none",
        "attacks/test_planted_seats.py::test_a_host_link_on_another_site_asks_and_replaces_no_key_unasked",
    ),
    "Whatever others write is only text": (
        "browser/test_payloads.py::test_a_board_of_attacks_is_a_board_of_words",
        "browser/test_payloads.py::test_what_is_said_while_one_watches_comes_as_words_too",
        "attacks/test_stored_script.py::test_no_template_writes_words_as_they_are",
        "web/test_handler.py::test_every_answer_carries_the_headers_that_protect",
    ),
    "To hosts": "It says to whom.",
    "Only someone with the key of a current host": (
        "attacks/test_host_acts.py::test_no_one_else_does_a_hosts_act_by_any_message",
        "attacks/test_host_acts.py::test_no_one_else_enters_by_any_address_that_is_for_the_host",
    ),
    "A host who is removed and an invitation": (
        "web/test_hosts.py::test_a_removed_host_is_none_at_once_on_every_page_of_every_worker",
        "web/test_invites.py::test_a_link_that_was_taken_back_is_no_seat_any_more",
        "integration/test_hosts_and_seats.py::test_an_invitation_is_one_voter_in_all_processes_until_it_is_taken_back",
    ),
    "With `entry: invited`, one invitation": (
        "integration/test_hosts_and_seats.py::test_an_invitation_is_one_voter_in_all_processes_until_it_is_taken_back",
        "domain/test_invitations.py::test_at_most_one_browser_holds_a_seat_and_renewing_takes_it_away",
        "web/test_invites.py::test_who_has_no_invitation_watches_and_is_told_so",
    ),
    "A host who renews an invitation withdraws": (
        "web/test_invites.py::test_a_renewed_invitation_withdraws_the_ballot_and_tells_the_old_browser",
        "web/test_invites.py::test_a_ballot_of_a_revealed_round_stays_and_is_shown_to_no_one_after_a_renewal",
        "web/test_invites.py::test_where_a_ballot_that_leaves_would_be_given_away_the_host_waits",
    ),
    "In a meeting of several questions, only hosts": (
        "web/test_questions.py::test_no_one_else_moves_the_meeting_or_learns_what_comes",
        "web/test_questions.py::test_what_a_board_must_be_to_become_a_question",
        "domain/test_meeting.py::test_only_a_host_of_the_lead_acts_under_its_name",
    ),
    "Its invitations and admissions count": (
        "web/test_questions.py::test_a_seat_by_invitation_goes_along_and_is_one_ballot",
        "web/test_questions.py::test_where_a_ballot_cannot_be_withdrawn_the_renewed_seat_waits",
        "web/test_questions.py::test_who_is_let_in_once_is_in_at_every_question",
    ),
    "Voters are told no question": (
        "web/test_questions.py::test_no_one_else_moves_the_meeting_or_learns_what_comes",
    ),
    "Keys have 192 bits": ("attacks/test_guessing.py::test_codes_and_keys_are_drawn_from_many",),
    "Only the hash of a key is stored": (
        "live/test_create_board.py::test_of_a_key_only_the_hash_is_kept",
        "attacks/test_secrets.py::test_a_dump_of_the_store_makes_no_one_a_host_or_a_voter",
    ),
    "To operators": "It says to whom.",
    "Without a key, an invitation or the code": (
        "attacks/test_guessing.py::test_wrong_codes_are_counted_at_every_address",
        "attacks/test_forged_cookies.py::test_an_invitation_is_good_on_its_board_and_in_its_installation_only",
    ),
    "Codes are short": (
        "attacks/test_guessing.py::test_codes_and_keys_are_drawn_from_many",
        "attacks/test_promises.py::test_the_figures_are_those_of_the_code",
    ),
    "One address may be wrong 60 times": (
        "attacks/test_guessing.py::test_the_limits_are_what_the_documents_say",
        "attacks/test_guessing.py::test_of_ipv6_a_customers_whole_network_is_limited",
        "attacks/test_guessing.py::test_a_thousand_machines_together_find_no_more",
        "attacks/test_guessing.py::test_a_thousand_codes_at_once_on_one_connection_are_no_more_than_one_after_the_other",
        "integration/test_shared_limits.py::test_codes_that_are_guessed_of_all_processes_together",
    ),
    "So a thousand machines need ten hours": (
        "attacks/test_guessing.py::test_a_thousand_machines_together_find_no_more",
    ),
    "Beyond a limit a right code is answered": (
        "attacks/test_guessing.py::test_over_its_limit_an_address_is_answered_alike_be_the_code_right_or_wrong",
        "attacks/test_guessing.py::test_over_its_limit_an_address_that_acts_is_answered_alike_too",
    ),
    "Right codes are not counted": (
        "attacks/test_guessing.py::test_a_thousand_honest_people_come_in_through_one_address",
        "attacks/test_guessing.py::test_who_was_on_a_board_stays_on_it_whoever_else_guesses",
    ),
    "Newcomers behind the same address wait": (
        "attacks/test_guessing.py::test_over_its_limit_an_address_is_answered_alike_be_the_code_right_or_wrong",
        "attacks/test_guessing.py::test_a_room_that_waits_for_the_end_of_a_limit_comes_in_whole",
    ),
    "The server answers only to its own names": (
        "attacks/test_rebinding.py::test_under_another_name_nothing_is_served_and_it_is_said_why",
    ),
    "`/metrics` is closed to other machines": (
        "web/test_health.py::test_from_another_machine_numbers_are_closed",
        "web/test_health.py::test_numbers_are_for_this_machine_alone_unless_it_is_said_otherwise",
        "live/test_broadcaster.py::test_only_the_bytes_of_what_everyone_may_see_are_counted",
    ),
    "No request reaches a file": (
        "attacks/test_traversal.py::test_no_path_leads_out_of_the_files_that_are_given_out",
        "attacks/test_injection.py::test_no_address_leads_to_another_site",
        "attacks/test_injection.py::test_no_break_in_an_address_makes_a_header_or_a_line",
        "attacks/test_injection.py::test_no_break_in_a_header_makes_another",
    ),
    "Text from others, in a board": (
        "sanitize/test_printable.py::test_what_a_terminal_would_obey_is_shown",
        "sanitize/test_printable.py::test_a_command_shows_what_it_was_given_and_a_terminal_obeys_nothing",
        "ops/test_administration.py::test_boards_are_listed_with_what_people_wrote_made_harmless",
        "attacks/test_injection.py::test_no_byte_of_a_request_moves_the_terminal_that_shows_the_log",
    ),
    "Damage to one board's data": (
        "integration/test_damaged_boards.py::test_a_damaged_board_is_withheld_alone_and_looked_at_again",
    ),
    "A wrong clock deletes no board": (
        "live/test_expiry.py::test_a_clock_that_jumps_deletes_nothing_however_often_one_looks",
        "live/test_expiry.py::test_a_board_is_deleted_when_it_was_found_overdue_for_a_week",
        "integration/test_store_trouble.py::test_a_store_whose_clock_jumps_by_months_and_back_deletes_no_board",
    ),
    "A backup that is damaged": (
        "ops/test_backup.py::test_a_damaged_backup_changes_nothing",
        "ops/test_backup.py::test_what_was_there_is_the_same_after_a_restore_that_failed",
    ),
    "Only its owner can read the file of an exported board": (
        "ops/test_moving.py::test_the_commands_move_a_board_between_running_servers",
        "ops/test_board_file.py::test_a_file_that_is_altered_anywhere_is_refused_with_the_line",
        "ops/test_moving.py::test_a_file_that_cannot_be_a_board_is_refused_and_leaves_nothing",
        "ops/test_moving.py::test_another_history_under_the_same_code_is_refused_and_stays",
    ),
    "Each connection, however slow": (
        "integration/test_slow_readers.py::test_who_reads_nothing_costs_what_everyone_costs",
        "faults/test_hostile_clients.py::test_who_does_not_listen_is_sent_away_and_slows_no_one",
    ),
    "In each worker process, at most": "It begins a list.",
    "64 MiB wait for all slow readers": (
        "live/test_backlog.py::test_a_piece_counts_once_however_many_wait_for_it",
        "web/test_paced_response.py::test_those_who_ask_for_the_same_and_do_not_read_it_keep_one_copy",
        "attacks/test_promises.py::test_the_figures_are_those_of_the_code",
    ),
    "Those with the largest share": (
        "live/test_backlog.py::test_those_with_the_largest_share_go_first_until_there_is_room_again",
    ),
    "Another 32 MiB wait in the buffers": (
        "web/test_http_server.py::test_the_slowest_readers_are_sent_away_where_too_much_waits_for_them",
        "web/test_paced_response.py::test_pages_that_no_one_reads_are_bounded_together",
        "attacks/test_promises.py::test_the_figures_are_those_of_the_code",
    ),
    "256 KiB wait for one live connection": (
        "live/test_connection.py::test_an_outbox_that_runs_over_is_dropped_and_a_welcome_is_due_when_it_has_drained",
        "live/test_connection.py::test_answers_that_no_one_reads_close_the_connection",
        "process/test_sockets.py::test_little_waits_in_the_system_for_someone_who_does_not_read",
        "attacks/test_promises.py::test_the_figures_are_those_of_the_code",
    ),
    "A client that reads less than 2 KiB a second": (
        "live/test_connection.py::test_a_reader_who_trickles_is_given_up_and_learns_why_when_it_reads_on",
        "web/test_paced_response.py::test_who_reads_next_to_nothing_is_closed",
        "web/test_http_server.py::test_anyone_who_takes_too_long_is_sent_away",
        "attacks/test_promises.py::test_the_figures_are_those_of_the_code",
    ),
    "16 MiB are held for unfinished requests": (
        "web/test_incomplete_requests.py::test_of_bodies_without_an_end_those_that_began_first_go",
        "live/test_hub.py::test_messages_that_never_end_are_bounded_together",
        "attacks/test_promises.py::test_the_figures_are_those_of_the_code",
    ),
    "A request has at most 64 KiB of headers": (
        "attacks/test_exhaustion.py::test_a_request_beyond_measure_is_cut_off",
        "attacks/test_exhaustion.py::test_who_never_sends_the_body_that_was_announced_is_not_waited_for",
        "live/test_connection.py::test_what_begins_to_come_has_to_come_whole",
        "attacks/test_promises.py::test_the_figures_are_those_of_the_code",
    ),
    "So a thousand clients that read nothing": (
        "integration/test_slow_readers.py::test_who_reads_nothing_costs_what_everyone_costs",
        "web/test_tls_transport.py::test_a_long_welcome_comes_whole_and_one_copy_waits_for_all_who_do_not_read_it",
    ),
    "The same holds for boards": (
        "live/test_time_slices.py::test_of_all_who_work_one_has_its_share_in_a_turn",
        "live/test_replica.py::test_a_long_log_is_read_in_shares_of_the_loop",
        "domain/methods/test_costs.py::test_a_vote_costs_what_is_on_it_and_not_what_others_voted",
        "docs/test_documented_limits.py::test_a_full_board_takes_no_more_memory_of_a_worker_than_is_said",
    ),
    "Only their owner can read the secret": (
        "attacks/test_secrets.py::test_what_lies_on_the_disk_is_for_its_owner_alone",
    ),
    "No secret appears in the log": (
        "attacks/test_secrets.py::test_no_secret_is_seen_in_the_list_of_processes_or_the_log",
        "attacks/test_secrets.py::test_an_error_tells_nothing_of_the_inside",
        "sanitize/test_redaction.py::test_no_line_of_the_log_shows_a_secret_nor_its_traceback",
    ),
    "In the address of a store, everything between": (
        "sanitize/test_redaction.py::test_all_before_the_last_at_is_secret_whatever_it_looks_like",
    ),
    "There are two intended exceptions": (
        "ops/test_administration.py::test_a_new_host_link_fits_at_once_and_after_a_restart_and_the_old_one_still_does",
        "process/test_banner.py::test_it_shows_all_addresses_for_the_room_and_for_this_machine",
    ),
    "Each promise was attacked": (
        "attacks/test_promises.py::test_each_sentence_is_held_by_tests_that_are_there",
    ),
    "`tests/attacks/promises.py` lists": (
        "attacks/test_promises.py::test_each_sentence_is_held_by_tests_that_are_there",
    ),
    # What is not promised
    "Nothing against the operator": LIMIT,
    "Someone with the secret *and* the store": LIMIT,
    "Someone who can change the server": LIMIT,
    "An operator can become a host": (
        "ops/test_administration.py::test_a_new_host_link_fits_at_once_and_after_a_restart_and_the_old_one_still_does",
    ),
    "No anonymity in a small room": LIMIT,
    "If two of three people voted": (
        "domain/test_history.py::test_every_act_of_a_host_is_told_and_nothing_else",
    ),
    "In a round with open ballots whose result": LIMIT,
    "With secret ballots the bars move": (
        "attacks/test_watching_bars.py::test_one_vote_is_told_by_nothing_that_anyone_can_see",
    ),
    "Someone who casts all": LIMIT,
    "Choose `on_reveal`": ADVICE,
    "Everyone on a board sees who is here": (
        "live/test_views.py::test_who_has_voted_is_told_only_where_it_gives_no_ballot_away",
    ),
    "The log keeps the time of each ballot": LIMIT,
    "Names are what people call themselves": LIMIT,
    "Two people may choose the same": LIMIT,
    "On an open board, anyone with the code": LIMIT,
    "The console shows how many newcomers": (
        "integration/test_waiting_newcomers.py::test_hosts_see_how_many_come_and_from_how_many_networks",
        "browser/test_waiting_newcomers.py::test_a_crowd_is_told_and_the_door_closed_with_one_tap",
    ),
    "One tap makes further newcomers wait": (
        "integration/test_waiting_newcomers.py::test_who_is_here_stays_and_newcomers_wait_until_they_are_let_in",
        "integration/test_waiting_newcomers.py::test_all_who_wait_are_let_in_at_once",
        "integration/test_waiting_newcomers.py::test_a_whole_room_behind_one_address_waits_and_is_let_in",
        "domain/handlers/test_roles.py::test_the_door_is_closed_and_opened_while_a_round_is_on_and_invitations_are_not",
    ),
    "About arrivals the store keeps": (
        "store/test_arrivals.py::test_nothing_in_the_store_tells_when_a_seat_came",
    ),
    "This stops a crowd": LIMIT,
    "A seat that came, was never named": (
        "domain/handlers/test_roles.py::test_who_is_here_and_who_has_a_name_is_in_when_the_door_is_closed",
        "integration/test_waiting_newcomers.py::test_a_ballot_that_is_in_lets_its_seat_back_in",
    ),
    "Use invitations": ADVICE,
    "An unclaimed link works for the first": (
        "domain/test_invitations.py::test_the_first_claim_in_the_log_has_the_seat",
    ),
    "The person it was meant for": (
        "web/test_invites.py::test_a_link_is_claimed_once_and_says_so_to_everyone_else",
    ),
    "A person who has your device": LIMIT,
    "Over HTTPS, a browser stores": (
        "browser/test_offline.py::test_a_ballot_opens_without_a_line_and_its_vote_is_counted_once",
    ),
    "Cookies are not among it": (
        "browser/test_offline.py::test_the_start_page_and_ballots_are_stored_and_no_other_page",
    ),
    "A board that is gone or a seat": (
        "browser/test_offline.py::test_a_board_that_is_gone_leaves_nothing_on_the_device",
    ),
    "Deleting the site's data": ADVICE,
    "A person who has your browser": LIMIT,
    "A code that moves the seat works": (
        "domain/test_invitations.py::test_a_seat_moves_once_within_five_minutes",
        "browser/test_seats.py::test_a_seat_moves_with_its_ballot_and_the_first_device_says_so",
    ),
    "An invitation does not prove": LIMIT,
    "The checksums of a backup": LIMIT,
    "Anyone who can change the file": LIMIT,
    "Restore only what you have kept": ADVICE,
    "The file of an exported board is": LIMIT,
    "With the secret of the server that wrote it": LIMIT,
    "Its checksums detect accidents": LIMIT,
    "No defence against a flood": LIMIT,
    "Many machines that request": LIMIT,
    "The same goes for someone with a board's code": LIMIT,
    "Nothing without HTTPS": LIMIT,
    "On plain HTTP anyone": LIMIT,
    "That is the price": LIMIT,
    # How to run it
    "Put HTTPS in front of it": (
        "deploy/test_check.py::test_the_proxies_that_are_recommended_pass_all",
    ),
    "Set `proxy_headers` behind a proxy": (
        "attacks/test_injection.py::test_what_a_visitor_says_of_proxies_counts_for_nothing_without_one",
    ),
    "Give it a host name": ADVICE,
    "Over HTTPS, neighbouring sites": (
        "attacks/test_foreign_pages.py::test_a_neighbouring_site_plants_no_seat_and_no_key",
    ),
    "On the open internet, let the proxy send": ADVICE,
    "Lower `board_rate`": (
        "integration/test_shared_limits.py::test_boards_that_are_made_of_all_processes_together",
    ),
    "Host links, invitations and codes": (
        "web/test_pages.py::test_the_hosts_page_takes_the_key_once",
        "web/test_invites.py::test_a_link_is_claimed_once_and_says_so_to_everyone_else",
    ),
    "The server never logs them": (
        "web/test_invites.py::test_tokens_and_keys_stand_in_no_line_of_the_log",
        "deploy/test_proxies.py::test_a_key_in_an_address_stands_in_no_log",
    ),
    "Under a path": (
        "web/test_addresses.py::test_under_a_path_with_https_a_cookie_has_the_strictest_name_that_browsers_accept",
    ),
    "Set `metrics_from` to the addresses": (
        "web/test_health.py::test_numbers_may_be_kept_to_some_networks",
    ),
    "Host names other than": ("attacks/test_rebinding.py::test_a_name_that_was_allowed_is_served",),
    "`/healthz` and `/readyz` tell": ("web/test_health.py::test_alive_and_ready_and_not",),
    "Keep the secret and the backup of the store": ADVICE,
    "Let only the servers reach the store": ADVICE,
    "Pass passwords in the environment": (
        "sanitize/test_redaction.py::test_wrong_use_shows_no_password",
    ),
    "Run it as a user of its own": (
        "deploy/test_containers.py::test_the_image_runs_as_no_one_special_and_builds_nothing",
    ),
    "Anyone who reads the first lines": (
        "process/test_banner.py::test_it_shows_all_addresses_for_the_room_and_for_this_machine",
    ),
    "Hand that board over": ("web/test_hosts.py::test_a_board_is_handed_over",),
    "Other sites cannot show the pages": (
        "attacks/test_foreign_pages.py::test_a_foreign_page_frames_nothing_and_learns_no_link_by_its_referrer",
    ),
    "There is no setting for this": ADVICE,
    # How to report, supported versions
    "Tell us in private": REPORT,
    "Please do not open an issue": REPORT,
    "Say what you did": REPORT,
    "You get an answer": REPORT,
    "A fault that lets someone read": REPORT,
    "The newest release": REPORT,
    "Before 1.0": REPORT,
}

README = {
    "A meeting can hold": (
        "web/test_questions.py::test_everyone_follows_in_both_processes_and_the_code_stays",
        "browser/test_questions.py::test_a_meeting_of_two_questions_is_followed_by_everyone",
    ),
    "A team decides on its technology": (
        "browser/test_meeting.py::test_a_meeting_from_template_to_decision",
    ),
    "Stackvote runs on your own machine": (
        "store/test_embedded.py::test_it_is_as_durable_as_promised_and_drops_nothing",
        "integration/test_folders.py::test_every_vote_that_was_acknowledged_is_there_after_all_is_killed",
    ),
    # How a meeting goes
    "Set up.": "It names a step.",
    "Start a board from a template": (
        "browser/test_meeting.py::test_a_meeting_from_template_to_decision",
        "browser/test_meeting.py::test_an_own_list_grows_and_changes_between_rounds",
        "integration/test_whole_evening.py::test_a_whole_evening_by_the_words_of_the_readme",
    ),
    "While you allow it, people propose": (
        "integration/test_whole_evening.py::test_a_whole_evening_by_the_words_of_the_readme",
        "protocol/test_proposals.py::test_a_proposal_is_seen_by_all_and_its_answer_by_its_proposer_alone",
    ),
    "Vote.": "It names a step.",
    "Open a round": (
        "browser/test_results.py::test_the_form_opens_a_round_with_the_settings_of_its_method",
    ),
    "Unless you say otherwise the result": (
        "domain/test_rules.py::test_the_defaults_are_those_of_the_contract",
        "integration/test_secrecy.py::test_a_dump_of_the_store_joins_no_ballot_to_a_seat",
    ),
    "Only an operator who has both": (
        "integration/test_secrecy.py::test_a_dump_of_the_store_joins_no_ballot_to_a_seat",
        "attacks/test_secrets.py::test_a_dump_of_the_store_makes_no_one_a_host_or_a_voter",
    ),
    "A board can be by invitation": (
        "web/test_invites.py::test_a_link_is_claimed_once_and_says_so_to_everyone_else",
        "attacks/test_planted_seats.py::test_a_host_and_one_who_was_removed_learn_no_ballot_and_change_none",
    ),
    "Talk.": "It names a step.",
    "Pros, cons, questions and risks": ("browser/test_comments.py::test_two_people_discuss",),
    "Reveal, discuss": (
        "browser/test_whole_meeting.py::test_a_blind_round_a_run_off_and_a_decision_that_is_taken_back",
    ),
    "Each round is kept": (
        "web/test_api.py::test_all_rounds_are_listed_each_as_an_observer_may_see_it",
    ),
    "Decide.": "It names a step.",
    "Record the option": (
        "domain/handlers/test_table.py::test_the_decision_is_kept_with_its_reason_and_can_be_made_again",
    ),
    "The meeting leaves a": (
        "domain/test_record.py::test_a_whole_meeting",
        "web/test_record.py::test_the_page_tells_what_was_decided_and_why",
        "exports/test_markdown.py::test_a_whole_meeting_has_the_headings_of_madr_4",
    ),
    "A person always knows whether": (
        "live/test_pending.py::test_an_answer_waits_for_the_log_and_for_the_board",
        "store/test_event_log.py::test_local_durability_waits_for_the_disk",
        "store/test_embedded.py::test_what_was_acknowledged_is_there_after_a_kill",
    ),
    "A vote cast in a lift": (
        "browser/test_connection_loss.py::test_a_phone_without_network_for_ten_seconds_loses_nothing",
        "browser/test_connection_loss.py::test_a_server_that_stands_still_is_noticed_and_gets_the_vote_once",
    ),
    # What you can rely on
    "An acknowledged vote or comment is never lost": (
        "faults/test_store_killed.py::test_the_embedded_store_is_killed",
        "faults/test_workers_killed.py::test_a_worker_is_killed_again_and_again",
        "faults/test_parent_killed.py::test_the_parent_is_killed_and_the_server_started_again",
        "integration/test_kills.py::test_everything_is_killed_and_started_again",
        "domain/handlers/test_comments.py::test_another_comment_with_a_known_id_is_refused_and_goes_with_the_first",
    ),
    "Where a store of your own goes back": (
        "faults/test_histories.py::test_who_voted_on_a_store_that_went_back_is_shown_that_it_is_lost",
        "faults/test_histories.py::test_a_store_that_is_restored_from_an_older_copy_tells_who_has_lost_what",
        "faults/test_histories.py::test_a_primary_that_comes_back_from_its_replica_has_another_history",
        "browser/test_connection_loss.py::test_who_has_lost_a_saved_vote_and_a_comment_is_told",
    ),
    "Every page shows the same tally": (
        "faults/test_histories.py::test_two_primaries_at_once_never_tell_two_things_of_one_place",
        "integration/test_voting_together.py::test_forty_people_on_three_processes_see_one_board",
        "faults/test_model.py::test_a_server_that_breaks_a_promise_is_found_out",
    ),
    "A hidden result never leaves the server": (
        "attacks/test_hidden_results.py::test_what_was_voted_makes_no_difference_to_anything_that_may_not_tell_it",
        "integration/test_secrecy.py::test_a_dump_of_the_store_joins_no_ballot_to_a_seat",
    ),
    "One slow or hostile connection": (
        "live/test_broadcaster.py::test_one_who_does_not_read_keeps_no_one_waiting",
        "faults/test_hostile_clients.py::test_who_does_not_listen_is_sent_away_and_slows_no_one",
    ),
    "It works in a room without internet": (
        "web/test_handler.py::test_every_answer_carries_the_headers_that_protect",
    ),
    "These are tested with real stores": "It says how the others are held.",
}
