"""Closing a consultation that leads to no plan."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clinic import audit
from clinic.models import User
from consultations import policies
from consultations.enums import ConsultationStatus
from consultations.models import Consultation
from consultations.services.editing import close_editing, discard_inputs
from consultations.unfinished import unfinished_in


@transaction.atomic
def cancel_consultation(consultation: Consultation, *, reason: str, by: User) -> Consultation:
    """Cancel it for a reason. It stays readable, and never changes after this.

    Input that nobody finished goes with it; whose it was is in the audit trail.
    """
    row: Consultation = Consultation.objects.select_for_update(of=("self",)).get(pk=consultation.pk)
    policies.check_can_edit(row)
    if not reason.strip():
        raise ValidationError({"reason": _("Say why it is cancelled.")})
    row.status = ConsultationStatus.CANCELLED
    row.cancelled_at, row.cancelled_by = timezone.now(), by
    row.cancel_reason = reason.strip()
    _check(row)
    discard_inputs(row, [one.pk for one in unfinished_in(row)], by=by)
    close_editing(row)
    row.save(update_fields=["status", "cancelled_at", "cancelled_by", "cancel_reason"])
    audit.record("consultation-cancelled", row, by=by, patient=row.patient_id)
    return row


def _check(row: Consultation) -> None:
    """The reason's own rules, under the name that the doors give it."""
    try:
        row._meta.get_field("cancel_reason").clean(row.cancel_reason, row)
    except ValidationError as error:
        raise ValidationError({"reason": error.messages}) from None
