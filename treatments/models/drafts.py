"""The way of a change: draft, review, approval; and the cases that it must still get right."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from clinic.text import validate_storable
from treatments.enums import DraftStatus
from treatments.models.releases import Release, validate_release_key
from treatments.models.rules import Rule
from treatments.models.vocabulary import CodedQuerySet, validate_code

OPEN = (DraftStatus.DRAFT, DraftStatus.IN_REVIEW)


class DraftQuerySet(models.QuerySet["Draft"]):
    def open(self) -> "DraftQuerySet":
        """The one draft that is being edited or reviewed, if there is one."""
        return self.filter(is_open=True)


class Draft(models.Model):
    """The edits since the last release, from the first change to publishing.

    The catalogue's rows are its content. There is at most one that is open.
    """

    key = models.CharField(
        _("key of the release"), max_length=12, validators=[validate_release_key]
    )
    status = models.CharField(
        _("status"), max_length=10, choices=DraftStatus, default=DraftStatus.DRAFT
    )
    is_open = models.BooleanField(default=True, editable=False)
    base = models.ForeignKey(
        Release, models.PROTECT, related_name="drafts", verbose_name=_("starts from")
    )
    opened_at = models.DateTimeField(_("opened at"), auto_now_add=True)
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True
    )
    note = models.TextField(_("what this draft is for"), blank=True, validators=[validate_storable])
    submitted_at = models.DateTimeField(_("submitted at"), null=True, editable=False)
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, editable=False
    )
    acknowledged = models.JSONField(_("warnings acknowledged"), default=list, editable=False)
    closed_at = models.DateTimeField(_("closed at"), null=True, editable=False)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, editable=False
    )
    closing_note = models.TextField(_("note of the approval"), blank=True, editable=False)
    release = models.OneToOneField(
        Release, models.PROTECT, related_name="draft", null=True, editable=False
    )

    objects = DraftQuerySet.as_manager()

    class Meta:
        verbose_name = _("draft")
        verbose_name_plural = _("drafts")
        ordering = ["-opened_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["is_open"],
                name="treatments_draft_one_open",
                condition=Q(is_open=True),
                violation_error_message=_("There is already an open draft."),
            ),
            models.CheckConstraint(
                name="treatments_draft_open_by_status",
                condition=Q(is_open=True, status__in=OPEN)
                | (Q(is_open=False) & ~Q(status__in=OPEN)),
                violation_error_message=_("A draft is open until it is published or withdrawn."),
            ),
            models.CheckConstraint(
                name="treatments_draft_published_has_release",
                condition=Q(status=DraftStatus.PUBLISHED, release__isnull=False)
                | (~Q(status=DraftStatus.PUBLISHED) & Q(release__isnull=True)),
                violation_error_message=_("Only a published draft has a release."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.key} ({self.get_status_display()})"


class ReleaseApproval(models.Model):
    """That the medical lead stands behind a release. Rows are only ever added."""

    release = models.ForeignKey(Release, models.PROTECT, related_name="approvals")
    clinic = models.ForeignKey("clinic.Clinic", models.PROTECT, related_name="+")
    approved_at = models.DateTimeField(_("approved at"), auto_now_add=True)
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    note = models.TextField(_("note"), validators=[validate_storable])

    class Meta:
        verbose_name = _("approval of a release")
        verbose_name_plural = _("approvals of releases")
        ordering = ["-approved_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.release}: {self.approved_by}"


class RuleApproval(models.Model):
    """Who stands behind a rule of literature or policy, for exactly this wording of it.

    ``digest`` is of the rule as it was compiled: an edit makes the approval count no more.
    """

    rule = models.ForeignKey(Rule, models.PROTECT, related_name="approvals")
    digest = models.CharField(max_length=80)
    approved_at = models.DateTimeField(_("approved at"), auto_now_add=True)
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    note = models.TextField(_("note"), blank=True, validators=[validate_storable])

    class Meta:
        verbose_name = _("approval of a rule")
        verbose_name_plural = _("approvals of rules")
        ordering = ["-approved_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.rule.code}: {self.approved_by}"


class GoldenCase(models.Model):
    """Facts and the outcome that the catalogue must give for them. Holds nobody's identity.

    ``request`` is an engine request, ``expected`` the response without release and receipt.
    """

    code = models.CharField(_("code"), max_length=60, unique=True, validators=[validate_code])
    title = models.CharField(_("title"), max_length=200, validators=[validate_storable])
    request = models.JSONField(_("facts"))
    expected = models.JSONField(_("expected outcome"))
    note = models.TextField(_("note"), blank=True, validators=[validate_storable])
    active = models.BooleanField(_("in use"), default=True)
    created_at = models.DateTimeField(_("made at"), auto_now_add=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, editable=False
    )

    objects = CodedQuerySet.as_manager()

    class Meta:
        verbose_name = _("golden case")
        verbose_name_plural = _("golden cases")
        ordering = ["code"]

    def __str__(self) -> str:
        return f"{self.code}: {self.title}"

    def natural_key(self) -> tuple[str]:
        return (self.code,)


class AcceptedOutcome(models.Model):
    """That a golden case's outcome may change with a draft, one case at a time, and why.

    ``outcome`` is the new response; another one would have to be accepted again. When the draft
    is published it becomes what the case expects.
    """

    draft = models.ForeignKey(Draft, models.CASCADE, related_name="accepted_outcomes")
    case = models.ForeignKey(GoldenCase, models.PROTECT, related_name="accepted_outcomes")
    outcome = models.JSONField(_("new outcome"))
    reason = models.TextField(_("reason"), validators=[validate_storable])
    accepted_at = models.DateTimeField(_("accepted at"), auto_now=True)
    accepted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("accepted change of a golden case")
        verbose_name_plural = _("accepted changes of golden cases")
        ordering = ["case"]
        constraints = [
            models.UniqueConstraint(
                fields=["draft", "case"],
                name="treatments_acceptedoutcome_once",
                violation_error_message=_("This case is already accepted for the draft."),
            ),
            models.CheckConstraint(
                name="treatments_acceptedoutcome_reasoned",
                condition=~Q(reason=""),
                violation_error_message=_("Say why the outcome may change."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.draft.key}: {self.case.code}"
