"""What of the catalogue never changes once it is written."""

from clinic.guards import AppendOnly, Guard

GUARDS: tuple[Guard, ...] = (
    AppendOnly(table="treatments_release", message="a published release never changes"),
    AppendOnly(
        table="treatments_releaseactivation", message="the history of releases never changes"
    ),
    AppendOnly(
        table="treatments_cataloguechange", message="the history of the catalogue never changes"
    ),
    AppendOnly(table="treatments_releaseapproval", message="an approval never changes"),
    AppendOnly(table="treatments_ruleapproval", message="an approval never changes"),
)
