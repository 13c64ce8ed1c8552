### What people say to an outcome, and its risks.

experience-title = How well do you know it?
experience-level = { $level ->
    [never] Never used it
    [tried] Tried it
   *[shipped] Shipped it
}
experience-said = { $level ->
    [never] You never used it
    [tried] You tried it
   *[shipped] You shipped it
}
lens-title = By experience
lens-shown = { $name }: { $groups }
lens-people = { $level ->
    [never] never used it { $mean } ({ $people } people)
    [tried] tried it { $mean } ({ $people } people)
   *[shipped] shipped it { $mean } ({ $people } people)
}
lens-hidden = { $name }: not told, because a group, or the rest without it, has fewer than five people
stance-title = Do you commit to { $option }?
stance-choice = { $stance ->
    [commit] I commit
    [reservation] I commit, with a reservation
   *[block] I block it
}
stance-reason = Why? Everyone can read it, without your name.
stance-save = { save }
stance-saved = { $stance ->
    [commit] Saved ✓ You commit. You can change it.
    [reservation] Saved ✓ You commit with a reservation. You can change it.
   *[block] Saved ✓ You block it. You can change it.
}
# How many people said what
stances-counts = { $commit } commit · { $reservation } with a reservation · { $block } block
stance-risk = { $owned ->
    [no] { $source ->
        [block] { $text } (blocks it)
       *[reservation] { $text }
    }
   *[yes] { $source ->
        [block] { $text } (blocks it; { $owner } sees to it)
       *[reservation] { $text } ({ $owner } sees to it)
    }
}
# $names: who said it, if anyone may be told
host-risk = { $named ->
    [no] { $source ->
        [block] Block: { $text }
       *[reservation] Reservation: { $text }
    }
   *[yes] { $source ->
        [block] Block: { $text } ({ $names })
       *[reservation] Reservation: { $text } ({ $names })
    }
}
risk-owner = Who sees to “{ $text }”
risk-owner-none = { decide-owner }
risk-save = { save }
premortem-title = It is a year later, and { $option } has failed. Why?
premortem-hint = { $n ->
    [0] No one sees what you write until the host shows it.
    [one] No one sees what you write until the host shows it. { $n } reason so far.
   *[other] No one sees what you write until the host shows it. { $n } reasons so far.
}
premortem-shown = What people wrote. Support the reasons that worry you under the comments on { $option }: those with the most support become risks in the record.
premortem-reason = A reason
premortem-send = { question-add }
premortem-running = { $n ->
    [one] { $option }: { $n } reason, which no one can read yet.
   *[other] { $option }: { $n } reasons, which no one can read yet.
}
premortem-offer = Before you leave: let everyone imagine that { $option } has failed, and write why. What they write appears together.
