### What the scripts say in and around the comments.

comment-kind = { $kind ->
    [pro] { kind-pro }
    [con] { kind-con }
    [question] { kind-question }
    [risk] { kind-risk }
   *[note] { kind-note }
}
# The button that shows only one kind
comment-kind-count = { $kind ->
    [pro] For: { $n }
    [con] Against: { $n }
    [question] Question: { $n }
    [risk] Risk: { $n }
   *[note] Note: { $n }
}
talk-anonymous = { comment-anonymous }
comment-mark = { $mark ->
    [sending] sending…
    [pinned] { comment-mark-pinned }
    [hidden] { comment-mark-hidden }
    [alone] { comment-mark-alone }
    [sealed] { comment-mark-sealed }
   *[edited] { comment-mark-edited }
}
talk-sealed-all = { comments-sealed }
talk-deleted = { comment-deleted }
talk-hidden = { comment-hidden-by-host }
comment-lost = The server went back to an earlier state, and one of your comments was lost. What you wrote is back in its field.
comment-yours = Your comment on { $option }
comment-your-reply = Your reply
comment-kind-choice = What kind of comment is it?
comment-hint = What should the others know?
comment-post = Post
talk-reply = { comment-reply }
# The button under a comment, in a later round; the second says what the button is pressed for
comment-moved-me = This moved me
comment-moved-me-hint = Tell that this comment changed your vote. After the reveal everyone sees how many say so, and no one sees who.
comment-edit = { host-edit }
comment-save = { save }
comment-delete = Delete
comment-delete-sure = Delete it for everyone?
comment-left = { $n } characters left
comment-over = { $n } characters too many
# A reaction for screen readers: what it is called, and how many gave it
comment-reaction = { $reaction ->
    [thumbs-up] Thumbs up, { $n }
    [heart] Heart, { $n }
    [party] Party, { $n }
   *[thinking] Thinking, { $n }
}
comment-reaction-yours = { $reaction ->
    [thumbs-up] Thumbs up, { $n }, yours too
    [heart] Heart, { $n }, yours too
    [party] Party, { $n }, yours too
   *[thinking] Thinking, { $n }, yours too
}

# $figure and $figure_end stand for the element around the number
talk-comments = { option-comments }
talk-add = { option-add-comment }
talk-blocked-short = { $by ->
    [archived] This board is archived
    [closed] Comments are closed
    [waiting] You are waiting to be let in
    [seatless] You cannot write yet
   *[watching] You are watching
}
talk-blocked = { $by ->
    [archived] This board is archived: you can read along, but not write.
    [closed] The host has closed comments.
    [waiting] You can write as soon as the host lets you in.
    [seatless] You cannot write yet: the note at the top of this page says why.
   *[watching] You are only watching: you can read along, but not write.
}
# The same where something is typed in the field
talk-blocked-kept = { $by ->
    [archived] This board is archived: you can read along, but not write. What you wrote stays here.
    [closed] The host has closed comments. What you wrote stays here.
    [waiting] You can write as soon as the host lets you in. What you wrote stays here.
    [seatless] You cannot write yet: the note at the top of this page says why. What you wrote stays here.
   *[watching] You are only watching: you can read along, but not write. What you wrote stays here.
}
talk-order = Order
talk-sort = { $sort ->
    [newest] Newest
   *[support] Support
}
talk-option = About which option?
talk-all-options = All options
talk-show-only = Show only
talk-older = Show older
talk-older-count = Show older ({ $n })
talk-loading = Loading…
talk-not-loaded = Older comments could not be loaded. Try again.
talk-news = { $n ->
    [one] { $n } new comment
   *[other] { $n } new comments
}
talk-earlier = { $n ->
    [one] Show { $n } earlier reply
   *[other] Show { $n } earlier replies
}
talk-more-reactions = More reactions
