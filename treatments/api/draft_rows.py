"""Drafts as the API gives and takes them."""

from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers

from clinic.reauthentication import PasswordSerializer
from clinic.serializers import StrictBooleanField, StrictCharField, StrictSerializer
from treatments.compiler import Fate, Reign
from treatments.models import Draft, ReleaseApproval, RuleApproval
from treatments.services.going_back import Gone
from treatments.services.golden import Outcome, changed_parts

LONGEST_NOTE = 2000


def person(name: str) -> serializers.CharField:
    return serializers.CharField(source=f"{name}.username", allow_null=True, default=None)


class DraftSerializer(serializers.ModelSerializer):
    """`key` is the key that its release will have."""

    base = serializers.CharField(source="base.key")
    release = serializers.CharField(source="release.key", allow_null=True, default=None)
    opened_by = person("opened_by")
    submitted_by = person("submitted_by")
    closed_by = person("closed_by")
    acknowledged = serializers.ListField(child=serializers.CharField())
    status = serializers.CharField(help_text="draft, in-review, published or withdrawn")
    edits = serializers.IntegerField(source="edits_total", help_text="Rows edited so far.")

    class Meta:
        model = Draft
        fields = [
            "id",
            "key",
            "status",
            "base",
            "release",
            "opened_at",
            "opened_by",
            "submitted_at",
            "submitted_by",
            "acknowledged",
            "closed_at",
            "closed_by",
            "closing_note",
            "edits",
        ]
        read_only_fields = fields


class DraftDetailSerializer(DraftSerializer):
    missing_for_submitting = serializers.ListField(child=serializers.CharField(), read_only=True)
    missing_for_publishing = serializers.ListField(
        child=serializers.CharField(),
        read_only=True,
        help_text="What keeps you from publishing it; empty when nothing does.",
    )

    class Meta(DraftSerializer.Meta):
        fields = [
            *DraftSerializer.Meta.fields,
            "missing_for_submitting",
            "missing_for_publishing",
        ]
        read_only_fields = fields


class FieldChangeSerializer(serializers.Serializer):
    field = serializers.CharField()
    sentence = serializers.CharField()
    old = serializers.JSONField(allow_null=True)
    new = serializers.JSONField(allow_null=True)
    inherited = serializers.BooleanField(
        help_text="From the release that the draft is built on, and not from the draft itself."
    )


class ChangeSerializer(serializers.Serializer):
    kind = serializers.CharField(help_text="added, changed or removed")
    section = serializers.CharField()
    code = serializers.CharField()
    label = serializers.CharField(allow_blank=True)  # type: ignore[assignment]
    fields = FieldChangeSerializer(many=True)  # type: ignore[assignment]


class GroupSerializer(serializers.Serializer):
    group = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    changes = ChangeSerializer(many=True)


class DiffSerializer(serializers.Serializer):
    """Grouped by what is touched; `sentence` says it in a curator's words."""

    against = serializers.CharField(help_text="The release that it is compared with.")
    counts = serializers.DictField(child=serializers.IntegerField())
    groups = GroupSerializer(many=True)


class FindingSerializer(serializers.Serializer):
    """Errors keep a draft from its review; a warning is acknowledged by its id."""

    id = serializers.CharField()
    severity = serializers.ChoiceField(choices=["error", "warning"])
    check = serializers.CharField()
    model = serializers.CharField(allow_blank=True)
    code = serializers.CharField(allow_blank=True)
    message = serializers.CharField()


class PartSerializer(serializers.Serializer):
    path = serializers.CharField(allow_blank=True)
    expected = serializers.JSONField(allow_null=True)
    got = serializers.JSONField(allow_null=True)


class OutcomeSerializer(serializers.Serializer):
    """A golden case tried with the draft. `parts` say where its outcome differs."""

    case = serializers.CharField()
    title = serializers.CharField()
    in_use = serializers.BooleanField(help_text="False: the draft takes the case out of use.")
    changed = serializers.BooleanField()
    settled = serializers.BooleanField(help_text="As expected, or accepted just like this.")
    reason = serializers.CharField(allow_null=True)
    accepted_by = serializers.CharField(allow_null=True)
    parts = PartSerializer(many=True)


class ApprovalSerializer(serializers.Serializer):
    approved_by = serializers.CharField(source="approved_by.username")
    approved_at = serializers.DateTimeField()
    note = serializers.CharField(allow_blank=True)


class AwaitedRuleSerializer(serializers.Serializer):
    rule = serializers.CharField(source="rule.code")
    title = serializers.CharField(source="rule.title")
    origin = serializers.ChoiceField(source="rule.origin", choices=["seed", "literature", "policy"])
    digest = serializers.CharField()
    approval = ApprovalSerializer(allow_null=True)


class SubmitSerializer(StrictSerializer):
    acknowledged = serializers.ListField(
        child=StrictCharField(max_length=500),
        required=False,
        max_length=1000,
        help_text="Ids of the warnings that were read.",
    )


class NoteSerializer(StrictSerializer):
    note = StrictCharField(max_length=LONGEST_NOTE)


class OptionalNoteSerializer(StrictSerializer):
    note = StrictCharField(max_length=LONGEST_NOTE, required=False, allow_blank=True)


class ApproveSerializer(NoteSerializer, PasswordSerializer):
    """What is said in one's own name asks for one's own password."""


class PublishSerializer(ApproveSerializer):
    effective_at = serializers.DateTimeField(
        required=False, allow_null=True, help_text="Left out: at once."
    )


class WayBackSerializer(OptionalNoteSerializer, PasswordSerializer):
    put_rows_back = StrictBooleanField(
        default=True, help_text="Make the rows that curators edit what they then should be, too."
    )


class ActivateSerializer(WayBackSerializer):
    effective_at = serializers.DateTimeField(
        required=False,
        allow_null=True,
        help_text="Left out: at once. With a later moment the rows stay as they are, so "
        "`put_rows_back` cannot be asked for.",
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Asked for, not left at its default."""
        asked = "put_rows_back" in self.initial_data and attrs["put_rows_back"]
        if asked and attrs.get("effective_at") is not None:
            message = _("Rows are put back at once. Leave this out when you give a moment.")
            raise serializers.ValidationError({"put_rows_back": message})
        return attrs


class ApproveRuleSerializer(OptionalNoteSerializer, PasswordSerializer):
    rule = StrictCharField(max_length=60)


class AcceptOutcomeSerializer(StrictSerializer):
    case = StrictCharField(max_length=60)
    reason = StrictCharField(max_length=LONGEST_NOTE)


class ActivationSerializer(serializers.Serializer):
    """A decision about a release. `rows` and `kept` say what became of the curators' rows."""

    id = serializers.IntegerField()
    release = serializers.CharField(source="release.key")
    effective_at = serializers.DateTimeField()
    decided_at = serializers.DateTimeField(source="activated_at")
    decided_by = person("activated_by")
    note = serializers.CharField(allow_blank=True)
    takes_back = serializers.IntegerField(
        source="takes_back_id",
        allow_null=True,
        help_text="The decision that, by this one, never takes effect.",
    )


class GoneSerializer(ActivationSerializer):
    """`rows`: changes that put the curators' rows back; `kept`: why they stayed as they were."""

    rows = serializers.IntegerField()
    kept = serializers.CharField(allow_blank=True)


class ReignSerializer(ActivationSerializer):
    fate = serializers.ChoiceField(
        choices=[str(one) for one in Fate], help_text="What became of the decision."
    )
    until = serializers.DateTimeField(
        allow_null=True, help_text="When a newer decision took or takes over."
    )


def gone_row(gone: Gone) -> Any:
    gone.activation.refresh_from_db(
        fields=["activated_at"]
    )  # for the moment that the database gave it
    row = dict(ActivationSerializer(gone.activation).data)
    return {**row, "rows": gone.rows, "kept": gone.kept}


def reign_row(reign: Reign) -> Any:
    row = dict(ActivationSerializer(reign.activation).data)
    until = serializers.DateTimeField().to_representation(reign.until) if reign.until else None
    return {**row, "fate": reign.fate, "until": until}


def outcome_row(outcome: Outcome) -> dict[str, Any]:
    accepted = outcome.accepted
    parts = changed_parts(outcome.case.expected, outcome.got)
    return {
        "case": outcome.case.code,
        "title": outcome.case.title,
        "in_use": outcome.in_use,
        "changed": outcome.changed,
        "settled": outcome.settled,
        "reason": accepted.reason if accepted else None,
        "accepted_by": accepted.accepted_by.get_username() if accepted else None,
        "parts": [{"path": path, "expected": old, "got": new} for path, old, new in parts],
    }


def approval_row(approval: RuleApproval | ReleaseApproval) -> Any:
    return ApprovalSerializer(approval).data
