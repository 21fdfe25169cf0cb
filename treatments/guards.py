"""What of the catalogue never changes once it is written."""

from clinic.guards import Above, AppendOnly, FrozenOnce, FrozenUnder, Guard, NeverBefore

_DRAFT = "a closed draft never changes"

GUARDS: tuple[Guard, ...] = (
    AppendOnly(table="treatments_release", message="a published release never changes"),
    AppendOnly(
        table="treatments_releaseactivation", message="the history of releases never changes"
    ),
    NeverBefore(
        table="treatments_releaseactivation",
        column="activated_at",
        message="the history of releases never changes: this was decided before the last",
    ),
    FrozenOnce(table="treatments_draft", closed="NOT {row}.is_open", message=_DRAFT),
    FrozenUnder(
        table="treatments_acceptedoutcome",
        closed=Above(
            rows="FROM treatments_draft c WHERE c.id = {row}.draft_id", closed="NOT c.is_open"
        ),
        message=_DRAFT,
    ),
    AppendOnly(
        table="treatments_cataloguechange", message="the history of the catalogue never changes"
    ),
    AppendOnly(table="treatments_releaseapproval", message="an approval never changes"),
    AppendOnly(table="treatments_ruleapproval", message="an approval never changes"),
)
