// Made by `make docs` from data/words/en/browser-*.ftl; change it there.

declare namespace Words {
  /** The sentences of the scripts by id, and their arguments; null where there are none. */
  interface Messages {
    "ballot-approved": {
      options: string | number;
    };
    "ballot-approved-none": null;
    "ballot-best": null;
    "ballot-blank-said": {
      options: string | number;
    };
    "ballot-chose": {
      option: string | number;
    };
    "ballot-chose-sentence": {
      option: string | number;
    };
    "ballot-closed": null;
    "ballot-closed-nothing": null;
    "ballot-closed-progress": {
      progress: string | number;
    };
    "ballot-control-not-loaded": null;
    "ballot-dots": {
      option: string | number;
    };
    "ballot-dots-fewer": {
      option: string | number;
    };
    "ballot-dots-gift": {
      n: number;
      option: string | number;
    };
    "ballot-dots-given": {
      most: string | number;
      n: string | number;
    };
    "ballot-dots-left": {
      left: string | number;
      of: number;
    };
    "ballot-dots-more": {
      option: string | number;
    };
    "ballot-dots-unspent": {
      n: number;
    };
    "ballot-filter-found": {
      n: string | number;
      of: string | number;
    };
    "ballot-gave": {
      gifts: string | number;
    };
    "ballot-how-to": null;
    "ballot-in-ranking": {
      place: number;
    };
    "ballot-in-ranking-tied": {
      place: number;
    };
    "ballot-last-option": null;
    "ballot-left-out-said": {
      options: string | number;
    };
    "ballot-lost": null;
    "ballot-mark": {
      kind: "checkbox" | "radio";
    };
    "ballot-mark-hint": {
      kind: "checkbox" | "radio";
    };
    "ballot-mark-label": {
      kind: "checkbox" | "radio";
      option: string | number;
    };
    "ballot-marked": {
      n: string | number;
      of: string | number;
    };
    "ballot-matrix-caption": null;
    "ballot-news": {
      news: "decision" | "deferral" | "result";
    };
    "ballot-next": null;
    "ballot-no-opinion": null;
    "ballot-no-opinion-said": {
      options: string | number;
    };
    "ballot-none-of-these": null;
    "ballot-not-on-it": null;
    "ballot-not-open": null;
    "ballot-nothing-yet": null;
    "ballot-option": null;
    "ballot-option-of": {
      n: string | number;
      of: string | number;
    };
    "ballot-previous": null;
    "ballot-rank": null;
    "ballot-rank-all": null;
    "ballot-rank-down": {
      option: string | number;
    };
    "ballot-rank-first": null;
    "ballot-rank-it": {
      option: string | number;
    };
    "ballot-rank-leave-out": null;
    "ballot-rank-left-out": null;
    "ballot-rank-more": {
      option: string | number;
    };
    "ballot-rank-move": {
      option: string | number;
    };
    "ballot-rank-now": {
      of: string | number;
      option: string | number;
      place: number;
    };
    "ballot-rank-now-out": {
      option: string | number;
    };
    "ballot-rank-now-tied": {
      option: string | number;
      options: string | number;
      place: number;
    };
    "ballot-rank-said": {
      count: number;
      options: string | number;
      place: string | number;
    };
    "ballot-rank-tie": {
      options: string | number;
    };
    "ballot-rank-tie-above": null;
    "ballot-rank-untie": null;
    "ballot-rank-up": {
      option: string | number;
    };
    "ballot-ranked": {
      n: string | number;
      of: string | number;
    };
    "ballot-receipt": {
      saved: "at" | "earlier" | "no";
      time: string | number;
    };
    "ballot-receipt-closed": {
      saved: "at" | "earlier" | "no";
      time: string | number;
    };
    "ballot-results-not-loaded": null;
    "ballot-saved": {
      state: "saved" | "sending" | "storeWillSend" | "willSend";
    };
    "ballot-score": {
      option: string | number;
    };
    "ballot-score-gift": {
      name: string | number;
      score: string | number;
    };
    "ballot-score-hint": null;
    "ballot-score-of": {
      criterion: string | number;
      option: string | number;
    };
    "ballot-scored": {
      n: string | number;
      of: string | number;
    };
    "ballot-scores-missing": {
      n: number;
    };
    "ballot-scores-of": {
      option: string | number;
      scores: string | number;
    };
    "ballot-skipped": null;
    "ballot-unknown-method": null;
    "ballot-weight": {
      percent: string | number;
    };
    "ballot-worst": null;
    "board-archived": null;
    "board-counted": {
      counted: string | number;
      voters: string | number;
    };
    "board-counts": {
      here: string | number;
      voted: string | number;
    };
    "board-deferred": null;
    "board-deferred-owner": {
      owner: string | number;
    };
    "board-deferred-until": {
      day: string | number;
    };
    "board-further-discussion": null;
    "board-further-discussion-strapline": null;
    "board-here": {
      n: string | number;
    };
    "board-method": {
      method: string;
    };
    "board-now-decided": {
      option: string | number;
    };
    "board-now-decided-without-vote": {
      option: string | number;
    };
    "board-now-deferred": {
      day: string | number;
      owner: string | number;
    };
    "board-now-locked": null;
    "board-now-open": null;
    "board-now-revealed": {
      sentence: string | number;
    };
    "board-now-revealing": null;
    "board-phase": {
      phase: "decided" | "locked" | "open" | "revealed" | "revealing" | "setup";
    };
    "board-phase-paused": null;
    "board-predicted": null;
    "board-prediction": {
      came_true: "no" | "open" | "yes";
      confidence: string | number;
      text: string | number;
    };
    "board-revisit": {
      day: string | number;
    };
    "board-round": {
      n: string | number;
    };
    "board-time-left": {
      clock: string | number;
    };
    "board-time-paused": {
      clock: string | number;
    };
    "board-time-up": null;
    "board-turnout-all": {
      voted: number;
    };
    "board-turnout-choosing": {
      choosing: string | number;
      voted: string | number;
    };
    "board-turnout-closed": {
      choosing: string | number;
      voted: string | number;
    };
    "board-turnout-here": {
      here: string | number;
      voted: string | number;
    };
    "board-turnout-sentence": {
      turnout: string | number;
    };
    "board-voted": {
      voters: string | number;
    };
    "board-without-vote": null;
    "comment-delete": null;
    "comment-delete-sure": null;
    "comment-edit": null;
    "comment-hint": null;
    "comment-kind": {
      kind: "con" | "note" | "pro" | "question" | "risk";
    };
    "comment-kind-choice": null;
    "comment-kind-count": {
      kind: "con" | "note" | "pro" | "question" | "risk";
      n: string | number;
    };
    "comment-left": {
      n: string | number;
    };
    "comment-lost": null;
    "comment-mark": {
      mark: "alone" | "edited" | "hidden" | "pinned" | "sealed" | "sending";
    };
    "comment-moved-me": null;
    "comment-moved-me-hint": null;
    "comment-over": {
      n: string | number;
    };
    "comment-post": null;
    "comment-reaction": {
      n: string | number;
      reaction: "heart" | "party" | "thinking" | "thumbs-up";
    };
    "comment-reaction-yours": {
      n: string | number;
      reaction: "heart" | "party" | "thinking" | "thumbs-up";
    };
    "comment-save": null;
    "comment-your-reply": null;
    "comment-yours": {
      option: string | number;
    };
    "decide-confidence": null;
    "decide-consequence": null;
    "decide-owner": null;
    "decide-prediction": null;
    "decide-remove-consequence": null;
    "decide-remove-prediction": null;
    "decide-too-long": null;
    "entry-have-code": null;
    "entry-invited": null;
    "entry-lost": {
      how: "moved" | "renewed" | "revoked";
    };
    "entry-move": null;
    "entry-reload": null;
    "entry-seat": {
      n: string | number;
    };
    "entry-seatless": {
      site: string | number;
      why: "blocked" | "insecure" | "lost";
    };
    "entry-waits": null;
    "evidence-agreement": {
      agreement: "agreed" | "mixed" | "split";
      size: number;
    };
    "evidence-alternative": {
      rule: string;
    };
    "evidence-alternative-rule": {
      rule: string;
    };
    "evidence-alternatives": null;
    "evidence-criteria": null;
    "evidence-criteria-caption": null;
    "evidence-criteria-note": null;
    "evidence-criterion-head": {
      name: string | number;
      percent: string | number;
    };
    "evidence-dropped": null;
    "evidence-duel": null;
    "evidence-duel-neither": {
      n: number;
    };
    "evidence-duel-said": {
      first: string | number;
      first_for: number;
      second: string | number;
      second_for: number;
    };
    "evidence-duel-said-neither": {
      first: string | number;
      first_for: number;
      neither: number;
      second: string | number;
      second_for: number;
    };
    "evidence-head-to-head": null;
    "evidence-head-to-head-caption": null;
    "evidence-head-to-head-note": null;
    "evidence-no-opinion": null;
    "evidence-option": null;
    "evidence-other-winner": null;
    "evidence-pictures": null;
    "evidence-pictures-failed": null;
    "evidence-pictures-loading": null;
    "evidence-run-off": null;
    "evidence-run-off-note": null;
    "evidence-same-winner": null;
    "evidence-spread": null;
    "evidence-spread-caption": {
      method: string;
    };
    "evidence-spread-note": null;
    "evidence-unranked": null;
    "experience-level": {
      level: "never" | "shipped" | "tried";
    };
    "experience-said": {
      level: "never" | "shipped" | "tried";
    };
    "experience-title": null;
    "gate-asked": {
      gate: string | number;
      owner: string | number;
    };
    "gate-says": {
      answer: "fail" | "pass" | "unknown";
      gate: string | number;
    };
    "gates-out": {
      options: string | number;
    };
    "gates-out-more": {
      n: string | number;
    };
    "gates-out-option": {
      gates: string | number;
      option: string | number;
    };
    "gates-unknown": {
      n: number;
    };
    "hint-archived": null;
    "hint-before": null;
    "hint-decided": null;
    "hint-deferred": null;
    "hint-lobby": null;
    "hint-locked": {
      n: number;
    };
    "hint-locked-blind": {
      n: number;
    };
    "hint-lost": {
      n: number;
    };
    "hint-no-one-joined": null;
    "hint-revealing": null;
    "hint-setup": null;
    "hint-shown": null;
    "hint-talk-first": {
      insight: string | number;
    };
    "hint-tied": {
      n: string | number;
    };
    "hint-voted": {
      turnout: string | number;
    };
    "hint-weighted": null;
    "hint-weights": null;
    "home-archived": null;
    "home-decided": null;
    "home-deferred": null;
    "home-more-boards": {
      n: string | number;
    };
    "home-no-cookies": null;
    "home-offline": null;
    "home-record": null;
    "home-role": {
      role: "host" | "observer" | "voter";
    };
    "home-today": null;
    "home-yesterday": null;
    "host-about": null;
    "host-address-any": null;
    "host-archive": null;
    "host-argument": {
      side: "con" | "none" | "pro";
    };
    "host-argument-too-long": {
      max: string | number;
    };
    "host-before": null;
    "host-brier": {
      score: string | number;
    };
    "host-came-true": null;
    "host-cancel": null;
    "host-copied": null;
    "host-copy": null;
    "host-copy-failed": null;
    "host-criterion": {
      name: string | number;
      weight: string | number;
    };
    "host-decide": null;
    "host-decide-again": null;
    "host-defer": null;
    "host-delete": null;
    "host-delete-first-sure": null;
    "host-delete-sure": null;
    "host-did-not": null;
    "host-edit": null;
    "host-edit-option": null;
    "host-extend": null;
    "host-gate": null;
    "host-gate-about": {
      gate: string | number;
      option: string | number;
    };
    "host-gate-answer": {
      answer: "fail" | "pass" | "unknown";
    };
    "host-gate-counts": {
      out: number;
      unknown: number;
    };
    "host-gate-evidence": null;
    "host-gate-finds-out": {
      owner: string | number;
    };
    "host-gate-owner": null;
    "host-gate-remove": null;
    "host-hidden-results": null;
    "host-hide": null;
    "host-last-minute": null;
    "host-lock": null;
    "host-lock-reveal": null;
    "host-lock-reveal-sure": {
      n: number;
      turnout: string | number;
    };
    "host-lock-sure": {
      turnout: string | number;
    };
    "host-need-options": null;
    "host-need-votable": null;
    "host-next": null;
    "host-no-results": null;
    "host-on-its-way": null;
    "host-only-you": null;
    "host-open": null;
    "host-pause": null;
    "host-person": {
      state: "choosing" | "voted" | "watching";
    };
    "host-pin": null;
    "host-prediction": {
      confidence: string | number;
      text: string | number;
    };
    "host-progress": {
      state: "done" | "failed" | "sent";
    };
    "host-remove": null;
    "host-remove-sure": {
      option: string | number;
    };
    "host-reopen": null;
    "host-reopen-round": null;
    "host-reopen-sure": {
      option: string | number;
    };
    "host-results": null;
    "host-resume": null;
    "host-reveal": null;
    "host-reveal-sure": {
      n: number;
      turnout: string | number;
    };
    "host-risk": {
      named: "no" | "yes";
      names: string | number;
      source: "block" | "reservation";
      text: string | number;
    };
    "host-room-sees": {
      shows: "closed" | "end" | "join" | "live" | "open" | "reveal" | "setup";
    };
    "host-room-sees-largest": {
      text: string | number;
    };
    "host-run-off": {
      n: string | number;
    };
    "host-run-off-heading": null;
    "host-share": null;
    "host-show-now": null;
    "host-sure": null;
    "host-take-up": null;
    "host-take-up-sure": null;
    "host-take-weights": null;
    "host-unarchive": null;
    "host-unhide": null;
    "host-unnamed": {
      n: string | number;
    };
    "host-unpin": null;
    "host-watching": {
      n: string | number;
    };
    "host-weights-from": {
      round: string | number;
    };
    "hosts-added": {
      name: string | number;
    };
    "hosts-first": null;
    "hosts-give-up": null;
    "hosts-give-up-label": {
      name: string | number;
    };
    "hosts-give-up-sure": null;
    "hosts-link": {
      name: string | number;
    };
    "hosts-qr": {
      name: string | number;
    };
    "hosts-remove-label": {
      name: string | number;
    };
    "hosts-remove-sure": {
      name: string | number;
    };
    "hosts-you": null;
    "invite-copy-all": null;
    "invite-count": {
      n: string | number;
      state: "free" | "revoked" | "taken";
    };
    "invite-made": {
      n: number;
    };
    "invite-name": {
      n: string | number;
    };
    "invite-renew": null;
    "invite-renew-label": {
      n: string | number;
    };
    "invite-renew-sure": {
      n: string | number;
    };
    "invite-revoke": null;
    "invite-revoke-label": {
      n: string | number;
    };
    "invite-revoke-sure": {
      n: string | number;
    };
    "invite-state": {
      state: "free" | "here" | "revoked" | "taken";
    };
    "invite-taken-at": {
      time: string | number;
    };
    "lens-hidden": {
      name: string | number;
    };
    "lens-people": {
      level: "never" | "shipped" | "tried";
      mean: string | number;
      people: string | number;
    };
    "lens-shown": {
      groups: string | number;
      name: string | number;
    };
    "lens-title": null;
    "line-blocked": null;
    "line-broke-meanwhile": null;
    "line-dismiss": null;
    "line-host": {
      page: string | number;
      server: string | number;
    };
    "line-lost": null;
    "line-not-connected": null;
    "line-not-loaded": null;
    "line-old-state": {
      time: string | number;
    };
    "line-refused": {
      action: string;
      reason: string | number;
    };
    "line-stopped": {
      code: number;
    };
    "line-storage": null;
    "line-store": null;
    "line-unsupported": null;
    "list-heading": null;
    "list-of-all": {
      last: string | number;
      others: string | number;
    };
    "list-separator": null;
    "list-understood": {
      n: number;
    };
    "lobby-came": {
      minutes: string | number;
      n: number;
    };
    "lobby-crowd": {
      networks: number;
      seats: number;
    };
    "lobby-let-all-in": {
      n: number;
    };
    "lobby-let-in": null;
    "lobby-let-in-label": {
      name: string | number;
    };
    "lobby-let-in-unnamed": null;
    "lobby-minute": {
      networks: number;
      seats: number;
      time: string | number;
    };
    "lobby-unnamed": null;
    "lobby-waiting": {
      n: number;
    };
    "movement-caption": {
      n: string | number;
      since: string | number;
    };
    "movement-from": null;
    "movement-moved-by": null;
    "movement-moved-people": {
      exact: "no" | "yes";
      people: number;
    };
    "movement-none-alone": null;
    "movement-people": null;
    "movement-to": null;
    "options-add": null;
    "premortem-hint": {
      n: number;
    };
    "premortem-offer": {
      option: string | number;
    };
    "premortem-reason": null;
    "premortem-running": {
      n: number;
      option: string | number;
    };
    "premortem-send": null;
    "premortem-shown": {
      option: string | number;
    };
    "premortem-title": {
      option: string | number;
    };
    "proposal-accept": null;
    "proposal-accept-label": {
      name: string | number;
    };
    "proposal-answer": {
      does: "accept" | "accept_criterion" | "decline" | "merge" | "merge_criterion";
      name: string | number;
    };
    "proposal-answered": {
      name: string | number;
      option: string | number;
      state: "accepted" | "criterion" | "declined" | "merged";
    };
    "proposal-answered-word": {
      answer: string | number;
      word: string | number;
    };
    "proposal-blocked": {
      about: "criteria" | "options";
      by: "closed" | "decided" | "seatless" | "voters" | "waiting" | "watching";
    };
    "proposal-by": {
      name: string | number;
    };
    "proposal-decline": null;
    "proposal-decline-label": {
      name: string | number;
    };
    "proposal-form-title": {
      about: "criteria" | "options";
    };
    "proposal-limit": {
      max: string | number;
    };
    "proposal-merge": null;
    "proposal-merge-label": {
      name: string | number;
    };
    "proposal-sending": {
      isWaiting: "no" | "yes";
    };
    "proposal-take-back": null;
    "proposal-take-back-label": {
      name: string | number;
    };
    "proposal-title": {
      about: "criteria" | "options";
    };
    "proposal-word": {
      word: string | number;
    };
    "proposal-word-hint": {
      does: "accept" | "decline";
    };
    "proposal-yours": {
      option: string | number;
      state: "accepted" | "criterion" | "declined" | "merged" | "open";
    };
    "proposals-none": null;
    "proposals-wait": {
      n: string | number;
    };
    "questions-edit": null;
    "questions-edit-label": {
      n: string | number;
      title: string | number;
    };
    "questions-end": null;
    "questions-end-sure": null;
    "questions-go": null;
    "questions-go-label": {
      n: string | number;
      title: string | number;
    };
    "questions-gone": null;
    "questions-next": {
      n: string | number;
      title: string | number;
    };
    "questions-open-sure": {
      round: string | number;
    };
    "questions-over": {
      n: number;
    };
    "questions-place": {
      n: string | number;
      of: string | number;
    };
    "questions-record": null;
    "questions-remove": null;
    "questions-remove-label": {
      n: string | number;
      title: string | number;
    };
    "questions-remove-sure": null;
    "questions-state": {
      state: "decided" | "deferred" | "locked" | "open" | "revealed" | "revealing" | "setup";
    };
    "questions-up": null;
    "questions-up-label": {
      n: string | number;
      title: string | number;
    };
    "receipt-withdraw": null;
    "replay-comments": {
      n: number;
    };
    "replay-empty": null;
    "replay-hides": {
      round: string | number;
    };
    "replay-mark": {
      mark:
        | "closed"
        | "created"
        | "decided"
        | "deferred"
        | "opened"
        | "reopened"
        | "revealed"
        | "taken_back";
      round: string | number;
    };
    "replay-more": {
      n: number;
    };
    "replay-play": {
      does: "pause" | "play";
    };
    "replay-stepwise": {
      n: string | number;
    };
    "replay-voted-least": {
      voters: string | number;
    };
    "result-beats": {
      n: string | number;
      of: string | number;
    };
    "result-decimal": {
      mean: number;
    };
    "result-dots": {
      n: number;
    };
    "result-first": null;
    "result-head": {
      method: string;
    };
    "result-leads": null;
    "result-mean": {
      mean: number;
    };
    "result-of-most": {
      most: string | number;
    };
    "result-of-voters": {
      total: string | number;
      voters: number;
    };
    "result-percent": {
      percent: string | number;
    };
    "result-points": {
      n: number;
    };
    "result-points-mean": {
      mean: number;
      n: number;
    };
    "result-rank": {
      place: string | number;
    };
    "result-rank-tied": {
      place: string | number;
    };
    "result-score": {
      n: number;
    };
    "result-split": null;
    "result-tied": null;
    "result-weighted-mean": {
      mean: number;
    };
    "risk-owner": {
      text: string | number;
    };
    "risk-owner-none": null;
    "risk-save": null;
    "round-criterion": null;
    "round-criterion-hint": null;
    "round-no-criteria": null;
    "round-option-out": {
      gates: string | number;
    };
    "round-options": {
      n: string | number;
      of: string | number;
    };
    "round-options-all": {
      n: string | number;
    };
    "round-remove-criterion": null;
    "round-tie-break": {
      by: "listed" | "lot" | "none";
    };
    "round-too-few": null;
    "round-weight": null;
    "rounds-blank-ballot": null;
    "rounds-caption": null;
    "rounds-down": {
      n: string | number;
    };
    "rounds-down-said": {
      n: number;
      since: string | number;
    };
    "rounds-hidden": null;
    "rounds-not-on": null;
    "rounds-option": null;
    "rounds-place": {
      place: string | number;
    };
    "rounds-same": null;
    "rounds-same-said": {
      since: string | number;
    };
    "rounds-up": {
      n: string | number;
    };
    "rounds-up-said": {
      n: number;
      since: string | number;
    };
    "rule-criteria": null;
    "rule-host-sees": null;
    "rule-names": {
      names: "open" | "secret";
    };
    "rule-not-started": null;
    "rule-quorum": {
      share: string | number;
    };
    "rule-sealed": null;
    "rule-steps": {
      least: string | number;
      state: "hidden" | "shown";
      step: string | number;
    };
    "rule-tie-break": {
      by: "listed" | "lot";
    };
    "rule-tie-break-order": {
      by: "listed" | "lot";
      order: string | number;
    };
    "rule-visibility": {
      visibility: "after_vote" | "live" | "on_reveal";
    };
    "screen-blocked": null;
    "screen-call": {
      entry: "admitted" | "invited" | "open";
    };
    "screen-clock-key": {
      does: "extend" | "pause" | "resume";
    };
    "screen-closed": {
      n: number;
    };
    "screen-extended": null;
    "screen-host": null;
    "screen-lost": null;
    "screen-now-here": {
      here: number;
    };
    "screen-paused": null;
    "screen-predicted-day": {
      day: string | number;
    };
    "screen-predicted-more": {
      n: string | number;
    };
    "screen-prefer": {
      for: string | number;
      rival: string | number;
      voters: string | number;
      winner: string | number;
    };
    "screen-prefer-few": {
      against: string | number;
      for: number;
      rival: string | number;
      winner: string | number;
    };
    "screen-press-again": {
      turnout: string | number;
    };
    "screen-press-again-lost": {
      lost: number;
      turnout: string | number;
    };
    "screen-proposals-more": {
      n: string | number;
    };
    "screen-resumed": null;
    "screen-revealing": null;
    "screen-ring": {
      here: string | number;
    };
    "screen-ring-empty": null;
    "screen-sound": {
      is: "blocked" | "off" | "on";
    };
    "screen-store": null;
    "screen-tie-of": {
      n: string | number;
    };
    "stance-choice": {
      stance: "block" | "commit" | "reservation";
    };
    "stance-reason": null;
    "stance-risk": {
      owned: "no" | "yes";
      owner: string | number;
      source: "block" | "reservation";
      text: string | number;
    };
    "stance-save": null;
    "stance-saved": {
      stance: "block" | "commit" | "reservation";
    };
    "stance-title": {
      option: string | number;
    };
    "stances-counts": {
      block: string | number;
      commit: string | number;
      reservation: string | number;
    };
    "sureness-means": {
      word: "coin_toss" | "leaning" | "solid";
    };
    "sureness-readings": null;
    "sureness-rule": {
      rule: string;
    };
    "sureness-rule-head": null;
    "sureness-winner-head": null;
    "sureness-word": {
      word: "coin_toss" | "leaning" | "solid";
    };
    "talk-add": null;
    "talk-all-options": null;
    "talk-anonymous": null;
    "talk-blocked": {
      by: "archived" | "closed" | "seatless" | "waiting" | "watching";
    };
    "talk-blocked-kept": {
      by: "archived" | "closed" | "seatless" | "waiting" | "watching";
    };
    "talk-blocked-short": {
      by: "archived" | "closed" | "seatless" | "waiting" | "watching";
    };
    "talk-comments": {
      figure: string | number;
      figure_end: string | number;
      n: number;
    };
    "talk-deleted": null;
    "talk-earlier": {
      n: number;
    };
    "talk-hidden": null;
    "talk-loading": null;
    "talk-more-reactions": null;
    "talk-news": {
      n: number;
    };
    "talk-not-loaded": null;
    "talk-older": null;
    "talk-older-count": {
      n: string | number;
    };
    "talk-option": null;
    "talk-order": null;
    "talk-reply": null;
    "talk-sealed-all": {
      n: number;
    };
    "talk-show-only": null;
    "talk-sort": {
      sort: "newest" | "support";
    };
    "weights-first": {
      first: string | number;
      mean: string | number;
    };
    "weights-none": null;
    "weights-note": null;
    "weights-reset": null;
    "weights-tied": {
      first: string | number;
      mean: string | number;
      second: string | number;
    };
    "weights-title": null;
    "you-name-hint": null;
    "you-name-hint-hidden": null;
    "you-named": {
      name: string | number;
      role: "voting" | "watching";
    };
    "you-seatless": null;
    "you-seatless-how": null;
    "you-unnamed": {
      role: "voting" | "watching";
    };
    "you-waiting": null;
    "you-watching": null;
    "you-watching-how": null;
  }
}
