from clinic.models.audit import AuditEvent
from clinic.models.clinic import Clinic, ClosedDay, Membership
from clinic.models.idempotency import IdempotencyKey
from clinic.models.tokens import ApiToken
from clinic.models.user import User

__all__ = ["ApiToken", "AuditEvent", "Clinic", "ClosedDay", "IdempotencyKey", "Membership", "User"]
