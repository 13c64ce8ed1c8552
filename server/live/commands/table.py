"""What a client may request: a closed union of structs, each with the action that it requests."""

from server.live.commands.boards import (
    Archive,
    DeleteBoard,
    GoToQuestion,
    MoveQuestion,
    RemoveQuestion,
    SetBoard,
)
from server.live.commands.options import (
    AddOption,
    AnswerGate,
    EditOption,
    RemoveOption,
    SetCriteria,
    SetGates,
    TakeWeights,
)
from server.live.commands.outcomes import (
    AssignRisk,
    Decide,
    Defer,
    OpenPremortem,
    Reopen,
    RevealPremortem,
    ScorePrediction,
    TakeStance,
)
from server.live.commands.people import (
    Admit,
    Observe,
    RemoveHost,
    Rename,
    RenewInvite,
    RevokeInvite,
)
from server.live.commands.proposals import (
    AcceptProposal,
    DeclineProposal,
    MergeProposal,
    Propose,
    WithdrawProposal,
)
from server.live.commands.rounds import (
    ExtendRound,
    LockRound,
    OpenRound,
    PauseRound,
    ReopenRound,
    RevealRound,
)
from server.live.commands.talk import (
    Comment,
    DeleteComment,
    EditComment,
    HideComment,
    PinComment,
    React,
    SetArgument,
)
from server.live.commands.voting import MovedBy, SayExperience, Vote, Withdraw

AnyRequest = (
    Vote
    | Withdraw
    | Comment
    | EditComment
    | DeleteComment
    | React
    | Rename
    | Observe
    | OpenRound
    | LockRound
    | RevealRound
    | ReopenRound
    | ExtendRound
    | PauseRound
    | AddOption
    | EditOption
    | RemoveOption
    | SetGates
    | AnswerGate
    | SetCriteria
    | TakeWeights
    | Propose
    | WithdrawProposal
    | AcceptProposal
    | MergeProposal
    | DeclineProposal
    | SetBoard
    | HideComment
    | PinComment
    | SetArgument
    | Decide
    | ScorePrediction
    | SayExperience
    | TakeStance
    | MovedBy
    | AssignRisk
    | OpenPremortem
    | RevealPremortem
    | Defer
    | Reopen
    | Archive
    | DeleteBoard
    | Admit
    | RemoveHost
    | RenewInvite
    | RevokeInvite
    | MoveQuestion
    | RemoveQuestion
    | GoToQuestion
)
